"""What came of a page, written in one transaction: capture, article, revision, log, frontier."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pipelines import frontier, text
from pipelines.database import BadRow, Cursor, Database, Json
from pipelines.frontier import Page
from pipelines.news import dates
from pipelines.records import Article, Capture
from pipelines.warc import Place

Change = Literal["title", "minor", "substantive"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of a page, and what is to be written of it.

    `outcome` is unchanged, skipped or the name of a failure; `article` set means that it is decided by what the
    archive holds: stored, revised or unchanged. `again` false: a failure that no further try will mend.
    """

    page: Page
    outcome: str
    detail: str | None = None
    capture: Capture | None = None
    place: Place | None = None
    article: Article | None = None
    failed: bool = False
    quarantine: bool = False
    again: bool = True
    status: int | None = None
    received: int = 0
    seconds: float | None = None
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
            again=False, status=visit.status, received=visit.received, seconds=visit.seconds,
        )  # fmt: skip
        return _write(database, run, source, refused, timezone)


def _write(database: Database, run: int, source: int, visit: Visit, timezone: str | None) -> str:
    with database.transaction() as cursor:
        if not frontier.hold(cursor, run, visit.page.id):
            raise LeaseLost(visit.page.url)
        capture = _insert_capture(cursor, run, visit)
        outcome = visit.outcome
        if visit.article:
            outcome = _save_article(cursor, run, source, visit, capture, timezone)
        elif visit.outcome == "unchanged":
            _seen_again(cursor, visit.page.id)
        elif _is_gone(visit):
            cursor.execute(
                "update articles set gone_at = now() where page_id = %s and gone_at is null", (visit.page.id,)
            )
        if visit.quarantine:
            _insert_quarantine(cursor, run, visit, capture)
        _log(cursor, run, visit, outcome, capture)
        _count(cursor, run, visit, outcome)
        _settle_page(cursor, visit, outcome)
        return outcome


def _insert_capture(cursor: Cursor, run: int, visit: Visit) -> int | None:
    capture, place = visit.capture, visit.place
    if capture is None or place is None:
        return None
    cursor.execute(
        """
        insert into captures (page_id, run_id, url, final_url, status, fetched_at, body_sha256, body_bytes,
            warc_file, warc_offset, warc_length)
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning id
        """,
        (visit.page.id, run, capture.url, capture.final_url, capture.status, capture.fetched_at,
         hashlib.sha256(capture.body).digest(), len(capture.body), place.file, place.offset, place.length),
    )  # fmt: skip
    return int(cursor.fetchone().id)


def _save_article(
    cursor: Cursor, run: int, source: int, visit: Visit, capture: int | None, timezone: str | None
) -> str:
    article = visit.article
    assert article is not None and visit.capture is not None
    row = _row(article, timezone) | {
        "source_id": source, "page_id": visit.page.id, "url": visit.page.url, "run_id": run, "capture_id": capture,
        "canonical_url": visit.page.canonical_url, "seen": visit.capture.fetched_at,
    }  # fmt: skip
    cursor.execute(
        "select id, title, text, content_sha256, capture_id, extractor, changed_at, revision_count"
        " from articles where page_id = %s for update",
        (visit.page.id,),
    )
    old = cursor.fetchone()
    if old is None:
        cursor.execute(INSERT_ARTICLE, row)
        return "stored"
    changed = bytes(old.content_sha256) != row["content_sha256"]
    if changed:
        _keep_revision(cursor, run, old, article, visit.capture.fetched_at)
    cursor.execute(UPDATE_ARTICLE, row | {"id": old.id, "changed": changed})
    return "revised" if changed else "unchanged"


def _row(article: Article, timezone: str | None) -> dict[str, Any]:
    """The article's own columns. The address it is known by is the page's, not the one it was redirected to."""
    fields = asdict(article)
    return fields | {
        "url_sha256": None,
        "authors": list(article.authors),
        "tags": list(article.tags),
        "quality_flags": list(article.quality_flags),
        "published_at": moment(article.published_at, timezone),
        "modified_at": moment(article.modified_at, timezone),
        "date_witnesses": Json(fields["date_witnesses"]),
        "removed": Json(fields["removed"]),
        "content_sha256": content_sha256(article.title, article.text),
    }


ARTICLE_COLUMNS = (
    "title", "text", "excerpt", "authors", "agency", "dateline_place", "dateline_date", "published_at",
    "published_precision", "published_origin", "date_witnesses", "modified_at", "language", "section", "tags",
    "image_url", "site_name", "word_count", "kind", "paywalled", "quality_flags", "removed", "content_sha256",
    "extractor", "run_id", "capture_id",
)  # fmt: skip
INSERT_ARTICLE = f"""
    insert into articles (source_id, page_id, url, canonical_url, url_sha256, first_seen_at, last_seen_at,
        changed_at, {", ".join(ARTICLE_COLUMNS)})
    select %(source_id)s, p.id, p.url, p.canonical_url, p.url_sha256, %(seen)s, %(seen)s, %(seen)s,
        {", ".join(f"%({c})s" for c in ARTICLE_COLUMNS)}
    from pages p where p.id = %(page_id)s
"""
UPDATE_ARTICLE = f"""
    update articles set last_seen_at = %(seen)s, gone_at = null,
        changed_at = case when %(changed)s then %(seen)s else changed_at end,
        revision_count = revision_count + %(changed)s::int,
        {", ".join(f"{c} = %({c})s" for c in ARTICLE_COLUMNS)}
    where id = %(id)s
"""


def moment(value: str | None, timezone: str | None) -> datetime | None:
    """A record's ISO 8601 value as a moment.

    A bare date is midnight UTC, wherever the outlet is: nothing is known of its hours, and its day must not change.
    """
    read = dates.parse(value) if value else None
    if read is None:
        return None
    if not isinstance(read, datetime):
        return datetime(read.year, read.month, read.day, tzinfo=UTC)
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(timezone or "UTC"))


def content_sha256(title: str, body: str) -> bytes:
    """SHA-256 of what readers see: equal means that nothing was edited."""
    return hashlib.sha256(f"{title}\n\n{body}".encode()).digest()


def classify(old_title: str, old_text: str, new_title: str, new_text: str) -> Change:
    """What kind of change this is: the words of the text decide; commas, case and spacing are minor."""
    if _folded(old_text) != _folded(new_text):
        return "substantive"
    return "title" if _folded(old_title) != _folded(new_title) else "minor"


def _folded(value: str) -> list[str]:
    return [word.casefold() for word in text.words(value)]


def _keep_revision(cursor: Cursor, run: int, old: Any, new: Article, seen: datetime) -> None:
    cursor.execute(
        """
        insert into revisions (article_id, number, change, title, text, content_sha256, capture_id, extractor,
            seen_from, replaced_at, run_id)
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (old.id, old.revision_count + 1, classify(old.title, old.text, new.title, new.text), old.title, old.text,
         old.content_sha256, old.capture_id, old.extractor, old.changed_at, seen, run),
    )  # fmt: skip


def _seen_again(cursor: Cursor, page: int) -> None:
    cursor.execute("update articles set last_seen_at = now(), gone_at = null where page_id = %s", (page,))


def _take_away(cursor: Cursor, page: int) -> None:
    cursor.execute("update articles set gone_at = now() where page_id = %s and gone_at is null", (page,))


def _insert_quarantine(cursor: Cursor, run: int, visit: Visit, capture: int | None) -> None:
    cursor.execute(
        "insert into quarantine (page_id, run_id, capture_id, url, reason, detail) values (%s, %s, %s, %s, %s, %s)",
        (visit.page.id, run, capture, visit.page.url, visit.outcome, visit.detail),
    )


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


COUNTED = frozenset({"stored", "revised", "unchanged", "skipped"})


def _count(cursor: Cursor, run: int, visit: Visit, outcome: str) -> None:
    counted = f"{outcome} = {outcome} + 1" if outcome in COUNTED else COUNT_FAILURE
    cursor.execute(
        f"update runs set fetched = fetched + %(answered)s, bytes = bytes + %(bytes)s, {counted} where id = %(run)s",
        {"run": run, "outcome": outcome, "answered": int(visit.status is not None), "bytes": visit.received},
    )


COUNT_FAILURE = """
    failed = failed || jsonb_build_object(%(outcome)s::text, coalesce((failed ->> %(outcome)s)::int, 0) + 1)
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
            body_sha256 = coalesce(%(body)s, body_sha256)
        where id = %(id)s
        """,
        {
            "id": page.id, "wait": wait, "visits": visits, "attempts": attempts, "outcome": outcome,
            "detail": visit.detail, "etag": capture and capture.header("etag"),
            "last_modified": capture and capture.header("last-modified"),
            "body": hashlib.sha256(capture.body).digest() if capture and not visit.failed else None,
        },
    )  # fmt: skip


def _wait(visit: Visit, outcome: str, visits: int, attempts: int) -> timedelta | None:
    """In how long the page is due again; None: never."""
    if visit.until:
        return max(visit.until - datetime.now(UTC), timedelta(minutes=1))
    if visit.outcome in frontier.GONE:
        return None if _is_gone(visit) else frontier.GONE_AGAIN
    if visit.failed:
        return frontier.next_try(attempts) if visit.again else None
    # A page that is no article is looked at once more, an hour later: it may have been a story half published.
    if outcome == "skipped" and visits > 1:
        return None
    return frontier.next_visit(visit.page.age, old=_is_old(visit))


def _is_old(visit: Visit) -> bool:
    """Whether the story was published long before we first saw it."""
    published = moment(visit.article.published_at, None) if visit.article else visit.page.published_at
    return published is not None and datetime.now(UTC) - visit.page.age - published > frontier.OLD
