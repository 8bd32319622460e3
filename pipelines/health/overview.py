"""The pipeline's own state in a few figures: its newest crawl, what is due, what piled up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipelines.database import Database

MOST_DUE = 10_000  # pages of one outlet that are counted


@dataclass(frozen=True, slots=True)
class Overview:
    """Figures of the archive as a whole; `due` are of the outlets in sources.toml, counted to MOST_DUE of each."""

    newest_run: str | None  # its outlet
    newest_outcome: str | None
    newest_at: datetime | None  # when it began
    running: int
    due_outlets: int
    due_pages: int
    quarantined: int
    held: int  # of these, stories that are held back
    quarantined_week: int
    quarantined_week_before: int
    database_bytes: int


def overview(database: Database) -> Overview:
    """The figures of now."""
    with database.transaction() as cursor:
        cursor.execute(OVERVIEW, {"most": MOST_DUE})
        return Overview(**cursor.fetchone()._asdict())


OVERVIEW = """
    select r.name as newest_run, r.outcome as newest_outcome, r.started_at as newest_at,
        (select count(*) from runs where outcome = 'running') as running, d.due_outlets, d.due_pages,
        q.quarantined, q.held, q.quarantined_week, q.quarantined_week_before,
        pg_database_size(current_database()) as database_bytes
    from (
        select count(*) filter (where s.due_at <= now()) as due_outlets, coalesce(sum(p.pages), 0)::bigint as due_pages
        from sources s cross join lateral (
            select count(*) as pages from (
                select from pages where source_id = s.id and due_at <= now() limit %(most)s
            ) due
        ) p
        where s.origin = 'configured' and s.enabled
    ) d
    cross join (
        select count(*) as quarantined, count(held_for) as held,
            count(*) filter (where at > now() - interval '7 days') as quarantined_week,
            count(*) filter (where at <= now() - interval '7 days' and at > now() - interval '14 days')
                as quarantined_week_before
        from quarantine where released_at is null
    ) q
    left join (
        select s.name, r.outcome, r.started_at from runs r join sources s on s.id = r.source_id
        order by r.id desc limit 1
    ) r on true
"""
