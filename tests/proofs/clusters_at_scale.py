"""Assign articles to clusters in an archive of a million: how long one takes, and what the index weighs.

    python -m tests.proofs.clusters_at_scale [--articles 1000000] [--assigned 500]

The articles are made up in SQL, with as many fingerprints as texts of any length have: every tenth is in a cluster of
five, every hundredth has fingerprints that a thousandth of all others have, one in 5,000 has a text. Then new articles
are stored, a third of them copies of those texts, a third with that notice under them, and assigned: one a transaction,
and many. Indexes that clusters do not use are left out. Exit 0 when one takes less than AIM at the median, else 1.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from dateline.postgres import Server
from pipelines import clusters, fingerprints
from pipelines.database import Database, connect
from pipelines.fingerprints import INDEXED, SAMPLE
from pipelines.migrating import migrate
from tests.proofs.kill_loop import reachable

AIM = 0.020  # seconds
WORDS = 500  # of a text
OUTLETS = 200
COPIED = 5000  # every so many-th article is a story that new ones copy
NOTICES = 10
SIZES = """
    select c.relname as name, pg_total_relation_size(c.oid) as bytes, pg_indexes_size(c.oid) as of_indexes
    from pg_class c where c.relname in ('fingerprints', 'text_sketches', 'cluster_articles', 'clusters') order by 1
"""
VIEWS = {
    "the spread of one": "select * from wire_spread where cluster_id = (select max(id) from clusters)",
    "first publishers": "select * from first_publishers order by first desc",
}


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--articles", type=int, default=1_000_000)
    cli.add_argument("--assigned", type=int, default=500)
    options = cli.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="dateline-proof-") as name,
        reachable(Path(name)) as folder,
        Server(folder / "home", fsync="off").running() as server,
    ):
        server.ensure_database("dateline")
        url = server.url("dateline")
        migrate(url)
        began = time.monotonic()
        load(url, options.articles)
        print(f"{options.articles:,} articles loaded in {time.monotonic() - began:.0f} s", flush=True)
        with Database(url, 1) as database:
            weigh(database, options.articles)
            median = assign(database, options.articles, options.assigned)
            look(database)
    return int(median > AIM)


def load(url: str, articles: int) -> None:
    """Write that many articles, their sketches and clusters. Constraints and triggers are of no use to rows made up."""
    connection = connect(url)
    with connection.cursor() as cursor:
        cursor.execute(
            "set session_replication_role = replica; set statement_timeout = 0; set synchronous_commit = off"
        )
        cursor.execute(LOAD.format(articles=articles, outlets=OUTLETS, copied=COPIED, size=SAMPLE, words=WORDS))
        for story in range(COPIED, articles + 1, COPIED):
            sample = fingerprints.sketch(fingerprints.shingles(prose(story))).sample
            cursor.execute(KNOWN, {"story": story, "sample": list(sample), "indexed": INDEXED})
        for number in range(NOTICES):
            sample = fingerprints.sketch(fingerprints.shingles(notice(number))).sample[:3]
            cursor.execute(
                NOTICED, {"sample": list(sample), "number": number, "every": 100 * NOTICES, "last": articles}
            )
        cursor.execute(INDEX)
        for table in ("articles", "text_sketches", "fingerprints", "clusters", "cluster_articles"):
            cursor.execute(f"vacuum analyze {table}")
    connection.close()


LOAD = """
    do $$ declare name text; begin
        for name in select indexrelid::regclass from pg_index
            where indrelid in ('articles'::regclass, 'fingerprints'::regclass) and not indisprimary and not indisunique
        loop execute 'drop index ' || name; end loop;
    end $$;
    alter table fingerprints drop constraint fingerprints_pkey;
    insert into sources (name, url, origin)
        select 'o' || n, 'https://o.example/' || n, 'configured' from generate_series(1, {outlets}) n;
    insert into runs (source_id, batch, trigger, worker) values (1, gen_random_uuid(), 'cli', 'proof');
    insert into articles (id, source_id, page_id, url, canonical_url, url_sha256, title, text, word_count, kind,
        content_sha256, published_at, first_seen_at, last_seen_at, changed_at, extractor, run_id)
    overriding system value
    select n, 1 + n % {outlets}, n, 'https://o.example/' || n, 'https://o.example/' || n, sha256(n::text::bytea),
        'Headline ' || n, 'Text ' || n, {words}, 'article', sha256(n::text::bytea), t.at, t.at, t.at, t.at, 'proof', 1
    from generate_series(1, {articles}) n,
        lateral (select timestamptz '2020-01-01' + n * interval '1 minute' as at) t;
    select setval(pg_get_serial_sequence('articles', 'id'), {articles});
    insert into text_sketches (article_id, sample, shingles)
        select n, made_up.sample, {words} from generate_series(1, {articles}) n,
            (select array_agg(i) as sample from generate_series(1, {size}) i) made_up;
    insert into fingerprints (hash, article_id)
        select (i::bigint << 54) | (hashint8extended(n - n % 50 * (n % 50 < 5)::int, i) & ((1::bigint << 54) - 1)), n
        from generate_series(1, {articles}) n, generate_series(0, 15) i where n % {copied} > 4;
    insert into clusters (id, first_article_id, first_published_at, last_published_at) overriding system value
        select id, id, now(), now() from articles where id % 50 = 0 and id + 4 <= {articles};
    insert into cluster_articles (article_id, cluster_id, similarity)
        select id, id - id % 50, 1 from articles where id - id % 50 in (select id from clusters) and id % 50 < 5;
    select setval(pg_get_serial_sequence('clusters', 'id'), {articles});
    select refresh_clusters(array(select id from clusters));
"""
KNOWN = """
    update text_sketches set sample = %(sample)s where article_id between %(story)s and %(story)s + 4;
    insert into fingerprints (hash, article_id)
        select hash, n
        from unnest((%(sample)s::bigint[])[1:%(indexed)s]) hash, generate_series(%(story)s, %(story)s + 4) n;
"""
NOTICED = """
    insert into fingerprints (hash, article_id)
        select hash, n from unnest(%(sample)s::bigint[]) hash,
            generate_series(99 + 100 * %(number)s, %(last)s, %(every)s) n
"""
INDEX = "alter table fingerprints add primary key (hash, article_id)"


def prose(story: int) -> str:
    """The text of a story, of words that no other story has many of."""
    chance = random.Random(story)
    return " ".join(f"w{chance.randrange(20_000)}" for _ in range(WORDS))


def notice(number: int) -> str:
    """What stands under the text of many."""
    return " ".join(f"notice{number}n{n}" for n in range(60))


def weigh(database: Database, articles: int) -> None:
    """Print what the tables of clusters take, in bytes an article."""
    with database.transaction() as cursor:
        cursor.execute(SIZES)
        for row in cursor:
            each, of_indexes = row.bytes / articles, row.of_indexes / articles
            print(f"{row.name:>26}  {each:.0f} bytes an article, {of_indexes:.0f} of them indexes")


def assign(database: Database, articles: int, count: int) -> float:
    """Store and assign new articles, one a transaction and then many; the median seconds of one."""
    store(database, articles + 1, count)
    times = sorted(timed(database, 1) for _ in range(count))
    median, p99 = statistics.median(times), times[int(count * 0.99)]
    print(f"{'one a transaction':>26}  median {median * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms")
    store(database, articles + 1 + count, count)
    batches = [timed(database, clusters.BATCH) for _ in range(-(-count // clusters.BATCH))]
    print(f"{f'{clusters.BATCH} a transaction':>26}  {sum(batches) / count * 1e3:.1f} ms an article")
    with database.transaction() as cursor:
        cursor.execute("select count(cluster_id) as joined from articles where id > %s", (articles,))
        print(f"{cursor.fetchone().joined:>26}  of {2 * count} new articles are in clusters")
    return median


def timed(database: Database, most: int) -> float:
    """The seconds that it takes to assign up to so many."""
    began = time.perf_counter()
    clusters.assign_some(database, most)
    return time.perf_counter() - began


def store(database: Database, first: int, count: int) -> None:
    """Store new articles with whole texts: a third are loaded stories cut and added to, a third have a notice."""
    with database.transaction() as cursor:
        for key in range(first, first + count):
            words = prose(key).split()
            if key % 3 == 0:
                copied = COPIED * (1 + key // 3 % (first // COPIED - 1))
                words = prose(copied).split()[:350] + words[:80]
            body = " ".join(words) + (f"\n{notice(key % NOTICES)}" if key % 3 == 1 else "")
            cursor.execute(STORE, {"key": key, "body": body, "outlet": 1 + key % OUTLETS})


STORE = """
    insert into pages (id, source_id, url, canonical_url, url_sha256) overriding system value
        values (%(key)s, 1, %(key)s, %(key)s, sha256(%(key)s::text::bytea));
    insert into articles (source_id, page_id, url, canonical_url, url_sha256, title, text, word_count, kind,
        content_sha256, first_seen_at, last_seen_at, changed_at, extractor, run_id)
        values (%(outlet)s, %(key)s, %(key)s, %(key)s, sha256(%(key)s::text::bytea), 'New', %(body)s, 500, 'article',
            sha256(''), now(), now(), now(), 'proof', 1);
"""


def look(database: Database) -> None:
    """Print how long the views take."""
    for name, query in VIEWS.items():
        began = time.perf_counter()
        with database.transaction() as cursor:
            cursor.execute(query)
            cursor.fetchall()
        print(f"{name:>26}  {(time.perf_counter() - began) * 1e3:.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
