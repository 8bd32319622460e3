"""`dateline migrate` beside a crawl under way: nobody stalls, and nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.migrating import Migration, Session, apply, migrations
from tests.commands import dateline, start
from tests.conftest import Ask
from tests.documents import Entry, article_html, prose
from tests.site import Site
from tests.waits import Readers

# What a later version may do to the tables that a crawl writes, and a kind of index that takes its time.
LATER = [
    Migration("9001_moods", "alter table articles add mood text, add mood_at timestamptz not null default now()"),
    Migration("9002_moods", "alter table pages add mood text"),
    Migration("9003_index", "-- online\n\ncreate index concurrently if not exists articles_kind on articles (kind);"),
    Migration("9004_checks", "alter table runs drop constraint runs_trigger_check, add mood text"),
    Migration("9005_hosts", "alter table hosts add mood text; create view moods as select mood from articles"),
    Migration("9006_index", "-- online\n\ncreate index concurrently if not exists pages_mood on pages (mood);"),
]


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def test_the_schema_changes_while_a_crawl_writes_and_people_read(
    environment: dict[str, str], database_url: str, site: Site, ask: Ask
) -> None:
    paths = [f"/news/a-story-about-the-harbour-{n}.html" for n in range(24)]
    for n, path in enumerate(paths):
        site.page(path, article_html(f"A story about the harbour, part {n}", prose(seed=n), published="2026-03-04"))
    site.sitemap("/sitemap.xml", [Entry(path) for path in paths])
    Path(environment["DATELINE_SOURCES"]).write_text(
        f'[[source]]\nname = "a"\nurl = "{site.url}"\nsitemaps = ["{site.at("/sitemap.xml")}"]\ndelay = 0.1\n'
    )
    crawl = start(environment, "crawl", "--all", "--allow-private")
    with Readers(database_url) as readers:
        for number, migration in enumerate(LATER):
            while ask("select count(*) >= %s from articles", 1 + 2 * number) == [(False,)] and crawl.poll() is None:
                time.sleep(0.02)
            with closing(Session(database_url)) as session:
                assert apply(session, [*migrations(), migration]) == [migration.name]
        assert crawl.poll() is None, "the crawl was over too soon for this to say anything"
        _, said = crawl.communicate(timeout=60)
    assert crawl.returncode == 0, said
    assert ask("select count(*) from articles") == [(24,)]
    assert ask("select outcome, stored, failed from runs") == [("done", 24, {})]
    assert readers.slowest < 1.5  # seconds


def test_migrating_says_what_was_done(environment: dict[str, str]) -> None:
    done = dateline(environment, "migrate")
    assert (done.code, done.out) == (0, "the schema is up to date\n")
