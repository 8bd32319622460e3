"""`dateline diff`: the words that changed, on paper, in JSON, and in one line where there are none."""

from __future__ import annotations

import time

import pytest

from dateline import diff
from pipelines import frontier, store
from pipelines.database import Database
from tests.commands import dateline
from tests.conftest import Ask
from tests.pipelines.builders import STORY, leased, run_of, source, visit
from tests.test_crawl import Environment


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("a b c", "a x c", [("equal", "a"), ("delete", "b"), ("insert", "x"), ("equal", "c")]),
        ("a  b", "a b", [("equal", "a b")]),
        ("one\ntwo", "one\ntwo three", [("equal", "one\ntwo"), ("insert", "three")]),
        ("", "a", [("insert", "a")]),
        ("one\ntwo\nthree", "one\nthree", [("equal", "one\n"), ("delete", "two\n"), ("equal", "three")]),
        ("船来了", "船走了", [("equal", "船"), ("delete", "来"), ("insert", "走"), ("equal", "了")]),
        ("ฝนตกที่นี่", "ฝนตกที่นั่น", [("equal", "ฝนตกที่"), ("delete", "นี่"), ("insert", "นั่น")]),
    ],
)
def test_a_diff_of_words(old: str, new: str, pieces: list[tuple[str, str]]) -> None:
    assert [(piece.op, piece.text) for piece in diff.words(old, new)] == pieces


@pytest.mark.parametrize(
    ("old", "new", "printed"),
    [
        ("a b c", "x b", "[-a-] {+x+} b [-c-]"),
        ("x\nb", "a b", "[-x\n-]{+a+} b"),
        ("渡船在星期三九点回到港口。", "渡船在星期三十点回到港口。", "渡船在星期三[-九-]{+十+}点回到港口。"),
        ("フェリーは港に戻った。", "フェリーは港に着いた。", "フェリーは港に[-戻っ-]{+着い+}た。"),
        ("เรือกลับมา 9 โมง", "เรือกลับมา 10 โมง", "เรือกลับมา [-9-] {+10+} โมง"),
        ("大船\n来了", "船\n都来了", "[-大-]船\n{+都+}来了"),
        ("用 Python 写 2025年", "用 Python 写 2026年", "用 Python 写 [-2025-] {+2026+}年"),
        ("배가 항구로 돌아왔다", "배가 항구로 갔다", "배가 항구로 [-돌아왔다-] {+갔다+}"),
    ],
    ids=["english", "lines", "chinese", "japanese", "thai", "starts", "mixed", "korean"],
)
def test_as_it_is_printed(old: str, new: str, printed: str) -> None:
    assert "".join(text.plain for text in diff._shown(diff.words(old, new), plain=True)) == printed


def test_a_long_text_takes_no_time() -> None:
    lines = [" ".join(f"word{n * m % 97}" for m in range(40)) for n in range(2000)]
    began = time.process_time()
    pieces = diff.words("\n".join(lines), "\n".join([*lines[:900], "new", *lines[900:]]))
    assert [(piece.op, piece.text) for piece in pieces if piece.op != "equal"] == [("insert", "new\n")]
    assert time.process_time() - began < 2


def test_a_text_of_few_words_takes_no_time() -> None:
    began = time.process_time()
    pieces = diff.words("buy now " * 10_000 + "a", "now buy " * 10_000 + "b")
    assert [piece.op for piece in pieces] == ["delete", "insert"]
    assert time.process_time() - began < 2


@pytest.fixture
def changed(database: Database, ask: Ask) -> str:
    """The id of an article that changed twice: its text, then its title."""
    owner = source(database)
    run = run_of(database, owner)
    leased(database, run, owner, "a")
    later = {"text": STORY.text.replace("nine", "ten")}
    for changes in ({}, later, later | {"title": "Ferry is back"}):
        ask("update pages set due_at = now(), leased_by = null returning id")
        page = frontier.lease(database, run, owner.id, 1)[0]
        store.write(database, run, owner.id, visit(page, **changes))  # type: ignore[arg-type]
    return str(ask("select id from articles")[0][0])


def test_the_newest_change_and_any_other(environment: Environment, changed: str) -> None:
    newest = dateline(environment, "diff", "https://x.example/a")
    assert newest.code == 0, newest.err
    assert newest.out.startswith("revision 2: title, by the newsroom, seen 2026-03-04 05:06:07\n")
    assert "Ferry [-returns to the harbour-] {+is back+}\n" in newest.out
    first = dateline(environment, "diff", changed, "--revision", "1")
    assert "Its crew of [-nine-] {+ten+} was well." in first.out
    both = dateline(environment, "diff", changed, "--all")
    assert [line[:11] for line in both.out.splitlines() if line.startswith("revision")] == [
        "revision 1:",
        "revision 2:",
    ]


def test_as_json(environment: Environment, changed: str) -> None:
    said = dateline(environment, "diff", changed, "--all", "--json").summary
    assert said["url"] == "https://x.example/a"
    first, second = said["changes"]
    assert (first["number"], first["change"], first["made_by"]) == (1, "substantive", "newsroom")
    assert first["text"][1:3] == [
        {"op": "delete", "text": "nine", "joined": False},
        {"op": "insert", "text": "ten", "joined": False},
    ]
    assert second["text"] == [{"op": "equal", "text": STORY.text.replace("nine", "ten"), "joined": False}]


def test_what_cannot_be_shown_is_one_line(environment: Environment, changed: str, ask: Ask) -> None:
    for arguments, said in (
        (("12345",), "no article '12345'"),
        (("nonsense",), "no article 'nonsense'"),
        ((changed, "--revision", "7"), f"article {changed} has revisions 1 to 2, and no 7"),
        ((changed, "--revision", "1", "--all"), "give either --revision N or --all, not both"),
    ):
        done = dateline(environment, "diff", *arguments)
        assert (done.code, len(done.err.splitlines())) == (2, 1), done.err
        assert said in done.complaint
    ask("delete from revisions returning id")
    assert "has not changed since it was first seen" in dateline(environment, "diff", changed).complaint
