"""Where a site may list its stories: the places that it names, and those where sites have them by custom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from pipelines.records import EndpointKind, EndpointLink, Link
from spiders.survey.seen import Lead

FEEDS = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml")
SITEMAPS = ("/sitemap.xml", "/news-sitemap.xml")
WORDPRESS = ("/wp-json/",)

# How an endpoint was found, as people read it.
ADDRESS, GIVEN, ENTRY, WELL_KNOWN = "its address", "given", "the entry", "a well-known place"
FOUND_BY: dict[str, str] = {
    "entry": ENTRY,
    "autodiscovery": "the front page",
    "robots": "robots.txt",
    "sitemap_index": "a sitemap index",
    "pagination": "another page",
    "argument": GIVEN,
}
FOUND_BY_CRAWLS = ("the front page", "robots.txt", "a sitemap index", "another page")


def lead(link: EndpointLink) -> Lead:
    """An endpoint that the site names, as one to be asked."""
    return Lead(link.url, link.kind, FOUND_BY[link.found_by])


def front_of(url: str) -> str:
    """The front page of the site that a URL belongs to."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def is_front(url: str) -> bool:
    """Whether a URL is that of a front page."""
    return url == front_of(url)


def home_of(links: Sequence[Link]) -> str | None:
    """The front page of the site that most links of a feed or sitemap lead to."""
    fronts = Counter(front_of(link.url) for link in links)
    return fronts.most_common(1)[0][0] if fronts else None


def well_known(front: str, kind: EndpointKind) -> list[Lead]:
    """Where endpoints of a kind are by custom, the most usual place first."""
    places: dict[EndpointKind, tuple[str, ...]] = {"feed": FEEDS, "sitemap": SITEMAPS, "wordpress": WORDPRESS}
    return [Lead(front.rstrip("/") + path, kind, WELL_KNOWN) for path in places[kind]]


def in_turns(lists: Iterable[tuple[str, Sequence[Link]]]) -> list[tuple[str, Link]]:
    """The links of several endpoints, each once: the first of each, then the second of each, and so on."""
    waiting = [(endpoint, list(links)) for endpoint, links in lists]
    chosen: dict[str, tuple[str, Link]] = {}
    while waiting := [(endpoint, links) for endpoint, links in waiting if links]:
        for endpoint, links in waiting:
            while links and (link := links.pop(0)):
                if link.url not in chosen:
                    chosen[link.url] = endpoint, link
                    break
    return list(chosen.values())
