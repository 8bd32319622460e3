"""Pages made to break their readers: each is read or given up within its bounds, and its neighbours are unharmed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest

from dateline.extract import WARM_UP, record
from pipelines import text
from pipelines.extract import read_page
from pipelines.records import Article, Unreadable
from pipelines.workers import SECONDS_A_PAGE, WorkerFailure, Workers
from tests import hostile
from tests.documents import article_html

URL = "https://x.example/news/a-story-about-the-harbour.html"
HONEST = article_html("Harbour reopens after the storm", published="2026-03-04T10:00:00Z").encode()
# On a slow machine the time ends before the memory does.
DEADLY = {"100,000 attributes on one element": {"timeout"}, "2.5 million attributes": {"memory", "timeout"}}
UNREAD = dict.fromkeys(("nothing but NUL", "bytes that are no text", "an entity without end"), "unreadable")


Outcome = Article | str
Read = Callable[[str], Outcome]


@pytest.fixture(scope="module")
def outcomes() -> Iterator[Read]:
    """What becomes of each page, by name; all are read at once, an honest page after each, by two workers."""
    with Workers(2, warm_up=WARM_UP) as workers:
        futures: dict[str, Future[Article]] = {}
        for name, make in {**hostile.DEADLY, **hostile.QUICK}.items():
            futures[name] = workers.submit(read_page, make(), URL, seconds=SECONDS_A_PAGE)
            futures[f"after {name}"] = workers.submit(read_page, HONEST, URL, seconds=SECONDS_A_PAGE)
        yield lambda name: _outcome(workers, futures[name])


def _outcome(workers: Workers, future: Future[Article]) -> Outcome:
    try:
        return workers.outcome(future)
    except (Unreadable, WorkerFailure) as failure:
        return failure.reason


@pytest.mark.parametrize("name", hostile.QUICK)
def test_a_hostile_page_is_read_in_time_and_its_record_can_be_stored(outcomes: Read, name: str) -> None:
    outcome = outcomes(name)
    if name in UNREAD:
        assert outcome == UNREAD[name]
        return
    assert isinstance(outcome, Article), outcome
    assert not text.UNSTORABLE.search(json.dumps(record(outcome), ensure_ascii=False))
    assert len(outcome.title) <= 500


@pytest.mark.parametrize("name", hostile.DEADLY)
def test_a_page_over_its_bounds_costs_a_worker_and_says_which(outcomes: Read, name: str) -> None:
    assert outcomes(name) in DEADLY[name]


@pytest.mark.parametrize("name", [*hostile.DEADLY, *hostile.QUICK])
def test_the_next_page_is_read_as_if_nothing_had_been(outcomes: Read, name: str) -> None:
    honest = outcomes(f"after {name}")
    assert isinstance(honest, Article), honest
    assert (honest.kind, honest.title) == ("article", "Harbour reopens after the storm")
    assert honest.published_at == "2026-03-04T10:00:00+00:00"
