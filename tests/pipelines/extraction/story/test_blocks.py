"""The blocks of a story: what becomes one, what its text is, and both ways of writing them."""

from __future__ import annotations

import time

import pytest
from lxml import etree
from lxml.html import fragment_fromstring
from markdown_it import MarkdownIt

from pipelines.extraction.story import blocks, markdown
from pipelines.extraction.story.blocks import Block

RENDERER = MarkdownIt("commonmark").enable("table")


def read(xml: str) -> list[Block]:
    return blocks.read(etree.fromstring(f"<body>{xml}</body>"))


def told(xml: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in read(xml)]


def rendered(written: str) -> list[tuple[str, str]]:
    """What a reader of CommonMark sees: the elements that hold text, each with its text."""
    tree = fragment_fromstring(RENDERER.render(written), create_parent="div")
    kept = tree.iter("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "code")
    found = [(str(element.tag), " ".join((element.text or "").split(" "))) for element in kept]
    return [(tag, said.strip("\n")) for tag, said in found if said.strip() or tag in ("td", "th")]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<p>One.</p><p>Two.</p>", [("paragraph", "One."), ("paragraph", "Two.")]),
        ("<p> One \n and\u00a0 more. </p>", [("paragraph", "One"), ("paragraph", "and more.")]),
        ("<p>One.<lb/>Two.</p>", [("paragraph", "One."), ("paragraph", "Two.")]),
        ("<p>A <hi rend='#b'>bold <ref>link</ref></hi>, and on.</p>", [("paragraph", "A bold link, and on.")]),
        ("<p>So <del>not</del> <span>so</span>.</p>", [("paragraph", "So not so.")]),
        ("Bare text <hi>and</hi> more<p>One.</p>after", [
            ("paragraph", "Bare text and more"), ("paragraph", "One."), ("paragraph", "after"),
        ]),
        ("<p>One <p>inner</p> tail</p>", [("paragraph", "One"), ("paragraph", "inner"), ("paragraph", "tail")]),
        ("<p>  </p><p/><head rend='h2'> </head><quote/>", []),
        ("<p>One<!-- not said --> and<?nor this?> two.</p>", [("paragraph", "One and two.")]),
        ("<div><div><p>Deep.</p></div></div>", [("paragraph", "Deep.")]),
    ],
)  # fmt: skip
def test_paragraphs(xml: str, expected: list[tuple[str, str]]) -> None:
    assert told(xml) == expected


@pytest.mark.parametrize(
    ("said", "level"), [(f"h{n}", n) for n in range(1, 7)] + [("h7", 2), ("h0", 2), ("", 2), ("big", 2), ("h22", 2)]
)
def test_levels_of_headings(said: str, level: int) -> None:
    assert read(f'<head rend="{said}">The <hi>weir</hi></head>') == [Block("heading", "The weir", level)]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<list><item>a</item><item>b</item></list>", [("a", 0), ("b", 0)]),
        ("<list><item>a<list><item>b<list><item>c</item></list></item></list></item><item>d</item></list>",
         [("a", 0), ("b", 1), ("c", 2), ("d", 0)]),
        ("<list><item>a <list><item>b</item></list> after</item></list>", [("a", 0), ("b", 1), ("after", 0)]),
        ("<list><item><p>a</p><p>b</p></item></list>", [("a", 0), ("b", 0)]),
        ("<list><item>a<lb/>b</item><item> </item></list>", [("a", 0), ("b", 0)]),
        ("<list><item><list><item>only inside</item></list></item></list>", [("only inside", 1)]),
    ],
)  # fmt: skip
def test_lists(xml: str, expected: list[tuple[str, int]]) -> None:
    assert read(xml) == [Block("item", said, level) for said, level in expected]


def test_what_a_list_holds_beside_its_items() -> None:
    found = told("<list><item>a<quote>b</quote><head rend='h3'>c</head><code>d\ne</code></item></list>")
    assert found == [("item", "a"), ("quote", "b"), ("heading", "c"), ("code", "d"), ("code", "e")]


def test_quotes() -> None:
    found = told("<quote>Bare.</quote><quote><p>One.</p><p>Two.<lb/>Three.</p></quote><p>Said.</p>")
    assert found == [*(("quote", said) for said in ("Bare.", "One.", "Two.", "Three.")), ("paragraph", "Said.")]


@pytest.mark.parametrize(
    ("row", "said", "cells"),
    [
        ("<cell>Ann</cell><cell>1990</cell>", "Ann | 1990", ("Ann", "1990")),
        ("<cell/><cell>1990</cell><cell> </cell>", "1990", ("", "1990", "")),
        ("<cell>Of <hi>Ann</hi><p>and</p>Bo</cell>", "Of Ann and Bo", ("Of Ann and Bo",)),
        ("<cell>One<lb/>line</cell><cell>a &amp;amp; b</cell>", "One line | a & b", ("One line", "a & b")),
    ],
)
def test_rows(row: str, said: str, cells: tuple[str, ...]) -> None:
    assert read(f"<table><row>{row}</row></table>") == [Block("row", said, cells=cells)]


def test_a_row_of_nothing_is_none() -> None:
    assert read("<table><row><cell/><cell> </cell></row><row/></table>") == []


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<p>Write <code>x = 1</code> here.</p>", [("paragraph", "Write x = 1 here.")]),
        ("<list><item><code>ls</code> lists</item></list>", [("item", "ls lists")]),
        ("<head>The <code>ls</code> of old</head>", [("heading", "The ls of old")]),
        ("<code>if a &lt; b:\n    c\n\n    d\n</code>", [("code", "if a < b:"), ("code", "    c"), ("code", "    d")]),
        ("<code>\n    a\n      b\n</code>", [("code", "a"), ("code", "  b")]),
        ("<code><code>a &amp;lt; b</code></code>", [("code", "a &lt; b")]),
        ("<p>As in <code>a\nb</code> here.</p>", [
            ("paragraph", "As in"), ("code", "a"), ("code", "b"), ("paragraph", "here."),
        ]),
    ],
)  # fmt: skip
def test_code(xml: str, expected: list[tuple[str, str]]) -> None:
    assert told(xml) == expected


@pytest.mark.parametrize(
    ("said", "read_as"),
    [
        ("salt &amp; pepper", "salt & pepper"),
        ("salt &amp;amp; pepper", "salt & pepper"),
        ("&amp;#8220;So&amp;#x201D;", "“So”"),
        ("5 &amp;lt; 6", "5 < 6"),
        ("caf&amp;eacute;", "café"),
        ("one&amp;nbsp;&amp;nbsp;two", "one two"),
        ("x.example/?page=2&amp;copy=1&amp;reg=3", "x.example/?page=2&copy=1&reg=3"),
        ("AT&amp;T and R&amp;D; then", "AT&T and R&D; then"),
        ("a&amp;#0;b&amp;#xD800;c&amp;#1;d", "a\ufffdb\ufffdcd"),
    ],
)
def test_entities_that_were_escaped_twice(said: str, read_as: str) -> None:
    assert told(f"<p>{said}</p>") == [("paragraph", read_as)]


def test_plain_text_is_one_line_a_block() -> None:
    found = read(
        "<head rend='h2'>Head</head><p>One.<lb/>Two.</p><list><item>a</item></list><quote>Said.</quote>"
        "<table><row><cell>x</cell><cell>y</cell></row></table><code>p\n  q</code>"
    )
    assert blocks.plain(found) == "Head\nOne.\nTwo.\n- a\nSaid.\nx | y\np\n  q"
    assert blocks.plain(found).count("\n") == len(found) - 1


def paragraph(said: str) -> Block:
    return Block("paragraph", said)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], ""),
        ([Block("heading", "Head", 3), paragraph("One."), paragraph("Two.")], "### Head\n\nOne.\n\nTwo."),
        (
            [paragraph("So:"), Block("item", "a"), Block("item", "b", 1), Block("item", "c"), paragraph("On.")],
            "So:\n\n- a\n  - b\n- c\n\nOn.",
        ),
        ([Block("item", "deep", 3), Block("item", "deeper", 9)], "- deep\n  - deeper"),
        ([Block("quote", "One."), Block("quote", "Two."), paragraph("Said.")], "> One.\n>\n> Two.\n\nSaid."),
        (
            [Block("row", "Name | Born", cells=("Name", "Born")), Block("row", "Bo", cells=("", "Bo", ""))],
            "| Name | Born |  |\n| --- | --- | --- |\n|  | Bo |  |",
        ),
        ([Block("row", "a | b", cells=("a | b", "c"))], "| a \\| b | c |\n| --- | --- |"),
        ([Block("row", "One.", cells=("One.", "")), Block("row", "Two.", cells=("Two.",))], "One.\n\nTwo."),
        ([Block("code", "if a:"), Block("code", "    *b*")], "```\nif a:\n    *b*\n```"),
        ([Block("code", "a ```` b")], "`````\na ```` b\n`````"),
    ],
)
def test_markdown(given: list[Block], expected: str) -> None:
    assert markdown.write(given) == expected


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("# 10 Downing Street", "\\# 10 Downing Street"),
        ("#MeToo", "#MeToo"),
        ("> more", "\\> more"),
        ("- and a dash", "\\- and a dash"),
        ("-5 degrees", "-5 degrees"),
        ("+ 3", "\\+ 3"),
        ("1986. A good year", "1986\\. A good year"),
        ("3) third", "3\\) third"),
        ("3.5 per cent", "3.5 per cent"),
        ("---", "\\---"),
        ("5 * 3 * 2", "5 \\* 3 \\* 2"),
        ("a_b_c and _so_", "a_b_c and \\_so\\_"),
        ("[sic] and [a](b)", "[sic] and [a\\](b)"),
        ("a < b, <b>c</b>", "a < b, \\<b>c\\</b>"),
        ("R&D &amp; so", "R&D \\&amp; so"),
        ("C:\\temp", "C:\\\\temp"),
    ],
)
def test_marks_of_the_texts_own_are_escaped_and_no_others(said: str, written: str) -> None:
    assert markdown.write([paragraph(said)]) == written


NASTY = (
    "# not a heading", "####### seven", "#", "C #", "C ##", "> no quote", "- no item", "-", "+ 1", "* star", "---",
    "- - -", "===", "***", "___", "1. no list", "123456789) no list", "1234567890. no list", "~~~", "~~struck~~",
    "```", "`code`", "*so* **very** _so_ __very__ a_b_c __init__ (_so_)", "[a](b) [a]: b ![i](j) [a][b] [sic]",
    "[ref]: https://x.example", "<script>alert(1)</script>", "<!-- no comment -->", "<https://x.example/a_b_>",
    "a < b > c", "&amp; &#35; &copy; & ;", "back\\slash \\* \\", "a | b", "| a | b |", "\\|", "Tab\\", "“Quoted.”",
    "यह भी पढ़ें", "一。二", "\\# \\\\# \\`", "https://x.example/a_(b)*c*?d=1&copy=2",
)  # fmt: skip


@pytest.mark.parametrize("said", NASTY)
@pytest.mark.parametrize(
    ("block", "tags"),
    [
        (Block("paragraph", ""), ["p"]),
        (Block("heading", "", 2), ["h2"]),
        (Block("item", ""), ["li"]),
        (Block("quote", ""), ["p"]),
        (Block("row", "", cells=("x", "")), ["th", "th"]),
        (Block("code", ""), ["code"]),
    ],
    ids=lambda given: given.kind if isinstance(given, Block) else "",
)
def test_a_reader_of_markdown_sees_the_text(said: str, block: Block, tags: list[str]) -> None:
    if block.kind == "row":
        written = markdown.write([Block("row", said, cells=("x", said))])
        assert rendered(written) == [("th", "x"), ("th", said)]
    else:
        written = markdown.write([paragraph("Before."), block.saying(said), block.saying("Next."), paragraph("After.")])
        one = [("code", f"{said}\nNext.")] if block.kind == "code" else [(tags[0], said), (tags[0], "Next.")]
        assert rendered(written) == [("p", "Before."), *one, ("p", "After.")]


def test_a_reader_of_markdown_sees_lists_in_lists() -> None:
    found = read("<list><item>a<list><item>b<list><item>c</item></list></item></list></item><item>d</item></list>")
    html = RENDERER.render(markdown.write(found))
    assert "".join(html.split()) == "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"


def test_strange_bodies_take_no_time() -> None:
    strange = (
        [paragraph(said * 50_000) for said in ("_*", "# ", "&&", "[]", "1.", "- ")],
        [Block("heading", " #" * 50_000, 1)],
        [Block("row", "x", cells=("",) * 10_000 + ("x",))] + [Block("row", "x", cells=("x",))] * 10_000,
        [Block("item", "x", n) for n in range(0, 20_000, 7)],
    )  # fmt: skip
    started = time.process_time()
    for given in strange:
        markdown.write(given)
    read("<p>" + "&amp;x" * 50_000 + "</p>" + "<list><item>x" * 100 + "</item></list>" * 100)
    assert time.process_time() - started < 2
