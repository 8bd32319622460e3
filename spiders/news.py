"""The spider: it crawls many outlets at once, each as a coroutine of its own, and yields every article it stores."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines import runs
from pipelines.archive import Archive
from pipelines.database import DatabaseError, DatabaseGone
from pipelines.records import Article
from pipelines.runs import RunResult, Source
from spiders.fetch import Fetcher
from spiders.fetching import FetchingSpider
from spiders.lane import Event, Lane, Order
from spiders.outlet import OutletCrawl

BUFFERED = 100  # articles waiting for a slow item pipeline


@dataclass(frozen=True, slots=True)
class Task:
    """One outlet to crawl: on schedule, or only the URLs named by hand."""

    source: Source
    targets: tuple[str, ...] = ()


@dataclass
class Crawl:
    """A crawl of many outlets: what is asked, where it goes, and how it went."""

    tasks: Sequence[Task]
    order: Order
    archive: Archive
    report: Callable[[Event], None] = lambda _event: None
    results: list[RunResult] = field(default_factory=list)
    stopped: bool = False
    error: DatabaseError | None = None


class NewsSpider(FetchingSpider):
    """Crawls outlets. `scrapy crawl news` needs a `crawl`, which the command `dateline crawl` builds.

    A host is polite to by doing one thing after another, so an outlet is one coroutine and not a tree of callbacks;
    requests go to Scrapy's downloader, and the articles come out as items for whatever ITEM_PIPELINES are set.
    """

    name = "news"

    def __init__(self, crawl: Crawl | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if crawl is None:
            raise ValueError("this spider is started by: dateline crawl")
        self.crawl = crawl
        self._articles: asyncio.Queue[Article | None] = asyncio.Queue(BUFFERED)
        self._lanes: asyncio.Task[None] | None = None

    async def start(self) -> AsyncIterator[Article]:
        """Crawl every outlet of the crawl; the articles stored on the way."""
        self._lanes = asyncio.ensure_future(self._crawl_all())
        try:
            while (article := await self._articles.get()) is not None:
                yield article
        finally:
            self.stop()
            with contextlib.suppress(asyncio.CancelledError):
                await self._lanes

    def stop(self) -> None:
        """Stop fetching, store what was fetched, and end. Calling it again changes nothing."""
        if self._lanes and not self._lanes.done() and not self.crawl.stopped:
            self.stopped = self.crawl.stopped = True
            self.crawl.archive.patience = 1.0
            self.crawl.archive.hurried = True
            self._lanes.cancel()

    async def _crawl_all(self) -> None:
        fetcher = self.fetcher(self.crawl.archive)
        batch = uuid.uuid4()
        lanes = [asyncio.ensure_future(self._lane(task, fetcher, batch)) for task in self.crawl.tasks]
        try:
            await asyncio.gather(*lanes)
        except asyncio.CancelledError:
            await _end(lanes)
        except DatabaseError as error:
            self.crawl.error = error
            await _end(lanes)
        finally:
            await self._articles.put(None)

    async def _lane(self, task: Task, fetcher: Fetcher, batch: uuid.UUID) -> None:
        crawl, source = self.crawl, task.source
        if not await crawl.archive.lock(source):
            crawl.results.append(await self._locked(source))
            return
        try:
            watch = not task.targets and crawl.order.window is None
            run = await crawl.archive.call(runs.start, source, batch, crawl.order.trigger, watch=watch)
            lane = Lane(source, run, crawl.order, crawl.archive, fetcher.of(source.outlet), crawl.report, self._found)
            outlet = OutletCrawl(lane)
            outcome: tuple[str, str | None] = ("interrupted", "stopped on request")
            try:
                await (outlet.targets(task.targets) if task.targets else outlet.scheduled())
                await outlet.drain()
                outcome = outlet.outcome()
            except DatabaseGone as error:
                lane.fatal = error
                raise
            except Exception as error:  # a fault of ours in one outlet must not end the others
                self.logger.exception("crawling %s", source.outlet.name)
                outcome = "failed", f"{type(error).__name__}: {error}"
            finally:
                await _whole(asyncio.ensure_future(self._close(outlet, outcome)))
        finally:
            await crawl.archive.unlock(source)

    async def _close(self, outlet: OutletCrawl, outcome: tuple[str, str | None]) -> None:
        await outlet.drain()
        lane = outlet.lane
        if isinstance(lane.fatal, DatabaseError):
            self.crawl.error = lane.fatal
        result = RunResult(lane.source.outlet.name, "interrupted", "its end could not be written: no database")
        try:
            result = await self.crawl.archive.end(lane.source, lane.run, *outcome, lane.released)
        finally:
            self.crawl.results.append(result)

    async def _locked(self, source: Source) -> RunResult:
        name = source.outlet.name
        newest = (await self.crawl.archive.call(runs.newest, [name])).get(name)
        since = f"run {newest[0]}, since {newest[1]:%H:%M:%S} UTC" if newest else "another process"
        return RunResult(name, "locked", f"is being crawled by {since}")

    def _found(self, article: Article) -> None:
        # An item pipeline that cannot keep up loses items, never rows: the archive has them already.
        with contextlib.suppress(asyncio.QueueFull):
            self._articles.put_nowait(article)


async def _whole(task: asyncio.Task[None]) -> None:
    """Wait until it is done, also where we are asked to stop meanwhile."""
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def _end(lanes: Sequence[asyncio.Task[None]]) -> None:
    """Cancel every lane and wait for each to put its affairs in order."""
    for lane in lanes:
        lane.cancel()
    await asyncio.gather(*lanes, return_exceptions=True)
