"""Revisions: the kind of each change, whose it is, and the views that show every state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipelines import frontier, revisions, store
from pipelines.database import Database
from pipelines.records import Removed
from pipelines.revisions import State
from pipelines.store import Visit
from tests.conftest import Ask
from tests.pipelines.builders import MOMENT, STORY, leased, run_of, source, visit

TEXT = "The ferry, said the mate, came back on Tuesday.\nIts crew of twenty-five wasn't hurt; it cost €5."


@pytest.mark.parametrize(
    ("title", "text", "change"),
    [
        ("T", TEXT.replace(",", ""), "minor"),
        ("T", TEXT.upper(), "minor"),
        ("T", TEXT.replace("\n", " ").replace(" ", "\u00a0"), "minor"),
        ("T", TEXT.replace("'", "’").replace("twenty-five", "twenty five"), "minor"),
        ("T", f"“{TEXT}”", "minor"),
        ("t!", TEXT, "minor"),
        ("T", f"Updated: 12:03\n{TEXT}", "minor"),
        ("T", f"{TEXT}\nLast updated 4 March 2026 at 12.03 CET", "minor"),
        ("T", f"{TEXT}\nAktualisiert: 04.03.2026, 12:03 Uhr", "minor"),
        ("T", f"{TEXT}\n(Stand: 4. März 2026, 12.03 Uhr)", "minor"),
        ("Another", TEXT.replace(",", ""), "title"),
        ("Updated: 12:03", TEXT, "title"),
        ("T", TEXT.replace("twenty-five", "twenty-six"), "substantive"),
        ("T", TEXT.replace("wasn't", "was"), "substantive"),
        ("T", TEXT.replace("€5", "$5"), "substantive"),
        ("T", "\n".join(reversed(TEXT.split("\n"))), "substantive"),
        (
            "T",
            f"{TEXT}\nUpdated rules say that 12 may be carried, and that nobody has yet asked for more",
            "substantive",
        ),
        ("T", f"{TEXT}\nUpdated 12:03: the mate was found guilty of it", "substantive"),
        ("T", f"{TEXT}\nStand up, 4 of the 2026 passengers said", "substantive"),
        ("Another", f"{TEXT} More.", "substantive"),
    ],
)
def test_what_kind_of_change(title: str, text: str, change: str) -> None:
    assert revisions.classify("T", TEXT, title, text) == change


OLD = State("T", "one two three", "v1", 1)
NEW = State("T", "one two four", "v2", 2)


@pytest.mark.parametrize(
    ("old", "new", "reread", "makers"),
    [
        (OLD, replace(NEW, text=OLD.text), None, []),
        (OLD, replace(NEW, extractor="v1"), None, ["newsroom"]),
        (OLD, NEW, replace(NEW, capture=1), ["extractor"]),
        (OLD, NEW, replace(NEW, capture=1, text=OLD.text), ["newsroom"]),
        (OLD, NEW, replace(NEW, capture=1, text="one two"), ["extractor", "newsroom"]),
        (OLD, NEW, replace(NEW, capture=9), ["newsroom"]),  # of another state: it tells nothing
        (OLD, NEW, None, ["newsroom"]),
        (OLD, replace(NEW, text="One, two; three"), None, ["extractor"]),
        (OLD, replace(NEW, text="two three", removed=("ONE –",)), None, ["extractor"]),
        (replace(OLD, removed=("four",)), replace(NEW, text="one two three four"), None, ["extractor"]),
        (OLD, replace(NEW, text="two three", removed=("eleven",)), None, ["newsroom"]),
    ],
)
def test_whose_change(old: State, new: State, reread: State | None, makers: list[str]) -> None:
    assert [step.made_by for step in revisions.steps(old, new, reread)] == makers


Visitor = Callable[..., str]


@pytest.fixture
def visited(database: Database, ask: Ask) -> Visitor:
    """Visit one page again and again: each call brings the article with those changes, an hour after the last."""
    owner = source(database)
    run = run_of(database, owner)
    leased(database, run, owner, "a")
    hours = iter(range(100))

    def visited(reread: State | None = None, **changes: Any) -> str:
        ask("update pages set due_at = now(), leased_by = null returning id")
        page = frontier.lease(database, run, owner.id, 1)[0]
        brought: Visit = visit(page, at=MOMENT + timedelta(hours=next(hours)), **changes)
        return store.write(database, run, owner.id, replace(brought, reread=reread))

    return visited


def test_a_revert_is_a_revision_too(visited: Visitor, ask: Ask) -> None:
    outcomes = [visited(text=text) for text in ("One.", "Two.", "One.", "One.")]
    assert outcomes == ["stored", "revised", "revised", "unchanged"]
    assert ask("select number, change, made_by, text from revisions order by number") == [
        (1, "substantive", "newsroom", "One."), (2, "substantive", "newsroom", "Two."),
    ]  # fmt: skip
    assert ask("select revision_count, changed_at, text from articles") == [(2, MOMENT + timedelta(hours=2), "One.")]


def test_the_extractors_change_is_not_the_newsrooms(visited: Visitor, ask: Ask) -> None:
    visited()
    [(capture,)] = ask("select capture_id from articles")
    again = State(STORY.title, "Read better.", "v2", int(str(capture)))
    assert visited(again, text="Read better.", extractor="v2") == "unchanged"
    assert ask("select made_by, extractor, text from revisions") == [("extractor", "test", STORY.text)]
    assert ask("select revision_count, changed_at, extractor, text from articles") == [
        (0, MOMENT, "v2", "Read better.")
    ]
    assert ask("select revised, unchanged from runs") == [(0, 1)]


def test_both_at_once_are_two_revisions(visited: Visitor, ask: Ask) -> None:
    visited()
    [(capture,)] = ask("select capture_id from articles")
    again = State(STORY.title, "Read better.", "v2", int(str(capture)))
    assert visited(again, text="Read better, and corrected.", extractor="v2") == "revised"
    assert ask("select number, made_by, text, extractor from revisions order by number") == [
        (1, "extractor", STORY.text, "test"), (2, "newsroom", "Read better.", "v2"),
    ]  # fmt: skip
    assert ask("select revision_count, changed_at from articles") == [(1, MOMENT + timedelta(hours=1))]


def test_without_a_capture_what_was_cut_out_tells(visited: Visitor, ask: Ask) -> None:
    visited()
    first, second = STORY.text.split("\n")
    assert visited(text=second, extractor="v2", removed=(Removed(first, "furniture"),)) == "unchanged"
    assert visited(text="Another story.", extractor="v3") == "revised"
    assert ask("select made_by from revisions order by number") == [("extractor",), ("newsroom",)]


def test_every_state_is_a_version_and_every_change_a_pair(visited: Visitor, ask: Ask) -> None:
    for text in ("One.", "One!", "Two."):
        visited(text=text)
    hours = [MOMENT + timedelta(hours=n) for n in range(3)]
    assert ask("select number, text, seen_from, seen_until, change, is_current from article_versions order by 1") == [
        (1, "One.", hours[0], hours[1], None, False), (2, "One!", hours[1], hours[2], "minor", False),
        (3, "Two.", hours[2], None, "substantive", True),
    ]  # fmt: skip
    assert ask("select number, change, text_before, text_after, changed_at from revision_pairs order by 1") == [
        (1, "minor", "One.", "One!", hours[1]), (2, "substantive", "One!", "Two.", hours[2]),
    ]  # fmt: skip
