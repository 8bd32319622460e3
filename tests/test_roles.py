"""The whole way as users of the database who are not its owner: a writer crawls, a reader asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.database import Database
from pipelines.roles import READER, WRITER, add
from tests.commands import dateline
from tests.conftest import Ask
from tests.documents import Entry, article_html, prose
from tests.site import Site

Environment = dict[str, str]


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def as_user(environment: Environment, user: str) -> Environment:
    url = environment["DATELINE_DATABASE_URL"].replace("postgres@", f"{user}@")
    return environment | {"DATELINE_DATABASE_URL": url}


@pytest.fixture
def users(environment: Environment, database: Database, ask: Ask) -> Iterator[tuple[Environment, Environment]]:
    """The environments of a user who may write and of one who may read."""
    name = environment["DATELINE_DATABASE_URL"].rpartition("@/")[2].partition("?")[0]
    writer, reader = f"writer_{name}", f"reader_{name}"
    add(database, writer, WRITER)
    add(database, reader, READER)
    yield as_user(environment, writer), as_user(environment, reader)
    ask(f"drop role {writer}; drop role {reader}; select 1")


def serve(site: Site, more: str = "") -> None:
    for n in range(3):
        text = [*prose(seed=n), *([more] if more else [])]
        site.page(f"/news/the-harbour-{n}.html", article_html(f"A harbour, part {n}", text, published="2026-03-04"))
    moment = "2099-01-01T00:00:00Z" if more else "2026-03-04T10:00:00Z"
    site.sitemap("/sitemap.xml", [Entry(f"/news/the-harbour-{n}.html", modified=moment) for n in range(4)])


def test_a_writer_crawls_and_a_reader_asks(users: tuple[Environment, Environment], site: Site, ask: Ask) -> None:
    writer, reader = users
    sources = f'[[source]]\nname = "a"\nurl = "{site.url}"\nsitemaps = ["{site.at("/sitemap.xml")}"]\ndelay = 0\n'
    Path(writer["DATELINE_SOURCES"]).write_text(sources)
    serve(site)
    first = dateline(writer, "crawl", "--all", "--allow-private", "--json")
    assert (first.code, first.summary["stored"], first.summary["failed"]) == (0, 3, {"http_404": 1}), first.err
    serve(site, "Correction: the harbour was dredged last year, not this year.")
    assert dateline(writer, "crawl", "--all", "--allow-private", "--json").summary["revised"] == 3
    for command in (("clusters", "rebuild"), ("sources", "sync"), ("export", "--format", "jsonl")):
        assert dateline(writer, *command).code == 0
    for command in (("search", "harbour"), ("show", "1"), ("diff", "1"), ("why", site.at("/news/the-harbour-3.html"))):
        assert (asked := dateline(reader, *command)).code == 0, asked.err
    assert dateline(reader, "psql", "-tAc", "select count(*) from revision_pairs").out == "3\n"
    refused = dateline(reader, "crawl", "--all", "--allow-private")
    assert (refused.code, refused.complaint) == (4, "dateline: Postgres: permission denied for table sources")
    assert ask("select count(*), sum(revision_count) from articles") == [(3, 3)]
