"""The headline among what h1, JSON-LD, OpenGraph and the title element say."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from json import dumps

import pytest
from lxml.html import document_fromstring

from pipelines.extraction.about import sites, titles
from pipelines.extraction.page import Page
from pipelines.records import Hints

VISIT = datetime(2026, 3, 1, tzinfo=UTC)
NAME = '<meta property="og:site_name" content="The Harbour Post">'


def page(
    h1: str = "",
    og: str = "",
    title: str = "",
    ld: str = "",
    head: str = "",
    hint: str | None = None,
    kind: str = "Article",
) -> Page:
    parts = [f"<title>{escape(title)}</title>" if title else "", head]
    parts += [f'<meta property="og:title" content="{escape(og)}">'] if og else []
    parts += [f'<script type="application/ld+json">{dumps({"@type": kind, "headline": ld})}</script>'] if ld else []
    html = f"<html><head>{''.join(parts)}</head><body>{h1 and f'<h1>{h1}</h1>'}<p>text</p></body></html>"
    return Page("https://www.harbourpost.example/city/ferry", document_fromstring(html), VISIT, Hints(title=hint))


def read(page: Page) -> str | None:
    return titles.headline(page, sites.site(page))


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Ferry runs again after two years | The Harbour Post", "Ferry runs again after two years"),
        ("Ferry runs again after two years - City - The Harbour Post", "Ferry runs again after two years - City"),
        ("The Harbour Post: Ferry runs again after two years", "Ferry runs again after two years"),
        ("Ferry runs again after two years — harbourpost.example", "Ferry runs again after two years"),
        ("Ferry runs again after two years | City | The Harbour Post", "Ferry runs again after two years"),
        ("Ferry runs again after two years | The Harbour Post | by Jane Roe", "Ferry runs again after two years"),
        ("Ferry &amp;amp; bus: &quot;It works&quot; | THP", 'Ferry & bus: "It works"'),
        ("Harbour ferry: The long wait is over", "Harbour ferry: The long wait is over"),
        ("Twenty-one days - and counting", "Twenty-one days - and counting"),
    ],
)
def test_title_element_is_cleaned_of_the_site(title: str, headline: str) -> None:
    assert read(page(title=title, head=NAME)) == headline


@pytest.mark.parametrize(
    ("page", "headline"),
    [
        (page(h1="Ferry runs again", og="Boats are back!", title="Ferry runs again"), "Ferry runs again"),
        (page(h1="City | Ferry runs again today", og="Ferry runs again today"), "Ferry runs again today"),
        (page(h1="<span>City</span>Ferry runs again today", og="Ferry runs again today"), "Ferry runs again today"),
        (page(h1="Ferry <em>runs</em> ag<b>a</b>in", og="Ferry runs again"), "Ferry runs again"),
        (page(h1="The Harbour Post", og="Ferry runs again", head=NAME), "Ferry runs again"),
        (page(h1="Menu", title="Ferry runs again to the islands"), "Ferry runs again to the islands"),
        (page(h1="Ferry runs again – The Harbour Post", og="Ferry runs again", head=NAME), "Ferry runs again"),
        (page(h1="Boats return to the islands", og="After two years, boats return"), "Boats return to the islands"),
        (page(h1="Jo's Log", title="Jo's Log: Small boats, big waves", og="Small boats, big waves"),
         "Small boats, big waves"),
        (page(og="Ferry runs ag…", h1="Ferry runs again to the islands"), "Ferry runs again to the islands"),
        (page(ld="Ferry runs ag...", title="Ferry runs again to the islands | Post"),
         "Ferry runs again to the islands"),
        (page(ld="Ferry &amp;amp; bus"), "Ferry & bus"),
        (page(og="<b>Ferry</b> runs again"), "Ferry runs again"),
        (page(hint="What the feed said"), "What the feed said"),
        (page(og="Said here", hint="What the feed said"), "Said here"),
        (page(), None),
    ],
)  # fmt: skip
def test_choice(page: Page, headline: str | None) -> None:
    assert read(page) == headline


@pytest.mark.parametrize(
    ("kind", "title", "headline"),
    [
        ("NewsArticle", "Ferry runs again", "Boats are back for good"),
        ("NewsArticle", "Another title here", "Ferry runs again"),
        ("BlogPosting", "Ferry runs again", "Ferry runs again"),
    ],
)
def test_headline_written_for_sharing(kind: str, title: str, headline: str) -> None:
    assert read(page("Ferry runs again", "Boats are back for good", title, "Ferry runs again", kind=kind)) == headline


def test_a_head_without_end_is_read_in_no_time() -> None:
    assert read(page(title="a | b - " * 200_000, h1="a | " * 200_000))
