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
                a.changed_at, a.gone_at, a.extractor, c.warc_file, c.warc_offset, c.expired_at
            from articles a join sources s on s.id = a.source_id left join captures c on c.id = a.capture_id
            where {"a.id" if by_id else "a.url_sha256"} = %s
            """,
            (value,),
        )
        return next(iter(_rows(cursor)), None)


def has_source(database: Database, name: str) -> bool:
    """Whether the archive knows an outlet of that name."""
    return source_id(database, name) is not None


def source_id(database: Database, name: str) -> int | None:
    """The key of the outlet of that name; None where the archive knows none."""
    with database.transaction() as cursor:
        cursor.execute("select id from sources where name = %s", (name,))
        row = cursor.fetchone()
        return int(row.id) if row else None


def _rows(cursor: Cursor) -> list[Row]:
    return [row._asdict() for row in cursor]
