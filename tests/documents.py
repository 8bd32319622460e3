"""Documents for the tests: feeds, sitemaps, front pages and articles, with prose of their own."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True)
class Entry:
    """A story in a feed or sitemap; times as they are to be written."""

    url: str
    title: str = ""
    published: str | None = None
    modified: str | None = None


def rss(entries: Iterable[Entry]) -> str:
    """An RSS 2.0 feed."""
    items = (_tag("title", e.title) + _tag("link", e.url) + _tag("pubDate", e.published) for e in entries)
    channel = "<title>Feed</title>" + "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{channel}</channel></rss>'


def atom(entries: Iterable[Entry]) -> str:
    """An Atom feed."""

    def entry(e: Entry) -> str:
        link = f'<link href="{escape(e.url)}"/>'
        times = _tag("published", e.published) + _tag("updated", e.modified)
        return f"<entry>{_tag('id', e.url)}{_tag('title', e.title)}{link}{times}</entry>"

    items = "".join(map(entry, entries))
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Feed</title>{items}</feed>'


def sitemap(entries: Iterable[Entry]) -> str:
    """A sitemap; entries with a title carry a news element."""

    def url(e: Entry) -> str:
        news = _tag("n:publication_date", e.published) + _tag("n:title", e.title)
        news = f"<n:news>{news}</n:news>" if e.title else ""
        return f"<url>{_tag('loc', e.url)}{_tag('lastmod', e.modified)}{news}</url>"

    names = f'xmlns="{SITEMAP}" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    return f'<?xml version="1.0"?><urlset {names}>{"".join(map(url, entries))}</urlset>'


def sitemap_index(urls: Iterable[str]) -> str:
    """A sitemap index."""
    items = "".join(f"<sitemap>{_tag('loc', url)}</sitemap>" for url in urls)
    return f'<?xml version="1.0"?><sitemapindex xmlns="{SITEMAP}">{items}</sitemapindex>'


def front_html(links: Mapping[str, str], *, head: str = "") -> str:
    """A front page that links to these stories: {path: title}. `head` is put into the head as it is."""
    head = f'<meta charset="utf-8"><title>Front page</title>{head}'
    return f"<!doctype html><html><head>{head}</head><body>{_links(links)}</body></html>"


def article_html(
    title: str,
    paragraphs: Iterable[str] | None = None,
    *,
    published: str | None = None,
    modified: str | None = None,
    authors: Iterable[str] = (),
    language: str = "en",
    date_bar: str = "",
    related: Mapping[str, str] | None = None,
    head: str = "",
) -> str:
    """An article page with the title and paragraphs, or prose of its own where none are given.

    `published`, `modified` and `authors` become a JSON-LD block, if there are any. `date_bar` stands in the
    page's header. `related` are links below the text: {path: title}. `head` is put into the head as it is.
    """
    head += _json_ld(
        headline=title,
        datePublished=published,
        dateModified=modified,
        author=[{"@type": "Person", "name": name} for name in authors],
    )
    head = f'<meta charset="utf-8">{_tag("title", title)}{head}'
    text = "".join(_tag("p", p) for p in (prose(title) if paragraphs is None else paragraphs))
    return (
        f'<!doctype html><html lang="{language}"><head>{head}</head>'
        f'<body><header>{_tag("div", date_bar)}<a href="/">Front page</a></header>'
        f"<article>{_tag('h1', title)}{text}</article><aside>{_links(related or {})}</aside></body></html>"
    )


def _json_ld(headline: str, **said: object) -> str:
    facts = {key: value for key, value in said.items() if value}
    if not facts:
        return ""
    facts = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": headline, **facts}
    safe = json.dumps(facts).replace("</", "<\\/")
    return f'<script type="application/ld+json">{safe}</script>'


def _links(links: Mapping[str, str]) -> str:
    return "".join(f'<h3><a href="{escape(path)}">{escape(title)}</a></h3>' for path, title in links.items())


def _tag(name: str, text: str | None) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


_SENTENCES = (
    "The {who} agreed to mend the {what} before the ferries change to their {when} timetable.",
    "Nobody had looked behind the {what} for {number} years, and nobody was surprised by what was there.",
    "It will cost {number} thousand crowns, of which the {who} will pay the smaller half.",
    "“We were told that the {what} would last for ever,” said the chair of the {who}.",
    "About {number} people came to hear the {who} explain its plans for the {what}.",
    "A first attempt failed in the {when}, when the wrong key was sent for.",
    "The {what} was a gift of the {who}, which has regretted it on and off ever since.",
    "Neighbours counted {number} lorries in one {when} and wrote down the time of each.",
    "The {who} meets again next week to hear what the surveyor has found beneath the {what}.",
    "By {when} there were {number} letters on the table, two of them in favour.",
    "An older drawing shows the {what} on the other side of the street, facing the {who}.",
    "Work on the {what} is to begin as soon as the {number} loose slates have been made safe.",
)
_WHO = (
    "parish council",
    "rowing club",
    "bakers' guild",
    "school board",
    "ferry company",
    "allotment society",
)
_WHAT = (
    "town clock",
    "weir",
    "market roof",
    "tram shelter",
    "lighthouse stair",
    "mill wheel",
    "war memorial",
)
_WHEN = ("spring", "autumn", "morning", "evening", "winter", "afternoon")


def prose(seed: str | int, paragraphs: int = 5, sentences: int = 4) -> list[str]:
    """Paragraphs of plain news prose: the same for the same seed, and other ones for another."""
    choose = random.Random(str(seed))
    return [
        " ".join(
            sentence.format(
                who=choose.choice(_WHO),
                what=choose.choice(_WHAT),
                when=choose.choice(_WHEN),
                number=choose.randint(12, 980),
            )
            for sentence in choose.sample(_SENTENCES, sentences)
        )
        for _ in range(paragraphs)
    ]
