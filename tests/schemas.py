"""Databases of every version of the schema: brought to it, filled with what it could hold, dumped, and read."""

from __future__ import annotations

import json
import subprocess
from contextlib import closing
from pathlib import Path

from dateline.postgres import Server
from pipelines.database import Database
from pipelines.migrating import Session, apply, migrations

SCHEMA = Path(__file__).parents[1] / "migrations" / "schema.sql"
VERSIONS = tuple(m.name for m in migrations())
# Rows in the columns of the version that brought the table, as that version's code wrote them: from it on, and before
# the version given second, which asks for more.
ROWS: tuple[tuple[str, str | None, str], ...] = (
    ("0001", None, """
        insert into sources (name, url, origin, settings)
            values ('the-harbour', 'https://harbour.example/', 'configured', '{"delay": 2.0}');
        insert into runs (source_id, batch, trigger, worker, outcome, finished_at)
            values (1, gen_random_uuid(), 'cli', 'here:1', 'done', now());
        insert into endpoints (source_id, url, url_sha256, kind, found_by)
            values (1, 'https://harbour.example/', sha256('front'), 'front', 'entry');
        insert into pages (source_id, url, canonical_url, url_sha256, endpoint_id, outcome)
            select 1, url, url, sha256(url::bytea), 1, 'stored'
            from (select 'https://harbour.example/' || n as url from generate_series(1, 50) n) u;
        insert into captures (page_id, run_id, url, final_url, status, fetched_at, body_sha256, body_bytes, warc_file,
                warc_offset, warc_length)
            select id, 1, url, url, 200, '2026-03-04', url_sha256, 100, 'a.warc.gz', id * 10, 10 from pages;
        insert into fetches (run_id, page_id, capture_id, url, status, outcome)
            select 1, page_id, id, url, 200, 'stored' from captures;
        insert into articles (source_id, page_id, url, canonical_url, url_sha256, title, text, agency, dateline_place,
                published_at, published_precision, published_origin, language, word_count, kind, quality_flags,
                content_sha256, capture_id, first_seen_at, last_seen_at, changed_at, extractor, run_id)
            select 1, p.id, p.url, p.url, p.url_sha256, 'Ferry ' || p.id || ' returns',
                'The ferry came back. 東京都の船。', 'AFP', 'PORT ELLERY', '2026-03-04 05:06+00', 'minute', 'jsonld',
                (array['en', 'de', 'ja', null])[1 + p.id % 4], 7, 'article', '{too_short}', p.url_sha256, c.id,
                '2026-03-04 06:00+00', '2026-03-05 06:00+00', '2026-03-04 06:00+00', '1', 1
            from pages p join captures c on c.page_id = p.id;
        insert into quarantine (page_id, run_id, capture_id, url, reason)
            values (1, 1, 1, 'https://harbour.example/1', 'timeout');
    """),
    ("0001", "0005", """
        insert into revisions (article_id, number, change, title, text, content_sha256, capture_id, extractor,
                seen_from, replaced_at, run_id)
            select id, 1, 'title', 'Ferry returned', text, content_sha256, capture_id, extractor, first_seen_at,
                last_seen_at, 1
            from articles where id % 5 = 0;
    """),
    ("0005", None, """
        insert into revisions (article_id, number, change, made_by, title, text, content_sha256, capture_id, extractor,
                seen_from, replaced_at, run_id)
            select id, 1, 'title', 'newsroom', 'Ferry returned', text, content_sha256, capture_id, extractor,
                first_seen_at, last_seen_at, 1
            from articles where id % 5 = 0;
    """),
    ("0002", None, """
        insert into hosts (host) values ('harbour.example');
        insert into site_rules (url, expires_at, text)
            values ('https://harbour.example/robots.txt', now(), 'User-agent: *');
    """),
    ("0006", None, """
        insert into clusters (first_article_id, first_published_at, last_published_at, size)
            values (1, '2026-03-04', '2026-03-04', 2);
        insert into cluster_articles (article_id, cluster_id, similarity) values (1, 1, 1), (2, 1, 0.9);
        update articles set cluster_id = 1 where id in (1, 2);
    """),
)  # fmt: skip
# What a later version may say otherwise of an old row.
COMPUTED = {("articles", "search")}


def bring_to(url: str, version: str) -> None:
    """Apply the migrations up to that version."""
    with closing(Session(url)) as session:
        apply(session, [m for m in migrations() if m.name <= version])


def fill(url: str, version: str) -> None:
    """Write the rows that the version could hold, with the statements of the code that wrote them."""
    with Database(url, 1) as database, database.transaction() as cursor:
        for first, before, statements in ROWS:
            if first <= version and (before is None or version[:4] < before):
                cursor.execute(statements)


def rows(url: str) -> dict[str, list[dict[str, object]]]:
    """Every row of every table, by table, in the order of their text."""
    with Database(url, 1) as database, database.transaction() as cursor:
        cursor.execute(
            "select tablename from pg_tables where schemaname = 'public' and tablename <> 'schema_migrations'"
        )
        found = {}
        for table in [row.tablename for row in cursor]:
            cursor.execute(f"select to_jsonb(t) as row from {table} t")
            found[table] = sorted((row.row for row in cursor), key=json.dumps)
        return found


def changed(before: dict[str, list[dict[str, object]]], after: dict[str, list[dict[str, object]]]) -> list[str]:
    """Tables whose old rows, in their old columns, are no longer what they were."""
    return [table for table, old in before.items() if not _same(table, old, after.get(table, []))]


def _same(table: str, old: list[dict[str, object]], new: list[dict[str, object]]) -> bool:
    kept = {column for row in old for column in row} - {column for name, column in COMPUTED if name == table}
    return _texts(old, kept) == _texts(new, kept)


def _texts(rows: list[dict[str, object]], columns: set[str]) -> list[str]:
    return sorted(json.dumps({c: row.get(c) for c in columns}, sort_keys=True) for row in rows)


def read_everything(url: str) -> None:
    """Read every view to its end, and search."""
    with Database(url, 1) as database, database.transaction() as cursor:
        cursor.execute("select viewname from pg_views where schemaname = 'public'")
        for view in [row.viewname for row in cursor]:
            cursor.execute(f"select * from {view}")
            cursor.fetchall()
        cursor.execute("select * from search_articles('ferry')")
        assert cursor.fetchall()


def dump(server: Server, url: str) -> str:
    """The schema as pg_dump writes it."""
    name = url.rpartition("@/")[2].partition("?")[0]
    command = server.command("pg_dump", "--schema-only", "--no-owner", "--restrict-key=dateline", name)
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
