"""Questions people ask of the archive, each one query."""

from __future__ import annotations

from typing import Any

from pipelines import urls
from pipelines.database import Cursor, Database

Row = dict[str, Any]


def article(database: Database, key: str) -> Row | None:
    """One article, by its id or its URL."""
    by_id = key.isdecimal() and len(key) < 19
    try:
        value: object = int(key) if by_id else urls.sha256(urls.canonical(key))
    except urls.BadUrl:
        return None
    with database.transaction() as cursor:
        cursor.execute(
            f"""
            select a.id, s.name as source, a.url, a.title, a.text, a.excerpt, a.authors, a.agency, a.dateline_place,
                a.dateline_date, a.published_at, a.published_precision, a.published_origin, a.date_witnesses,
                a.modified_at, a.language, a.section, a.tags, a.image_url, a.site_name, a.word_count, a.kind,
                a.paywalled, a.quality_flags, a.removed, a.revision_count, a.first_seen_at, a.last_seen_at,
                a.changed_at, a.gone_at, a.extractor
            from articles a join sources s on s.id = a.source_id
            where {"a.id" if by_id else "a.url_sha256"} = %s
            """,
            (value,),
        )
        return next(iter(_rows(cursor)), None)


def story_of(database: Database, url: str) -> Row | None:
    """What is known of a URL: its page, visits, captures, quarantine and article. Raises BadUrl."""
    key = urls.sha256(urls.canonical(url))
    with database.transaction() as cursor:
        cursor.execute(
            """
            select p.id, s.name as source, p.url, p.canonical_url, e.url as endpoint, p.first_seen_at, p.fetched_at,
                p.outcome, p.detail, p.due_at, p.attempts, p.visits, p.leased_by, p.lease_expires_at,
                p.title_hint, p.published_hint, a.id as article_id, a.revision_count
            from pages p join sources s on s.id = p.source_id
            left join endpoints e on e.id = p.endpoint_id left join articles a on a.page_id = p.id
            where p.url_sha256 = %s
            """,
            (key,),
        )
        pages = _rows(cursor)
        return pages[0] | _history(cursor, pages[0]["id"]) if pages else None


def _history(cursor: Cursor, page: int) -> Row:
    cursor.execute(
        """
        select f.at, f.outcome, f.detail, f.status, f.final_url, f.bytes, f.run_id, c.warc_file, c.warc_offset
        from fetches f left join captures c on c.id = f.capture_id
        where f.page_id = %s order by f.at, f.id
        """,
        (page,),
    )
    visits = _rows(cursor)
    cursor.execute("select at, reason, detail from quarantine where page_id = %s order by at", (page,))
    return {"history": visits, "quarantine": _rows(cursor)}


def endpoint_story(database: Database, url: str) -> list[Row]:
    """What is known of a URL that is a feed, sitemap or front page of an outlet."""
    with database.transaction() as cursor:
        cursor.execute(
            """
            select s.name as source, e.url, e.kind, e.found_by, e.fetched_at, e.outcome, e.detail, e.links, e.failures
            from endpoints e join sources s on s.id = e.source_id where e.url_sha256 = %s
            """,
            (urls.sha256(urls.canonical(url)),),
        )
        return _rows(cursor)


def has_source(database: Database, name: str) -> bool:
    """Whether the archive knows an outlet of that name."""
    with database.transaction() as cursor:
        cursor.execute("select 1 from sources where name = %s", (name,))
        return cursor.fetchone() is not None


def _rows(cursor: Cursor) -> list[Row]:
    return [row._asdict() for row in cursor]
