"""A story is found by any of its addresses, with what belongs to it and nothing else; an interruption loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import captures, store, tombstones
from pipelines.database import Database
from pipelines.forgetting import stories
from pipelines.forgetting.audit import Order
from pipelines.forgetting.stories import Unfinished
from pipelines.shelf import Shelf
from tests.conftest import Ask
from tests.pipelines.builders import leased, run_of, source, visit

ORDER = Order("story", "tester")
Kept = Callable[..., str]


@pytest.fixture
def kept(database: Database) -> Kept:
    """Store a page at that path; `changes` are the article's. Returns its outcome."""
    owner = source(database)
    run = run_of(database, owner)

    def kept(path: str, **changes: object) -> str:
        [page] = leased(database, run, owner, path)
        said = {"url": page.url, "canonical_url": page.url} | changes
        return store.write(database, run, owner.id, visit(page, **said))  # type: ignore[arg-type]

    return kept


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param("https://x.example/2026/a-ferry", id="its own"),
        pytest.param("https://www.x.example/2026/a-ferry?utm_source=x", id="another spelling"),
        pytest.param("https://x.example/amp/2026/a-ferry", id="its twin's"),
    ],
)
def test_it_is_found_by_any_address(database: Database, kept: Kept, asked: str) -> None:
    assert kept("2026/a-ferry") == "stored"
    assert kept("amp/2026/a-ferry", canonical_url="https://x.example/2026/a-ferry") == "twin"
    assert kept("2026/another", title="Another", text="Something else was said of other things.") == "stored"
    holding = stories.find(database, asked)
    assert (holding.counts["articles"], holding.counts["pages"]) == (1, 2)
    assert not any("another" in address for address in holding.addresses)


def test_a_twins_address_with_a_story_of_its_own_is_no_twin(database: Database, kept: Kept) -> None:
    kept("2026/a-ferry")
    kept("2026/a-ferry?print=1", title="A bridge", text="Nine other men built a bridge of stone on Friday.")
    assert stories.find(database, "https://x.example/2026/a-ferry").counts["pages"] == 1


def test_what_is_not_there_has_an_address_all_the_same(database: Database, ask: Ask) -> None:
    holding = stories.find(database, "https://x.example/never-seen")
    assert (len(holding.pages), set(holding.addresses)) == (0, {"https://x.example/never-seen"})
    stories.forget(database, holding, ORDER, lambda _captures: [])
    assert tombstones.of(database, "http://x.example/never-seen/")


def test_an_interruption_is_made_good_by_the_same_call(
    database: Database, kept: Kept, ask: Ask, tmp_path: Path
) -> None:
    kept("2026/a-ferry")
    url, shelf = "https://x.example/2026/a-ferry", Shelf(str(tmp_path))
    with pytest.raises(Unfinished, match="the file is busy"):
        stories.forget(database, stories.find(database, url), ORDER, lambda _captures: ["the file is busy"])
    assert ask("select (select count(*) from articles) as a, (select count(*) from captures) as c") == [(0, 1)]
    again = stories.find(database, url)
    assert (again.counts["articles"], again.counts["captures"]) == (0, 1)
    stories.forget(database, again, ORDER, lambda ids: captures.drop(database, shelf, sorted(ids)).pending)
    assert ask("select count(*) from pages union all select count(*) from captures") == [(0,), (0,)]
    assert ask("select finished_at is null as unfinished from forgettings order by id") == [(True,), (False,)]


def test_copies_are_told_by_how_much_of_the_text_they_have(database: Database, kept: Kept) -> None:
    words = [f"word{n}" for n in range(200)]
    kept("2026/a-ferry", text=" ".join(words), word_count=200)
    kept("2026/the-copy", title="Elsewhere", text=" ".join(words), word_count=200)
    kept("2026/a-part", title="A part", text=" ".join(words[:60]), word_count=60)
    found = stories.copies(database, stories.find(database, "https://x.example/2026/a-ferry"))
    assert [(copy.url, copy.is_whole) for copy in found] == [("https://x.example/2026/the-copy", True)]
