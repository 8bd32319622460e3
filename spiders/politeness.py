"""Politeness: one request to a host at a time, a pause before the next, and rest where it asks for rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from pipelines import hosts
from pipelines.archive import Archive
from spiders.failures import PASSING, HostPaused

PATIENCE = 30.0  # seconds that a crawl waits for a host that asked for a pause; longer ones end its work there
HELD = 0.1  # seconds between two looks at a host that another process is asking
TOO_MANY = 429
UNAVAILABLE = 503
DEFAULT_PAUSE = timedelta(minutes=5)  # after a 429 that does not say how long
MOST_PAUSE = timedelta(days=1)  # whoever asks for more is asked again after a day


@dataclass(slots=True)
class Turn:
    """One turn at a host, and how it went; without an answer it has failed."""

    failed: bool = True
    asked: bool = True
    pause: timedelta | None = None
    status: int | None = None

    def answered(self, status: int, retry_after: str | None) -> None:
        """Note the answer, and what pause it asks for."""
        self.status, self.failed = status, status in PASSING or status == TOO_MANY
        if status in (TOO_MANY, UNAVAILABLE):
            self.pause = pause(retry_after, datetime.now(UTC)) or (DEFAULT_PAUSE if status == TOO_MANY else None)

    def unasked(self) -> None:
        """Note that there is nobody to ask, so nobody who needs a pause."""
        self.asked = self.failed = False

    @property
    def until(self) -> datetime | None:
        """When the host may be asked again, where it has asked for a pause."""
        return None if self.pause is None else datetime.now(UTC) + self.pause


class Hosts:
    """Turns at hosts. A host is an address and port: what answers there is one server.

    Within this process a lock orders the turns; between processes and machines the table `hosts` does.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._locks: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def turn(self, url: str, delay: float) -> AsyncIterator[Turn]:
        """Wait for the host's turn, hold it for the block, and keep the host free for `delay` seconds after it.

        The pause is counted from the end of the answer, so a slow or busy site gets more of it, and two requests
        never arrive closer than `delay`, however late the first was sent. Raises HostPaused.
        """
        host = urlsplit(url).netloc
        async with self._locks.setdefault(host, asyncio.Lock()):
            await self._take(host, delay)
            turn = Turn()
            try:
                yield turn
            finally:
                await asyncio.shield(self._give_back(host, delay, turn))

    async def _take(self, host: str, delay: float) -> None:
        call, holder = self._archive.call, self._archive.locks.holder
        while wait := await call(hosts.take, host, holder, delay):
            if wait.paused and wait.seconds > PATIENCE:
                raise HostPaused(host, wait.until, wait.paused)
            await asyncio.sleep(wait.seconds or HELD)

    async def _give_back(self, host: str, delay: float, turn: Turn) -> None:
        why = f"it answered {turn.status}" if turn.pause else None
        await self._archive.call(
            hosts.give_back, host, self._archive.locks.holder, delay if turn.asked else 0.0,
            failed=turn.failed, pause=turn.pause, reason=why,
        )  # fmt: skip


def is_long(until: datetime | None) -> bool:
    """Whether that is longer than a crawl waits."""
    return until is not None and until > datetime.now(UTC) + timedelta(seconds=PATIENCE)


def pause(retry_after: str | None, now: datetime) -> timedelta | None:
    """How long a Retry-After asks to wait (RFC 9110 section 10.2.3: seconds or a date), at most a day."""
    said = (retry_after or "").strip()
    if said.isascii() and said.isdecimal():
        return min(timedelta(seconds=int(said[:9])), MOST_PAUSE)
    try:
        at = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta()), MOST_PAUSE)
