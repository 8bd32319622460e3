"""The reader: the archive as web pages, read-only. `dateline serve` runs it."""
