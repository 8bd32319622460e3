"""What an export has of an article: its columns, their kinds, and where each comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Lists of objects with two texts each: what the witnesses of the date said, and what was cut out of the text.
Kind = Literal["whole", "text", "texts", "flag", "day", "moment", "witnesses", "removed"]
PAIRS: dict[str, tuple[str, str]] = {"witnesses": ("origin", "value"), "removed": ("text", "rule")}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export: its name, its kind, and the SQL it comes from (`a` the article, `s` its outlet)."""

    name: str
    kind: Kind = "text"
    sql: str = ""

    @property
    def expression(self) -> str:
        """The SQL of the column."""
        return self.sql or f"a.{self.name}"


COLUMNS = (
    Column("id", "whole"),
    Column("source", sql="s.name"),
    Column("url"),
    Column("canonical_url"),
    Column("title"),
    Column("text"),
    Column("excerpt"),
    Column("authors", "texts"),
    Column("agency"),
    Column("dateline_place"),
    Column("dateline_date", "day"),
    Column("published_at", "moment"),
    Column("published_precision"),
    Column("published_origin"),
    Column("date_witnesses", "witnesses"),
    Column("modified_at", "moment"),
    Column("language"),
    Column("section"),
    Column("tags", "texts"),
    Column("image_url"),
    Column("site_name"),
    Column("word_count", "whole"),
    Column("kind"),
    Column("paywalled", "flag"),
    Column("quality_flags", "texts"),
    Column("removed", "removed"),
    Column("opt_outs", "texts"),
    Column("license_url"),
    Column("content_sha256", sql="encode(a.content_sha256, 'hex')"),
    Column("revision_count", "whole"),
    Column("cluster_id", "whole"),
    Column("first_seen_at", "moment"),
    Column("last_seen_at", "moment"),
    Column("changed_at", "moment"),
    Column("gone_at", "moment"),
    Column("extractor"),
)
NAMES = tuple(column.name for column in COLUMNS)
