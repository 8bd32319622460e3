"""`dateline export`: articles to a file or to standard output, whole or in increments that miss nothing."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from io import BufferedRandom
from pathlib import Path
from typing import IO, Any

from dateline.asking import open_archive
from dateline.errors import BadInput
from dateline.settings import Settings
from pipelines.exporting import formats, rows
from pipelines.exporting.rows import Selection, Snapshot

MOST_LICENCES = 1000  # counted one by one; a site may name another one on every page


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for."""

    form: str
    since: str | None = None
    until: str | None = None
    sources: Sequence[str] = ()
    output: Path | None = None


@dataclass
class Tally:
    """What was written, counted for the manifest."""

    rows: int = 0
    by_source: Counter[str] = field(default_factory=Counter)
    extractors: Counter[str] = field(default_factory=Counter)
    opt_outs: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)

    def add(self, batch: Sequence[Any]) -> None:
        """Count some rows."""
        self.rows += len(batch)
        for row in batch:
            self.by_source[row.source] += 1
            self.extractors[row.extractor] += 1
            self.opt_outs.update(row.opt_outs)
            if row.license_url:
                is_one_more = row.license_url not in self.licences and len(self.licences) >= MOST_LICENCES
                self.licences["others" if is_one_more else row.license_url] += 1


def export(settings: Settings, request: Request) -> None:
    """Write the articles asked for. Raises BadInput for wrong words and for a file that cannot be written."""
    selection = _selection(request)
    if request.form == "parquet" and request.output is None and sys.stdout.isatty():
        raise BadInput("parquet is not for a terminal: give --output FILE")
    with open_archive(settings) as archive:
        if unknown := rows.unknown(archive, selection.sources):
            raise BadInput(f"no outlet named {unknown[0]!r} in the archive")
        try:
            with rows.snapshot(archive, selection) as snapshot:
                tally = _to_file(snapshot, request) if request.output else _to_stdout(snapshot, request)
        except rows.BadCursor as error:
            raise BadInput(f"--since: {error}") from error
    _say(tally, request, snapshot)


def _selection(request: Request) -> Selection:
    is_cursor = request.since is not None and rows.is_cursor(request.since)
    since = None if is_cursor else _moment("--since", request.since, " or the cursor of an export")
    until = _moment("--until", request.until)
    if since and until and since >= until:
        raise BadInput(f"--since {request.since} is not before --until {request.until}")
    names = tuple(dict.fromkeys(request.sources))
    return Selection(since, request.since if is_cursor else None, until, names)


def _moment(option: str, said: str | None, more: str = "") -> datetime | None:
    try:
        read = datetime.fromisoformat(said) if said is not None else None
    except ValueError as error:
        raise BadInput(f"{option}: {said!r} is no date; write 2026-01-31 or 2026-01-31T12:00+01:00{more}") from error
    return read if read is None or read.tzinfo else read.replace(tzinfo=UTC)


def _to_stdout(snapshot: Snapshot, request: Request) -> Tally:
    tally = _write(snapshot, request.form, sys.stdout.buffer)
    sys.stdout.buffer.flush()
    return tally


def _to_file(snapshot: Snapshot, request: Request) -> Tally:
    assert request.output
    try:
        with whole(request.output) as file:
            tally = _write(snapshot, request.form, file)
            file.flush()
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        with whole(request.output.with_name(f"{request.output.name}.manifest.json")) as file:
            file.write(json.dumps(_manifest(snapshot, request, tally, digest), ensure_ascii=False, indent=2).encode())
    except OSError as error:
        raise BadInput(f"{request.output} cannot be written: {error.strerror or error}") from error
    return tally


def _write(snapshot: Snapshot, form: str, file: IO[bytes]) -> Tally:
    tally, writer = Tally(), formats.writer(form, file)
    for batch in snapshot.batches:
        writer.write(batch)
        tally.add(batch)
    writer.close()
    return tally


@contextmanager
def whole(path: Path) -> Iterator[BufferedRandom]:
    """A file that gets its name only when all of it is on the disk."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _next_cursor(snapshot: Snapshot, request: Request) -> str | None:
    """Where the next export goes on. After --until nowhere: what was left out is not after any transaction."""
    return None if request.until else snapshot.cursor


def _manifest(snapshot: Snapshot, request: Request, tally: Tally, digest: str) -> dict[str, Any]:
    assert request.output
    return {
        "file": request.output.name,
        "sha256": digest,
        "format": request.form,
        "query": {"since": request.since, "until": request.until, "sources": list(request.sources)},
        **vars(tally),
        "cursor": _next_cursor(snapshot, request),
        "schema": snapshot.schema,
        "dateline": version("dateline"),
        "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _say(tally: Tally, request: Request, snapshot: Snapshot) -> None:
    """On standard error, for standard output may be the export."""
    cursor = _next_cursor(snapshot, request)
    onwards = f"; go on with --since {cursor}" if cursor else ""
    print(f"{tally.rows} articles exported{onwards}", file=sys.stderr)
