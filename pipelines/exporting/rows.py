"""The rows of an export, out of one snapshot, and the cursor from which the next export goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.database import Cursor, Database, DatabaseError
from pipelines.exporting.columns import COLUMNS

ROWS_AT_ONCE = 100  # held in memory; a row is a few KB, and some hundred at most
CURSOR = re.compile(r"x1:(\d{1,19})")


class BadCursor(Exception):
    """A cursor that this archive has not given; the message is one line."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles: those changed from `since` on and before `until`; after a cursor; of outlets by name (or all)."""

    since: datetime | None = None
    cursor: str | None = None
    until: datetime | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The archive at one moment: the cursor to give next time, the newest migration, and the rows (once)."""

    cursor: str
    schema: str
    batches: Iterator[list[Any]]


@contextmanager
def snapshot(database: Database, selection: Selection) -> Iterator[Snapshot]:
    """The articles of a selection, in the order they changed, at most ROWS_AT_ONCE in a batch. Raises BadCursor.

    A time cannot say what was exported: a transaction may be committed after an export with a time before it. So every
    row has the number of the transaction that changed it, and an export ends before the oldest one still under way:
    whatever is below that number is finished, and whatever is not is for the next export.
    """
    with database.transaction() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        # A reader of our output may be slow, and rows that a filter leaves out are many: an hour, not two minutes.
        cursor.execute("set local idle_in_transaction_session_timeout = '1h'; set local statement_timeout = '1h'")
        cursor.execute(BOUNDS)
        bounds = cursor.fetchone()
        first = _first(selection.cursor, bounds.least)
        if bounds.newest is not None and int(bounds.newest) >= int(bounds.most):
            raise DatabaseError(RESTORED)
        cursor.execute(ROWS, {"first": first, "bound": bounds.least, "since": selection.since,
                              "until": selection.until, "sources": list(selection.sources)})  # fmt: skip
        yield Snapshot(f"x1:{bounds.least}", bounds.schema, _batches(cursor))


def is_cursor(said: str) -> bool:
    """Whether it has the form of a cursor."""
    return CURSOR.fullmatch(said) is not None


def unknown(database: Database, names: tuple[str, ...]) -> list[str]:
    """Those of the names that no outlet of the archive has."""
    with database.transaction() as cursor:
        cursor.execute("select name from sources where name = any(%s)", (list(names),))
        known = {row.name for row in cursor}
    return [name for name in names if name not in known]


def _first(cursor: str | None, bound: str) -> str:
    """The oldest transaction whose changes are wanted."""
    if cursor is None:
        return "0"
    found = CURSOR.fullmatch(cursor)
    if found is None or int(found[1]) > int(bound):
        raise BadCursor(f"{cursor!r} is no cursor of this archive: give one that its last export printed")
    return found[1]


def _batches(cursor: Cursor) -> Iterator[list[Any]]:
    while True:
        cursor.execute(f"fetch {ROWS_AT_ONCE} from rows")
        batch = cursor.fetchall()
        if not batch:
            return
        yield batch


RESTORED = (
    "this archive was restored from another server, whose transactions had other numbers: run "
    "dateline psql -c 'update articles set changed_xid = default', then export everything once"
)
BOUNDS = """
    select pg_snapshot_xmin(pg_current_snapshot())::text as least,
        pg_snapshot_xmax(pg_current_snapshot())::text as most,
        (select changed_xid::text from articles order by articles.changed_xid desc limit 1) as newest,
        (select max(name) from schema_migrations) as schema
"""
ROWS = f"""
    declare rows no scroll cursor for
    select {", ".join(f"{c.expression} as {c.name}" for c in COLUMNS)}
    from articles a join sources s on s.id = a.source_id
    where a.changed_xid >= %(first)s::xid8 and a.changed_xid < %(bound)s::xid8
        and (%(since)s::timestamptz is null or a.changed_at >= %(since)s)
        and (%(until)s::timestamptz is null or a.changed_at < %(until)s)
        and (cardinality(%(sources)s::text[]) = 0 or s.name = any(%(sources)s::text[]))
    order by a.changed_xid, a.id
"""
