"""The records that pass from room to room: an outlet, a link, a page, a capture, an article."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

EndpointKind = Literal["feed", "sitemap", "front", "wordpress"]
FoundBy = Literal["entry", "autodiscovery", "robots", "sitemap_index", "pagination", "argument"]
Kind = Literal["article", "live", "gallery", "video", "list", "other", "none"]
ARTICLE_KINDS: frozenset[str] = frozenset({"article", "live", "gallery", "video"})


@dataclass(frozen=True, slots=True)
class Link:
    """A story that an endpoint or a page points to, with what is said there about it."""

    url: str
    title: str | None = None
    published: str | None = None  # as the endpoint writes it, untouched
    modified_at: datetime | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class EndpointLink:
    """A feed or sitemap that a front page, robots.txt or sitemap index points to."""

    url: str
    kind: EndpointKind
    found_by: FoundBy
    modified_at: datetime | None = None  # of a sitemap in an index


@dataclass(frozen=True, slots=True)
class Capture:
    """One answer of a site, whole: what was asked, what answered, and the decoded body."""

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Removed:
    """A span cut out of the text, and the rule that cut it."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Witness:
    """What one place on the page, or one endpoint, says about the date of publication."""

    origin: str
    value: str


@dataclass(frozen=True, slots=True)
class Article:
    """What a page says, read and cleaned: a story where `is_story`, else what was found on a page that is none.

    Times are ISO 8601: with the page's own offset, or a bare date. `detail` says why the page is of its kind.
    """

    url: str
    canonical_url: str
    title: str
    text: str
    kind: Kind
    extractor: str
    detail: str = ""
    excerpt: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    dateline_place: str | None = None
    dateline_date: date | None = None
    published_at: str | None = None
    published_precision: str | None = None
    published_origin: str | None = None
    date_witnesses: tuple[Witness, ...] = ()
    modified_at: str | None = None
    language: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image_url: str | None = None
    site_name: str | None = None
    word_count: int = 0
    paywalled: bool | None = None
    opt_outs: tuple[str, ...] = ()  # names of pipelines/rights.py, sorted
    license_url: str | None = None
    quality_flags: tuple[str, ...] = ()
    removed: tuple[Removed, ...] = ()
    related: tuple[Link, ...] = ()
    cpu_ms: float = field(default=0.0, compare=False)

    @property
    def is_story(self) -> bool:
        """Whether the archive keeps it: an article, a live blog, a gallery or a video, with a title."""
        return self.kind in ARTICLE_KINDS and bool(self.title)


@dataclass(frozen=True, slots=True)
class Hints:
    """What was known of a page before it was fetched, from the endpoint that listed it and the outlet's entry."""

    title: str | None = None
    published: str | None = None
    timezone: str | None = None
    language: str | None = None


class Unreadable(Exception):
    """Bytes that cannot be read as what they should be. `reason` is a name for tables, `detail` one line.

    Reasons of endpoints: empty, broken_gzip, too_large, html_instead, not_a_feed, not_a_sitemap, not_a_page,
    not_wordpress, wordpress_refused; of story pages: unreadable, too_large.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)  # both, so that it can be pickled on its way out of a worker
        self.reason, self.detail = reason, " ".join(detail.split())

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"
