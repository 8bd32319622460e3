"""The crawl of one outlet, from its endpoints to its last due page, as one coroutine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

from pipelines import frontier, runs, tombstones
from pipelines.frontier import Page
from pipelines.health import states
from pipelines.records import EndpointLink, Link, Unreadable
from pipelines.workers import WorkerFailure
from spiders.discovery.found import Found
from spiders.discovery.shapes import Shapes
from spiders.failures import FetchFailed
from spiders.fetch import Answer
from spiders.lane import Lane
from spiders.listing import Listing
from spiders.visiting import GIVE_UP_AFTER, Visiting


class OutletCrawl:
    """One outlet being crawled: listing, then visiting."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.listing = Listing(lane)
        self.visiting = Visiting(lane)

    async def scheduled(self) -> None:
        """Read every endpoint, then fetch what is due."""
        await self.listing.read_all()
        await self._bound()
        await self.visiting.fetch_due()
        await self._learn()

    async def targets(self, targets: Sequence[str]) -> None:
        """Fetch the URLs named by hand: stories are stored, and the stories of feeds, sitemaps and lists are too."""
        ids: list[int] = []
        for url in targets:
            ids += await self._target(url)
        await self.visiting.fetch_due(ids, self._links_of)

    async def _bound(self) -> None:
        """Set what new stories are held back for; not those of a window of the past, which is no measure of today."""
        lane = self.lane
        if lane.source.outlet.hold and lane.order.window is None:
            lane.bounds = await lane.archive.call(states.bounds, lane.source.id, lane.limit)

    async def _learn(self) -> None:
        """Learn the shapes of the outlet's addresses from what its newest pages turned out to be."""
        lane = self.lane
        stories, others = await lane.archive.call(frontier.examples, lane.source.id)
        learned = await asyncio.to_thread(Shapes.learned, stories, others)
        await lane.archive.call(runs.keep_shapes, lane.source.id, learned.as_json())

    async def drain(self) -> None:
        """Wait until what was fetched is stored."""
        await self.visiting.drain()

    def outcome(self) -> tuple[str, str | None]:
        """How the crawl ended, and why it was not done."""
        lane = self.lane
        if self.visiting.fault:
            raise self.visiting.fault
        if lane.fatal:
            return "interrupted", str(lane.fatal)
        if lane.deferred:
            return "failed", lane.deferred.detail
        if lane.fetched and lane.failures_in_a_row >= min(lane.fetched, GIVE_UP_AFTER):
            return "failed", lane.last_failure
        if lane.order.by_name and not lane.articles and not lane.links:
            return "failed", lane.last_failure or "no article there"
        if not lane.usable and not lane.fetched:
            return "failed", lane.last_failure or "no feed, sitemap or front page could be read"
        if not lane.links and not lane.fetched and lane.usable:
            return "empty", "its feeds, sitemaps and front page list no story"
        return "done", None

    async def _target(self, url: str) -> list[int]:
        """Ids of the pages that a URL named by hand stands for."""
        lane = self.lane
        if stone := await lane.archive.call(tombstones.turned_away, lane.run, url):
            lane.last_failure = f"a story asked for by name was {stone}"  # kept with the run: without its address
            lane.tell(url, "skipped", f"{stone}; dateline why {url} says more")
            return []
        try:
            answer = await lane.fetch(url)
            found = await self.listing.parse(answer, None)
        except FetchFailed as failure:
            if page := await self.visiting.lease_one(url):
                await self.visiting.failed(page, failure)
            return []
        except (Unreadable, WorkerFailure):
            found = None  # not even a list of links; what it is will be seen when it is read as a page
        if found and (found.kind != "front" or urlsplit(url).path in ("", "/")):
            return await self._listed(url, found)
        return await self._story(url, answer, found)

    async def _story(self, url: str, answer: Answer, found: Found | None) -> list[int]:
        """Keep a page named by hand as a story; where it is none, take it for a list."""
        page = await self.visiting.lease_one(url)
        if page is None:
            return []
        self.lane.fetched += 1
        read = await self.visiting.keep(page, answer)
        is_none = not read.is_story if read else page.was_no_story  # nothing is read of what is as before
        if is_none and found and found.links:
            return await self._listed(url, found)
        if read and read.is_story and found and self.lane.order.depth > 0:
            return await self._follow(found.links, page.depth + 1)
        return []

    async def _listed(self, url: str, found: Found) -> list[int]:
        inner: list[EndpointLink] = await self.listing.listed(url, found)
        ids = await self._follow(found.links, 0)
        for sitemap in inner if found.kind == "sitemap" else ():
            ids += await self._target(sitemap.url)
        return ids

    async def _links_of(self, page: Page, answer: Answer) -> list[int]:
        """Ids of the stories that a story's page links to."""
        try:
            found = await self.listing.parse(answer, "front")
        except (Unreadable, WorkerFailure):
            return []
        return await self._follow(found.links, page.depth + 1)

    async def _follow(self, links: Sequence[Link], depth: int) -> list[int]:
        lane = self.lane
        _, ids = await lane.archive.call(frontier.add, lane.run, lane.source.id, links, depth=depth)
        return ids
