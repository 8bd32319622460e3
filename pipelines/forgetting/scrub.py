"""What is left in the database's own files of rows that were deleted, and how to have them written anew without it.

Postgres deletes nothing at once. VACUUM frees the space of dead rows and leaves their bytes until others take it; an
index of words keeps words that no article has; statistics hold samples of titles; the write-ahead log has all of it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, cast

from pipelines.database import Cursor, DatabaseGone, connect, translated

# Tables with what pages said or were called; those of clusters have hashes of words alone.
TABLES = ("articles", "revisions", "pages", "captures", "fetches", "quarantine", "runs", "sources")
OF_CLUSTERS = ("clusters", "cluster_articles", "fingerprints", "text_sketches")
PATIENCE = 60.0  # seconds that a transaction which still sees what was deleted is waited for
TRIES = 20  # to have a table for itself; others wait behind each try, so it is short
SMALL = 1 << 30  # bytes of tables that are rewritten without being asked: about half a minute


class Busy(Exception):
    """Something under way keeps the files from being written anew; the message is one line."""


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What was rewritten: seconds, bytes of tables before and after, and whether the write-ahead log was renewed."""

    seconds: float
    before: int
    after: int
    log_renewed: bool


class Session:
    """A connection of its own, without a limit on how long a statement may take. Use as a context manager."""

    def __init__(self, url: str) -> None:
        self._connection = connect(url)

    def ask(self, query: str, *parameters: object) -> list[Any]:
        """Run one statement outside any transaction; its rows."""
        with translated(), self._connection.cursor() as session:
            cursor = cast(Cursor, session)
            cursor.execute(query, parameters or None)
            return cursor.fetchall() if session.description else []

    def __enter__(self) -> Session:
        self.ask("set statement_timeout = 0")
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def size(url: str) -> int:
    """Bytes of the tables that would be rewritten, with their indexes."""
    with Session(url) as session:
        return _size(session)


def _size(session: Session) -> int:
    found = session.ask(
        "select coalesce(sum(pg_total_relation_size(name::regclass)), 0)::bigint as bytes from unnest(%s) as name",
        _tables(session),
    )
    return int(found[0].bytes)


def _tables(session: Session) -> list[str]:
    """All that has rows of its own: partitions, too, each of which has statistics."""
    return [row.name for row in session.ask(WITH_PARTITIONS, list(TABLES))]


WITH_PARTITIONS = """
    select relid::regclass::text as name from unnest(%s::text[]) with ordinality t (of_all, place)
    cross join lateral (
        select of_all::regclass as relid union all select inhrelid from pg_inherits where inhparent = of_all::regclass
    ) own
    order by place, name
"""


def tidy(url: str) -> None:
    """Free the space of what was deleted, and count statistics anew, which hold samples of titles and addresses.

    Nobody waits for it. No query can find any of it afterwards; bytes of it may stay in the files.
    """
    with Session(url) as session:
        session.ask(f"vacuum (analyze, index_cleanup on) {', '.join((*TABLES, *OF_CLUSTERS))}")
        _forget_statistics(session)


def scrub(url: str) -> Scrubbed:
    """Write the tables anew without what was deleted, then the write-ahead log. Raises Busy.

    Each table is locked, for readers too, while it is written; that takes as much disk again as the largest. The log is
    renewed where the role may do so (a superuser); replicas, archived logs and backups are out of reach.
    """
    began = time.monotonic()
    with Session(url) as session:
        if not session.ask(OWNS, list(TABLES))[0].owns:  # Postgres would skip the tables, with a warning that is lost
            raise Busy("only the owner of the tables may have them written anew: dateline forget --scrub as that user")
        before = _size(session)
        _wait(session)
        session.ask("set lock_timeout = '3s'")
        for table in TABLES:
            _rewrite(session, table)
        _forget_statistics(session)
        # The statistics of before are dead rows of a table of their own.
        session.ask("vacuum full pg_catalog.pg_statistic")
        session.ask(f"vacuum (analyze, index_cleanup on) {', '.join(OF_CLUSTERS)}")
        if is_superuser := _is_superuser(session):
            _renew_log(session)
        return Scrubbed(time.monotonic() - began, before, _size(session), is_superuser)


def _forget_statistics(session: Session) -> None:
    """Delete the statistics of tables that are empty now, which ANALYZE leaves as they were. For superusers only."""
    empty = [table for table in _tables(session) if not session.ask(f"select 1 as n from {table} limit 1")]
    if empty and _is_superuser(session):
        session.ask("delete from pg_catalog.pg_statistic where starelid = any(%s::text[]::regclass[])", empty)


def _is_superuser(session: Session) -> bool:
    return bool(session.ask("select rolsuper from pg_roles where rolname = current_user")[0].rolsuper)


OWNS = """
    select bool_and(pg_has_role(relowner, 'usage')) as owns from pg_class where oid = any(%s::text[]::regclass[])
"""


def wait_for_others(url: str) -> None:
    """Wait until every transaction of the database that is under way now has ended. Raises Busy."""
    with Session(url) as session:
        _wait(session)


def _wait(session: Session) -> None:
    """Wait until no transaction is left that still sees what was deleted: its rows would be carried over."""
    now = session.ask("select pg_current_xact_id()::xid as xid")[0].xid
    give_up_at = time.monotonic() + PATIENCE
    while others := session.ask(OLDER, now):
        if time.monotonic() > give_up_at:
            other = others[0]
            raise Busy(
                f"process {other.pid} of the database ({other.application_name or other.usename}) is still in a "
                "transaction that began before, and sees what is to go"
            )
        time.sleep(0.2)


OLDER = """
    select pid, application_name, usename from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_type in ('client backend', 'walsender')
        and greatest(age(backend_xmin), age(backend_xid)) >= age(%s::xid)
"""


def _rewrite(session: Session, table: str) -> None:
    for tries_left in reversed(range(TRIES)):
        try:
            session.ask(f"vacuum (full, analyze) {table}")
        except DatabaseGone as error:  # how a lock that was not had in time is told
            if not tries_left or "lock timeout" not in str(error):
                raise Busy(f"{table} could not be written anew: {error}; run dateline forget --scrub again") from error
            time.sleep(1.0)
        else:
            return


def _renew_log(session: Session) -> None:
    """Leave no file of the write-ahead log that holds what was written until now.

    A checkpoint makes the old files superfluous, and keeps some under new names, to be written over: which is done at
    once. A file is filled with zeros when the log leaves it early.
    """
    session.ask("select pg_switch_wal()")
    session.ask("checkpoint")
    # The one being written may be an old one too: it counts with those to come.
    for _ in session.ask("select name from pg_ls_waldir() where name >= pg_walfile_name(pg_current_wal_lsn())"):
        session.ask("select pg_logical_emit_message(false, 'dateline', 'scrub', true)")
        session.ask("select pg_switch_wal()")
    session.ask("checkpoint")
