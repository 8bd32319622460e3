"""A name, wherever the archive holds it as an author's: found, struck out, and kept from coming back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipelines import tombstones
from pipelines.database import Database, Json
from pipelines.forgetting import audit
from pipelines.forgetting.audit import Order
from pipelines.forgetting.scrub import wait_for_others
from pipelines.forgetting.stories import Drop, Unfinished

AT_ONCE = 1000  # articles of a batch

Name = tuple[str, ...]  # its words, folded


@dataclass(frozen=True, slots=True)
class Mentions:
    """Where a name is held: articles that have it among authors, tags or in a line that was cut out, and how often;
    `in_text` counts the articles whose title, excerpt or text has it, which nobody touches.
    """

    articles: frozenset[int] = frozenset()
    authors: int = 0
    tags: int = 0
    removed: int = 0
    in_text: int = 0
    captures: int = 0  # that were dropped

    @property
    def counts(self) -> dict[str, int]:
        """The counts, as the audit has them."""
        found = {kind: getattr(self, kind) for kind in ("authors", "tags", "removed", "captures")}
        return {"articles": len(self.articles), **found}


def find(database: Database, name: str, source: int | None) -> Mentions:
    """Where a name is held, at one outlet or at all."""
    return _each(database, name, source, strike=False)


def forget(database: Database, name: str, order: Order, drop: Drop | None = None) -> Mentions:
    """Strike a name out for good, at the outlet of the order or at all; what was struck out.

    With `drop` the captures of those articles go too, which have the name as the page had it. Raises Unfinished.
    """
    forgetting = audit.begin(database, order)
    audit.bury(database, forgetting, {tombstones.of_name(name, order.source)}, author=True)
    wait_for_others(database.url)  # who began to store before may yet bring it
    struck = _each(database, name, order.source, strike=True)
    if drop:
        captures = _captures(database, struck)
        struck = replace(struck, captures=len(captures))
        if left := drop(captures):
            raise Unfinished("\n".join(left))
    audit.finish(database, forgetting, struck.counts, struck.articles)
    return struck


def _each(database: Database, name: str, source: int | None, *, strike: bool) -> Mentions:
    """Go through all articles; with `strike` the name is struck out of each batch in a transaction."""
    names = frozenset({tombstones.folded(name)})
    found, after = Mentions(), 0
    while True:
        with database.transaction() as cursor:
            cursor.execute(BATCH, {"after": after, "source": source, "limit": AT_ONCE})
            rows = cursor.fetchall()
            for row, kept in _changed(rows, names):
                found = _more(found, row, kept)
                if strike:
                    cursor.execute(STRIKE, _values("new", kept) | _values("old", row._asdict()) | {"id": row.id})
        if not rows:
            break
        after = rows[-1].id
    return _with_texts(database, found, name, source)


BATCH = """
    select id, authors, tags, removed from articles
    where id > %(after)s and (%(source)s::bigint is null or source_id = %(source)s)
    order by id limit %(limit)s
"""
# Who has written the row meanwhile did so without the name.
STRIKE = """
    update articles set authors = %(new_authors)s, tags = %(new_tags)s, removed = %(new_removed)s
    where id = %(id)s and authors = %(old_authors)s and tags = %(old_tags)s and removed = %(old_removed)s
"""


def _values(which: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{which}_authors": row["authors"], f"{which}_tags": row["tags"], f"{which}_removed": Json(row["removed"]),
    }  # fmt: skip


def _changed(rows: Sequence[Any], names: frozenset[Name]) -> Iterator[tuple[Any, dict[str, list[Any]]]]:
    for row in rows:
        kept = {
            "authors": tombstones.others(row.authors, names),
            "tags": tombstones.others(row.tags, names),
            "removed": [span for span in row.removed if not tombstones.holds(span["text"], names)],
        }
        if kept != {"authors": row.authors, "tags": row.tags, "removed": row.removed}:
            yield row, kept


def _more(found: Mentions, row: Any, kept: dict[str, list[Any]]) -> Mentions:
    return Mentions(
        found.articles | {row.id},
        found.authors + len(row.authors) - len(kept["authors"]),
        found.tags + len(row.tags) - len(kept["tags"]),
        found.removed + len(row.removed) - len(kept["removed"]),
    )


def _with_texts(database: Database, found: Mentions, name: str, source: int | None) -> Mentions:
    with database.transaction() as cursor:
        cursor.execute(IN_TEXT, {"name": name, "source": source})
        return Mentions(found.articles, found.authors, found.tags, found.removed, int(cursor.fetchone().n))


IN_TEXT = """
    select count(*) as n from articles where (%(source)s::bigint is null or source_id = %(source)s)
        and strpos(lower(concat_ws(' ', title, excerpt, text)), lower(%(name)s)) > 0
"""


def _captures(database: Database, struck: Mentions) -> list[int]:
    with database.transaction() as cursor:
        cursor.execute(
            "select c.id from captures c join articles a on a.page_id = c.page_id where a.id = any(%s)",
            (list(struck.articles),),
        )
        return [row.id for row in cursor]
