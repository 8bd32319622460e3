"""Captures read again: what the extractor that runs now makes of pages that an earlier one read, or could not."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pipelines import articles, frontier, quarantine, revisions, tombstones, warc
from pipelines.articles import Reading
from pipelines.database import Cursor, Database, Json
from pipelines.health import holding
from pipelines.held import COMPARED, Held, Kept
from pipelines.records import Article
from pipelines.revisions import State
from pipelines.rights import Rights, merged, of_headers, of_robots, of_tdmrep
from pipelines.shelf import CaptureError, Shelf
from pipelines.tombstones import Tombstone


def read(shelf: Shelf, kept: Kept) -> Article:
    """What the extractor reads in a capture; what its headers opt out of is in the article.

    For worker processes. Raises CaptureError, and Unreadable as read_page does.
    """
    from pipelines.extract import read_page  # in the workers only: it is half a second and 60 MB

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


def with_rights(database: Database, held: Held, article: Article) -> Article:
    """The article with what its site said elsewhere: as the archive has it, or the site's files as last kept. Names
    that were forgotten are left out.
    """
    article = _allowed(database, held, article)
    if held.was == "article":
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


def still_held(held: Held, article: Article) -> str | None:
    """Why a story stays held back, read as it now is; null where it no longer is what it was held back for."""
    return "; ".join(holding.against(article, held.bounds).values()) or None if held.bounds else None


def differences(held: Held, article: Article) -> dict[str, tuple[Any, Any]]:
    """Old and new value of each column that would change, of what has been an article."""
    if held.was != "article":
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
    with database.transaction() as cursor:
        if held.was == "article":
            now = datetime.now(UTC)
            again = Reading(article, held.page, held.source, held.run, kept.id, now, held.timezone)
            return articles.read_again(cursor, held.id, kept.id, again)
        cursor.execute(FREE_PAGE, (held.page.id, held.page.outcome, held.page.body_sha256))
        if cursor.fetchone() is None:
            return "moved"
        first = Reading(article, held.page, held.source, held.run, kept.id, kept.fetched_at, held.timezone)
        outcome, detail = articles.save(cursor, first)
        wait = None if outcome in ("twin", "forgotten") else frontier.next_visit(held.page.age)
        cursor.execute(SETTLE_PAGE, {"outcome": outcome, "detail": detail, "wait": wait, "id": held.page.id})
        if held.was == "quarantined":
            quarantine.release(cursor, held.page.id, stored=outcome == "stored")
        return outcome


FREE_PAGE = """
    select 1 from pages p where id = %s and outcome = %s and body_sha256 is not distinct from %s and leased_by is null
        and not exists (select from articles a where a.page_id = p.id) for update
"""
SETTLE_PAGE = """
    update pages set outcome = %(outcome)s, detail = %(detail)s, due_at = now() + %(wait)s, attempts = 0,
        visits = visits + 1, title_hint = case when %(outcome)s <> 'forgotten' then title_hint end
    where id = %(id)s
"""


def found_none(database: Database, held: Held, extractor: str) -> None:
    """Note that this extractor made no story of a capture: it does not try it again."""
    note = NOTE_QUARANTINED if held.was == "quarantined" else NOTE_NO_STORY
    with database.transaction() as cursor:
        cursor.execute(note, {"extractor": extractor, "row": held.id, "capture": held.kept.id})


NOTE_QUARANTINED = "update quarantine set retried_by = %(extractor)s where id = %(row)s"
NOTE_NO_STORY = "update captures set no_story_by = %(extractor)s where id = %(capture)s"
