"""The frontier: what is due is leased once, and comes back when its run does not finish."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipelines import frontier, runs
from pipelines.database import Database
from pipelines.records import Link
from tests.conftest import Ask
from tests.pipelines.builders import leased, run_of, source

OLD = datetime(2020, 1, 1, tzinfo=UTC)
NEW = datetime(2099, 1, 1, tzinfo=UTC)


def test_a_story_is_known_by_its_canonical_url(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    twins = [Link("https://x.example/a?utm_source=feed", "A"), Link("https://X.example:443/a#top")]
    assert frontier.add(database, run, owner.id, twins)[0] == 1
    assert frontier.add(database, run, owner.id, twins)[0] == 0
    assert ask("select url, canonical_url, title_hint from pages") == [
        ("https://x.example/a?utm_source=feed", "https://x.example/a", "A")
    ]
    assert ask("select discovered from runs") == [(1,)]


def test_a_page_is_leased_once(database: Database) -> None:
    owner = source(database)
    run = run_of(database, owner)
    first = leased(database, run, owner, "a", "b", "c")
    assert len(first) == 3
    assert frontier.lease(database, run, owner.id, 10) == []


def test_a_new_run_takes_over_from_a_dead_one(database: Database, ask: Ask) -> None:
    owner = source(database)
    leased(database, run_of(database, owner), owner, "a", "b")
    assert len(frontier.lease(database, run_of(database, owner), owner.id, 10)) == 2
    assert ask("select outcome from runs order by id") == [("abandoned",), ("running",)]


def test_pages_are_leased_in_the_order_they_were_listed(database: Database) -> None:
    owner = source(database)
    paths = [f"story-{n}" for n in range(20)]
    pages = leased(database, run_of(database, owner), owner, *paths)
    assert [p.url.rpartition("/")[2] for p in pages] == paths


def test_an_expired_lease_is_taken_over(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    leased(database, run, owner, "a")
    ask("update pages set lease_expires_at = now() - interval '1 second' returning id")
    assert [p.url for p in frontier.lease(database, run, owner.id, 10)] == ["https://x.example/a"]


def test_a_finished_run_gives_back_what_it_leased(database: Database) -> None:
    owner = source(database)
    run = run_of(database, owner)
    leased(database, run, owner, "a")
    runs.finish(database, owner, run, "interrupted", "stopped")
    assert len(frontier.lease(database, run_of(database, owner), owner.id, 10)) == 1


def test_leases_keep_to_the_outlet(database: Database) -> None:
    x, y = source(database, "x"), source(database, "y")
    run = run_of(database, x)
    frontier.add(database, run, x.id, [Link("https://x.example/a")])
    assert frontier.lease(database, run_of(database, y), y.id, 10) == []


def test_a_newer_change_time_makes_a_page_due(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    frontier.add(database, run, owner.id, [Link("https://x.example/a", modified_at=OLD)])
    ask("update pages set due_at = null, fetched_at = now() returning id")
    frontier.add(database, run, owner.id, [Link("https://x.example/a", modified_at=OLD)])
    assert frontier.lease(database, run, owner.id, 1) == []
    frontier.add(database, run, owner.id, [Link("https://x.example/a", modified_at=NEW)])
    assert len(frontier.lease(database, run, owner.id, 1)) == 1


def test_re_checks_grow_apart_with_age_and_end() -> None:
    hours = [frontier.next_visit(timedelta(hours=age)) for age in (0, 1, 7, 100, 240)]
    assert hours == [timedelta(hours=h) for h in (1, 5, 17, 140)] + [None]
    assert frontier.next_visit(timedelta(hours=1), old=True) == timedelta(hours=239)


def test_tries_grow_apart_and_end() -> None:
    assert frontier.next_try(1) == timedelta(minutes=5)
    assert frontier.next_try(99) is None


def test_a_page_given_back_is_due_again(database: Database) -> None:
    owner = source(database)
    run = run_of(database, owner)
    pages = leased(database, run, owner, "a", "b")
    frontier.give_back(database, run, [pages[0].id])
    frontier.give_back(database, run, [pages[1].id], NEW)
    assert [p.url for p in frontier.lease(database, run, owner.id, 10)] == [pages[0].url]


def test_a_site_that_calls_everything_changed_is_not_believed_at_once(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    leased(database, run, owner, "a")
    ask("update pages set leased_by = null, outcome = 'unchanged', fetched_at = now(), due_at = null returning id")
    frontier.add(database, run, owner.id, [Link("https://x.example/a", modified_at=NEW)])
    assert ask("select due_at > now() + interval '5 hours' from pages") == [(True,)]
