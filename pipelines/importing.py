"""Pages that others captured become what a crawl would have made of them: frontier, capture, article, log."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from pipelines import frontier, runs, tombstones, urls
from pipelines.archive import Archive
from pipelines.database import BadRow, Database
from pipelines.foreign import Broken
from pipelines.outlets import Outlet
from pipelines.records import Capture, Link
from pipelines.runs import Source
from pipelines.store import LeaseLost

ROUND = 1000  # pages; then every run is ended and begun anew: each outlet open holds a lock of the server's
STRIPES = 256  # pages of one address are stored one after the other; others rarely wait for them
END = object()


@dataclass
class Tally:
    """What came of a file: records read, pages among them, what became of those by name, and what is broken."""

    records: int = 0
    pages: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    broken: list[Broken] = field(default_factory=list)


class Importer:
    """Stores captures of others. Pages go to `owner`, or to the outlet of their registrable domain: one of `outlets`,
    or a one-off outlet named after the domain. Set `stopped` to end early.
    """

    def __init__(self, archive: Archive, outlets: Sequence[Outlet], owner: Outlet | None = None) -> None:
        self.stopped = False
        self._archive = archive
        self._outlets = outlets
        self._owner = owner
        self._batch = uuid.uuid4()
        self._open: dict[str, asyncio.Task[tuple[Source, int] | None]] = {}
        self._domains: dict[str, Outlet] = {}
        self._stripes = [asyncio.Lock() for _ in range(STRIPES)]

    async def take(self, records: Iterable[Capture | Broken | None], tally: Tally, limit: int | None = None) -> None:
        """Store the pages of a file, `limit` at most. Raises CaptureError, DatabaseError, OSError."""
        waiting = iter(records)
        while not self.stopped and (limit is None or tally.pages < limit):
            most = ROUND if limit is None else min(ROUND, limit - tally.pages)
            if not await self._round(waiting, tally, most):
                return

    async def _round(self, waiting: Any, tally: Tally, most: int) -> bool:
        """Store up to `most` pages; whether the file may have more."""
        pending: set[asyncio.Task[None]] = set()
        outcome: tuple[str, str | None] = ("failed", "the import ended early")
        last, found = tally.pages + most, object()
        try:
            while not self.stopped and tally.pages < last:
                found = await asyncio.to_thread(next, waiting, END)
                if found is END:
                    break
                _count(found, tally)
                if isinstance(found, Capture):
                    pending = await self._room(pending)
                    pending.add(asyncio.create_task(self._store(found, tally)))
            await asyncio.gather(*pending)
            outcome = ("interrupted", "stopped on request") if self.stopped else ("done", None)
            return found is not END
        finally:
            await asyncio.gather(*pending, return_exceptions=True)
            await self._finish(*outcome)

    async def _room(self, pending: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
        """Wait until there are few enough pages at work for one more."""
        if len(pending) < 3 * self._archive.workers.count:
            return pending
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        return pending

    async def _store(self, capture: Capture, tally: Tally) -> None:
        key = urls.sha256(urls.canonical(capture.url))
        async with self._stripes[key[0] % STRIPES]:
            try:
                tally.outcomes[await self._outcome(capture, key)] += 1
            except LeaseLost:
                tally.outcomes["locked"] += 1
            except BadRow:
                tally.outcomes["unstorable"] += 1

    async def _outcome(self, capture: Capture, key: bytes) -> str:
        known = await self._archive.call(_known, capture, key)
        if known:
            return known
        opened = await self._opened(self._outlet_of(capture.url))
        if opened is None:
            return "locked"
        source, run = opened
        page = await self._archive.call(_leased, run, source, capture.url)
        if page is None:
            return "locked"
        outcome, *_ = await self._archive.keep(run, source, page, capture, 0.0)
        return outcome

    def _outlet_of(self, url: str) -> Outlet:
        if self._owner:
            return self._owner
        parts = urlsplit(url)
        domain = urls.registrable_domain(urls.host(url)) or parts.netloc
        if domain not in self._domains:
            ours = next((o for o in self._outlets if urls.same_site(o.url, url)), None)
            self._domains[domain] = ours or Outlet(name=domain, url=f"{parts.scheme}://{parts.netloc}/")
        return self._domains[domain]

    async def _opened(self, outlet: Outlet) -> tuple[Source, int] | None:
        """The outlet's row and the run on it; None while another process crawls it."""
        if outlet.name not in self._open:  # pages that come together wait for one beginning
            self._open[outlet.name] = asyncio.create_task(self._begin(outlet))
        return await self._open[outlet.name]

    async def _begin(self, outlet: Outlet) -> tuple[Source, int] | None:
        source = (await self._archive.call(runs.add_one_off, [outlet]))[0]
        if not await self._archive.lock(source):
            return None
        return source, await self._archive.call(runs.start, source, self._batch, "import", watch=False)

    async def _finish(self, outcome: str, reason: str | None) -> None:
        """End every run, and let others crawl the outlets."""
        opened = await asyncio.gather(*self._open.values(), return_exceptions=True)
        self._open.clear()
        for found in opened:
            if isinstance(found, tuple):
                source, run = found
                await self._archive.call(runs.finish, source, run, outcome, reason)
                await self._archive.unlock(source)


def _count(found: object, tally: Tally) -> None:
    tally.records += 1
    tally.pages += isinstance(found, Capture)
    if isinstance(found, Broken):
        tally.broken.append(found)


def _known(database: Database, capture: Capture, key: bytes) -> str | None:
    """`forgotten` where the page was deleted for good; `known` where it was read with the same bytes; `older` where
    the archive has a later visit; else None.
    """
    with database.transaction() as cursor:
        if tombstones.among(cursor, [capture.url]):
            return "forgotten"
        cursor.execute(KNOWN, {"key": key, "at": capture.fetched_at, "body": hashlib.sha256(capture.body).digest()})
        row = cursor.fetchone()
    if row is None:
        return None
    return "known" if row.known else "older" if row.older else None


KNOWN = """
    select p.body_sha256 is not distinct from %(body)s or exists (
            select from captures c where c.page_id = p.id and c.fetched_at = %(at)s and c.body_sha256 = %(body)s
        ) as known,
        greatest((select max(c.fetched_at) from captures c where c.page_id = p.id),
            (select a.last_seen_at from articles a where a.page_id = p.id)) > %(at)s as older
    from pages p where p.url_sha256 = %(key)s
"""


def _leased(database: Database, run: int, source: Source, url: str) -> frontier.Page | None:
    """The page in the frontier, leased to the run; None where another run has it."""
    _, ids = frontier.add(database, run, source.id, [Link(url)])
    frontier.make_due(database, ids)
    return next(iter(frontier.lease(database, run, source.id, 1, ids)), None)
