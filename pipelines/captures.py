"""Captures that end: their rows expire, then their bytes are taken out of the WARC files, whenever that is stopped.

An expired row that still says where its record lies has bytes to be removed. A file is rewritten without them under a
new name, the pointers of all that stays are moved in one transaction, the old file is removed, and then the expired
rows lose their place. Stopped anywhere in between, the next `clean` goes on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pipelines import warc
from pipelines.database import Database, connect, execute_values, translated
from pipelines.shelf import CaptureError, Shelf
from pipelines.warc import Place

GENERATION = re.compile(r"(?:\.r(\d+))?\.warc\.gz$")


@dataclass
class Dropped:
    """What went: records, their bytes in the files, files removed and rewritten; `pending` says, one line a file, why
    bytes could not be removed now: they go with the next `clean`.
    """

    records: int = 0
    bytes: int = 0
    removed: int = 0
    rewritten: int = 0
    pending: list[str] = field(default_factory=list)


def drop(database: Database, shelf: Shelf, ids: Sequence[int]) -> Dropped:
    """Remove these captures and the revisits that refer to them: bytes, rows, and what points to the rows.

    Also out of files that are being written. Where `pending` is not empty, the rows of the records in it stay, expired:
    drop them again later. Raises the database's errors.
    """
    with database.transaction() as cursor:
        cursor.execute(EXPIRE, {"ids": list(ids)})
        rows = cursor.fetchall()
    dropped = Dropped()
    for name in sorted({row.warc_file for row in rows if row.warc_file}):
        _clean(database, shelf, name, dropped, overwrite=True)
    with database.transaction() as cursor:
        for statement in DELETE:
            cursor.execute(statement, {"ids": [row.id for row in rows]})
    return dropped


EXPIRE = """
    update captures set expired_at = coalesce(expired_at, now())
    where id = any(%(ids)s) or refers_to = any(%(ids)s) returning id, warc_file
"""
GONE = "select id from captures where id = any(%(ids)s) and warc_file is null"
DELETE = (
    *(f"update {table} set capture_id = null where capture_id in ({GONE})"
      for table in ("articles", "revisions", "quarantine", "fetches")),
    f"delete from captures where id in ({GONE}) and refers_to is not null",
    f"""delete from captures c where id in ({GONE})
        and not exists (select from captures r where r.refers_to = c.id)""",
)  # fmt: skip


def clean(database: Database, shelf: Shelf, stopped: Callable[[], bool] = lambda: False) -> Dropped:
    """Take the bytes of all expired captures out of their files; those being written are left for the next time.

    `stopped` is asked between two files.
    """
    with database.transaction() as cursor:
        cursor.execute("select distinct warc_file from captures where expired_at is not null and warc_file is not null")
        names = sorted(row.warc_file for row in cursor)
    dropped = Dropped()
    for name in names:
        if stopped():
            break
        _clean(database, shelf, name, dropped)
    return dropped


def _clean(database: Database, shelf: Shelf, name: str, dropped: Dropped, *, overwrite: bool = False) -> None:
    """Take the expired records out of a file, and count them; `overwrite` also out of one that is being written."""
    try:
        with alone(database.url, name), shelf.held(name) as is_free:
            rows = _rows(database, name)
            expired = [row for row in rows if row.expired]
            if is_free:
                _remove(database, shelf, name, rows, dropped)
            elif overwrite:
                for row in expired:
                    shelf.overwrite(name, row.warc_offset, warc.filler(row.warc_length))
            else:
                dropped.pending.append(f"{shelf.path(name)}: it is being written")
                return
            _forget_places(database, expired)
    except CaptureError as error:
        dropped.pending.append(str(error))
    else:
        dropped.records += len(expired)
        dropped.bytes += sum(row.warc_length for row in expired)


@contextmanager
def alone(url: str, name: str) -> Iterator[None]:
    """Wait until nobody else works on a complete file, on any machine."""
    key = int.from_bytes(hashlib.sha256(f"dateline captures {name}".encode()).digest()[:8], "big", signed=True)
    connection = connect(url)  # a session of its own: a transaction may not last as long as a file takes
    try:
        with translated(), connection.cursor() as cursor:
            cursor.execute("set statement_timeout = 0; select pg_advisory_lock(%s)", (key,))
        yield
    finally:
        connection.close()


def _rows(database: Database, name: str) -> list[Any]:
    with database.transaction() as cursor:
        cursor.execute(
            "select id, warc_offset, warc_length, expired_at is not null as expired from captures"
            " where warc_file = %s order by warc_offset",
            (name,),
        )
        return cursor.fetchall()


def _remove(database: Database, shelf: Shelf, name: str, rows: Sequence[Any], dropped: Dropped) -> None:
    """Rewrite the file without its expired records, or remove it where nothing else is in it."""
    if not shelf.exists(name):
        if shelf.spool:  # or another machine has it yet, and will put it away
            raise CaptureError(f"{shelf.path(name)}: there is no such file, here or in the store")
        return
    kept = [row for row in rows if not row.expired]
    if len(kept) == len(rows):
        return
    if kept:
        _rewrite(database, shelf, name, kept)
        dropped.rewritten += 1
    else:
        dropped.removed += 1
    shelf.remove(name)


def _rewrite(database: Database, shelf: Shelf, name: str, kept: Sequence[Any]) -> None:
    """Copy what is kept into the next generation of the file, and move the pointers. Raises CaptureError."""
    target = _unused(database, name)
    with shelf.local(name) as source, shelf.written(target) as file:
        places = warc.rewrite(source, file, target, [Place(name, r.warc_offset, r.warc_length) for r in kept])
        moved = [(row.id, place.offset) for row, place in zip(kept, places, strict=True) if place]
    with database.transaction() as cursor:
        execute_values(cursor, MOVE, [(target, *pair) for pair in moved], page_size=10_000)


MOVE = """
    update captures c set warc_file = v.file, warc_offset = v.start
    from (values %s) v (file, id, start) where c.id = v.id
"""


def _unused(database: Database, name: str) -> str:
    """The next generation of a file in which no record lies: what lost its record in one stays there."""
    while True:
        name = next_generation(name)
        if not _rows(database, name):
            return name


def next_generation(name: str) -> str:
    """Name of the file that replaces one: a.warc.gz, a.r1.warc.gz, a.r2.warc.gz, …"""
    return GENERATION.sub(lambda found: f".r{int(found[1] or 0) + 1}.warc.gz", name)


def _forget_places(database: Database, expired: Sequence[Any]) -> None:
    with database.transaction() as cursor:
        cursor.execute(
            "update captures set warc_file = null, warc_offset = null, warc_length = null where id = any(%s)",
            ([row.id for row in expired],),
        )
