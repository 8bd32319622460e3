"""What a page says to machines about its use: its meta elements, and what it calls its licence."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import XPath

from pipelines import rights
from pipelines.extraction.page import Page
from pipelines.extraction.plain import strings
from pipelines.rights import Link, Rights

_LICENCES = XPath("//*[self::link or self::a][@href][contains(translate(@rel, 'LICENSE', 'license'), 'license')]")


def read(page: Page) -> Rights:
    """What the page opts out of, and its licence; what the headers of its answer say is not known here."""
    return rights.of_page(page.meta, _licences(page), page.visit, page.url)


def _licences(page: Page) -> Iterator[Link]:
    """Links that name a licence: of the head, of JSON-LD's story, of the text, where it may be a picture's."""
    found = [(e.tag, (e.get("rel"), e.get("type") or "", e.get("href"))) for e in _LICENCES(page.tree)]
    said = page.story.get("license")
    yield from (link for tag, link in found if tag == "link")
    for value in strings(said, "url") + strings(said, "@id"):
        if value.lower().startswith(("http://", "https://")):  # not "All rights reserved"
            yield "license", "", value
    yield from (link for tag, link in found if tag == "a")
