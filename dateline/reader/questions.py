"""What the pages ask of the archive that nobody else asks: newest articles, spread of a story, days of an outlet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dateline.reader.views import A_PAGE, BEGINNING, DAYS_OF_A_LIST, DAYS_OF_AN_OUTLET, OUTLETS_A_PAGE, Form
from pipelines import search
from pipelines.database import Cursor, Database
from pipelines.health.rules import STATES
from pipelines.search import Filters

Row = dict[str, Any]

MOST = 200  # rows of what a page lists besides
MOST_SPREAD = 500  # articles of a story


def found(database: Database, form: Form) -> list[Row]:
    """What the form asks for: a page of articles, and one more if there is; the newest ones where it has no words."""
    if not form.words:
        return newest(database, A_PAGE + 1, form.filters, stories=form.stories, before=form.before)
    rows = search.search(database, form.words, form.page * A_PAGE + 1, form.filters, stories=form.stories)
    return rows[(form.page - 1) * A_PAGE :]


def newest(
    database: Database, most: int, filters: Filters, *, stories: bool = False, before: int | None = None
) -> list[Row]:
    """The newest articles that pass the filters, those with a date to come left out; `before` is the id of the last
    one seen. Articles without a date come, by when they were found, where the flag `undated` is asked for."""
    undated = filters.flag == "undated"
    with database.transaction() as cursor:
        conditions = [*_conditions(filters), *((ONE_A_STORY,) if stories else ()), UNDATED if undated else DATED]
        conditions += [(UNDATED_BEFORE if undated else DATED_BEFORE)] if before else []
        order = "a.id desc" if undated else "a.published_at desc, a.id desc"
        query = f"{NEWEST} where {' and '.join(conditions)} order by {order} limit %(most)s"
        return _all(cursor, query, _values(filters) | {"most": most, "before": before})


def _values(filters: Filters) -> Row:
    fields = ("source", "agency", "place", "language", "since", "until", "flag", "kind")
    return {name: getattr(filters, name) for name in fields}


def _conditions(filters: Filters) -> Iterator[str]:
    yield from (condition for name, condition in CONDITIONS.items() if getattr(filters, name) is not None)
    if any((filters.agency, filters.place, filters.flag, filters.kind)):
        yield FACETS


CONDITIONS = {
    "source": "a.source_id = (select id from sources where name = %(source)s)",
    "language": "coalesce(a.language, '') = lower(%(language)s)",
    "since": "a.published_at >= %(since)s",
    "until": "a.published_at < %(until)s",
}
# What search filters by: one index has them all.
FACETS = """
    article_facets(a.source_id, a.agency, a.dateline_place, a.published_at, a.quality_flags, a.kind) @> article_facets(
        null, %(agency)s, %(place)s, null, array_remove(array[%(flag)s], null), %(kind)s)
"""
ONE_A_STORY = "(c.id is null or c.first_article_id = a.id)"
DATED = "a.published_at < now() + interval '1 day'"
UNDATED = "a.published_at is null"
DATED_BEFORE = """
    a.published_at <= (select b.published_at from articles b where b.id = %(before)s)
    and (a.published_at, a.id) < ((select b.published_at from articles b where b.id = %(before)s), %(before)s)
"""
UNDATED_BEFORE = "a.id < %(before)s"
NEWEST = f"""
    select a.id, s.name as source, a.title, a.published_at, a.published_precision, a.agency, a.dateline_place as place,
        a.language, a.kind, left(coalesce(nullif(a.excerpt, ''), a.text), {BEGINNING}) as passage,
        coalesce(c.outlets, 1) as outlets
    from articles a join sources s on s.id = a.source_id left join clusters c on c.id = a.cluster_id
"""


def names(database: Database) -> list[str]:
    """Names of outlets, to choose from; those of sources.toml first."""
    with database.transaction() as cursor:
        cursor.execute("select name from sources order by origin, name limit %s", (MOST,))
        return [row.name for row in cursor]


def beside(database: Database, article: int) -> Row:
    """What stands beside an article: `terms` (opt_outs, license_url), `story` and its `spread`, `revisions`."""
    with database.transaction() as cursor:
        terms = _one(cursor, "select cluster_id, opt_outs, license_url from articles where id = %s", (article,)) or {}
        story = _story(cursor, terms.get("cluster_id"))
        return {"terms": terms, **story, "revisions": _all(cursor, REVISIONS, (article, MOST))}


def story(database: Database, key: int) -> Row | None:
    """A story that outlets share, and its `spread`, one row an article in order of time; None where there is none."""
    with database.transaction() as cursor:
        found = _story(cursor, key)
        return found if found["story"] else None


def _story(cursor: Cursor, key: int | None) -> Row:
    story = _one(cursor, STORY, (key,)) if key else None
    return {"story": story, "spread": _all(cursor, SPREAD, (key, MOST_SPREAD)) if story else []}


STORY = """
    select c.id, c.size, c.outlets, c.first_published_at, c.last_published_at, a.title, a.language, a.agency,
        s.name as first_outlet
    from clusters c join articles a on a.id = c.first_article_id join sources s on s.id = a.source_id
    where c.id = %s
"""
SPREAD = """
    select w.article_id, w.outlet, w.title, w.agency, w.published_at, w.delay, w.similarity, w.place, a.language,
        a.published_at as said_at, a.published_precision, a.first_seen_at
    from wire_spread w join articles a on a.id = w.article_id
    where w.cluster_id = %s order by w.delay, w.article_id limit %s
"""
REVISIONS = """
    select number, change, made_by, replaced_at, title from revisions
    where article_id = %s order by number desc limit %s
"""


def change(database: Database, article: int, number: int) -> Row | None:
    """One change of an article, both its texts in full: a row of revision_pairs."""
    with database.transaction() as cursor:
        return _one(
            cursor,
            "select p.*, a.language from revision_pairs p join articles a on a.id = p.article_id"
            " where p.article_id = %s and p.number = %s",
            (article, number),
        )


def states(database: Database, *, every: bool) -> dict[str, int]:
    """How many outlets are in each state: of sources.toml, or all."""
    with database.transaction() as cursor:
        cursor.execute(f"select state, count(*) as outlets from source_health where {_listed(every)} group by 1", ())
        return {row.state: row.outlets for row in cursor}


def outlets(database: Database, page: int, *, state: str | None, every: bool) -> list[Row]:
    """Outlets with their verdicts and `days`, the worst first: a page of OUTLETS_A_PAGE, and one more if there is."""
    with database.transaction() as cursor:
        parameters = {
            "states": list(STATES), "state": state, "most": OUTLETS_A_PAGE + 1, "skip": (page - 1) * OUTLETS_A_PAGE
        }  # fmt: skip
        found = _all(cursor, OUTLETS.format(listed=_listed(every)), parameters)
        days = _days(cursor, [row["source_id"] for row in found], DAYS_OF_A_LIST)
    return [row | {"days": days.get(row["source_id"], [])} for row in found]


def _listed(every: bool) -> str:
    return "true" if every else "origin = 'configured' and enabled"


def outlet(database: Database, name: str) -> Row | None:
    """An outlet with its `days`, its newest `runs`, its `endpoints`, and what is newest in `quarantine`."""
    with database.transaction() as cursor:
        found = _one(cursor, "select * from source_health where name = %s", (name,))
        if found is None:
            return None
        key = found["source_id"]
        return found | {
            "days": _days(cursor, [key], DAYS_OF_AN_OUTLET).get(key, []),
            "runs": _all(cursor, RUNS, (key,)),
            "endpoints": _all(cursor, ENDPOINTS, (key, MOST)),
            "quarantine": _all(cursor, QUARANTINE, (key,)),
        }


def _days(cursor: Cursor, sources: Sequence[int], days: int) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in _all(cursor, DAYS, (list(sources), days)):
        found.setdefault(row["source_id"], []).append(row)
    return found


OUTLETS = """
    select source_id, name, url, state, reason, since, last_crawled_at, last_outcome from source_health
    where {listed} and (%(state)s is null or state = %(state)s)
    order by array_position(%(states)s, state), name limit %(most)s offset %(skip)s
"""
DAYS = """
    select source_id, day, crawls, failed_crawls, discovered, fetched, stored, revised, blocked, empty, stories,
        undated, expected
    from source_days where source_id = any(%s) and day > (now() at time zone 'UTC')::date - %s order by day
"""
RUNS = """
    select id, trigger, started_at, finished_at, outcome, reason, stored, revised, unchanged, skipped
    from runs where source_id = %s order by started_at desc limit 10
"""
ENDPOINTS = """
    select kind, url, found_by, fetched_at, outcome, detail, links, changed_at from endpoints
    where source_id = %s and found_by <> 'pagination' order by fetched_at desc nulls last, id limit %s
"""
QUARANTINE = """
    select id, at, url, reason, detail, held_for, decided_at, retried_by from quarantined
    where source_id = %s order by at desc limit 20
"""


def alive(database: Database) -> None:
    """Ask for a row, the cheapest there is: raises DatabaseError where the archive does not answer."""
    with database.transaction() as cursor:
        cursor.execute("select from schema_migrations limit 1")


def _one(cursor: Cursor, query: str, parameters: object) -> Row | None:
    return next(iter(_all(cursor, query, parameters)), None)


def _all(cursor: Cursor, query: str, parameters: object) -> list[Row]:
    cursor.execute(query, parameters)
    return [row._asdict() for row in cursor]
