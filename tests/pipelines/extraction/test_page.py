"""A page parsed once: its JSON-LD in every state of repair, its meta elements, and which thing is the story."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from pipelines.extraction import engine
from pipelines.extraction.page import MOST_THINGS, Page, types

NEWS = {"@type": "NewsArticle", "headline": "The weir is mended"}
LD = "application/ld+json"


def page(*scripts: object, head: str = "", kind: str = LD) -> Page:
    said = (script if isinstance(script, str) else json.dumps(script) for script in scripts)
    elements = "".join(f'<script type="{kind}">{text}</script>' for text in said)
    tree = engine.parse(f"<html><head>{head}{elements}</head><body><p>So.</p></body></html>")
    assert tree is not None
    return Page("https://a.example/weir", tree, datetime(2026, 3, 4, tzinfo=UTC))


def headlines(given: Page) -> list[str | None]:
    return [thing.get("headline") for thing in given.things]


@pytest.mark.parametrize(
    "said",
    [
        NEWS,
        [NEWS],
        [[{"@context": "https://schema.org"}, NEWS]],
        {"@graph": [NEWS]},
        {"@context": "https://schema.org", "@graph": NEWS},
        {"@graph": [{"@graph": [NEWS]}]},
        {"@type": "WebPage", "mainEntity": NEWS},
        {"@type": "WebPage", "mainEntityOfPage": NEWS},
        {"mainEntity": [NEWS, None, 7, "so"]},
        {"@type": "WebSite", "@graph": [{"@type": "WebPage", "mainEntity": [NEWS]}]},
    ],
)
def test_things_are_taken_out_of_what_wraps_them(said: object) -> None:
    given = page(said)
    assert [thing for thing in given.things if "headline" in thing] == [NEWS]
    assert given.story == NEWS


@pytest.mark.parametrize(
    "said",
    [
        {"@type": "ItemList", "itemListElement": [NEWS]},
        {"@type": "WebPage", "isPartOf": NEWS, "hasPart": [NEWS]},
        {"@type": "VideoObject", "comment": [NEWS]},
        {"headline": "No type"},
        "so",
        17,
        None,
        [],
        {},
    ],
)
def test_what_other_things_hold_is_not_of_this_page(said: object) -> None:
    assert page(said).story == {}


STORY = '"@type": "NewsArticle", "headline": "The weir is mended"'


@pytest.mark.parametrize(
    "script",
    [
        f"{{{STORY}}}",
        f"\n\t {{{STORY}}} \n",
        f"\ufeff{{{STORY}}}",
        f"{{{STORY},}}",
        f'[{{{STORY}, "author": ["Ann", ], }}, ]',
        f"{{{STORY}}};",
        f"<!-- {{{STORY}}} -->",
        f"<!--\n{{{STORY}}}\n//-->",
        f"<![CDATA[ {{{STORY}}} ]]>",
        f"//<![CDATA[\n{{{STORY}}}\n//]]>",
        f'{{{STORY}, "path": "C:\\weirs", "quote": "\\\'so\\\'"}}',
        f'{{{STORY}, "text": "one\ntwo\tthree"}}',
        f'{{{STORY}, "text": "a\x01b"}}',
        f'{{{STORY}}}\n{{"@type": "WebSite"}}',
        f"{{{STORY}}} and whatever follows it",
        f'{{{STORY}, "text": "lone \\ud83d surrogate"}}',
        f'{{{STORY}, "number": 1e999, "other": NaN}}',
    ],
)
def test_broken_json_is_read_as_far_as_it_goes(script: str) -> None:
    given = page(script)
    assert given.story.get("headline") == "The weir is mended"


@pytest.mark.parametrize(
    "script",
    [
        "",
        " ",
        "{",
        "}",
        "so",
        "{'@type': 'NewsArticle'}",
        '{"@type": "NewsArticle"',
        "null",
        "<p>{}</p>",
        "[" * 100_000,
    ],
)
def test_what_is_no_json_is_nothing(script: str) -> None:
    given = page(script, NEWS)
    assert headlines(given) == ["The weir is mended"]  # and harms no neighbour


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"C:\weirs", r"C:\weirs"),
        (r"C:\\weirs", r"C:\weirs"),
        (r"C:\users", r"C:\users"),
        (r"it\'s", "it's"),
        (r"a\\\w", r"a\\w"),
        (r"\"so\" \u00e9\/", '"so" é/'),
        (r"\x", r"\x"),
    ],
)
def test_backslashes_of_all_sorts(written: str, read: str) -> None:
    assert page(f'{{{STORY}, "text": "{written}",}}').story.get("text") == read


def test_a_comma_in_a_text_is_no_trailing_one() -> None:
    whole = {**NEWS, "text": "a,] b,}", "address": "https://a.example/x;"}
    assert page(whole).story == whole


@pytest.mark.parametrize("kind", ["application/ld+json", "Application/LD+JSON", "application/ld+json; charset=utf-8"])
def test_forms_of_the_scripts_type(kind: str) -> None:
    assert page(NEWS, kind=kind).story == NEWS


def test_other_scripts_are_not_read() -> None:
    assert page(NEWS, kind="application/json").things == ()


def test_things_come_in_the_order_of_the_page() -> None:
    given = page(
        [{"@type": "Person", "headline": "1"}, {"@type": "Person", "headline": "2"}], {"@type": "X", "headline": "3"}
    )
    assert headlines(given) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("NewsArticle", {"NewsArticle"}),
        ("https://schema.org/NewsArticle", {"NewsArticle"}),
        ("http://schema.org/NewsArticle", {"NewsArticle"}),
        ("schema:NewsArticle", {"NewsArticle"}),
        (["NewsArticle", "https://schema.org/Report"], {"NewsArticle", "Report"}),
        (["NewsArticle", 7, None], {"NewsArticle"}),
        (None, set()),
        ({"@id": "NewsArticle"}, set()),
    ],
)
def test_types(said: object, expected: set[str]) -> None:
    assert types({"@type": said}) == expected


def thing(kind: object, headline: str | None = None) -> dict[str, object]:
    return {"@type": kind} | ({"headline": headline} if headline else {})


@pytest.mark.parametrize(
    ("things", "expected"),
    [
        ([thing("WebPage", "a"), thing("NewsArticle", "b")], "b"),
        ([thing("NewsArticle", "a"), thing("NewsArticle", "b")], "a"),
        ([thing("NewsArticle"), thing("NewsArticle", "b")], "b"),
        ([thing("CreativeWork", "a"), thing("BlogPosting", "b")], "b"),
        ([thing("CreativeWork", "a"), thing("BlogPosting")], None),
        ([thing("CreativeWork", "a")], "a"),
        ([thing(["CreativeWork", "NewsArticle"], "a"), thing("Article", "b")], "a"),
        ([thing("https://schema.org/LiveBlogPosting", "a")], "a"),
        ([thing("Product", "a"), thing("Recipe", "b"), thing("VideoObject", "c")], None),
    ],
)
def test_the_story_among_the_things(things: list[object], expected: str | None) -> None:
    assert page(*things).story.get("headline") == expected
    assert page(things).story.get("headline") == expected


def test_large_scripts_cost_little() -> None:
    started = time.process_time()
    large = page({"@type": "NewsArticle", "text": "so " * 1_000_000}, NEWS)
    assert large.story == NEWS  # three megabytes are not read
    assert len(page([thing("Person")] * 3 * MOST_THINGS).things) == MOST_THINGS
    long_runs = (
        '{"@type": "NewsArticle", "headline": ' + "," * 500_000,
        "\\" * 500_000 + "{" + ", " * 300_000,
        *("{" + run * 500_000 + "x" for run in (" ", ";", "//", "; ", "\n", ",\n", "<!--", "-->", "{", "[{")),
    )
    assert [page(script).things for script in long_runs] == [()] * len(long_runs)
    assert time.process_time() - started < 3


def test_what_is_nested_too_deep_is_left() -> None:
    deep: object = NEWS
    for _ in range(200):
        deep = {"@graph": [deep]}
    assert page(deep).things == ()
    assert page('{"a":' * 5000 + "1" + "}" * 5000, NEWS).story == NEWS


def test_meta_by_name_property_and_itemprop() -> None:
    given = page(
        head='<meta name="Author" content=" Ann Lee "><meta property="og:title" content="The weir">'
        '<meta itemprop="datePublished" content="2026-03-03"><meta name="author" content="Bo Ek">'
        '<meta name="empty" content=" "><meta name="none"><meta content="of nothing">'
        '<meta name="both" property="og:both" content="twice"><meta name="same" property="same" content="once">'
    )
    assert given.meta == {
        "author": ("Ann Lee", "Bo Ek"),
        "og:title": ("The weir",),
        "datepublished": ("2026-03-03",),
        "both": ("twice",),
        "og:both": ("twice",),
        "same": ("once",),
    }
    assert given.said("nobody", "author", "og:title") == "Ann Lee"
    assert given.said("nobody", "empty") is None


def test_elements_are_all_of_them_in_order() -> None:
    given = page(NEWS)
    assert [element.tag for element in given.elements] == ["html", "head", "script", "body", "p"]
