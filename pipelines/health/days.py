"""The table `source_days`: summed anew from runs, fetches, articles and what is held back, and what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pipelines.database import Cursor

# Days that a verdict looks at: eight weeks of history before two that are judged.
WINDOW = timedelta(days=70)
# What a site answers that does not want us, by the names of failures that fetches.outcome has.
BLOCKED = (
    "http_401", "http_402", "http_403", "http_407", "http_429", "http_451", "robots_unreachable", "host_paused",
)  # fmt: skip
# How the details of skipped pages begin that show something in the place of a story, and that show nothing.
WALLS = ("a login:", "a question about cookies:")
EMPTY = ("no article text:", "a page that says it does not exist:")

Days = Sequence[tuple[int, str]]  # rows of sources and days, such as (7, "2026-11-25")


def stale(cursor: Cursor, window: timedelta, source: int | None = None) -> list[tuple[int, str]]:
    """Days of the window with a run that has ended since its day was summed, or is under way: those to be summed."""
    cursor.execute(STALE, {"window": window, "source": source})
    return [(row.source_id, row.day) for row in cursor]


def crawled(cursor: Cursor, window: timedelta) -> list[tuple[int, str]]:
    """All days of the window on which a crawl began."""
    cursor.execute(CRAWLED, {"window": window, "source": None})
    return [(row.source_id, row.day) for row in cursor]


def add_up(cursor: Cursor, days: Days) -> None:
    """Sum these days anew, and set what was to be expected on them. Doing it again changes nothing.

    An older sum never replaces a newer one. What is to be expected is of the weeks before: give older days first.
    """
    rows = {
        "sources": [source for source, _ in days], "days": [day for _, day in days], "since": _eve(days),
        "blocked": list(BLOCKED), "walls": [f"{w}%" for w in WALLS], "empty": [f"{e}%" for e in EMPTY],
    }  # fmt: skip
    cursor.execute(ADD_UP, rows)
    set_expected(cursor, days)


def _eve(days: Days) -> datetime:
    """The day before all of these: what they asked for is in no month of the log that had ended by then."""
    first = min((day for _, day in days), default="1970-01-02")
    return datetime.fromisoformat(f"{first}T00:00:00+00:00") - timedelta(days=1)


def set_expected(cursor: Cursor, days: Days) -> None:
    """Set what was to be expected on these days, by the same weekdays of the eight weeks before each."""
    cursor.execute(SET_EXPECTED, {"sources": [source for source, _ in days], "days": [day for _, day in days]})


# An index range of `runs` for each outlet: no scan, however many runs there were. Days whose requests are no longer in
# the log keep the sums that they have.
RUN_DAYS = """
    from sources s cross join lateral (
        select (r.started_at at time zone 'UTC')::date as day, max(coalesce(r.finished_at, 'infinity')) as ended_at
        from runs r
        where r.source_id = s.id and r.started_at >= date_trunc('day', now() - %(window)s, 'UTC')
            and r.started_at >= coalesce(s.log_from, '-infinity')
        group by 1
    ) r
"""
STALE = f"""
    select s.id as source_id, r.day::text {RUN_DAYS} left join source_days d on d.source_id = s.id and d.day = r.day
    where (%(source)s::bigint is null or s.id = %(source)s) and (d.computed_at is null or d.computed_at < r.ended_at)
    order by s.id, r.day
"""
CRAWLED = f"select s.id as source_id, r.day::text {RUN_DAYS} order by s.id, r.day"

ADD_UP = """
    with crawls as (
        select w.source_id, w.day, r.*
        from unnest(%(sources)s::bigint[], %(days)s::date[]) as w (source_id, day)
        left join lateral (
            select id, watch and trigger in ('cli', 'schedule') as watch,
                outcome in ('failed', 'empty', 'abandoned') as is_bad,
                discovered, fetched, stored, revised, unchanged, skipped, failed, held
            from runs
            where runs.source_id = w.source_id and started_at >= w.day::timestamp at time zone 'UTC'
                and started_at < (w.day + 1)::timestamp at time zone 'UTC'
        ) r on true
    ),
    counted as (
        select source_id, day, count(*) filter (where watch) as crawls,
            count(*) filter (where watch and is_bad) as failed_crawls,
            sum(discovered) as discovered, sum(fetched) as fetched, sum(revised) as revised,
            sum(stored + (select coalesce(sum(n::int), 0) from jsonb_each_text(held) h (name, n))) as stored,
            sum(unchanged) as unchanged, sum(skipped) as skipped,
            sum((select sum(n::int) from jsonb_each_text(failed) f (name, n))) as failed
        from crawls group by source_id, day
    ),
    requests as (
        select c.source_id, c.day, count(*) as asked,
            count(*) filter (where f.outcome = any(%(blocked)s)
                or f.outcome = 'skipped' and f.detail like any(%(walls)s)) as blocked,
            count(*) filter (where f.outcome = 'skipped' and f.detail like any(%(empty)s)) as empty
        from crawls c join fetches f on f.run_id = c.id and f.at >= %(since)s
        group by c.source_id, c.day
    ),
    -- A story that is held back counts as what it is; once released it is as if it had been stored at its visit.
    stories as (
        select c.source_id, c.day, count(*) as stories, count(*) filter (where n.published_at is null) as undated,
            count(*) filter (where n.dated_today) as dates_today, avg(n.word_count) as mean_words,
            percentile_cont(0.5) within group (order by n.word_count) as median_words,
            min(n.at) as first_stored_at, max(n.at) as last_stored_at, max(n.published_at) as newest_at
        from crawls c cross join lateral (
            select f.at, a.published_at, a.word_count, a.quality_flags @> array['date_is_visit_day'] as dated_today
            from fetches f join articles a on a.page_id = f.page_id
            where f.run_id = c.id and f.at >= %(since)s and f.outcome = 'stored'
            union all
            select at, published_at, word_count, held_for @> array['held_dates_today']
            from quarantine
            where run_id = c.id and held_for is not null and released_at is null
        ) n
        where c.watch and (n.published_at is null or n.published_at >= (c.day - 7)::timestamp at time zone 'UTC')
        group by c.source_id, c.day
    )
    insert into source_days as d (source_id, day, crawls, failed_crawls, discovered, fetched, stored, revised,
        unchanged, skipped, failed, asked, blocked, empty, stories, undated, dates_today, mean_words, median_words,
        first_stored_at, last_stored_at, newest_at, computed_at)
    select c.source_id, c.day, c.crawls, c.failed_crawls, coalesce(c.discovered, 0), coalesce(c.fetched, 0),
        coalesce(c.stored, 0), coalesce(c.revised, 0), coalesce(c.unchanged, 0), coalesce(c.skipped, 0),
        coalesce(c.failed, 0), coalesce(r.asked, 0), coalesce(r.blocked, 0), coalesce(r.empty, 0),
        coalesce(s.stories, 0), coalesce(s.undated, 0), coalesce(s.dates_today, 0), s.mean_words, s.median_words,
        s.first_stored_at, s.last_stored_at, s.newest_at, now()
    from counted c left join requests r using (source_id, day) left join stories s using (source_id, day)
    order by c.source_id, c.day
    on conflict (source_id, day) do update set crawls = excluded.crawls, failed_crawls = excluded.failed_crawls,
        discovered = excluded.discovered, fetched = excluded.fetched, stored = excluded.stored,
        revised = excluded.revised, unchanged = excluded.unchanged, skipped = excluded.skipped,
        failed = excluded.failed, asked = excluded.asked, blocked = excluded.blocked, empty = excluded.empty,
        stories = excluded.stories, undated = excluded.undated, dates_today = excluded.dates_today,
        mean_words = excluded.mean_words, median_words = excluded.median_words,
        first_stored_at = excluded.first_stored_at, last_stored_at = excluded.last_stored_at,
        newest_at = excluded.newest_at, computed_at = excluded.computed_at
    where d.computed_at <= excluded.computed_at
"""
SET_EXPECTED = """
    update source_days d set expected_days = e.days, expected = case when e.days >= 4 then e.quartiles[2] end,
        expected_low = case when e.days >= 4 then e.quartiles[1] end,
        expected_high = case when e.days >= 4 then e.quartiles[3] end
    from unnest(%(sources)s::bigint[], %(days)s::date[]) as w (source_id, day)
    cross join lateral (
        select count(*) as days, percentile_cont(array[0.25, 0.5, 0.75]) within group (order by b.stories) as quartiles
        from source_days b
        where b.source_id = w.source_id and b.crawls > b.failed_crawls
            and b.day = any(array(select w.day - 7 * week from generate_series(1, 8) as week))
    ) e
    where d.source_id = w.source_id and d.day = w.day
"""
