"""What a survey has seen of a site: its rules, its endpoints, a few stories, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.records import Article, EndpointKind, EndpointLink, Link


@dataclass(frozen=True, slots=True)
class Lead:
    """An endpoint that is to be asked, and how it was found, in the words of spiders/survey/places.py."""

    url: str
    kind: EndpointKind | None
    found_by: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be looked at: a URL of the site, and the endpoints of it that are known already."""

    url: str
    known: tuple[Lead, ...] = ()
    delay: float = 1.0
    timezone: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What an endpoint lists, in short: `links` are the newest of its `stories` on the same site."""

    kind: EndpointKind
    title: str | None = None
    stories: int = 0
    elsewhere: int = 0  # stories of other sites
    newest: datetime | None = None
    every: timedelta | None = None  # between two stories
    links: tuple[Link, ...] = ()
    endpoints: tuple[EndpointLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint that was asked: `outcome` is read, or the name of why it could not be."""

    url: str
    kind: EndpointKind | None
    found_by: str
    outcome: str
    detail: str | None = None
    listed: Listed | None = None

    @property
    def works(self) -> bool:
        """Whether it lists stories of the site, or further endpoints."""
        return self.listed is not None and bool(self.listed.stories or self.listed.endpoints)


@dataclass(frozen=True, slots=True)
class Story:
    """A story page that was asked for; `article` is the record that a crawl would make of it."""

    url: str
    endpoint: str
    outcome: str
    detail: str | None = None
    article: Article | None = None


@dataclass(frozen=True, slots=True)
class Permission:
    """What robots.txt says to us; `reason` where it could not be read, which forbids all for now."""

    allowed: bool
    reason: str | None = None
    delay: float | None = None  # seconds it asks for between two requests
    sitemaps: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What the site opts out of, each name with the places that say so, and the licence and policy it names."""

    opt_outs: Mapping[str, tuple[str, ...]]
    license_url: str | None = None
    policy_url: str | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """What an entry may say of the site; None where the pages do not agree, and `why`."""

    value: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Survey:
    """All that was seen of a site whose front page is `url`."""

    url: str
    robots: Permission
    endpoints: tuple[Endpoint, ...]
    stories: tuple[Story, ...]
    terms: Terms
    language: Guess
    timezone: Guess

    @property
    def title(self) -> str | None:
        """The title of the front page, or else of a feed."""
        return next((e.listed.title for e in self.endpoints if e.listed and e.listed.title), None)

    @property
    def articles(self) -> tuple[Article, ...]:
        """The records of the stories that are some."""
        return tuple(s.article for s in self.stories if s.article and s.article.is_story)

    @property
    def working(self) -> tuple[Endpoint, ...]:
        """The endpoints that list something."""
        return tuple(e for e in self.endpoints if e.works)
