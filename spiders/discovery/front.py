"""Front and section pages: the feeds they name, and the links on them that lead to stories."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import chain, islice
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml import etree, html

from pipelines.extraction.encodings import decode
from pipelines.records import EndpointLink, Link, Unreadable
from pipelines.urls import canonical, resolve, same_site
from spiders.discovery.found import Found
from spiders.discovery.hints import plain
from spiders.discovery.pages import Period, archive_period, archives, base_url, next_page
from spiders.discovery.shapes import WIDE, WORDS_OF_A_HEADLINE, Shapes
from spiders.discovery.vocabulary import ABOUT, LISTS, MEDIA_ENDINGS, PAGE_ENDINGS, TOOLS
from spiders.discovery.wordpress import find_api, posts_url

MAX_ANCHORS = 20_000  # looked at; the fullest front pages have about 1,500
MAX_ENDPOINTS = 50

# A link is a story's if what its address and its text say adds up to this. Menus and footers repeat on every
# page and hold few stories, so there the same link must say more.
STORY = 3
STORY_IN_NAVIGATION = 5
SPELT_OUT = 0.8  # alike, of 1: für and fuer, santé and sante

FEED_TYPES = frozenset(
    ["application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "text/xml"]
)
_NAVIGATION = ("nav", "footer", "header")
_NAVIGATION_ROLES = frozenset(["navigation", "contentinfo", "menu", "menubar", "banner"])
_HEADINGS = ("h1", "h2", "h3", "h4")
_STORY_PARAMETER = re.compile(r"\w*id|p|article|artikel|story|news|item|noticia", re.IGNORECASE)
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(rf"(?<!\d){_YEAR}[/_-]?(?:0?[1-9]|1[0-2]|[a-z]{{3}})(?:[/_-]?[0-3]?\d)?(?![\da-z])", re.IGNORECASE)
_NUMBER = re.compile(rf"(?<!\d)(?!{_YEAR}(?!\d))\d{{4,}}")
_MIXED = re.compile(r"(?<![a-z\d])(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{8,}", re.IGNORECASE)  # c0dn1zv1w1wo, 8d875330
_SEPARATOR = re.compile(r"[\s_+,.;:!~()'-]+")
_DIGIT = re.compile(r"\d")


class Anchor(NamedTuple):
    """What all links of a page to one address say together."""

    url: str
    text: str  # the longest
    in_navigation: bool  # all of them are
    is_headline: bool  # one of them is


def read_front(
    body: bytes,
    url: str,
    content_type: str | None = None,
    shapes: Shapes | None = None,
    *,
    backfill: Period | None = None,
) -> Found:
    """Feeds that the page names in its head, and links to stories of the same site, in the page's order.

    Which links are stories' is judged by what is known of the site's shapes, else by address, text and place:
    see `is_story`. The next page and the archives of a period are endpoints only where a `backfill` asks for it.
    Raises Unreadable for a body without any HTML.
    """
    page = _parsed(body, content_type)
    base = base_url(page, url)
    further = _older(page, url, backfill) if backfill else ()
    stories = (anchor for anchor in _anchors(page, base, url) if is_story(anchor, shapes))
    return Found(
        kind="front",
        links=tuple(Link(a.url, plain(a.text) if _points_of_text(a.text) else None) for a in stories),
        endpoints=(*islice(_endpoints(page, base), MAX_ENDPOINTS), *further),
        title=plain(page.xpath("string((//title)[1])")),
    )


def _parsed(body: bytes, content_type: str | None) -> Any:
    text = decode(body, content_type)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), html.HTMLParser(encoding="utf-8"))
    except etree.ParserError as error:
        raise Unreadable("not_a_page", f"no HTML in it: {error}") from error


def _endpoints(page: Any, base: str) -> Iterator[EndpointLink]:
    """<link rel="alternate"> of a feed's type, without the comments of stories, <link rel="sitemap">, and WordPress's
    posts.
    """
    for link in page.iter("link"):
        rel, kind = link.get("rel", "").lower().split(), link.get("type", "").partition(";")[0].strip().lower()
        address = resolve(base, link.get("href", ""))
        if address is None or "comments" in urlsplit(address).path.split("/"):
            continue
        if "alternate" in rel and kind in FEED_TYPES:
            yield EndpointLink(address, "feed", "autodiscovery")
        elif "sitemap" in rel:
            yield EndpointLink(address, "sitemap", "autodiscovery")
    if root := find_api(page, base):
        yield EndpointLink(posts_url(root), "wordpress", "autodiscovery")


def _older(page: Any, url: str, backfill: Period) -> Iterator[EndpointLink]:
    following = next_page(page, url)
    period = archive_period(following) if following else None
    if following and (period is None or period.meets(backfill)):  # a calendar's next month is no end of it
        yield EndpointLink(following, "front", "pagination")
    for archive in archives(page, url, backfill):
        if archive != following:
            yield EndpointLink(archive, "front", "pagination")


def _anchors(page: Any, base: str, url: str) -> Iterator[Anchor]:
    """The links to other pages of the same site, each address once."""
    anchors: dict[str, Anchor] = {}
    asked = resolve(url, url)  # none, where a redirect led to what nobody would ask for
    here = canonical(asked) if asked else None
    for link in islice(page.iter("a"), MAX_ANCHORS):
        address = resolve(base, link.get("href", ""))
        if address is None or not same_site(url, address) or (key := canonical(address)) == here:
            continue
        seen = anchors.get(key, Anchor(address, "", in_navigation=True, is_headline=False))
        text = " ".join("".join(link.itertext()).split()) or link.get("title", "").strip()
        anchors[key] = seen._replace(
            text=max(seen.text, text, key=len),
            in_navigation=seen.in_navigation and _in_navigation(link),
            is_headline=seen.is_headline or _is_headline(link),
        )
    return iter(anchors.values())


def _in_navigation(link: Any) -> bool:
    if any(True for _ in link.iterancestors("article")):
        return False  # its <header> and <footer> are the story's own
    if any(True for _ in link.iterancestors(*_NAVIGATION)):
        return True
    return any(element.get("role") in _NAVIGATION_ROLES for element in link.iterancestors())


def _is_headline(link: Any) -> bool:
    return any(True for _ in chain(link.iterancestors(*_HEADINGS), link.iterdescendants(*_HEADINGS)))


def is_story(anchor: Anchor, shapes: Shapes | None = None) -> bool:
    """Whether a link leads to a story: as the site's own shapes say or, where they say nothing, by general rules.

    Evidence is added up: several words, a date, a number or an ending in the address, without which there is
    no story; a text as long as a headline; a heading around it.
    """
    learned = shapes.verdict(anchor.url) if shapes else None
    return _is_story(anchor) if learned is None else learned


def _is_story(anchor: Anchor) -> bool:
    parts = urlsplit(anchor.url)
    path = unquote(parts.path).rstrip("/").lower()
    ending = path.rpartition(".")[2]
    path = path.removesuffix(f".{ending}") if ending in PAGE_ENDINGS else path
    if ending in MEDIA_ENDINGS or _is_never_a_story(path, parts.query) or _is_label(anchor, path):
        return False
    if archive_period(anchor.url):
        return False
    address = _points_of_address(path, parts.query, has_ending=ending in PAGE_ENDINGS)
    points = address + _points_of_text(anchor.text) + anchor.is_headline
    return address > 0 and points >= (STORY_IN_NAVIGATION if anchor.in_navigation else STORY)


def _is_never_a_story(path: str, query: str) -> bool:
    segments = path.split("/")
    return (
        not LISTS.isdisjoint(segments)
        or segments[-1] in ABOUT
        or not TOOLS.isdisjoint(name.lower() for name, _ in parse_qsl(query))
    )


def _is_label(anchor: Anchor, path: str) -> bool:
    """Whether the text is a number, or the address spelt out and no more: the name of a section or a page.

    A headline has more words, is long or stands in a heading; or its address has a date or a number.
    """
    if anchor.text.isdecimal():
        return True
    words = _slug(path)
    if anchor.is_headline or len(words) >= WORDS_OF_A_HEADLINE or _has_number(path) or _points_of_text(anchor.text) > 1:
        return False
    text = " ".join(_SEPARATOR.split(anchor.text.lower()))
    alike = SequenceMatcher(None, " ".join(words), text, autojunk=False)
    return alike.real_quick_ratio() > SPELT_OUT and alike.ratio() > SPELT_OUT  # the first costs nothing


def _has_number(path: str) -> bool:
    return any(pattern.search(path) for pattern in (_DATE, _NUMBER, _MIXED))


def _points_of_address(path: str, query: str, *, has_ending: bool) -> int:
    """0 for a section (/world/africa), 3 and more for what only stories have."""
    words = _slug(path)
    date = _DATE.search(path)
    points = min(max(len(words) - 1, 0), 3)
    points += 2 if date else 0
    points += 2 if _NUMBER.search(path) or _MIXED.search(path) or _has_identifier(query) else 0
    return points + (has_ending and (len(words) > 1 or date is not None))


def _slug(path: str) -> list[str]:
    """The words of the last segment that has any: behind a slug there may be a number."""
    for segment in reversed(path.split("/")):
        words = [word for word in _SEPARATOR.split(segment) if word and not _DIGIT.search(word)]
        if any(len(word) > 1 for word in words):
            return words
    return []


def _has_identifier(query: str) -> bool:
    return any(_STORY_PARAMETER.fullmatch(name) and any(map(str.isdigit, value)) for name, value in parse_qsl(query))


def _points_of_text(text: str) -> int:
    """0 for a label, 1 for what may be a headline, 2 for what must be: judged by length, as in any language."""
    length = len(text) + 2 * len(WIDE.findall(text))  # a sign of a script without spaces is half a word
    return (length >= 15) + (length >= 40)
