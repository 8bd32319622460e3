"""A survey compared with what was usual: each thing that breaks is told, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dateline.sources.add import why_unusable
from dateline.sources.entries import of_survey
from dateline.sources.findings import compare
from pipelines.endpoints import Endpoint as Known
from pipelines.habits import Habits
from pipelines.records import Article
from spiders.survey.seen import Endpoint, Guess, Listed, Permission, Story, Survey, Terms

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SITE = "https://weir.example/"
FEED = f"{SITE}feed.xml"
STORY = Article(
    f"{SITE}a", f"{SITE}a", "The weir is mended", "Mended.", "article", "test", authors=("Ida Weller",),
    published_at="2026-03-04", word_count=300,
)  # fmt: skip
USUAL = Habits(
    40,
    320.0,
    0.9,
    {"too_short": 0.05},
    frozenset(["noai"]),
    NOW,
    timedelta(hours=20),
    (Known(1, FEED, "feed", links=9),),
)


def feed(**changes: object) -> Endpoint:
    listed = Listed("feed", "Weir", 9, newest=NOW - timedelta(hours=5))
    return replace(Endpoint(FEED, "feed", "the front page", "read", listed=listed), **changes)  # type: ignore[arg-type]


def survey(
    endpoints: Iterable[Endpoint] = (feed(),), robots: Permission | None = None, opt_outs: Iterable[str] = ("noai",),
    **story: object,
) -> Survey:  # fmt: skip
    article = replace(STORY, opt_outs=tuple(opt_outs), **story)  # type: ignore[arg-type]
    stories = tuple(Story(article.url, FEED, "read", article=article) for _ in range(3))
    terms = Terms(dict.fromkeys(opt_outs, ("headers",)))
    nothing = Guess(None, "not asked")
    return Survey(SITE, robots or Permission(True), tuple(endpoints), stories, terms, nothing, nothing)


def broken(seen: Survey, usual: Habits = USUAL) -> list[tuple[str, str]]:
    return [(f.what, f.detail) for f in compare(seen, usual, NOW) if not f.fine]


def test_what_is_as_usual_is_fine() -> None:
    assert broken(survey()) == []
    assert broken(survey(), Habits()) == []


@pytest.mark.parametrize(
    ("seen", "what", "detail"),
    [
        (survey(robots=Permission(False)), "robots.txt", f"forbids {SITE}"),
        (survey(robots=Permission(False, "robots.txt answered 500")), "robots.txt", "robots.txt answered 500: until"),
        (survey([feed(listed=None, outcome="http_404", detail="gone: 404")]), FEED, "gone: 404; it had 9 stories"),
        (survey([feed(listed=Listed("feed"))]), FEED, "lists 0 stories; it had 9 stories"),
        (
            survey([feed(listed=Listed("feed", stories=9, newest=NOW - timedelta(days=5)))]),
            "newest story", "2026-02-27 12:00 UTC; the longest silence of the last weeks was 20 h",
        ),
        (survey(word_count=80), "text", "80 words, usually 320"),
        (survey(authors=()), "authors", "0% of stories name authors, usually 90%"),
        (survey(quality_flags=("date_is_visit_day",)), "date_is_visit_day", "100% of stories, usually 0%"),
        (survey(quality_flags=("undated",), published_at=None), "undated", "100% of stories, usually 0%"),
        (survey(opt_outs=["noai", "tdm"]), "terms", "new opt-outs: tdm (headers)"),
    ],
)  # fmt: skip
def test_what_broke_is_named(seen: Survey, what: str, detail: str) -> None:
    assert [(w, d[: len(detail)]) for w, d in broken(seen) if w == what] == [(what, detail)]


def test_pages_that_are_no_stories_any_more() -> None:
    lost = Story(f"{SITE}a", FEED, "skipped", "too little text", replace(STORY, kind="none"))
    assert broken(replace(survey(), stories=(lost, lost))) == [
        (f"{SITE}a", "no story: too little text"), (f"{SITE}a", "no story: too little text"),
        ("layout", "none of 2 pages is read as a story"),
    ]  # fmt: skip


def test_what_always_was_so_is_no_news() -> None:
    """A site without bylines, with short texts and with a silence every summer."""
    usual = replace(USUAL, signed=0.1, flags={"too_short": 0.7}, longest_silence=timedelta(days=9))
    quiet = [feed(listed=Listed("feed", stories=9, newest=NOW - timedelta(days=12)))]
    assert broken(survey(quiet, authors=(), quality_flags=("too_short",)), usual) == []


def test_an_entry_names_only_what_a_crawl_would_not_find() -> None:
    index = Endpoint(f"{SITE}map.xml", "sitemap", "robots.txt", "read", listed=Listed("sitemap", stories=3))
    in_index = replace(index, url=f"{SITE}1.xml", found_by="a sitemap index")
    broken_feed = feed(url=f"{SITE}old", listed=None)
    found = survey([feed(), broken_feed, index, in_index])
    assert of_survey(found, "weir") == {"name": "weir", "url": SITE}
    given = replace(found, endpoints=(*found.endpoints, feed(url=f"{SITE}given", found_by="given")))
    assert of_survey(given, None) == {"name": "weir.example", "url": SITE, "feeds": [FEED, f"{SITE}given"]}


def test_why_a_site_is_of_no_use() -> None:
    away = Endpoint(SITE, "front", "its address", "no_such_host", "weir.example does not resolve")
    nothing = replace(survey([away]), stories=(), robots=Permission(False, "weir.example does not resolve"))
    assert why_unusable(survey()) is None
    assert why_unusable(nothing) == "weir.example does not resolve"
    forbidden = [replace(away, detail=f"robots.txt forbids {SITE}{path}") for path in ("", "feed")]
    assert why_unusable(replace(nothing, endpoints=tuple(forbidden), robots=Permission(False))) == (
        "robots.txt of weir.example forbids it"
    )
