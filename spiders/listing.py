"""The first half of an outlet's crawl: its endpoints are asked, and what they list goes into the frontier."""

from __future__ import annotations

from dataclasses import replace

from pipelines import endpoints, frontier, runs, urls
from pipelines.endpoints import Bounds, Endpoint
from pipelines.records import Capture, EndpointKind, EndpointLink, Link, Unreadable
from pipelines.workers import WorkerFailure
from spiders.discovery.found import Found
from spiders.discovery.read import read_endpoint
from spiders.discovery.shapes import Shapes
from spiders.discovery.wordpress import between, changed_since
from spiders.failures import FetchFailed
from spiders.fetch import Answer
from spiders.lane import Lane
from spiders.window import Window

MOST = 50  # endpoints of one outlet in one crawl: an index of sitemaps may list thousands
MOST_OF_A_WINDOW = 5_000


class Listing:
    """Asks the endpoints of one outlet."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        outlet = lane.source.outlet
        self.bounds = Bounds(outlet.cadence, max(outlet.cadence, outlet.slowest))
        self.most = MOST_OF_A_WINDOW if lane.order.window else MOST
        self.shapes: dict[str, list[int]] = {}
        self._lists: set[int] = set()  # what the pages of lists listed: one that comes again has no end

    async def read_all(self) -> None:
        """Ask every endpoint that is due, and those it points to."""
        lane, asked = self.lane, set[int]()
        self.shapes = await lane.archive.call(runs.shapes, lane.source.id)
        queue = await lane.archive.call(endpoints.save, lane.source.id, await self._known())
        while queue and len(asked) < self.most and not lane.is_over:
            endpoint = queue.pop(0)
            if endpoint.id in asked:
                continue
            asked.add(endpoint.id)
            queue += await self._children(endpoint)

    async def _children(self, endpoint: Endpoint) -> list[Endpoint]:
        """Read an endpoint; the endpoints it points to."""
        lane = self.lane
        found = None
        if endpoint.due or not lane.order.is_scheduled:
            found = await self._read(endpoint)
        else:
            self._count_known(endpoint)
        if found is None:
            # Not changed, or not due: what it pointed to then may have changed all the same.
            return await lane.archive.call(endpoints.under, endpoint.id)
        return await lane.archive.call(endpoints.save, lane.source.id, self._wanted(found), endpoint.id)

    def _wanted(self, found: Found) -> list[EndpointLink]:
        """The endpoints of kinds that the outlet's entry allows, and that may list stories of the window."""
        window, kinds = self.lane.order.window, self.lane.source.outlet.discover
        allowed = [e for e in found.endpoints if e.kind in kinds]
        if window is None:
            return allowed
        listed = hash(frozenset(link.url for link in found.links))
        goes_on = not found.links or listed not in self._lists
        self._lists.add(listed)
        return [
            replace(e, url=between(e.url, window.since, window.until), found_by="pagination")
            if e.kind == "wordpress" and e.found_by == "autodiscovery"
            else e
            for e in allowed
            if (goes_on or e.found_by != "pagination") and window.holds_sitemap(e)
        ]

    def _count_known(self, endpoint: Endpoint) -> None:
        self.lane.usable += 1
        self.lane.links += endpoint.links or 0

    async def _known(self) -> list[EndpointLink]:
        """What the entry names; where it names none of a kind, what robots.txt and the front page name."""
        outlet = self.lane.source.outlet
        links = [EndpointLink(u, "feed", "entry") for u in outlet.feeds]
        links += [EndpointLink(u, "sitemap", "entry") for u in outlet.sitemaps]
        links += [EndpointLink(u, "front", "entry") for u in outlet.sections]
        if not outlet.sitemaps and "sitemap" in outlet.discover:
            links += await self._of_robots()
        if not outlet.feeds and not set(outlet.discover) <= {"sitemap"}:  # it names feeds and interfaces too
            links.insert(0, EndpointLink(outlet.url, "front", "entry"))
        return links

    async def _of_robots(self) -> list[EndpointLink]:
        lane = self.lane
        try:
            rules = await lane.fetcher.robots(lane.source.outlet.url, lane.source.outlet.delay)
        except FetchFailed as failure:
            lane.last_failure = failure.detail
            return []
        return [EndpointLink(url, "sitemap", "robots") for url in rules.sitemaps]

    async def _read(self, endpoint: Endpoint) -> Found | None:
        """Ask an endpoint and keep what it lists; None where it has not changed or cannot be read, which is logged."""
        lane, facts = self.lane, dict[str, object]()
        found = None
        try:
            # In a window it matters what is listed, not what is new: an earlier one may have left most of it.
            known = (None, None) if lane.order.window else (endpoint.etag, endpoint.last_modified)
            answer = await lane.fetch(_address(endpoint), *known)
            facts = _facts(answer)
            outcome, detail = "unchanged", None
            if answer.capture.status != 304:
                found = await self.parse(answer, endpoint.kind)
                outcome = "read"
                facts |= {"links": len(found.links), "new": await self.take(found, endpoint)}
            self._count_known(endpoint if found is None else replace(endpoint, links=len(found.links)))
        except FetchFailed as failure:
            outcome, detail, facts["status"] = failure.reason, failure.detail, failure.status
        except (Unreadable, WorkerFailure) as failure:
            outcome, detail = failure.reason, failure.detail
        if outcome not in ("read", "unchanged"):
            lane.last_failure = f"{endpoint.url}: {detail}"
        lane.tell(endpoint.url, outcome, detail)
        await lane.archive.call(endpoints.was_read, lane.run, endpoint, self.bounds, outcome, detail=detail, **facts)
        return found

    async def take(self, found: Found, endpoint: Endpoint) -> int:
        """Put what an endpoint lists into the frontier; how many stories were new."""
        lane = self.lane
        new, _ = await lane.archive.call(frontier.add, lane.run, lane.source.id, found.links, endpoint.id)
        return new

    async def parse(self, answer: Answer, kind: EndpointKind | None) -> Found:
        """What an answer lists of the outlet's own stories. Raises Unreadable, WorkerFailure."""
        lane, capture = self.lane, answer.capture
        found = await lane.archive.read_list(
            _read_own, lane.source.outlet.url, capture, kind, lane.order.window, self.shapes
        )
        return found if lane.order.by_name or found.kind in lane.source.outlet.discover else replace(found, links=())

    async def listed(self, url: str, found: Found) -> list[EndpointLink]:
        """Note that a URL named by hand is an endpoint, and what it lists; the endpoints it points to."""
        lane = self.lane
        lane.usable += 1
        lane.links += len(found.links)
        link = EndpointLink(url, found.kind, "argument")
        endpoint = (await lane.archive.call(endpoints.save, lane.source.id, [link]))[0]
        facts = {"links": len(found.links)}
        await lane.archive.call(endpoints.was_read, lane.run, endpoint, self.bounds, "read", **facts)
        lane.tell(url, "read", f"{len(found.links)} stories")
        return self._wanted(found)


def _address(endpoint: Endpoint) -> str:
    """What is asked for: of an interface that was asked before, what has changed since."""
    if endpoint.kind == "wordpress" and endpoint.fetched_at and endpoint.found_by != "pagination":
        return changed_since(endpoint.url, endpoint.fetched_at)
    return endpoint.url


def _read_own(
    outlet: str, capture: Capture, kind: EndpointKind | None, window: Window | None, shapes: dict[str, list[int]]
) -> Found:
    """What an endpoint lists of the outlet's own stories; run in a worker, where 50,000 links hold nobody up."""
    found = read_endpoint(
        capture.body,
        capture.final_url,
        capture.header("content-type"),
        kind,
        headers=capture.headers,
        shapes=Shapes.from_json(shapes),
        backfill=None if window is None else window.period(capture.fetched_at.date()),
    )
    own = tuple(filter(None, (_own(outlet, link) for link in found.links)))
    if window is None:
        return replace(found, links=own)
    if own and all(map(window.follows, own)):  # it has gone back far enough
        found = replace(found, endpoints=tuple(e for e in found.endpoints if e.found_by != "pagination"))
    return replace(found, links=tuple(filter(window.holds, own)))


def _own(outlet: str, link: Link) -> Link | None:
    """The link if it leads to the outlet, out of an AMP cache too; None if elsewhere."""
    if urls.same_site(outlet, link.url):
        return link
    form = urls.canonical(link.url)
    return replace(link, url=form) if urls.same_site(outlet, form) else None


def _facts(answer: Answer) -> dict[str, object]:
    capture = answer.capture
    return {
        "status": capture.status,
        "bytes": len(capture.body),
        "seconds": answer.seconds,
        "etag": capture.header("etag"),
        "last_modified": capture.header("last-modified"),
    }
