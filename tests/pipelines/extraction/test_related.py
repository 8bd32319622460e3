"""The other stories that a page points to: headlines of the same site."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.extraction import engine, related
from pipelines.extraction.page import Page
from pipelines.records import Link

HEADLINE = "The ferry comes back in spring"


def read(html: str, url: str = "https://post.example/news/weir") -> tuple[Link, ...]:
    tree = engine.parse(f"<html><body>{html}<p>.</p></body></html>")
    assert tree is not None
    return related.read(Page(url, tree, datetime(2026, 3, 4, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("html", "url"),
    [
        (f'<h2><a href="/ferry">{HEADLINE}</a></h2>', "https://post.example/ferry"),
        ('<h4><b><a href="ferry">The <i>ferry</i> comes\n back in spring</a></b></h4>', "https://post.example/news/ferry"),
        (f'<a href="/ferry"><h3>{HEADLINE}</h3></a>', "https://post.example/ferry"),
        (f'<h3><a href="https://www.post.example/ferry">{HEADLINE}</a></h3>', "https://www.post.example/ferry"),
        (f'<h3><a href="//post.example/ferry">{HEADLINE}</a></h3>', "https://post.example/ferry"),
    ],
)  # fmt: skip
def test_a_headline_of_the_site(html: str, url: str) -> None:
    assert read(html) == (Link(url, HEADLINE),)


@pytest.mark.parametrize(
    "html",
    [
        f'<h2><a href="https://other.example/ferry">{HEADLINE}</a></h2>',
        f'<p><a href="/ferry">{HEADLINE}</a></p>',
        '<h2><a href="/sport">More sport</a></h2>',
        f"<h2><a>{HEADLINE}</a></h2>",
        f'<h2><a href="mailto:ann@post.example">{HEADLINE}</a></h2>',
        f'<h2><a href="javascript:show()">{HEADLINE}</a></h2>',
        f'<h2><a href="http://[bad">{HEADLINE}</a></h2>',
        '<h2><a href="/ferry"></a></h2>',
        f"<h2>{HEADLINE}</h2>",
    ],
)
def test_what_is_none(html: str) -> None:
    assert read(html) == ()


def test_each_story_once_in_the_order_of_the_page() -> None:
    links = (("/b", "The lighthouse is green"), ("/a", HEADLINE), ("/b", "The lighthouse is green again"))
    assert [link.title for link in read("".join(f'<h3><a href="{u}">{t}</a></h3>' for u, t in links))] == [
        "The lighthouse is green",
        HEADLINE,
    ]


def test_there_is_an_end_to_them() -> None:
    found = read("".join(f'<h3><a href="/{n}">Story number {n} of the day</a></h3>' for n in range(1000)))
    assert len(found) == related.MOST_LINKS
    assert len(read(f'<h3><a href="/long">{"so long a headline " * 1000}</a></h3>')[0].title or "") == 300
