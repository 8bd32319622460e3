"""The body of a story: what is found on a page, what is cut out of it, and that nothing vanishes untold."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from pipelines.extraction import engine
from pipelines.extraction.page import Page
from pipelines.extraction.story import body, lines
from pipelines.extraction.story.blocks import Block, BlockKind
from pipelines.extraction.story.body import Body
from pipelines.records import Removed
from tests.documents import article_html, prose

TITLE = "Rowing club mends the old weir"


def page(html: str, url: str = "https://a.example/weir") -> Page:
    tree = engine.parse(html)
    assert tree is not None
    return Page(url, tree, datetime(2026, 3, 4, tzinfo=UTC))


def made_of(*parts: str | tuple[BlockKind, str]) -> Body:
    return Body(tuple(Block("paragraph", part) if isinstance(part, str) else Block(*part) for part in parts))


def check(found: Body) -> None:
    """One line a block, none of them empty."""
    assert found.text.split("\n") == (
        [f"- {b.text}" if b.kind == "item" else b.text for b in found.blocks] if found.blocks else [""]
    )
    assert all(b.text and b.text == b.text.strip() for b in found.blocks)


@pytest.mark.parametrize(
    ("given", "span", "expected"),
    [
        (made_of("PARIS (AFP) - It rained.", "So it goes."), "PARIS (AFP) - ", "It rained.\nSo it goes."),
        (made_of("Summary.", "PARIS (AFP) - It rained."), "PARIS (AFP) - ", "Summary.\nIt rained."),
        (made_of("It rained (AFP) again.", "So."), "(AFP) ", "It rained again.\nSo."),
        (made_of("It rained.", "(AFP)"), "(AFP)", "It rained."),
        (made_of("(AFP)", "It rained."), "(AFP)", "It rained."),
        (made_of("(AFP)"), "(AFP)", ""),
        (made_of(("item", "PARIS - It rained."), ("item", "So.")), "PARIS - ", "- It rained.\n- So."),
        (made_of("First.", ("item", "PARIS - It rained.")), "- PARIS - ", "First.\n- It rained."),
        (made_of(("item", "(AFP)"), ("item", "So.")), "(AFP)", "- So."),
        (made_of(("item", "(AFP)"), ("item", "So.")), "- (AFP)", "- So."),
        (made_of(("item", "- 5 degrees"), "So."), "So.", "- - 5 degrees"),
        (made_of("PARIS\u2028- It rained.", "So."), "PARIS", "- It rained.\nSo."),
    ],
)
def test_a_span_is_cut_out_of_its_line(given: Body, span: str, expected: str) -> None:
    start = given.text.index(span)
    cut = given.without(start, start + len(span), "dateline")
    assert cut.text.replace("\u2028", "") == expected
    assert [removed.rule for removed in cut.removed] == ["dateline"]
    check(cut)


def test_a_span_ends_with_its_line() -> None:
    cut = made_of("PARIS (AFP)", "It rained.").without(0, 14, "dateline")
    assert (cut.text, cut.removed) == ("It rained.", (Removed("PARIS (AFP)", "dateline"),))


def test_what_was_removed_before_is_kept() -> None:
    once = made_of("Title", "PARIS - It rained.").without(0, 5, "title_echo")
    assert once.without(0, 8, "dateline").removed == (Removed("Title", "title_echo"), Removed("PARIS -", "dateline"))


@pytest.mark.parametrize(
    ("given", "ends", "cut", "expected"),
    [
        (made_of("One.", "It rained. (AFP)"), "One.\nIt rained.", "(AFP)", "One.\nIt rained."),
        (made_of("One.", "(AFP)"), "One.", "(AFP)", "One."),
        (made_of("One.", "(AFP)", "© 2026"), "One.", "(AFP)\n© 2026", "One."),
        (made_of("One.", "Two (AFP)."), "One.\nTwo.", "(AFP)", "One.\nTwo."),
        (made_of(("item", "One."), ("item", "Two. (AFP)")), "- One.\n- Two.", "(AFP)", "- One.\n- Two."),
        (made_of(("item", "One."), ("item", "(AFP)")), "- One.", "- (AFP)", "- One."),
        (made_of(("item", "One."), ("item", "(AFP)")), "- One.\n- ", "(AFP)", "- One."),
        (made_of("(AFP)"), "", "(AFP)", ""),
    ],
)
def test_a_text_ends_before_its_credit(given: Body, ends: str, cut: str, expected: str) -> None:
    ended = given.ending(ends, cut, "credit")
    assert (ended.text, ended.removed) == (expected, (Removed(cut, "credit"),))
    check(ended)


def test_nothing_cut_is_nothing_removed() -> None:
    given = made_of("One.", "Two.")
    assert given.ending("One.\nTwo.", "", "credit") is given


def test_a_cut_row_is_cut_in_markdown_too() -> None:
    given = Body((Block("row", "a | b (AFP)", cells=("a", "b (AFP)")), Block("row", "c | d", cells=("c", "d"))))
    assert "AFP" not in given.without(6, 11, "credit").markdown


HTML = """<html lang="en"><head><title>{title} | The Harbour Post</title></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>{title}</h1><p>By Ann Lee</p>{story}{after}</article>
<footer><p>© 2026 The Harbour Post</p></footer></body></html>"""


def written(story: str = "", after: str = "") -> str:
    return HTML.format(title=TITLE, story=story or "".join(f"<p>{said}</p>" for said in prose(1)), after=after)


def test_the_story_of_a_page() -> None:
    after = '<p>Read also: <a href="/ferry">The ferry comes back in spring</a></p>'
    found = body.read(page(written(after=after)), TITLE)
    assert found.text.split("\n") == prose(1)
    assert {(r.text, r.rule) for r in found.removed} >= {
        (TITLE, "title_echo"),
        ("By Ann Lee", "date_or_byline"),
        ("Read also: The ferry comes back in spring", "pointer"),
    }
    check(found)


def test_every_form_of_the_headline_is_known() -> None:
    found = body.read(page(written()), None)  # the first heading, og:title and the window's title say it as well
    assert Removed(TITLE, "title_echo") in found.removed


@pytest.mark.parametrize(
    "first",
    [
        "<p><span>N</span>ow {}</p>",
        '<p><span class="dropcap">N</span>\n ow {}</p>',
        '<p class="first"><span class="initial-letter-outer"><span class="x">N</span></span> <span>ow {}</span></p>',
    ],
)
def test_a_large_first_letter_belongs_to_its_word(first: str) -> None:
    one, *others = prose(1)
    found = body.read(page(written(first.format(one) + "".join(f"<p>{said}</p>" for said in others))), TITLE)
    assert found.text.split("\n")[0] == f"Now {one}"


@pytest.mark.parametrize(
    "first",
    [
        '<p><span class="dropcap">A</span> {}</p>',
        '<p><span class="dropcap">X</span>: {}</p>',
        "<p><b>X</b> {}</p>",
        '<p>X {} <span class="initial">X</span></p>',
    ],
)
def test_a_letter_that_is_a_word_stays_one(first: str) -> None:
    one, *others = prose(1)
    found = body.read(page(written(first.format(one) + "".join(f"<p>{said}</p>" for said in others))), TITLE)
    assert found.text[1] in " :"


def test_the_page_is_left_as_it_is() -> None:
    given = page(written())
    before = [(e.tag, e.text, e.tail, dict(e.attrib)) for e in given.tree.iter()]
    body.read(given, TITLE)
    assert [(e.tag, e.text, e.tail, dict(e.attrib)) for e in given.tree.iter()] == before


def test_a_text_too_long_is_cut_where_the_limit_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "MOST_CHARACTERS", 700)
    found = body.read(page(written()), TITLE)
    assert 600 < len(found.text) <= 700
    check(found)


def letters(*texts: str) -> Counter[str]:
    return Counter("".join("".join(texts).split()))


PAGES = {
    "plain": written(),
    "of the builder": article_html(
        TITLE, date_bar="Tuesday, 3 March 2026", related={"/a": "The ferry comes back again"}
    ),
    "lists": written(
        f"<p>{prose(2)[0]}</p><ul><li>One<ul><li>Two</li></ul></li><li>Three<br>Four</li></ul><p>{prose(2)[1]}</p>"
        "<table><tr><th>Name</th><th></th></tr><tr><td>Weir</td><td>9 days</td></tr></table>"
        f"<blockquote><p>One.</p><p>Two.</p></blockquote><pre>a = 1\n  b</pre><p>Use <code>ls</code>, {prose(3)[0]}</p>"
    ),
    "furniture": written(
        after="<p>Read more</p><p><a href='/b'>The lighthouse is green and white</a></p><p>Sign up for our letter</p>"
        f"<figure><img src='x.jpg'><figcaption>The weir.</figcaption></figure><p>{prose(1)[2]}</p>"
        "<p>Ann Lee is at ann@a.example</p><div class='newsletter'><p>All of the harbour, each day.</p></div>"
    ),
    "short": written("<p>The weir is mended.</p><p>It took nine days.</p><p>The mayor came.</p>"),
    "two stories": written(after="</article><article><h2>The ferry comes back</h2>" + f"<p>{prose(4)[0]}</p>" * 2),
    "large letter": written(f'<p><span class="dropcap">N</span> ow {prose(1)[0]}</p><p>{prose(1)[1]}</p>'),
}


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)
def test_nothing_vanishes_untold(html: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = body.read(page(html), TITLE)
    with monkeypatch.context() as patch:
        patch.setattr(lines, "judge", lambda _: {})
        everything = body.read(page(html), TITLE)
    assert not everything.removed
    dashes = "-" * sum(
        removed.text == b.text and b.kind == "item" for removed in found.removed for b in everything.blocks
    )
    assert letters(found.text, dashes, *(removed.text for removed in found.removed)) == letters(everything.text)
    check(found)


@pytest.mark.parametrize("html", ["<p>.</p>", "<html><body><div></div></body></html>", "<h1>Only a headline</h1>"])
def test_a_page_of_nothing(html: str) -> None:
    check(body.read(page(html), None))
