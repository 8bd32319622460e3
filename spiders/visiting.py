"""The second half of an outlet's crawl: story pages that are due are fetched, read and stored."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from pipelines import frontier
from pipelines.archive import FATAL
from pipelines.database import DatabaseError
from pipelines.frontier import Page
from pipelines.records import Article, Link
from pipelines.store import LeaseLost, Visit, write
from spiders.failures import FetchFailed
from spiders.fetch import Answer
from spiders.lane import Lane

LEASE_AT_ONCE = 20
KEEP_AT_ONCE = 4  # pages of one outlet being extracted and stored while the next is fetched
GIVE_UP_AFTER = 5  # failed pages in a row: the site is down, its other pages can wait
DRAIN_SECONDS = 3.0  # to store what was fetched when asked to stop; the schedule kills after 5
STORED = frozenset({"stored", "revised", "unchanged", "twin", "held"})  # there is a story, and its capture at least

Follow = Callable[[Page, Answer], Awaitable[list[int]]]  # the ids of the pages that a story's page links to


@dataclass
class Visiting:
    """Fetches and keeps the pages of one outlet."""

    lane: Lane
    fault: BaseException | None = None  # of ours: something that no rule foresaw
    keeping: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def is_down(self) -> bool:
        """Whether the site fails too often to go on."""
        return self.lane.failures_in_a_row >= GIVE_UP_AFTER

    async def drain(self) -> None:
        """Wait until what was fetched is stored."""
        if self.keeping:
            await asyncio.wait(self.keeping, timeout=DRAIN_SECONDS)

    async def fetch_due(self, among: list[int] | None = None, follow: Follow | None = None) -> None:
        """Lease and fetch until nothing is due, the limit is reached, or the site is down.

        Of all due pages of the outlet, or those `among` the ids, to which `follow` may add.
        """
        lane = self.lane
        while lane.fetched < lane.limit and not self.is_down and not lane.is_over:
            count = min(LEASE_AT_ONCE, lane.limit - lane.fetched)
            keeping = list(self.keeping)  # what ends while we ask may have added links that were not asked for
            pages = await lane.archive.call(frontier.lease, lane.run, lane.source.id, count, among)
            if not pages:
                if not keeping:
                    return
                # What is being stored may still add links to follow.
                await asyncio.wait(keeping, return_when=asyncio.FIRST_COMPLETED)
                continue
            while pages and not self.is_down and not lane.is_over:
                await self._fetch(pages.pop(0), among, follow)
        if self.keeping:  # a site with a long Crawl-delay is slow to say what it permits
            await asyncio.wait(self.keeping)

    async def _fetch(self, page: Page, among: list[int] | None, follow: Follow | None) -> None:
        lane = self.lane
        lane.fetched += 1
        try:
            # What a plain answer's validators say says nothing of the page that scripts make of it.
            validators = () if lane.source.outlet.render else (page.etag, page.last_modified)
            answer = await lane.fetch(page.url, *validators)
        except FetchFailed as failure:
            await self.failed(page, failure)
            return
        lane.failures_in_a_row = 0
        while len(self.keeping) >= KEEP_AT_ONCE:
            await asyncio.wait(self.keeping, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.ensure_future(self._keep_and_follow(page, answer, among, follow))
        self.keeping.add(task)
        task.add_done_callback(self._kept)

    def _kept(self, task: asyncio.Task[None]) -> None:
        self.keeping.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.fault = error

    async def _keep_and_follow(
        self, page: Page, answer: Answer, among: list[int] | None, follow: Follow | None
    ) -> None:
        read = await self.keep(page, answer)
        if among is not None and follow and read and read.is_story and page.depth < self.lane.order.depth:
            among += await follow(page, answer)

    async def keep(self, page: Page, answer: Answer) -> Article | None:
        """Read and store an answer; the article, or what else the page is; None where nothing was read."""
        lane = self.lane
        try:
            rights = await lane.rights(answer)
            outcome, detail, read = await lane.archive.keep(
                lane.run, lane.source, page, answer.capture, answer.seconds, rights, lane.bounds
            )
        except LeaseLost:
            lane.tell(page.url, "lost", "another run has taken it over")
            return None
        except FATAL as error:
            lane.fatal = error
            return None
        except DatabaseError as error:
            lane.tell(page.url, "not_stored", str(error))
            return None
        if read and read.is_story:
            detail = read.title
        if outcome == "forgotten":
            detail = "it leads to a story that was deleted for good"
        lane.tell(page.url, outcome, detail)
        lane.articles += outcome in STORED
        if outcome not in STORED:
            lane.last_failure = f"{page.url}: {detail}"
        if read and read.is_story and outcome != "held":
            lane.found(read)
        return read

    async def failed(self, page: Page, failure: FetchFailed) -> None:
        """Write down why a page could not be fetched."""
        lane, visit = self.lane, _failed_visit(page, failure)
        if visit.failed:
            lane.failures_in_a_row += visit.again and not failure.until
            lane.last_failure = f"{page.url}: {failure.detail}"
        try:
            await lane.archive.call(write, lane.run, lane.source.id, visit)
        except LeaseLost:
            return
        except FATAL as error:
            lane.fatal = error
        lane.tell(page.url, visit.outcome, visit.detail)

    async def lease_one(self, url: str) -> Page | None:
        """The page of a URL named by hand, due whatever came of it before; None where another run has it."""
        lane = self.lane
        _, ids = await lane.archive.call(frontier.add, lane.run, lane.source.id, [Link(url)])
        await lane.archive.call(frontier.make_due, ids)
        pages = await lane.archive.call(frontier.lease, lane.run, lane.source.id, 1, ids)
        return pages[0] if pages else None


def _failed_visit(page: Page, failure: FetchFailed) -> Visit:
    if failure.reason == "robots_disallowed":
        return Visit(page, "skipped", failure.detail)
    if failure.reason == "forgotten":
        return Visit(page, "forgotten", failure.detail)
    return Visit(
        page, failure.reason, failure.detail, failed=True, again=failure.again, status=failure.status,
        until=failure.until,
    )  # fmt: skip
