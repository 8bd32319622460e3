"""What a story is filed under: its section and its tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from lxml.etree import XPath

from pipelines.extraction.about.sites import Site
from pipelines.extraction.page import Page, types
from pipelines.extraction.plain import folded, listed, plain, squashed, strings

MOST_TAGS = 50
LONGEST_TAG = 80  # characters; longer is a sentence
LONGEST_SECTION = 60
MOST_WORDS = 6  # of a section; more are a headline
MOST_CRUMBS = 12

SECTION_META = (
    "article:section",
    "parsely-section",
    "og:section",
    "section",
    "cxenseparse:section",
    "dc.subject",
    "category",
)
TAG_META = ("article:tag", "og:article:tag")
KEYWORD_META = (
    "news_keywords",
    "keywords",
    "parsely-tags",
    "sailthru.tags",
    "dc.keywords",
    "citation_keywords",
    "tags",
)
# What a breadcrumb or a section calls the front page, or nothing in particular.
NO_SECTION = listed(
    """home homepage startseite start accueil inicio início início home page portada główna hlavní forside etusivu front
    frontpage index main all article articles story uncategorized uncategorised sin categoría non classé unkategorisiert
    allgemein breaking default null none undefined главная ホーム トップ 首页 首頁 होम anasayfa ana sayfa"""
) | {"home page", "front page", "sin categoría", "non classé", "ana sayfa", "strona główna", "página inicial"}
CRUMBS = XPath(
    "//*[contains(@itemtype, 'BreadcrumbList')]//*[@itemprop='name']"
    " | //*[self::nav or self::ol or self::ul][contains(@class, 'readcrumb') or contains(@aria-label, 'readcrumb')]//a"
)
BETWEEN_TAGS = re.compile(r"\s*[,;|、]\s*")
MACHINE_TAG = re.compile(r"_\S{1,100}|[\w.-]{1,40}[:=]\S{1,100}|[\d\W_]{1,100}|[a-f0-9-]{20,100}")


def section(page: Page, title: str | None, site: Site) -> str | None:
    """The section that the story stands in, as JSON-LD, meta elements or else its breadcrumbs name it."""
    said = [value for one in strings(page.story.get("articleSection"))[:MOST_CRUMBS] for value in _unjoined(one)]
    said += [page.meta[name][0] for name in SECTION_META if name in page.meta]
    if found := next(_sections(said, title, site), None):
        return found
    crumbs = _declared_crumbs(page) or [" ".join(crumb.itertext()) for crumb in CRUMBS(page.tree)[:MOST_CRUMBS]]
    return next(_sections(reversed(crumbs), title, site), None)


def tags(page: Page, site: Site) -> tuple[str, ...]:
    """The story's keywords, each once whatever its case, at most 50: those of the story, else those of the page."""
    declared = [*_in(TAG_META, page), *strings(page.story.get("keywords"))]
    for said in (declared, list(_in(KEYWORD_META, page))):
        if found := _tags(said, site):
            return found
    return ()


def _in(names: Sequence[str], page: Page) -> Iterator[str]:
    for name in names:
        yield from page.meta.get(name, ())[: MOST_TAGS * 2]


def _tags(said: Iterable[str], site: Site) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for value in islice(said, MOST_TAGS * 4):
        for part in BETWEEN_TAGS.split(plain(value, 4000) or ""):
            tag = part.strip(" \"'#[]")
            if tag and len(tag) <= LONGEST_TAG and not MACHINE_TAG.fullmatch(tag) and not site.is_named(tag):
                found.setdefault(folded(tag), tag)
        if len(found) >= MOST_TAGS:
            break
    return tuple(tag for letters, tag in found.items() if letters)[:MOST_TAGS]


def _unjoined(value: str) -> list[str]:
    """A section, or the members of a list that was written as one text."""
    return value.split(",") if value.count(",") > 1 else [value]


def _sections(said: Iterable[str], title: str | None, site: Site) -> Iterator[str]:
    for value in said:
        name = plain(value, 200)
        if not name or not 0 < len(folded(name).split()) <= MOST_WORDS or len(name) > LONGEST_SECTION:
            continue
        plain_name = folded(name) not in NO_SECTION and not name.isdigit() and "://" not in name and "_" not in name
        if plain_name and not site.is_named(name) and not _is_the_title(name, title):
            yield name


def _is_the_title(name: str, title: str | None) -> bool:
    """Whether a breadcrumb is the headline, perhaps cut short."""
    return bool(title) and len(name.split()) > 2 and squashed(title)[:20].startswith(squashed(name)[:20])


def _declared_crumbs(page: Page) -> list[str]:
    """The names of the first JSON-LD breadcrumb list, the front page's first."""
    for thing in page.things[:200]:
        if "BreadcrumbList" in types(thing):
            items = thing.get("itemListElement")
            return [
                name for item in (items if isinstance(items, list) else [items])[:MOST_CRUMBS] for name in _crumb(item)
            ]
    return []


def _crumb(item: Any) -> tuple[str, ...]:
    """What an item of a breadcrumb list is called, by itself or by what it stands for; the item may be an address."""
    if not isinstance(item, dict):
        return ()
    thing = item.get("item")
    return (strings(item.get("name")) or (strings(thing) if isinstance(thing, dict) else ()))[:1]
