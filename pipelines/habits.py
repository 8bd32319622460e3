"""What an outlet usually is like, by its stored articles and endpoints: the measure for `dateline sources check`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipelines.database import Cursor, Database
from pipelines.endpoints import Endpoint

WEEKS = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class Habits:
    """The articles first seen in the last four weeks; shares are of 1, and None or empty where there are none."""

    stories: int = 0
    words: float | None = None  # of half the stories at least
    signed: float | None = None  # share that names authors
    flags: Mapping[str, float] = field(default_factory=dict)  # share by quality flag, of those that occur
    opt_outs: frozenset[str] = frozenset()
    newest: datetime | None = None
    longest_silence: timedelta | None = None  # between two stories
    endpoints: tuple[Endpoint, ...] = ()  # those that were read in that time


def habits(database: Database, source: int) -> Habits:
    """What is usual of the outlet in that row of `sources`."""
    row = {"source": source, "weeks": WEEKS}
    with database.transaction() as cursor:
        cursor.execute(ARTICLES, row)
        found = cursor.fetchone()._asdict()
        return Habits(
            **found | {"opt_outs": frozenset(found["opt_outs"])},
            flags=_flags(cursor, row, found["stories"]),
            endpoints=_endpoints(cursor, row),
        )


RECENT = "recent as (select * from articles where source_id = %(source)s and first_seen_at > now() - %(weeks)s)"
ARTICLES = f"""
    with {RECENT}, silences as (
        select published_at - lag(published_at) over (order by published_at) as silence
        from recent where published_at > now() - 2 * %(weeks)s
    )
    select count(*) as stories, percentile_cont(0.5) within group (order by word_count) as words,
        avg((authors <> '{{}}')::int)::float as signed, max(published_at) as newest,
        (select max(silence) from silences) as longest_silence,
        array(select distinct unnest(opt_outs) from recent) as opt_outs
    from recent
"""


def _flags(cursor: Cursor, row: Mapping[str, object], stories: int) -> dict[str, float]:
    cursor.execute(
        f"with {RECENT} select flag, count(*) as n from recent, unnest(quality_flags) as flag group by flag", row
    )
    return {found.flag: found.n / stories for found in cursor}


def _endpoints(cursor: Cursor, row: Mapping[str, object]) -> tuple[Endpoint, ...]:
    """Not the sitemaps of an index, which come and go with the months."""
    cursor.execute(
        """
        select id, url, kind, links from endpoints
        where source_id = %(source)s and links is not null and fetched_at > now() - %(weeks)s
            and found_by not in ('sitemap_index', 'pagination')
        order by fetched_at desc, id limit 20
        """,
        row,
    )
    return tuple(Endpoint(found.id, found.url, found.kind, links=found.links) for found in cursor)
