"""What a crawl keeps of visits that brought nothing new, and what it stores when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines import store
from pipelines.archive import Archive
from pipelines.database import Database
from pipelines.frontier import Page, lease
from pipelines.health.holding import Bounds
from pipelines.records import Capture
from pipelines.runs import RunResult
from pipelines.shelf import Shelf
from pipelines.workers import Workers
from tests.conftest import Ask
from tests.documents import article_html
from tests.pipelines.builders import MOMENT, leased, visit
from tests.pipelines.keeping import Keeper


@pytest.fixture
def keeper(database: Database, tmp_path: Path) -> Iterator[Keeper]:
    keeper = Keeper(database, Shelf(str(tmp_path)))
    yield keeper
    keeper.close()


def due(keeper: Keeper, ask: Ask) -> Page:
    ask("update pages set due_at = now() returning id")
    return lease(keeper.database, keeper.run, keeper.owner.id, 1)[0]


def seen_again(keeper: Keeper, page: Page, status: int, *headers: tuple[str, str]) -> str:
    """The outcome of a visit that brings the body of the visit before, or 304."""
    body = b"" if status == 304 else f"<p>body of {page.url}".encode()
    with Workers(1) as workers, Archive(keeper.database.url, keeper.shelf, workers, "test") as archive:
        visit = archive.keep(
            keeper.run, keeper.owner, page, Capture(page.url, page.url, status, headers, body, MOMENT), 0
        )
        return asyncio.run(visit)[0]


@pytest.mark.parametrize(("status", "kind"), [(304, "server_not_modified"), (200, "identical_payload")])
def test_the_same_again_is_a_revisit(keeper: Keeper, ask: Ask, status: int, kind: str) -> None:
    keeper.keep("a")
    for _ in range(2):  # after a 304, too, the body is known
        assert seen_again(keeper, due(keeper, ask), status) == "unchanged"
    same = "body_sha256 = (select body_sha256 from pages) as same"
    assert ask(f"select kind, refers_to is not null, {same} from captures order by id") == [
        ("response", False, True), (kind, True, True), (kind, True, True),
    ]  # fmt: skip
    assert ask("select count(*) from fetches where capture_id is not null") == [(3,)]
    [(article,)] = ask("select capture_id from articles")
    assert ask("select distinct refers_to from captures where kind = %s", kind) == [(article,)]


def test_where_nothing_was_kept_or_may_be_there_is_no_revisit(keeper: Keeper, ask: Ask) -> None:
    keeper.keep("a")
    page = due(keeper, ask)
    assert seen_again(keeper, page, 304, ("X-Robots-Tag", "noarchive")) == "unchanged"
    ask("update captures set expired_at = now() returning id")
    assert seen_again(keeper, due(keeper, ask), 304) == "unchanged"
    assert ask("select count(*) from captures") == [(1,)]


def ended(keeper: Keeper, *, hurried: bool = False, deadline: float = 60) -> tuple[RunResult, list[tuple[str, str]]]:
    """How a run ends, and what is told of the stories that are released then."""
    told: list[tuple[str, str]] = []
    with (
        Workers(1, deadline=deadline) as workers,
        Archive(keeper.database.url, keeper.shelf, workers, "test") as archive,
    ):
        archive.hurried = hurried
        end = archive.end(
            keeper.owner, keeper.run, "done", None, lambda _, outcome, read: told.append((outcome, read.title))
        )
        return asyncio.run(end), told


def hold(keeper: Keeper, page: Page, body: str) -> None:
    brought = visit(page, body.encode(), published_at=None)
    assert brought.capture
    place = keeper.writer.write(brought.capture)
    store.write(
        keeper.database, keeper.run, keeper.owner.id, replace(brought, place=place, bounds=Bounds(undated=True))
    )


def test_what_is_held_is_released_when_a_run_ends_unless_it_has_to_hurry_or_wait(keeper: Keeper, ask: Ask) -> None:
    good, none, lost = leased(keeper.database, keeper.run, keeper.owner, "a", "b", "c")
    hold(keeper, good, article_html("A story about the harbour"))
    hold(keeper, none, "<p>No story.</p>")
    hold(keeper, lost, article_html("A story about the ferry"))
    ask("update captures set warc_file = 'gone.warc.gz' where page_id = %s returning id", lost.id)
    for waits in ({"hurried": True}, {"deadline": 0.01}):
        result, told = ended(keeper, **waits)
        assert (result.stored, result.held, told) == (0, {"held_undated": 3}, [])
    assert ask("select count(*) from quarantine where decided_at is null and released_at is null") == [(3,)]
    result, told = ended(keeper)
    assert (result.stored, result.held, told) == (1, {"held_undated": 2}, [("stored", "A story about the harbour")])
    kept = "decided_at is not null and detail like '%%could not be released: %%' as kept"
    assert ask(f"select url, {kept} from quarantined order by id") == [(none.url, True), (lost.url, True)]
    assert ask("select stored, held from runs") == [(1, {"held_undated": 2})]


def test_a_page_that_a_busy_machine_left_unread_is_kept_and_asked_for_again(keeper: Keeper, ask: Ask) -> None:
    page = leased(keeper.database, keeper.run, keeper.owner, "a")[0]
    body = article_html("A boat", "It is blue.").encode()
    answer = Capture(page.url, page.url, 200, (), body, MOMENT)
    with (
        Workers(1, deadline=0.01) as workers,
        Archive(keeper.database.url, keeper.shelf, workers, "test") as archive,
    ):
        assert asyncio.run(archive.keep(keeper.run, keeper.owner, page, answer, 0))[0] == "timeout"
    assert ask("select reason, capture_id is not null from quarantine") == [("timeout", True)]
    assert ask("select due_at < now() + interval '1 day' from pages") == [(True,)]
