"""A page parsed once: its tree and what its head says in machine-readable form, shared by all that reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipelines import text
from pipelines.records import Hints

Thing = Mapping[str, Any]

ARTICLE_TYPES = frozenset({
    "AdvertiserContentArticle", "AnalysisNewsArticle", "Article", "AskPublicNewsArticle", "BackgroundNewsArticle",
    "BlogPosting", "CreativeWork", "LiveBlogPosting", "NewsArticle", "OpinionNewsArticle", "Report",
    "ReportageNewsArticle", "ReviewNewsArticle", "SatiricalArticle", "ScholarlyArticle", "SocialMediaPosting",
    "TechArticle",
})  # fmt: skip
NO_HINTS = Hints()
MOST_THINGS = 2000
MOST_JSON = 2_000_000  # characters of one script; a page's own story is never that long
# Keys under which a page wraps what it is about. Others (isPartOf, itemListElement, comment …) hold other things.
WRAPPERS = ("@graph", "mainEntity", "mainEntityOfPage")
_MARKED = XPath("//*[@itemprop or @pubdate][not(self::meta)]")
OPENING = re.compile(r"(?:\s|\ufeff|//|<!--|<!\[CDATA\[)*")
TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
# An escape that JSON knows; one of a quote mark, that it does not; a backslash that is meant to be one.
BACKSLASH = re.compile(r"""(\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))|\\(')|\\""")


@dataclass(frozen=True)
class Page:
    """What all readers of a page share. `tree` belongs to all: whoever cuts, cuts a copy."""

    url: str
    tree: HtmlElement
    visit: datetime
    hints: Hints = NO_HINTS

    @cached_property
    def elements(self) -> tuple[HtmlElement, ...]:
        """All elements, in the order of the page.

        lxml makes the Python object of an element anew each time the element is met, at a microsecond or two, unless
        one is alive: while this tuple is, every other walk over the tree costs a third.
        """
        return tuple(self.tree.iter("*"))

    @cached_property
    def marked(self) -> list[HtmlElement]:
        """The elements outside of the head that carry a property of microdata, or HTML 5's early `pubdate`."""
        return list(_MARKED(self.tree))

    @cached_property
    def things(self) -> tuple[Thing, ...]:
        """The JSON-LD objects of the page, in its order, taken out of lists, `@graph` and `mainEntity`."""
        scripts = self.tree.xpath('//script[contains(translate(@type, "LD+JSON", "ld+json"), "ld+json")]')
        found = (thing for script in scripts for thing in _unwrapped(_json(script.text), 0))
        return tuple(thing for thing, _ in zip(found, range(MOST_THINGS), strict=False))

    @cached_property
    def story(self) -> Thing:
        """The JSON-LD object of the story itself, empty where there is none."""
        stories = [thing for thing in self.things if types(thing) & ARTICLE_TYPES]
        # CreativeWork is said of anything; NewsArticle of a story.
        stories.sort(key=lambda thing: (types(thing) <= {"CreativeWork"}, "headline" not in thing))
        return stories[0] if stories else {}

    @cached_property
    def meta(self) -> Mapping[str, tuple[str, ...]]:
        """The contents of the meta elements by their name, property or itemprop, in lower case, in page order."""
        found: dict[str, list[str]] = {}
        for element in self.tree.iter("meta"):
            content = element.get("content")
            if content and content.strip():
                names = {element.get(key, "").strip().lower() for key in ("name", "property", "itemprop")}
                for name in names - {""}:
                    found.setdefault(name, []).append(content.strip())
        return {name: tuple(values) for name, values in found.items()}

    def said(self, *names: str) -> str | None:
        """The first content of the first of these meta names that has one."""
        return next((self.meta[name][0] for name in names if name in self.meta), None)


def types(thing: Thing) -> frozenset[str]:
    """The types of a JSON-LD object, without the address of their vocabulary."""
    said = thing.get("@type")
    values = said if isinstance(said, list) else [said]
    return frozenset(value.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for value in values if isinstance(value, str))


def _unwrapped(value: Any, depth: int) -> Iterator[Thing]:
    if depth > 8:
        return
    if isinstance(value, list):
        for member in value:
            yield from _unwrapped(member, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        for key in WRAPPERS:
            yield from _unwrapped(value.get(key), depth + 1)


def _json(script: str | None) -> Any:
    """The value of a script, None where even a lenient reading finds no JSON in it."""
    script = text.storable(script or "")
    if not script.strip() or len(script) > MOST_JSON:
        return None
    try:
        return json.loads(script, strict=False)
    except (ValueError, RecursionError):
        pass
    mended = TRAILING_COMMA.sub("", OPENING.sub("", script, count=1))
    mended = BACKSLASH.sub(lambda found: found[1] or found[2] or r"\\", mended)
    try:
        return json.JSONDecoder(strict=False).raw_decode(mended)[0]  # whatever follows: "-->", "]]>", ";"
    except (ValueError, RecursionError):
        return None
