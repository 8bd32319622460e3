"""`dateline reextract`: kept captures read again by the extractor of this version; what would change, or is changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice

from dateline.errors import BadInput, Interrupted, NothingUsable
from dateline.postgres import database
from dateline.replay_report import Report
from dateline.replaying import WARM_UP, readings
from dateline.settings import Settings
from dateline.stopping import stop_asked
from pipelines import held, queries, replay
from pipelines.database import BadRow, Database
from pipelines.following import Follower
from pipelines.held import Held, Wanted
from pipelines.migrating import migrate
from pipelines.records import Article, Unreadable
from pipelines.shelf import CaptureError, Shelf
from pipelines.workers import WorkerFailure, Workers


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for."""

    source: str | None = None
    since: str | None = None
    older_than: str | None = None
    limit: int | None = None
    apply: bool = False


def reextract(settings: Settings, request: Request, *, as_json: bool) -> None:
    """Read the captures again, print the report, and raise what the exit code is to be."""
    since = _moment(request.since)
    with database(settings) as url:
        migrate(url)
        with Database(url, 1) as archive:
            wanted = _wanted(archive, request, since)
            report = Report(wanted.extractor, request.apply, without_capture=held.without_capture(archive, wanted))
            with Follower(url) if request.apply else nullcontext():
                _work(archive, settings.captures, islice(held.find(archive, wanted), request.limit), report)
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        report.print()
    if report.interrupted:
        raise Interrupted("interrupted; what was written stays, run it again to go on")
    if report.is_empty:
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
    older_than = held.version(request.older_than)
    if not older_than:
        raise BadInput(f'--extractor-older-than: {request.older_than!r} has no number; write 2, or "{EXTRACTOR}"')
    return Wanted(EXTRACTOR, request.source, since, older_than)


def _work(archive: Database, captures: Shelf, pages: Iterator[Held], report: Report) -> None:
    first = next(pages, None)
    if first is None:
        return  # before workers are started: they take a second
    with stop_asked() as stop, Workers(warm_up=WARM_UP) as workers:
        for page, reading in readings(workers, captures, chain([first], pages)):
            if stop.is_set():
                report.interrupted = True
                return
            _settle(archive, report, page, workers, reading)


def _settle(archive: Database, report: Report, page: Held, workers: Workers, reading: Future[Article]) -> None:
    """Compare what one capture gave, and write it where that was asked for."""
    try:
        article = replay.with_rights(archive, page, workers.outcome(reading))
    except CaptureError as error:
        report.add("lost", page, str(error))
        return
    except (Unreadable, WorkerFailure) as error:
        report.read += 1
        report.no_story(page, str(error), readable=False)
        if not isinstance(error, WorkerFailure) or error.is_final:
            _leave(archive, report, page)
        return
    report.read += 1
    if refusal := replay.refusal(page, article) or replay.still_held(page, article):
        report.no_story(page, refusal, readable=True)
        _leave(archive, report, page)
        return
    report.story(page, article)
    if report.applied:
        _write(archive, report, page, article)


def _leave(archive: Database, report: Report, page: Held) -> None:
    if report.applied:
        replay.found_none(archive, page, report.extractor)


def _write(archive: Database, report: Report, page: Held, article: Article) -> None:
    try:
        report.outcomes[replay.write(archive, page, article)] += 1
    except BadRow as error:
        report.add("refused", page, str(error))
        _leave(archive, report, page)
