"""The door to the extractor: what can be parsed, that pages are mended on the way, and that none is changed."""

from __future__ import annotations

import pytest
from lxml import etree

from pipelines.extraction import engine
from tests.documents import article_html, prose

URL = "https://a.example/weir"


@pytest.mark.parametrize("html", ["", " \n", "\x00\x01", "<!doctype html>", "<!-- nothing -->", "<html></html>"])
def test_nothing_is_no_tree(html: str) -> None:
    assert engine.parse(html) is None


@pytest.mark.parametrize(
    "html",
    [
        "<html><body><p>So.</p></body></html>",
        "<p>So.",
        "So.",
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x.dtd"><html><body><p>So.</p></body></html>',
        "<! DOCTYPE html><html><body><p>So.</p></body></html>",
        '<html lang="en"/><body><p>So.</p></body></html>',
        "<p>S\x00o\x07.\x1f</p>",
        "<p>So\ufffe.\uffff</p>",
        "<p>So<!-- not said -->.<?nor this?></p>",
        "\ufeff<p>So.</p>",
    ],
)
def test_what_is_mended_or_left_out(html: str) -> None:
    tree = engine.parse(html)
    assert tree is not None
    assert tree.text_content().strip("\ufeff") == "So."
    assert all(isinstance(element.tag, str) for element in tree.iter())


def test_letters_are_read_as_they_are_written() -> None:
    tree = engine.parse('<meta charset="iso-8859-1"><p>Größe 港町 &amp; 🚣 \ud83d</p>')
    assert tree is not None
    assert tree.findtext(".//p") == "Größe 港町 & 🚣 ?"  # whatever the page says: it has been decoded


@pytest.mark.parametrize("fast", [True, False])
def test_the_main_content_is_found_and_the_tree_left_as_it_is(fast: bool) -> None:
    tree = engine.parse(article_html("Rowing club mends the old weir", related={"/a": "Another story of the day"}))
    assert tree is not None
    before = etree.tostring(tree)
    content = engine.main_content(tree, URL, fast)
    assert content is not None
    said = " ".join(content.itertext())
    assert all(paragraph in said for paragraph in prose("Rowing club mends the old weir"))
    assert "Another story of the day" not in said
    assert etree.tostring(tree) == before


def test_comments_of_readers_are_not_the_story() -> None:
    remarks = "".join(f"<p>{said}</p>" for said in prose("readers"))
    html = article_html("Rowing club mends the old weir").replace(
        "<aside>", f'<div id="comments" class="comments">{remarks}</div><aside>'
    )
    tree = engine.parse(html)
    assert tree is not None
    content = engine.main_content(tree, URL)
    assert content is not None
    assert not any(said in " ".join(content.itertext()) for said in prose("readers"))
