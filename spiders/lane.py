"""What the two halves of an outlet's crawl share: listing its stories, and visiting them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from pipelines.archive import Archive
from pipelines.health.holding import Bounds
from pipelines.records import Article
from pipelines.rights import Rights, of_robots, of_tdmrep
from pipelines.runs import Source
from spiders.failures import FetchFailed
from spiders.fetch import Answer, Fetcher
from spiders.politeness import is_long
from spiders.window import Window


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to one URL, for whoever watches."""

    outlet: str
    outcome: str
    url: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a crawl: at most `limit` pages an outlet; `by_name` for URLs named by hand, whose links are
    followed `depth` far; with a `window` the stories published in it, however many.
    """

    trigger: str = "cli"
    by_name: bool = False
    limit: int | None = None
    depth: int = 0
    window: Window | None = None

    @property
    def is_scheduled(self) -> bool:
        """Whether endpoints are asked only when they are due; by hand all are."""
        return self.trigger == "schedule"


@dataclass
class Lane:
    """One outlet being crawled under its lock, as one row of `runs`, and how it has gone so far."""

    source: Source
    run: int
    order: Order
    archive: Archive
    fetcher: Fetcher
    report: Callable[[Event], None]
    found: Callable[[Article], None]
    bounds: Bounds | None = None  # beyond which new stories are held back; None: none is, whatever it is
    usable: int = 0  # endpoints that were read, had not changed, or were not due
    links: int = 0  # story links they list
    fetched: int = 0
    articles: int = 0
    failures_in_a_row: int = 0
    last_failure: str | None = None
    deferred: FetchFailed | None = field(default=None)  # the outlet's own host asks to be left alone
    fatal: Exception | None = None

    async def fetch(self, url: str, etag: str | None = None, last_modified: str | None = None) -> Answer:
        """The answer to a request, at the outlet's pace. Raises FetchFailed."""
        try:
            return await self.fetcher.get(url, delay=self.source.outlet.delay, etag=etag, last_modified=last_modified)
        except FetchFailed as failure:
            if is_long(failure.until) and failure.host == urlsplit(self.source.outlet.url).netloc:
                self.deferred = failure
            raise

    async def rights(self, answer: Answer) -> Rights:
        """What robots.txt and tdmrep.json say of a page, beside whether it may be fetched."""
        url = answer.capture.final_url
        parts = urlsplit(url)
        path = urlunsplit(("", "", parts.path, parts.query, ""))
        said = of_tdmrep(await self.fetcher.terms(url, self.source.outlet.delay), path)
        if answer.robots and answer.robots.text:
            said |= await asyncio.to_thread(of_robots, answer.robots.text, path)
        return said

    @property
    def limit(self) -> int:
        """Pages that may be fetched."""
        most = self.source.outlet.limit
        if self.order.window:
            return self.order.limit or sys.maxsize  # a window is to be taken whole
        return min(most, self.order.limit or most)

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be asked."""
        return self.deferred is not None or self.fatal is not None

    def released(self, url: str, outcome: str, article: Article) -> None:
        """Report what came of a story that was held back."""
        self.tell(url, outcome, article.title)
        if outcome == "stored":
            self.found(article)

    def tell(self, url: str, outcome: str, detail: str | None = None) -> None:
        """Report what came of a URL."""
        self.report(Event(self.source.outlet.name, outcome, url, detail))
