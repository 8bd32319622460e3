"""Endpoints of any kind: content decides, and every failure has its name."""

from __future__ import annotations

import gzip
import json
import pickle

import pytest

from pipelines.records import EndpointKind, Link, Unreadable
from spiders.discovery.found import Found
from spiders.discovery.read import read_endpoint

URL = "https://gazette.example/endpoint"
STORY = "https://gazette.example/council-votes-on-bridge"
RSS = f"<rss version='2.0'><channel><item><link>{STORY}</link></item></channel></rss>".encode()
ATOM = f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='{STORY}'/></entry></feed>".encode()
JSON = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"url": STORY}]}).encode()
POSTS = json.dumps([{"link": STORY}]).encode()
SITEMAP = f"<urlset><url><loc>{STORY}</loc></url></urlset>".encode()
PAGE = f"<!DOCTYPE html><title>Gazette</title><a href='{STORY}'>More</a>".encode()

READABLE: list[tuple[bytes, str]] = [
    (RSS, "feed"),
    (b"\xef\xbb\xbf \n<?xml version='1.0'?><!-- <html> by the Gazette's <a> machine -->" + RSS, "feed"),
    (b'<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://127.0.0.1:9/r.dtd">' + RSS, "feed"),
    (b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://127.0.0.1:9/"> <!-- x -->' + RSS, "feed"),
    (b"<!doctype html>\n<script>feed = '<rss>'</script>" + PAGE, "front"),
    (b"<!-- comment --><!DOCTYPE html><custom-page>" + PAGE, "front"),
    (RSS.decode().encode("utf-16"), "feed"),
    (gzip.compress(ATOM, mtime=0), "feed"),
    (ATOM, "feed"),
    (b"\xef\xbb\xbf" + JSON, "feed"),
    (POSTS, "wordpress"),
    (b"\xef\xbb\xbf\n" + POSTS, "wordpress"),
    (SITEMAP, "sitemap"),
    (gzip.compress(SITEMAP, mtime=0), "sitemap"),
    (f"{STORY}\n".encode(), "sitemap"),
    (PAGE, "front"),
    (f"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><a href='{STORY}'/></html>".encode(), "front"),
    (f"<div><a href='{STORY}'>More</a></div>".encode(), "front"),
]


@pytest.mark.parametrize(("body", "kind"), READABLE)
@pytest.mark.parametrize("content_type", [None, "text/html; charset=utf-8", "application/octet-stream"])
def test_content_decides_whatever_the_label(body: bytes, kind: str, content_type: str | None) -> None:
    found = read_endpoint(body, URL, content_type)
    assert found.kind == kind
    assert [link.url for link in found.links] == [STORY]


@pytest.mark.parametrize("promised", ["feed", "sitemap"])
def test_a_feed_or_sitemap_is_read_under_either_name(promised: EndpointKind) -> None:
    assert read_endpoint(RSS, URL, "text/html", promised).kind == "feed"
    assert read_endpoint(SITEMAP, URL, "text/html", promised).kind == "sitemap"


@pytest.mark.parametrize("promised", ["feed", "sitemap", "wordpress"])
def test_a_page_instead_of_a_feed_is_refused(promised: EndpointKind) -> None:
    with pytest.raises(Unreadable) as caught:
        read_endpoint(PAGE, URL, "application/rss+xml", promised)
    assert str(caught.value) == f"html_instead: an HTML page where a {promised} was promised"


@pytest.mark.parametrize("promised", ["feed", "sitemap", "front", None])
@pytest.mark.parametrize("body", [b"", b" \r\n", b"\0\0\0", gzip.compress(b"", mtime=0)])
def test_nothing_is_empty(body: bytes, promised: EndpointKind | None) -> None:
    with pytest.raises(Unreadable, match=r"^empty: "):
        read_endpoint(body, URL, None, promised)


@pytest.mark.parametrize(
    ("promised", "reason"),
    [
        ("feed", "not_a_feed"),
        ("sitemap", "not_a_sitemap"),
        ("wordpress", "not_wordpress"),
        ("front", "not_a_page"),
        (None, "not_a_page"),
    ],
)
@pytest.mark.parametrize("body", [b"Service unavailable", b"%PDF-1.7 \xff\x00", b"<note>x</note>", b"<" * 100_000])
def test_what_lists_nothing_is_named(body: bytes, promised: EndpointKind | None, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_endpoint(body, URL, None, promised)
    assert caught.value.reason == reason


def test_the_word_of_wordpress_is_passed_on() -> None:
    with pytest.raises(Unreadable, match=r"^wordpress_refused: rest_forbidden"):
        read_endpoint(b'{"code": "rest_forbidden", "message": "Sorry"}', URL, None, "wordpress")


def test_a_format_that_only_feedparser_knows() -> None:
    cdf = f"<CHANNEL><ITEM HREF='{STORY}' LASTMOD='2024-03-01T09:30'><TITLE>Bridge</TITLE></ITEM></CHANNEL>"
    assert read_endpoint(cdf.encode(), URL).links[0].url == STORY


def test_results_and_refusals_come_back_from_a_worker() -> None:
    found = Found("feed", (Link(STORY),))
    assert pickle.loads(pickle.dumps(found)) == found
    refused = pickle.loads(pickle.dumps(Unreadable("empty", "the body\nis empty")))
    assert (refused.reason, refused.detail) == ("empty", "the body is empty")
