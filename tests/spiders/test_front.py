"""Front pages: feeds they name, and stories told from everything else that they link."""

from __future__ import annotations

import pytest

from pipelines.records import EndpointLink, Link, Unreadable
from spiders.discovery.front import Anchor, is_story, read_front
from spiders.discovery.shapes import Shapes
from spiders.discovery.wordpress import posts_url

URL = "https://www.gazette.example/"
HEADLINE = "Council votes to rebuild the old harbour bridge"
LABEL = "More"


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head><title>Gazette</title>{head}</head><body>{body}</body></html>".encode()


def links(body: str, head: str = "") -> list[str]:
    return [link.url.removeprefix(URL) for link in read_front(page(body, head), URL).links]


def judged(path: str, text: str, *, navigation: bool = False, headline: bool = False) -> bool:
    return is_story(Anchor(URL + path, text, in_navigation=navigation, is_headline=headline))


@pytest.mark.parametrize(
    "path",
    [
        "2024/03/01/harbour-bridge/",
        "2024/mar/01/bridge-vote",
        "news/20240301-harbour-bridge",
        "bridge-vote-november-19-2019-11",
        "bridge_2024_10_23.html",
        "local/council-votes-to-rebuild-bridge",
        "local/council_votes_to_rebuild_bridge.html",
        "harbour-bridge-rebuilt-4711",
        "local/4711082/council-votes-on-bridge/",
        "local/council-votes-on-bridge/4711082",
        "story/council-votes-on-bridge/2/",
        "local/council-votes-on-bridge/2024/03",
        "news/council-votes-on-bridge/a-67",
        "local/Bridge-Vote-1.7287711.HTML",
        "rat-stimmt-f%C3%BCr-br%C3%BCcke-ld.1759794",
    ],
)
def test_an_address_can_be_enough(path: str) -> None:
    assert judged(path, LABEL)


@pytest.mark.parametrize(
    "path",
    [
        "article/4711.html",
        "article/471108",
        "news/uk-67772667",
        "news/articles/c0dn1zv1w1wo",
        "article_8d875330-a0e5-11ee-864f-bf96b936750e.html",
        "index.php?id=123",
        "story.php?story_id=123",
        "?p=4711",
        "bridge-vote",
        "local/bridge-vote.html",
        "Br%C3%BCcken/!5928990/",
    ],
)
def test_a_headline_makes_up_for_a_short_address(path: str) -> None:
    assert judged(path, HEADLINE)
    assert not judged(path, LABEL)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "world",
        "world/africa/",
        "2024/03/",
        "2024/03/01/",
        "archive/2024-03-01",
        "search?q=council-votes-to-rebuild-bridge",
        "login?next=/local/council-votes-to-rebuild-bridge",
        "tag/council-votes-to-rebuild-bridge/",
        "author/4711-maria-van-der-berg",
        "category/4711/local-news-from-town",
        "local/feed/",
        "privacy-policy",
        "about/terms-and-conditions.html",
        "files/council-votes-to-rebuild-bridge.pdf",
        "photos/4711/council-votes-to-rebuild-bridge.JPG",
        "wp-content/uploads/council-votes-to-rebuild-bridge",
    ],
)
def test_what_is_never_a_story(path: str) -> None:
    assert not judged(path, HEADLINE, headline=True)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("life/bridge-and-roads", "Bridge & roads"),
        ("stadt/haeuser-fuer-alle", "Häuser für alle"),
        ("vivre/sante-et-beaute.html", "Santé et beauté"),
        ("local/council-votes-on-bridge?page=2", "2"),
    ],
)
def test_an_address_spelt_out_is_the_name_of_a_section(path: str, text: str) -> None:
    assert not judged(path, text)
    assert judged(path, HEADLINE)


def test_a_short_headline_needs_a_heading_a_number_or_words_of_its_own() -> None:
    assert judged("bridge-vote-delayed", "Bridge vote delayed", headline=True)
    assert judged("bridge-vote-delayed-4711", "Bridge vote delayed")
    assert judged("bridge-vote-delayed", "No decision before May")
    assert judged("bridge-vote-delayed-again", "Bridge vote delayed again")


@pytest.mark.parametrize("query", ["share=facebook", "replytocom=4711", "print=true"])
def test_what_can_be_done_with_a_story_is_none(query: str) -> None:
    assert not judged(f"2024/03/01/council-votes-on-bridge?{query}", HEADLINE)


def test_what_is_known_of_a_site_comes_before_general_rules() -> None:
    stories = [f"{URL}tag/{word}" for word in ("bridge", "road", "ferry")]
    others = [f"{URL}guide/how-to-cross-the-harbour-{number}" for number in range(1_000, 1_012)]
    body = f"""<a href="/tag/harbour">Harbour</a><a href="/guide/how-to-swim-across-the-harbour-4711">{HEADLINE}</a>
        <a href="/local/council-votes-on-bridge">{HEADLINE}</a>"""
    assert links(body) == ["guide/how-to-swim-across-the-harbour-4711", "local/council-votes-on-bridge"]
    shapes = Shapes.learned(stories, others)
    learned = read_front(page(body), URL, shapes=shapes).links
    assert [link.url.removeprefix(URL) for link in learned] == ["tag/harbour", "local/council-votes-on-bridge"]
    assert read_front(page(body), URL, shapes=Shapes()) == read_front(page(body), URL)


def test_a_menu_must_say_more() -> None:
    assert judged("local/bridge-vote", HEADLINE)
    assert not judged("local/bridge-vote", HEADLINE, navigation=True)
    assert not judged("local/harbour-bridge-and-roads", "Harbour, bridge and roads", navigation=True)
    assert judged("2024/03/01/council-votes-to-rebuild-bridge", HEADLINE, navigation=True)


def test_headlines_in_scripts_without_spaces() -> None:
    assert judged("article/471108", "市議会が橋の再建を可決")
    assert not judged("article/471108", "社会")


def test_the_links_of_a_page() -> None:
    body = f"""
        <header><a href="/">Gazette</a><nav><a href="/world">World</a><a href="/world-and-africa">World and Africa</a>
          <a href="/search?q=x">Search</a></nav></header>
        <main><article><header><h2><a href="/bridge-vote">{HEADLINE}</a></h2></header></article>
          <p><a href="/local/4711.html?utm_source=front">{HEADLINE} again</a>
             <a href="/local/4711.html#comments">12 comments</a></p>
          <a href="https://sport.gazette.example/derby-ends-in-a-draw-4712">Derby</a>
          <a href="https://elsewhere.example/council-votes-to-rebuild-bridge">{HEADLINE}</a>
          <a href="mailto:desk@gazette.example">{HEADLINE}</a><a>{HEADLINE}</a><a href="http://[">{HEADLINE}</a></main>
        <footer><a href="/press/how-we-work">How we work at the Gazette</a></footer>"""
    assert read_front(page(body), URL).links == (
        Link(f"{URL}bridge-vote", HEADLINE),
        Link(f"{URL}local/4711.html?utm_source=front", f"{HEADLINE} again"),
        Link("https://sport.gazette.example/derby-ends-in-a-draw-4712"),
    )


def test_a_section_page_does_not_list_itself() -> None:
    body = '<a href="/local/news-from-the-harbour">Latest news from the harbour</a>'
    assert read_front(page(body), f"{URL}local/news-from-the-harbour?utm_source=x").links == ()


def test_a_page_at_an_impossible_address_is_read_all_the_same() -> None:
    assert read_front(page("<a href='/council-votes-on-bridge'>"), URL + "x" * 3_000).links


def test_links_are_relative_to_the_base() -> None:
    assert links('<a href="/council-votes-on-bridge">', '<base href="http://[">') == ["council-votes-on-bridge"]
    assert links('<a href="council-votes-on-bridge">More</a>', '<base href="/local/">') == [
        "local/council-votes-on-bridge"
    ]


def test_feeds_and_sitemaps_are_named_in_the_head() -> None:
    head = """
        <link rel="alternate" type="application/rss+xml" href="/feed/">
        <link rel="ALTERNATE feed" type="application/atom+xml; charset=utf-8" href="https://feeds.example/gazette">
        <link rel="alternate" type="application/feed+json" href="/feed.json">
        <link rel="alternate" type="application/rss+xml" href="/comments/feed/">
        <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/1">
        <link rel="alternate" hreflang="fr" href="/fr/"><link rel="stylesheet" href="/a.css">
        <link rel="alternate" type="application/rss+xml"><link rel="sitemap" type="application/xml" href="/map.xml">
        <link rel="https://api.w.org/" href="/wp-json/">"""
    found = read_front(page("", head), URL)
    assert found.endpoints == (
        EndpointLink(f"{URL}feed/", "feed", "autodiscovery"),
        EndpointLink("https://feeds.example/gazette", "feed", "autodiscovery"),
        EndpointLink(f"{URL}feed.json", "feed", "autodiscovery"),
        EndpointLink(f"{URL}map.xml", "sitemap", "autodiscovery"),
        EndpointLink(posts_url(f"{URL}wp-json/"), "wordpress", "autodiscovery"),
    )
    assert (found.kind, found.title, found.links) == ("front", "Gazette", ())


@pytest.mark.parametrize(
    ("encoding", "content_type", "head"),
    [
        ("utf-8", None, ""),
        ("windows-1251", "text/html; charset=windows-1251", ""),
        ("windows-1251", "text/html", '<meta charset="windows-1251">'),
        ("utf-16", "text/html", ""),
    ],
)
def test_encodings(encoding: str, content_type: str | None, head: str) -> None:
    text = "Совет проголосовал за восстановление моста"
    body = page(f'<a href="/local/471108">{text}</a>', head).decode().encode(encoding)
    assert read_front(body, URL, content_type).links == (Link(f"{URL}local/471108", text),)


@pytest.mark.parametrize("body", [b"", b"  ", b"<!-- nothing -->"])
def test_a_body_without_html_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable, match="not_a_page"):
        read_front(body, URL)


def test_deep_and_broken_pages_are_read() -> None:
    assert links("<div>" * 200 + '<a href="/council-votes-on-bridge">More') == ["council-votes-on-bridge"]
    assert links("\x00<p <a href='/council-votes-on-bridge'>") == []
    assert links("<nav>" * 100_000 + "<a href='/x'>") == []


@pytest.mark.parametrize("charset", ["idna", "punycode", "undefined", "base64", "no-such-thing"])
def test_a_charset_that_is_none_of_a_page(charset: str) -> None:
    page = '<p><a href="/2026/11/the-harbour-opens-again">Über den Hafen und die Fähre</a>'.encode("cp1252")
    found = read_front(page, "https://x.example/", f"text/html; charset={charset}")
    assert [link.title for link in found.links] == ["Über den Hafen und die Fähre"]
