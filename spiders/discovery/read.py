"""One endpoint of any kind: its content decides what it is, whatever it was called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from w3lib.encoding import http_content_type_encoding

from pipelines.records import EndpointKind, Unreadable
from spiders.discovery.feeds import read_feed, read_json_feed
from spiders.discovery.found import Found
from spiders.discovery.front import read_front
from spiders.discovery.markup import unpacked
from spiders.discovery.pages import Period
from spiders.discovery.shapes import Shapes
from spiders.discovery.sitemaps import read_sitemap, read_url_list
from spiders.discovery.wordpress import read_posts

_HEAD = 65_536  # bytes in which a document has said what it is
_ELEMENT = re.compile(
    rb"<(?:[\w.-]{1,40}:)?(?:(?P<feed>rss|rdf|feed|channel)|(?P<sitemap>urlset|sitemapindex)"
    rb"|(?P<front>html|head|body|title|meta|div|p|a|h1))(?=[\s/>])",
    re.IGNORECASE,
)
# What it holds says nothing about the document, but that most pages have a doctype of HTML; some feeds have it too.
_PROLOG = re.compile(rb"(?:<\?.*?\?>|<!--.*?-->|<!doctype(?P<html>\s+html\b)?[^>\[]*>)\s*", re.DOTALL | re.IGNORECASE)
_BLANK = b"\xef\xbb\xbf\xff\xfe \t\r\n"  # byte order marks and space
_OBJECTS = re.compile(rb"\[\s*[{\]]")  # WordPress alone answers with a list
_URL_FIRST = re.compile(rb"https?://\S+\s*(?:\n|\Z)", re.IGNORECASE)


def read_endpoint(
    body: bytes,
    url: str,
    content_type: str | None = None,
    kind: EndpointKind | None = None,
    *,
    headers: Sequence[tuple[str, str]] = (),
    shapes: Shapes | None = None,
    backfill: Period | None = None,
) -> Found:
    """The links of a feed, a sitemap, posts or a front page; `url` is its final address, `content_type` the header.

    `kind` is what it was promised to be, None where nobody knows. A feed or sitemap under any name is read as
    what it is; a page where one of these was promised is Unreadable, since its links were not asked for.
    `shapes` is what is known of the site's addresses; only where a `backfill` asks for a period are older pages
    of a list endpoints, of WordPress's posts by the `headers` that came with them.
    Raises Unreadable for all that has no links to give. Pure: safe to run in a worker process.
    """
    body = unpacked(body)
    if not body.strip(b"\0 \t\r\n"):
        raise Unreadable("empty", "the body is empty")
    charset = http_content_type_encoding(content_type)
    match shape(body):
        case "feed":
            return read_feed(body, url, charset)
        case "posts":
            return read_posts(body, url, headers if backfill else ())
        case "json" if kind == "wordpress":
            return read_posts(body, url)  # which names the error that it is
        case "json":
            return read_json_feed(body, url, charset)
        case "sitemap":
            return read_sitemap(body, url, charset)
        case "list":
            return read_url_list(body)
        case "front" if kind in ("feed", "sitemap", "wordpress"):
            raise Unreadable("html_instead", f"an HTML page where a {kind} was promised")
        case "front":
            return read_front(body, url, content_type, shapes, backfill=backfill)
    if kind == "feed":
        return read_feed(body, url, charset)  # formats that feedparser alone knows, or its word that it is none
    raise Unreadable(_UNKNOWN.get(kind, "not_a_page"), "neither HTML nor XML of a feed or sitemap")


_UNKNOWN: dict[EndpointKind | None, str] = {"sitemap": "not_a_sitemap", "wordpress": "not_wordpress"}


def shape(body: bytes) -> str:
    """feed, json, posts, sitemap, list (of URLs), front, or unknown: told by the first bytes that any of them has."""
    head = body[:_HEAD].replace(b"\0", b"").lstrip(_BLANK)  # without NUL, UTF-16 and UTF-32 show their ASCII
    if head.startswith(b"{"):
        return "json"
    if _OBJECTS.match(head):
        return "posts"
    if _URL_FIRST.match(head):
        return "list"
    start, is_html = 0, False
    while prolog := _PROLOG.match(head, start):
        start, is_html = prolog.end(), is_html or prolog["html"] is not None
    element = _ELEMENT.match(head, start) if is_html else _ELEMENT.search(head, start)
    if element is None:
        return "front" if is_html else "unknown"
    return str(element.lastgroup)
