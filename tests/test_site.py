"""The loopback site serves what it is told, misbehaves as it is told, notes what was asked, and stops."""

from __future__ import annotations

import gzip
import json
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, IncompleteRead

import feedparser
import pytest
from lxml import etree

from tests import faults
from tests.documents import Entry, article_html, front_html, prose
from tests.site import Site, status, visit


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def test_a_page_is_served_and_noted(site: Site) -> None:
    site.page("/a", "<p>Grüße</p>", headers={"X-Paper": "Test"})
    before = time.monotonic()
    answer = visit(site.at("/a?b=c"), {"User-Agent": "Reader"})
    assert (answer.status, answer.text, answer.headers["x-paper"]) == (200, "<p>Grüße</p>", "Test")
    (request,) = site.requests
    assert (request.method, request.path, request.status) == ("GET", "/a?b=c", 200)
    assert request.headers["user-agent"] == "Reader"
    assert request.ended_at
    assert before <= request.at <= request.ended_at


def test_what_was_not_set_is_not_found_unless_the_site_says_otherwise(site: Site) -> None:
    assert visit(site.at("/nowhere")).status == 404
    site.fail("*", 503, {"Retry-After": "5"})
    answer = visit(site.at("/nowhere"))
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")


def test_a_visitor_who_has_the_page_gets_304_until_it_changes(site: Site) -> None:
    site.page("/a", "one", last_modified="Mon, 02 Nov 2026 10:00:00 GMT")
    first = visit(site.at("/a"))
    known = {"If-None-Match": first.headers["etag"]}
    assert visit(site.at("/a"), known)[::2] == (304, b"")
    assert visit(site.at("/a"), {"If-Modified-Since": first.headers["last-modified"]}).status == 304
    site.page("/a", "two")
    assert visit(site.at("/a"), known).text == "two"
    assert [r.status for r in site.asked("/a")] == [200, 304, 304, 200]


def test_one_connection_carries_many_requests(site: Site) -> None:
    site.page("/a", "page")
    connection = HTTPConnection(site.host, site.port, timeout=10)
    for method in ("GET", "HEAD", "GET"):
        connection.request(method, "/a")
        with connection.getresponse() as response:
            assert response.read() == (b"" if method == "HEAD" else b"page")
    connection.close()
    assert len(site.requests) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers on all of 127.0.0.0/8 unasked")
def test_sites_on_several_addresses_at_once() -> None:
    with Site("127.0.0.2") as one, Site("127.0.0.3", one.port) as other:
        one.page("/", "one")
        other.page("/", "other")
        assert (visit(one.url).text, visit(other.url).text) == ("one", "other")
        assert (len(one.requests), len(other.requests)) == (1, 1)


def test_feeds_and_sitemaps_read_as_such(site: Site) -> None:
    entries = [Entry("/a?x=1&y=2", "Cats & dogs", "Mon, 02 Nov 2026 10:00:00 GMT", "2026-11-02T10:00:00Z")]
    site.rss("/rss", entries)
    site.atom("/atom", entries)
    site.sitemap("/map.xml.gz", entries)
    site.sitemap_index("/index.xml", ["/map.xml.gz"])
    for path in ("/rss", "/atom"):
        (entry,) = feedparser.parse(visit(site.at(path)).body).entries
        assert (entry.title, entry.link) == ("Cats & dogs", site.at("/a?x=1&y=2"))
        assert entry.published
    tree = etree.fromstring(gzip.decompress(visit(site.at("/map.xml.gz")).body))
    assert tree.findtext(".//{*}loc") == site.at("/a?x=1&y=2")
    assert tree.findtext(".//{*}lastmod") == "2026-11-02T10:00:00Z"
    assert tree.findtext(".//{*}title") == "Cats & dogs"
    assert site.at("/map.xml.gz") in visit(site.at("/index.xml")).text


def test_an_article_has_its_own_prose_and_what_it_is_told_to_say() -> None:
    page = article_html("Weir </script> mended", published="2026-11-02", authors=["A. Writer"], date_bar="Today")
    found = re.search(r'ld\+json">(.*?)</script>', page)
    assert found
    facts = json.loads(found[1])
    assert (facts["headline"], facts["datePublished"]) == ("Weir </script> mended", "2026-11-02")
    assert "modified" not in page
    assert prose(1) == prose(1) != prose(2)
    assert page.count("<p>") == 5
    assert "ld+json" not in article_html("Plain")
    assert '<a href="/a">A &lt; B</a>' in front_html({"/a": "A < B"})


def test_a_redirect_compression_and_turns(site: Site) -> None:
    site.behave("/old", faults.redirect("/new", 301))
    site.behave("/zip", faults.gzipped(b"page"))
    site.behave("/turns", faults.in_turn(status(500), status(503), status(200)))
    moved, packed = visit(site.at("/old")), visit(site.at("/zip"))
    assert (moved.status, moved.headers["location"]) == (301, "/new")
    assert (packed.headers["content-encoding"], gzip.decompress(packed.body)) == ("gzip", b"page")
    assert [visit(site.at("/turns")).status for _ in range(4)] == [500, 503, 200, 200]


def test_bodies_that_end_early_and_connections_torn_down(site: Site) -> None:
    site.behave("/short", faults.truncated(b"half"))
    site.behave("/reset", faults.reset(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"))
    site.behave("/raw", faults.raw(b"what?\r\n"))
    with pytest.raises(IncompleteRead):
        visit(site.at("/short"))
    with pytest.raises(ConnectionResetError):
        visit(site.at("/reset"))
    with pytest.raises(HTTPException):
        visit(site.at("/raw"))


def test_a_drip_is_slow_and_whole(site: Site) -> None:
    site.behave("/drip", faults.slowly(0.02, faults.drip(b"abcde", every=0.01, size=2)))
    begun = time.monotonic()
    assert visit(site.at("/drip")).body == b"abcde"
    assert time.monotonic() - begun >= 0.05


def test_headers_may_be_huge(site: Site) -> None:
    site.behave("/many", faults.huge_headers(90))
    answer = visit(site.at("/many"))
    assert (answer.body, len(answer.headers)) == (b"<p>Short</p>", 92)
    site.behave("/endless", faults.huge_headers())
    with pytest.raises(HTTPException, match="more than 100 headers"):
        visit(site.at("/endless"))


def test_it_stops_whatever_its_visitors_wait_for() -> None:
    before = threading.active_count()
    waiting = []
    with Site() as site:
        site.behave("/stall", faults.stall(b"HTTP/1.1 200 OK\r\n"))
        site.behave("/endless", faults.endless())
        for path in ("/stall", "/endless", "/idle"):
            visitor = socket.create_connection((site.host, site.port))
            visitor.sendall(f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
            waiting.append(visitor)
            site.wait_for(path)
        with pytest.raises(TimeoutError, match="asked for 1 times, not 2"):
            site.wait_for("/stall", 2, timeout=0.01)
        begun = time.monotonic()
    assert time.monotonic() - begun < 2
    assert threading.active_count() == before
    for visitor in waiting:
        visitor.close()
    with pytest.raises(ConnectionRefusedError):
        visit(site.url)
