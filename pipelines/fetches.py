"""The log of requests, kept by months: those to come are made, those that had their time are dropped.

`fetches` has a partition a month, and `fetches_default` for the rest: rows of before there were months, of months that
nobody made in time, of a past that is over. So no row is ever refused, and nothing depends on this being run; it only
makes the end of a month cheap. Stopped anywhere, the next call goes on.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pipelines.database import Cursor, Forbidden, Locked, execute_values, translated
from pipelines.migrating import ONLINE_WAIT, PAUSES, Session

REST = "fetches_default"
MONTH = re.compile(r"fetches_(\d{4})_(\d\d)")
AHEAD = 3  # months that are there before their time: for so long this may be left undone
AT_ONCE = 10_000  # rows a transaction
SMALL = 32 << 20  # bytes of a table that are looked through while others wait: some hundredths of a second
# For each of the tables that a month has to do with: in sum less than the second after which Postgres looks for
# deadlocks, so that nobody else is told of one.
LOCK_WAIT = "150ms"
VACUUM_WAIT = "2s"  # for a vacuum, which Postgres ends after that second, by a lock that nobody else waits for
PATIENCE = 300.0  # seconds until what gets no lock is given up
# Who does this holds this advisory lock: the first eight bytes of sha256("dateline fetches").
TURN_WAIT = 3.0  # seconds: the server may be slow to notice that the last one was killed
TURN = int.from_bytes(hashlib.sha256(b"dateline fetches").digest()[:8], "big", signed=True)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the log, such as 2026-11 (UTC): its rows, and the bytes of its files."""

    month: str
    rows: int
    bytes: int


@dataclass
class Pruned:
    """What was done, or would be: `made` months to come, `dropped` those that had their time, and deleted so many
    `rows` of that time that are in no month. `before` is when the log begins now; None: it is kept for ever. `pending`
    says, a line each, what could not be done.
    """

    before: datetime | None
    made: list[str] = field(default_factory=list)
    dropped: list[Month] = field(default_factory=list)
    rows: int = 0
    pending: list[str] = field(default_factory=list)


def look(url: str, keep: timedelta | None, now: datetime) -> Pruned:
    """What `prune` would do now; nothing is changed. `keep` None: for ever. Raises Forbidden."""
    with _session(url) as session, translated():
        found = Pruned(_before(keep, now))
        found.made, found.pending = _missing(session.cursor, now)
        found.dropped = [_month(session.cursor, month) for month in _over(session.cursor, found.before)]
        session.cursor.execute(f"select count(*) as rows from {REST} where at < %s", (found.before,))
        found.rows = session.cursor.fetchone().rows
        return found


def prune(url: str, keep: timedelta | None, now: datetime, stopped: Callable[[], bool] = lambda: False) -> Pruned:
    """Make the months to come, then end what had its time; `stopped` is asked between two steps.

    Raises Forbidden where this user does not own the tables, and Locked where they are never free, or another process
    is at this.
    """
    with _session(url) as session, translated():
        _take_turn(session)
        pruned = Pruned(_before(keep, now))
        _admit_all(session)
        pruned.made, pruned.pending = _missing(session.cursor, now)
        _make(session, pruned.made)
        if _has_ended(session.cursor, pruned.before):
            _end(session, pruned, stopped)
        if pruned.made or pruned.dropped:
            session.cursor.execute("analyze fetches")  # which nobody does of itself for all partitions together
        return pruned


@contextmanager
def _session(url: str) -> Iterator[Session]:
    with closing(Session(url)) as session:
        session.wait_at_most(ONLINE_WAIT)
        session.cursor.execute(
            f"select pg_has_role(relowner, 'usage') as owns from pg_class where oid = '{REST}'::regclass"
        )
        if not session.cursor.fetchone().owns:
            raise Forbidden(
                "this user may not change the schema: run dateline fetches prune as the owner of the tables"
            )
        yield session


def _take_turn(session: Session) -> None:
    session.wait_at_most(TURN_WAIT)
    try:
        with translated():
            session.cursor.execute("select pg_advisory_lock(%s)", (TURN,))
    except Locked as error:
        raise Locked("another dateline fetches prune is under way") from error
    session.wait_at_most(ONLINE_WAIT)


def first_of(month: str) -> datetime:
    """The moment at which a month begins, such as 2026-11, in UTC."""
    return datetime.fromisoformat(f"{month}-01T00:00:00+00:00")


def months_from(moment: datetime) -> Iterator[str]:
    """The month of that moment and all that follow, such as 2026-11, in UTC."""
    first = moment.astimezone(UTC)
    for n in itertools.count(first.year * 12 + first.month - 1):
        yield f"{n // 12:04}-{n % 12 + 1:02}"


def _before(keep: timedelta | None, now: datetime) -> datetime | None:
    return None if keep is None else first_of(next(months_from(now - keep)))


def _months(cursor: Cursor) -> list[str]:
    """The months that there are, in order."""
    cursor.execute(
        "select relname from pg_inherits join pg_class on oid = inhrelid where inhparent = 'fetches'::regclass"
    )
    return sorted(f"{match[1]}-{match[2]}" for row in cursor if (match := MONTH.fullmatch(row.relname)))


def _over(cursor: Cursor, before: datetime | None) -> list[str]:
    """Those that had their time."""
    return [month for month in _months(cursor) if before and first_of(month) < before]


def _table(month: str) -> str:
    return f"fetches_{month.replace('-', '_')}"


def _month(cursor: Cursor, month: str) -> Month:
    table = _table(month)
    cursor.execute(f"select count(*) as rows, pg_total_relation_size('{table}')::bigint as bytes from {table}")
    row = cursor.fetchone()
    return Month(month, row.rows, row.bytes)


def _missing(cursor: Cursor, now: datetime) -> tuple[list[str], list[str]]:
    """The months to be made, of those ahead, and why there is none where that is so.

    A month can be made while the rest has no row of it. So it is not this one: somebody may be writing just now.
    """
    wanted, there = list(itertools.islice(months_from(now), 1, AHEAD + 1)), _months(cursor)
    if wanted[-1] in there:
        return [], []
    taken = _taken(cursor, now)
    if free := [month for month in wanted if month > max([*there, *taken], default="")]:
        return free, []
    return [], [f"no month of the log can be made: a row of {REST} is of {taken[0]}, set right what is later than now"]


def _taken(cursor: Cursor, now: datetime) -> list[str]:
    """Months of which the rest has rows; the next one, too, where it takes so long to look that it may have some."""
    cursor.execute(f"select max(at) as newest from {REST}")
    newest = cursor.fetchone().newest
    rows = [next(months_from(newest))] if newest else []
    return [*rows, next(months_from(now + timedelta(days=31)))] if _is_large(cursor) else rows


def _is_large(cursor: Cursor) -> bool:
    cursor.execute("select pg_relation_size(%s) > %s as yes", (REST, SMALL))
    return bool(cursor.fetchone().yes)


def _patiently(session: Session, tables: str, *statements: str) -> None:
    """Run them in one transaction, again and again while somebody holds a table: others wait behind each short try."""
    vacuum_first = (f"set local lock_timeout = '{VACUUM_WAIT}'", f"lock table {tables} in share update exclusive mode")
    give_up_at = time.monotonic() + PATIENCE
    for pause in itertools.chain(PAUSES, itertools.repeat(PAUSES[-1])):
        try:
            with translated(), session.transaction():
                for statement in (*vacuum_first, f"set local lock_timeout = '{LOCK_WAIT}'", *statements):
                    session.cursor.execute(statement)
        except Locked:
            if time.monotonic() + pause > give_up_at:
                raise
            time.sleep(pause)
        else:
            return


def _make(session: Session, months: Sequence[str]) -> None:
    """Make the months. Postgres looks through the rest for rows of theirs, while everybody waits.

    So a rest that is large is proven to have none before, and while nobody waits, by a check that keeps them out: for
    as long as that takes, since a row of such a month would be refused. The first of them begins a month from now or
    later, and what a killed process left of it the next one takes away.
    """
    if not months:
        return
    if not _is_large(session.cursor):
        _patiently(session, RELATED, LOCK, *map(_made, months))
        return
    check = f"add constraint {CHECK} check (at < '{first_of(months[0])}') not valid"
    try:
        _patiently(session, REST, f"alter table {REST} {check}")
        session.cursor.execute(f"alter table {REST} validate constraint {CHECK}")
        _patiently(session, RELATED, LOCK, *map(_made, months), f"alter table {REST} drop constraint {CHECK}")
    finally:
        _admit_all(session)


CHECK = "fetches_default_is_past"
RELATED = f"pages, captures, endpoints, runs, only fetches, {REST}"
# Writers are locked out first: it takes longest to wait for them, and readers go on meanwhile.
LOCK = f"""
    lock table pages, captures, endpoints, runs in share row exclusive mode;
    lock table only fetches, {REST} in access exclusive mode
"""


def _made(month: str) -> str:
    table, (begins, ends) = _table(month), itertools.islice(months_from(first_of(month)), 2)
    return f"""
        create table {table} partition of fetches for values from ('{first_of(begins)}') to ('{first_of(ends)}');
        comment on table {table} is 'The rows of fetches of {month}, in UTC.'
    """


def _admit_all(session: Session) -> None:
    """Take the check away that is left of a call which was killed."""
    session.cursor.execute("select from pg_constraint where conname = %s", (CHECK,))
    if session.cursor.fetchone() is not None:
        _patiently(session, REST, f"alter table {REST} drop constraint if exists {CHECK}")


def _has_ended(cursor: Cursor, before: datetime | None) -> bool:
    if _over(cursor, before):
        return True
    cursor.execute(f"select exists (select from {REST} where at < %s) as yes", (before,))
    return bool(cursor.fetchone().yes)


def _end(session: Session, pruned: Pruned, stopped: Callable[[], bool]) -> None:
    """End all before that moment; that it is gone is said first."""
    session.cursor.execute(BEGINS, (pruned.before, pruned.before))
    for month in _over(session.cursor, pruned.before):
        if stopped():
            return
        gone = _month(session.cursor, month)
        _keep_twins(session, _table(month), pruned.before)
        _patiently(session, f"only fetches, {REST}, {_table(month)}", f"drop table {_table(month)}")
        pruned.dropped.append(gone)
    _keep_twins(session, REST, pruned.before)
    pruned.rows = _delete(session.cursor, pruned.before, stopped)


BEGINS = "update sources set log_from = %s where log_from is null or log_from < %s"


def _keep_twins(session: Session, table: str, before: datetime | None) -> None:
    """Write to the pages what the log alone knows and deletion for good needs: whose story they were found to share."""
    session.cursor.execute(TWINS.format(table=table), (before,))
    twins = [(row.page_id, row.addresses) for row in session.cursor]
    for start in range(0, len(twins), AT_ONCE):
        execute_values(session.cursor, KEEP, twins[start : start + AT_ONCE], template="(%s::bigint, %s::text[])")


TWINS = """
    select f.page_id, array_agg(distinct f.detail) as addresses from {table} f join pages p on p.id = f.page_id
    where f.outcome = 'twin' and f.detail like 'http%%' and f.at < %s and f.detail <> all(p.twin_of)
    group by f.page_id order by f.page_id
"""
KEEP = """
    update pages p set twin_of = p.twin_of || found.addresses from (values %s) found (page, addresses)
    where p.id = found.page
"""


def _delete(cursor: Cursor, before: datetime | None, stopped: Callable[[], bool]) -> int:
    """Delete rows of the rest, a part a transaction, in one walk along the primary key; how many that were."""
    count, last = 0, 0
    while not stopped():
        cursor.execute(DELETE, (last, before, AT_ONCE))
        ids = [row.id for row in cursor]
        count, last = count + len(ids), max(ids, default=last)
        if len(ids) < AT_ONCE:
            break
    return count


DELETE = f"""
    delete from {REST} where (id, at) in (
        select id, at from {REST} where id > %s and at < %s order by id limit %s
    ) returning id
"""
