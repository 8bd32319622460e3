"""The rest of what a page says: section, tags, language, picture, addresses, summary, access, and all of it at once."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from json import dumps
from typing import Any

import pytest
from lxml.html import document_fromstring

from pipelines.extraction.about import metadata
from pipelines.extraction.about.metadata import Metadata
from pipelines.extraction.page import Page
from pipelines.records import Hints

VISIT = datetime(2026, 3, 1, tzinfo=UTC)
SITE = "https://www.harbourpost.example"
URL = f"{SITE}/city/ferry-runs-again"
BACK = "After two years the boat is back."


def page(head: str = "", body: str = "", lang: str = "", url: str = URL, hint: str | None = None, **story: Any) -> Page:
    things = dumps({"@type": "NewsArticle", "headline": "Ferry runs again", **story})
    ld = f'<script type="application/ld+json">{things}</script>' if story else ""
    html = f'<html lang="{lang}"><head>{head}{ld}</head><body><h1>Ferry runs again</h1>{body}</body></html>'
    return Page(url, document_fromstring(html), VISIT, Hints(language=hint))


def meta(**said: str) -> str:
    named = ((name.replace("__", ":"), escape(value)) for name, value in said.items())
    return "".join(f'<meta property="{name}" content="{value}">' for name, value in named)


def crumbs(*names: str) -> str:
    items = [{"@type": "ListItem", "item": {"@id": f"/{name}", "name": name}} for name in names]
    return f'<script type="application/ld+json">{dumps({"@type": "BreadcrumbList", "itemListElement": items})}</script>'


@pytest.mark.parametrize(
    ("page", "section"),
    [
        (page(articleSection="City"), "City"),
        (page(articleSection=["City", "Traffic"]), "City"),
        (page(articleSection="Home", head=meta(article__section="City")), "City"),
        (page(meta(article__section="City &amp;amp; Port")), "City & Port"),
        (page(crumbs("Home", "City", "Ferries", "Ferry runs again")), "Ferries"),
        (page(body='<nav class="breadcrumbs"><a>Startseite</a><a>Stadt</a></nav>'), "Stadt"),
        (page(articleSection="news_city"), None),
        (page(articleSection="Ferry runs again"), None),
        (page(articleSection={"no": "name"}), None),
        (page(), None),
    ],
)
def test_section(page: Page, section: str | None) -> None:
    assert metadata.read(page).section == section


@pytest.mark.parametrize(
    ("page", "tags"),
    [
        (page(meta(article__tag="Ferry") + meta(article__tag="Port")), ("Ferry", "Port")),
        (page(keywords="Ferry, port,ferry , PORT"), ("Ferry", "port")),
        (page(keywords=["Ferry", {"@type": "DefinedTerm", "name": "Port"}]), ("Ferry", "Port")),
        (page(meta(news_keywords="Ferry;Port")), ("Ferry", "Port")),
        (page(keywords=["type:article", "_prio", "12345", "Ferry", "x" * 200]), ("Ferry",)),
        (page(keywords="Ferry", head=meta(keywords="port, city, news, more")), ("Ferry",)),
        (page(keywords=", ".join(f"tag {n}" for n in range(99))), tuple(f"tag {n}" for n in range(50))),
        (page(keywords=[]), ()),
    ],
)
def test_tags(page: Page, tags: tuple[str, ...]) -> None:
    assert metadata.read(page).tags == tags


@pytest.mark.parametrize(
    ("page", "url"),
    [
        (page(), URL),
        (page('<link rel="canonical" href="/city/other">'), f"{SITE}/city/other"),
        (page('<link rel="canonical" href="https://harbourpost.example/a/b?utm_source=x">'),
         "https://harbourpost.example/a/b"),
        (page('<link rel="canonical" href="https://elsewhere.invalid/city/other">'), URL),
        (page(f'<link rel="canonical" href="{SITE}/">'), URL),
        (page('<link rel="canonical" href="/en/">'), URL),
        (page('<link rel="canonical" href="">' + meta(og__url="/city/og")), f"{SITE}/city/og"),
        (page('<link rel="canonical" href="http://[broken">'), URL),
        (page(url=URL + "?utm_medium=rss#top"), URL),
    ],
)  # fmt: skip
def test_canonical_url(page: Page, url: str) -> None:
    assert metadata.read(page).canonical_url == url


@pytest.mark.parametrize(
    ("page", "image"),
    [
        (page(meta(og__image="/i/a.jpg")), f"{SITE}/i/a.jpg"),
        (page(image={"@type": "ImageObject", "url": "/i/b.jpg"}), f"{SITE}/i/b.jpg"),
        (page(image=["/i/c.jpg", "/i/d.jpg"]), f"{SITE}/i/c.jpg"),
        (page(image="https://img.example/e.jpg"), "https://img.example/e.jpg"),
        (page(meta(og__image="/i/logo.png", twitter__image="/i/f.jpg")), f"{SITE}/i/f.jpg"),
        (page(meta(og__image="/i/placeholder-4.jpg")), None),
        (page(meta(og__image="data:image/png;base64,AAAA")), None),
        (page(meta(og__image=f"{SITE}/")), None),
        (page(meta(og__image="/i/analogous.jpg")), f"{SITE}/i/analogous.jpg"),
    ],
)
def test_image(page: Page, image: str | None) -> None:
    assert metadata.read(page).image_url == image


@pytest.mark.parametrize(
    ("page", "language"),
    [
        (page(lang="en-GB"), "en"),
        (page(inLanguage="de-DE"), "de"),
        (page(inLanguage={"@type": "Language", "name": "German", "alternateName": "de"}), "de"),
        (page(meta(og__locale="fr_FR")), "fr"),
        (page(hint="sv"), "sv"),
        (page(lang="en", body="<p>Паром снова ходит к островам, и пассажиры этим довольны.</p>"), "ru"),
        (page(), None),
    ],
)
def test_language(page: Page, language: str | None) -> None:
    assert metadata.read(page).language == language


@pytest.mark.parametrize(
    ("page", "paywalled"),
    [
        (page(isAccessibleForFree=False), True),
        (page(isAccessibleForFree="False"), True),
        (page(isAccessibleForFree="http://schema.org/False"), True),
        (page(isAccessibleForFree=True), False),
        (page(isAccessibleForFree="true"), False),
        (page(isAccessibleForFree=True, hasPart={"isAccessibleForFree": "false", "cssSelector": ".wall"}), True),
        (page(hasPart=[{"@type": "WebPageElement", "isAccessibleForFree": False}]), True),
        (page(meta(article__content_tier="locked")), True),
        (page(meta(article__content_tier="metered")), True),
        (page(meta(article__content_tier="free")), False),
        (page(meta(is_premium="true")), True),
        (page(meta(is_premium="0")), False),
        (page(body='<article class="story is-premium"><p>x</p></article>'), True),
        (page(body='<div class="paywall-script-loader"></div>'), None),
        (page(isAccessibleForFree="perhaps"), None),
        (page(), None),
    ],
)
def test_paywalled(page: Page, paywalled: bool | None) -> None:
    assert metadata.read(page).paywalled is paywalled


@pytest.mark.parametrize(
    ("page", "name"),
    [
        (page(meta(og__site_name="The Harbour Post")), "The Harbour Post"),
        (page(publisher={"@type": "Organization", "name": "The Harbour Post"}), "The Harbour Post"),
        (page("<title>Ferry runs again | City | The Harbour Post</title>"), "The Harbour Post"),
        (page("<title>Ferry runs again</title>"), None),
    ],
)
def test_site_name(page: Page, name: str | None) -> None:
    assert metadata.read(page).site_name == name


@pytest.mark.parametrize(
    ("page", "excerpt"),
    [
        (page(meta(og__description="The boat &amp;amp; its crew are back.")), "The boat & its crew are back."),
        (page(description=BACK), BACK),
        (page(meta(og__description="Ferry runs again", description=BACK)), BACK),
        (page(meta(description="Too short")), None),
    ],
)
def test_excerpt(page: Page, excerpt: str | None) -> None:
    assert metadata.read(page).excerpt == excerpt


def test_all_of_it() -> None:
    said = page(
        meta(og__site_name="The Harbour Post", og__image="/i/a.jpg", og__description=BACK),
        lang="en",
        author={"@type": "Person", "name": "Jane Roe"},
        articleSection="City",
        keywords="Ferry",
        isAccessibleForFree=True,
        creditText="Reuters",
    )
    assert metadata.read(said) == Metadata(
        canonical_url=URL,
        title="Ferry runs again",
        authors=("Jane Roe",),
        agency="Reuters",
        section="City",
        tags=("Ferry",),
        language="en",
        image_url=f"{SITE}/i/a.jpg",
        site_name="The Harbour Post",
        excerpt=BACK,
        paywalled=False,
    )


def test_a_page_that_says_nothing() -> None:
    assert metadata.read(Page(URL, document_fromstring("<p>x</p>"), VISIT)) == Metadata(canonical_url=URL)
