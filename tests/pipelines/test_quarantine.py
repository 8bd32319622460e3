"""Stories held back in the table: which visits hold, what the end of a run keeps, and what counts in the figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipelines import frontier, held, quarantine, runs, store
from pipelines.database import Cursor, Database
from pipelines.frontier import Page
from pipelines.health.holding import Bounds, Reason
from pipelines.quarantine import Wanted
from pipelines.runs import Source
from pipelines.store import Visit
from tests.conftest import Ask
from tests.pipelines.builders import MOMENT, leased, run_of, source, visit

BOUNDS = Bounds(undated=True, shortest=20, longest=100)


@pytest.fixture
def owner(database: Database) -> Source:
    return source(database)


def beyond(page: Page, bounds: Bounds | None = BOUNDS, **changes: Any) -> Visit:
    """A visit of a run with bounds, that brings a story of thirty words; `changes` are the article's."""
    fields: dict[str, Any] = {
        "word_count": 30,
        "published_at": "2026-03-04",
        "canonical_url": page.url,
        "title": page.url,
    }
    return replace(visit(page, **fields | changes), bounds=bounds)


def again(database: Database, owner: Source, run: int) -> Page:
    with database.transaction() as cursor:
        cursor.execute("update pages set due_at = now()")
    return frontier.lease(database, run, owner.id, 1)[0]


def test_a_new_story_beyond_the_bounds_is_held_back(database: Database, owner: Source, ask: Ask) -> None:
    run = run_of(database, owner)
    good, bad = leased(database, run, owner, "good", "bad")
    assert store.write(database, run, owner.id, beyond(good)) == "stored"
    assert store.write(database, run, owner.id, beyond(bad, published_at=None, word_count=7)) == "held"
    assert ask("select url, reason, held_for, detail, word_count, shortest, longest, retried_by from quarantine") == [
        (bad.url, "held_undated", ["held_undated", "held_short"],
         "undated; 7 words, at least 20 are usual or wanted", 7, 20, None, "test"),
    ]  # fmt: skip
    assert ask("select url from articles") == [(good.url,)]
    assert ask("select stored, held, failed from runs") == [(1, {"held_undated": 1}, {})]
    assert ask("select outcome, visits, attempts, leased_by, due_at > now() from pages where id = %s", bad.id) == [
        ("held", 1, 0, None, True)
    ]
    assert ask("select outcome, detail from fetches where page_id = %s", bad.id) == [
        ("held", "undated; 7 words, at least 20 are usual or wanted")
    ]


@pytest.mark.parametrize(
    ("bounds", "changes"),
    [
        (None, {"published_at": None}),
        (Bounds(), {"published_at": None, "word_count": 1}),
        (BOUNDS, {"published_at": "2026-02-24", "word_count": 1}),
    ],
    ids=["a-run-that-holds-nothing", "no-bounds", "published-long-ago"],
)
def test_a_new_story_is_stored(
    database: Database, owner: Source, ask: Ask, bounds: Bounds | None, changes: dict[str, Any]
) -> None:
    run = run_of(database, owner)
    page = leased(database, run, owner, "a")[0]
    assert store.write(database, run, owner.id, beyond(page, bounds, **changes)) == "stored"
    assert ask("select count(*) from quarantine") == [(0,)]


def test_a_stored_article_is_never_held_back(database: Database, owner: Source, ask: Ask) -> None:
    run = run_of(database, owner)
    store.write(database, run, owner.id, beyond(leased(database, run, owner, "a")[0]))
    worse = beyond(again(database, owner, run), published_at=None, word_count=7, text="Gone.")
    assert store.write(database, run, owner.id, worse) == "revised"
    assert ask("select count(*) from quarantine") == [(0,)]


def test_a_page_under_the_address_of_another_story_is_held_and_that_one_left_alone(
    database: Database, owner: Source, ask: Ask
) -> None:
    run = run_of(database, owner)
    first, second = leased(database, run, owner, "a", "b")
    store.write(database, run, owner.id, beyond(first, canonical_url=second.url, title="One", text="Of one thing."))
    assert store.write(database, run, owner.id, beyond(second, title="Two", text="No.", word_count=1)) == "held"
    assert ask("select canonical_url from articles") == [(second.url,)]


def test_a_held_story_is_held_on_for_what_it_was_held_for(database: Database, owner: Source, ask: Ask) -> None:
    run = run_of(database, owner)
    page = leased(database, run, owner, "a")[0]
    store.write(database, run, owner.id, beyond(page, published_at=None))
    once_more = beyond(again(database, owner, run), Bounds(), published_at=None, word_count=31)
    assert store.write(database, run, owner.id, once_more) == "held"
    assert ask("select word_count, capture_id from quarantine") == [(31, 2)]
    assert ask("select held, unchanged from runs") == [({"held_undated": 1}, 1)]
    dated = beyond(again(database, owner, run), Bounds())
    assert store.write(database, run, owner.id, dated) == "stored"
    assert ask("select released_at is not null from quarantine") == [(True,)]
    assert ask("select held, stored from runs") == [({}, 1)]
    assert again(database, owner, run).is_held is False


def test_it_is_told_that_a_page_is_held_when_it_is_leased(database: Database, owner: Source) -> None:
    run = run_of(database, owner)
    page = leased(database, run, owner, "a")[0]
    store.write(database, run, owner.id, beyond(page, published_at=None))
    held_page = again(database, owner, run)
    assert (page.is_held, held_page.is_held) == (False, True)
    store.write(database, run, owner.id, Visit(held_page, "http_500", "down", failed=True, status=500))
    assert again(database, owner, run).is_held


@pytest.mark.parametrize(
    ("failing", "waiting"),
    [((), ["a", "b", "c"]), (("held_undated",), ["b"]), (("held_short",), ["a"]), (("held_long",), ["a", "b", "c"])],
    ids=["none", "undated", "short", "another"],
)
def test_a_gate_that_is_failed_keeps_its_own(
    database: Database, owner: Source, failing: tuple[Reason, ...], waiting: list[str]
) -> None:
    run = run_of(database, owner)
    pages = leased(database, run, owner, "a", "b", "c")
    bad: tuple[dict[str, Any], ...] = (
        {"published_at": None}, {"word_count": 7}, {"published_at": None, "word_count": 7},
    )  # fmt: skip
    for page, changes in zip(pages, bad, strict=True):
        store.write(database, run, owner.id, beyond(page, **changes))
    with database.transaction() as cursor:
        quarantine.keep(cursor, owner.id, failing)
        quarantine.keep(cursor, owner.id, ())
    assert [page.page.url.rpartition("/")[2] for page in held.waiting(database, owner.id)] == waiting
    assert len(list(held.quarantined(database, Wanted(ids=(1, 2, 3))))) == 3
    assert len(list(held.quarantined(database, Wanted("x", "held_short")))) == 2
    assert not list(held.quarantined(database, Wanted("y")))


def test_held_stories_count_as_what_they_are(database: Database, owner: Source, ask: Ask) -> None:
    run = run_of(database, owner)
    pages = leased(database, run, owner, "a", "b", "c", "d")
    today = str(ask("select (now() at time zone 'UTC')::date::text")[0][0])
    stories: tuple[dict[str, Any], ...] = (
        {"published_at": today}, {"published_at": None}, {"published_at": today, "word_count": 7},
        {"published_at": today, "quality_flags": ("date_is_visit_day",)},
    )  # fmt: skip
    for page, changes in zip(pages, stories, strict=True):
        store.write(database, run, owner.id, beyond(page, replace(BOUNDS, dates_today=True), **changes))
    verdict = runs.finish(database, owner, run, "done", None)
    assert (verdict.stored, verdict.held) == (1, {"held_undated": 1, "held_short": 1, "held_dates_today": 1})
    days = "select stories, undated, dates_today, mean_words, stored from source_days"
    assert ask(days) == [(4, 1, 1, 24.25, 4)]
    with database.transaction() as cursor:
        release(cursor, pages[1])
        cursor.execute("update runs set finished_at = now() + interval '1 hour'")
    runs.finish(database, owner, run_of(database, owner), "done", None)
    assert ask(days) == [(4, 1, 1, 24.25, 4)]  # what is released is counted once, and where it was held
    assert ask("select outcome, detail like 'held back until 20%%: undated' from fetches where page_id = %s",
               pages[1].id) == [("stored", True)]  # fmt: skip


def release(cursor: Cursor, page: Page) -> None:
    """What a release leaves, without a capture to read: the row of the article, and that of the quarantine."""
    cursor.execute(
        "insert into articles (source_id, page_id, url, canonical_url, url_sha256, title, text, word_count, kind,"
        " content_sha256, first_seen_at, last_seen_at, changed_at, extractor, run_id)"
        " select source_id, id, url, url, url_sha256, 'x', 'x', 30, 'article', url_sha256, now(), now(), now(), 'test',"
        " 1 from pages where id = %s",
        (page.id,),
    )
    quarantine.release(cursor, page.id, stored=True)


def test_a_story_dated_at_a_later_visit_counts_once(database: Database, owner: Source, ask: Ask) -> None:
    run = run_of(database, owner)
    page = leased(database, run, owner, "a")[0]
    store.write(database, run, owner.id, beyond(page, published_at=None))
    later = again(database, owner, run)
    dated = beyond(later, Bounds(), published_at=(MOMENT + timedelta(days=400)).isoformat())
    store.write(database, run, owner.id, replace(dated, page=later))
    runs.finish(database, owner, run, "done", None)
    assert ask("select stories, undated, stored from source_days") == [(1, 0, 1)]


def test_a_row_that_cannot_be_released_is_kept_and_says_why(database: Database, owner: Source, ask: Ask) -> None:
    run = run_of(database, owner)
    store.write(database, run, owner.id, beyond(leased(database, run, owner, "a")[0], published_at=None))
    quarantine.keep_one(database, held.waiting(database, owner.id)[0].id, "its capture is lost")
    assert not held.waiting(database, owner.id)
    assert ask("select detail from quarantined") == [("undated; could not be released: its capture is lost",)]
