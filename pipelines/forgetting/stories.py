"""A story, and all that the archive holds of it: found by any of its addresses, and removed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from pipelines import articles, clusters, fingerprints, tombstones, twins, urls
from pipelines.database import Cursor, Database
from pipelines.forgetting import audit
from pipelines.forgetting.audit import Order

COPY = 0.9  # of the longer text is in both: the same article elsewhere, but for its headline and a line or two
NAMED = "it named a story that was deleted for good"

# Takes captures out of the WARC files, and their rows away; one line for each file in which some had to be left.
Drop = Callable[[Collection[int]], Sequence[str]]


class Unfinished(Exception):
    """Some captures could not be removed now; all else is gone. The message is a line for each file."""


@dataclass(frozen=True, slots=True)
class Told:
    """An article as it is shown to whoever is about to delete it."""

    id: int
    url: str
    title: str
    source: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article that has much of the story's text: `covered` is how much of the longer of the two, 0 to 1."""

    id: int
    url: str
    source: str
    covered: float

    @property
    def is_whole(self) -> bool:
        """Whether it is the same article, published elsewhere."""
        return self.covered >= COPY


@dataclass(frozen=True, slots=True)
class Holding:
    """All that the archive holds of a story, or of several that are deleted together: addresses, and keys of rows."""

    addresses: frozenset[str]
    pages: frozenset[int] = frozenset()
    articles: frozenset[int] = frozenset()
    captures: frozenset[int] = frozenset()
    sources: Mapping[int, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)  # rows by what they are
    told: tuple[Told, ...] = ()


def find(database: Database, url: str) -> Holding:
    """What the archive holds of the story at an address, at its other addresses too. Raises BadUrl.

    These are the pages that are its twins, by what they said or by their address, those that redirected to it, and the
    address that it is known by or was redirected to. A page with a story of its own is none of them.
    """
    with database.transaction() as cursor:
        rows, sources = _pages(cursor, BY_KEY, {url, urls.canonical(url)}), _sources_of(cursor, urls.canonical(url))
        addresses, stories = {urls.canonical(url)}, [row for row in rows.values() if row.article]
        while True:
            addresses.update(*map(_addresses, rows.values()))
            more = _related(cursor, addresses, sources | {row.source_id for row in rows.values()})
            new = {id_: row for id_, row in more.items() if id_ not in rows and _belongs(row, stories)}
            if not new:
                return _holding(cursor, addresses, rows)
            rows |= new
            stories = stories or [row for row in new.values() if row.article]  # asked for by a twin's address


def _sources_of(cursor: Cursor, url: str) -> set[int]:
    """The outlets of the site of an address."""
    cursor.execute("select id, url from sources")
    return {row.id for row in cursor if urls.same_site(row.url, url)}


def _belongs(row: Any, stories: Collection[Any]) -> bool:
    return (
        row.article is None
        or not stories
        or any(articles.is_same_story(row.title, row.text, other.title, other.text) for other in stories)
    )


def _addresses(row: Any) -> set[str]:
    """Every address that a page is known at; one that it was redirected to only where that is no wider than its own."""
    said = (row.url, row.known_as, *row.twin_of, *(twins.believable(row.canonical_url, final) for final in row.finals))
    return {row.canonical_url, *(form for form in said if form)}


def _related(cursor: Cursor, addresses: Collection[str], sources: Collection[int]) -> dict[int, Any]:
    by_what_they_said = _pages(cursor, BY_WHAT_THEY_SAID, addresses)
    by_address = _pages(cursor, BY_STEM, addresses, stems=_stems(addresses), sources=list(sources))
    forms = set[Any]().union(*(twins.ordinary(urls.canonical(url)) for url in addresses))
    found = {i: row for i, row in by_address.items() if not forms.isdisjoint(twins.ordinary(row.canonical_url))}
    return _pages(cursor, BY_KEY, addresses) | by_what_they_said | found


def _stems(addresses: Iterable[str]) -> list[str]:
    """The longest part of each address's path, which its twins have too."""
    return sorted({max(re.split(r"[/.]", urlsplit(url).path), key=len) for url in addresses} - {""})


def _pages(cursor: Cursor, chosen: str, addresses: Collection[str], **more: Any) -> dict[int, Any]:
    keys = [urls.sha256(urls.canonical(url)) for url in addresses]
    cursor.execute(PAGES.format(chosen=chosen), {"addresses": list(addresses), "keys": keys, **more})
    return {row.id: row for row in cursor}


PAGES = """
    select p.id, p.source_id, p.url, p.canonical_url, a.id as article, a.canonical_url as known_as, a.title, a.text,
        array(
            select p.detail where p.outcome = 'twin' and p.detail like 'http%%'
            union select f.detail from fetches f
            where f.page_id = p.id and f.outcome = 'twin' and f.detail like 'http%%'
            union select unnest(p.twin_of)
        ) as twin_of,
        array(
            select c.final_url from captures c where c.id = a.capture_id
            union select c.final_url from captures c join revisions r on r.capture_id = c.id where r.article_id = a.id
        ) as finals
    from pages p left join articles a on a.page_id = p.id where p.id in ({chosen})
"""
BY_KEY = """
    select id from pages where url_sha256 = any(%(keys)s::bytea[])
    union select page_id from articles where url_sha256 = any(%(keys)s::bytea[])
"""
BY_WHAT_THEY_SAID = """
    select id from pages where outcome = 'twin' and detail = any(%(addresses)s) or twin_of && %(addresses)s
    union select page_id from fetches where outcome = 'twin' and detail = any(%(addresses)s)
    union select page_id from captures where final_url = any(%(addresses)s)
"""
BY_STEM = """
    select id from pages where source_id = any(%(sources)s::bigint[])
        and exists (select from unnest(%(stems)s::text[]) as stem where strpos(canonical_url, stem) > 0)
"""


def expired(database: Database, source: int, keep: timedelta, most: int) -> Holding:
    """The articles of an outlet that were first seen longer ago than `keep`, the `most` oldest, with their twins.

    And stories that are held back since before that, and what is left of a call that was interrupted.
    """
    with database.transaction() as cursor:
        rows = _pages(cursor, EXPIRED, (), source=source, keep=keep, most=most)
        addresses = set[str]().union(*map(_addresses, rows.values()))
        twins_of = _pages(
            cursor, "select id from pages where outcome = 'twin' and detail = any(%(addresses)s)", addresses
        )
        rows |= {id_: row for id_, row in twins_of.items() if row.article is None}
        return _holding(cursor, addresses.union(*map(_addresses, rows.values())), rows)


EXPIRED = """
    (select page_id from articles where source_id = %(source)s and first_seen_at < now() - %(keep)s
        order by first_seen_at limit %(most)s)
    union all
    (select page_id from quarantine where source_id = %(source)s and at < now() - %(keep)s
        and held_for is not null and released_at is null order by at limit %(most)s)
    union all
    (select p.id from pages p join tombstones t on t.hash = tombstone(p.url_sha256)
        where p.source_id = %(source)s limit %(most)s)
"""


def _holding(cursor: Cursor, addresses: Collection[str], rows: Mapping[int, Any]) -> Holding:
    """The holding of these pages, counted."""
    keys = {"pages": list(rows), "articles": [row.article for row in rows.values() if row.article]}
    cursor.execute(CAPTURES, keys)
    captures = frozenset(row.id for row in cursor)
    cursor.execute(COUNTS, keys)
    counts = {"captures": len(captures), **cursor.fetchone()._asdict()}
    cursor.execute("select id, name from sources where id = any(%s)", (list({r.source_id for r in rows.values()}),))
    sources = {row.id: row.name for row in cursor}
    cursor.execute(TOLD, keys)
    told = tuple(Told(*row) for row in cursor)
    return Holding(frozenset(addresses), frozenset(rows), frozenset(keys["articles"]), captures, sources, counts, told)


CAPTURES = """
    select id from captures where page_id = any(%(pages)s::bigint[])
    union select capture_id from articles where id = any(%(articles)s::bigint[]) and capture_id is not null
    union select capture_id from revisions where article_id = any(%(articles)s::bigint[]) and capture_id is not null
"""
COUNTS = """
    select cardinality(%(pages)s::bigint[]) as pages, cardinality(%(articles)s::bigint[]) as articles,
        (select count(*) from revisions where article_id = any(%(articles)s::bigint[])) as revisions,
        (select count(*) from fetches where page_id = any(%(pages)s::bigint[])) as fetches,
        (select count(*) from quarantine where page_id = any(%(pages)s::bigint[])) as quarantine,
        (select count(distinct cluster_id) from cluster_articles where article_id = any(%(articles)s::bigint[]))
            as clusters
"""
TOLD = """
    select a.id, a.url, a.title, s.name as source, a.published_at
    from articles a join sources s on s.id = a.source_id where a.id = any(%(articles)s::bigint[]) order by a.id
"""


def copies(database: Database, holding: Holding) -> list[Copy]:
    """Other articles with the text, or much of it: those of its clusters, and those with the same text; best first."""
    with database.transaction() as cursor:
        cursor.execute("select text, word_count from articles where id = any(%s)", (list(holding.articles),))
        own = cursor.fetchall()
        texts, counts = [row.text for row in own], [row.word_count for row in own]
        cursor.execute(COPIES, {"articles": list(holding.articles), "texts": texts, "counts": counts})
        found = [Copy(row.id, row.url, row.source, _covered(texts, row.text)) for row in cursor]
    return sorted(found, key=lambda copy: (-copy.covered, copy.id))


def _covered(texts: Iterable[str], other: str) -> float:
    theirs = set(fingerprints.shingles(other))
    return max(1.0 if other == text else _share(set(fingerprints.shingles(text)), theirs) for text in texts)


def _share(one: set[Any], other: set[Any]) -> float:
    return len(one & other) / max(1, len(one), len(other))


COPIES = """
    select a.id, a.url, s.name as source, a.text from articles a join sources s on s.id = a.source_id
    where a.id <> all(%(articles)s::bigint[]) and (
        a.id in (select other.article_id from cluster_articles own join cluster_articles other using (cluster_id)
            where own.article_id = any(%(articles)s::bigint[]))
        or (a.word_count = any(%(counts)s::int[]) and a.text = any(%(texts)s::text[])))
"""


def forget(database: Database, holding: Holding, order: Order, drop: Drop) -> int:
    """Delete all of it for good; the key of its audit. No crawl of its outlets may be under way: hold their locks.

    Raises Unfinished, and whatever `drop` raises. Interrupted at any moment, the same call finds what is left.
    """
    forgetting = audit.begin(database, order)
    remove(database, holding, forgetting, drop)
    audit.finish(database, forgetting, holding.counts, holding.articles)
    return forgetting


def remove(database: Database, holding: Holding, forgetting: int, drop: Drop) -> None:
    """Lay the tombstones, then delete: the pages last, by which a call after an interruption finds what is left."""
    audit.bury(database, forgetting, {digest for url in holding.addresses for digest in tombstones.of_address(url)})
    _delete_rows(database, holding)
    left = drop(holding.captures)
    with database.transaction() as cursor:
        cursor.execute(DELETE_PAGES, (list(holding.pages),))
    if left:
        raise Unfinished("\n".join(left))


DELETE_PAGES = """
    delete from pages where id = any(%s) and not exists (select from captures c where c.page_id = pages.id)
"""


def _delete_rows(database: Database, holding: Holding) -> None:
    """Delete what was made of the captures, and what names the story elsewhere."""
    keys = {"pages": list(holding.pages), "articles": list(holding.articles), "sources": list(holding.sources)}
    with database.transaction() as cursor:
        clusters.lock(cursor)
        cursor.execute(DELETE, keys | {"addresses": list(holding.addresses), "named": NAMED})


DELETE = """
    delete from articles where id = any(%(articles)s::bigint[]);
    delete from quarantine where page_id = any(%(pages)s::bigint[]);
    delete from fetches where page_id = any(%(pages)s::bigint[]);
    update runs set reason = %(named)s where source_id = any(%(sources)s::bigint[])
        and exists (select from unnest(%(addresses)s::text[]) as address where strpos(reason, address) > 0);
    update sources set last_reason = %(named)s where id = any(%(sources)s::bigint[])
        and exists (select from unnest(%(addresses)s::text[]) as address where strpos(last_reason, address) > 0);
"""
