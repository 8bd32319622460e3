"""Feeds: RSS of every version, RDF, Atom and JSON Feed, well-formed or not."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from pipelines.records import Link, Unreadable
from pipelines.urls import resolve
from spiders.discovery.found import Found, each_once
from spiders.discovery.hints import moment, plain, raw_date
from spiders.discovery.markup import SAFE, to_utf8, without_entities

MAX_ENTRIES = 2_000  # ten times the longest feeds of real outlets; feeds list the newest first
MAX_MALFORMED = 1_000_000  # bytes of what only feedparser can read: it needs a second for them, or far more

# Elements are told by namespace and name: a media:title is no title. Those of an item's own namespace, of
# Atom inside RSS, and of none, go by their bare name.
_ATOM = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
_PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
}
_PUBLISHED = (
    "pubdate",
    "published",
    "issued",
    "dc:date",
    "dcterms:issued",
    "dcterms:created",
    "created",
    "date",
)
_MODIFIED = ("updated", "modified", "dcterms:modified")
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"

Element = Any  # lxml comes without types
Children = dict[str, list[Element]]


def read_feed(body: bytes, url: str, charset: str | None = None) -> Found:
    """RSS 0.9 to 2.0, RDF and Atom. A well-formed feed is read by lxml, 5 to 50 times as fast as by feedparser.

    Links are absolute; `published` is what the feed writes, `modified_at` its `updated` in UTC. Raises
    Unreadable where neither sees a feed.
    """
    text = to_utf8(body, charset)
    root = _tree(text, url)
    if root is None or (name := etree.QName(root).localname) not in ("rss", "RDF", "feed"):
        return _read_other(text, url)
    links = (_link(item, url) for item in islice(root.iter("{*}item", "{*}entry"), MAX_ENTRIES))
    channel = _children(root if name == "feed" else next(root.iter("{*}channel"), root))
    return Found("feed", each_once(filter(None, links)), title=plain(_text(channel, "title", "dc:title")))


def _tree(text: bytes, url: str) -> Element | None:
    """The root of well-formed XML, or of what its entities alone keep from being so; None for the rest."""
    for document in (text, without_entities(text)):
        with suppress(etree.XMLSyntaxError):
            return etree.fromstring(document, etree.XMLParser(**SAFE), base_url=url)
    return None


def _children(item: Element) -> Children:
    children: Children = {}
    own = etree.QName(item).namespace
    for child in item.iterchildren(tag=etree.Element):
        name = etree.QName(child)
        prefix = "" if name.namespace in (None, own, *_ATOM) else _PREFIXES.get(name.namespace)
        if prefix is not None:
            children.setdefault(prefix + name.localname.lower(), []).append(child)
    return children


def _text(children: Children, *names: str) -> str | None:
    """The text of the first of the named elements that has any, inner elements included."""
    texts = ("".join(element.itertext()).strip() for name in names for element in children.get(name, ()))
    return next(filter(None, texts), None)


def _link(item: Element, url: str) -> Link | None:
    said = _children(item)
    base = urljoin(url, item.base or "")
    for address in _addresses(item, said):
        story = resolve(base, address)
        if story:
            return Link(
                url=story,
                title=plain(_text(said, "title", "dc:title")),
                published=raw_date(_text(said, *_PUBLISHED)),
                modified_at=moment(_text(said, *_MODIFIED)),
            )
    return None


def _addresses(item: Element, said: Children) -> Iterator[str]:
    """Where an item may say that its story is, the best place first."""
    yield _text(said, "feedburner:origlink") or ""
    links = [link for link in said.get("link", ()) if link.get("rel", "alternate") == "alternate"]
    yield from (link.text or "" for link in links)
    yield from (link.get("href", "") for link in sorted(links, key=_is_other_format))
    guids = (guid for guid in said.get("guid", ()) if guid.get("isPermaLink") != "false")
    yield from (name.text for name in guids if _is_url(name))
    yield item.get(_RDF_ABOUT, "")
    yield from (name.text for name in said.get("id", ()) if _is_url(name))


def _is_other_format(link: Element) -> bool:
    return link.get("type", "text/html") not in ("text/html", "application/xhtml+xml")


def _is_url(element: Element) -> bool:
    """Whether an identifier is an address: one that only resembles a relative one is not."""
    return (element.text or "").strip().lower().startswith(("http://", "https://"))


def _read_other(text: bytes, url: str) -> Found:
    """A feed that is not XML, or not in a format of this century, by feedparser, which takes them all."""
    import feedparser  # a quarter of a second, and most crawls never need it

    try:
        parsed = feedparser.parse(
            io.BytesIO(text[:MAX_MALFORMED]),  # bytes alone would be tried as a file name first
            response_headers={"content-location": url, "content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,  # in descriptions, which nobody reads here
            sanitize_html=False,
        )
    except Exception as error:  # half a date, a chapter without a time: it fails in a dozen ways
        raise Unreadable("not_a_feed", f"not XML, and {type(error).__name__} in feedparser: {error}") from error
    version = parsed.get("version", "")
    if not version and not parsed.entries:
        raise Unreadable("not_a_feed", str(parsed.get("bozo_exception", "XML with no item of a feed in it")))
    links = (_parsed_link(dict(entry), url, version) for entry in parsed.entries[:MAX_ENTRIES])
    return Found("feed", each_once(filter(None, links)), title=plain(parsed.feed.get("title")))


def _parsed_link(entry: dict[str, Any], url: str, version: str) -> Link | None:
    """feedparser has dc:date in `updated`; from a plain dict, since its own gives `published` for it."""
    story = resolve(url, entry.get("feedburner_origlink") or entry.get("link") or "")
    published = entry.get("published") or (None if version.startswith("atom") else entry.get("updated"))
    if story is None:
        return None
    return Link(story, plain(entry.get("title")), raw_date(published), moment(entry.get("updated")))


def read_json_feed(body: bytes, url: str) -> Found:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org). Raises Unreadable for JSON that is something else."""
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not_a_feed", f"not JSON: {error}") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise Unreadable("not_a_feed", "JSON without a list of items")
    links = (_json_link(item, url) for item in items[:MAX_ENTRIES] if isinstance(item, dict))
    return Found("feed", each_once(filter(None, links)), title=plain(_string(feed, "title")))


def _json_link(item: dict[str, Any], url: str) -> Link | None:
    named = _string(item, "id") or ""
    story = resolve(url, _string(item, "url", "external_url") or (named if "://" in named else ""))
    if story is None:
        return None
    return Link(
        url=story,
        title=plain(_string(item, "title")),
        published=raw_date(_string(item, "date_published")),
        modified_at=moment(_string(item, "date_modified")),
    )


def _string(item: dict[str, Any], *names: str) -> str | None:
    return next((item[name] for name in names if isinstance(item.get(name), str) and item[name]), None)
