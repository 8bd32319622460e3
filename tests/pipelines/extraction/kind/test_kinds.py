"""What kind of page it is: stories stay stories, and shops, forums, lists, services and walls become none."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from pipelines.extraction import engine
from pipelines.extraction.kind import kinds
from pipelines.extraction.page import Page

SENTENCE = "The council voted on Tuesday to rebuild the old bridge, which has been closed to lorries since the flood. "
PARAGRAPH = "\n".join(SENTENCE * 3 for _ in range(6))
STORY_HEAD = '<meta property="og:type" content="article"><meta property="article:published_time" content="2024-05-02">'
HEADLINE = "Council votes to rebuild the old bridge"


def page(url: str, html: str = "", head: str = "", body_class: str = "", things: object = None) -> Page:
    script = f'<script type="application/ld+json">{json.dumps(things)}</script>' if things else ""
    tree = engine.parse(f'<html><head>{head}{script}</head><body class="{body_class}">{html}<p>.</p></body></html>')
    assert tree is not None
    return Page(url, tree, datetime(2024, 5, 3, tzinfo=UTC))


def kind(of: Page, title: str | None = HEADLINE, body: str = PARAGRAPH) -> str:
    return kinds.judge(of, title, body).kind


NEWS = {"@type": "NewsArticle", "headline": HEADLINE, "datePublished": "2024-05-02", "author": {"name": "Ann Lee"}}
PRODUCT = {"@type": "Product", "name": "Kettle", "offers": {"price": "20"}}
CART = '<div class="add-to-cart"><button>Add to cart</button></div>'
PRICES = '<span class="price">$20</span>' * 12


@pytest.mark.parametrize(
    "given",
    [
        page("https://a.test/news/council-votes-to-rebuild-the-old-bridge", things=NEWS),
        page("https://a.test/2024/05/02/bridge", head=STORY_HEAD),
        page("https://a.test/bridge-vote", body_class="single single-post postid-12"),
        page("https://a.test/?p=2895"),
        page("https://a.test/news823175"),
        page("https://a.test/blog/ten-kettles-we-like-and-why", PRICES + CART, STORY_HEAD),
        page("https://a.test/reviews/the-kettle-of-the-year", PRICES, things={**NEWS, "@type": "Review"}),
        page("https://a.test/news/forum-for-world-peace-opens", things=NEWS),
        page("https://a.test/topics/bridges/council-votes-to-rebuild-the-old-bridge", head=STORY_HEAD),
        page("https://a.test/news/store-fire-kills-two-in-harbour-town", CART, things=NEWS),
    ],
    ids=lambda given: given.url,
)
def test_story_stays_a_story(given: Page) -> None:
    assert kind(given) == "article"


@pytest.mark.parametrize(
    ("given", "title", "expected"),
    [
        (page("https://a.test/product/kettle", CART, things=PRODUCT), "Steel kettle", "other"),
        (page("https://a.test/x/kettle-2", CART, body_class="single single-product"), "Steel kettle", "other"),
        (
            page("https://shop.test/kettle", CART + PRICES, '<meta property="og:type" content="product">'),
            "Kettle",
            "other",
        ),
        (
            page("https://forum.test/t/how-to-build/1234", things={"@type": "DiscussionForumPosting"}),
            "Bridges",
            "other",
        ),
        (page("https://a.test/threads/how-to-build-a-bridge.3456/"), "How do I build a bridge?", "other"),
        (page("https://a.test/x", head='<meta name="generator" content="Discourse 3.2">'), "Bridges", "other"),
        (page("https://a.test/questions/77/how", things={"@type": "QAPage"}), "How do I build a bridge?", "other"),
        (page("https://a.test/category/bridges", body_class="archive category"), "Bridges", "list"),
        (page("https://a.test/"), "The Daily Bridge", "list"),
        (page("https://a.test/author/ann-lee", things={"@type": "ProfilePage"}), "Ann Lee", "list"),
        (page("https://a.test/services/bridge-repair", "<a>Get a quote</a>" * 9), "Bridge repair services", "other"),
        (page("https://a.test/brueckenbau", "<a>Angebot anfordern</a>" * 9), "Leistungen", "other"),
    ],
    ids=lambda value: value.url if isinstance(value, Page) else str(value),
)
def test_other_pages_are_refused(given: Page, title: str, expected: str) -> None:
    assert kind(given, title) == expected


def test_list_of_headlines() -> None:
    headlines = [f"Council votes for the {n}th time on the bridge" for n in range(9)]
    links = "".join(f'<article><h3><a href="/s/{n}">{line}</a></h3></article>' for n, line in enumerate(headlines))
    verdict = kinds.judge(page("https://a.test/news", links), "News", "\n".join(headlines))
    assert verdict.kind == "list"
    assert "9 headlines in 81 words" in verdict.detail
    assert "headlines in the text" in verdict.detail


def test_reasons_are_named() -> None:
    verdict = kinds.judge(page("https://a.test/product/kettle", CART, things=PRODUCT), "Kettle", PARAGRAPH)
    assert verdict.detail == "a shop page: schema.org product, an address in a shop, a button for the cart"


@pytest.mark.parametrize(
    ("given", "body", "expected"),
    [
        (page("https://a.test/n/1", things={**NEWS, "@type": "LiveBlogPosting"}), PARAGRAPH, "live"),
        (page("https://a.test/live/flood", "<time>9:01</time>" * 8, STORY_HEAD), PARAGRAPH, "live"),
        (page("https://a.test/live/flood", "<time>9:01</time>", STORY_HEAD), PARAGRAPH, "article"),
        (page("https://a.test/live-music-returns-to-town", "<time>9:01</time>" * 3, things=NEWS), PARAGRAPH, "article"),
        (page("https://a.test/video/flood", things={"@type": "VideoObject"}), SENTENCE, "video"),
        (page("https://a.test/news/flood-in-town", things=[NEWS, {"@type": "VideoObject"}]), PARAGRAPH, "article"),
        (page("https://a.test/fotostrecke/flut", "<figure>x</figure>" * 9), SENTENCE * 3, "gallery"),
        (page("https://a.test/news/flood", "<figure>x</figure>" * 9, things=NEWS), PARAGRAPH, "article"),
    ],
)
def test_forms_of_stories(given: Page, body: str, expected: str) -> None:
    assert kind(given, body=body) == expected


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Page not found | The Daily", SENTENCE),
        ("404", ""),
        ("Seite nicht gefunden", "Die Seite gibt es nicht mehr."),
        ("ページが見つかりません", "お探しのページは削除されたか、移動した可能性があります。"),
        ("The Daily", "We value your privacy. We and our 853 partners store data.\nYour consent can be withdrawn."),
        ("Der Tag", "Wir verwenden Cookies und brauchen dafür Ihre Einwilligung.\nAlle akzeptieren"),
        ("Members", "Please log in to continue."),
        ("The Daily", ""),
        ("The Daily", "Loading"),
    ],
)
def test_nothing_to_read(title: str, body: str) -> None:
    assert kind(page("https://a.test/news/2024/05/02/bridge-vote", head=STORY_HEAD), title, body) == "none"


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Missing hiker not found after three days", SENTENCE * 2),
        ("404 days in a cell: a journalist looks back", SENTENCE * 4),
        ("Court rules on cookies", SENTENCE * 4 + "\nA site that uses cookies needs your consent, the judges wrote."),
        ("Bridge closed", SENTENCE),  # a brief of 19 words
    ],
)
def test_short_stories_are_read(title: str, body: str) -> None:
    assert (
        kind(page("https://a.test/news/2024/05/02/bridge-vote", head=STORY_HEAD, things=NEWS), title, body) == "article"
    )


def test_text_without_title() -> None:
    assert kind(page("https://a.test/x", things=NEWS), None) == "other"


@pytest.mark.parametrize(
    "html",
    [
        "<span class='author price'>x</span>" * 60_000,
        "<h3><a href='/x'>" + "a b c " * 20_000 + "</a></h3>",
        "<h2><a href='/x'>One two three four</a></h2>" * 20_000,
        f"<p {' '.join(f'a{n}=1' for n in range(5_000))}>x</p>",
        "<div>" * 200 + "<a>x</a>" * 50_000,
    ],
    ids=["spans", "long headline", "headlines", "attributes", "links"],
)
def test_hostile_pages_cost_little(html: str) -> None:
    given = page("https://a.test/x", html)
    started = time.process_time()
    kinds.judge(given, "x " * 100_000, "word " * 400_000)
    assert time.process_time() - started < 2
