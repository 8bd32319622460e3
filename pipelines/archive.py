"""The archive as the crawl sees it: SQL, WARC files and extraction, none of which may hold up the event loop."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

from pipelines import held, quarantine, replay, runs, store, tombstones
from pipelines.database import BadRow, Database, DatabaseFull, DatabaseGone
from pipelines.following import Follower
from pipelines.frontier import Page
from pipelines.health.holding import Bounds
from pipelines.held import Held
from pipelines.records import Article, Capture, Hints, Unreadable
from pipelines.revisions import State
from pipelines.rights import NOTHING, Rights, merged, of_headers
from pipelines.runs import OutletLocks, RunResult, Source
from pipelines.shelf import CaptureError, Shelf
from pipelines.store import Visit
from pipelines.tombstones import Tombstone
from pipelines.warc import Original, Place, WarcWriter
from pipelines.workers import SECONDS_A_PAGE, WorkerFailure, Workers

T = TypeVar("T")
log = logging.getLogger(__name__)

THREADS = 4  # as many statements at once; more would only queue in Postgres
PATIENCE = 30.0  # seconds a database may be away: a restart takes a few
READABLE = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml")


class Archive:
    """What a crawl writes to. Every method that waits is a coroutine. Use as a context manager."""

    def __init__(self, url: str, captures: Shelf, workers: Workers, software: str) -> None:
        self.database = Database(url, THREADS)
        self.locks = OutletLocks(url)
        self.workers = workers
        self.patience = PATIENCE
        self.hurried = False  # asked to end: what can wait for the next run does
        self._away = False
        self._warc = WarcWriter(captures, software)
        # A list may take ten seconds of a worker; were all busy with lists, no story would be read.
        self._lists = asyncio.Semaphore(max(1, workers.count // 2))
        self._releases = asyncio.Semaphore(max(1, workers.count // 2))  # nor may one outlet's end hold up the others
        self._threads = ThreadPoolExecutor(THREADS, "archive")
        self._follower = Follower(url)

    async def call(self, task: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Run a function of the database in a thread, again and again while the server is away for a moment."""
        loop = asyncio.get_running_loop()
        give_up_at = time.monotonic() + self.patience
        while True:
            try:
                result = await loop.run_in_executor(self._threads, lambda: task(self.database, *arguments, **options))
            except DatabaseGone as error:
                if time.monotonic() > give_up_at:
                    self.patience = 0.0  # whoever asks next need not wait as long again
                    raise
                if not self._away:  # once an outage, not once a second
                    log.warning("waiting for the database: %s", error)
                self._away = True
                await asyncio.sleep(1.0)
            else:
                self._away = False
                return result

    async def lock(self, source: Source) -> bool:
        """Whether the outlet is this process's to crawl now."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.locks.take, source.id)

    async def unlock(self, source: Source) -> None:
        """Let others crawl the outlet."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self.locks.give_back, source.id)

    async def read_list(self, task: Callable[..., T], *arguments: Any) -> T:
        """What a worker reads in a list of links, of which at most half of the workers read at a time."""
        async with self._lists:
            return await self.workers.run(task, *arguments)

    async def keep(
        self, run: int, source: Source, page: Page, capture: Capture, seconds: float, rights: Rights = NOTHING,
        bounds: Bounds | None = None,
    ) -> tuple[str, str | None, Article | None]:  # fmt: skip
        """Extract and store one answered page: its outcome, a line about it, and what was read; None where nothing was.

        Raises CaptureError, DatabaseError.

        `rights` is what the site says of the page elsewhere than in its headers and itself. A new story beyond the
        `bounds` is held back, if its capture is kept; None: whatever it is, it is stored.
        """
        rights = of_headers(capture.headers, capture.fetched_at, capture.final_url) | rights
        visit, read = await self._examine(source, page, capture, seconds, rights, bounds)
        outcome = await self.call(store.write, run, source.id, visit, source.outlet.timezone)
        return outcome, visit.detail, read

    async def _examine(
        self, source: Source, page: Page, capture: Capture, seconds: float, rights: Rights, bounds: Bounds | None
    ) -> tuple[Visit, Article | None]:
        facts: dict[str, Any] = {
            "capture": capture, "status": capture.status, "received": len(capture.body), "seconds": seconds,
        }  # fmt: skip
        same = page.body_sha256 == hashlib.sha256(capture.body).digest()
        # What is held back and asked for by name is read, since it is to be stored.
        if capture.status == 304 or (same and not (page.is_held and bounds is None)):
            facts |= await self._kept_again(source, page, capture, rights)
            if page.is_held:
                return Visit(page, "held", page.detail, **facts), None
            if page.outcome in ("skipped", "twin", "forgotten"):
                return Visit(page, page.outcome, page.detail, **facts), None
            return Visit(page, "unchanged", **facts), None
        kind = (capture.header("content-type") or "text/html").lower()
        if not kind.startswith(READABLE):
            return Visit(page, "skipped", f"not a page: {kind[:100]}", **facts), None
        language = page.language_hint or source.outlet.language
        hints = Hints(page.title_hint, page.published_hint, source.outlet.timezone, language)
        try:
            order = (capture.body, capture.final_url, capture.fetched_at, kind, hints)
            read = merged(await self.workers.run(_read_page, *order, seconds=SECONDS_A_PAGE), rights)
        except (WorkerFailure, Unreadable) as failure:
            facts["place"] = await self._kept(source, capture, rights.opt_outs)
            again = isinstance(failure, WorkerFailure) and not failure.is_final
            return Visit(page, failure.reason, failure.detail, failed=True, quarantine=True, again=again, **facts), None
        if refused := sorted(set(source.outlet.honour) & set(read.opt_outs) - {"noarchive"}):
            return Visit(page, "skipped", f"opt_out: the site says {', '.join(refused)}", **facts), None
        allowed = await self.call(_allowed, read, page, source)
        if isinstance(allowed, Tombstone):
            return Visit(page, "stored", article=read, **facts), None  # no capture is kept; the store says why
        read = allowed
        facts["place"] = await self._kept(source, capture, read.opt_outs)
        if read.is_story:
            facts["reread"] = await self._reread(page, read.extractor)
            facts["bounds"] = bounds if facts["place"] else None  # or the story would be lost
            return Visit(page, "stored", article=read, **facts), read
        return Visit(page, "skipped", read.detail, no_story_by=read.extractor, **facts), read

    async def _reread(self, page: Page, extractor: str) -> State | None:
        """What this extractor reads in the page's former capture, where another one read that: who made the change?"""
        former = await self.call(held.former, page.id, extractor) if page.outcome else None
        if former is None:
            return None
        try:
            return await self.workers.run(replay.reread, self._warc.shelf, former, seconds=SECONDS_A_PAGE)
        except (CaptureError, WorkerFailure, Unreadable) as failure:
            log.warning("%s: the former capture cannot be read again: %s", page.url, failure)
            return None

    async def _kept(
        self, source: Source, capture: Capture, opt_outs: Collection[str], original: Original | None = None
    ) -> Place | None:
        """Where the capture was written; None where the site does not want that and its outlet's entry obeys."""
        if "noarchive" in opt_outs and "noarchive" in source.outlet.honour:
            return None
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._warc.write, capture, original)

    async def _kept_again(self, source: Source, page: Page, capture: Capture, rights: Rights) -> dict[str, Any]:
        """What a visit says of a body that is kept already: a record without it, and whose it is."""
        known = await self.call(store.original, page.id, page.body_sha256) if page.body_sha256 else None
        if known is None:
            return {}
        return {"place": await self._kept(source, capture, rights.opt_outs, known), "original": known}

    async def end(
        self, source: Source, run: int, outcome: str, reason: str | None, tell: Callable[[str, str, Article], None]
    ) -> RunResult:
        """End a run, have its outlet judged, and store what is held back of it for no gate that it fails.

        `tell` is told of each story that was read again for that: address, outcome, article. A run that is interrupted
        leaves them to the next one's end, as one that dies does.
        """
        result = await self.call(runs.finish, source, run, outcome, reason)
        if outcome == "interrupted":
            return result
        waiting = await self.call(held.waiting, source.id)
        outcomes = await asyncio.gather(*(self._release(page, tell) for page in waiting))
        released = Counter(
            page.reason for page, came in zip(waiting, outcomes, strict=True) if came and page.run == run
        )
        left = {name: count - released[name] for name, count in result.held.items() if count > released[name]}
        return replace(result, stored=result.stored + outcomes.count("stored"), held=left)

    async def _release(self, page: Held, tell: Callable[[str, str, Article], None]) -> str | None:
        """Read a story that was held back from its capture, and store it: what came of it; None where it stays."""
        async with self._releases:
            if self.hurried:
                return None
            try:
                read = await self.workers.run(replay.read, self._warc.shelf, page.kept, seconds=SECONDS_A_PAGE)
                article = await self.call(replay.with_rights, page, read)
                if refusal := replay.refusal(page, article):
                    raise Unreadable("no_story", refusal)
                came = await self.call(replay.write, page, article)
            except (CaptureError, WorkerFailure, Unreadable, BadRow) as failure:
                if (
                    not isinstance(failure, WorkerFailure) or failure.is_final
                ):  # else it waits for the next end of a run
                    await self.call(quarantine.keep_one, page.id, str(failure))
                return None
        if came == "moved":  # somebody released it, or has the page
            return None
        tell(page.page.url, came, article)
        return came

    def __enter__(self) -> Archive:
        self._follower.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=True)
        self._follower.__exit__()
        self._warc.close()
        self.locks.close()
        self.database.close()


def _allowed(database: Database, read: Article, page: Page, source: Source) -> Article | Tombstone:
    with database.transaction() as cursor:
        return tombstones.examine(cursor, read, page.canonical_url, source.id)


def _read_page(*arguments: Any) -> Article:
    # Imported in the workers only: trafilatura is half a second and 60 MB that the crawling process can do without.
    from pipelines.extract import read_page

    return read_page(*arguments)


FATAL = (CaptureError, DatabaseGone, DatabaseFull)
