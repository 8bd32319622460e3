"""The other stories that a page points to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from pipelines import text, urls
from pipelines.extraction.page import Page
from pipelines.records import Link

FEWEST_WORDS = 3  # of a headline; fewer is a section or a name
MOST_LINKS = 200
HEADINGS = frozenset({"h2", "h3", "h4"})


def read(page: Page) -> tuple[Link, ...]:
    """Links of the same site that are headlines: in a heading, and of several words."""
    found: dict[str, Link] = {}
    for anchor in islice(_headlines(page), 2 * MOST_LINKS):
        title = text.line(anchor.text_content(), 300)
        target = urls.resolve(page.url, anchor.get("href") or "")
        if title and target and len(text.words(title)) >= FEWEST_WORDS and urls.same_site(page.url, target):
            found.setdefault(target, Link(target, title))
    return tuple(found.values())[:MOST_LINKS]


def _headlines(page: Page) -> Iterator[HtmlElement]:
    """The links in headings, and those around them, in the order of the page."""
    for heading in page.elements:
        if heading.tag in HEADINGS:
            around = heading.getparent()
            yield from ((around,) if around.tag == "a" else heading.iter("a"))
