"""What the archive holds that a newer extractor could read again: articles, and pages that it has no story of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from pipelines import quarantine
from pipelines.articles import READ_COLUMNS
from pipelines.database import Database
from pipelines.frontier import Page
from pipelines.health.holding import Bounds
from pipelines.records import Hints
from pipelines.warc import Place

AT_ONCE = 100  # rows of a batch: each comes with its text
COMPARED = tuple(column for column in READ_COLUMNS if column not in ("content_sha256", "extractor"))
Was = Literal["article", "quarantined", "no_story"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A capture, with all that its page was read with."""

    id: int
    place: Place
    body_sha256: bytes
    final_url: str
    fetched_at: datetime
    hints: Hints


@dataclass(frozen=True, slots=True)
class Held:
    """An article, a page in quarantine or a page that was no story, and the capture it was read from."""

    was: Was
    id: int  # of the article, of the row in quarantine, or of the page
    page: Page
    source: int
    run: int
    settings: Mapping[str, Any]  # the outlet's entry of sources.toml
    kept: Kept
    values: Mapping[str, Any]  # of an article: what it says
    reason: str | None = None  # why it is in quarantine
    bounds: Bounds | None = None  # what a story in quarantine is held back by

    @property
    def timezone(self) -> str | None:
        """Where the outlet's times without an offset are."""
        return self.settings.get("timezone")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them: all that `extractor` has not read, of one outlet, published (or found, where undated) since a
    moment, read by a version before `older_than`, as `version` gives it.
    """

    extractor: str
    source: str | None = None
    since: datetime | None = None
    older_than: tuple[int, ...] | None = None


def version(extractor: str) -> tuple[int, ...]:
    """The numbers of a version, to be compared: (2, 2, 3, 0) for "dateline 2, trafilatura 2.3.0"."""
    return tuple(map(int, re.findall(r"[0-9]+", extractor)))


def former(database: Database, page: int, extractor: str) -> Kept | None:
    """The capture that a page's article was read from; null where that extractor read it, or none is kept."""
    with database.transaction() as cursor:
        cursor.execute(SELECT_ARTICLES + "where a.page_id = %s and a.extractor <> %s", (page, extractor))
        row = cursor.fetchone()
    return _kept(row) if row else None


def find(database: Database, wanted: Wanted) -> Iterator[Held]:
    """What is to be read again: articles by id, then quarantined pages, then pages that were no story.

    A batch is asked for when it is needed.
    """
    for was, query in FIND.items():
        after = 0
        while batch := _batch(database, was, query, wanted, after):
            yield from batch
            after = batch[-1].id


def waiting(database: Database, source: int) -> list[Held]:
    """The stories of an outlet that are held back for no gate that it fails, the oldest first."""
    with database.transaction() as cursor:
        cursor.execute(SELECT_WAITING, (source,))
        return [_held("quarantined", row) for row in cursor]


def quarantined(database: Database, wanted: quarantine.Wanted) -> Iterator[Held]:
    """What is in quarantine and has a capture, whoever has tried it, by id."""
    after = 0
    while batch := _some(database, wanted, after):
        yield from batch
        after = batch[-1].id


def _some(database: Database, wanted: quarantine.Wanted, after: int) -> list[Held]:
    with database.transaction() as cursor:
        cursor.execute(SELECT_WANTED, quarantine.said(wanted) | {"after": after, "limit": AT_ONCE})
        return [_held("quarantined", row) for row in cursor]


def _batch(database: Database, was: Was, query: str, wanted: Wanted, after: int) -> list[Held]:
    with database.transaction() as cursor:
        cursor.execute(query, _said(wanted) | {"after": after, "limit": AT_ONCE})
        return [_held(was, row) for row in cursor]


def without_capture(database: Database, wanted: Wanted) -> int:
    """How many articles would be read again, but no capture of them is kept."""
    with database.transaction() as cursor:
        cursor.execute(COUNT_WITHOUT, _said(wanted))
        return int(cursor.fetchone().articles)


def _said(wanted: Wanted) -> dict[str, Any]:
    older_than = None if wanted.older_than is None else list(wanted.older_than)
    return {"extractor": wanted.extractor, "source": wanted.source, "since": wanted.since, "older_than": older_than}


def _held(was: Was, row: Any) -> Held:
    fields = row._asdict()
    values = {column: fields[column] for column in COMPARED} if was == "article" else {}
    page = Page(
        row.page_id, row.page_url, row.canonical_url, outcome=row.outcome, body_sha256=row.page_sha256,
        age=datetime.now(UTC) - row.page_seen_at,
    )  # fmt: skip
    held = Held(was, row.id, page, row.source_id, row.run_id, row.settings, _kept(row), values)
    if was != "quarantined":
        return held
    return replace(held, reason=row.reason, bounds=quarantine.bounds_of(row) if row.held_for else None)


def _kept(row: Any) -> Kept:
    language = row.language_hint or row.settings.get("language")
    hints = Hints(row.title_hint, row.published_hint, row.settings.get("timezone"), language)
    place = Place(row.warc_file, row.warc_offset, row.warc_length)
    return Kept(row.capture_id, place, bytes(row.body_sha256), row.final_url, row.fetched_at, hints)


def _wanted(read_by: str, since: str) -> str:
    """The conditions of Wanted, given the columns that have the version and the moment; null is read by none."""
    numbers = rf"string_to_array(btrim(regexp_replace({read_by}, '[^0-9]+', ' ', 'g')), ' ')::numeric[]"
    return f"""
        {read_by} is distinct from %(extractor)s
        and (%(older_than)s::numeric[] is null or {read_by} is null or {numbers} < %(older_than)s::numeric[])
        and (%(source)s::text is null or s.name = %(source)s)
        and (%(since)s::timestamptz is null or {since} >= %(since)s)
    """


CAPTURE_COLUMNS = """
    p.url as page_url, p.canonical_url, p.first_seen_at as page_seen_at, p.outcome, p.body_sha256 as page_sha256,
    p.title_hint, p.published_hint, p.language_hint, s.settings, c.final_url, c.fetched_at, c.body_sha256,
    c.warc_file, c.warc_offset, c.warc_length
"""
SELECT_ARTICLES = f"""
    select a.id, a.page_id, a.source_id, a.run_id, a.capture_id, {", ".join(f"a.{c}" for c in COMPARED)},
        {CAPTURE_COLUMNS}
    from articles a join pages p on p.id = a.page_id join sources s on s.id = a.source_id
    join captures c on c.id = a.capture_id and c.expired_at is null
"""
WANTED_ARTICLES = _wanted("a.extractor", "coalesce(a.published_at, a.first_seen_at)")
FIND_ARTICLES = f"""
    {SELECT_ARTICLES}
    where a.id > %(after)s and {WANTED_ARTICLES}
        and c.no_story_by is distinct from %(extractor)s
    order by a.id limit %(limit)s
"""
COUNT_WITHOUT = f"""
    select count(*) as articles from articles a join sources s on s.id = a.source_id
    left join captures c on c.id = a.capture_id and c.expired_at is null
    where c.id is null and {WANTED_ARTICLES}
"""
SELECT_QUARANTINED = f"""
    select q.id, q.page_id, p.source_id, q.run_id, q.capture_id, q.reason, q.held_for, q.shortest, q.longest,
        {CAPTURE_COLUMNS}
    from quarantined q join pages p on p.id = q.page_id join sources s on s.id = p.source_id
    join captures c on c.id = q.capture_id and c.expired_at is null
"""
FIND_QUARANTINED = f"""
    {SELECT_QUARANTINED} where q.id > %(after)s and {_wanted("q.retried_by", "q.at")} order by q.id limit %(limit)s
"""
SELECT_WANTED = f"{SELECT_QUARANTINED} where q.id > %(after)s and {quarantine.WANTED} order by q.id limit %(limit)s"
SELECT_WAITING = f"""
    {SELECT_QUARANTINED} where q.id in (
        select id from quarantine
        where source_id = %s and held_for is not null and released_at is null and decided_at is null
    ) order by q.id
"""
# The newest capture, where the page was no story at its last visit and had that body. What robots.txt or an opt-out
# kept us from is left alone.
FIND_NO_STORIES = f"""
    select p.id, p.id as page_id, p.source_id, c.run_id, c.id as capture_id, {CAPTURE_COLUMNS}
    from pages p join sources s on s.id = p.source_id
    cross join lateral (
        select * from captures where page_id = p.id and kind = 'response' order by fetched_at desc, id desc limit 1
    ) c
    where p.id > %(after)s and {_wanted("c.no_story_by", "p.first_seen_at")} and p.outcome = 'skipped'
        and p.body_sha256 = c.body_sha256 and c.expired_at is null
        and p.detail not like 'robots.txt%%' and p.detail not like 'opt_out%%'
        and not exists (select from articles a where a.page_id = p.id)
    order by p.id limit %(limit)s
"""
FIND: dict[Was, str] = {"article": FIND_ARTICLES, "quarantined": FIND_QUARANTINED, "no_story": FIND_NO_STORIES}
