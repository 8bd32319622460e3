"""What the commands that ask the archive share: how it is opened, and how answers are printed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from dateline.postgres import database
from dateline.settings import Settings
from pipelines.database import Database
from pipelines.migrating import migrate
from pipelines.shelf import CaptureError, Shelf


@contextmanager
def open_archive(settings: Settings) -> Iterator[Database]:
    """The archive's database, its schema up to date, with one connection."""
    with database(settings) as url:
        migrate(url)
        with Database(url, 1) as archive:
            yield archive


REVISITS = {
    "server_not_modified": "without body, which the site says is as before, ",
    "identical_payload": "without body, which is as before, ",
}


def capture_place(row: Mapping[str, Any]) -> str | None:
    """Where the capture of a row was put, or that it has expired; null where none was kept."""
    if expired := row["expired_at"]:
        return f"expired by retention on {expired:%Y-%m-%d}"
    if (file := row["warc_file"]) is None:
        return None
    return f"{REVISITS.get(row.get('capture_kind') or '', '')}in {file} at byte {row['warc_offset']}"


def capture_state(shelf: Shelf, row: Mapping[str, Any]) -> str | None:
    """The same, and whether it is still there."""
    place, file = capture_place(row), row["warc_file"]
    if place is None or file is None or row["expired_at"]:
        return place
    try:
        return place if shelf.exists(file) else f"{place}: lost, there is no {shelf.path(file)}"
    except CaptureError as error:
        return f"{place}: cannot be looked at, {error}"


def print_first(lines: Sequence[str], most: int) -> None:
    """Print so many lines of a list, and how many more there are, which --json names."""
    print("\n".join(lines[:most]), end="\n" if lines else "")
    if len(lines) > most:
        print(f"… and {len(lines) - most:,} more; --json names all")


def print_json(value: Any) -> None:
    """Print a value on one line: moments in ISO 8601, spans of time in seconds."""
    print(json.dumps(value, ensure_ascii=False, default=_json_value))


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} in a row that is printed as JSON")
