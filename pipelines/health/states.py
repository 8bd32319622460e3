"""The verdicts in SQL: figures out of `source_days`, judged, and kept in `source_states`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines import frontier, quarantine
from pipelines.database import Cursor, Database, Json, execute_values
from pipelines.health import days, holding
from pipelines.health.holding import Bounds
from pipelines.health.rules import Figures, Gates, Verdict, judge

LATELY = timedelta(days=14)  # how far back the end of a run looks for runs that died uncounted
AT_ONCE = 500  # days of outlets that are summed in one transaction

FIGURES = frozenset(f.name for f in fields(Figures))
GATES = frozenset(f.name for f in fields(Gates))


def settle(database: Database, source: int) -> Verdict:
    """What the end of a run owes: sum the outlet's days that have changed, judge it, and keep what it holds in
    quarantine for a gate that it fails. What else is held waits for `archive.Archive.end` to store it.
    """
    with database.transaction() as cursor:
        if changed := days.stale(cursor, LATELY, source):
            days.add_up(cursor, changed)
        found, verdict = _judged(cursor, source)[0]
        quarantine.keep(cursor, source, holding.failing(found))
        return verdict


def bounds(database: Database, source: int, limit: int) -> Bounds:
    """What the outlet's crawl of so many pages at most, which is to begin now, has to hold stories back for."""
    with database.transaction() as cursor:
        _, found = next(_figures(cursor, datetime.now(UTC), source))
        return holding.bounds(found, frontier.coming(cursor, source, limit))


def refresh(database: Database, window: timedelta = days.WINDOW, *, everything: bool = False) -> int:
    """Sum the days that have changed, or all of the window, and judge every outlet; how many days were summed."""
    with database.transaction() as cursor:
        found = days.crawled(cursor, window) if everything else days.stale(cursor, window)
    found.sort(key=lambda row: row[1])  # what is to be expected of a day is made of those before
    for start in range(0, len(found), AT_ONCE):
        with database.transaction() as cursor:
            days.add_up(cursor, sorted(found[start : start + AT_ONCE]))
    with database.transaction() as cursor:
        _judged(cursor, None)
    return len(found)


def figures(database: Database, now: datetime | None = None, source: int | None = None) -> list[Figures]:
    """The figures of every outlet, or of the one in that row of `sources`, by name."""
    with database.transaction() as cursor:
        return [found for _, found in _figures(cursor, now or datetime.now(UTC), source)]


def _judged(cursor: Cursor, source: int | None) -> list[tuple[Figures, Verdict]]:
    now = datetime.now(UTC)
    judged = [(key, found, judge(found, now)) for key, found in _figures(cursor, now, source)]
    _keep(cursor, [(key, verdict) for key, _, verdict in judged], now)
    return [(found, verdict) for _, found, verdict in judged]


def _figures(cursor: Cursor, now: datetime, source: int | None) -> Iterator[tuple[int, Figures]]:
    held = quarantine.counts(cursor, source)
    cursor.execute("select * from source_figures(%s, %s) order by name", (now, source))
    yield from [(row.source_id, _of_row(row, held.get(row.source_id, {}))) for row in cursor]


def _of_row(row: Any, held: Mapping[str, int]) -> Figures:
    found = {name: value for name, value in row._asdict().items() if name in FIGURES}
    gates = Gates(**{name: value for name, value in row.gates.items() if name in GATES})
    return Figures(**found | {"gates": gates, "own_gates": frozenset(row.own_gates), "held": held})


def _keep(cursor: Cursor, verdicts: Sequence[tuple[int, Verdict]], now: datetime) -> None:
    rows = [
        (key, verdict.state, verdict.reason, Json([asdict(f) for f in verdict.findings]), now, now)
        for key, verdict in sorted(verdicts, key=lambda pair: pair[0])
    ]
    if rows:
        execute_values(cursor, KEEP, rows)


# An older verdict never replaces a newer one.
KEEP = """
    insert into source_states as s (source_id, state, reason, findings, since, judged_at) values %s
    on conflict (source_id) do update set state = excluded.state, reason = excluded.reason,
        findings = excluded.findings, judged_at = excluded.judged_at,
        since = case when s.state = excluded.state then s.since else excluded.since end
    where s.judged_at <= excluded.judged_at
"""
