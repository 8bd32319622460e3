"""One request from its turn to its answer: politeness, robots.txt, redirects and retries."""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from pipelines import hosts, tombstones, urls
from pipelines.archive import Archive
from pipelines.outlets import Outlet
from pipelines.records import Capture
from spiders.browser import Browser, is_page
from spiders.failures import FAILURES, PASSING, FetchFailed, failure, of_status
from spiders.politeness import Hosts, is_long
from spiders.proxies import named
from spiders.robots import Robots

MOST_REDIRECTS = 5
TRIES = 2  # a reset connection or a 503 is often over with the next request
NO_HOST = frozenset({"no_such_host", "private_address"})  # not a matter of robots.txt
REDIRECTS = frozenset({301, 302, 303, 307, 308})
RULES_LAST = timedelta(hours=12)  # RFC 9309 section 2.4 allows a day
MOST_TERMS = 500 * 1024  # bytes of a tdmrep.json
UNREACHABLE_LASTS = timedelta(minutes=30)  # then robots.txt is asked for again

Download = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A capture, how many seconds it took from request to last byte, and what robots.txt says of its address."""

    capture: Capture
    seconds: float
    until: datetime | None = None  # when the host may be asked again, where it asked for a pause
    robots: Robots | None = None


class Fetcher:
    """Fetches for the outlets of one process; what it knows of hosts is shared by all processes, in the archive.

    `afresh`: each robots.txt is asked for once by this process, whatever others know of it.
    """

    def __init__(
        self,
        download: Download,
        user_agent: str,
        archive: Archive,
        *,
        most_at_once: int,
        browser: Browser | None = None,
        afresh: bool = False,
    ) -> None:
        self._download = download
        self._user_agent = user_agent
        self._archive = archive
        self._afresh = afresh
        self._hosts = Hosts(archive)
        self._robots: dict[str, tuple[float, asyncio.Task[Robots]]] = {}
        self._asking: dict[str, asyncio.Lock] = {}
        self._free = asyncio.Semaphore(most_at_once)
        self._browser = browser
        self._render = False
        self._proxy: str | None = None

    def of(self, outlet: Outlet) -> Fetcher:
        """This fetcher as the outlet's entry wants it: through its proxy, and with pages shown by a browser."""
        own = copy.copy(self)
        own._render, own._proxy = outlet.render, named(outlet)
        return own

    async def get(self, url: str, *, delay: float, etag: str | None = None, last_modified: str | None = None) -> Answer:
        """The answer to a GET, redirects followed: status 2xx, or 304 where validators were given.

        Every hop asks the robots.txt of its own host and waits for that host's turn. Raises FetchFailed.
        """
        target = url
        for _ in range(MOST_REDIRECTS + 1):
            robots = await self.robots(target, delay)
            if robots.deferred:
                detail = f"{urls.host(target)}: {robots.reason}"
                until, host = datetime.now(UTC) + UNREACHABLE_LASTS, urlsplit(target).netloc
                raise FetchFailed("robots_unreachable", detail, until=until, host=host)
            if not robots.allows(target, self._user_agent):
                raise FetchFailed("robots_disallowed", f"robots.txt forbids {target}", again=False)
            pause = max(delay, robots.crawl_delay(self._user_agent) or 0.0)
            answer = await self._persistently(url, target, pause, _validators(etag, last_modified))
            if answer.capture.status not in REDIRECTS:
                usable = _usable(answer, robots, conditional=bool(etag or last_modified))
                return await self._shown(usable, pause)
            target = _next_hop(target, answer.capture)
            if stone := await self._archive.call(tombstones.of, target):
                raise FetchFailed("forgotten", f"it leads to a story that was {stone}", again=False)
        raise FetchFailed("too_many_redirects", f"more than {MOST_REDIRECTS}, the last to {target}", again=False)

    async def _shown(self, answer: Answer, delay: float) -> Answer:
        """The answer as a browser shows it, where the outlet wants that. That is one more turn at the host."""
        capture, started = answer.capture, time.monotonic()
        if not (self._render and self._browser and is_page(capture)):
            return answer
        async with self._hosts.turn(capture.final_url, delay) as turn:
            capture = await self._browser.show(capture, self._proxy)
            turn.answered(capture.status, None)
        return replace(answer, capture=capture, seconds=answer.seconds + time.monotonic() - started)

    async def robots(self, url: str, delay: float) -> Robots:
        """The rules of the URL's origin, asked for at most once in RULES_LAST by all processes together.

        Raises FetchFailed where there is no such host.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        expires, task = self._robots.get(origin, (0.0, None))
        if task is None or time.monotonic() > expires:
            task = asyncio.ensure_future(self._robots_of(origin, delay))
            self._robots[origin] = time.monotonic() + UNREACHABLE_LASTS.total_seconds(), task
        return await asyncio.shield(task)

    async def _robots_of(self, origin: str, delay: float) -> Robots:
        url = f"{origin}/robots.txt"
        known = None if self._afresh else await self._archive.call(hosts.rules, url)
        if known is None:
            known = await self._ask_robots(url, delay)
            await self._archive.call(hosts.keep_rules, url, known, UNREACHABLE_LASTS if known.reason else RULES_LAST)
        # Half a MB of rules takes a second.
        return await asyncio.to_thread(Robots.of, known.text, known.reason, ready_for=self._user_agent)

    async def terms(self, url: str, delay: float) -> bytes:
        """The tdmrep.json of the URL's origin (TDMRep, "TDM file on the origin server"); empty where there is none."""
        parts = urlsplit(url)
        address = f"{parts.scheme}://{parts.netloc}/.well-known/tdmrep.json"
        async with self._asking.setdefault(address, asyncio.Lock()):
            known = await self._archive.call(hosts.rules, address)
            if known is None:
                known = await self._ask_terms(address, delay)
                spoken = known.status is not None and known.status < 500
                await self._archive.call(hosts.keep_rules, address, known, RULES_LAST if spoken else UNREACHABLE_LASTS)
        return known.text.encode()

    async def _ask_terms(self, address: str, delay: float) -> hosts.RulesFile:
        try:
            capture = (await self.get(address, delay=delay)).capture
        except FetchFailed as error:
            return hosts.RulesFile(status=error.status)
        return hosts.RulesFile(capture.body[:MOST_TERMS].decode("utf-8", "replace"), capture.status)

    async def _ask_robots(self, url: str, delay: float) -> hosts.RulesFile:
        target = url
        try:
            for _ in range(MOST_REDIRECTS + 1):
                capture = (await self._persistently(url, target, delay, {})).capture
                if capture.status not in REDIRECTS:
                    found = Robots.parse(capture.status, capture.body)
                    return hosts.RulesFile(found.text, capture.status, found.reason)
                target = _next_hop(target, capture)
        except FetchFailed as error:
            if error.reason in NO_HOST:
                raise
            return hosts.RulesFile(reason=error.detail)
        return hosts.RulesFile()  # RFC 9309 section 2.3.1.2: after five redirects it may be taken as missing

    async def _persistently(self, asked: str, target: str, delay: float, validators: dict[str, str]) -> Answer:
        for tries_left in reversed(range(TRIES)):
            try:
                answer = await self._once(asked, target, delay, validators)
            except FetchFailed as error:
                if not tries_left or not error.again or error.until:
                    raise
            else:
                if not tries_left or answer.capture.status not in PASSING or is_long(answer.until):
                    return answer
        raise AssertionError("the last try returns or raises")

    async def _once(self, asked: str, target: str, delay: float, validators: dict[str, str]) -> Answer:
        request = Request(
            target, headers=validators, dont_filter=True, meta={"proxy": self._proxy} if self._proxy else {}
        )
        async with self._hosts.turn(target, delay) as turn, self._free:
            started = time.monotonic()
            try:
                response = await self._download(request)
            except FAILURES as error:
                failed = failure(error, target)
                if failed.reason in NO_HOST:
                    turn.unasked()
                raise failed from error
            capture = Capture(
                url=asked,
                final_url=target,
                status=response.status,
                headers=tuple(_headers(response)),
                body=response.body,
                fetched_at=datetime.now(UTC),
            )
            turn.answered(capture.status, capture.header("retry-after"))
        return Answer(capture, time.monotonic() - started, turn.until)


def _usable(answer: Answer, robots: Robots, *, conditional: bool) -> Answer:
    """The answer if it is a whole page, or says that the one we have has not changed."""
    status = answer.capture.status
    if status in (200, 203) or (status == 304 and conditional):
        return Answer(answer.capture, answer.seconds, robots=robots)
    raise of_status(status, answer.capture.final_url, answer.until)


def _next_hop(url: str, capture: Capture) -> str:
    location = _utf8(capture.header("location"))
    target = urls.resolve(url, location) if location else None
    if target is None:
        raise FetchFailed("bad_redirect", f"redirected to {location!r}"[:300], again=False)
    return target


def _utf8(header: str | None) -> str | None:
    """An address in a header as browsers read it: as UTF-8 where it is that."""
    try:
        return header and header.encode("latin-1").decode()
    except UnicodeDecodeError:
        return header


def _validators(etag: str | None, last_modified: str | None) -> dict[str, str]:
    given = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in given.items() if value}


def _headers(response: Response) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values or ()
    ]
