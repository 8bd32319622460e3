"""What was deleted for good and must not come back: addresses and names, known by keyed hashes alone."""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from pipelines import text, twins, urls
from pipelines.database import Cursor, Database, execute_values
from pipelines.records import Article

LONGEST_NAME = 6  # words of a name that is looked for in a longer text


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What stands for something forgotten: when that was, and why, as whoever did it said."""

    at: datetime
    reason: str | None

    def __str__(self) -> str:
        return f"forgotten on {self.at:%Y-%m-%d}"


def of_address(url: str) -> set[bytes]:
    """What an address is known by here: its twins (AMP, mobile, print, http and https) have one of them in common.

    Digests of 32 bytes, not keyed yet; that of the canonical URL among them, which no change of the tables of twins
    can lose. Raises BadUrl.
    """
    form = urls.canonical(url)
    twin = (f"twin {json.dumps(parts)}" for parts in sorted(twins.ordinary(form), key=str))
    return {urls.sha256(form), *(sha256(said.encode()).digest() for said in twin)}


def of_name(name: str, source: int | None = None) -> bytes:
    """What a person's name is known by, at one outlet or at all of them; case, accents and punctuation do not count."""
    return sha256(f"author {source or ''} {' '.join(folded(name))}".encode()).digest()


def folded(said: str) -> tuple[str, ...]:
    """The words of a name or a text, as names are compared: in lower case, without accents."""
    letters = text.composed(said, "NFKC").casefold().replace("’", "'").replace("-", " ")
    plain = "".join(c for c in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(c))
    return text.words(plain)


def lay(cursor: Cursor, forgetting: int, kind: Literal["address", "author"], digests: Collection[bytes]) -> None:
    """Keep these from coming back from now on; the newest of two forgettings is the one that is told of."""
    if digests:
        rows = [(digest, kind, forgetting) for digest in sorted(digests)]
        execute_values(cursor, LAY, rows, "(tombstone(%s), %s, %s)", page_size=1000)


LAY = """
    insert into tombstones (hash, kind, forgetting_id) values %s
    on conflict (hash) do update set forgetting_id = excluded.forgetting_id
"""


def of(database: Database, *addresses: str) -> Tombstone | None:
    """The tombstone of the first of these addresses that was forgotten. Raises BadUrl."""
    digests = _digests(addresses)  # before the transaction, which would take a bad URL for a bad row
    with database.transaction() as cursor:
        found = _found(cursor, digests)
    return next((found[url] for url in addresses if url in found), None)


def among(cursor: Cursor, addresses: Iterable[str]) -> dict[str, Tombstone]:
    """Those of the addresses that were forgotten, each with its tombstone. Raises BadUrl."""
    # Most archives have none: nothing is hashed for them.
    return _found(cursor, _digests(addresses)) if _kinds(cursor).address else {}


def _digests(addresses: Iterable[str]) -> dict[bytes, list[str]]:
    digests = defaultdict[bytes, list[str]](list)
    for url in addresses:
        for digest in of_address(url):
            digests[digest].append(url)
    return digests


def _found(cursor: Cursor, digests: Mapping[bytes, Sequence[str]]) -> dict[str, Tombstone]:
    return {url: stone for digest, stone in _laid(cursor, digests).items() for url in digests[digest]}


def turned_away(database: Database, run: int, url: str) -> Tombstone | None:
    """The tombstone of an address asked for by name, which the run then counts as skipped; None: it may be fetched."""
    stone = of(database, url)
    if stone:
        with database.transaction() as cursor:
            cursor.execute("update runs set skipped = skipped + 1 where id = %s", (run,))
    return stone


def _kinds(cursor: Cursor) -> Any:
    """Whether there is any `address`, and any `author`."""
    cursor.execute(KINDS)
    return cursor.fetchone()


KINDS = """
    select exists (select from tombstones where kind = 'address') as address,
        exists (select from tombstones where kind = 'author') as author
"""


def _laid(cursor: Cursor, digests: Iterable[bytes]) -> dict[bytes, Tombstone]:
    cursor.execute("select * from forgotten(%s::bytea[])", (list(digests),))
    return {bytes(row.digest): Tombstone(row.at, row.reason) for row in cursor}


def examine(cursor: Cursor, article: Article, page: str, source: int) -> Article | Tombstone:
    """What may be stored of an article read at the canonical URL `page` of an outlet.

    That is the article without the names that were forgotten; or nothing, where its page, the address that answered,
    or the one that it believably calls its own was: then the tombstone of that.
    """
    kinds = _kinds(cursor)
    if kinds.address:
        leads = (page, article.url, twins.believable(page, article.canonical_url))
        stones = among(cursor, {urls.canonical(url) for url in leads if url})
        if stones:
            return next(iter(stones.values()))
    return unnamed(cursor, article, source) if kinds.author else article


def unnamed(cursor: Cursor, article: Article, source: int) -> Article:
    """The article without the names that were forgotten, at its outlet or at all."""
    spans = [span.text for span in article.removed]
    said = {words for name in (*article.authors, *article.tags) if (words := folded(name))}
    said.update(words for span in spans for words in _phrases(folded(span)))
    digests = {of_name(" ".join(words), place): words for words in said for place in (None, source)}
    names = {digests[digest] for digest in _laid(cursor, digests)}
    return struck(article, names) if names else article


def _phrases(words: Sequence[str]) -> Iterable[tuple[str, ...]]:
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1):
            yield tuple(words[start:end])


def struck(article: Article, names: Collection[tuple[str, ...]]) -> Article:
    """The article without these folded names: among authors and tags, and without the cut spans that hold them."""
    return replace(
        article,
        authors=tuple(others(article.authors, names)),
        tags=tuple(others(article.tags, names)),
        removed=tuple(span for span in article.removed if not holds(span.text, names)),
    )


def others(said: Iterable[str], names: Collection[tuple[str, ...]]) -> list[str]:
    """Those of the names or tags that are none of the folded names."""
    return [one for one in said if folded(one) not in names]


def holds(said: str, names: Collection[tuple[str, ...]]) -> bool:
    """Whether one of the folded names stands in a text, word by word."""
    words = folded(said)
    return any(words[n : n + len(name)] == name for name in names for n in range(len(words) - len(name) + 1))
