"""`dateline reextract`: kept captures read again by the extractor of this version; what would change, or is changed."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice, takewhile
from typing import Any

from dateline.errors import BadInput, Interrupted, NothingUsable
from dateline.postgres import database
from dateline.settings import Settings
from pipelines import queries, replay
from pipelines.database import BadRow, Database
from pipelines.following import Follower
from pipelines.migrating import migrate
from pipelines.records import Article, Unreadable
from pipelines.replay import Held, Wanted
from pipelines.shelf import CaptureError, Shelf
from pipelines.workers import SECONDS_A_PAGE, WorkerFailure, Workers

WARM_UP = ("pipelines.extract:warm_up",)
IN_FLIGHT = 32  # captures read ahead of the one whose turn it is
SAMPLES = 3  # of each field
SHORT = 80  # characters of a sample
NAMED = 20  # pages of a list that are printed; JSON has them all


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for."""

    source: str | None = None
    since: str | None = None
    older_than: str | None = None
    limit: int | None = None
    apply: bool = False


@dataclass
class Report:
    """What came of it, as `--json` prints it. Each page of a list has `url` and `detail`, an article its `article`."""

    extractor: str
    applied: bool
    read: int = 0  # captures
    changed: int = 0  # articles with a field that differs
    outcomes: Counter[str] = field(default_factory=Counter)  # of what was written
    fields: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    interrupted: bool = False

    def add(self, name: str, held: Held, detail: str) -> None:
        """Name a page in one of the lists."""
        key = {"article": held.id} if held.values is not None else {}
        self.lists[name].append(key | {"url": held.page.url, "detail": detail})

    def compare(self, held: Held, article: Article) -> None:
        """Count the fields that differ."""
        found = replay.differences(held, article)
        self.changed += bool(found)
        self.fields.update(list(found))
        for name, (old, new) in found.items():
            samples = self.samples.setdefault(name, [])
            if len(samples) < SAMPLES:
                samples.append({"article": held.id} | _sample(old, new))

    def as_json(self) -> dict[str, Any]:
        """The report as one object."""
        fields = {name: {"count": count, "samples": self.samples[name]} for name, count in self.fields.most_common()}
        facts = {k: getattr(self, k) for k in ("extractor", "applied", "read", "changed", "interrupted")}
        return facts | {"outcomes": dict(self.outcomes), "fields": fields} | self.lists


LISTS = {
    "no_longer_stories": "would no longer be stories; they stay as they are",
    "now_readable": "were in quarantine and can be read",
    "still_unreadable": "stay in quarantine",
    "unreadable": "cannot be read by this extractor; they stay as they are",
    "lost": "have no capture that could be read; they stay as they are",
    "refused": "could not be written",
}


def reextract(settings: Settings, request: Request, *, as_json: bool) -> None:
    """Read the captures again, print the report, and raise what the exit code is to be."""
    since = _moment(request.since)
    with database(settings) as url:
        migrate(url)
        with Database(url, 1) as archive:
            wanted = _wanted(archive, request, since)
            report = Report(wanted.extractor, request.apply, lists={name: [] for name in LISTS})
            with Follower(url) if request.apply else nullcontext():
                _work(archive, settings.captures, islice(replay.find(archive, wanted), request.limit), report)
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        _print(report)
    if report.interrupted:
        raise Interrupted("interrupted; what was written stays, run it again to go on")
    if not any(report.lists.values()) and not report.read:
        raise NothingUsable(f"nothing to re-extract: all that was asked for was read by {wanted.extractor}")


def _moment(said: str | None) -> datetime | None:
    try:
        read = datetime.fromisoformat(said) if said else None
    except ValueError as error:
        raise BadInput(f"--since: {said!r} is no date; write 2026-01-31 or 2026-01-31T12:00+01:00") from error
    return read if read is None or read.tzinfo else read.replace(tzinfo=UTC)


def _wanted(archive: Database, request: Request, since: datetime | None) -> Wanted:
    from pipelines.extract import EXTRACTOR  # half a second, after all that can be wrong with the words

    if request.source is not None and not queries.has_source(archive, request.source):
        raise BadInput(f"no outlet named {request.source!r} in the archive; dateline sources list shows them")
    if request.older_than is None:
        return Wanted(EXTRACTOR, request.source, since)
    bound = replay.version(request.older_than)
    if not bound:
        raise BadInput(f'--extractor-older-than: {request.older_than!r} has no number; write 2, or "{EXTRACTOR}"')
    older = tuple(name for name in replay.extractors(archive) if replay.version(name) < bound)
    return Wanted(EXTRACTOR, request.source, since, older)


def _work(archive: Database, captures: Shelf, helds: Iterator[Held], report: Report) -> None:
    first = next(helds, None)
    if first is None:
        return  # before workers are started: they take a second
    with _stop_asked() as stop, Workers(warm_up=WARM_UP) as workers:
        for held, reading in _readings(workers, captures, first, helds):
            if stop.is_set():
                report.interrupted = True
                return
            _settle(archive, report, held, workers, reading)


@contextmanager
def _stop_asked() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set: the page in hand is finished first."""
    stop = threading.Event()
    former = {n: signal.signal(n, lambda *_: stop.set()) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _readings(
    workers: Workers, captures: Shelf, first: Held, helds: Iterator[Held]
) -> Iterator[tuple[Held, Future[Article]]]:
    waiting: deque[tuple[Held, Future[Article]]] = deque()
    held: Held | None = first
    while held or waiting:
        if held and len(waiting) < IN_FLIGHT:
            waiting.append((held, workers.submit(replay.read, captures, held.kept, seconds=SECONDS_A_PAGE)))
            held = next(helds, None)
        else:
            yield waiting.popleft()


def _settle(archive: Database, report: Report, held: Held, workers: Workers, reading: Future[Article]) -> None:
    """Compare what one capture gave, and write it where that was asked for."""
    in_quarantine = held.values is None
    try:
        article = replay.with_rights(archive, held, workers.outcome(reading))
    except CaptureError as error:
        report.add("lost", held, str(error))
        return
    except (Unreadable, WorkerFailure) as error:
        report.read += 1
        report.add("still_unreadable" if in_quarantine else "unreadable", held, str(error))
        _leave(archive, report, held)
        return
    report.read += 1
    if refusal := replay.refusal(held, article):
        report.add("still_unreadable" if in_quarantine else "no_longer_stories", held, refusal)
        _leave(archive, report, held)
        return
    if in_quarantine:
        report.add("now_readable", held, article.title)
    report.compare(held, article)
    if report.applied:
        _write(archive, report, held, article)


def _leave(archive: Database, report: Report, held: Held) -> None:
    if report.applied and held.values is None:
        replay.still_unread(archive, held, report.extractor)


def _write(archive: Database, report: Report, held: Held, article: Article) -> None:
    try:
        report.outcomes[replay.write(archive, held, article)] += 1
    except BadRow as error:
        report.add("refused", held, str(error))


def _sample(old: Any, new: Any) -> dict[str, str]:
    """Old and new value on one line each, from a little before the first difference."""
    one, other = _line(old), _line(new)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    start = max(0, same - SHORT // 4)
    return {"old": _cut(one, start), "new": _cut(other, start)}


def _line(value: Any) -> str:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, datetime | date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def _cut(said: str, start: int) -> str:
    part = said[start : start + SHORT]
    return ("…" if start else "") + part + ("…" if start + SHORT < len(said) else "")


def _print(report: Report) -> None:
    verb = "changed" if report.applied else "would change"
    print(f"{report.read} captures read by {report.extractor}; {report.changed} articles {verb}")
    for name, count in report.fields.most_common():
        print(f"{name:>20}  {count}")
        for sample in report.samples[name]:
            print(f"{'':>20}  {sample['article']}: {sample['old'] or '∅'} -> {sample['new'] or '∅'}")
    for name, meaning in LISTS.items():
        if found := report.lists[name]:
            print(f"{len(found)} {meaning}:")
            for page in found[:NAMED]:
                print(f"  {page['url']}: {page['detail']}")
            print(f"  … and {len(found) - NAMED} more\n" if len(found) > NAMED else "", end="")
    if report.applied:
        print("written: " + (", ".join(f"{count} {name}" for name, count in report.outcomes.items()) or "nothing"))
    elif report.changed or report.lists["now_readable"]:
        print("nothing was written: run it again with --apply", file=sys.stderr)
