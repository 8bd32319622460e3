"""How long captures are kept, by outlet: which have had their time, and that they expire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from pipelines.database import Database

AT_ONCE = 10_000  # captures a transaction


@dataclass(frozen=True, slots=True)
class Expiring:
    """Captures of an outlet that have had their time, and the bytes of their records in the files."""

    outlet: str
    captures: int
    bytes: int


def expiring(database: Database, default: timedelta | None) -> list[Expiring]:
    """What would expire now, by outlet; `default` for outlets that do not say, None: they keep captures for ever."""
    with database.transaction() as cursor:
        cursor.execute(COUNT, {"default": default})
        return [Expiring(row.name, row.captures, int(row.bytes)) for row in cursor]


def expire(database: Database, default: timedelta | None, stopped: Callable[[], bool] = lambda: False) -> int:
    """Let it expire, a part a transaction; how many captures that were. Their bytes stay until they are cleaned."""
    count = 0
    while not stopped():
        with database.transaction() as cursor:
            cursor.execute(EXPIRE, {"default": default, "limit": AT_ONCE})
            found = len(cursor.fetchall())
        count += found
        if found < AT_ONCE:
            break
    return count


# One that a younger visit refers to has the body of that visit too: it goes with the last of them.
OVER = """
    from captures c join pages p on p.id = c.page_id join sources s on s.id = p.source_id
    cross join lateral (select now() - case
        when s.settings ->> 'keep_captures' = 'forever' then null
        else coalesce((s.settings ->> 'keep_captures')::interval, %(default)s::interval) end as begins) kept
    where c.expired_at is null and c.fetched_at < kept.begins
        and not exists (select from captures r where r.refers_to = c.id and r.fetched_at >= kept.begins)
"""
COUNT = f"""
    select s.name, count(*) as captures, coalesce(sum(c.warc_length), 0) as bytes {OVER} group by s.name order by s.name
"""
EXPIRE = f"""
    update captures set expired_at = now() where id in (select c.id {OVER} limit %(limit)s) returning id
"""
