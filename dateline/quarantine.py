"""`dateline quarantine`: what could not be read or is held back, and its release: read from its capture and stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

from dateline.asking import capture_place, open_archive, print_first, print_json
from dateline.errors import BadInput, Interrupted, NothingUsable
from dateline.replaying import read_each
from dateline.settings import Settings
from pipelines import held, quarantine, queries, replay
from pipelines.database import BadRow, Database
from pipelines.following import Follower
from pipelines.health.holding import REASONS as HELD
from pipelines.held import Held
from pipelines.quarantine import Wanted
from pipelines.records import Article, Unreadable
from pipelines.shelf import CaptureError
from pipelines.workers import WorkerFailure

REASONS = (*HELD, "timeout", "memory", "crashed", "unreadable", "too_large", "unstorable")
NAMED = 100  # pages that are printed; JSON has them all
LISTS = {
    "unreadable": "cannot be read, or are no stories",
    "refused": "could not be written",
    "lost": "have no capture that could be read",
    "missing": "are not in quarantine",
}


@dataclass
class Released:
    """What came of a release, as `--json` prints it: pages by outcome, and lists of those that stay, each with why."""

    outcomes: Counter[str] = field(default_factory=Counter)
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in LISTS})
    interrupted: bool = False

    def add(self, name: str, row: int, url: str | None, detail: str) -> None:
        """Name a page in one of the lists."""
        self.lists[name].append({"id": row, "url": url, "detail": detail})


def show(settings: Settings, wanted: Wanted, *, as_json: bool) -> None:
    """Print what is in quarantine, the newest first. Raises BadInput, NothingUsable."""
    with open_archive(settings) as archive:
        _check(archive, wanted)
        rows = quarantine.listed(archive, wanted)
    if as_json:
        print_json({"quarantine": [_row(row) for row in rows]})
    for line in () if as_json else chain(_lines(rows[:NAMED]), _rest(rows)):
        print(line)
    if not rows:
        raise NothingUsable("nothing is in quarantine" + _narrowed(wanted))


def _check(archive: Database, wanted: Wanted) -> None:
    if wanted.source is not None and not queries.has_source(archive, wanted.source):
        raise BadInput(f"no outlet named {wanted.source!r} in the archive; dateline sources list shows them")
    if wanted.reason is not None and wanted.reason not in REASONS:
        raise BadInput(f"--reason: {wanted.reason!r} is none of {', '.join(REASONS)}")


def _row(row: dict[str, Any]) -> dict[str, Any]:
    place = ("warc_file", "warc_offset", "expired_at")
    return {key: value for key, value in row.items() if key not in place} | {"capture": capture_place(row)}


def _lines(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        waits = "" if row["held_for"] is None or row["decided_at"] else "; the end of the next crawl decides"
        yield f"{row['id']:>6}  {row['at']:%Y-%m-%d %H:%M}  {row['source']}  {row['reason']}  {row['url']}"
        yield f"        {row['detail'] or 'no more is known'}{waits}"


def _rest(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    if len(rows) > NAMED:
        counted = Counter((row["source"], row["reason"]) for row in rows)
        yield f"… and {len(rows) - NAMED:,} more; --json names all. In all:"
        yield from (f"{count:>8,}  {source}  {reason}" for (source, reason), count in counted.most_common())


def _narrowed(wanted: Wanted) -> str:
    said = [f"{name} {value}" for name, value in (("--source", wanted.source), ("--reason", wanted.reason)) if value]
    return f" with {' '.join(said)}" if said else ""


def release(settings: Settings, wanted: Wanted, *, as_json: bool) -> None:
    """Read these pages from their captures and store them, whatever holds them back. Raises BadInput, NothingUsable
    where none was stored, Interrupted.
    """
    if wanted == Wanted():
        raise BadInput("say what to release: ids as dateline quarantine lists them, --source NAME or --reason R")
    report = Released()
    with open_archive(settings) as archive:
        _check(archive, wanted)
        rows = quarantine.listed(archive, wanted)
        _name_lost(wanted, rows, report)
        with Follower(archive.url):
            pages = held.quarantined(archive, wanted)
            report.interrupted = not read_each(settings.captures, pages, partial(_store, archive, report))
    _tell(report, as_json=as_json)
    if report.interrupted:
        raise Interrupted("interrupted; what was stored stays, run it again to go on")
    if not report.outcomes["stored"]:
        raise NothingUsable(
            f"nothing was released{'' if rows else ': none of it is in quarantine' + _narrowed(wanted)}"
        )


def _name_lost(wanted: Wanted, rows: Sequence[dict[str, Any]], report: Released) -> None:
    """Name what cannot be looked for: rows whose capture ended, ids that are not there."""
    for row in rows:
        if row["expired_at"] or row["warc_file"] is None:
            report.add("lost", row["id"], row["url"], capture_place(row) or "none was kept")
    for missing in sorted(set(wanted.ids or ()) - {row["id"] for row in rows}):
        report.add("missing", missing, None, "released already, or never there")


def _store(archive: Database, report: Released, page: Held, reading: Callable[[], Article]) -> None:
    try:
        article = replay.with_rights(archive, page, reading())
        if refusal := replay.refusal(page, article):
            report.add("unreadable", page.id, page.page.url, refusal)
        else:
            report.outcomes[replay.write(archive, page, article)] += 1
    except CaptureError as error:
        report.add("lost", page.id, page.page.url, str(error))
    except (Unreadable, WorkerFailure) as error:
        report.add("unreadable", page.id, page.page.url, str(error))
    except BadRow as error:
        report.add("refused", page.id, page.page.url, str(error))


def _tell(report: Released, *, as_json: bool) -> None:
    if as_json:
        print_json({"outcomes": report.outcomes, "interrupted": report.interrupted} | report.lists)
        return
    print("released: " + (", ".join(f"{count:,} {name}" for name, count in report.outcomes.items()) or "nothing"))
    for name, meaning in LISTS.items():
        found = report.lists[name]
        if found:
            print(f"{len(found):,} {meaning}:")
        print_first([f"  {page['id']}  {page['url'] or ''}: {page['detail']}" for page in found], NAMED)
