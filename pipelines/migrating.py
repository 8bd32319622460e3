"""The schema brought up to date by numbered migrations, while crawls write and people read."""

from __future__ import annotations

import hashlib
import itertools
import logging
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from threading import Event
from typing import cast

from pipelines import roles
from pipelines.database import Cursor, DatabaseError, Forbidden, Locked, connect, translated

log = logging.getLogger(__name__)

OLDEST_SERVER = 150000
# Whoever migrates holds this advisory lock: the first eight bytes of sha256("dateline migrations").
MIGRATION_LOCK = int.from_bytes(hashlib.sha256(b"dateline migrations").digest()[:8], "big", signed=True)
LOCK_WAIT = 1.0  # seconds a migration waits for a table, since whoever asks for it meanwhile waits behind
ONLINE_WAIT = 600.0  # the same for what runs online: nobody waits behind that
PATIENCE = 300.0  # seconds until a migration that gets no lock is given up
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)  # seconds between tries, the last again and again: time for those who waited
LOOK_AFTER = 0.2  # seconds of waiting until it is asked for whom
ONLINE = "-- online\n"
CONCURRENT = re.compile(r"create (?:unique )?index concurrently if not exists (\w+)")
INDEX = re.compile(r"create index concurrently if not exists (\w+) on (\w+) (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: a file of migrations/, named without its ending.

    One whose first line is "-- online" runs paragraph by paragraph, each a statement outside any transaction; what
    was done before it was stopped is done again.
    """

    name: str
    sql: str

    @property
    def is_online(self) -> bool:
        """Whether it is run outside a transaction, and may be left for later."""
        return self.sql.startswith(ONLINE)

    @property
    def statements(self) -> list[str]:
        """Its paragraphs, but for those of comments alone."""
        paragraphs = (p.strip() for p in self.sql.split("\n\n"))
        return [p for p in paragraphs if any(line and not line.startswith("--") for line in p.splitlines())]


class Session:
    """One connection that migrates: as patient as a statement wants, known to the others by its process id."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection = connect(url)
        self.cursor = cast(Cursor, self._connection.cursor())
        self.pid: int = self._connection.get_backend_pid()
        if (version := self._connection.server_version) < OLDEST_SERVER:
            raise DatabaseError(f"Postgres {version // 10000} is too old: Dateline needs 15 or newer")

    def close(self) -> None:
        """Close the connection; and with it goes its lock."""
        self._connection.close()

    def wait_at_most(self, seconds: float) -> None:
        """For any lock; and let no statement be cut short otherwise: an index may take an hour."""
        self.cursor.execute(f"set lock_timeout = {int(seconds * 1000)}; set statement_timeout = 0")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end of the block, roll back after an exception."""
        self.cursor.execute("begin")
        try:
            yield
        except BaseException:  # also a stop in the middle: what was begun is undone before anything else
            self.cursor.execute("rollback")
            raise
        self.cursor.execute("commit")


def migrate(url: str, patience: float = PATIENCE) -> list[str]:
    """Bring the schema up to date; the names of the migrations that were applied, in order.

    Any number of processes may do this at once, while others read and write. Raises Locked, with the name of who
    holds what, where a migration did not get its locks for `patience` seconds, and Forbidden where this user may not
    change the schema and would have to.
    """
    with closing(Session(url)) as session, translated():
        return apply(session, migrations(), patience)


def migrations() -> list[Migration]:
    """Every migration that comes with this version, in order."""
    found = (f for f in files("migrations").iterdir() if f.name[:4].isdigit() and f.name.endswith(".sql"))
    named = {f.name.removesuffix(".sql"): f.read_text(encoding="utf-8") for f in found}
    return [Migration(name, sql) for name, sql in sorted(named.items())]


def apply(session: Session, wanted: Sequence[Migration], patience: float = PATIENCE) -> list[str]:
    """Apply those of the migrations that the database has not; their names."""
    if not _missing(session, wanted) or not _take_turn(session, wanted, patience):
        return []
    missing = _missing(session, wanted)
    for migration in missing:
        after = roles.access() if migration is missing[-1] else ""  # its tables are those of all that went before
        try:
            _patiently(session, migration, after, patience)
        except Forbidden as error:
            raise Forbidden(
                f"the schema lacks {migration.name}, and this user may not change it ({error}): run dateline migrate "
                "as the owner of the tables"
            ) from error
    return [migration.name for migration in missing]


def _missing(session: Session, wanted: Sequence[Migration]) -> list[Migration]:
    session.cursor.execute("select to_regclass('schema_migrations') is not null as there")
    if not session.cursor.fetchone().there:
        return list(wanted)
    session.cursor.execute("select name from schema_migrations")
    done = {row.name for row in session.cursor}
    return [migration for migration in wanted if migration.name not in done]


def _take_turn(session: Session, wanted: Sequence[Migration], patience: float) -> bool:
    """Wait until no other process migrates; False where it need not be waited for, since the rest runs online.

    Asked again and again: a statement that waits has a snapshot, and the other's concurrent index waits for that.
    """
    give_up_at = time.monotonic() + patience
    while True:
        session.cursor.execute("select pg_try_advisory_lock(%s) as mine", (MIGRATION_LOCK,))
        if session.cursor.fetchone().mine:
            return True
        if all(migration.is_online for migration in _missing(session, wanted)):
            return False
        if time.monotonic() > give_up_at:
            raise Locked(f"another process has been migrating for {patience:.0f} s: {_migrating(session)}")
        time.sleep(0.2)


def _patiently(session: Session, migration: Migration, after: str, patience: float) -> None:
    """Apply it, again and again while somebody holds what it needs: tries are short, for others wait behind them."""
    give_up_at = time.monotonic() + patience
    blockers: list[str] = []
    for pause in itertools.chain(PAUSES, itertools.repeat(PAUSES[-1])):
        try:
            with _watching(session, migration, blockers):
                (_run_online if migration.is_online else _run)(session, migration, after)
        except Locked as error:
            if time.monotonic() + pause > give_up_at:
                who = "; ".join(blockers) or str(error)
                raise Locked(f"{migration.name} got no lock for {patience:.0f} s, held by {who}") from error
            time.sleep(pause)
        else:
            return


def _run(session: Session, migration: Migration, after: str) -> None:
    with translated():
        session.wait_at_most(LOCK_WAIT)
        with session.transaction():
            session.cursor.execute(f"{migration.sql}\n;{after}")
            _record(session, migration)


def _run_online(session: Session, migration: Migration, after: str) -> None:
    with translated():
        session.wait_at_most(ONLINE_WAIT)
        for statement in itertools.chain.from_iterable(_by_partition(session, s) for s in migration.statements):
            for name in CONCURRENT.findall(statement):
                _drop_unfinished(session, name)
            session.cursor.execute(statement)
        if after:
            session.cursor.execute(after)
        _record(session, migration)


def _by_partition(session: Session, statement: str) -> Iterator[str]:
    """The statement. One that builds an index of a table in partitions, which Postgres cannot while others write, by
    partition: what is on the whole is their sum, and on the partitions to come from then on.
    """
    found = INDEX.search(statement)
    partitions = _partitions(session, found[2]) if found else []
    if not found or not partitions:
        yield statement
        return
    name, table, columns = found.groups()
    yield f"create index if not exists {name} on only {table} {columns}"
    for partition in partitions:
        yield f"create index concurrently if not exists {partition}_{name} on {partition} {columns}"
        yield f"alter index {name} attach partition {partition}_{name}"


def _partitions(session: Session, table: str) -> list[str]:
    session.cursor.execute(
        "select inhrelid::regclass::text as name from pg_inherits where inhparent = to_regclass(%s) order by 1",
        (table,),
    )
    return [row.name for row in session.cursor]


def _record(session: Session, migration: Migration) -> None:
    session.cursor.execute("insert into schema_migrations (name) values (%s)", (migration.name,))


def _drop_unfinished(session: Session, index: str) -> None:
    """Drop what a build that was stopped left behind, which "if not exists" would take for the index."""
    session.cursor.execute("select from pg_index where indexrelid = to_regclass(%s) and not indisvalid", (index,))
    if session.cursor.fetchone() is not None:
        session.cursor.execute(f"drop index concurrently if exists {index}")


@contextmanager
def _watching(session: Session, migration: Migration, blockers: list[str]) -> Iterator[None]:
    """Meanwhile find out for whom the session waits, if it does, say so, and note it in `blockers`."""
    done = Event()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_look, session, migration, blockers, done)
        try:
            yield
        finally:
            done.set()


def _look(session: Session, migration: Migration, blockers: list[str], done: Event) -> None:
    if done.wait(LOOK_AFTER):
        return
    with closing(connect(session.url)) as connection, connection.cursor() as cursor:
        cursor.execute(BLOCKERS, (session.pid,))
        found = [str(who) for (who,) in cursor]
    for who in {*found} - {*blockers}:
        log.warning("%s waits for %s", migration.name, who)
    blockers[:] = found or blockers


WHO = """
    format('process %%s (%%s of %%s, %%s for %%s s): %%s', pid, coalesce(nullif(application_name, ''), 'unnamed'),
        usename, coalesce(state, 'state unknown'), extract(epoch from now() - state_change)::integer,
        left(regexp_replace(query, '[[:space:]]+', ' ', 'g'), 100)) as who
"""
BLOCKERS = f"select {WHO} from pg_stat_activity where pid = any(pg_blocking_pids(%s)) order by pid"
MIGRATING = f"""
    select {WHO} from pg_stat_activity join pg_locks using (pid)
    where locktype = 'advisory' and granted and (classid::bigint << 32) | objid::bigint = %s
        and pg_locks.database = (select oid from pg_database where datname = current_database())
"""


def _migrating(session: Session) -> str:
    session.cursor.execute(MIGRATING, (MIGRATION_LOCK,))
    return "; ".join(str(row.who) for row in session.cursor) or "it has ended just now, run this again"
