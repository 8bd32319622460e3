"""The days of an outlet, summed from its real runs, fetches and articles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from pipelines import runs, store
from pipelines.database import Database
from pipelines.extract import read_page
from pipelines.health import days, states
from pipelines.records import Hints
from pipelines.store import Visit
from tests.conftest import Ask
from tests.documents import article_html
from tests.pipelines.builders import MOMENT, leased, run_of, source, visit

TODAY = "(now() at time zone 'UTC')::date"
COUNTS = "crawls, failed_crawls, discovered, fetched, stored, skipped, failed, asked, blocked, empty, stories, undated"


def crawl(database: Database, run: int | None = None) -> int:
    """A crawl that stores two stories, one undated, is refused one page, finds no text on another; its end is open."""
    owner = source(database)
    run = run or run_of(database, owner)
    dated, undated, refused, wall, blank = leased(database, run, owner, *(f"{run}/{n}" for n in range(5)))
    store.write(database, run, owner.id, visit(dated, published_at=f"{datetime.now(UTC):%Y-%m-%d}", word_count=100))
    store.write(database, run, owner.id, visit(undated, published_at=None, word_count=300,
                                               quality_flags=("undated",)))  # fmt: skip
    store.write(database, run, owner.id, Visit(refused, "http_403", "refused", failed=True, status=403))
    store.write(database, run, owner.id, Visit(wall, "skipped", "a login: 12 words", status=200))
    store.write(database, run, owner.id, Visit(blank, "skipped", "no article text: 3 words", status=200))
    return run


def test_a_run_is_summed_when_it_ends(database: Database, ask: Ask) -> None:
    run = crawl(database)
    assert ask("select count(*) from source_days") == [(0,)]
    runs.finish(database, source(database), run, "done", None)
    assert ask(f"select {COUNTS} from source_days where day = {TODAY}") == [(1, 0, 5, 5, 2, 2, 1, 5, 2, 1, 2, 1)]
    assert ask("select mean_words, median_words, first_stored_at <= last_stored_at from source_days") == [
        (200, 200, True)
    ]
    assert ask("select state, reason from source_health") == [("fresh", "crawled on 1 day, 2 new stories")]


def test_summing_again_changes_nothing(database: Database, ask: Ask) -> None:
    runs.finish(database, source(database), crawl(database), "done", None)
    columns = f"{COUNTS}, mean_words, median_words, first_stored_at, last_stored_at, newest_at, expected, expected_days"
    before = ask(f"select {columns} from source_days")
    assert states.refresh(database, everything=True) == 1
    assert states.refresh(database) == 0
    assert ask(f"select {columns} from source_days") == before


def test_what_dead_runs_did_is_summed_by_the_next(database: Database, ask: Ask) -> None:
    crawl(database)
    with database.transaction() as cursor:
        cursor.execute("update runs set started_at = now() - interval '3 days'")
    runs.finish(database, source(database), run_of(database, source(database)), "done", None)
    assert ask("select day - current_date, crawls, failed_crawls, stored from source_days order by day") == [
        (-3, 1, 1, 2), (0, 1, 0, 0),
    ]  # fmt: skip


def test_a_run_killed_before_it_was_summed_is_caught_up_with(database: Database, ask: Ask) -> None:
    crawl(database)
    with database.transaction() as cursor:
        cursor.execute("update runs set outcome = 'done', finished_at = now()")
    assert states.refresh(database) == 1
    assert ask("select stored from source_days") == [(2,)]


def test_urls_named_by_hand_and_old_stories_are_no_volume(database: Database, ask: Ask) -> None:
    owner = source(database)
    by_hand = runs.start(database, owner, UUID(int=1), "cli", watch=False)
    runs.finish(database, owner, crawl(database, by_hand), "done", None)
    watching = run_of(database, owner)
    page = leased(database, watching, owner, "old")[0]
    store.write(database, watching, owner.id, visit(page, published_at="2020-01-01"))
    runs.finish(database, owner, watching, "done", None)
    assert ask("select crawls, stored, stories from source_days") == [(1, 3, 0)]


def test_an_older_sum_never_replaces_a_newer_one(database: Database, ask: Ask) -> None:
    runs.finish(database, source(database), crawl(database), "done", None)
    with database.transaction() as cursor:
        cursor.execute("update source_days set stored = 99, computed_at = now() + interval '1 hour'")
    states.refresh(database, timedelta(days=2), everything=True)
    assert ask("select stored from source_days") == [(99,)]


def test_the_end_of_a_run_scans_no_big_table(database: Database, ask: Ask) -> None:
    runs.finish(database, source(database), crawl(database), "done", None)
    with database.transaction() as cursor:
        cursor.execute("set local enable_seqscan = off")
        parameters = {"window": states.LATELY, "source": 1}
        cursor.execute("explain " + days.STALE, parameters)
        plan = [row[0] for row in cursor.fetchall()]
        asked = {"sources": [1], "days": ["2026-11-25"], "since": None, "blocked": [], "walls": [], "empty": []}
        cursor.execute("explain " + days.ADD_UP, asked)
        plan += [row[0] for row in cursor.fetchall()]
    scanned = [line for line in plan if "Seq Scan on" in line]
    assert not [line for line in scanned if any(f" {t}" in line for t in ("runs", "fetches", "articles", "pages"))]


@pytest.mark.parametrize(
    ("body", "known"),
    [
        ("<p>A word.</p>", days.EMPTY),
        ("<h1>Page not found</h1><p>The page you are looking for does not exist.</p>", days.EMPTY),
        ("<h1>Log in</h1><p>Please log in to continue reading. Sign in or create an account.</p>", days.WALLS),
        ("<p>We value your privacy. We and our partners use cookies. Accept all.</p>" * 3, days.WALLS),
    ],
    ids=["no-text", "not-found", "login", "consent"],
)
def test_the_words_by_which_pages_without_a_story_are_known(body: str, known: tuple[str, ...]) -> None:
    page = f"<html><head><title>x</title></head><body>{body}</body></html>".encode()
    read = read_page(page, "https://x.example/a", MOMENT, "text/html", Hints())
    assert not read.is_story
    assert str(read.detail).startswith(known), read.detail


def test_a_story_has_none_of_these_words() -> None:
    read = read_page(article_html("A story").encode(), "https://x.example/a", MOMENT, "text/html", Hints())
    assert not str(read.detail).startswith((*days.WALLS, *days.EMPTY))
