"""The table `quarantine`: pages that could not be read, and stories held back until their outlet is judged by them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.database import Cursor, Database
from pipelines.health.holding import Bounds, Reason
from pipelines.records import Article


@dataclass(frozen=True, slots=True)
class Where:
    """A page in quarantine, as the visit that put it there knows it."""

    page: int
    run: int
    source: int
    capture: int | None
    url: str


def put(cursor: Cursor, where: Where, reason: str, detail: str | None) -> None:
    """Put a page there that could not be read or written."""
    cursor.execute(
        "insert into quarantine (page_id, run_id, source_id, capture_id, url, reason, detail)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (where.page, where.run, where.source, where.capture, where.url, reason, detail),
    )


def hold(
    cursor: Cursor, where: Where, article: Article, published: datetime | None, reasons: Mapping[Reason, str],
    bounds: Bounds,
) -> bool:  # fmt: skip
    """Hold a story back for these reasons; whether it was not held before. Else its newest capture is held instead."""
    facts = {
        "page": where.page, "run": where.run, "source": where.source, "capture": where.capture, "url": where.url,
        "published": published, "words": article.word_count, "extractor": article.extractor,
        "reason": next(iter(reasons)), "held_for": list(reasons), "detail": "; ".join(reasons.values()),
        "shortest": bounds.shortest if "held_short" in reasons else None,
        "longest": bounds.longest if "held_long" in reasons else None,
    }  # fmt: skip
    cursor.execute(HOLD_AGAIN, facts)
    if cursor.fetchone():
        return False
    cursor.execute(HOLD, facts)
    return True


HOLD_AGAIN = """
    update quarantine set capture_id = %(capture)s, retried_by = %(extractor)s, published_at = %(published)s,
        word_count = %(words)s
    where page_id = %(page)s and held_for is not null and released_at is null returning id
"""
HOLD = """
    insert into quarantine (page_id, run_id, source_id, capture_id, url, reason, detail, held_for, published_at,
        word_count, shortest, longest, retried_by)
    values (%(page)s, %(run)s, %(source)s, %(capture)s, %(url)s, %(reason)s, %(detail)s, %(held_for)s, %(published)s,
        %(words)s, %(shortest)s, %(longest)s, %(extractor)s)
"""


def bounds_of(row: Any) -> Bounds:
    """What the story of a row was held back by."""
    return Bounds(
        "held_undated" in row.held_for,
        "held_dates_today" in row.held_for,
        0 if row.shortest is None else row.shortest,
        math.inf if row.longest is None else row.longest,
    )


def former(cursor: Cursor, page: int) -> Bounds | None:
    """What the story of that page is held back by; None where it is not."""
    cursor.execute(
        "select held_for, shortest, longest from quarantine"
        " where page_id = %s and held_for is not null and released_at is null",
        (page,),
    )
    row = cursor.fetchone()
    return bounds_of(row) if row else None


def release(cursor: Cursor, page: int, *, stored: bool) -> None:
    """Note that the story of a page is no longer held back; `stored`: it is as if it had been at its visit."""
    cursor.execute(RELEASE, {"page": page, "stored": stored})


RELEASE = """
    with released as (
        update quarantine set released_at = now() where page_id = %(page)s and released_at is null
        returning page_id, run_id, reason, held_for is not null as was_held
    ),
    visit as (
        update fetches f set outcome = 'stored', detail = concat('held back until ', now()::timestamp(0), ': ', detail)
        where %(stored)s and f.id = (
            select v.id from released q join fetches v using (page_id, run_id)
            where q.was_held and v.outcome = 'held' order by v.id limit 1
        )
    )
    update runs r set stored = stored + %(stored)s::int, held = case
        when (held ->> q.reason)::int > 1 then held || jsonb_build_object(q.reason, (held ->> q.reason)::int - 1)
        else held - q.reason end
    from released q where r.id = q.run_id and q.was_held
"""


def keep(cursor: Cursor, source: int, failing: Collection[Reason]) -> None:
    """Keep what is held of an outlet for a gate that it fails: no later crawl releases that."""
    cursor.execute(
        "update quarantine set decided_at = now() where source_id = %s and held_for && %s and held_for is not null"
        " and released_at is null and decided_at is null",
        (source, sorted(failing)),
    )


def keep_one(database: Database, row: int, why: str) -> None:
    """Keep a story that could not be released, and say why."""
    with database.transaction() as cursor:
        cursor.execute(
            "update quarantine set decided_at = now(), detail = concat_ws('; ', detail, %s) where id = %s",
            (f"could not be released: {why}", row),
        )


def counts(cursor: Cursor, source: int | None) -> dict[int, dict[str, int]]:
    """How many stories are held back by outlet and reason, one with two reasons under both."""
    cursor.execute(COUNTS, {"source": source})
    found: dict[int, dict[str, int]] = {}
    for row in cursor:
        found.setdefault(row.source_id, {})[row.reason] = row.stories
    return found


COUNTS = """
    select q.source_id, r.reason, count(*) as stories from quarantine q cross join unnest(q.held_for) as r (reason)
    where q.held_for is not null and q.released_at is null and (%(source)s::bigint is null or q.source_id = %(source)s)
    group by 1, 2
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: of one outlet, for one reason, of these ids; all of it at once where more is said."""

    source: str | None = None
    reason: str | None = None
    ids: Sequence[int] | None = None


def listed(database: Database, wanted: Wanted) -> list[dict[str, Any]]:
    """What is in quarantine, the newest first, with where the captures lie."""
    with database.transaction() as cursor:
        cursor.execute(LISTED, said(wanted))
        return [row._asdict() for row in cursor]


def said(wanted: Wanted) -> dict[str, Any]:
    """Its words as parameters of WANTED."""
    ids = None if wanted.ids is None else list(wanted.ids)
    return {"source": wanted.source, "reason": wanted.reason, "ids": ids}


WANTED = """
    (%(source)s::text is null or q.source = %(source)s)
    and (%(reason)s::text is null or q.reason = %(reason)s or %(reason)s = any(q.held_for))
    and (%(ids)s::bigint[] is null or q.id = any(%(ids)s))
"""
LISTED = f"""
    select q.id, q.source, q.url, q.reason, q.held_for, q.detail, q.at, q.published_at, q.word_count, q.decided_at,
        q.retried_by, c.warc_file, c.warc_offset, c.expired_at
    from quarantined q left join captures c on c.id = q.capture_id
    where {WANTED} order by q.at desc, q.id desc
"""
