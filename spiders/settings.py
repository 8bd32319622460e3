"""Scrapy's settings: what differs from its defaults, each with its reason."""

from __future__ import annotations

from importlib.metadata import version

BOT_NAME = "dateline"
SPIDER_MODULES = ["spiders.news"]  # not all of this folder: Scrapy would import what needs a browser
NEWSPIDER_MODULE = "spiders"

USER_AGENT = f"Dateline/{version('dateline')}"  # the command line adds the operator's contact
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "*",  # what the outlet shows everyone, not what it shows English readers
}

# Politeness is ours (spiders/politeness.py): a turn a host, the pause counted from the end of the answer. So
# nothing waits inside Scrapy's downloader, where it would hold one of the process's slots.
DOWNLOAD_DELAY = 0
CONCURRENT_REQUESTS_PER_DOMAIN = 1000
CONCURRENT_REQUESTS = 1000
MOST_REQUESTS_AT_ONCE = 32  # ours: connections open at the same time, over all hosts

# robots.txt, redirects and retries are ours too (spiders/fetch.py): each hop asks the robots.txt of its own host.
ROBOTSTXT_OBEY = False
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
RETRY_ENABLED = False
COOKIES_ENABLED = False  # an archive wants what a first visitor sees
HTTPERROR_ALLOW_ALL = True

DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "spiders.plain.PlainResponses": 595,  # between the wire and the decompression
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "spiders.unpacking.Decompression": 590,  # in its place: nothing is taken that is cut or a lie
    "spiders.proxies.GuardedProxies": 760,  # behind HttpProxyMiddleware, at 750, which chooses the proxy
}

ALLOW_PRIVATE_ADDRESSES = False
TWISTED_DNS_RESOLVER = "spiders.guard.GuardedResolver"
DOWNLOAD_HANDLERS = {  # the web only, and no headers without end
    **dict.fromkeys(("data", "file", "ftp", "s3")),
    **dict.fromkeys(("http", "https"), "spiders.bounded.BoundedHandler"),
}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TIMEOUT = 30  # whole answers, in seconds
DOWNLOAD_MAXSIZE = 10 << 20  # bytes, decoded; a sitemap is 50 MB at most, a news page a hundredth of that
DOWNLOAD_WARNSIZE = 0

# Doors into the process that a crawler on a server must not have.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

LOG_LEVEL = "WARNING"  # what happens to each page is in the database, and in our own lines
EXTENSIONS: dict[str, int | None] = {
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
}
