"""Captures read again: what the extractor that runs now makes of pages that an earlier one read, or could not."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pipelines import articles, frontier, revisions, tombstones, warc
from pipelines.articles import READ_COLUMNS, Reading
from pipelines.database import Cursor, Database, Json
from pipelines.frontier import Page
from pipelines.records import Article, Hints
from pipelines.revisions import State
from pipelines.rights import Rights, merged, of_headers, of_robots, of_tdmrep
from pipelines.shelf import CaptureError, Shelf
from pipelines.tombstones import Tombstone
from pipelines.warc import Place

AT_ONCE = 100  # rows of a batch: each comes with its text
COMPARED = tuple(column for column in READ_COLUMNS if column not in ("content_sha256", "extractor"))


@dataclass(frozen=True, slots=True)
class Kept:
    """A capture, with all that its page was read with; `id` is null where none was kept."""

    id: int | None
    place: Place
    body_sha256: bytes
    final_url: str
    fetched_at: datetime
    hints: Hints
    expired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """An article and the capture it was read from; or, where `values` is null, a page that could not be read."""

    id: int  # of the article, or of the row in quarantine
    page: Page
    source: int
    run: int
    settings: Mapping[str, Any]  # the outlet's entry of sources.toml
    kept: Kept
    values: Mapping[str, Any] | None

    @property
    def timezone(self) -> str | None:
        """Where the outlet's times without an offset are."""
        return self.settings.get("timezone")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles and quarantined pages: all that `extractor` has not read, of one outlet, published (or found,
    where undated) since a moment, read by one of the `read_by` versions.
    """

    extractor: str
    source: str | None = None
    since: datetime | None = None
    read_by: tuple[str, ...] | None = None


def read(shelf: Shelf, kept: Kept) -> Article:
    """What the extractor reads in a capture; what its headers opt out of is in the article.

    For worker processes. Raises CaptureError, and Unreadable as read_page does.
    """
    from pipelines.extract import read_page  # in the workers only: it is half a second and 60 MB

    if kept.id is None:
        raise CaptureError("no capture was kept")
    if kept.expired_at:
        raise CaptureError(f"the capture expired on {kept.expired_at:%Y-%m-%d}")
    body, headers = warc.read_answer(shelf, kept.place)
    if hashlib.sha256(body).digest() != kept.body_sha256:
        raise CaptureError(f"{shelf.path(kept.place.file)} at byte {kept.place.offset}: not the body that was captured")
    kind = next((value for name, value in headers if name.lower() == "content-type"), "text/html")
    article = read_page(body, kept.final_url, kept.fetched_at, kind.lower(), kept.hints)
    return merged(article, of_headers(headers, kept.fetched_at, kept.final_url))


def reread(shelf: Shelf, kept: Kept) -> State | None:
    """What the extractor reads in a capture; null where that is no story by now. Raises as `read` does."""
    article = read(shelf, kept)
    return revisions.state(article, kept.id) if article.is_story else None


def former(database: Database, page: int, extractor: str) -> Kept | None:
    """The capture that a page's article was read from; null where that extractor read it, or none is kept."""
    with database.transaction() as cursor:
        cursor.execute(SELECT_ARTICLES + "where a.page_id = %s and a.extractor <> %s", (page, extractor))
        row = cursor.fetchone()
    return _kept(row) if row and row.capture_id and row.expired_at is None else None


def extractors(database: Database) -> list[str]:
    """The versions that articles were read by."""
    with database.transaction() as cursor:
        cursor.execute("select distinct extractor from articles order by 1")
        return [row.extractor for row in cursor]


def version(extractor: str) -> tuple[int, ...]:
    """The numbers of a version, to be compared: (2, 2, 3, 0) for "dateline 2, trafilatura 2.3.0"."""
    return tuple(map(int, re.findall(r"\d+", extractor)))


def find(database: Database, wanted: Wanted) -> Iterator[Held]:
    """What is to be read again: articles by id, then quarantined pages; a batch is asked for when it is needed."""
    for query in (FIND_ARTICLES, FIND_QUARANTINED):
        after = 0
        while batch := _batch(database, query, wanted, after):
            yield from batch
            after = batch[-1].id


def _batch(database: Database, query: str, wanted: Wanted, after: int) -> list[Held]:
    read_by = None if wanted.read_by is None else list(wanted.read_by)
    said = {"extractor": wanted.extractor, "source": wanted.source, "since": wanted.since, "read_by": read_by}
    with database.transaction() as cursor:
        cursor.execute(query, said | {"after": after, "limit": AT_ONCE})
        return [_held(row) for row in cursor]


def _held(row: Any) -> Held:
    fields = row._asdict()
    values = {column: fields[column] for column in COMPARED} if "title" in fields else None
    page = Page(row.page_id, row.page_url, row.canonical_url, age=datetime.now(UTC) - row.page_seen_at)
    return Held(row.id, page, row.source_id, row.run_id, row.settings, _kept(row), values)


def _kept(row: Any) -> Kept:
    language = row.language_hint or row.settings.get("language")
    hints = Hints(row.title_hint, row.published_hint, row.settings.get("timezone"), language)
    place = Place(row.warc_file, row.warc_offset, row.warc_length)
    body = bytes(row.body_sha256 or b"")
    return Kept(row.capture_id, place, body, row.final_url, row.fetched_at, hints, row.expired_at)


CAPTURE_COLUMNS = """
    p.url as page_url, p.canonical_url, p.first_seen_at as page_seen_at, p.title_hint, p.published_hint,
    p.language_hint, s.settings, c.final_url, c.fetched_at, c.body_sha256, c.warc_file, c.warc_offset, c.warc_length,
    c.expired_at
"""
SELECT_ARTICLES = f"""
    select a.id, a.page_id, a.source_id, a.run_id, a.capture_id, {", ".join(f"a.{c}" for c in COMPARED)},
        {CAPTURE_COLUMNS}
    from articles a join pages p on p.id = a.page_id join sources s on s.id = a.source_id
    left join captures c on c.id = a.capture_id
"""
FIND_ARTICLES = f"""
    {SELECT_ARTICLES}
    where a.id > %(after)s and a.extractor <> %(extractor)s
        and (%(read_by)s::text[] is null or a.extractor = any(%(read_by)s::text[]))
        and (%(source)s::text is null or s.name = %(source)s)
        and (%(since)s::timestamptz is null or coalesce(a.published_at, a.first_seen_at) >= %(since)s)
    order by a.id limit %(limit)s
"""
# A page that was read since, or has an article, is no longer in quarantine.
FIND_QUARANTINED = f"""
    select q.id, q.page_id, p.source_id, q.run_id, q.capture_id, {CAPTURE_COLUMNS}
    from quarantine q join pages p on p.id = q.page_id join sources s on s.id = p.source_id
    join captures c on c.id = q.capture_id
    where q.id > %(after)s and q.retried_by is distinct from %(extractor)s and p.outcome = q.reason
        and not exists (select from articles a where a.page_id = p.id)
        and not exists (select from quarantine n where n.page_id = q.page_id and n.id > q.id)
        and (%(read_by)s::text[] is null or q.retried_by is null or q.retried_by = any(%(read_by)s::text[]))
        and (%(source)s::text is null or s.name = %(source)s)
        and (%(since)s::timestamptz is null or q.at >= %(since)s)
    order by q.id limit %(limit)s
"""


def with_rights(database: Database, held: Held, article: Article) -> Article:
    """The article with what its site said elsewhere: as the archive has it, or the site's files as last kept. Names
    that were forgotten are left out.
    """
    article = _allowed(database, held, article)
    if held.values is not None:
        return merged(article, Rights(frozenset(held.values["opt_outs"]), held.values["license_url"]))
    parts = urlsplit(held.kept.final_url)
    site, path = f"{parts.scheme}://{parts.netloc}", parts._replace(scheme="", netloc="", fragment="").geturl()
    with database.transaction() as cursor:
        said = {file: _file(cursor, site + file) for file in ("/robots.txt", "/.well-known/tdmrep.json")}
    rules = of_tdmrep(said["/.well-known/tdmrep.json"].encode(), path) | of_robots(said["/robots.txt"], path)
    return merged(article, rules)


def _allowed(database: Database, held: Held, article: Article) -> Article:
    """The article without the names that were forgotten; whether it may be stored at all is said when it is."""
    with database.transaction() as cursor:
        allowed = tombstones.examine(cursor, article, held.page.canonical_url, held.source)
    return article if isinstance(allowed, Tombstone) else allowed


def _file(cursor: Cursor, url: str) -> str:
    cursor.execute("select text from site_rules where url = %s", (url,))
    row = cursor.fetchone()
    return row.text if row else ""


def refusal(held: Held, article: Article) -> str | None:
    """Why the page would not be stored as a story today; null where it would."""
    refused = sorted(set(held.settings.get("honour", ())) & set(article.opt_outs) - {"noarchive"})
    if refused:
        return f"opt_out: the site says {', '.join(refused)}"
    return None if article.is_story else article.detail or "no title"


def differences(held: Held, article: Article) -> dict[str, tuple[Any, Any]]:
    """Old and new value of each column that would change."""
    if held.values is None:
        return {}
    new = articles.columns(article, held.timezone)
    pairs = {column: (held.values[column], _plain(new[column])) for column in COMPARED}
    return {column: pair for column, pair in pairs.items() if pair[0] != pair[1]}


def _plain(value: Any) -> Any:
    """The value as the database would give it back."""
    return json.loads(json.dumps(value.adapted)) if isinstance(value, Json) else value


def write(database: Database, held: Held, article: Article) -> str:
    """Write what was read again, in one transaction: stored, revised, unchanged, twin or forgotten; moved where a crawl
    has been there meanwhile. Raises the database's errors.
    """
    kept = held.kept
    assert kept.id is not None
    with database.transaction() as cursor:
        if held.values is not None:
            now = datetime.now(UTC)
            again = Reading(article, held.page, held.source, held.run, kept.id, now, held.timezone)
            return articles.read_again(cursor, held.id, kept.id, again)
        cursor.execute(FREE_PAGE, (held.page.id,))
        if cursor.fetchone() is None:
            return "moved"
        first = Reading(article, held.page, held.source, held.run, kept.id, kept.fetched_at, held.timezone)
        outcome, detail = articles.save(cursor, first)
        wait = None if outcome in ("twin", "forgotten") else frontier.next_visit(held.page.age)
        cursor.execute(SETTLE_PAGE, {"outcome": outcome, "detail": detail, "wait": wait, "id": held.page.id})
        return outcome


FREE_PAGE = """
    select 1 from pages p where id = %s and leased_by is null
        and not exists (select from articles a where a.page_id = p.id) for update
"""
SETTLE_PAGE = """
    update pages set outcome = %(outcome)s, detail = %(detail)s, due_at = now() + %(wait)s, attempts = 0,
        visits = visits + 1, title_hint = case when %(outcome)s <> 'forgotten' then title_hint end
    where id = %(id)s
"""


def still_unread(database: Database, held: Held, extractor: str) -> None:
    """Note that this extractor, too, finds no story in a quarantined page."""
    with database.transaction() as cursor:
        cursor.execute("update quarantine set retried_by = %s where id = %s", (extractor, held.id))
