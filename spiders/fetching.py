"""What the spiders share: a Fetcher on Scrapy's downloader, for a spider whose work is coroutines."""

from __future__ import annotations

from abc import ABC, abstractmethod

from scrapy import Request, Spider
from scrapy.http import Response

from pipelines.archive import Archive
from spiders.browser import Browser
from spiders.fetch import Fetcher


class FetchingSpider(Spider, ABC):
    """A spider that fetches by itself, through Scrapy's downloader, and that can be asked to stop."""

    stopped: bool = False

    @abstractmethod
    def stop(self) -> None:
        """Stop fetching and end. Calling it again changes nothing."""

    def fetcher(self, archive: Archive, *, afresh: bool = False) -> Fetcher:
        """What fetches for this spider; `afresh` asks for each robots.txt, however well it is known."""
        settings, agent = self.settings, self.settings["USER_AGENT"]
        browser = Browser(self._download, agent, allow_private=settings.getbool("ALLOW_PRIVATE_ADDRESSES"))
        most_at_once = settings.getint("MOST_REQUESTS_AT_ONCE")
        return Fetcher(self._download, agent, archive, most_at_once=most_at_once, browser=browser, afresh=afresh)

    async def _download(self, request: Request) -> Response:
        assert self.crawler.engine is not None
        return await self.crawler.engine.download_async(request)
