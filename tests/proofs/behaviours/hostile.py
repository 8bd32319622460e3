"""A hostile outlet: an honest one of three stories, of which something is made to misbehave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.documents import Entry, article_html, prose
from tests.site import Behaviour, Exchange, Site

FRONT, FEED, ROBOTS, MAP = "/", "/feed.xml", "/robots.txt", "/sitemap.xml"
FIRST = "/news/an-honest-story-that-comes-first.html"
ODD = "/news/a-story-that-is-not-as-it-seems.html"
LAST = "/news/an-honest-story-that-comes-last.html"
TITLES = {
    FIRST: "An honest story that comes first", ODD: "A story that is not as it seems",
    LAST: "An honest story that comes last",
}  # fmt: skip

Lay = Callable[[Site], None]
Entries = Mapping[str, Any]  # keys of sources.toml, where a value that begins with a slash is a path of the site


def html(path: str = ODD) -> str:
    """The honest page of a story."""
    return article_html(TITLES.get(path, f"A story of the paper, {path}"), prose(path), published="2026-03-04")


def body(path: str = ODD) -> bytes:
    """The same as bytes."""
    return html(path).encode()


@dataclass(frozen=True, slots=True)
class Hostile:
    """A behaviour by its name, and what is to be in the database afterwards.

    `expected` has the outcome of each path, a page's or an endpoint's: several that are right are parted by "|", and
    "-" stands for none, since it was not fetched or is not there. `run` is the run's. `says` is in the text of the
    article of a path. `most` bounds the requests that the outlet sees; `check` finds other faults.
    """

    name: str
    lay: Lay
    expected: Mapping[str, str]
    run: str = "done"
    entry: Entries = field(default_factory=lambda: {"feeds": [FEED]})
    says: Mapping[str, str] = field(default_factory=dict)
    most: int = 60
    check: Callable[[Site], str | None] = lambda _site: None
    make: Callable[[str], Site] = Site


def lay_honest(site: Site) -> None:
    """The three stories and their feed."""
    for path in TITLES:
        site.page(path, html(path))
    site.rss(FEED, [Entry(path, title) for path, title in TITLES.items()])


def page(name: str, behaviour: Behaviour, outcome: str, **more: Any) -> Hostile:
    """An outlet whose second story misbehaves; the others are stored."""
    expected = {FEED: "read", FIRST: "stored", ODD: outcome, LAST: "stored"} | more.pop("expected", {})
    return Hostile(name, lambda site: site.behave(ODD, behaviour), expected, **more)


def at(path: str, behaviour: Behaviour) -> Lay:
    """Lay that behaviour on that path."""
    return lambda site: site.behave(path, behaviour)


def late(make: Callable[[], Behaviour]) -> Behaviour:
    """A behaviour that is made when it is met: large things cost nothing until then."""

    def behave(exchange: Exchange) -> None:
        make()(exchange)

    return behave


def stories(first: str, odd: str, last: str) -> dict[str, str]:
    """Outcomes of the three stories."""
    return {FIRST: first, ODD: odd, LAST: last}


ALL_STORED = stories("stored", "stored", "stored")
NONE_FETCHED = stories("-", "-", "-")


def named(site: Site, value: Any) -> Any:
    """A value of an entry with the paths in it made URLs of the site."""
    if isinstance(value, str):
        return site.at(value) if value.startswith("/") else value
    return [named(site, v) for v in value] if isinstance(value, Sequence) else value
