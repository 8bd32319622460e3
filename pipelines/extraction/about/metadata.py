"""What a page says about its story, besides the text and the dates: the one place where all of it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from pipelines import urls
from pipelines.extraction.about import people, scripts, sites, subjects, titles
from pipelines.extraction.page import Page
from pipelines.extraction.plain import listed, plain, squashed, strings

LONGEST_EXCERPT = 2000  # characters
FEWEST_FOR_EXCERPT = 20
SAMPLE = 2500  # characters of the page's paragraphs that tell its script
MOST_PARTS = 50

EXCERPT_META = ("og:description", "description", "twitter:description", "dc.description", "dcterms.description")
IMAGE_META = (
    "og:image:secure_url",
    "og:image",
    "og:image:url",
    "twitter:image",
    "twitter:image:src",
    "image",
    "thumbnail",
)
LANGUAGE_META = ("og:locale", "content-language", "dc.language", "dcterms.language", "language", "inlanguage")
# An image's file whose name has one of these is the site's, not the story's.
NO_PICTURE = re.compile(
    r"(?i)(?:^|[/_.-])(?:logo|logos|placeholder|favicon|sprite|blank|spacer|default|noimage|no-image|dummy|pixel|1x1)(?:[/_.0-9-]|$)"
    r"|\.(?:svg|ico)$|^data:"
)
ACCESS_META = (
    "article:content_tier", "content_tier", "contenttier", "article:premium", "premium", "is_premium", "ispremium",
    "paywall", "isaccessibleforfree", "article:access", "accesstype", "access-type",
)  # fmt: skip
SAYS_FREE = frozenset(["free", "open", "public", "none", "unlocked"])
SAYS_PAID = listed(
    """locked metered premium paid subscriber subscribers subscription paywall paywalled hard soft registered
    registration abo plus restricted"""
)
TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
PAID_CLASSES = listed(
    """paywalled is-paywalled has-paywall is-premium premium-article premium-content article-premium locked-content
    subscriber-only subscribers-only is-locked"""
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says about its story. URLs are absolute and checked; `paywalled` is None where nothing is said."""

    canonical_url: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    house: str | None = None
    agency: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    image_url: str | None = None
    site_name: str | None = None
    excerpt: str | None = None
    paywalled: bool | None = None


def read(page: Page) -> Metadata:
    """All that the page says about its story. Raises urls.BadUrl where the page's own URL is none."""
    site = sites.site(page)
    title = titles.headline(page, site)
    credited = people.read(page, site)
    return Metadata(
        canonical_url=canonical_url(page),
        title=title,
        authors=credited.people,
        house=credited.house,
        agency=credited.agency,
        section=subjects.section(page, title, site),
        tags=subjects.tags(page, site),
        language=language(page),
        image_url=image_url(page),
        site_name=site.name or titles.beside(page, title),
        excerpt=excerpt(page, title),
        paywalled=paywalled(page),
    )


def canonical_url(page: Page) -> str:
    """The address that the page gives itself, where it is on the same site and no front page; else its own."""
    links = (link.get("href") for link in page.tree.iter("link") if (link.get("rel") or "").lower() == "canonical")
    for said in (*islice(links, 3), *page.meta.get("og:url", ())[:1]):
        target = urls.resolve(page.url, said or "")
        if target and urls.same_site(page.url, target) and not (_is_front(target) and not _is_front(page.url)):
            return urls.canonical(target)
    return urls.canonical(page.url)


def _is_front(url: str) -> bool:
    """Whether a URL is a front page: no path, or one that only names a language or an edition, and no query."""
    parts = urlsplit(url)
    path = parts.path.strip("/")
    return not parts.query and (len(path) <= 3 or path.split(".")[0] in ("index", "home", "default"))


def language(page: Page) -> str | None:
    """ISO 639 code in small letters: what is said, the page first, corrected by the script of its paragraphs."""
    root = next(page.tree.iter("html"), page.tree)
    said = [root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), root.get("xml:lang")]
    said += strings(page.story.get("inLanguage"), "alternateName")[:1] or strings(page.story.get("inLanguage"))[:1]
    said += [page.said(name) for name in LANGUAGE_META]
    return scripts.language_of(_sample(page), (*said, page.hints.language))


def _sample(page: Page) -> str:
    found: list[str] = []
    length = 0
    for paragraph in islice(page.tree.iter("p", "h1", "title"), 400):
        for piece in islice(paragraph.itertext(), 20):
            found.append(piece[:SAMPLE])
            length += len(piece)
        if length > SAMPLE:
            break
    return " ".join(found)


def image_url(page: Page) -> str | None:
    """The picture that the page shows for the story: no logo, placeholder or data in the address."""
    said = [value for name in IMAGE_META for value in page.meta.get(name, ())[:3]]
    said += [found for key in ("url", "contentUrl", "@id") for found in strings(page.story.get("image"), key)[:5]]
    for value in said:
        target = None if value.startswith("data:") or len(value) > urls.MAX_LENGTH else urls.resolve(page.url, value)
        if target and not NO_PICTURE.search(urlsplit(target).path) and not _is_front(target):
            return target
    return None


def excerpt(page: Page, title: str | None) -> str | None:
    """The summary that the page gives of the story, unless it is the headline again."""
    said = [page.said(name) for name in EXCERPT_META[:2]]
    said += [*strings(page.story.get("description"))[:1], *(page.said(name) for name in EXCERPT_META[2:])]
    summaries = (summary for value in said if (summary := plain(value, LONGEST_EXCERPT)))
    return next((s for s in summaries if len(s) >= FEWEST_FOR_EXCERPT and squashed(s) != squashed(title)), None)


def paywalled(page: Page) -> bool | None:
    """Whether the story is said not to be free to read: True, False, or None where nothing is said."""
    said = [*_accessible(page.story), *_tiers(page)]
    if False in said or _has_paid_class(page):
        return True
    return False if True in said else None


def _accessible(story: Mapping[str, Any]) -> Iterator[bool | None]:
    """What JSON-LD says of the story and its parts: True for free."""
    yield _truth(story.get("isAccessibleForFree"))
    parts = story.get("hasPart")
    for part in (parts if isinstance(parts, list) else [parts])[:MOST_PARTS]:
        if isinstance(part, dict):
            yield _truth(part.get("isAccessibleForFree"))


def _truth(value: Any) -> bool | None:
    if isinstance(value, list) and value:
        value = value[0]
    return TRUTH.get(str(value).strip().lower().rpartition("/")[2]) if isinstance(value, (bool, int, str)) else None


def _tiers(page: Page) -> Iterator[bool | None]:
    """What meta elements say: True for free."""
    for name in ACCESS_META:
        value = (page.said(name) or "").lower()
        if value in SAYS_FREE:
            yield True
        elif value in SAYS_PAID:
            yield False
        elif (truth := TRUTH.get(value)) is not None:
            yield truth if name == "isaccessibleforfree" else not truth


def _has_paid_class(page: Page) -> bool:
    holders: Iterable[Any] = islice(page.tree.iter("body", "article", "main"), 5)
    return any(not PAID_CLASSES.isdisjoint((holder.get("class") or "")[:2000].lower().split()) for holder in holders)
