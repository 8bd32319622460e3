"""`dateline fetches prune`, and what is told of visits that are no longer in the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from pipelines.database import Database
from pipelines.roles import WRITER, add
from tests import schemas
from tests.commands import dateline
from tests.conftest import Ask

Environment = dict[str, str]
STORY = "https://harbour.example/7"
VISITS = """
    insert into fetches (run_id, page_id, url, outcome, detail, at)
    select 1, 7, 'https://harbour.example/7', 'stored', null, now() - days * interval '1 day' from unnest(%s) days
    returning id
"""


@pytest.fixture(autouse=True)
def filled(database_url: str, ask: Ask) -> None:
    """A page found three years ago, visited then, two years ago and yesterday."""
    schemas.fill(database_url, schemas.VERSIONS[-1])
    ask("delete from fetches returning id")
    ask("update pages set first_seen_at = now() - interval '3 years' returning id")
    ask(VISITS, [1095, 730, 1])


@pytest.fixture
def writer(environment: Environment, database: Database, ask: Ask) -> Iterator[Environment]:
    """The environment of a user who may write and not change the schema."""
    url = environment["DATELINE_DATABASE_URL"]
    name = f"writer_{url.rpartition('@/')[2].partition('?')[0]}"
    add(database, name, WRITER)
    yield environment | {"DATELINE_DATABASE_URL": url.replace("postgres@", f"{name}@")}
    ask(f"drop role {name}; select 1")


def test_what_would_be_done_is_done(environment: Environment, ask: Ask) -> None:
    month = datetime.now(UTC).year * 12 + datetime.now(UTC).month - 1
    ahead = [f"{n // 12}-{n % 12 + 1:02}" for n in range(month + 1, month + 4)]  # this month has a row of yesterday
    foreseen = dateline(environment, "fetches", "prune", "--dry-run", "--json")
    assert ask("select count(*) from fetches") == [(3,)]
    done = dateline(environment, "fetches", "prune", "--json")
    assert (done.code, done.err, foreseen.code) == (0, "", 0)
    assert foreseen.summary == done.summary | {"dry_run": True}
    assert (done.summary["rows"], done.summary["dropped"], done.summary["pending"]) == (2, [], [])
    assert set(done.summary["made"]) >= set(ahead)
    again = dateline(environment, "fetches", "prune")
    assert again.out.splitlines()[1:] == ["no month made, 0 months dropped, 0 other rows deleted"]


@pytest.mark.parametrize(("keep", "left"), [("forever", 3), ("800d", 2), ("", 1), ("90d", 1)])
def test_how_long_it_is_kept(environment: Environment, ask: Ask, keep: str, left: int) -> None:
    done = dateline(environment | {"DATELINE_KEEP_FETCHES": keep}, "fetches", "prune")
    assert (done.code, "kept for ever" in done.out) == (0, keep == "forever")
    assert ask("select count(*) from fetches") == [(left,)]


def test_why_tells_that_there_were_visits_before(environment: Environment, ask: Ask) -> None:
    before = dateline(environment, "why", STORY)
    assert (before.out.count("stored, run 1"), "no longer in it" in before.out) == (3, False), before.out
    assert dateline(environment, "fetches", "prune").code == 0
    after = dateline(environment, "why", STORY)
    (line,) = [line for line in after.out.splitlines() if "no longer in it" in line]
    ((begins,),) = ask("select to_char(log_from, 'YYYY-MM-DD') from sources")
    assert line.split()[0] == begins
    assert line.endswith("here the log of requests begins: visits before are no longer in it (DATELINE_KEEP_FETCHES)")
    assert after.out.count("stored, run 1") == 1
    ask("delete from articles where page_id = 7 returning id")
    ask("delete from fetches where page_id = 7 returning id")
    ask("update pages set outcome = 'http_404' where id = 7 returning id")
    assert "now: not stored, http_404" in dateline(environment, "why", STORY).out
    ask("update pages set first_seen_at = now() returning id")
    assert "no longer in it" not in dateline(environment, "why", STORY).out


def test_the_pages_of_a_story_are_forgotten_after_the_log(environment: Environment, ask: Ask) -> None:
    ask("delete from articles where page_id = 8 returning id")
    ask("update pages set outcome = 'unchanged', url = 'https://harbour.example/copied', canonical_url = url,"
        " url_sha256 = sha256('copied') where id = 8 returning id")  # fmt: skip
    ask("insert into fetches (run_id, page_id, url, outcome, detail, at) values"
        " (1, 8, 'x', 'twin', 'https://harbour.example/7', '2020-01-01'), (1, 8, 'x', 'unchanged', null, now())"
        " returning id")  # fmt: skip
    assert dateline(environment, "fetches", "prune").code == 0
    assert ask("select count(*) from fetches where page_id = 8") == [(1,)]
    assert dateline(environment, "forget", STORY, "--yes", "--scrub").code == 0
    assert ask("select count(*) from pages where id in (7, 8)") == [(0,)]
    assert ask("select count(*) from fetches where page_id in (7, 8)") == [(0,)]


def test_only_the_owner_may_change_the_schema(writer: Environment) -> None:
    refused = dateline(writer, "fetches", "prune")
    assert (refused.code, refused.err) == (
        4,
        "dateline: this user may not change the schema: run dateline fetches prune as the owner of the tables\n",
    )
    assert dateline(writer, "fetches", "prune", "--dry-run").err == refused.err
