"""Whose turn it is at a host, and the rules it has published: kept in SQL, so that they hold for every process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.database import Database
from pipelines.text import storable

HOLD = timedelta(seconds=90)  # longer than any request takes; after it its process is taken for dead
MOST_BACK_OFF = timedelta(minutes=1)  # between two requests to a host that fails


@dataclass(frozen=True, slots=True)
class Wait:
    """Why it is not our turn: for `seconds` more at least; `paused` says what the host answered, if it asked for it."""

    seconds: float
    until: datetime
    paused: str | None = None


@dataclass(frozen=True, slots=True)
class RulesFile:
    """A site's robots.txt or tdmrep.json as last answered; `reason` says why the former disallows all for now."""

    text: str = ""
    status: int | None = None
    reason: str | None = None


def take(database: Database, host: str, holder: int, delay: float) -> Wait | None:
    """Take the host's turn, None where it is ours now: one request at a time, of all processes and machines.

    `holder` is the key of an advisory lock that this process holds in another session: whose lock is free is dead.
    """
    row = {"host": host, "holder": holder, "hold": HOLD, "delay": timedelta(seconds=delay)}
    with database.transaction() as cursor:
        cursor.execute("set local synchronous_commit = off")  # a turn lost in a crash harms nobody
        cursor.execute(TAKE, row)
        if cursor.fetchone():
            return None
        cursor.execute(WAIT, row)
        wait = cursor.fetchone()
        return Wait(max(0.0, wait.seconds), wait.until, wait.paused)


TAKE = """
    insert into hosts as h (host, held_by, held_until, next_at)
    values (%(host)s, %(holder)s, now() + %(hold)s, now() + %(delay)s)
    on conflict (host) do update set held_by = excluded.held_by, held_until = excluded.held_until,
        next_at = excluded.next_at
    where h.next_at <= now() and (h.paused_until is null or h.paused_until <= now())
        and (h.held_by is null or h.held_until <= now() or pg_try_advisory_xact_lock(h.held_by))
    returning 1
"""
WAIT = """
    select extract(epoch from greatest(next_at, paused_until) - now())::float as seconds,
        greatest(next_at, paused_until) as until, case when paused_until > now() then pause_reason end as paused
    from hosts where host = %(host)s
"""


def give_back(
    database: Database, host: str, holder: int, delay: float, *, failed: bool = False,
    pause: timedelta | None = None, reason: str | None = None,
) -> None:  # fmt: skip
    """End our turn: the next one begins `delay` seconds from now, later the more requests in a row have `failed`.

    `pause` is what the host asked for itself, with its answer as `reason`.
    """
    row = {"host": host, "holder": holder, "delay": timedelta(seconds=delay), "failed": failed,
           "pause": pause, "reason": reason, "most": MOST_BACK_OFF}  # fmt: skip
    with database.transaction() as cursor:
        cursor.execute("set local synchronous_commit = off")
        cursor.execute(GIVE_BACK, row)


GIVE_BACK = """
    update hosts set held_by = null, held_until = null,
        failures = case when %(failed)s then failures + 1 else 0 end,
        next_at = now() + case when %(failed)s
            then greatest(%(delay)s, least(%(most)s, %(delay)s * power(2, least(failures + 1, 20)))) else %(delay)s end,
        paused_until = coalesce(greatest(paused_until, now() + %(pause)s), paused_until),
        pause_reason = coalesce(%(reason)s, pause_reason)
    where host = %(host)s and held_by = %(holder)s
"""


def rules(database: Database, url: str) -> RulesFile | None:
    """The robots.txt or tdmrep.json at this address, if it was asked for not too long ago."""
    with database.transaction() as cursor:
        cursor.execute("select text, status, reason from site_rules where url = %s and expires_at > now()", (url,))
        row = cursor.fetchone()
        return RulesFile(row.text, row.status, row.reason) if row else None


def keep_rules(database: Database, url: str, found: RulesFile, lasts: timedelta) -> None:
    """Remember such a file for a while."""
    with database.transaction() as cursor:
        cursor.execute(
            """
            insert into site_rules (url, expires_at, status, reason, text)
            values (%(url)s, now() + %(lasts)s, %(status)s, %(reason)s, %(text)s)
            on conflict (url) do update set fetched_at = now(), expires_at = excluded.expires_at,
                status = excluded.status, reason = excluded.reason, text = excluded.text
            """,
            {"url": url, "lasts": lasts, "status": found.status, "reason": found.reason,
             "text": storable(found.text)},
        )  # fmt: skip
