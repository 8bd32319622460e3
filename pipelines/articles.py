"""Articles as rows: one a story, whichever of its pages was read; what it said before is a revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipelines import revisions, tombstones, twins, urls
from pipelines.database import Cursor, Json
from pipelines.frontier import Page
from pipelines.health.holding import Reason
from pipelines.news import dates
from pipelines.records import Article
from pipelines.revisions import State
from pipelines.tombstones import Tombstone

SAME = 0.5  # of the shorter text's shingles of four words: a mobile or AMP page may lack a box, and be cut


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as it was read from a page at a visit, to be made a row.

    `reread` is what the same extractor reads in the capture of the visit before, where another one had read that.
    `against` says why it is to be held back where it is a new story.
    """

    article: Article
    page: Page
    source: int
    run: int
    capture: int | None
    seen: datetime
    timezone: str | None = None
    reread: State | None = None
    against: Mapping[Reason, str] = field(default_factory=dict)


def save(cursor: Cursor, reading: Reading) -> tuple[str, str | None]:
    """Write what was read: stored, revised or unchanged; twin, with the address of the page that has the story; held,
    with the reasons, where it is new and to be held back; or forgotten, where it is a story that was deleted for good.
    Of the last two nothing is written.

    An article is known by the canonical address of its page, or by the one that the page itself calls canonical. Two
    pages of one site under one address are believed to be one story only where they tell the same: of them the page
    whose address it is has the row, the other is its twin.
    """
    page = reading.page
    allowed = tombstones.examine(cursor, reading.article, page.canonical_url, reading.source)
    if isinstance(allowed, Tombstone):
        return "forgotten", f"it leads to a story that was {allowed}"
    reading = replace(reading, article=allowed)
    row = _row(reading)
    cursor.execute(OLD + "where page_id = %s for update", (page.id,))
    if old := cursor.fetchone():
        return _update(cursor, reading, old, row), None
    form = twins.believable(page.canonical_url, reading.article.canonical_url) or page.canonical_url
    cursor.execute("select pg_advisory_xact_lock(%s)", (_lock_key(form),))
    cursor.execute(OLD + "where url_sha256 = %s for update", (urls.sha256(form),))
    other = cursor.fetchone()
    is_other = other and not is_same_story(other.title, other.text, reading.article.title, reading.article.text)
    if reading.against and (other is None or is_other):
        return "held", "; ".join(reading.against.values())
    if other is None:
        return _insert(cursor, row, form), None
    if is_other:
        if form != page.canonical_url:
            return _insert(cursor, row, page.canonical_url), None
        _rename(cursor, other)
        return _insert(cursor, row, form), None
    if form != page.canonical_url:
        return "twin", other.url
    cursor.execute(TAKE_OVER, {"page_id": page.id, "id": other.id, "twin": other.page_id, "url": page.url})
    return _update(cursor, reading, other, row, is_edit=False), None


def is_same_story(one_title: str, one: str, other_title: str, other: str) -> bool:
    """Whether two pages under one address tell one story: the shorter text is for the most part in the longer."""
    if revisions.folded(one_title) == revisions.folded(other_title):
        return True
    shorter, longer = sorted((_shingles(one), _shingles(other)), key=len)
    return len(shorter & longer) > SAME * max(1, len(shorter))


def _shingles(said: str) -> set[tuple[str, ...]]:
    words = revisions.folded(said)
    return {tuple(words[n : n + 4]) for n in range(max(1, len(words) - 3))}


def _insert(cursor: Cursor, row: dict[str, Any], form: str) -> str:
    cursor.execute(INSERT_ARTICLE, row | {"canonical_url": form, "url_sha256": urls.sha256(form)})
    return "stored"


def _update(cursor: Cursor, reading: Reading, old: Any, row: dict[str, Any], *, is_edit: bool = True) -> str:
    new = revisions.state(reading.article, reading.capture)
    taken = revisions.steps(_state(old), new, reading.reread) if is_edit else []
    revisions.keep(cursor, old.id, taken, reading.seen, reading.run)
    changed = any(step.made_by == "newsroom" for step in taken)
    cursor.execute(UPDATE_ARTICLE, row | {"id": old.id, "changed": changed})
    return "revised" if changed else "unchanged"


def _state(old: Any) -> State:
    removed = tuple(span["text"] for span in old.removed)
    return State(old.title, old.text, old.extractor, old.capture_id, removed)


def read_again(cursor: Cursor, article: int, capture: int, reading: Reading) -> str:
    """Write what another extractor reads in the capture that the article was read from: revised or unchanged.

    That is the extractor's change, never the newsroom's. "moved" where the article was deleted or read meanwhile, from
    another capture or by this extractor: then nothing is written.
    """
    wanted = (article, capture, reading.article.extractor)
    cursor.execute(OLD + "where id = %s and capture_id = %s and extractor <> %s for update", wanted)
    old = cursor.fetchone()
    if old is None:
        return "moved"
    new = revisions.state(reading.article, capture)
    taken = revisions.steps(_state(old), new, reread=new)
    revisions.keep(cursor, article, taken, reading.seen, old.run_id)
    cursor.execute(REWRITE_ARTICLE, columns(reading.article, reading.timezone) | {"id": article})
    return "revised" if taken else "unchanged"


def _rename(cursor: Cursor, other: Any) -> None:
    """Give the article of a page that called another one's address its own the address of its page."""
    cursor.execute(
        "update articles a set canonical_url = p.canonical_url, url_sha256 = p.url_sha256"
        " from pages p where a.id = %s and p.id = a.page_id",
        (other.id,),
    )


def _lock_key(form: str) -> int:
    return int.from_bytes(urls.sha256(form)[:8], "big", signed=True)


def _row(reading: Reading) -> dict[str, Any]:
    """The article's columns. The address it is known by is the page's, not the one it was redirected to."""
    return columns(reading.article, reading.timezone) | {
        "source_id": reading.source,
        "page_id": reading.page.id,
        "run_id": reading.run,
        "capture_id": reading.capture,
        "seen": reading.seen,
    }


def columns(article: Article, timezone: str | None) -> dict[str, Any]:
    """What was read, as the columns have it."""
    fields = asdict(article)
    return fields | {
        "opt_outs": list(article.opt_outs),
        "authors": list(article.authors),
        "tags": list(article.tags),
        "quality_flags": list(article.quality_flags),
        "published_at": moment(article.published_at, timezone),
        "modified_at": moment(article.modified_at, timezone),
        "date_witnesses": Json(fields["date_witnesses"]),
        "removed": Json(fields["removed"]),
        "content_sha256": revisions.state(article, None).content_sha256,
    }


READ_COLUMNS = (
    "title", "text", "excerpt", "authors", "agency", "dateline_place", "dateline_date", "published_at",
    "published_precision", "published_origin", "date_witnesses", "modified_at", "language", "section", "tags",
    "image_url", "site_name", "word_count", "kind", "paywalled", "quality_flags", "removed", "content_sha256",
    "extractor", "opt_outs", "license_url",
)  # fmt: skip
ARTICLE_COLUMNS = (*READ_COLUMNS, "run_id", "capture_id")
INSERT_ARTICLE = f"""
    insert into articles (source_id, page_id, url, canonical_url, url_sha256, first_seen_at, last_seen_at,
        changed_at, {", ".join(ARTICLE_COLUMNS)})
    select %(source_id)s, p.id, p.url, %(canonical_url)s, %(url_sha256)s, %(seen)s, %(seen)s, %(seen)s,
        {", ".join(f"%({c})s" for c in ARTICLE_COLUMNS)}
    from pages p where p.id = %(page_id)s returning id
"""
UPDATE_ARTICLE = f"""
    update articles set last_seen_at = %(seen)s, gone_at = null,
        changed_at = case when %(changed)s then %(seen)s else changed_at end,
        revision_count = revision_count + %(changed)s::int,
        {", ".join(f"{c} = %({c})s" for c in ARTICLE_COLUMNS)}
    where id = %(id)s
"""
REWRITE_ARTICLE = f"update articles set {', '.join(f'{c} = %({c})s' for c in READ_COLUMNS)} where id = %(id)s"
OLD = """
    select id, page_id, url, title, text, removed, capture_id, extractor, run_id from articles
"""
TAKE_OVER = """
    update articles set page_id = %(page_id)s, url = %(url)s where id = %(id)s;
    update pages set outcome = 'twin', detail = %(url)s, due_at = null where id = %(twin)s;
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


def seen_again(cursor: Cursor, page: int) -> None:
    """Note that the page says what it said before."""
    cursor.execute("update articles set last_seen_at = now(), gone_at = null where page_id = %s", (page,))


def take_away(cursor: Cursor, page: int) -> None:
    """Note that the page is gone; its text stays."""
    cursor.execute("update articles set gone_at = now() where page_id = %s and gone_at is null", (page,))
