"""Feeds: RSS of every version, RDF, Atom and JSON Feed, well-formed or not."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from pipelines.records import Link, Unreadable
from spiders.discovery.found import Found, each_once
from spiders.discovery.hints import address, language, moment, plain, raw_date
from spiders.discovery.markup import SAFE, to_utf8, without_entities

MAX_ENTRIES = 2_000  # ten times the longest feeds of real outlets; feeds list the newest first
# Of what only feedparser can read. It is not bothered by bytes but by tags, of which it reads 40,000 a second.
MAX_MALFORMED = 1_000_000  # bytes
MAX_TAGS = 50_000
MAX_DEPTH = 500  # open elements; in feeds that forget to close some, a few hundred are

# Elements are told by namespace and name: a media:title is no title. Those of an item's own namespace, of
# Atom inside RSS, and of none, go by their bare name. Written as lxml does, as far as the closing brace.
_NAMELESS = ("{http://www.w3.org/2005/Atom", "{http://purl.org/atom/ns#")
_PREFIXES = {
    "{http://purl.org/dc/elements/1.1/": "dc:",
    "{http://purl.org/dc/terms/": "dcterms:",
    "{http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "{http://search.yahoo.com/mrss/": "media:",
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
_ALTERNATE = ("alternate", "http://www.iana.org/assignments/relation/alternate")
_TEXT_TYPE = re.compile(r"text/|.*[/+]xml\Z", re.IGNORECASE)
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_TAG = re.compile(  # and what may look like one: CDATA and comments
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    rb"|<(?P<end>/?)(?P<name>[A-Za-z_][^\s<>/]*)(?:[^<>]*?(?P<empty>/)>)?",
    re.DOTALL,
)

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
    channel = root if name == "feed" else next(root.iter("{*}channel"), root)
    said = _children(channel)
    spoken = _language(channel, said, language(root.get(_XML_LANG)))
    links = (_link(item, url, spoken) for item in islice(root.iter("{*}item", "{*}entry"), MAX_ENTRIES))
    return Found("feed", each_once(filter(None, links)), title=_title(said))


def _tree(text: bytes, url: str) -> Element | None:
    """The root of well-formed XML, or of what its entities alone keep from being so; None for the rest."""
    for mended in (bytes, without_entities):  # the second costs more than to parse, and few feeds need it
        with suppress(etree.XMLSyntaxError):
            return etree.fromstring(mended(text), etree.XMLParser(**SAFE), base_url=url)
    return None


def _children(item: Element) -> Children:
    children: Children = {}
    nameless = ("", item.tag.rpartition("}")[0], *_NAMELESS)
    for child in item.iterchildren(tag=etree.Element):
        namespace, _, name = child.tag.rpartition("}")  # QName would take twice the time
        prefix = "" if namespace in nameless else _PREFIXES.get(namespace)
        if prefix is not None:
            children.setdefault(prefix + name.lower(), []).append(child)
    return children


def _text(children: Children, *names: str) -> str | None:
    """The text of the first of the named elements that has any, inner elements included."""
    texts = ("".join(element.itertext()).strip() for name in names for element in children.get(name, ()))
    return next(filter(None, texts), None)


def _title(said: Children) -> str | None:
    """The title; unpacked where it is in Base64, as Atom 0.3 allows and 1.0 does for what is neither text nor XML."""
    titles = said.get("title", ())
    for title in filter(len, titles):  # XHTML in it
        etree.strip_elements(title, "{*}script", "{*}style", with_tail=False)
    text = _text(said, "title", "dc:title", "media:title")
    if text and any(map(_is_packed, titles)):
        with suppress(ValueError):
            text = base64.b64decode(text).decode()
    return plain(text)


def _is_packed(title: Element) -> bool:
    media_type = title.get("type", "")
    return title.get("mode") == "base64" or ("/" in media_type and not _TEXT_TYPE.match(media_type))


def _language(element: Element, said: Children, inherited: str | None) -> str | None:
    """What an item or channel says, else its title's xml:lang, its own, or what is inherited; "" there says none."""
    if named := language(_text(said, "language", "dc:language")):
        return named
    tagged = (other.get(_XML_LANG) for other in (*said.get("title", ())[:1], element))
    nearest = next((tag for tag in tagged if tag is not None), None)
    return inherited if nearest is None else language(nearest)


def _link(item: Element, url: str, spoken: str | None) -> Link | None:
    said = _children(item)
    base = urljoin(url, item.base or "")
    story = next(filter(None, (address(base, written) for written in _addresses(item, said))), None)
    if story is None:
        return None
    return Link(
        url=story,
        title=_title(said),
        published=raw_date(_text(said, *_PUBLISHED)),
        modified_at=moment(_text(said, *_MODIFIED)),
        language=_language(item, said, spoken),
    )


def _addresses(item: Element, said: Children) -> Iterator[str]:
    """Where an item may say that its story is, the best place first."""
    yield _text(said, "feedburner:origlink") or ""
    links = [link for link in said.get("link", ()) if link.get("rel", "alternate").lower() in _ALTERNATE]
    yield from (link.text or "" for link in links)
    yield from (link.get("href", "") for link in sorted(links, key=_is_other_format))
    guids = (guid for guid in said.get("guid", ()) if guid.get("isPermaLink", "").lower() != "false")
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
            io.BytesIO(_bounded(without_entities(text[:MAX_MALFORMED]))),  # bytes alone might be a file's name
            response_headers={"content-location": url, "content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,  # in descriptions, which nobody reads here
            sanitize_html=False,
        )
    except Exception as error:  # half a date, a chapter without a time: it fails in a dozen ways
        raise Unreadable("not_a_feed", f"not XML, and {type(error).__name__} in feedparser: {error}") from error
    version = parsed.get("version", "")
    if not version and not parsed.entries:
        raise Unreadable("not_a_feed", str(parsed.get("bozo_exception", "XML with no item of a feed in it")))
    spoken = language(parsed.feed.get("language"))
    links = (_parsed_link(dict(entry), url, version, spoken) for entry in parsed.entries[:MAX_ENTRIES])
    return Found("feed", each_once(filter(None, links)), title=plain(parsed.feed.get("title")))


def _bounded(text: bytes) -> bytes:
    """What precedes the tag that is one too many, or one too deep: feedparser would need a minute for a million."""
    opened: list[bytes] = []
    for number, tag in enumerate(_TAG.finditer(text)):
        if number == MAX_TAGS or len(opened) > MAX_DEPTH:
            return text[: tag.start()]
        if tag["end"]:
            _close(opened, tag["name"])
        elif tag["name"] and not tag["empty"]:
            opened.append(tag["name"])
    return text


def _close(opened: list[bytes], name: bytes) -> None:
    """Close the innermost element of that name, with those left open in it."""
    if name in opened:
        while opened.pop() != name:
            pass


def _parsed_link(entry: dict[str, Any], url: str, version: str, spoken: str | None) -> Link | None:
    """feedparser has dc:date in `updated`; from a plain dict, since its own gives `published` for it."""
    story = address(url, entry.get("feedburner_origlink") or entry.get("link"))
    if story is None:
        return None
    published = entry.get("published") or (None if version.startswith("atom") else entry.get("updated"))
    tagged = entry.get("language") or entry.get("title_detail", {}).get("language")
    return Link(
        url=story,
        title=plain(entry.get("title")),
        published=raw_date(published),
        modified_at=moment(entry.get("updated")),
        language=language(tagged) or spoken,
    )


def read_json_feed(body: bytes, url: str, charset: str | None = None) -> Found:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org). Raises Unreadable for JSON that is something else."""
    try:
        feed = json.loads(to_utf8(body, charset), strict=False)  # with line breaks in strings
    except (ValueError, RecursionError) as error:
        raise Unreadable("not_a_feed", f"not JSON: {error}") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise Unreadable("not_a_feed", "JSON without a list of items")
    spoken = language(_string(feed, "language"))
    links = (_json_link(item, url, spoken) for item in items[:MAX_ENTRIES] if isinstance(item, dict))
    return Found("feed", each_once(filter(None, links)), title=plain(_string(feed, "title")))


def _json_link(item: dict[str, Any], url: str, spoken: str | None) -> Link | None:
    named = _string(item, "id") or ""
    places = (_string(item, "url"), _string(item, "external_url"), named if "://" in named else None)
    story = next(filter(None, (address(url, place) for place in places)), None)
    if story is None:
        return None
    return Link(
        url=story,
        title=plain(_string(item, "title")),
        published=raw_date(_string(item, "date_published")),
        modified_at=moment(_string(item, "date_modified")),
        language=language(_string(item, "language")) or spoken,
    )


def _string(item: dict[str, Any], name: str) -> str | None:
    return item[name] if isinstance(item.get(name), str) else None
