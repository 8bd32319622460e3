"""What feeds, sitemaps and front pages may be: too large, too many, without end, or not what they are called."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable, Mapping
from typing import Any

from tests import faults
from tests.documents import Entry, front_html, rss, sitemap, sitemap_index
from tests.proofs.behaviours.bodies import typed
from tests.proofs.behaviours.hostile import (
    ALL_STORED,
    FEED,
    FRONT,
    MAP,
    NONE_FETCHED,
    ODD,
    Hostile,
    at,
    html,
    late,
)  # fmt: skip
from tests.site import XML, Behaviour, Exchange, Site, status

A_FEW = 3  # pages that are fetched of an outlet that lists thousands
FEW = {"feeds": [FEED], "limit": A_FEW}
BY_MAP = {"feeds": [MAP], "sitemaps": [MAP], "limit": A_FEW}
BY_FRONT = {"limit": A_FEW}


def numbered(exchange: Exchange) -> None:
    """An honest story for whatever path is asked for; nothing for what is no story's."""
    path = exchange.request.path
    exchange.reply(200, html(path).encode(), [("Content-Type", "text/html")]) if "story" in path else status(404)(
        exchange
    )


def lists(path: str, make: Callable[[Site], str | bytes], content_type: str = XML) -> Callable[[Site], None]:
    """An outlet with a story under every address, and that list of them, made when it is asked for."""

    def lay(site: Site) -> None:
        def data() -> bytes:
            made = make(site)
            return made.encode() if isinstance(made, str) else made

        site.behave("*", numbered)
        site.behave(path, late(lambda: typed(content_type, data())))

    return lay


def feed(name: str, behaviour: Behaviour, outcome: str, **more: Any) -> Hostile:
    """An outlet whose feed cannot be read."""
    return Hostile(f"a feed: {name}", at(FEED, behaviour), {FEED: outcome, **NONE_FETCHED}, **{"run": "failed", **more})


def entries(site: Site, count: int, visit: int = 0) -> list[Entry]:
    """So many stories, other ones at each visit."""
    return [Entry(site.at(f"/story-{visit}-{n}.html"), f"A story of number {n}") for n in range(count)]


def changing(make: Callable[[Site, int], str]) -> Callable[[Site], str]:
    """A list that knows how often it was asked for."""
    visits = itertools.count()
    return lambda site: make(site, next(visits))


def dated(site: Site, visit: int) -> str:
    """The largest sitemap there may be, all of it changed since the last visit."""
    changed = f"2026-11-{visit % 28 + 1:02}T10:00:00Z"
    return sitemap(Entry(site.at(f"/story-{n}.html"), modified=changed) for n in range(50_000))


def calendar(exchange: Exchange) -> None:
    """Each month links the next one, and no story."""
    month = (
        int(exchange.request.path.rpartition("-")[2].partition(".")[0] or 0) if "month" in exchange.request.path else 0
    )
    links = {f"/archive/month-{month + n}.html": f"The news of month {month + n}, day by day" for n in range(1, 30)}
    exchange.reply(200, front_html(links).encode(), [("Content-Type", "text/html")])


def endless_index(exchange: Exchange) -> None:
    """An index of sitemaps that names another one, and that one another."""
    number = int(exchange.request.path.partition("?")[2] or 0) + 1
    host = exchange.request.headers["host"]
    body = sitemap_index([f"http://{host}{MAP}?{number}", f"http://{host}{MAP}?{number + 1_000_000}"])
    exchange.reply(200, body.encode(), [("Content-Type", XML)])


def sessions(site: Site) -> str:
    """One story under 500 addresses that differ in a session alone."""
    links = (f"{site.at('/a-story.html')}?PHPSESSID={n:032x}" for n in range(500))
    return rss(Entry(link, "A story with many sessions") for link in links)


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in itertools.pairwise("abcdefghij"))
    + "]><rss version='2.0'><channel><title>&j;</title></channel></rss>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY % x SYSTEM "{0}/canary"> %x; <!ENTITY y SYSTEM "{0}/canary">]>'


def reaches_out(site: Site) -> str:
    """A feed whose entities are to be fetched from elsewhere."""
    item = f"<item><title>A story &y;</title><link>{site.at('/story-1.html')}</link></item>"
    return OUTSIDE.format(site.url.rstrip("/")) + f"<rss version='2.0'><channel>{item}</channel></rss>"


def large(site: Site) -> bytes:
    """11 MB of feed."""
    return rss(entries(site, 3)).replace("<item>", "<!-- so -->" * 1_000_000 + "<item>", 1).encode()


def strange_links(site: Site) -> str:
    """A feed of three stories among links that lead nowhere."""
    odd = [
        "javascript:alert(1)", "file:///etc/hostname", "data:text/html,a", "http://[::1", "http://a b/", "//",
        site.at("/" + "a" * 10_000), f"http://{'a' * 70}.example/", "http://x:99999/", "ftp://127.0.0.1/a",
    ]  # fmt: skip
    return rss([*(Entry(link, "Nowhere") for link in odd), *entries(site, 3)])


def many(make: Callable[[int], str], count: int) -> dict[str, str]:
    """So many links, as a front page has them."""
    return {make(n): f"A story of the paper with the number {n}" for n in range(count)}


def asked_nowhere(*paths: str) -> Callable[[Site], str | None]:
    """A check that these paths were not asked for."""
    return lambda site: next((f"asked for {path}" for path in paths if site.asked(path)), None)


def stored(count: int) -> Callable[[Site], str | None]:
    """A check that so many stories were asked for, and no more."""

    def check(site: Site) -> str | None:
        asked = {r.path for r in site.requests if "story" in r.path}
        return None if len(asked) == count else f"{len(asked)} stories were asked for, not {count}"

    return check


def listed(name: str, path: str, make: Callable[[Site], str | bytes], entry: Mapping[str, Any], **more: Any) -> Hostile:
    """An outlet whose list is read, and of which only so much is fetched as is allowed."""
    more = {"check": stored(A_FEW)} | more
    lay = lists(path, make, "text/html" if path == FRONT else XML)
    return Hostile(name, lay, {path: more.pop("outcome", "read")}, entry=entry, **more)


def all_the_same(site: Site) -> None:
    """One story at three addresses."""
    for path in ALL_STORED:
        site.page(path, html(ODD))


def long_links(_site: Site) -> str:
    """A front page of three stories among links that are too long."""
    long = many(lambda n: f"/news/{n}-{'a' * 10_000}.html", 100)
    return front_html(long | many("/news/a-story-of-day-{}.html".format, 3))


def full_front(_site: Site) -> str:
    """A front page of 100,000 links."""
    return front_html(many("/news/a-story-of-number-{}.html".format, 100_000))


def full_head(_site: Site) -> str:
    """A front page that names 500 feeds."""
    feeds = (f'<link rel="alternate" type="application/rss+xml" href="/feed-{n}.xml">' for n in range(500))
    return front_html({}, head="".join(feeds))


def strange_paths(site: Site) -> str:
    """Stories at addresses that are not ASCII."""
    return rss(Entry(site.at(f"/story/stóry ñ {n}/日本.html"), f"A story {n}") for n in range(3))


def index_of_many(site: Site) -> str:
    """An index of as many sitemaps as there may be, none of which is there."""
    return sitemap_index(site.at(f"/map-{n}.xml") for n in range(50_000))


def ampersands(site: Site) -> str:
    """A sitemap with many references to nothing behind it."""
    return sitemap(entries(site, 5)) + "&x;" * 100_000


FEEDS = (
    listed("a feed of 50,000 items", FEED, lambda site: rss(entries(site, 50_000)), FEW),
    listed("a feed of 11 MB", FEED, large, FEW, outcome="too_large", run="failed", check=stored(0)),
    listed("a feed with new addresses at each visit", FEED, changing(lambda s, v: rss(entries(s, 500, v))), FEW),
    listed("a feed of one address", FEED, lambda s: rss(entries(s, 1) * 5000), FEW, check=stored(1)),
    listed("a feed of session ids", FEED, sessions, FEW, check=stored(1)),
    listed("a feed of another host's stories", FEED, lambda _: rss([Entry("http://127.2.255.3/story.html", "A story")]),
           FEW, run="empty", check=stored(0)),
    listed("a feed of links to nowhere", FEED, strange_links, FEW),
    listed("a feed of its own address", FEED, lambda s: rss([Entry(s.at(FEED), "A story, it says")] * 3), FEW,
           check=stored(0), most=10),
    listed("a feed that reaches out", FEED, reaches_out, FEW, check=asked_nowhere("/canary"), run="done|failed|empty",
           outcome="read|not_a_feed"),
    feed("an XML bomb", typed(XML, LAUGHS.encode()), "read|not_a_feed", run="failed|empty", most=10),
    feed("a tower of XML", typed(XML, b"<rss><channel>" + b"<a>" * 100_000), "read|not_a_feed|timeout",
         run="failed|empty"),
    feed("a tower of JSON", typed("application/json", b"[" * 100_000), "not_a_feed"),
    feed("a tower of JSON objects", typed("application/json", b'{"a":' * 100_000), "not_a_feed"),
    feed("HTML", typed("text/html", front_html({"/a": "A"}).encode()), "html_instead"),
    feed("empty", typed(XML, b""), "empty"),
    feed("NUL", typed(XML, bytes(100_000)), "empty|not_a_feed"),
    feed("a picture", typed(XML, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50), "not_a_feed"),
    feed("gzip of 60 MB", late(lambda: typed(XML, gzip.compress(bytes(60 << 20), 1))), "too_large"),
    feed("gzip that is none", typed(XML, b"\x1f\x8b" + b"so" * 500), "broken_gzip"),
    feed("stalls", faults.stall(), "timeout"),
    feed("429", status(429, {"Retry-After": "3600"}), "http_429"),
    feed("500", status(500), "http_500"),
    feed("redirects to itself", faults.redirect(FEED), "too_many_redirects"),
)  # fmt: skip
MAPS = (
    listed("a sitemap of 50,000 that all changed", MAP, changing(dated), BY_MAP),
    listed("a sitemap index of itself", MAP, lambda site: sitemap_index([site.at(MAP)] * 50), BY_MAP, check=stored(0),
           run="empty", most=5),
    listed("a sitemap index of 50,000", MAP, index_of_many, BY_MAP, check=stored(0), run="empty"),
    Hostile("a sitemap index without end", at(MAP, endless_index), {MAP: "read"}, entry=BY_MAP, run="empty"),
    listed("a sitemap cut in the middle", MAP, lambda site: sitemap(entries(site, 50))[:3000], BY_MAP),
    listed("a sitemap of 100,000 ampersands", MAP, ampersands, BY_MAP),
    Hostile("a sitemap that is HTML", at(MAP, typed("text/html", html().encode())), {MAP: "html_instead"},
            entry=BY_MAP, run="failed"),
)  # fmt: skip
FRONTS = (
    listed("a front page of 100,000 links", FRONT, full_front, BY_FRONT, outcome="read|timeout|memory",
           run="done|failed", check=lambda _: None),
    listed("a front page of links of 10,000 characters", FRONT, long_links, BY_FRONT),
    listed("a front page of its own address", FRONT, lambda _: front_html(many("/?story={}".format, 50)), BY_FRONT,
           check=lambda _: None, run="done|empty", most=10),
    listed("a front page that names 500 feeds", FRONT, full_head, BY_FRONT, check=stored(0), run="empty"),
    Hostile("a calendar without end", at("*", calendar), {FRONT: "read"}, entry=BY_FRONT, run="done|empty|failed",
            most=12),
    Hostile("a front page that stalls", at(FRONT, faults.stall()), {FRONT: "timeout"}, entry=BY_FRONT, run="failed"),
    Hostile("a front page of rubbish", at(FRONT, typed("text/html", bytes(range(256)) * 500)),
            {FRONT: "not_a_page|read"}, entry=BY_FRONT, run="failed|empty"),
    Hostile("a front page of nothing", at(FRONT, typed("text/html", b"")), {FRONT: "empty"}, entry=BY_FRONT,
            run="failed"),
)  # fmt: skip
OWN = (
    listed("stories at strange paths", FEED, strange_paths, FEW),
    Hostile("stories that all say the same", all_the_same, {FEED: "read", **ALL_STORED}),
)
ALL = (*FEEDS, *MAPS, *FRONTS, *OWN)
