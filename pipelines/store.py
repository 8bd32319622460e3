"""What came of a page, written in one transaction: capture, article, revision, log, frontier."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pipelines import articles, frontier, quarantine, warc
from pipelines.articles import Reading
from pipelines.database import BadRow, Cursor, Database
from pipelines.frontier import Page
from pipelines.health import holding
from pipelines.health.holding import Bounds
from pipelines.quarantine import Where
from pipelines.records import Article, Capture
from pipelines.revisions import State
from pipelines.warc import Original, Place


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of a page, and what is to be written of it.

    `outcome` is unchanged, skipped or the name of a failure; `article` set means that it is decided by what the
    archive holds: stored, revised, unchanged, twin, forgotten or held, a new story beyond `bounds`. `again` false: a
    failure that no further try will mend.
    """

    page: Page
    outcome: str
    detail: str | None = None
    capture: Capture | None = None
    place: Place | None = None
    original: Original | None = None  # the capture that has the body, where the record at `place` has none
    article: Article | None = None
    failed: bool = False
    quarantine: bool = False
    again: bool = True
    status: int | None = None
    received: int = 0
    seconds: float | None = None
    no_story_by: str | None = None  # the extractor that found none in the capture
    reread: State | None = None  # what the same extractor reads in the former capture, see Reading
    bounds: Bounds | None = None  # of the run, for holding back; None: it holds nothing back
    until: datetime | None = None  # when the site wants to be asked again: the failure is nobody's fault


class LeaseLost(Exception):
    """The page belongs to another run by now; nothing was written."""


def write(database: Database, run: int, source: int, visit: Visit, timezone: str | None = None) -> str:
    """Write one visit; returns its outcome. Raises LeaseLost, and the database's errors.

    A row that Postgres refuses is quarantined with its capture instead: one bad page costs one page.
    """
    try:
        return _write(database, run, source, visit, timezone)
    except BadRow as error:
        if visit.article is None:
            raise
        refused = Visit(
            visit.page, "unstorable", str(error), visit.capture, visit.place, failed=True, quarantine=True,
            original=visit.original, again=False, status=visit.status, received=visit.received, seconds=visit.seconds,
        )  # fmt: skip
        return _write(database, run, source, refused, timezone)


def _write(database: Database, run: int, source: int, visit: Visit, timezone: str | None) -> str:
    with database.transaction() as cursor:
        if not frontier.hold(cursor, run, visit.page.id):
            raise LeaseLost(visit.page.url)
        capture = _insert_capture(cursor, run, visit)
        where = Where(visit.page.id, run, source, capture, visit.page.url)
        outcome = counted = visit.outcome
        if visit.article and visit.capture:
            outcome, counted, detail = _save(cursor, where, visit, visit.article, visit.capture.fetched_at, timezone)
            visit = replace(visit, detail=detail)
        elif visit.outcome == "unchanged":
            articles.seen_again(cursor, visit.page.id)
        elif _is_gone(visit):
            articles.take_away(cursor, visit.page.id)
        if visit.quarantine:
            quarantine.put(cursor, where, visit.outcome, visit.detail)
        _log(cursor, run, visit, outcome, capture)
        _count(cursor, run, visit, counted)
        _settle_page(cursor, visit, outcome)
        return outcome


def _save(
    cursor: Cursor, where: Where, visit: Visit, article: Article, seen: datetime, timezone: str | None
) -> tuple[str, str, str | None]:
    """Store the article, or hold it back: its outcome, what it is counted as, and one line about it."""
    page, published = visit.page, articles.moment(article.published_at, timezone)
    is_new = published is None or published > seen - page.age - holding.OLD
    bounds = _bounds(cursor, visit, article) if is_new else holding.NONE
    against = holding.against(article, bounds)
    reading = Reading(article, page, where.source, where.run, where.capture, seen, timezone, visit.reread, against)
    outcome, detail = articles.save(cursor, reading)
    if outcome == "held":
        is_first = quarantine.hold(cursor, where, article, published, against, bounds)
        return outcome, next(iter(against)) if is_first else "unchanged", detail
    if page.is_held:
        quarantine.release(cursor, page.id, stored=False)
    return outcome, outcome, detail


def _bounds(cursor: Cursor, visit: Visit, article: Article) -> Bounds:
    """The bounds of the run; those by which a story is held already where it keeps to these, but not to them."""
    bounds = visit.bounds or holding.NONE
    if visit.bounds and visit.page.is_held and not holding.against(article, bounds):
        return quarantine.former(cursor, visit.page.id) or bounds
    return bounds


def _insert_capture(cursor: Cursor, run: int, visit: Visit) -> int | None:
    capture, place = visit.capture, visit.place
    if capture is None or place is None:
        return None
    body = visit.original or Original.of(capture)
    cursor.execute(
        """
        insert into captures (page_id, run_id, url, final_url, status, fetched_at, kind, refers_to, body_sha256,
            body_sha1, body_bytes, warc_file, warc_offset, warc_length, no_story_by)
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning id
        """,
        (visit.page.id, run, capture.url, capture.final_url, capture.status, capture.fetched_at,
         warc.kind(capture, visit.original), visit.original and visit.original.id, body.body_sha256, body.body_sha1,
         body.body_bytes, place.file, place.offset, place.length, visit.no_story_by),
    )  # fmt: skip
    return int(cursor.fetchone().id)


def original(database: Database, page: int, body_sha256: bytes) -> Original | None:
    """The newest capture of a page that has that body; null where none was kept, or it ended."""
    with database.transaction() as cursor:
        cursor.execute(ORIGINAL, (page, body_sha256))
        row = cursor.fetchone()
    if row is None:
        return None
    sha1 = None if row.body_sha1 is None else bytes(row.body_sha1)
    return Original(row.id, row.final_url, row.fetched_at, body_sha256, sha1, row.body_bytes)


ORIGINAL = """
    select id, final_url, fetched_at, body_sha1, body_bytes from captures
    where page_id = %s and kind = 'response' and body_sha256 = %s and expired_at is null
    order by fetched_at desc limit 1
"""


def _log(cursor: Cursor, run: int, visit: Visit, outcome: str, capture: int | None) -> None:
    final = visit.capture.final_url if visit.capture else None
    cursor.execute(
        """
        insert into fetches (run_id, page_id, capture_id, url, final_url, status, outcome, detail, bytes, seconds)
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (run, visit.page.id, capture, visit.page.url, final if final != visit.page.url else None, visit.status,
         outcome, visit.detail, visit.received, visit.seconds),
    )  # fmt: skip


def _is_gone(visit: Visit) -> bool:
    """Whether the site has said for the second time in a row that there is no such page."""
    return visit.outcome in frontier.GONE and visit.page.outcome in frontier.GONE


COUNTED = {name: name for name in ("stored", "revised", "unchanged", "skipped")}
COUNTED |= {"twin": "skipped", "forgotten": "skipped", "held": "unchanged"}


def _count(cursor: Cursor, run: int, visit: Visit, outcome: str) -> None:
    """Count the visit under its outcome; a story newly held back under its reason."""
    counted = (
        f"{COUNTED[outcome]} = {COUNTED[outcome]} + 1"
        if outcome in COUNTED
        else COUNT_BY_NAME.format("held" if outcome in holding.REASONS else "failed")
    )
    cursor.execute(
        f"update runs set fetched = fetched + %(answered)s, bytes = bytes + %(bytes)s, {counted} where id = %(run)s",
        {"run": run, "outcome": outcome, "answered": int(visit.status is not None), "bytes": visit.received},
    )


COUNT_BY_NAME = """
    {0} = {0} || jsonb_build_object(%(outcome)s::text, coalesce(({0} ->> %(outcome)s)::int, 0) + 1)
"""


def _settle_page(cursor: Cursor, visit: Visit, outcome: str) -> None:
    page, capture = visit.page, visit.capture
    visits = page.visits if visit.failed else page.visits + 1
    attempts = page.attempts + (visit.until is None) if visit.failed else 0
    wait = _wait(visit, outcome, visits, attempts)
    cursor.execute(
        """
        update pages set leased_by = null, lease_expires_at = null, due_at = now() + %(wait)s, visits = %(visits)s,
            attempts = %(attempts)s, outcome = %(outcome)s, detail = %(detail)s, fetched_at = now(),
            etag = coalesce(%(etag)s, etag), last_modified = coalesce(%(last_modified)s, last_modified),
            body_sha256 = coalesce(%(body)s, body_sha256),
            title_hint = case when %(outcome)s <> 'forgotten' then title_hint end
        where id = %(id)s
        """,
        {
            "id": page.id, "wait": wait, "visits": visits, "attempts": attempts, "outcome": outcome,
            "detail": visit.detail, "etag": capture and capture.header("etag"),
            "last_modified": capture and capture.header("last-modified"),
            "body": hashlib.sha256(capture.body).digest() if _has_body(visit) and capture else None,
        },
    )  # fmt: skip


def _has_body(visit: Visit) -> bool:
    """Whether the visit brought what the page says now: an answer 304 brings nothing."""
    return visit.status != 304 and not visit.failed


def _wait(visit: Visit, outcome: str, visits: int, attempts: int) -> timedelta | None:
    """In how long the page is due again; None: never."""
    if visit.until:
        return max(visit.until - datetime.now(UTC), timedelta(minutes=1))
    if visit.outcome in frontier.GONE:
        return None if _is_gone(visit) else frontier.GONE_AGAIN
    if visit.failed:
        return frontier.next_try(attempts) if visit.again else None
    # A page that is no article is looked at once more, an hour later: it may have been a story half published.
    if outcome == "twin" or (outcome in ("skipped", "forgotten") and visits > 1):
        return None
    return frontier.next_visit(visit.page.age, old=_is_old(visit))


def _is_old(visit: Visit) -> bool:
    """Whether the story was published long before we first saw it."""
    published = articles.moment(visit.article.published_at, None) if visit.article else visit.page.published_at
    return published is not None and datetime.now(UTC) - visit.page.age - published > frontier.OLD
