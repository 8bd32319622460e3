"""`dateline status` after real crawls of real sites: what is told of good outlets and bad ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.database import Database
from tests import histories
from tests.commands import dateline
from tests.conftest import Ask
from tests.documents import Entry, article_html, front_html, prose
from tests.site import Site

Environment = dict[str, str]


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def lists(site: Site, count: int) -> None:
    """A front page with a feed of so many stories of today."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    entries = []
    for n in range(count):
        path = f"/news/a-story-about-the-harbour-{n}.html"
        site.page(path, article_html(f"A story about the harbour, part {n}", prose(seed=n), published=today))
        entries.append(Entry(path, f"A story about the harbour, part {n}"))
    site.page("/", front_html({}, head='<link rel="alternate" type="application/rss+xml" href="/feed.xml">'))
    site.rss("/feed.xml", entries)


def outlets(environment: Environment, **sites: tuple[Site, str]) -> None:
    entries = [f'[[source]]\nname = "{n}"\nurl = "{s.url}"\ndelay = 0\n{more}' for n, (s, more) in sites.items()]
    Path(environment["DATELINE_SOURCES"]).write_text("\n".join(entries))


def test_the_worst_comes_first_with_its_reason(environment: Environment, site: Site, ask: Ask) -> None:
    lists(site, 4)
    with Site() as broken:
        broken.fail("*", 500)
        outlets(environment, harbour=(site, ""), broken=(broken, ""))
        assert dateline(environment, "crawl", "--all", "--allow-private").code == 0
        assert ask("select stored, stories from source_days d join sources s on s.id = d.source_id where name = %s",
                   "harbour") == [(4, 4)]  # fmt: skip
        done = dateline(environment, "status")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0] == "2 outlets:  1 failing  1 fresh"
    assert lines[1].startswith("newest crawl 20") and "0 running; 0 outlets and 0 pages due" in lines[1]
    assert lines[2].startswith("quarantine 0, +0 in a week (+0 before); database ")
    assert lines[3].split(maxsplit=2)[:2] == ["failing", "broken"] and "robots.txt answered 500" in lines[3]
    assert lines[4].split() == ["fresh", "harbour", "crawled", "on", "1", "day,", "4", "new", "stories"]
    assert ask("select name, state, reason is not null from source_health order by name") == [
        ("broken", "failing", True), ("harbour", "fresh", True),
    ]  # fmt: skip


def test_an_outlets_own_gates_count(environment: Environment, site: Site, database: Database, ask: Ask) -> None:
    lists(site, 3)
    outlets(environment, harbour=(site, 'least_words = 5000\n"floor" = 2'))
    dateline(environment, "crawl", "--all", "--allow-private")
    dateline(environment, "status", "harbour")
    with database.transaction() as cursor:  # a history of 40 good days before today
        cursor.execute(
            "insert into source_days (source_id, day, crawls, stories, stored, asked, median_words, undated)"
            " select s.id, current_date - n, 24, 20, 20, 60, 400, 1 from sources s, generate_series(1, 40) n"
        )
    done = dateline(environment, "status", "harbour", "--json")
    outlet = done.summary["outlets"][0]
    assert (outlet["state"], outlet["gates"]["floor"], outlet["own_gates"]) == ("degraded", 2, ["floor", "least_words"])
    assert [f["gate"] for f in outlet["findings"]] == ["least_words"]
    assert "at least 5000 are wanted" in outlet["reason"]


def test_json_has_every_figure(environment: Environment, site: Site) -> None:
    lists(site, 2)
    outlets(environment, harbour=(site, ""))
    (crawled,) = dateline(environment, "crawl", "--all", "--allow-private", "--json").summary["outlets"]
    assert (crawled["state"], crawled["state_reason"]) == ("fresh", "crawled on 1 day, 2 new stories")
    told = dateline(environment, "status", "--json").summary
    assert set(told) == {"at", "counts", "pipeline", "outlets"}
    assert told["counts"] == {"failing": 0, "silent": 0, "degraded": 0, "late": 0, "paused": 0, "fresh": 1, "well": 0,
                              "disabled": 0}  # fmt: skip
    assert told["pipeline"]["newest_outcome"] == "done" and told["pipeline"]["disk_free_bytes"] > 0
    outlet = told["outlets"][0]
    assert set(outlet) == {"name", "state", "reason", "findings", "gates", "own_gates", "figures"}
    assert (outlet["figures"]["stories"], outlet["figures"]["good_days"]) == (2, 1)


def test_refresh_counts_and_judges(environment: Environment, database: Database, ask: Ask) -> None:
    today = datetime.now(UTC).date()
    histories.write(database, [histories.Outlet("x")], today - timedelta(days=7), 60)
    with database.transaction() as cursor:
        cursor.execute("update sources set due_at = now() - interval '7 days'")
    Path(environment["DATELINE_SOURCES"]).write_text('[[source]]\nname = "x"\nurl = "https://x.example/"\n')
    assert ask("select count(*) from source_states") == [(0,)]
    done = dateline(environment, "status", "--refresh")
    assert done.code == 0, done.err
    assert ask("select state, reason like 'due for %%, last crawled 20%%' from source_states") == [("late", True)]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(["nobody"], "no outlet named 'nobody'"), (["--days", "3"], "--days goes with --refresh")],
    ids=["unknown-outlet", "days-alone"],
)
def test_bad_words(environment: Environment, arguments: list[str], complaint: str) -> None:
    done = dateline(environment, "status", *arguments)
    assert (done.code, complaint in done.complaint) == (2, True), done.err
