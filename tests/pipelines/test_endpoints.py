"""Endpoints: rows with the validators and the pace they have learned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipelines import endpoints
from pipelines.database import Database
from pipelines.endpoints import Bounds
from pipelines.records import EndpointLink
from tests.conftest import Ask
from tests.pipelines.builders import run_of, source

BOUNDS = Bounds(timedelta(minutes=20), timedelta(hours=4))


def test_endpoints_are_rows_once_and_remember_their_validators(database: Database) -> None:
    owner = source(database)
    run = run_of(database, owner)
    link = EndpointLink("https://x.example/feed.xml", "feed", "autodiscovery")
    endpoint = endpoints.save(database, owner.id, [link])[0]
    endpoints.was_read(database, run, endpoint, BOUNDS, "read", status=200, etag='"7"', links=3, bytes=10)
    again = endpoints.save(database, owner.id, [link, link])
    assert [(e.id, e.etag, e.links) for e in again] == [(endpoint.id, '"7"', 3)]
    endpoints.was_read(database, run, endpoint, BOUNDS, "unchanged", status=304)
    assert endpoints.save(database, owner.id, [link])[0].etag == '"7"'


def test_endpoints_know_who_points_to_them(database: Database) -> None:
    owner = source(database)
    index = endpoints.save(database, owner.id, [EndpointLink("https://x.example/s.xml", "sitemap", "robots")])[0]
    child = EndpointLink("https://x.example/s1.xml", "sitemap", "sitemap_index")
    endpoints.save(database, owner.id, [child], index.id)
    assert [e.url for e in endpoints.under(database, index.id)] == ["https://x.example/s1.xml"]


def test_a_pace_is_learned_within_its_bounds(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    endpoint = endpoints.save(database, owner.id, [EndpointLink("https://x.example/feed.xml", "feed", "entry")])[0]
    paces = []
    for outcome, new in [("read", 3), ("read", 1), ("read", 1), ("unchanged", 0), ("http_500", 0), *[("read", 0)] * 6]:
        endpoints.was_read(database, run, endpoint, BOUNDS, outcome, new=new)
        paces += ask("select extract(epoch from pace)::int / 60 from endpoints")
    assert [minutes for (minutes,) in paces[:6]] == [30, 20, 20, 30, 60, 90]
    assert paces[-1] == (240,)
    assert not endpoints.save(database, owner.id, [EndpointLink("https://x.example/feed.xml", "feed", "entry")])[0].due


def test_a_sitemap_that_its_index_says_has_changed_is_due(database: Database) -> None:
    owner = source(database)
    run = run_of(database, owner)
    link = EndpointLink("https://x.example/s1.xml", "sitemap", "sitemap_index", datetime(2026, 1, 1, tzinfo=UTC))
    endpoint = endpoints.save(database, owner.id, [link])[0]
    endpoints.was_read(database, run, endpoint, BOUNDS, "read")
    assert not endpoints.save(database, owner.id, [link])[0].due
    newer = EndpointLink(link.url, "sitemap", "sitemap_index", datetime(2026, 1, 2, tzinfo=UTC))
    assert endpoints.save(database, owner.id, [newer])[0].due
