"""`dateline import`: WARC files of others into the archive."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dateline.errors import BadInput, Interrupted, NothingUsable
from dateline.postgres import database
from dateline.scraping import open_archive
from dateline.settings import Settings
from pipelines import foreign, runs
from pipelines.archive import Archive
from pipelines.database import Database
from pipelines.importing import Importer, Tally
from pipelines.migrating import migrate
from pipelines.outlets import Outlet, read_sources
from pipelines.workers import cores

USABLE = ("stored", "revised", "unchanged", "twin", "known", "older")
MOST_NAMED = 1000  # broken records of a file that are named; all are counted


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for."""

    files: Sequence[Path]
    source: str | None = None
    limit: int | None = None


def import_files(settings: Settings, request: Request, *, as_json: bool) -> None:
    """Store the pages of each file, print what came of them, and raise what the exit code is to be."""
    for file in request.files:
        _check(file)
    outlets = read_sources(settings.sources)
    owner = next((o for o in outlets if o.name == request.source), None)
    if request.source and owner is None:
        raise BadInput(f"no outlet named {request.source!r} in {settings.sources}; dateline sources list shows them")
    with database(settings) as url:
        migrate(url)
        if outlets:
            with Database(url, 1) as connection:
                runs.sync(connection, outlets)
        with open_archive(settings, url, cores()) as archive:
            tallies, stopped = asyncio.run(_run(archive, outlets, owner, request))
    summary = [_summary(file, tally) for file, tally in zip(request.files, tallies, strict=False)]
    _publish(summary, as_json=as_json)
    _judge(tallies, stopped=stopped)


def _check(file: Path) -> None:
    try:
        is_warc = foreign.is_warc(file)
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error
    if not is_warc:
        raise BadInput(f"{file} is no WARC file")


async def _run(
    archive: Archive, outlets: Sequence[Outlet], owner: Outlet | None, request: Request
) -> tuple[list[Tally], bool]:
    importer, tallies = Importer(archive, outlets, owner), list[Tally]()

    def stop() -> None:
        importer.stopped = True  # what is at work is stored first

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    for file in request.files:
        done = sum(tally.pages for tally in tallies)
        if not importer.stopped and (request.limit is None or done < request.limit):
            tallies.append(Tally())
            await importer.take(foreign.records(file), tallies[-1], request.limit and request.limit - done)
    return tallies, importer.stopped


def _summary(file: Path, tally: Tally) -> dict[str, Any]:
    broken = [asdict(record) for record in tally.broken]
    return {
        "file": str(file),
        "records": tally.records,
        "pages": tally.pages,
        **dict(sorted(tally.outcomes.items())),
        "broken": len(broken),
        "broken_records": broken[:MOST_NAMED],
    }


def _publish(summary: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    for file in summary:
        for record in file["broken_records"]:
            print(f"{file['file']} at byte {record['offset']}: {record['why']}", file=sys.stderr)
    if as_json:
        print(json.dumps({"files": summary}, ensure_ascii=False))
        return
    for file in summary:
        counts = ", ".join(f"{name} {count}" for name, count in file.items() if isinstance(count, int))
        print(f"{file['file']}: {counts}")


def _judge(tallies: Sequence[Tally], *, stopped: bool) -> None:
    """Raise the error that the import as a whole ended with, if it did."""
    if stopped:
        raise Interrupted("interrupted; what was read is stored, run it again to go on")
    if not any(tally.outcomes[name] for tally in tallies for name in USABLE):
        raise NothingUsable("nothing usable: no page of these files is in the archive")
