"""Outlets and their crawls in SQL: which are due, who crawls them now, and how each crawl ended."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from pipelines.database import Cursor, Database, DatabaseGone, Json, connect, execute_values, translated
from pipelines.health import states
from pipelines.health.rules import State
from pipelines.outlets import Outlet


@dataclass(frozen=True, slots=True)
class Source:
    """An outlet with its row in `sources`."""

    id: int
    outlet: Outlet


@dataclass(frozen=True, slots=True)
class RunResult:
    """How the crawl of one outlet ended; counts are pages, but for `discovered`, which are links new to us.

    `held` are the stories that it held back, by reason. `state` is the verdict on the outlet after it, with its reason;
    None where it was not crawled.
    """

    name: str
    outcome: str
    reason: str | None = None
    discovered: int = 0
    fetched: int = 0
    stored: int = 0
    revised: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    bytes: int = 0
    state: State | None = None
    state_reason: str | None = None


def sync(database: Database, outlets: Sequence[Outlet]) -> list[Source]:
    """Make `sources` say what sources.toml says; outlets that have left it are kept, and crawled no more."""
    with database.transaction() as cursor:
        sources = _save(cursor, outlets, "configured")
        cursor.execute(
            "update sources set enabled = false where origin = 'configured' and enabled and not name = any(%s)",
            ([o.name for o in outlets],),
        )
    return sources


def add_one_off(database: Database, outlets: Sequence[Outlet]) -> list[Source]:
    """Rows for sites met in a one-off crawl; one that is configured under that name stays as it is."""
    with database.transaction() as cursor:
        return _save(cursor, outlets, "one_off")


def _save(cursor: Cursor, outlets: Sequence[Outlet], origin: str) -> list[Source]:
    if not outlets:
        return []
    rows = sorted((o.name, o.url, origin, Json(o.model_dump(mode="json")), o.cadence) for o in outlets)
    saved = execute_values(
        cursor,
        """
        insert into sources as s (name, url, origin, settings, cadence) values %s
        on conflict (name) do update set
            url = case when excluded.origin = 'configured' then excluded.url else s.url end,
            settings = case when excluded.origin = 'configured' then excluded.settings else s.settings end,
            cadence = case when excluded.origin = 'configured' then excluded.cadence else s.cadence end,
            due_at = case
                when excluded.origin = 'configured' and s.cadence is distinct from excluded.cadence
                then coalesce(s.last_crawled_at + excluded.cadence, s.due_at) else s.due_at end,
            enabled = case when excluded.origin = 'configured' then true else s.enabled end,
            origin = case when excluded.origin = 'configured' then excluded.origin else s.origin end
        returning id, name
        """,
        rows,
        fetch=True,
    )
    ids = {row.name: row.id for row in saved}
    return [Source(ids[o.name], o) for o in outlets]


def find(database: Database, *, due: bool = False) -> list[Any]:
    """Rows of the configured outlets, by name; only those whose moment has come where `due`."""
    with database.transaction() as cursor:
        cursor.execute(
            """
            select s.id, s.name, s.url, s.settings, s.cadence, s.due_at, s.last_crawled_at, s.last_outcome,
                s.last_reason, s.failures, (select count(*) from articles a where a.source_id = s.id) as articles
            from sources s
            where s.origin = 'configured' and s.enabled and (not %s or s.due_at <= now())
            order by s.name
            """,
            (due,),
        )
        return cursor.fetchall()


def start(database: Database, source: Source, batch: UUID, trigger: str, *, watch: bool = True) -> int:
    """Begin a run; those that a process now dead left open are closed, and their leases fall.

    `watch` says that it looks for whatever is new: its stories are the outlet's volume in `source_days`.

    The caller holds the outlet's lock, so whoever held it before is gone, or fenced off by having lost its leases.
    """
    with database.transaction() as cursor:
        cursor.execute(
            """
            with dead as (
                update runs set outcome = 'abandoned', finished_at = now(), reason = 'its process ended without a word'
                where source_id = %s and outcome = 'running' returning id
            )
            update pages set leased_by = null, lease_expires_at = null from dead where leased_by = dead.id
            """,
            (source.id,),
        )
        cursor.execute(
            "insert into runs (source_id, batch, trigger, watch, worker) values (%s, %s, %s, %s, %s) returning id",
            (source.id, str(batch), trigger, watch, f"{socket.gethostname()}:{os.getpid()}"),
        )
        return int(cursor.fetchone().id)


def finish(database: Database, source: Source, run: int, outcome: str, reason: str | None) -> RunResult:
    """End a run: give back what it still leases, and set when the outlet is due again.

    That is after its cadence, or later where none of its endpoints and pages is due before. An import is no crawl: it
    leaves that as it was. Then the outlet's days are summed and it is judged: killed before that, its next run does so.
    """
    with database.transaction() as cursor:
        cursor.execute("update pages set leased_by = null, lease_expires_at = null where leased_by = %s", (run,))
        cursor.execute(
            """
            update runs set outcome = %s, reason = %s, finished_at = now() where id = %s
            returning discovered, fetched, stored, revised, unchanged, skipped, failed, held, bytes, started_at, trigger
            """,
            (outcome, reason, run),
        )
        row = cursor.fetchone()
        if row.trigger != "import":
            _settle(cursor, source, outcome, reason, row.started_at)
    verdict = states.settle(database, source.id)
    counts = {k: v for k, v in row._asdict().items() if k not in ("started_at", "trigger")}
    return RunResult(source.outlet.name, outcome, reason, **counts, state=verdict.state, state_reason=verdict.reason)


def _settle(cursor: Cursor, source: Source, outcome: str, reason: str | None, started: datetime) -> None:
    cursor.execute(
        """
        update sources set last_crawled_at = now(), last_outcome = %(outcome)s, last_reason = %(reason)s,
            failures = case when %(outcome)s in ('failed', 'empty') then failures + 1 else 0 end,
            due_at = case when %(outcome)s = 'interrupted' then now()
                else greatest(%(started)s + cadence, least(
                    (select min(due_at) from endpoints where source_id = %(source)s),
                    (select min(due_at) from pages where source_id = %(source)s))) end
        where id = %(source)s
        """,
        {"outcome": outcome, "reason": reason, "source": source.id, "started": started},
    )


def shapes(database: Database, source: int) -> dict[str, list[int]]:
    """What is known of the outlet's URL shapes, as keep_shapes was given it."""
    with database.transaction() as cursor:
        cursor.execute("select shapes from sources where id = %s", (source,))
        return dict(cursor.fetchone().shapes)


def keep_shapes(database: Database, source: int, found: Mapping[str, list[int]]) -> None:
    """Remember the outlet's URL shapes."""
    with database.transaction() as cursor:
        cursor.execute("update sources set shapes = %s where id = %s", (Json(dict(found)), source))


def newest(database: Database, names: Iterable[str]) -> dict[str, tuple[int, datetime]]:
    """Id and start of the run that is under way on each of these outlets."""
    with database.transaction() as cursor:
        cursor.execute(
            """
            select s.name, max(r.id) as run, max(r.started_at) as started_at
            from runs r join sources s on s.id = r.source_id
            where r.outcome = 'running' and s.name = any(%s) group by s.name
            """,
            (list(names),),
        )
        return {row.name: (row.run, row.started_at.astimezone(UTC)) for row in cursor}


class OutletLocks:
    """Who crawls an outlet holds its advisory lock; it falls when the holder's session ends, however it ends.

    `holder` is one more lock, which says that this process lives: the turns it takes at hosts are under its name.
    """

    def __init__(self, url: str) -> None:
        self.holder = secrets.randbits(63)
        self._url = url
        self._mutex = threading.Lock()
        self._connect()

    def take(self, source: int) -> bool:
        """Whether the outlet is ours now."""
        return self._ask("select pg_try_advisory_lock(%s) as yes", source)

    def give_back(self, source: int) -> None:
        """Let others crawl the outlet; a lock already lost with its session is no matter."""
        try:
            self._ask("select pg_advisory_unlock(%s) as yes", source)
        except DatabaseGone:
            return

    def close(self) -> None:
        """Give back every lock."""
        self._connection.close()

    def _connect(self) -> None:
        self._connection = connect(self._url)
        with translated(), self._connection.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", (self.holder,))

    def _ask(self, query: str, source: int) -> bool:
        with self._mutex, translated():
            if self._connection.closed:
                self._connect()
            with self._connection.cursor() as session:
                cursor = cast(Cursor, session)
                cursor.execute(query, (_lock_key(source),))
                return bool(cursor.fetchone().yes)


def _lock_key(source: int) -> int:
    return int.from_bytes(hashlib.sha256(b"dateline outlet %d" % source).digest()[:8], "big", signed=True)
