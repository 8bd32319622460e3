"""Discovery: bytes of a feed, a sitemap or a page in, links out. No network, no database, no framework."""
