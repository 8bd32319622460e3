"""`dateline reextract`: kept captures read again by the extractor of this version; what would change, or is changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice

from dateline.asking import open_archive
from dateline.errors import BadInput, Interrupted, NothingUsable
from dateline.replay_report import Report
from dateline.replaying import read_each
from dateline.settings import Settings
from pipelines import held, queries, replay
from pipelines.database import BadRow, Database
from pipelines.following import Follower
from pipelines.held import Held, Wanted
from pipelines.records import Article, Unreadable
from pipelines.shelf import CaptureError
from pipelines.workers import WorkerFailure


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
    with open_archive(settings) as archive:
        wanted = _wanted(archive, request, since)
        report = Report(wanted.extractor, request.apply, without_capture=held.without_capture(archive, wanted))
        with Follower(archive.url) if request.apply else nullcontext():
            pages = islice(held.find(archive, wanted), request.limit)
            report.interrupted = not read_each(settings.captures, pages, partial(_settle, archive, report))
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


def _settle(archive: Database, report: Report, page: Held, reading: Callable[[], Article]) -> None:
    """Compare what one capture gave, and write it where that was asked for."""
    try:
        article = replay.with_rights(archive, page, reading())
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
