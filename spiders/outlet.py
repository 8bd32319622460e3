"""The crawl of one outlet, from its endpoints to its last due page, as one coroutine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from pipelines import frontier, urls
from pipelines.archive import FATAL, Archive
from pipelines.database import DatabaseError
from pipelines.frontier import Endpoint, Page
from pipelines.records import Article, EndpointKind, EndpointLink, Link, Unreadable
from pipelines.runs import Source
from pipelines.store import LeaseLost, Visit, write
from pipelines.workers import WorkerFailure
from spiders.discovery.found import Found
from spiders.discovery.read import read_endpoint
from spiders.fetch import Answer, Fetcher, FetchFailed

MOST_ENDPOINTS = 50  # of one outlet in one crawl: an index of sitemaps may list thousands
LEASE_AT_ONCE = 20
KEEP_AT_ONCE = 4  # pages of one outlet being extracted and stored while the next is fetched
GIVE_UP_AFTER = 5  # failed pages in a row: the site is down, its other pages can wait
DRAIN_SECONDS = 3.0  # to store what was fetched when asked to stop; the schedule kills after 5


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
    followed `depth` far.
    """

    trigger: str = "cli"
    by_name: bool = False
    limit: int | None = None
    depth: int = 0


@dataclass
class OutletCrawl:
    """One outlet being crawled under its lock, as one row of `runs`."""

    source: Source
    run: int
    order: Order
    archive: Archive
    fetcher: Fetcher
    report: Callable[[Event], None]
    found: Callable[[Article], None]
    usable: int = 0  # endpoints that were read, or had not changed
    links: int = 0  # story links they listed
    fetched: int = 0
    articles: int = 0
    failures_in_a_row: int = 0
    last_failure: str | None = None
    keeping: set[asyncio.Task[None]] = field(default_factory=set)
    fatal: Exception | None = None
    fault: BaseException | None = None  # of ours: something that no rule foresaw

    async def scheduled(self) -> None:
        """Read every endpoint, then fetch what is due."""
        await self._read_endpoints(await self._known_endpoints())
        await self._fetch_due(None)

    async def targets(self, targets: Sequence[str]) -> None:
        """Fetch the URLs named by hand: stories are stored, and the stories of feeds, sitemaps and lists are too."""
        ids: list[int] = []
        for url in targets:
            ids += await self._target(url)
        await self._fetch_due(ids)

    async def drain(self) -> None:
        """Wait until what was fetched is stored."""
        if self.keeping:
            await asyncio.wait(self.keeping, timeout=DRAIN_SECONDS)

    def outcome(self) -> tuple[str, str | None]:
        """How the crawl ended, and why it was not done."""
        if self.fault:
            raise self.fault
        if self.fatal:
            return "interrupted", str(self.fatal)
        if self.fetched and self.failures_in_a_row >= min(self.fetched, GIVE_UP_AFTER):
            return "failed", self.last_failure
        if self.order.by_name and not self.articles and not self.links:
            return "failed", self.last_failure or "no article there"
        if not self.usable and not self.fetched:
            return "failed", self.last_failure or "no feed, sitemap or front page could be read"
        if not self.links and not self.fetched and self.usable:
            return "empty", "its feeds, sitemaps and front page list no story"
        return "done", None

    # Endpoints

    async def _known_endpoints(self) -> list[EndpointLink]:
        outlet = self.source.outlet
        links = [EndpointLink(u, "feed", "entry") for u in outlet.feeds]
        links += [EndpointLink(u, "sitemap", "entry") for u in outlet.sitemaps]
        if not outlet.sitemaps:
            links += await self._sitemaps_of_robots()
        if not outlet.feeds:
            links.insert(0, EndpointLink(outlet.url, "front", "entry"))
        return links

    async def _sitemaps_of_robots(self) -> list[EndpointLink]:
        try:
            rules = await self.fetcher.robots(self.source.outlet.url, self.source.outlet.delay)
        except FetchFailed as failure:
            self.last_failure = failure.detail
            return []
        return [EndpointLink(url, "sitemap", "robots") for url in rules.sitemaps]

    async def _read_endpoints(self, links: Sequence[EndpointLink]) -> None:
        asked: set[int] = set()
        queue = await self.archive.call(frontier.endpoints, self.source.id, links)
        while queue and len(asked) < MOST_ENDPOINTS:
            endpoint = queue.pop(0)
            if endpoint.id in asked:
                continue
            asked.add(endpoint.id)
            found = await self._read_endpoint(endpoint)
            queue += await self._take(endpoint, found)

    async def _take(self, endpoint: Endpoint, found: Found | None) -> list[Endpoint]:
        """Put what an endpoint lists into the frontier; the endpoints it points to."""
        if found is None:
            # Not changed: what it pointed to then may have changed all the same.
            return await self.archive.call(frontier.endpoints_under, endpoint.id)
        self.links += len(found.links)
        await self.archive.call(frontier.add, self.run, self.source.id, found.links, endpoint.id)
        return await self.archive.call(frontier.endpoints, self.source.id, found.endpoints, endpoint.id)

    async def _read_endpoint(self, endpoint: Endpoint) -> Found | None:
        """What the endpoint lists; None where it has not changed or cannot be read, which is logged."""
        facts: dict[str, object] = {}
        found = None
        try:
            answer = await self.fetcher.get(
                endpoint.url,
                delay=self.source.outlet.delay,
                etag=endpoint.etag,
                last_modified=endpoint.last_modified,
            )
            facts = _facts(answer)
            if answer.capture.status == 304:
                outcome, detail = "unchanged", None
                self.links += endpoint.links or 0
            else:
                found = await self._parse(answer, endpoint.kind)
                outcome, detail = "read", None
                facts["links"] = len(found.links)
            self.usable += 1
        except FetchFailed as failure:
            outcome, detail, facts["status"] = failure.reason, failure.detail, failure.status
        except (Unreadable, WorkerFailure) as failure:
            outcome, detail = failure.reason, failure.detail
        if outcome not in ("read", "unchanged"):
            self.last_failure = f"{endpoint.url}: {detail}"
        self.report(Event(self.source.outlet.name, outcome, endpoint.url, detail))
        await self.archive.call(frontier.endpoint_read, self.run, endpoint, outcome, detail=detail, **facts)
        return found

    async def _parse(self, answer: Answer, kind: EndpointKind | None) -> Found:
        capture = answer.capture
        content_type = capture.header("content-type")
        return await self.archive.workers.run(
            _read_own, self.source.outlet.url, capture.body, capture.final_url, content_type, kind
        )

    # Targets named by hand

    async def _target(self, url: str) -> list[int]:
        """Ids of the pages that a URL named by hand stands for."""
        try:
            answer = await self.fetcher.get(url, delay=self.source.outlet.delay)
            found = await self._parse(answer, None)
        except FetchFailed as failure:
            return await self._page_failed(url, failure)
        except (Unreadable, WorkerFailure):
            found = None  # not even a list of links; what it is will be seen when it is read as a page
        if found and found.kind != "front":
            return await self._listed(url, found, found.kind)
        if found and urlsplit(url).path in ("", "/"):
            return await self._listed(url, found, "front")
        page = await self._lease_one(url)
        if page is None:
            return []
        self.fetched += 1
        read = await self._keep(page, answer)
        if read and not read.is_story and found and found.links:
            return await self._listed(url, found, "front")
        if read and read.is_story and found and self.order.depth > 0:
            return await self._follow(found.links, page.depth + 1)
        return []

    async def _listed(self, url: str, found: Found, kind: str) -> list[int]:
        self.usable += 1
        self.links += len(found.links)
        link = EndpointLink(url, found.kind if kind != "front" else "front", "argument")
        endpoint = (await self.archive.call(frontier.endpoints, self.source.id, [link]))[0]
        await self.archive.call(frontier.endpoint_read, self.run, endpoint, "read", links=len(found.links))
        self.report(Event(self.source.outlet.name, "read", url, f"{len(found.links)} stories"))
        ids = await self._follow(found.links, 0)
        for inner in found.endpoints if kind == "sitemap" else ():
            ids += await self._target(inner.url)
        return ids

    async def _follow(self, links: Sequence[Link], depth: int) -> list[int]:
        _, ids = await self.archive.call(frontier.add, self.run, self.source.id, links, depth=depth)
        return ids

    async def _lease_one(self, url: str) -> Page | None:
        _, ids = await self.archive.call(frontier.add, self.run, self.source.id, [Link(url)])
        await self.archive.call(frontier.make_due, ids)
        pages = await self.archive.call(frontier.lease, self.run, self.source.id, 1, ids)
        return pages[0] if pages else None

    async def _page_failed(self, url: str, failure: FetchFailed) -> list[int]:
        page = await self._lease_one(url)
        if page:
            await self._write(page, _failed_visit(page, failure))
        return []

    # Pages

    async def _fetch_due(self, among: list[int] | None) -> None:
        """Lease and fetch until nothing is due, the limit is reached, or the site is down."""
        outlet = self.source.outlet
        limit = min(outlet.limit, self.order.limit or outlet.limit)
        while self.fetched < limit and self.failures_in_a_row < GIVE_UP_AFTER and not self.fatal:
            count = min(LEASE_AT_ONCE, limit - self.fetched)
            pages = await self.archive.call(frontier.lease, self.run, self.source.id, count, among)
            if not pages:
                if not self.keeping:
                    return
                # What is being stored may still add links to follow.
                await asyncio.wait(self.keeping, return_when=asyncio.FIRST_COMPLETED)
                continue
            for page in pages:
                if self.failures_in_a_row >= GIVE_UP_AFTER or self.fatal:
                    return
                await self._fetch(page, among)

    async def _fetch(self, page: Page, among: list[int] | None) -> None:
        self.fetched += 1
        try:
            answer = await self.fetcher.get(
                page.url,
                delay=self.source.outlet.delay,
                etag=page.etag,
                last_modified=page.last_modified,
            )
        except FetchFailed as failure:
            await self._write(page, _failed_visit(page, failure))
            return
        self.failures_in_a_row = 0
        while len(self.keeping) >= KEEP_AT_ONCE:
            await asyncio.wait(self.keeping, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.ensure_future(self._keep_and_follow(page, answer, among))
        self.keeping.add(task)
        task.add_done_callback(self._kept)

    def _kept(self, task: asyncio.Task[None]) -> None:
        self.keeping.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.fault = error

    async def _keep_and_follow(self, page: Page, answer: Answer, among: list[int] | None) -> None:
        read = await self._keep(page, answer)
        if among is not None and read and read.is_story and page.depth < self.order.depth:
            try:
                found = await self._parse(answer, "front")
            except (Unreadable, WorkerFailure):
                return
            among += await self._follow(found.links, page.depth + 1)

    async def _keep(self, page: Page, answer: Answer) -> Article | None:
        try:
            outcome, read = await self.archive.keep(self.run, self.source, page, answer.capture, answer.seconds)
        except LeaseLost:
            self._tell(page, "lost", "another run has taken it over")
            return None
        except FATAL as error:
            self.fatal = error
            return None
        except DatabaseError as error:
            self._tell(page, "not_stored", str(error))
            return None
        detail = (read.title if read.is_story else read.detail) if read else None
        self._tell(page, outcome, detail)
        self.articles += outcome in ("stored", "revised", "unchanged")
        if outcome not in ("stored", "revised", "unchanged"):
            self.last_failure = f"{page.url}: {detail}"
        if read and read.is_story:
            self.found(read)
        return read

    async def _write(self, page: Page, visit: Visit) -> None:
        if visit.failed:
            self.failures_in_a_row += visit.outcome != "robots_disallowed" and visit.again
            self.last_failure = f"{page.url}: {visit.detail}"
        try:
            await self.archive.call(write, self.run, self.source.id, visit)
        except LeaseLost:
            return
        except FATAL as error:
            self.fatal = error
        self._tell(page, visit.outcome, visit.detail)

    def _tell(self, page: Page, outcome: str, detail: str | None) -> None:
        self.report(Event(self.source.outlet.name, outcome, page.url, detail))


def _read_own(outlet: str, body: bytes, url: str, content_type: str | None, kind: EndpointKind | None) -> Found:
    """What an endpoint lists of the outlet's own stories; run in a worker, where 50,000 links hold nobody up."""
    found = read_endpoint(body, url, content_type, kind)
    return replace(found, links=tuple(link for link in found.links if urls.same_site(outlet, link.url)))


def _failed_visit(page: Page, failure: FetchFailed) -> Visit:
    if failure.reason == "robots_disallowed":
        return Visit(page, "skipped", failure.detail)
    return Visit(page, failure.reason, failure.detail, failed=True, again=failure.again, status=failure.status)


def _facts(answer: Answer) -> dict[str, object]:
    capture = answer.capture
    return {
        "status": capture.status,
        "bytes": len(capture.body),
        "seconds": answer.seconds,
        "etag": capture.header("etag"),
        "last_modified": capture.header("last-modified"),
    }
