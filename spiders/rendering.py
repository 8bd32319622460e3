"""The download handler of crawls with a browser; imported only where scrapy-playwright is installed."""

from __future__ import annotations

from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from spiders.bounded import BoundedHandler


class RenderingHandler(ScrapyPlaywrightDownloadHandler, BoundedHandler):  # type: ignore[misc]
    """scrapy-playwright's for requests that ask for a browser; for all others ours, with its bounds."""
