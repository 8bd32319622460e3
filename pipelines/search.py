"""Full-text search of the archive, by the SQL function search_articles."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pipelines.database import Database

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filters:
    """What articles must be, beside matching the words; None is no matter.

    `since` is the first moment of publication, `until` the first that is too late; the others are values of columns
    of `articles`, agency and place in any case of letters.
    """

    source: str | None = None
    agency: str | None = None
    place: str | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    flag: str | None = None
    kind: str | None = None


SEARCH = """
    select * from search_articles(
        %(words)s, source => %(source)s, agency => %(agency)s, place => %(place)s, language => %(language)s,
        since => %(since)s, until => %(until)s, flag => %(flag)s, kind => %(kind)s, most => %(limit)s,
        stories => %(stories)s)
"""


def search(
    database: Database, words: str, limit: int = 20, filters: Filters | None = None, *, stories: bool = False
) -> list[Row]:
    """Articles that match the words, best first, with the passage that matches; `stories`: one of each story."""
    with database.transaction() as cursor:
        cursor.execute(SEARCH, {"words": words, "limit": limit, "stories": stories} | asdict(filters or Filters()))
        return [row._asdict() for row in cursor]


def has_source(database: Database, name: str) -> bool:
    """Whether the archive knows an outlet of that name."""
    with database.transaction() as cursor:
        cursor.execute("select exists (select from sources where name = %s) as there", (name,))
        return bool(cursor.fetchone().there)
