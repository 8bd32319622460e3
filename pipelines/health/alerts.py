"""Whom to worry about: outlets whose state people have not been told of, at most once a day for each state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.database import Database, execute_values
from pipelines.health.rules import ILL, State


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to be told of an outlet; `state` is well where it is well again, `was` what was told last."""

    name: str
    state: State
    reason: str | None = None
    since: datetime | None = None
    was: State | None = None


def untold(database: Database) -> list[Alert]:
    """What is to be told now, the worst first, by the verdicts in `source_states` on the outlets of sources.toml.

    An outlet that is ill is told of once a day, and again where it got worse than what was told that day; one that
    is well again is told of once.
    """
    with database.transaction() as cursor:
        cursor.execute(UNTOLD, {"ill": list(ILL)})
        return [Alert(**row._asdict()) for row in cursor]


def tell(database: Database, alerts: Sequence[Alert]) -> int:
    """Note that these were told today; how many of them were news. An outlet that the archive does not know is not."""
    rows = sorted({(a.name, a.state): (a.name, a.state, a.reason) for a in alerts}.values())
    if not rows:
        return 0
    with database.transaction() as cursor:
        return len(execute_values(cursor, TOLD, rows, fetch=True))


UNTOLD = """
    with told as (
        select s.id, s.name, v.state, v.reason, v.since, array_position(%(ill)s::text[], v.state) as rank,
            (select a.state from alerts a where a.source_id = s.id order by a.told_at desc limit 1) as was,
            (select min(array_position(%(ill)s::text[], a.state)) from alerts a
             where a.source_id = s.id and a.day = (now() at time zone 'UTC')::date) as worst_today
        from sources s join source_states v on v.source_id = s.id
        where s.origin = 'configured' and s.enabled
    )
    select name, case when rank is null then 'well' else state end as state,
        case when rank is not null then reason end as reason, since, was
    from told
    where rank < coalesce(worst_today, 100) or state in ('well', 'fresh') and was <> 'well'
    order by rank nulls last, name
"""
TOLD = """
    insert into alerts (source_id, state, reason)
    select s.id, told.state, told.reason
    from (values %s) as told (name, state, reason) join sources s on s.name = told.name
    on conflict do nothing
    returning source_id
"""
