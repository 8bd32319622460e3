"""Sitemaps (sitemaps.org): XML, indexes, news sitemaps and lists in plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from lxml import etree

from pipelines.records import EndpointLink, Link, Unreadable
from pipelines.urls import BadUrl, check
from spiders.discovery.found import Found, each_once
from spiders.discovery.hints import address, language, moment, plain, raw_date
from spiders.discovery.markup import SAFE, to_utf8, without_entities

MAX_URLS = 50_000  # sitemaps.org: in one sitemap or index
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
# In which elements a row's texts stand: an image's or a video's loc and title are not the story's.
_PARENTS = {
    "loc": ("url", "sitemap"),
    "lastmod": ("url", "sitemap"),
    "title": ("news",),
    "publication_date": ("news",),
    "language": ("publication",),
}


class Row(NamedTuple):
    """One <url> or <sitemap> as it is written."""

    element: str
    loc: str = ""
    lastmod: str = ""
    title: str = ""
    publication_date: str = ""
    language: str = ""


def read_sitemap(body: bytes, url: str, charset: str | None = None) -> Found:
    """The links of a sitemap and the sitemaps of an index, those with the newest date first.

    A news sitemap (Google's namespace) gives title, publication date and language too. One that breaks off in the
    middle gives what came before. Raises Unreadable where there is no sitemap.
    """
    text = to_utf8(body, charset)
    try:
        rows = _rows(text, recover=False)
    except etree.XMLSyntaxError as error:
        rows = _rows(without_entities(text), recover=True)
        if not rows:
            raise Unreadable("not_a_sitemap", f"not XML: {error.msg}") from error
    indexed = (row for row in rows if row.element == "sitemap")
    listed = (row for row in rows if row.element == "url")
    return Found(
        kind="sitemap",
        links=each_once(sorted(_links(listed, url), key=_date, reverse=True)),
        endpoints=tuple(_sitemaps(sorted(indexed, key=_changed, reverse=True), url)),
    )


def _rows(text: bytes, *, recover: bool) -> list[Row]:
    reader = _Reader()
    with suppress(_Enough):
        etree.fromstring(text, etree.XMLParser(target=reader, recover=recover, **SAFE))
    if not reader.rows and reader.root not in ("urlset", "sitemapindex"):
        raise Unreadable("not_a_sitemap", f"XML whose root is <{reader.root}>, no sitemap's")
    return reader.rows


class _Enough(Exception):
    """MAX_URLS have been read."""


class _Reader:
    """What lxml calls for each element: no tree is built, so memory is bounded whatever the file holds."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.root = ""
        self._path: list[str] = []
        self._text: list[str] = []

    def start(self, tag: str, _attributes: object) -> None:
        name = tag.rpartition("}")[2].rpartition(":")[2].lower()  # a colon: a prefix that was never declared
        self.root = self.root or name
        self._path.append(name)
        self._text.clear()
        if name in _PARENTS["loc"]:
            self.rows.append(Row(name))

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, _tag: str) -> None:
        name = self._path.pop()
        parents = _PARENTS.get(name, ())
        if self.rows and self._path and self._path[-1] in parents:
            self.rows[-1] = self.rows[-1]._replace(**{name: "".join(self._text).strip()})
        elif name in _PARENTS["loc"] and len(self.rows) == MAX_URLS:
            raise _Enough
        self._text.clear()

    def close(self) -> None:
        """Part of lxml's interface."""


def _links(rows: Iterable[Row], url: str) -> Iterator[Link]:
    for row in rows:
        if story := address(url, row.loc):
            published, modified = raw_date(row.publication_date), moment(row.lastmod)
            yield Link(story, plain(row.title), published, modified, language(row.language))


def _date(link: Link) -> datetime:
    return moment(link.published) or link.modified_at or _LONG_AGO


def _changed(row: Row) -> datetime:
    return moment(row.lastmod) or _LONG_AGO


def _sitemaps(rows: Iterable[Row], url: str) -> Iterator[EndpointLink]:
    for row in rows:
        if sitemap := address(url, row.loc):
            yield EndpointLink(sitemap, kind="sitemap", found_by="sitemap_index", modified_at=moment(row.lastmod))


def read_url_list(body: bytes) -> Found:
    """A sitemap in plain text: one absolute URL a line, in UTF-8. Raises Unreadable where no line is one."""
    lines = body.decode("utf-8-sig", "replace").split()
    links = tuple(Link(url) for url in (_checked(line) for line in lines[:MAX_URLS]) if url)
    if not links:
        raise Unreadable("not_a_sitemap", "text without a URL in it")
    return Found("sitemap", each_once(links))


def _checked(line: str) -> str | None:
    try:
        return check(line)
    except BadUrl:
        return None
