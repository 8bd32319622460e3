"""Rows as JSON lines, CSV or Parquet, written to a file that need not be seekable."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any, Protocol

from pipelines.exporting.columns import NAMES


class Writer(Protocol):
    """What writes an export: batches of rows as pipelines/exporting/rows.py gives them, then the end."""

    def write(self, rows: Sequence[Any]) -> None:
        """Write some rows."""

    def close(self) -> None:
        """Write what the format wants at its end. The file stays open."""


def writer(form: str, file: IO[bytes]) -> Writer:
    """A writer of jsonl, csv or parquet."""
    if form == "parquet":
        from pipelines.exporting.parquet import Parquet

        return Parquet(file)
    return Csv(file) if form == "csv" else JsonLines(file)


class JsonLines:
    """One object a line; times as ISO 8601 with their offset."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, rows: Sequence[Any]) -> None:
        """Write a line a row."""
        lines = (_json(dict(zip(NAMES, row, strict=True))) for row in rows)
        self._file.write("".join(f"{line}\n" for line in lines).encode())

    def close(self) -> None:
        """Nothing is left to write."""


class Csv:
    """RFC 4180 in UTF-8 with a line of names; lists and objects as JSON, nothing where there is no value."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._write([NAMES])

    def write(self, rows: Sequence[Any]) -> None:
        """Write a record a row."""
        self._write([_field(value) for value in row] for row in rows)

    def close(self) -> None:
        """Nothing is left to write."""

    def _write(self, records: Iterable[Sequence[Any]]) -> None:
        buffer = io.StringIO(newline="")
        csv.writer(buffer).writerows(records)
        self._file.write(buffer.getvalue().encode())


def _field(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return _json(value) if isinstance(value, list | dict) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_moment)


def _moment(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in a row that is exported")
