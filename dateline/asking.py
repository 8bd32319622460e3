"""What the commands that ask the archive share: how it is opened, and how answers are printed as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from dateline.postgres import database
from dateline.settings import Settings
from pipelines.database import Database
from pipelines.migrating import migrate


@contextmanager
def open_archive(settings: Settings) -> Iterator[Database]:
    """The archive's database, its schema up to date, with one connection."""
    with database(settings) as url:
        migrate(url)
        with Database(url, 1) as archive:
            yield archive


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
