"""The asking of a survey: front page, robots.txt, endpoints, terms and three stories, one polite request at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlsplit, urlunsplit

from pipelines.archive import READABLE
from pipelines.records import Capture, EndpointKind, Hints, Link, Unreadable
from pipelines.rights import NOTHING, OptOut, Rights, merged, of_headers, of_robots, of_tdmrep
from pipelines.workers import SECONDS_A_PAGE, WorkerFailure, Workers
from spiders.failures import FetchFailed
from spiders.fetch import Answer, Fetcher
from spiders.robots import Robots
from spiders.survey import guesses, look, places
from spiders.survey.seen import Endpoint, Lead, Listed, Permission, Story, Survey, Terms, Wish

MOST_ENDPOINTS = 25  # asked in one survey, besides those that were known
MOST_OF_A_PAGE = 12  # feeds and sitemaps that the front page names: some name one a section
MOST_OF_ROBOTS = 5  # sitemaps that robots.txt names: some name one a year
MOST_OF_AN_INDEX = 2  # sitemaps of a sitemap index, the newest
STORIES = 3
MOST_PAGES = 6  # asked for, until three of them are stories
GONE = frozenset({"no_such_host", "private_address", "robots_unreachable"})  # nothing else of the site will answer


@dataclass
class Surveyor:
    """Looks at one site. `say` is told what is being asked."""

    wish: Wish
    fetcher: Fetcher
    workers: Workers
    user_agent: str
    say: Callable[[str], None] = lambda _line: None
    front: str = ""
    robots: Robots = field(default_factory=Robots)
    endpoints: list[Endpoint] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    said: dict[str, Rights] = field(default_factory=dict)  # by the place that says it
    tdmrep: bytes = b""

    async def survey(self) -> Survey:
        """All that can be seen of the site. Raises DatabaseError."""
        self.front = places.front_of(self.wish.url)
        if places.is_front(self.wish.url):
            await self._ask_front()
        else:
            await self._ask_given()
        if not self._is_gone():
            self.robots = await self._rules()
            await self._ask_named()
            await self._ask_well_known()
            await self._ask_terms()
            await self._ask_stories()
        return self._result()

    async def _ask_front(self) -> None:
        """The front page; where it is another host's now, that one's is the site's."""
        endpoint, answer = await self._ask(Lead(self.front, "front", places.ADDRESS))
        if answer and places.is_front(moved := answer.capture.final_url):
            self.front = moved
        self.endpoints.append(endpoint)

    async def _ask_given(self) -> None:
        """A URL that is no front page's: a feed, a sitemap, or any page of the site."""
        lead = Lead(self.wish.url, None, places.GIVEN)
        endpoint, answer = await self._ask(lead, anywhere=True)
        if answer:
            self.front = places.front_of(answer.capture.final_url)
        if endpoint.listed and endpoint.listed.kind != "front":
            self.front = places.home_of(endpoint.listed.links) or self.front
        await self._ask_front()
        if not (endpoint.listed and endpoint.listed.kind == "front"):
            self.endpoints.append(endpoint)

    def _is_gone(self) -> bool:
        return any(endpoint.outcome in GONE for endpoint in self.endpoints if endpoint.url == self.front)

    async def _rules(self) -> Robots:
        try:
            return await self.fetcher.robots(self.front, self.wish.delay)
        except FetchFailed as failure:
            return Robots(reason=failure.detail)

    async def _ask_named(self) -> None:
        """What the entry, the front page and robots.txt name."""
        named = list(self.wish.known)
        listed = [e.listed for e in self.endpoints if e.listed]
        named += [places.lead(link) for each in listed for link in each.endpoints[:MOST_OF_A_PAGE]]
        named += [Lead(url, "sitemap", places.FOUND_BY["robots"]) for url in self.robots.sitemaps[:MOST_OF_ROBOTS]]
        for lead in named:
            await self._ask_with_inner(lead)

    async def _ask_well_known(self) -> None:
        """The usual places of what was not found; a site that does not answer is not asked for what it never named."""
        if not any(e.kind == "front" and e.listed for e in self.endpoints):
            return
        kinds: tuple[EndpointKind, ...] = ("feed", "sitemap", "wordpress")
        for kind in kinds:
            for lead in places.well_known(self.front, kind):
                if not any(e.kind == kind and e.works for e in self.endpoints):
                    await self._ask_with_inner(lead)

    async def _ask_with_inner(self, lead: Lead) -> None:
        """An endpoint and, where it is a sitemap index, its newest sitemaps."""
        if lead.url in {e.url for e in self.endpoints} or len(self.endpoints) >= MOST_ENDPOINTS + len(self.wish.known):
            return
        endpoint, _ = await self._ask(lead)
        self.endpoints.append(endpoint)
        if endpoint.listed and endpoint.listed.kind == "sitemap":
            for link in endpoint.listed.endpoints[:MOST_OF_AN_INDEX]:
                await self._ask_with_inner(places.lead(link))

    async def _ask(self, lead: Lead, *, anywhere: bool = False) -> tuple[Endpoint, Answer | None]:
        """An endpoint, and what answered; its stories are those of the site, or `anywhere`."""
        self.say(lead.url)
        answer = None
        try:
            answer = await self.fetcher.get(lead.url, delay=self.wish.delay)
            listed = await self._list(answer.capture, lead.kind, None if anywhere else self.front)
        except (FetchFailed, Unreadable, WorkerFailure) as failure:
            return Endpoint(lead.url, lead.kind, lead.found_by, failure.reason, failure.detail), answer
        return Endpoint(lead.url, listed.kind, lead.found_by, "read", listed=listed), answer

    async def _list(self, capture: Capture, kind: EndpointKind | None, site: str | None) -> Listed:
        order = (capture.body, capture.final_url, capture.header("content-type"), kind, capture.fetched_at)
        return await self.workers.run(look.list_endpoint, site, *order)

    async def _ask_terms(self) -> None:
        """The machine-readable terms of the whole site: robots.txt and tdmrep.json."""
        address = f"{self.front}.well-known/tdmrep.json"
        self.say(address)
        with suppress(FetchFailed):
            self.tdmrep = (await self.fetcher.get(address, delay=self.wish.delay)).capture.body
        await self._note_terms("/")

    async def _note_terms(self, path: str) -> Rights:
        found = {"tdmrep.json": of_tdmrep(self.tdmrep, path)}
        if self.robots.text:
            found["robots.txt"] = await asyncio.to_thread(of_robots, self.robots.text, path)  # half a MB takes a while
        for place, rights in found.items():
            self._note(place, rights)
        return found["tdmrep.json"] | found.get("robots.txt", NOTHING)

    def _note(self, place: str, rights: Rights) -> None:
        self.said[place] = self.said.get(place, NOTHING) | rights

    async def _ask_stories(self) -> None:
        """Stories of different endpoints, the newest of each first, until three were read."""
        lists = [(e.url, e.listed.links) for e in sorted(self.endpoints, key=_from_feeds) if e.listed]
        for endpoint, link in places.in_turns(lists)[:MOST_PAGES]:
            if sum(story.outcome == "read" for story in self.stories) < STORIES:
                self.say(link.url)
                self.stories.append(await self._story(endpoint, link))

    async def _story(self, endpoint: str, link: Link) -> Story:
        try:
            capture = (await self.fetcher.get(link.url, delay=self.wish.delay)).capture
            kind = (capture.header("content-type") or "text/html").lower()
            if not kind.startswith(READABLE):
                return Story(link.url, endpoint, "skipped", f"not a page: {kind[:100]}")
            hints = Hints(link.title, link.published, self.wish.timezone, self.wish.language or link.language)
            order = (capture.body, capture.final_url, capture.fetched_at, kind, hints)
            article = await self.workers.run(look.read_story, *order, seconds=SECONDS_A_PAGE)
        except (FetchFailed, Unreadable, WorkerFailure) as failure:
            return Story(link.url, endpoint, failure.reason, failure.detail)
        if not article.is_story:
            return Story(link.url, endpoint, "skipped", article.detail, article)
        self._note("pages", Rights(frozenset(cast(tuple[OptOut, ...], article.opt_outs)), article.license_url))
        return Story(link.url, endpoint, "read", article=merged(article, await self._rights(capture)))

    async def _rights(self, capture: Capture) -> Rights:
        """What is said of a story elsewhere than on its page."""
        headers = of_headers(capture.headers, capture.fetched_at, capture.final_url)
        self._note("headers", headers)
        parts = urlsplit(capture.final_url)
        return headers | await self._note_terms(urlunsplit(("", "", parts.path, parts.query, "")))

    def _result(self) -> Survey:
        articles = tuple(story.article for story in self.stories if story.article and story.outcome == "read")
        return Survey(
            url=self.front,
            robots=self._permission(),
            endpoints=tuple(self.endpoints),
            stories=tuple(self.stories),
            terms=_terms(self.said),
            language=guesses.language(articles),
            timezone=guesses.timezone(self.front, articles, datetime.now(UTC)),
        )

    def _permission(self) -> Permission:
        robots = self.robots
        allowed = robots.allows(self.front, self.user_agent)
        return Permission(allowed, robots.reason, robots.crawl_delay(self.user_agent), len(robots.sitemaps))


def _from_feeds(endpoint: Endpoint) -> int:
    """Feeds first: what they list is news, where a front page lists whatever is linked."""
    order: Iterable[EndpointKind | None] = ("feed", "wordpress", "sitemap", "front", None)
    return list(order).index(endpoint.kind)


def _terms(said: dict[str, Rights]) -> Terms:
    everything = NOTHING
    for rights in said.values():
        everything |= rights
    places_of: dict[str, tuple[str, ...]] = {
        name: tuple(place for place, rights in said.items() if name in rights.opt_outs)
        for name in sorted(everything.opt_outs)
    }
    return Terms(places_of, everything.license_url, everything.policy_url)
