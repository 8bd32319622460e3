"""One wire story on many sites is one cluster: stored articles queue here, and are assigned a batch at a time."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from pipelines.copies import NEW, Match, Place, Stories, Text
from pipelines.database import Cursor, Database, Json, execute_values
from pipelines.fingerprints import INDEXED, Sketch

BATCH = 100  # articles a transaction: others wait for it for a tenth of a second or so
MOST_POSTINGS = 64  # articles looked at for each fingerprint, the newest
# Whoever changes clusters holds this lock until the end of the transaction: two copies assigned at once see each other.
LOCK = int.from_bytes(hashlib.sha256(b"dateline clusters").digest()[:8], "big", signed=True)


def lock(cursor: Cursor) -> None:
    """Keep the clusters from other transactions until this one ends.

    Take it before any lock on an article: who waited for it with a row in hand could be waited for.
    """
    cursor.execute("select pg_advisory_xact_lock(%s)", (LOCK,))


def update(database: Database, batch: int = BATCH) -> int:
    """Assign the articles in the queue that nobody else is assigning, the newest first; how many these were."""
    done = 0
    while count := assign_some(database, batch):
        done += count
    return done


def assign_some(database: Database, most: int = BATCH) -> int:
    """Assign up to that many articles of the queue in one transaction; how many entries of the queue these were.

    Texts are read and hashed before the lock is taken. A crash leaves the articles in the queue.
    """
    with database.transaction() as cursor:
        cursor.execute(CLAIM, (most,))
        claimed = cursor.fetchall()
        if claimed:
            texts = {row.article_id: row.text for row in claimed if row.text is not None}
            _assign(cursor, [Text.of(article, body) for article, body in sorted(texts.items())])
            cursor.execute("delete from cluster_queue where id = any(%s)", ([row.id for row in claimed],))
        return len(claimed)


# The newest first: what was left by a rebuild waits, and not the news.
CLAIM = """
    select q.id, q.article_id, a.text from cluster_queue q left join articles a on a.id = q.article_id
    order by q.id desc limit %s for update of q skip locked
"""


def rebuild(database: Database, batch: int = BATCH) -> int:
    """Forget all clusters and assign every article anew, `batch` a transaction; how many were assigned.

    Crawls may go on meanwhile. When it is interrupted, whoever assigns next goes on.
    """
    with database.transaction() as cursor:
        lock(cursor)
        cursor.execute("truncate fingerprints, text_sketches, cluster_articles, clusters")
        cursor.execute("insert into cluster_queue (article_id) select id from articles order by id desc")
    return update(database, batch)


def _assign(cursor: Cursor, texts: Sequence[Text]) -> None:
    """Put each article into its cluster, one after the other, as if each were alone."""
    lock(cursor)
    known = _index(cursor, texts)
    shared = _shared(cursor, texts)
    stories = _stories(cursor, shared)
    before, sketches = dict(stories.story), dict[int, Sketch]()
    waiting = {text.article: text for text in texts if text.article in stories.places}  # or it was deleted meanwhile
    _fetch(cursor, sketches, (other for text in texts for other in stories.candidates(shared[text.article])))
    for article, text in sorted(waiting.items()):
        # Who is not assigned yet is no story of its own: a dozen copies that come together would pass for a notice.
        del waiting[article]
        seen = {other: common for other, common in shared[article].items() if other not in waiting}
        _fetch(cursor, sketches, stories.candidates(seen))  # others than before, where stories merged
        stories.assign(text, seen, sketches, may_leave=article in known)
    _write(cursor, stories, before, [text.article for text in texts])


def _index(cursor: Cursor, texts: Sequence[Text]) -> Collection[int]:
    """Write the sketches and fingerprints of the texts that are new or changed; which articles had some before."""
    cursor.execute(
        "select article_id, sample from text_sketches where article_id = any(%s)", ([t.article for t in texts],)
    )
    old = {row.article_id: tuple(row.sample) for row in cursor.fetchall()}
    changed = [text for text in texts if old.get(text.article, ()) != text.sketch.sample]
    stale = [text.article for text in changed if text.article in old]
    cursor.execute("delete from text_sketches where article_id = any(%s)", (stale,))
    _each(cursor, UNINDEX, [(hash_, article) for article in stale for hash_ in old[article][:INDEXED]])
    kept = [(t.article, list(t.sketch.sample), t.sketch.shingles) for t in changed if t.sketch.sample]
    _each(cursor, "insert into text_sketches (article_id, sample, shingles) values %s", kept)
    fresh = sorted((hash_, text.article) for text in changed for hash_ in text.sketch.fingerprints)
    _each(cursor, "insert into fingerprints (hash, article_id) values %s", fresh)
    return old


UNINDEX = "delete from fingerprints f using (values %s) as v (hash, id) where f.hash = v.hash and f.article_id = v.id"


def _each(cursor: Cursor, statement: str, rows: Sequence[object]) -> None:
    """Run one statement on all the rows, if there are any."""
    if rows:
        execute_values(cursor, statement, rows, page_size=len(rows))


def _shared(cursor: Cursor, texts: Sequence[Text]) -> dict[int, dict[int, frozenset[int]]]:
    """For each text the other articles that have fingerprints of it, and which."""
    cursor.execute(POSTINGS, {"hashes": list({h for t in texts for h in t.sketch.fingerprints}), "most": MOST_POSTINGS})
    having = defaultdict[int, list[int]](list)
    for row in cursor.fetchall():
        having[row.hash].append(row.article_id)
    return {text.article: _common(text, having) for text in texts}


def _common(text: Text, having: Mapping[int, Collection[int]]) -> dict[int, frozenset[int]]:
    found = defaultdict[int, set[int]](set)
    for hash_ in text.sketch.fingerprints:
        for article in having[hash_]:
            found[article].add(hash_)
    found.pop(text.article, None)
    return {article: frozenset(common) for article, common in found.items()}


# A query a fingerprint, in effect: of a join the planner expects thousands of rows, and reads all.
POSTINGS = """
    select asked.hash, f.article_id from unnest(%(hashes)s::bigint[]) as asked (hash)
    cross join lateral (
        select article_id from fingerprints where hash = asked.hash order by article_id desc limit %(most)s
    ) f
"""


def _stories(cursor: Cursor, shared: dict[int, dict[int, frozenset[int]]]) -> Stories:
    """Where the articles stand, and their clusters whole; what was deleted meanwhile is taken out of `shared`."""
    articles = list(set(shared).union(*shared.values()))
    cursor.execute("select id, source_id, agency from articles where id = any(%s)", (articles,))
    places = {row.id: Place(row.source_id, row.agency) for row in cursor.fetchall()}
    for article, others in shared.items():
        shared[article] = {other: common for other, common in others.items() if other in places}
    cursor.execute(MEMBERS, (articles,))
    members = defaultdict[int, set[int]](set)
    for row in cursor.fetchall():
        members[row.cluster_id].add(row.article_id)
    return Stories(places, dict(members))


MEMBERS = """
    select cluster_id, article_id from cluster_articles
    where cluster_id = any(array(select cluster_id from cluster_articles where article_id = any(%s)))
"""


def _fetch(cursor: Cursor, known: dict[int, Sketch], wanted: Iterable[int]) -> None:
    """Add the sketches of those articles to the known ones."""
    if missing := list(set(wanted).difference(known)):
        cursor.execute("select article_id, sample, shingles from text_sketches where article_id = any(%s)", (missing,))
        known |= {row.article_id: Sketch(tuple(row.sample), row.shingles) for row in cursor.fetchall()}


def _write(cursor: Cursor, stories: Stories, before: Mapping[int, int], assigned: Collection[int]) -> None:
    """Write which articles have another cluster than before, and make the clusters that changed right."""
    keys = _found(cursor, sorted(cluster for cluster in stories.members if cluster >= NEW))
    entered = {article: match for article, match in stories.evidence.items() if stories.of(article) > 0}
    moved = [(a, story) for a, story in stories.story.items() if a not in entered and before.get(a) != story]
    alone = [article for article in {*before, *assigned} if stories.of(article) < 0]
    cursor.execute(LEAVE, {"alone": alone})
    _each(cursor, MOVE, moved)
    _each(cursor, ENTER, [_member(a, keys.get(stories.of(a), stories.of(a)), m) for a, m in sorted(entered.items())])
    touched = stories.touched | {story for article in assigned if (story := stories.of(article)) > 0}
    if touched:
        cursor.execute("select refresh_clusters(%s)", ([keys.get(cluster, cluster) for cluster in touched],))


def _found(cursor: Cursor, clusters: Sequence[int]) -> dict[int, int]:
    """New clusters, each with the key that it has in the database; all else of them is made right by a refresh."""
    if not clusters:
        return {}
    cursor.execute(FOUND, {"articles": [cluster - NEW for cluster in clusters]})
    return {row.first_article_id + NEW: row.id for row in cursor.fetchall()}


FOUND = """
    insert into clusters (first_article_id, first_published_at, last_published_at)
    select article, now(), now() from unnest(%(articles)s::bigint[]) as article returning id, first_article_id
"""
LEAVE = """
    delete from cluster_articles where article_id = any(%(alone)s::bigint[]);
    update articles set cluster_id = null where id = any(%(alone)s::bigint[]) and cluster_id is not null;
"""
MOVE = """
    update cluster_articles m set cluster_id = v.cluster from (values %s) as v (article, cluster)
    where m.article_id = v.article
"""
ENTER = """
    insert into cluster_articles (article_id, cluster_id, similarity, evidence) values %s
    on conflict (article_id) do update set cluster_id = excluded.cluster_id, similarity = excluded.similarity,
        evidence = excluded.evidence
"""


def _member(article: int, cluster: int, match: Match) -> tuple[int, int, float, Json]:
    """The row of an article that entered a cluster, with what that was decided by."""
    covered = round(match.likeness.covered, 3)
    evidence = {"matched": match.article, "covered": covered, "same_agency": match.agency}
    return article, cluster, round(match.likeness.contained, 3), Json(evidence)
