"""Tombstones: what is forgotten is known again at its twins' addresses, under a name's spellings, and nowhere else."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from pipelines import frontier, store, tombstones, urls
from pipelines.database import Database
from pipelines.forgetting import audit
from pipelines.forgetting.audit import Order
from pipelines.records import Link, Removed
from pipelines.tombstones import Tombstone
from tests.conftest import Ask
from tests.pipelines.builders import STORY, leased, run_of, source, visit

STORY_URL = "https://x.example/2026/a-ferry.html"


def bury(database: Database, *addresses: str) -> None:
    number = audit.begin(database, Order("story", "tester", "asked to"))
    audit.bury(database, number, set[bytes]().union(*map(tombstones.of_address, addresses)))


def bury_name(database: Database, name: str, outlet: int | None = None) -> None:
    number = audit.begin(database, Order("author", "tester"))
    audit.bury(database, number, {tombstones.of_name(name, outlet)}, author=True)


@pytest.mark.parametrize(
    ("url", "is_forgotten"),
    [
        (STORY_URL, True),
        (f"{STORY_URL}?utm_source=feed#top", True),
        ("http://x.example/2026/a-ferry.html", True),
        ("https://www.x.example/2026/a-ferry.html", True),
        ("https://m.x.example/2026/a-ferry.html", True),
        ("https://x.example/amp/2026/a-ferry.html", True),
        ("https://x.example/2026/a-ferry.amp.html", True),
        (f"{STORY_URL}?print=1", True),
        ("https://x.example/2026/a-ferry-sinks.html", False),
        ("https://y.example/2026/a-ferry.html", False),
        (f"{STORY_URL}?id=7", False),
        ("https://x.example/", False),
    ],
)
def test_an_address_is_known_at_its_twins(database: Database, url: str, is_forgotten: bool) -> None:
    bury(database, STORY_URL)
    stone = tombstones.of(database, url)
    assert (stone is not None) == is_forgotten
    assert stone is None or (stone.reason, str(stone).startswith("forgotten on 20")) == ("asked to", True)


def test_a_tombstone_is_no_hash_that_others_could_compute(database: Database, ask: Ask) -> None:
    bury(database, STORY_URL)
    form = urls.canonical(STORY_URL)
    plain = {hashlib.sha256(form.encode()).digest(), hashlib.sha256(urls.sha256(form)).digest()}
    laid = {bytes(row[0]) for row in ask("select hash from tombstones")}  # type: ignore[call-overload]
    assert laid
    assert laid.isdisjoint(plain)
    [(key,)] = ask("select key from tombstone_key")
    assert hashlib.sha256(bytes(key) + urls.sha256(form)).digest() in laid  # type: ignore[call-overload]


def test_there_is_one_key_only(database: Database, ask: Ask) -> None:
    assert ask("select count(*), min(length(key)) from tombstone_key") == [(1, 32)]
    with pytest.raises(Exception, match="tombstone_key_one"):
        ask("insert into tombstone_key (key) values (sha256('')) returning key")


def test_discovery_leaves_out_what_is_forgotten(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    links = [Link(f"https://x.example/{n}", f"Title {n}") for n in range(5)]
    bury(database, "https://x.example/2", "https://www.x.example/3")
    new, ids = frontier.add(database, run, owner.id, links)
    assert (new, len(ids)) == (3, 3)
    assert ask("select url from pages order by url") == [(f"https://x.example/{n}",) for n in (0, 1, 4)]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"canonical_url": STORY_URL}, id="canonical"),
        pytest.param({"url": STORY_URL}, id="redirected"),
    ],
)
def test_what_leads_there_is_not_stored(database: Database, ask: Ask, changes: dict[str, str]) -> None:
    owner = source(database)
    run = run_of(database, owner)
    [page] = leased(database, run, owner, "2026/another-way.html")
    ask("update pages set title_hint = 'Ferry returns' returning id")
    bury(database, STORY_URL)
    assert store.write(database, run, owner.id, visit(page, **changes)) == "forgotten"  # type: ignore[arg-type]
    assert ask("select count(*) from articles") == [(0,)]
    assert ask("select skipped, stored, failed from runs") == [(1, 0, {})]
    [(outcome, detail, hint)] = ask("select outcome, detail, title_hint from pages")
    assert (outcome, hint) == ("forgotten", None)
    assert STORY_URL not in str(detail)
    frontier.add(database, run, owner.id, [Link(page.url, "Ferry returns")])
    assert ask("select title_hint from pages") == [(None,)]


def test_a_canonical_address_of_another_site_is_not_believed(database: Database) -> None:
    owner = source(database)
    run = run_of(database, owner)
    [page] = leased(database, run, owner, "a-copy")
    bury(database, "https://y.example/a")
    changes = {"url": page.url, "canonical_url": "https://y.example/a"}
    assert store.write(database, run, owner.id, visit(page, **changes)) == "stored"  # type: ignore[arg-type]


SIGNED = replace(
    STORY,
    authors=("José Ruiz-Maza", "Ann Lee"),
    tags=("Boats", "JOSE RUIZ MAZA"),
    removed=(Removed("Por José Ruiz-Maza, Madrid", "byline"), Removed("By Ann Lee", "byline")),
)


@pytest.mark.parametrize("name", ["José Ruiz-Maza", "jose ruiz maza", "JOSÉ  RUIZ‑MAZA"])
def test_a_forgotten_name_is_struck_out_of_what_is_stored(database: Database, name: str) -> None:
    owner = source(database)
    bury_name(database, name)
    with database.transaction() as cursor:
        allowed = tombstones.examine(cursor, SIGNED, STORY_URL, owner.id)
    assert not isinstance(allowed, Tombstone)
    assert (allowed.authors, allowed.tags) == (("Ann Lee",), ("Boats",))
    assert [span.text for span in allowed.removed] == ["By Ann Lee"]
    assert allowed.text == STORY.text


def test_a_name_may_be_forgotten_at_one_outlet(database: Database) -> None:
    owner = source(database)
    bury_name(database, "Ann Lee", owner.id)
    with database.transaction() as cursor:
        here = tombstones.examine(cursor, SIGNED, STORY_URL, owner.id)
        there = tombstones.examine(cursor, SIGNED, STORY_URL, owner.id + 1)
    assert (here.authors, there.authors) == (("José Ruiz-Maza",), SIGNED.authors)  # type: ignore[union-attr]


def test_a_part_of_a_name_is_another_name(database: Database) -> None:
    bury_name(database, "Ann")
    with database.transaction() as cursor:
        allowed = tombstones.examine(cursor, SIGNED, STORY_URL, 1)
    assert allowed.authors == SIGNED.authors  # type: ignore[union-attr]
