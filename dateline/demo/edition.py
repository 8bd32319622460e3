"""What a demo outlet serves at one moment: every page, feed and sitemap, rendered."""

from __future__ import annotations

import gzip
import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime

from babel.dates import format_date
from jinja2 import Environment, PackageLoader, StrictUndefined

from dateline.demo.stories import Outlet, Story

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
FEED_LENGTH = 5  # the oldest stories are in the sitemap only
NEWS_AGE = timedelta(days=2)  # a news sitemap holds no older story, its specification says
PATHS = {
    "latest": "/latest/",
    "private": "/private/",
    "news_sitemap": "/sitemap-news.xml",
    "sitemap_index": "/sitemap_index.xml",
}

_TEMPLATES = Environment(
    loader=PackageLoader("dateline.demo"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters["http_date"] = lambda moment: format_datetime(moment.astimezone(UTC), usegmt=True)


def tag_path(tag: str) -> str:
    """Where the stories with that tag are listed; without accents, as content systems have it."""
    plain = unicodedata.normalize("NFKD", tag).encode("ascii", "ignore").decode()
    return f"/tag/{'-'.join(plain.lower().split())}/"


_TEMPLATES.filters["tag_path"] = tag_path


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its bytes and what the headers say of them."""

    body: bytes
    content_type: str
    modified: datetime
    edition: int = 1

    @property
    def etag(self) -> str:
        """Changes with the bytes; its first number is the edition, by which a returning visitor is known."""
        return f'"{self.edition}-{hashlib.sha256(self.body).hexdigest()[:20]}"'


@dataclass(frozen=True, slots=True)
class Printed:
    """A story in an edition: where it is, when it appeared and changed, and how it reads."""

    story: Story
    path: str
    published: datetime
    modified: datetime
    paragraphs: list[str]
    edition: int

    @property
    def excerpt(self) -> str:
        """Its first words, dateline included, as themes of this kind cut them."""
        return " ".join(self.paragraphs[0].split()[:22]).rstrip(".,") + "..."


@dataclass(frozen=True, slots=True)
class Edition:
    """An outlet whose demo began on `day`, as a visitor sees it on `today`.

    `address` is where it is served, without a slash at the end. `corrected_at` is when the second edition of
    its corrected story appeared; None before that.
    """

    outlet: Outlet
    address: str
    day: date
    today: date
    corrected_at: datetime | None

    def pages(self) -> dict[str, Page]:
        """Everything the outlet serves, by path."""
        articles = [self._print(s) for s in self.outlet.stories if s.kind == "article"]
        notices = [self._print(s) for s in self.outlet.stories if s.kind == "notice"]
        return (
            dict(self._stories(articles, notices))
            | dict(self._lists(articles, notices))
            | dict(self._endpoints(articles, notices))
            | {
                "/robots.txt": self._file("robots.txt", "text/plain; charset=utf-8"),
                "/style.css": self._file("style.css", "text/css; charset=utf-8"),
                "/picture.svg": self._file(f"{self.outlet.picture}.svg", "image/svg+xml"),
                "/ads/spot.svg": self._file("spot.svg", "image/svg+xml"),
            }
        )

    def _print(self, story: Story) -> Printed:
        published = self.outlet.published(story, self.day)
        corrected_at = self.corrected_at if story.corrected else None
        return Printed(
            story=story,
            path=self.outlet.path(story, self.day),
            published=published,
            modified=corrected_at or published,
            paragraphs=story.words(published.date(), corrected=corrected_at is not None),
            edition=2 if corrected_at else 1,
        )

    def _stories(self, articles: list[Printed], notices: list[Printed]) -> Iterator[tuple[str, Page]]:
        for place, article in enumerate(articles):
            related = (articles[place + 1 :] + articles[:place])[:4]
            promoted = next((a for a in articles if a.story.slug == article.story.also_read), None)
            yield (
                article.path,
                self._html(
                    "article.html",
                    article,
                    related=related,
                    promoted=promoted,
                    json_ld=self._json_ld(article) if article.story.dated else None,
                ),
            )
        for notice in notices:
            yield notice.path, self._html("notice.html", notice)

    def _lists(self, articles: list[Printed], notices: list[Printed]) -> Iterator[tuple[str, Page]]:
        yield "/", self._html("front.html", articles=articles, notices=notices)
        yield PATHS["latest"], self._html("list.html", heading="Latest", articles=articles)
        for tag in sorted({tag for a in articles for tag in a.story.tags}):
            tagged = [a for a in articles if tag in a.story.tags]
            yield tag_path(tag), self._html("list.html", heading=tag, articles=tagged)

    def _endpoints(self, articles: list[Printed], notices: list[Printed]) -> Iterator[tuple[str, Page]]:
        changed = max(article.modified for article in articles)
        # The list page and the notices are in the sitemap as well: not everything in a sitemap is news.
        others = [PATHS["latest"], *(notice.path for notice in notices)]
        news = [a for a in articles if a.story.dated and self._begin(self.day) - a.published < NEWS_AGE]
        sitemap = self._file("sitemap.xml", XML, changed, articles=articles, others=others)
        kind = "atom" if self.outlet.feed.endswith(".atom") else "rss"
        yield self.outlet.sitemap, _compressed(sitemap) if self.outlet.sitemap.endswith(".gz") else sitemap
        yield PATHS["news_sitemap"], self._file("sitemap_news.xml", XML, changed, articles=news)
        yield PATHS["sitemap_index"], self._file("sitemap_index.xml", XML, changed)
        yield (
            self.outlet.feed,
            self._file(f"feed.{kind}", f"application/{kind}+xml", changed, articles=articles[:FEED_LENGTH]),
        )

    def _json_ld(self, article: Printed) -> dict[str, object]:
        """The story as schema.org has it."""
        people = [{"@type": "Person", "name": name} for name in article.story.authors]
        paper = {"@type": "NewsMediaOrganization", "name": self.outlet.title, "url": f"{self.address}/"}
        return {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": article.story.title,
            "url": self.address + article.path,
            "datePublished": article.published.isoformat(),
            "dateModified": article.modified.astimezone(self.outlet.zone).isoformat(),
            "inLanguage": article.story.language,
            "articleSection": article.story.section,
            "keywords": list(article.story.tags),
            "image": f"{self.address}/picture.svg",
            "author": people or [paper],
            "publisher": paper,
        }

    def _html(self, template: str, article: Printed | None = None, **values: object) -> Page:
        """A page in the theme. Its date bar is of today, so its bytes are never older than that."""
        morning = self._begin(self.today)
        body = self._render(template, article=article, **values)
        if article is None:
            return Page(body, HTML, morning)
        return Page(body, HTML, max(morning, article.modified), article.edition)

    def _file(self, template: str, kind: str, changed: datetime | None = None, **values: object) -> Page:
        changed = changed or self._begin(self.day)
        return Page(self._render(template, changed=changed, **values), kind, changed)

    def _render(self, template: str, **values: object) -> bytes:
        date_bar = format_date(self.today, "EEEE, MMMM d, yyyy", locale=self.outlet.language)
        values |= {"outlet": self.outlet, "address": self.address, "date_bar": date_bar, "paths": PATHS}
        return _TEMPLATES.get_template(template).render(values).encode()

    def _begin(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.outlet.zone)


def _compressed(page: Page) -> Page:
    # Without a time of its own in the file, so that unchanged content keeps its ETag.
    return Page(gzip.compress(page.body, mtime=0), "application/gzip", page.modified)
