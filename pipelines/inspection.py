"""Captures verified: whether each row leads to its record, and every digest of the record is right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from pipelines import captures, warc
from pipelines.database import Database
from pipelines.shelf import CaptureError, Shelf
from pipelines.warc import Expected


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file, or with the record at a byte of it: lost or broken; `captures` are rows, by id."""

    file: str
    offset: int | None
    captures: tuple[int, ...]
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file, how many captures lie in it, and its faults."""

    file: str
    captures: int
    faults: tuple[Fault, ...]


def inspect(database: Database, shelf: Shelf) -> Iterator[Inspected]:
    """Every file that captures lie in, one after the other. Raises the database's errors."""
    with database.transaction() as cursor:
        cursor.execute("select distinct warc_file from captures where expired_at is null order by 1")
        names = [row.warc_file for row in cursor]
    for name in names:
        with captures.alone(database.url, name):  # nobody rewrites it meanwhile
            rows = _rows(database, name)
            yield Inspected(name, len(rows), tuple(_faults(shelf, name, rows)))


def _rows(database: Database, name: str) -> list[Any]:
    with database.transaction() as cursor:
        cursor.execute(CAPTURES, (name,))
        return cursor.fetchall()


CAPTURES = """
    select c.id, c.final_url, c.fetched_at, c.body_sha256, c.warc_offset, c.warc_length,
        o.fetched_at as original_at
    from captures c left join captures o on o.id = c.refers_to
    where c.warc_file = %s and c.expired_at is null order by c.warc_offset
"""


def _faults(shelf: Shelf, name: str, rows: list[Any]) -> Iterator[Fault]:
    if not rows:  # rewritten since it was listed
        return
    try:
        with shelf.local(name) as file:
            for row in rows:
                if why := _fault(file, row):
                    yield Fault(name, row.warc_offset, (row.id,), "broken", f"{row.final_url}: {why}")
    except CaptureError as error:
        yield Fault(name, None, tuple(row.id for row in rows), "lost", str(error))


def _fault(file: BinaryIO, row: Any) -> str | None:
    file.seek(row.warc_offset)
    data = file.read(row.warc_length)
    if len(data) < row.warc_length:
        return "the file ends before the record does"
    expected = Expected(row.final_url, row.fetched_at, bytes(row.body_sha256), row.original_at)
    return warc.fault(data, expected)
