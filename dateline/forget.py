"""`dateline forget`: stories, names of authors and what has expired, deleted for good; and what is said of it."""

from __future__ import annotations

import getpass
import json
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dateline.asking import open_archive
from dateline.errors import BadInput, Interrupted
from dateline.settings import Settings
from pipelines import queries, runs, tombstones, tracing, urls
from pipelines.captures import drop
from pipelines.database import Database
from pipelines.forgetting import audit, authors, retention, scrub, stories
from pipelines.forgetting.audit import Order
from pipelines.forgetting.scrub import Busy
from pipelines.forgetting.stories import Copy, Holding, Unfinished
from pipelines.outlets import read_sources
from pipelines.runs import OutletLocks

PATIENCE = 600.0  # seconds that the crawl of an outlet is waited for
UNSCRUBBED = (
    "no query finds it any more; bytes of it stay in the database's files until they are written anew: dateline forget "
    "--scrub"
)
NOUNS = {
    "articles": "articles", "revisions": "former states", "captures": "captures", "fetches": "log lines",
    "quarantine": "pages in quarantine", "clusters": "clusters that lose it", "pages": "addresses in the frontier",
    "authors": "names of authors", "tags": "tags", "removed": "cut-out lines",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for; `scrub` None: as the size of the archive allows."""

    urls: Sequence[str] = ()
    author: str | None = None
    source: str | None = None
    expired: bool = False
    yes: bool = False
    reason: str | None = None
    copies: bool = False
    captures: bool = False
    scrub: bool | None = None


@dataclass
class Report:
    """What was deleted, as `--json` prints it."""

    forgotten: list[dict[str, Any]] = field(default_factory=list)
    scrubbed: dict[str, Any] | None = None


def forget(settings: Settings, request: Request, *, as_json: bool) -> None:
    """Delete what is asked for, print what that was, and raise what the exit code is to be."""
    _check(request)
    with open_archive(settings) as archive:
        job = Job(settings, archive, request, as_json)
        job.run()
    if as_json:
        print(json.dumps({"forgotten": job.report.forgotten, "scrubbed": job.report.scrubbed}, ensure_ascii=False))


def _check(request: Request) -> None:
    asked = [bool(request.urls), request.author is not None, request.expired]
    if sum(asked) > 1 or not (any(asked) or request.scrub):
        raise BadInput("give URLs, or --author NAME, or --expired, or --scrub alone")
    if request.source and not (request.author or request.expired):
        raise BadInput("--source goes with --author and --expired")
    if (request.copies and not request.urls) or (request.captures and request.author is None):
        raise BadInput("--copies goes with URLs, --captures with --author")
    if request.author is not None and not tombstones.folded(request.author):
        raise BadInput(f"--author: {request.author!r} has no word in it")
    try:
        for url in request.urls:
            urls.canonical(url)
    except urls.BadUrl as error:
        raise BadInput(str(error)) from error


class Job:
    """One call of the command: what it is to do, on which archive, and what it did."""

    def __init__(self, settings: Settings, archive: Database, request: Request, as_json: bool) -> None:
        self.settings, self.archive, self.request = settings, archive, request
        self.report = Report()
        self.out = sys.stderr if as_json else sys.stdout  # JSON stands alone
        self.source = self._source() if request.source else None

    def run(self) -> None:
        """Delete, then see to the files of the database."""
        done = True
        if self.request.urls:
            done = self._stories()
        elif self.request.author is not None:
            done = self._author(self.request.author)
        elif self.request.expired:
            self._expired()
        if done:
            self._files()

    def say(self, line: str) -> None:
        """Print a line for people."""
        print(line, file=self.out, flush=True)

    # Stories

    def _stories(self) -> bool:
        """Whether there was anything to forget, and its owner agreed."""
        holdings = self._wanted()
        for url, holding in holdings.items():
            self._show(url, holding, set(holdings))
        if not self._agreed():
            return False
        with self._alone(set[int]().union(*(holding.sources for holding in holdings.values()))):
            for url in holdings:
                self._forget(url, stories.find(self.archive, url))  # again: a crawl may have ended meanwhile
        return True

    def _wanted(self) -> dict[str, Holding]:
        """What the archive holds of each URL, and with --copies of each copy."""
        found = {url: self._found(url) for url in self.request.urls}
        for holding in list(found.values()) if self.request.copies else ():
            for copy in self._copies(holding):
                if copy.is_whole and copy.url not in found:
                    found[copy.url] = stories.find(self.archive, copy.url)
        return found

    def _found(self, url: str) -> Holding:
        holding = stories.find(self.archive, url)
        if not holding.pages and tracing.trace(self.archive, url)["endpoints"]:
            raise BadInput(f"{url} lists stories and is none: forget those, or take it out of the list of outlets")
        return holding

    def _show(self, url: str, holding: Holding, wanted: set[str]) -> None:
        self.say(url)
        stone = tombstones.of(self.archive, url)
        if not holding.pages:
            self.say(f"  {stone}" if stone else "  not in the archive; it will be kept out of it")
        for told in holding.told:
            self.say(f"  article {told.id}  {told.title!r}, {told.source}  {told.url}")
        if holding.pages:
            self.say(f"  {_listed(holding.counts)}")
        for copy in self._copies(holding):
            if copy.url not in wanted:
                hint = ": the same article, --copies forgets it too" if copy.is_whole else ""
                self.say(f"  not touched: {copy.url} ({copy.source}, {copy.covered:.0%} of the text){hint}")

    def _copies(self, holding: Holding) -> list[Copy]:
        return stories.copies(self.archive, holding) if holding.articles else []

    def _forget(self, url: str, holding: Holding) -> None:
        if not holding.pages and tombstones.of(self.archive, url):
            self.say(f"{url}: was forgotten before")
            return
        others = [copy.url for copy in self._copies(holding)]
        with _finished():
            number = stories.forget(self.archive, holding, self._order("story"), self._drop)
        self.report.forgotten.append(
            {"url": url, "forgetting": number, "counts": dict(holding.counts), "others": others}
        )
        self.say(f"{url}: forgotten")

    # Names

    def _author(self, name: str) -> bool:
        found = authors.find(self.archive, name, self.source)
        self.say(f"{name!r}: {_listed(found.counts)}")
        if found.in_text:
            self.say(f"  not touched: {found.in_text} articles have it in title, excerpt or text")
        if not self._agreed():
            return False
        with _finished():
            drop = self._drop if self.request.captures else None
            struck = authors.forget(self.archive, name, self._order("author"), drop)
        self.report.forgotten.append({"author": True, "counts": struck.counts, "in_text": struck.in_text})
        self.say("forgotten, and struck out of whatever will be stored")
        return True

    # What has expired

    def _expired(self) -> None:
        outlets = read_sources(self.settings.sources)
        for source in runs.sync(self.archive, outlets) if outlets else ():
            keep = source.outlet.keep_articles
            if keep is None or self.source not in (None, source.id):
                continue
            order = self._order("expired", source.id, f"keep_articles: {keep.days or keep} days")
            with self._alone([source.id]), _finished():
                counts = retention.forget(self.archive, keep, order, self._drop)
            if counts:
                self.report.forgotten.append({"source": source.outlet.name, "counts": counts})
            self.say(f"{source.outlet.name}: {_listed(counts)}")

    # What all of them need

    def _source(self) -> int:
        name = self.request.source or ""
        found = queries.source_id(self.archive, name)
        if found is None:
            raise BadInput(f"no outlet named {name!r} in the archive; dateline sources list shows them")
        return found

    def _order(self, kind: Any, source: int | None = None, reason: str | None = None) -> Order:
        return Order(kind, getpass.getuser(), self.request.reason or reason, source or self.source)

    def _drop(self, captures: Collection[int]) -> list[str]:
        return drop(self.archive, self.settings.captures, sorted(captures)).pending

    def _agreed(self) -> bool:
        if self.request.yes:
            return True
        if not sys.stdin.isatty():
            raise BadInput("nothing was forgotten: it cannot be undone, so say --yes")
        if input("Delete this for good? [y/N] ").strip().lower() in ("y", "yes"):
            return True
        self.say("nothing was forgotten")
        return False

    @contextmanager
    def _alone(self, sources: Iterable[int]) -> Iterator[None]:
        """Hold the locks of these outlets: no crawl and no import writes of them meanwhile."""
        locks = OutletLocks(self.archive.url)
        try:
            for source in sorted(sources):
                self._take(locks, source)
            yield
        finally:
            locks.close()

    def _take(self, locks: OutletLocks, source: int) -> None:
        give_up_at, told = time.monotonic() + PATIENCE, False
        while not locks.take(source):
            if time.monotonic() > give_up_at:
                raise Interrupted(
                    "an outlet of it is being crawled all the time; run it again later, all that is done stays"
                )
            if not told:
                print("waiting for a crawl of the outlet to end", file=sys.stderr, flush=True)
            told = True
            time.sleep(0.5)

    def _files(self) -> None:
        """Write the files of the database anew, or say how to."""
        url, wanted = self.archive.url, self.request.scrub
        if wanted is None:
            wanted = not self.request.expired and scrub.size(url) <= scrub.SMALL
        if not wanted:
            scrub.tidy(url)
            self.say(UNSCRUBBED)
            return
        try:
            done = scrub.scrub(url)
        except Busy as error:
            raise Interrupted(
                f"{error}; all is deleted, but bytes of it are left: run dateline forget --scrub"
            ) from error
        audit.scrubbed(self.archive)
        self.report.scrubbed = {"seconds": round(done.seconds, 1), "bytes": done.after, "log_renewed": done.log_renewed}
        log = "" if done.log_renewed else "; its write-ahead log is left to the server, whose superuser may renew it"
        self.say(f"the database's files were written anew in {done.seconds:.1f} s ({done.after / 1e6:.1f} MB){log}")


@contextmanager
def _finished() -> Iterator[None]:
    """Turn what could not be removed into the command's own error."""
    try:
        yield
    except Unfinished as error:
        raise Interrupted(f"captures are left, all else is gone; run it again: {error}") from error
    except Busy as error:
        raise Interrupted(f"{error}; run it again") from error


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[kind]} {noun}" for kind, noun in NOUNS.items() if counts.get(kind)) or "nothing"
