"""The frontier: what is due is leased once, and comes back when its run does not finish."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipelines import frontier, runs
from pipelines.database import Database
from pipelines.records import EndpointLink, Link
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


def test_endpoints_are_rows_once_and_remember_their_validators(database: Database) -> None:
    owner = source(database)
    run = run_of(database, owner)
    link = EndpointLink("https://x.example/feed.xml", "feed", "autodiscovery")
    endpoint = frontier.endpoints(database, owner.id, [link])[0]
    frontier.endpoint_read(database, run, endpoint, "read", status=200, etag='"7"', links=3, bytes=10)
    again = frontier.endpoints(database, owner.id, [link, link])
    assert [(e.id, e.etag, e.links) for e in again] == [(endpoint.id, '"7"', 3)]
    frontier.endpoint_read(database, run, endpoint, "unchanged", status=304)
    assert frontier.endpoints(database, owner.id, [link])[0].etag == '"7"'


def test_endpoints_know_who_points_to_them(database: Database) -> None:
    owner = source(database)
    index = frontier.endpoints(database, owner.id, [EndpointLink("https://x.example/s.xml", "sitemap", "robots")])[0]
    child = EndpointLink("https://x.example/s1.xml", "sitemap", "sitemap_index")
    frontier.endpoints(database, owner.id, [child], index.id)
    assert [e.url for e in frontier.endpoints_under(database, index.id)] == ["https://x.example/s1.xml"]


def test_visits_grow_apart_and_end() -> None:
    waits = [frontier.next_visit(n) for n in range(1, 7)]
    assert waits == [timedelta(hours=h) for h in (1, 6, 24, 72, 240)] + [None]
    assert frontier.next_try(1) == timedelta(minutes=5)
    assert frontier.next_try(99) is None
