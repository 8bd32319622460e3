"""Sitemaps: indexes, lists and news, packed, broken or made to hurt."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from pipelines.records import EndpointLink, Link, Unreadable
from spiders.discovery import sitemaps
from spiders.discovery.markup import MAX_UNPACKED, unpacked
from spiders.discovery.sitemaps import read_sitemap, read_url_list

URL = "https://gazette.example/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urlset(urls: str, namespace: str = NS) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {namespace}>{urls}</urlset>'.encode()


def paths(body: bytes) -> list[str]:
    return [link.url.removeprefix("https://gazette.example") for link in read_sitemap(body, URL).links]


def test_urlset() -> None:
    found = read_sitemap(
        urlset(
            "<url><loc> https://gazette.example/a?x=1&amp;y=2 </loc><lastmod>2024-03-01</lastmod></url>"
            "<url><loc>/b</loc></url>"
        ),
        URL,
    )
    assert (found.kind, found.endpoints) == ("sitemap", ())
    assert found.links == (
        Link("https://gazette.example/a?x=1&y=2", modified_at=datetime(2024, 3, 1, tzinfo=UTC)),
        Link("https://gazette.example/b"),
    )


def test_index_names_the_newest_first() -> None:
    body = f"""<sitemapindex {NS}>
        <sitemap><loc>https://gazette.example/2022.xml</loc><lastmod>2022-12-31</lastmod></sitemap>
        <sitemap><loc>https://gazette.example/undated.xml</loc></sitemap>
        <sitemap><loc>https://gazette.example/2024.xml.gz</loc><lastmod>2024-03-01T10:00:00Z</lastmod></sitemap>
        <sitemap><loc>mailto:desk@gazette.example</loc></sitemap></sitemapindex>"""
    found = read_sitemap(body.encode(), URL)
    assert found.links == ()
    assert found.endpoints == tuple(
        EndpointLink(f"https://gazette.example/{name}", "sitemap", "sitemap_index", modified_at)
        for name, modified_at in (
            ("2024.xml.gz", datetime(2024, 3, 1, 10, tzinfo=UTC)),
            ("2022.xml", datetime(2022, 12, 31, tzinfo=UTC)),
            ("undated.xml", None),
        )
    )


def test_news() -> None:
    found = read_sitemap(
        urlset(
            """<url><loc>https://gazette.example/a</loc><lastmod>2024-03-01T12:00:00Z</lastmod>
            <n:news><n:publication><n:name>Gazette</n:name><n:language>en</n:language></n:publication>
              <n:publication_date>2024-03-01T09:30:00+01:00</n:publication_date>
              <n:title>Flood &amp;amp; fire</n:title></n:news></url>""",
            f'{NS} xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"',
        ),
        URL,
    )
    said = "2024-03-01T09:30:00+01:00"
    modified = datetime(2024, 3, 1, 12, tzinfo=UTC)
    assert found.links == (Link("https://gazette.example/a", "Flood & fire", said, modified, "en"),)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024-03", datetime(2024, 3, 1, tzinfo=UTC)),
        ("2024-03-01T09:30+01:00", datetime(2024, 3, 1, 8, 30, tzinfo=UTC)),
        ("2024-03-01 09:30:00 +0100", datetime(2024, 3, 1, 8, 30, tzinfo=UTC)),
        ("Fri, 01 Mar 2024 09:30:00 +0100", datetime(2024, 3, 1, 8, 30, tzinfo=UTC)),
        ("20", None),
        ("2024-13", None),
        ("yesterday", None),
    ],
)
def test_moments(written: str, at: datetime | None) -> None:
    body = urlset(f"<url><loc>/a</loc><lastmod>{written}</lastmod></url>")
    assert read_sitemap(body, URL).links[0].modified_at == at


def test_an_address_that_was_escaped_twice() -> None:
    assert paths(urlset("<url><loc>/a?x=1&amp;amp;y=2&amp;#038;z=3</loc></url>")) == ["/a?x=1&y=2&z=3"]


def test_pictures_and_films_are_not_the_story() -> None:
    body = urlset(
        """<i:image><i:loc>https://gazette.example/a.jpg</i:loc><i:title>Photo</i:title></i:image>
        <url><i:image><i:loc>https://gazette.example/b.jpg</i:loc><i:title>Photo</i:title></i:image>
        <loc>https://gazette.example/a</loc></url>""",
        f'{NS} xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"',
    )
    assert read_sitemap(body, URL).links == (Link("https://gazette.example/a"),)


def test_the_newest_come_first() -> None:
    dated = "".join(f"<url><loc>/{day}</loc><lastmod>2024-03-0{day}</lastmod></url>" for day in (2, 3, 1))
    assert paths(urlset(f"<url><loc>/undated</loc></url>{dated}")) == ["/3", "/2", "/1", "/undated"]


@pytest.mark.parametrize(
    "body",
    [
        urlset("<url><loc>/a?x=1&y=2</loc></url>"),
        urlset("<url><loc>/a?x=1&amp;y=2</loc></url>")[:-9],
        urlset("<url><loc>/a?x=1&amp;y=2</loc></url><url><loc>/b")[:-9],
        urlset("<url><loc>/a?x=1&amp;y=2</loc><news:news><news:title>A</news:title></news:news></url>"),
        urlset("<url><n:news/><loc>/a?x=1&amp;y=2</loc></url>"),
        urlset("<url><loc>/a?x=1&amp;y=2</loc></url>", namespace=""),
        urlset("<url><loc><![CDATA[/a?x=1&y=2]]></loc></url>"),
        b"\n\n" + urlset("<url><loc>/a?x=1&amp;y=2</loc></url>"),
        urlset("<url><loc>/a?x=1&amp;y=2</loc></url>").decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        gzip.compress(urlset("<url><loc>/a?x=1&amp;y=2</loc></url>"), mtime=0),
    ],
)
def test_a_sitemap_is_read_as_it_comes(body: bytes) -> None:
    assert paths(unpacked(body))[0] == "/a?x=1&y=2"


@pytest.mark.parametrize("body", [b"<rss/>", b"<html><body>", b"<urls><loc>/a</loc></urls>", b"hello", b"<"])
def test_what_is_no_sitemap_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        read_sitemap(body, URL)
    assert caught.value.reason == "not_a_sitemap"
    assert "\n" not in caught.value.detail


def test_an_empty_sitemap_is_a_sitemap() -> None:
    assert read_sitemap(urlset(""), URL).links == ()


def test_a_sitemap_longer_than_allowed_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_URLS", 3)
    assert paths(urlset("".join(f"<url><loc>/{n}</loc></url>" for n in range(9)))) == ["/0", "/1", "/2"]
    assert len(read_url_list(b"https://gazette.example/1\n" * 2 + b"https://gazette.example/2\n" * 9).links) == 2


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE urlset [<!ENTITY a "%s"><!ENTITY b "%s">]>' % (b"ha" * 500, b"&a;" * 500)
    assert paths(bomb + b"<urlset><url><loc>/a</loc><lastmod>&b;</lastmod></url></urlset>") == ["/a"]


def test_an_external_entity_is_not_read() -> None:
    doctype = b'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    assert paths(doctype + b"<urlset><url><loc>/a&x;</loc></url></urlset>") == ["/a"]


def test_plain_text() -> None:
    body = (
        b"\xef\xbb\xbfhttps://gazette.example/a\r\nhttps://gazette.example/b\n\nnonsense\nhttps://gazette.example/a\n"
    )
    assert [link.url for link in read_url_list(body).links] == [
        "https://gazette.example/a",
        "https://gazette.example/b",
    ]
    with pytest.raises(Unreadable, match="not_a_sitemap"):
        read_url_list(b"hello\nthere\n")


def test_gzip_is_told_by_its_first_bytes() -> None:
    text = urlset("<url><loc>/a</loc></url>")
    packed = gzip.compress(text, mtime=0)
    assert unpacked(text) == text
    assert unpacked(packed) == text
    assert unpacked(packed + packed) == text + text
    assert unpacked(packed + b"\0" * 100) == text
    assert unpacked(packed + b"rubbish") == text


def test_gzip_cut_short_gives_what_there_is() -> None:
    text = b"".join(b"https://gazette.example/%d\n" % (n * 7919) for n in range(20_000))
    half = unpacked(gzip.compress(text, mtime=0)[:20_000])
    assert len(half) > 20_000
    assert text.startswith(half)


@pytest.mark.parametrize("body", [b"\x1f\x8b", b"\x1f\x8b" + b"x" * 100])
def test_what_only_begins_like_gzip_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable, match="broken_gzip"):
        unpacked(body)


def test_a_gzip_bomb_is_refused() -> None:
    with pytest.raises(Unreadable, match="too_large"):
        unpacked(gzip.compress(b"\0" * (MAX_UNPACKED + 1), compresslevel=1, mtime=0))
