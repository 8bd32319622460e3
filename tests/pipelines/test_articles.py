"""One story, one row: pages of one site that tell the same under one canonical address are twins."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipelines import articles, frontier, store
from pipelines.database import Database
from pipelines.frontier import Page
from tests.conftest import Ask
from tests.pipelines.builders import MOMENT, STORY, leased, run_of, source, visit

HERE, AMP = "https://x.example/world/a-story", "https://x.example/world/a-story/amp"


def test_the_amp_twin_of_a_stored_story_is_not_stored(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    page, twin = leased(database, run, owner, "world/a-story", "world/a-story/amp")
    assert store.write(database, run, owner.id, visit(page, canonical_url=HERE)) == "stored"
    cut = STORY.text.split("\n")[0]
    assert store.write(database, run, owner.id, visit(twin, canonical_url=HERE, text=cut)) == "twin"
    assert ask("select url, canonical_url, text from articles") == [(HERE, HERE, STORY.text)]
    assert ask("select outcome, detail, due_at from pages where url = %s", AMP) == [("twin", HERE, None)]
    assert ask("select stored, skipped from runs") == [(1, 1)]


def test_the_page_itself_takes_the_story_over_from_its_twin(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    page, twin = leased(database, run, owner, "world/a-story", "world/a-story/amp")
    assert store.write(database, run, owner.id, visit(twin, canonical_url=HERE)) == "stored"
    longer = STORY.text + "\nMore of it."
    assert store.write(database, run, owner.id, visit(page, canonical_url=HERE, text=longer)) == "unchanged"
    assert ask("select url, canonical_url, text, revision_count from articles") == [(HERE, HERE, longer, 0)]
    assert ask("select outcome, detail from pages where url = %s", AMP) == [("twin", HERE)]


@pytest.mark.parametrize(
    "said", ["https://x.example/", "https://x.example/world/", "https://y.example/world/a", "javascript:;"]
)
def test_an_address_that_is_not_to_be_believed(database: Database, ask: Ask, said: str) -> None:
    owner = source(database)
    run = run_of(database, owner)
    for page in leased(database, run, owner, "world/a-story", "world/another-story"):
        store.write(database, run, owner.id, visit(page, canonical_url=said))
    assert ask("select count(*) from articles where canonical_url = url") == [(2,)]


def test_two_stories_that_call_one_address_theirs(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    one, other, third = leased(database, run, owner, "world/one", "world/other", "world/template")
    vote, rain = "The council voted on Monday to keep the old bridge.", "It will rain from Thursday, the office says."
    template = "https://x.example/world/template"
    assert store.write(database, run, owner.id, visit(one, canonical_url=template)) == "stored"
    assert (
        store.write(database, run, owner.id, visit(other, canonical_url=template, title="Council votes", text=vote))
        == "stored"
    )
    assert (
        store.write(database, run, owner.id, visit(third, canonical_url=template, title="Rain ahead", text=rain))
        == "stored"
    )
    assert ask("select count(*) from articles where canonical_url = url") == [(3,)]


def test_a_loop_of_canonical_addresses_loses_no_story(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    one, other = leased(database, run, owner, "world/one", "world/other")
    store.write(database, run, owner.id, visit(one, canonical_url=other.url))
    store.write(database, run, owner.id, visit(other, canonical_url=one.url, title="Rain", text="It will rain."))
    assert ask("select count(*) from articles") == [(2,)]


def test_a_page_gone_twice_is_gone_and_its_text_stays(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    page = leased(database, run, owner, "a")[0]
    store.write(database, run, owner.id, visit(page))
    for gone in (False, True):
        page = again(database, ask, run, owner.id)
        missing = store.Visit(page, "http_404", "the site answered 404", failed=True, again=False, status=404)
        store.write(database, run, owner.id, missing)
        assert ask("select gone_at is not null, text from articles") == [(gone, STORY.text)]
        assert ask("select due_at is null from pages") == [(gone,)]
    back = visit(again(database, ask, run, owner.id), b"new", MOMENT + timedelta(days=1))
    assert store.write(database, run, owner.id, back) == "unchanged"
    assert ask("select gone_at from articles") == [(None,)]


def test_a_page_that_was_gone_and_is_back_with_an_edit_is_a_revision(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    store.write(database, run, owner.id, visit(leased(database, run, owner, "a")[0]))
    for _ in range(2):
        page = again(database, ask, run, owner.id)
        missing = store.Visit(page, "http_410", "the site answered 410", failed=True, again=False, status=410)
        store.write(database, run, owner.id, missing)
    assert ask("select gone_at is not null from articles") == [(True,)]
    edited = visit(again(database, ask, run, owner.id), b"new", MOMENT + timedelta(days=9), text="Ten were aboard.")
    assert store.write(database, run, owner.id, edited) == "revised"
    assert ask("select gone_at, text, revision_count, changed_at from articles") == [
        (None, "Ten were aboard.", 1, MOMENT + timedelta(days=9))
    ]
    assert ask("select text, made_by from revisions") == [(STORY.text, "newsroom")]
    assert ask("select due_at is not null from pages") == [(True,)]


def again(database: Database, ask: Ask, run: int, source_id: int) -> Page:
    ask("update pages set due_at = now() returning id")
    return frontier.lease(database, run, source_id, 1)[0]


def test_same_story() -> None:
    long = " ".join(f"word{n}" for n in range(100))
    assert articles.is_same_story("A", long, "B", " ".join(f"word{n}" for n in range(60)))
    assert not articles.is_same_story("A", long, "B", " ".join(f"other{n}" for n in range(60)))
    assert articles.is_same_story("The same", "x", "the same!", "y")
