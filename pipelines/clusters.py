"""One wire story on many sites is one cluster: found by fingerprints, decided by the words that the texts share."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from pipelines import fingerprints
from pipelines.database import Cursor, Database, Json, execute_values
from pipelines.fingerprints import Likeness

# How much of the shorter text must be in the longer. An outlet's own stories share paragraphs of background.
CONTAINED, WITH_AGENCY, SAME_OUTLET = 0.5, 0.35, 0.8
COVERED = 0.2  # of the longer text: a roundup of ten stories is none of them
SAME_PASSAGE = 0.5  # two clusters are one only where an article shares the same words with both
FEW = 2  # fingerprints in common make a candidate
# A fingerprint that more stories have, or as many of one outlet, is a phrase or page furniture and counts for nothing.
FREQUENT, FREQUENT_AT_ONE = 8, 3
MOST_POSTINGS = 64  # articles looked at for each fingerprint
MOST_STORIES, MOST_ARTICLES = 6, 3  # stories compared with, and articles of each
# Whoever changes clusters holds this lock until the end of the transaction: two copies stored at once see each other.
LOCK = int.from_bytes(hashlib.sha256(b"dateline clusters").digest()[:8], "big", signed=True)


@dataclass(frozen=True, slots=True)
class Text:
    """An article as it is compared: its key, outlet, agency and shingles."""

    article: int
    source: int
    agency: str | None
    shingles: set[str]


class Posting(NamedTuple):
    """Another article that has one of the fingerprints; `story` as in Match, of `size` articles."""

    hash: int
    article: int
    source: int
    story: int
    size: int


@dataclass(frozen=True, slots=True)
class Match:
    """Another article that tells the same story: `story` is its cluster, or, below zero, the article alone."""

    story: int
    article: int
    likeness: Likeness
    agency: bool

    @property
    def evidence(self) -> Json:
        """What is written down of it."""
        covered = round(self.likeness.covered, 3)
        return Json({"matched": self.article, "covered": covered, "same_agency": self.agency})


def lock(cursor: Cursor) -> None:
    """Keep the clusters from other transactions until this one ends; take it before any lock on an article.

    Other articles' rows are written to: who waited for this lock with a row in hand could be waited for.
    """
    cursor.execute("select pg_advisory_xact_lock(%s)", (LOCK,))


def assign(cursor: Cursor, article: int, body: str, agency: str | None, source: int) -> int | None:
    """Put an article that was stored, or whose text changed, into its cluster; returns that, None: it stands alone.

    `body` is the text without dateline and credit, `source` the outlet's key. Needs `lock`. Clusters that the article
    proves to be one are made one; one that it leaves, and that has one article left, is dissolved.
    """
    found = fingerprints.shingles(body)
    sketch = fingerprints.sketch(found)
    home = _home(cursor, article)
    if not _index(cursor, article, list(sketch)):
        if home:
            _refresh(cursor, home)
        return home
    matches = _matches(cursor, Text(article, source, agency, set(found)), body, sketch, home)
    if home and home not in {match.story for match in matches}:
        _leave(cursor, article, home)
        home = None
    return _join(cursor, article, matches, home) if matches else None


def follow(database: Database, page: int) -> None:
    """Assign the article of a page, in a transaction of its own."""
    with database.transaction() as cursor:
        lock(cursor)
        cursor.execute("select id, text, agency, source_id from articles where page_id = %s", (page,))
        row = cursor.fetchone()
        assign(cursor, row.id, row.text, row.agency, row.source_id)


def _home(cursor: Cursor, article: int) -> int | None:
    cursor.execute("select cluster_id from cluster_articles where article_id = %s", (article,))
    row = cursor.fetchone()
    return int(row.cluster_id) if row else None


def _index(cursor: Cursor, article: int, sketch: list[int]) -> bool:
    """Write the article's fingerprints; False where they are what they were."""
    cursor.execute("select hashes from sketches where article_id = %s", (article,))
    row = cursor.fetchone()
    if (row.hashes if row else []) == sketch:
        return False
    cursor.execute(FORGET, {"id": article, "old": row.hashes if row else []})
    if sketch:
        cursor.execute("insert into sketches (article_id, hashes) values (%s, %s)", (article, sketch))
        execute_values(cursor, "insert into fingerprints values %s", [(hash_, article) for hash_ in sketch])
    return True


FORGET = """
    delete from fingerprints where hash = any(%(old)s::bigint[]) and article_id = %(id)s;
    delete from sketches where article_id = %(id)s;
"""


def _matches(cursor: Cursor, one: Text, body: str, sketch: dict[int, str], home: int | None) -> list[Match]:
    """The articles that tell the story, best first. Those of a cluster count only if two of it agree.

    One that agrees alone may be a roundup, and the cluster about another part of it.
    """
    postings = _postings(cursor, one.article, list(sketch))
    frequent = _frequent(postings)
    candidates = _candidates(posting for posting in postings if posting.hash not in frequent)
    noise = fingerprints.furniture(body, sketch, frequent)
    matches = [m for other, story in _texts(cursor, candidates) if (m := _match(one, other, story, noise))]
    agreeing = Counter(match.story for match in matches)
    sizes = {p.story: p.size - (p.story == home) for p in postings}
    sure = (m for m in matches if agreeing[m.story] >= min(2, sizes[m.story]))
    return sorted(sure, key=lambda m: (-m.likeness.covered, -m.likeness.contained, m.article))


def _postings(cursor: Cursor, article: int, sketch: list[int]) -> list[Posting]:
    """Who else has these fingerprints. Two queries: of a join the planner expects thousands of rows, and reads all."""
    if not sketch:
        return []
    cursor.execute(POSTINGS, {"hashes": sketch, "id": article, "most": MOST_POSTINGS})
    found = [(row.hash, row.article_id) for row in cursor.fetchall()]
    if not found:
        return []
    cursor.execute(PLACES, (list({other for _, other in found}),))
    places = {row.id: row for row in cursor.fetchall()}
    return [Posting(hash_, id_, p.source_id, p.story, p.size) for hash_, id_ in found if (p := places.get(id_))]


POSTINGS = """
    select asked.hash, f.article_id from unnest(%(hashes)s::bigint[]) as asked (hash)
    cross join lateral (
        select article_id from fingerprints where hash = asked.hash and article_id <> %(id)s limit %(most)s
    ) f
"""
PLACES = """
    select a.id, a.source_id, coalesce(m.cluster_id, -a.id) as story, coalesce(c.size, 1) as size
    from articles a left join cluster_articles m on m.article_id = a.id left join clusters c on c.id = m.cluster_id
    where a.id = any(%s)
"""


def _frequent(postings: Iterable[Posting]) -> set[int]:
    """Fingerprints that too many stories have, counting a cluster once; or too many of one outlet."""
    everywhere, at_one = defaultdict[int, set[int]](set), defaultdict[tuple[int, int], set[int]](set)
    for posting in postings:
        everywhere[posting.hash].add(posting.story)
        at_one[posting.hash, posting.source].add(posting.story)
    often = {hash_ for hash_, stories in everywhere.items() if len(stories) > FREQUENT}
    return often | {hash_ for (hash_, _), stories in at_one.items() if len(stories) >= FREQUENT_AT_ONE}


def _candidates(postings: Iterable[Posting]) -> dict[int, int]:
    """The articles worth comparing, each with its story: those with the most fingerprints in common."""
    common = Counter((posting.story, posting.article) for posting in postings)
    stories = defaultdict[int, list[int]](list)
    for (story, article), count in sorted(common.items(), key=lambda item: (-item[1], item[0])):
        if count >= FEW and (story in stories or len(stories) < MOST_STORIES):
            stories[story].append(article)
    return {article: story for story, articles in stories.items() for article in articles[:MOST_ARTICLES]}


def _texts(cursor: Cursor, candidates: dict[int, int]) -> list[tuple[Text, int]]:
    if not candidates:
        return []
    cursor.execute("select id, source_id, agency, text from articles where id = any(%s)", (list(candidates),))
    return [
        (Text(row.id, row.source_id, row.agency, set(fingerprints.shingles(row.text))), candidates[row.id])
        for row in cursor.fetchall()
    ]


def _match(one: Text, other: Text, story: int, noise: set[str]) -> Match | None:
    """What makes the two one story, or None where they are not."""
    likeness = fingerprints.likeness(one.shingles - noise, other.shingles - noise)
    agency = one.agency is not None and one.agency == other.agency
    needed = SAME_OUTLET if one.source == other.source else WITH_AGENCY if agency else CONTAINED
    same = likeness.contained >= needed and likeness.covered >= COVERED
    return Match(story, other.article, likeness, agency) if same else None


def _join(cursor: Cursor, article: int, matches: list[Match], home: int | None) -> int:
    """Make one cluster of the article and the stories it matches in one passage; its key."""
    best = next((match for match in matches if match.story == home), matches[0])
    stories = {m.story: m for m in reversed(matches) if _is_same_passage(m.likeness, best.likeness)}
    cluster = min((story for story in stories if story > 0), default=None) or _found(cursor, article)
    _merge(cursor, cluster, [story for story in stories if story > 0 and story != cluster])
    _enter(cursor, cluster, article, best)
    for match in stories.values():
        if match.story < 0:
            _enter(cursor, cluster, match.article, Match(match.story, article, match.likeness, match.agency))
    _refresh(cursor, cluster)
    return cluster


def _is_same_passage(one: Likeness, other: Likeness) -> bool:
    """Whether what the article shares with one is what it shares with the other."""
    return len(one.shared & other.shared) >= SAME_PASSAGE * min(len(one.shared), len(other.shared))


def _found(cursor: Cursor, article: int) -> int:
    cursor.execute(
        "insert into clusters (first_article_id, first_published_at, last_published_at)"
        " values (%s, now(), now()) returning id",  # the moments are made right by _refresh
        (article,),
    )
    return int(cursor.fetchone().id)


def _merge(cursor: Cursor, cluster: int, others: list[int]) -> None:
    if others:
        cursor.execute(MERGE, {"cluster": cluster, "others": others})


MERGE = """
    update articles set cluster_id = %(cluster)s
    where id in (select article_id from cluster_articles where cluster_id = any(%(others)s));
    update cluster_articles set cluster_id = %(cluster)s where cluster_id = any(%(others)s);
    delete from clusters where id = any(%(others)s);
"""


def _enter(cursor: Cursor, cluster: int, article: int, match: Match) -> None:
    similarity = match.likeness.contained
    cursor.execute(
        ENTER, {"cluster": cluster, "article": article, "similarity": similarity, "evidence": match.evidence}
    )


ENTER = """
    insert into cluster_articles (article_id, cluster_id, similarity, evidence)
    values (%(article)s, %(cluster)s, %(similarity)s, %(evidence)s)
    on conflict (article_id) do update set cluster_id = excluded.cluster_id, similarity = excluded.similarity,
        evidence = excluded.evidence;
    update articles set cluster_id = %(cluster)s where id = %(article)s and cluster_id is distinct from %(cluster)s;
"""


def _leave(cursor: Cursor, article: int, cluster: int) -> None:
    """Take an article out of its cluster, and dissolve that if only one is left."""
    cursor.execute("delete from cluster_articles where article_id = %s", (article,))
    cursor.execute("update articles set cluster_id = null where id = %s", (article,))
    cursor.execute("select article_id from cluster_articles where cluster_id = %s limit 2", (cluster,))
    left = [row.article_id for row in cursor.fetchall()]
    if len(left) > 1:
        _refresh(cursor, cluster)
    else:
        cursor.execute(DISSOLVE, {"cluster": cluster, "left": left})


DISSOLVE = """
    delete from cluster_articles where cluster_id = %(cluster)s;
    delete from clusters where id = %(cluster)s;
    update articles set cluster_id = null where id = any(%(left)s::bigint[]);
"""


def _refresh(cursor: Cursor, cluster: int) -> None:
    """Count the cluster anew: its first article, its outlets, the delay of each."""
    cursor.execute(REFRESH, {"cluster": cluster})


REFRESH = """
    with members as (
        select a.id, a.source_id, a.first_seen_at,
            published_moment(a.published_at, a.published_precision, a.first_seen_at) as at
        from cluster_articles m join articles a on a.id = m.article_id where m.cluster_id = %(cluster)s
    ), first as (select id, at from members order by at, first_seen_at, id limit 1)
    update clusters set first_article_id = first.id, first_published_at = first.at,
        last_published_at = (select max(at) from members), size = (select count(*) from members),
        outlets = (select count(distinct source_id) from members)
    from first where clusters.id = %(cluster)s;
    update cluster_articles m set delay = d.delay
    from (
        select a.id, published_moment(a.published_at, a.published_precision, a.first_seen_at)
            - c.first_published_at as delay
        from cluster_articles m join articles a on a.id = m.article_id join clusters c on c.id = m.cluster_id
        where m.cluster_id = %(cluster)s
    ) d
    where m.article_id = d.id and m.delay <> d.delay;
"""


def rebuild(database: Database, batch: int = 100) -> int:
    """Forget all clusters and assign every article anew, `batch` a transaction; how many were assigned.

    Crawls may go on meanwhile. When it is interrupted, clusters are missing until it is run again.
    """
    with database.transaction() as cursor:
        lock(cursor)
        cursor.execute("truncate fingerprints, sketches, cluster_articles, clusters")
    done = last = 0
    while ids := _assign_after(database, last, batch):
        done, last = done + len(ids), ids[-1]
    return done


def _assign_after(database: Database, last: int, batch: int) -> list[int]:
    """Assign the articles of the next keys; which these were."""
    with database.transaction() as cursor:
        lock(cursor)
        cursor.execute(
            "select id, text, agency, source_id from articles where id > %s order by id limit %s", (last, batch)
        )
        rows = cursor.fetchall()
        for row in rows:
            if assign(cursor, row.id, row.text, row.agency, row.source_id) is None:
                cursor.execute("update articles set cluster_id = null where id = %s and cluster_id > 0", (row.id,))
        return [row.id for row in rows]
