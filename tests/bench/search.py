"""How fast the archive is searched, and what its indexes weigh: articles made up in SQL, in eight languages.

    python -m tests.bench.search --articles 20000 [--queries 200]

Words are drawn so that the n-th is met 1/n as often as the first, as in a language; half of the articles are English.
Queries are of one to three words of one language, most of them of middling frequency, some with a phrase, an exclusion
or a filter. Each is asked once after one that warms the session up.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dateline.postgres import Server
from pipelines.database import Database
from pipelines.migrating import migrate
from pipelines.search import Filters, search

LANGUAGES = ("en", "en", "en", "en", "en", "en", "en", "de", "fr", "es", "ru", "pl", "ja", "zh")
Query = tuple[str, str, Filters]  # the form it has, its words, what else is asked
# The n-th word of a language: its number in letters. Of Japanese and Chinese, two characters and no space.
WORDS = """
    create function word(language text, n integer) returns text language sql immutable as $$
        select case when language in ('ja', 'zh') then chr(19968 + n % 3000) || chr(20000 + n / 8)
            when language = 'ru' then translate('w' || n, 'w0123456789', 'вабегдиклмн')
            else language || translate(n::text, '0123456789', 'abegdiklmo') end $$;
    create function prose(language text, words integer, seed integer) returns text language sql volatile as $$
        select string_agg(
            word(language, (20000 ^ random())::integer) || case when language in ('ja', 'zh') then '' else ' ' end, '')
        from generate_series(1, words + seed * 0) $$;
"""
FILL = """
    insert into sources (name, url, origin)
        select 's' || n, 'https://s.example/' || n, 'configured' from generate_series(1, 20) n;
    insert into runs (source_id, batch, trigger, worker) values (1, gen_random_uuid(), 'cli', 'bench');
    insert into pages (source_id, url, canonical_url, url_sha256)
        select 1 + n %% 20, n, n, sha256(n::text::bytea) from generate_series(1, {articles}) n;
    insert into articles (source_id, page_id, url, canonical_url, url_sha256, title, text, language, word_count, kind,
        content_sha256, first_seen_at, last_seen_at, changed_at, extractor, run_id, published_at)
    select p.source_id, p.id, p.url, p.url, p.url_sha256, prose(l.language, 8, p.id::int),
        prose(l.language, 400, p.id::int), l.language, 400, 'article', p.url_sha256,
        now(), now(), now(), 'bench', 1, now() - random() * interval '3 years'
    from pages p, lateral (select (%s::text[])[1 + p.id %% {languages}] as language) l;
"""
INDEXES = """
    select c.relname as name, pg_relation_size(c.oid) as bytes from pg_class c join pg_index i on i.indexrelid = c.oid
    where i.indrelid = 'articles'::regclass
    union all select 'the table, with its long values', pg_table_size('articles')
    union all select 'of it articles.search', (select sum(pg_column_size(search)) from articles)
    order by bytes desc
"""


def main() -> None:
    """Fill a database of its own, ask it, print figures, take it away."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--queries", type=int, default=200)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="dateline-search-"))
    folder.chmod(0o711)
    try:
        with Server(folder, fsync="off").running() as server:
            server.ensure_database("bench")
            migrate(server.url("bench"))
            with Database(server.url("bench"), 1) as database:
                _fill(database, asked.articles)
                _weigh(database)
                _ask(database, asked.queries)
    finally:
        shutil.rmtree(folder)


def _fill(database: Database, articles: int) -> None:
    started = time.monotonic()
    with database.transaction() as cursor:
        cursor.execute("set local statement_timeout = 0")
        cursor.execute(WORDS)
        cursor.execute(FILL.format(articles=articles, languages=len(LANGUAGES)), (list(LANGUAGES),))
    with database.transaction() as cursor:
        cursor.execute("analyze articles")
        cursor.execute("select gin_clean_pending_list('articles_search')")
    print(f"{articles:,} articles written in {time.monotonic() - started:.0f} s")


def _weigh(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute(INDEXES)
        for row in cursor:
            print(f"  {row.name:32} {row.bytes / 1e6:8.1f} MB")


def _ask(database: Database, queries: int) -> None:
    asked = list(_queries(database, queries))
    search(database, "warm", 1)
    times: dict[str, list[float]] = {}
    answered = 0
    for form, words, filters in asked:
        started = time.perf_counter()
        answered += bool(search(database, words, 20, filters))
        times.setdefault(form, []).append((time.perf_counter() - started) * 1000)
    print(f"{queries} queries, {answered} with an answer; milliseconds")
    for form, each in {"all": [t for some in times.values() for t in some], **times}.items():
        p95 = statistics.quantiles(each, n=20, method="inclusive")[18]
        print(f"  {form:24} p50 {statistics.median(each):7.1f}  p95 {p95:7.1f}  max {max(each):7.1f}")


def _queries(database: Database, count: int) -> Iterator[Query]:
    """Of each form as many; the words of a query are of one language, which it does not name."""
    chance = random.Random(1)
    forms: dict[str, tuple[str, int, Filters]] = {
        "one word": ("{0}", 3, Filters()),
        "two words": ("{0} {1}", 3, Filters()),
        "two words, a filter": ("{0} {1}", 3, Filters(source="s7", since=datetime.now(UTC) - timedelta(days=365))),
        "a phrase": ('"{0} {1}"', 2, Filters()),
        "either, without": ("{0} or {1} -{2}", 3, Filters()),
        "one of the 20 commonest": ("{0}", 0, Filters()),
    }
    for n in range(count):
        form, (template, rarity, filters) = list(forms.items())[n % len(forms)]
        language = chance.choice(LANGUAGES)
        ranks = [int(20 ** (1 + chance.random() * rarity / 2)) if rarity else chance.randint(1, 20) for _ in range(3)]
        yield form, template.format(*_words(database, language, ranks)), filters


def _words(database: Database, language: str, ranks: Sequence[int]) -> list[str]:
    with database.transaction() as cursor:
        cursor.execute("select word(%s, n) from unnest(%s) n", (language, list(ranks)))
        return [row.word for row in cursor]


if __name__ == "__main__":
    main()
