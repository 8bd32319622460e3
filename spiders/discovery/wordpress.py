"""The REST interface of WordPress: posts by the hundred, with both dates, where a feed lists the newest ten."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import add_or_replace_parameter

from pipelines.records import EndpointLink, Link, Unreadable
from pipelines.urls import resolve
from spiders.discovery.found import Found, each_once
from spiders.discovery.hints import moment, plain, raw_date

API = "https://api.w.org/"  # the relation by which every page of a site names the root of the interface
MOST_A_PAGE = 100  # posts in one answer; for more, WordPress refuses the request
MAX_POSTS = 1_000  # read of one answer: some sites lift the bound
POSTS = "wp/v2/posts"
DAY = timedelta(days=1)  # before WordPress 5.3 bounds are in the site's own time
FIELDS = "link,title,date,date_gmt,modified_gmt"
_NO_DATE = "0000-00-00"  # MySQL's
_LINK = re.compile(r"<([^<>]*)>([^<]*)")  # RFC 8288, but for a < in a parameter, which no relation has
_REL = re.compile(r"\brel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)

Headers = Iterable[tuple[str, str]]
Element = Any  # lxml comes without types


def find_api(said: Element | str, url: str) -> str | None:
    """The root of the interface as the tree of a page or the Link header of any answer of the site names it.

    Both are there by default, and themes drop either. The root is `…/wp-json/`, or `/?rest_route=/` where a site
    has no readable addresses. Source: REST API Handbook, Discovery.
    """
    links = _header_links(said) if isinstance(said, str) else ((e.get("href", ""), _rels(e)) for e in said.iter("link"))
    roots = (resolve(url, href) for href, rels in links if API in rels)
    return next(filter(None, roots), None)


def _rels(element: Element) -> list[str]:
    return str(element.get("rel", "")).split()


def _header_links(header: str) -> Iterator[tuple[str, list[str]]]:
    for target, parameters in _LINK.findall(header):
        rel = _REL.search(parameters)
        yield target, (rel[1] or rel[2] or "").split() if rel else []


def posts_url(
    api_root: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    modified_after: datetime | None = None,
    page: int = 1,
    per_page: int = MOST_A_PAGE,
) -> str:
    """The address of the public posts, the newest first; by their last change where `modified_after` is given.

    Bounds are exclusive and need a time zone. WordPress before 5.7 knows no `modified_after` and lists all posts;
    before 5.3 it takes the bounds for the site's own time, so windows should overlap by a day. Authors and terms
    (`_embed`) are not asked for: a Link has no place for them, the page itself says both, and they multiply
    the answer. Source: REST API Handbook, Posts, Global Parameters and Pagination.
    """
    query = {
        "after": _iso(since),
        "before": _iso(until),
        "modified_after": _iso(modified_after),
        "orderby": "modified" if modified_after else "date",
        "page": str(page) if page > 1 else None,
        "per_page": str(min(per_page, MOST_A_PAGE)),
        "_fields": FIELDS,
    }
    return _at(api_root, POSTS, {name: value for name, value in query.items() if value})


def between(url: str, since: datetime | None, until: datetime | None) -> str:
    """The address that asks of the same interface as `url` for the posts of a window, a day wider on both ends."""
    return posts_url(_root(url), since=since and since - DAY, until=until and until + DAY)


def changed_since(url: str, moment: datetime) -> str:
    """The address that asks of the same interface as `url` for posts changed since, the newest hundred of them."""
    return posts_url(_root(url), modified_after=moment - DAY)


def _root(url: str) -> str:
    """The root of the interface out of the address of its posts."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    path, route = parts.path.partition(POSTS)[0], query.get("rest_route", "").partition(POSTS)[0]
    rest = urlencode({"rest_route": route}, safe="/") if route else ""
    return urlunsplit((parts.scheme, parts.netloc, path, rest, ""))


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _at(api_root: str, route: str, query: dict[str, str]) -> str:
    """A route below the root, which is a path or the value of `rest_route`."""
    parts = urlsplit(api_root)
    given = dict(parse_qsl(parts.query))
    if root := given.get("rest_route"):
        path, given["rest_route"] = parts.path, root.rstrip("/") + "/" + route
    else:
        path = parts.path.rstrip("/") + "/" + route
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(given | query, safe="/,:"), ""))


def read_posts(body: bytes, url: str, headers: Headers = ()) -> Found:
    """The links of a list of posts and, where the headers tell of one, the next page of it.

    `published` is the moment in UTC, or the site's own time where it gives no other; `modified_at` is in UTC.
    Only links are taken, never a post's rendered content: it is often cut, or built from blocks that scripts
    fill, and the archive keeps what readers saw, which is the page. Raises Unreadable: wordpress_refused with
    WordPress's own code for an error, not_wordpress for all else that lists no posts.
    """
    posts = _posts(body)
    links = [_link(post, url) for post in islice(posts, MAX_POSTS) if isinstance(post, dict)]
    if posts and not any(links):
        raise Unreadable("not_wordpress", "a JSON list without a post in it")
    following = _next_page(url, headers)
    endpoints = (EndpointLink(following, "wordpress", "pagination"),) if posts and following else ()
    return Found("wordpress", each_once(filter(None, links)), endpoints)


def _posts(body: bytes) -> list[Any]:
    try:
        posts = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not_wordpress", f"not JSON: {error}") from error
    if isinstance(posts, dict) and isinstance(posts.get("code"), str):
        raise Unreadable("wordpress_refused", f"{posts['code']}: {plain(_string(posts.get('message')))}")
    if not isinstance(posts, list):
        raise Unreadable("not_wordpress", "JSON that is no list of posts")
    return posts


def _link(post: dict[str, Any], url: str) -> Link | None:
    story = resolve(url, _string(post.get("link")))
    if story is None:
        return None
    title = post.get("title")
    return Link(
        url=story,
        title=plain(_string(title.get("rendered") if isinstance(title, dict) else title)),
        published=_in_utc(post.get("date_gmt")) or raw_date(_string(post.get("date"))),
        modified_at=moment(_in_utc(post.get("modified_gmt"))),
    )


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _in_utc(value: object) -> str | None:
    """A *_gmt date with the zone that its name says and its text leaves out."""
    written = raw_date(_string(value))
    if written is None or written.startswith(_NO_DATE):
        return None
    return written if re.search(r"Z$|[+-]\d\d:?\d\d$", written) else written + "Z"


def _next_page(url: str, headers: Headers) -> str | None:
    """By the number of pages, at the address that answered; by the Link header where a proxy has dropped it."""
    said = [(name.lower(), value) for name, value in headers]
    pages = next((_number(value) for name, value in said if name == "x-wp-totalpages"), None)
    if pages is None:
        links = chain.from_iterable(_header_links(value) for name, value in said if name == "link")
        return next((resolve(url, target) for target, rels in links if "next" in rels), None)
    number = _number(dict(parse_qsl(urlsplit(url).query)).get("page", "")) or 1
    return add_or_replace_parameter(url, "page", str(number + 1)) if number < pages else None


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\s*\d{1,9}\s*", text) else None
