"""The other stories that a page points to."""

from __future__ import annotations

from lxml.etree import XPath

from pipelines import text, urls
from pipelines.extraction.page import Page
from pipelines.records import Link

FEWEST_WORDS = 3  # of a headline; fewer is a section or a name
MOST_LINKS = 200
HEADLINES = XPath("//a[@href][ancestor::h2 or ancestor::h3 or ancestor::h4 or h2 or h3 or h4]")


def read(page: Page) -> tuple[Link, ...]:
    """Links of the same site that are headlines: in a heading, and of several words."""
    found: dict[str, Link] = {}
    for anchor in HEADLINES(page.tree)[: 2 * MOST_LINKS]:
        title = text.line(anchor.text_content(), 300)
        target = urls.resolve(page.url, anchor.get("href"))
        if title and target and len(text.words(title)) >= FEWEST_WORDS and urls.same_site(page.url, target):
            found.setdefault(target, Link(target, title))
    return tuple(found.values())[:MOST_LINKS]
