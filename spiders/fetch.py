"""One request from its turn to its answer: politeness, robots.txt, redirects, retries, and failures by name."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost
from twisted.web.client import ResponseFailed

from pipelines import urls
from pipelines.records import Capture
from spiders.guard import GuardedResolver
from spiders.politeness import Hosts
from spiders.robots import Robots

MOST_REDIRECTS = 5
TRIES = 2  # a reset connection or a 503 is often over with the next request
NO_HOST = frozenset({"no_such_host", "private_address"})  # not a matter of robots.txt
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PASSING = frozenset({500, 502, 503, 504, 520, 521, 522, 523, 524})  # the last five are Cloudflare's

Download = Callable[[Request], Awaitable[Response]]


class FetchFailed(Exception):
    """No usable answer. `reason` is a short name, `detail` one line; `again` says whether trying later may help."""

    def __init__(self, reason: str, detail: str, *, status: int | None = None, again: bool = True) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail, self.status, self.again = reason, detail, status, again


@dataclass(frozen=True, slots=True)
class Answer:
    """A capture, and how many seconds it took from request to last byte."""

    capture: Capture
    seconds: float


class Fetcher:
    """Fetches for the outlets of one process; what it knows of hosts is shared by all of them."""

    def __init__(self, download: Download, user_agent: str, *, most_at_once: int) -> None:
        self._download = download
        self._user_agent = user_agent
        self._hosts = Hosts()
        self._robots: dict[str, asyncio.Task[Robots]] = {}
        self._free = asyncio.Semaphore(most_at_once)

    async def get(self, url: str, *, delay: float, etag: str | None = None, last_modified: str | None = None) -> Answer:
        """The answer to a GET, redirects followed: status 2xx, or 304 where validators were given.

        Every hop asks the robots.txt of its own host and waits for that host's turn. Raises FetchFailed.
        """
        target = url
        for _ in range(MOST_REDIRECTS + 1):
            robots = await self.robots(target, delay)
            if robots.deferred:
                raise FetchFailed("robots_unreachable", f"robots.txt of {urls.host(target)}: {robots.reason}")
            if not robots.allows(target, self._user_agent):
                raise FetchFailed("robots_disallowed", f"robots.txt forbids {target}", again=False)
            pause = max(delay, robots.crawl_delay(self._user_agent) or 0.0)
            answer = await self._persistently(url, target, pause, _validators(etag, last_modified))
            if answer.capture.status not in REDIRECTS:
                return _usable(answer)
            target = _next_hop(target, answer.capture)
        raise FetchFailed("too_many_redirects", f"more than {MOST_REDIRECTS}, the last to {target}", again=False)

    async def robots(self, url: str, delay: float) -> Robots:
        """The rules of the URL's host, asked for once a crawl. Raises FetchFailed where there is no such host."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = asyncio.ensure_future(self._read_robots(f"{origin}/robots.txt", delay))
        return await asyncio.shield(self._robots[origin])

    async def _read_robots(self, url: str, delay: float) -> Robots:
        target = url
        try:
            for _ in range(MOST_REDIRECTS + 1):
                answer = await self._persistently(url, target, delay, {})
                if answer.capture.status not in REDIRECTS:
                    capture = answer.capture
                    return await asyncio.to_thread(self._rules, capture)
                target = _next_hop(target, answer.capture)
        except FetchFailed as failure:
            if failure.reason in NO_HOST:
                raise
            return replace(Robots.parse(None, b""), reason=failure.detail)
        return Robots.parse(404, b"")  # RFC 9309 2.3.1.2: after five redirects it may be taken as missing

    def _rules(self, capture: Capture) -> Robots:
        """Parsed and ready. Half a MB of rules takes a second: call it off the event loop."""
        robots = Robots.parse(capture.status, capture.body)
        robots.allows(capture.final_url, self._user_agent)
        return robots

    async def _persistently(self, asked: str, target: str, delay: float, validators: dict[str, str]) -> Answer:
        for tries_left in reversed(range(TRIES)):
            try:
                answer = await self._once(asked, target, delay, validators)
            except FetchFailed as failure:
                if not tries_left or not failure.again:
                    raise
            else:
                if not tries_left or answer.capture.status not in PASSING:
                    return answer
        raise AssertionError("the last try returns or raises")

    async def _once(self, asked: str, target: str, delay: float, validators: dict[str, str]) -> Answer:
        request = Request(target, headers=validators, dont_filter=True)
        async with self._hosts.turn(target, delay), self._free:
            started = time.monotonic()
            try:
                response = await self._download(request)
            except FAILURES as error:
                raise _failure(error, target) from error
        capture = Capture(
            url=asked,
            final_url=target,
            status=response.status,
            headers=tuple(_headers(response)),
            body=response.body,
            fetched_at=datetime.now(UTC),
        )
        return Answer(capture, time.monotonic() - started)


FAILURES = (
    CannotResolveHostError, DownloadCancelledError, DownloadConnectionRefusedError, DownloadFailedError,
    DownloadTimeoutError, IgnoreRequest, NotSupported, ResponseDataLossError, UnsupportedURLSchemeError,
    ConnectError, ConnectionDone, ConnectionLost, ResponseFailed, OSError, ValueError,
)  # fmt: skip


def _failure(error: Exception, url: str) -> FetchFailed:
    host = urls.host(url)
    match error:
        case CannotResolveHostError() if host in GuardedResolver.refused:
            return FetchFailed("private_address", f"{host} is not on the public Internet", again=False)
        case CannotResolveHostError():
            return FetchFailed("no_such_host", f"{host} does not resolve")
        case DownloadTimeoutError():
            return FetchFailed("timeout", f"{host} took too long")
        case DownloadConnectionRefusedError():
            return FetchFailed("refused", f"{urlsplit(url).netloc} refuses connections")
        case DownloadCancelledError() | IgnoreRequest():
            return FetchFailed("too_large", "the answer is larger than the limit", again=False)
        case ResponseDataLossError():
            return FetchFailed("truncated", "the answer ended before its end")
    return FetchFailed("connection_lost", _one_line(error))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def _usable(answer: Answer) -> Answer:
    status = answer.capture.status
    if 200 <= status < 300 or status == 304:
        return answer
    passing = status in PASSING or status in (403, 408, 425, 429)
    raise FetchFailed(f"http_{status}", f"the site answered {status}", status=status, again=passing)


def _next_hop(url: str, capture: Capture) -> str:
    location = capture.header("location")
    target = urls.resolve(url, location) if location else None
    if target is None:
        raise FetchFailed("bad_redirect", f"redirected to {location!r}"[:300], again=False)
    return target


def _validators(etag: str | None, last_modified: str | None) -> dict[str, str]:
    given = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in given.items() if value}


def _headers(response: Response) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values or ()
    ]
