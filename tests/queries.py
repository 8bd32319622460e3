"""The queries of docs/queries.md as they stand there, and an archive in which each of them finds something."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.database import Database

PAGE = Path(__file__).parents[1] / "docs" / "queries.md"
BLOCK = re.compile(r"^## (?P<title>.+?)$(?:(?!^## ).)*?^```sql\n(?P<sql>.+?)^```$", re.MULTILINE | re.DOTALL)
# What the page names as the reader's own: an outlet, an agency, a place, words, an article.
WORDS = ("'the-courier'", "'Reuters'", "'Norderhaven'", "'harbour bridge'", "article_id = 12")


@dataclass(frozen=True, slots=True)
class Block:
    """One query of the page, under its heading."""

    title: str
    sql: str

    @property
    def name(self) -> str:
        """The heading as the name of a test."""
        return re.sub(r"\W+", "-", self.title.lower())


def blocks(instead: Mapping[str, str] | None = None) -> list[Block]:
    """Every query of the page; `instead` has what to put in the place of some of WORDS, quotes included."""
    text = PAGE.read_text(encoding="utf-8")
    assert all(word in text for word in WORDS)
    for word, other in (instead or {}).items():
        text = text.replace(word, other)
    found = [Block(match["title"], match["sql"]) for match in BLOCK.finditer(text)]
    assert len(found) == text.count("```sql") == text.count("\n## ")
    return found


FILL = """
    insert into sources (name, url, origin)
        select (array['the-courier', 'el-observador', 'the-valley'])[n], 'https://s.example/' || n, 'configured'
        from generate_series(1, 3) n;
    insert into runs (source_id, batch, trigger, worker, outcome, started_at)
        select 1 + n %% 3, gen_random_uuid(), 'cli', 'here:1', 'done', now() - n * interval '1 day'
        from generate_series(0, 599) n;
    insert into pages (source_id, url, canonical_url, url_sha256, outcome)
        select 1 + n %% 3, n, n, sha256(n::text::bytea), 'stored' from generate_series(1, %(articles)s) n;
    insert into fetches (run_id, page_id, url, status, outcome, at)
        select 1 + id %% 600, id, url, 200, (array['stored', 'skipped'])[1 + (id %% 9 = 0)::int], now() from pages;
    insert into articles (source_id, page_id, url, canonical_url, url_sha256, title, text, agency, dateline_place,
        published_at, language, word_count, kind, quality_flags, opt_outs, content_sha256, first_seen_at, last_seen_at,
        changed_at, gone_at, extractor, run_id)
    select p.source_id, p.id, p.url, p.url, p.url_sha256, 'Ferry returns ' || p.id, 'The harbour bridge is open.',
        (array['Reuters', 'AFP', 'dpa', null])[1 + p.id %% 4], (array['NORDERHAVEN', 'Lyon', null])[1 + p.id / 4 %% 3],
        case when p.id %% 11 > 0 then moment end, 'en', 5, 'article',
        case when p.id %% 11 = 0 then '{undated}'::text[] else '{}' end,
        case when p.id %% 7 = 0 then '{tdm}'::text[] else '{}' end,
        p.url_sha256, moment, moment, moment, case when p.id %% 13 = 0 then moment end, '1', 1
    from (select *, now() - id * interval '600 days' / %(articles)s as moment from pages) p;
    insert into revisions (article_id, number, change, made_by, title, text, content_sha256, extractor, seen_from,
        replaced_at, run_id)
    select id, n, 'title', 'newsroom', 'Ferry gone ' || n, text, content_sha256, '1', first_seen_at, first_seen_at, 1
    from articles, generate_series(1, 2) n where id %% 4 = 0;
    insert into clusters (first_article_id, first_published_at, last_published_at, size, outlets)
        select id, first_seen_at, first_seen_at, 2, 2 from articles where id %% 10 = 1;
    insert into cluster_articles (article_id, cluster_id, similarity, delay)
        select c.first_article_id + n, c.id, 0.9, n * interval '1 hour' from clusters c, generate_series(0, 1) n;
    update articles a set cluster_id = m.cluster_id from cluster_articles m where m.article_id = a.id;
    insert into pages (source_id, url, canonical_url, url_sha256, outcome)
        select 1 + n %% 3, 'held ' || n, n, sha256(('held ' || n)::bytea), 'held' from generate_series(1, 60) n;
    insert into quarantine (source_id, page_id, run_id, url, reason, held_for, decided_at)
        select source_id, id, 1, url, 'held_undated', '{held_undated}', now() from pages where outcome = 'held';
    insert into source_days (source_id, day, crawls, stories, expected, expected_low, expected_high, expected_days)
        select s.id, current_date - n, 24, case when n %% 3 = 0 then 9 else 21 end, 20, 18, 23, 8
        from sources s, generate_series(0, 99) n;
"""


def fill(database: Database, articles: int = 20_000) -> None:
    """Write as many made-up articles of the last 600 days, newest first, with all that the page asks for."""
    with database.transaction() as cursor:
        cursor.execute(FILL, {"articles": articles})
        cursor.execute("analyze")
