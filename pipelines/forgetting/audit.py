"""The audit of deletions: who had what deleted, when and why, and how much that was."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from pipelines import tombstones
from pipelines.database import Database, Json


@dataclass(frozen=True, slots=True)
class Order:
    """On whose word something is deleted: `kind` as in forgettings, `source` the outlet that it is limited to."""

    kind: Literal["story", "author", "expired"]
    os_user: str
    reason: str | None = None
    source: int | None = None


def begin(database: Database, order: Order) -> int:
    """Write down that it begins; the key of the deletion."""
    with database.transaction() as cursor:
        cursor.execute(
            "insert into forgettings (kind, os_user, reason, source_id) values (%s, %s, %s, %s) returning id",
            (order.kind, order.os_user, order.reason, order.source),
        )
        return int(cursor.fetchone().id)


def bury(database: Database, forgetting: int, digests: Collection[bytes], *, author: bool = False) -> None:
    """Keep these addresses, or names of authors, from coming back from now on."""
    with database.transaction() as cursor:
        tombstones.lay(cursor, forgetting, "author" if author else "address", digests)


def finish(database: Database, forgetting: int, counts: Mapping[str, int], articles: Collection[int]) -> None:
    """Write down that all is gone, and how much that was."""
    with database.transaction() as cursor:
        cursor.execute(
            "update forgettings set finished_at = now(), counts = %s, article_ids = %s where id = %s",
            (Json(dict(counts)), sorted(articles), forgetting),
        )


def scrubbed(database: Database) -> None:
    """Write down that nothing of what was deleted until now is left in the database's files."""
    with database.transaction() as cursor:
        cursor.execute(
            "update forgettings set scrubbed_at = now() where scrubbed_at is null and finished_at is not null"
        )
