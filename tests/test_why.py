"""`dateline why`: the whole story of URLs after real crawls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import dateline
from tests.documents import Entry, article_html, front_html, prose
from tests.site import Site

Environment = dict[str, str]
STORY = "/news/the-bridge-opens-again.html"
COPY = "/news/the-bridge-opens-again-copy.html"
EMPTY = "/news/nothing-to-see-here-at-all.html"
GONE = "/news/a-story-that-was-taken-away.html"
PRIVATE = "/private/a-story-not-for-everyone.html"


@pytest.fixture
def crawled(environment: Environment) -> Iterator[Site]:
    """A site with a story, its twin, a page without text, one that is gone and one that robots.txt forbids."""
    with Site() as site:
        text = prose(seed=1)
        site.page(STORY, article_html("The bridge opens again", text, published="2026-03-04"))
        canonical = f'<link rel="canonical" href="{site.at(STORY)}">'
        site.page(COPY, article_html("The bridge opens again", text, published="2026-03-04", head=canonical))
        site.page(EMPTY, "<html><head><title>x</title></head><body><p>A word.</p></body></html>")
        site.fail(GONE, 404)
        site.page("/", front_html({}, head='<link rel="alternate" type="application/rss+xml" href="/feed.xml">'))
        site.rss("/feed.xml", [Entry(STORY, f"Story {STORY}")])
        site.robots("User-agent: *", "Disallow: /private/")
        sources = f'[[source]]\nname = "the-harbour"\nurl = "{site.url}"\ndelay = 0\n'
        Path(environment["DATELINE_SOURCES"]).write_text(sources)
        assert dateline(environment, "crawl", "--all", "--allow-private").code == 0
        # Of the twins the one that is read first makes the row, so the story comes a crawl before its copy.
        site.rss("/feed.xml", [Entry(p, f"Story {p}") for p in (STORY, COPY, EMPTY, GONE, PRIVATE)])
        assert dateline(environment, "crawl", "--all", "--allow-private").code == 0
        yield site


TOLD = {
    STORY: ["found for the-harbour, first listed by", "said there: titled Story /news/the-bridge", " (HTTP 200, ",
            "capture in ", "now: article 1; due ", "article; published 2026-03-04 00:00:00 by ",
            "robots.txt allows it", "outlet the-harbour is fresh: crawled on 1 day"],
    COPY: ["now: a twin: its story is article 1, "],
    EMPTY: ["skipped: no article text", "now: not stored, skipped: no article text", "; due "],
    GONE: ["http_404: the site answered 404", "now: not stored, http_404"],
    PRIVATE: ["skipped: robots.txt forbids", "robots.txt forbids it, as of"],
    "/feed.xml": ["it is a feed of the-harbour: read, 20", "lists 5 stories"],
    "/": ["it is a front of the-harbour: "],
}  # fmt: skip


def test_the_story_is_told(environment: Environment, crawled: Site) -> None:
    for path, lines in TOLD.items():
        done = dateline(environment, "why", crawled.at(path))
        assert done.code == 0, done.err
        assert not [line for line in lines if line not in done.out], done.out


def test_a_url_that_nothing_lists_is_told_with_its_outlet_and_json_has_every_part(
    environment: Environment, crawled: Site
) -> None:
    done = dateline(environment, "why", crawled.at("/news/never-heard-of.html"))
    assert (done.code, "was never found" in done.complaint) == (3, True)
    assert "outlet the-harbour is fresh" in done.out
    assert f"not listed by its feed {crawled.at('/feed.xml')}: read, 20" in done.out
    assert "robots.txt allows it" in done.out
    told = dateline(environment, "why", crawled.at(STORY), "--json").summary
    assert set(told) == {"url", "canonical_url", "page", "article", "twin_of", "endpoints", "outlet", "robots"}
    assert told["page"]["history"][0]["outcome"] == "stored"
    assert told["article"]["revisions"] == [] and told["outlet"]["name"] == "the-harbour"
    assert told["robots"]["says"] == "allows it"


def test_a_url_of_nobody_is_told_in_one_line(environment: Environment) -> None:
    done = dateline(environment, "why", "https://nobody.example/a")
    assert done.code == 3
    assert done.out.splitlines() == ["https://nobody.example/a", "  no outlet of the archive is on this site"]


def test_a_revision_is_told_in_its_place(environment: Environment, crawled: Site) -> None:
    text = [*prose(seed=1), "Correction: the harbour bridge stays closed to lorries until the end of the year."]
    crawled.page(STORY, article_html("The bridge opens again", text, published="2026-03-04"))
    assert dateline(environment, "crawl", crawled.at(STORY), "--allow-private").code == 0
    done = dateline(environment, "why", crawled.at(STORY))
    places = [done.out.index(part) for part in (" (HTTP 200, ", "  revision 1: a substantive change by the newsroom")]
    assert places == sorted(places)
    assert "now: article 1; revisions: 1; due " in done.out
