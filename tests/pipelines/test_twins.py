"""Twins: which addresses may be one story's, and what a page is believed to be called."""

from __future__ import annotations

import pytest

from pipelines.twins import believable, is_twin
from pipelines.urls import BadUrl

STORY = "https://www.gazette.example/world/a-story"


@pytest.mark.parametrize(
    "twin",
    [
        STORY,
        "http://www.gazette.example/world/a-story",
        "https://m.gazette.example/world/a-story",
        "https://mobile.gazette.example/world/a-story",
        "https://amp.gazette.example/world/a-story",
        "https://gazette.example/world/a-story/",
        f"{STORY}/amp",
        f"{STORY}/amp/",
        f"{STORY}/amp.html",
        f"{STORY}.amp",
        f"{STORY}.amp.html",
        f"{STORY}/print",
        "https://www.gazette.example/amp/world/a-story",
        "https://www.gazette.example/AMP/world/a-story",
        "https://www.gazette.example/world/amp/a-story",
        "https://www.gazette.example/m/world/a-story",
        "https://www.gazette.example/print/world/a-story",
        f"{STORY}?amp",
        f"{STORY}?amp=1",
        f"{STORY}?output=amp",
        f"{STORY}?outputType=amp",
        f"{STORY}?m=1",
        f"{STORY}?print=1&utm_source=x",
        "https://m.gazette.example/world/a-story/amp?noamp=mobile",
        "https://www-gazette-example.cdn.ampproject.org/c/s/www.gazette.example/world/a-story/amp",
    ],
)
def test_twins(twin: str) -> None:
    assert is_twin(STORY, twin)
    assert is_twin(twin, STORY)


@pytest.mark.parametrize(
    "other",
    [
        "https://www.gazette.example/world/another-story",
        "https://www.herald.example/world/a-story",
        "https://sport.gazette.example/world/a-story",
        "https://m.gazette.example:8443/world/a-story",
        "https://www.gazette.example/world/a-story/amplifier",
        "https://www.gazette.example/world/a-story?id=7",
        "https://www.gazette.example/world/a-story?print=2",
        "https://www.gazette.example/world/m/a-story",
        "https://www.gazette.example/world/A-Story",
        "https://www.gazette.example/world/a-story.html",
        "https://www.gazette.example/world/print/a-story",
        "https://www.gazette.example/",
    ],
)
def test_what_is_no_twin(other: str) -> None:
    assert not is_twin(STORY, other)
    assert not is_twin(other, STORY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://gazette.example/a.html", "https://gazette.example/a.amp.html"),
        ("https://gazette.example/a?id=7", "https://m.gazette.example/a?id=7&amp=1"),
        ("https://en.gazette.example/a", "https://en.m.gazette.example/a"),
        ("https://m.example.co.uk/a", "https://www.example.co.uk/a"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/amp/a"),
        ("https://gazette.example/", "https://m.gazette.example/amp/"),
    ],
)
def test_twins_of_other_stories(one: str, other: str) -> None:
    assert is_twin(one, other)
    assert is_twin(other, one)


def test_the_labels_of_a_registrable_domain_are_no_marks() -> None:
    assert not is_twin("https://m.co.uk/a", "https://amp.co.uk/a")
    assert not is_twin("https://one.blogspot.com/a", "https://m.blogspot.com/a")


def test_a_twin_of_nothing_is_refused() -> None:
    with pytest.raises(BadUrl):
        is_twin(STORY, "mailto:desk@gazette.example")


@pytest.mark.parametrize(
    ("url", "said", "form"),
    [
        (STORY, STORY, STORY),
        (f"{STORY}?x=1", STORY, STORY),
        (f"{STORY}/?x=1", f"{STORY}/", f"{STORY}/"),
        ("https://gazette.example/story/7/?x=1", "/story/7/", "https://gazette.example/story/7/"),
        (
            "https://blog.gazette.example/budget/",
            "//www.gazette.example/budget/",
            "https://www.gazette.example/budget/",
        ),
        (STORY, "/world/2026/a-story-7", "https://www.gazette.example/world/2026/a-story-7"),
        (STORY, f"{STORY}/?utm_source=x#top", f"{STORY}/"),
        (STORY, "http://www.gazette.example/world/a-story", "http://www.gazette.example/world/a-story"),
        ("http://www.gazette.example/world/a-story", STORY, STORY),
        (f"{STORY}/", STORY, STORY),
        (f"{STORY}/amp/", STORY, STORY),
        (f"{STORY}/print", STORY, STORY),
        (f"{STORY}.amp.html", STORY, STORY),
        ("https://m.gazette.example/world/a-story", STORY, STORY),
        ("https://x.cdn.ampproject.org/c/s/www.gazette.example/world/a-story/amp", STORY, STORY),
        ("https://gazette.example/?p=7", "/world/a-story", "https://gazette.example/world/a-story"),
        ("https://gazette.example/story?amp=1", "/story", "https://gazette.example/story"),
        ("https://gazette.example/story.php?id=7&x=1", "?id=7", "https://gazette.example/story.php?id=7"),
        ("https://m.gazette.example/", "https://gazette.example", "https://gazette.example/"),
    ],
)
def test_a_page_is_believed(url: str, said: str, form: str) -> None:
    assert believable(url, said) == form


@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        "#top",
        "http://[",
        "mailto:desk@gazette.example",
        "https://127.1/",
        "https://herald.example/world/a-story",
        "/",
        "https://gazette.example/?utm_source=x",
        "https://gazette.example/?lang=en",
        "/en/",
        "/index.html",
        "/world",
        "/world/",
        "https://gazette.example/World/../world/",
    ],
)
def test_a_page_is_not_believed(said: str | None) -> None:
    assert believable(STORY, said) is None


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://gazette.example/?p=7", "/"),
        ("https://gazette.example/story.php?id=7", "/story.php"),
        ("https://gazette.example/news/article?id=7", "/news/article"),
        ("https://gazette.example/news/article/?id=7", "/news/article/"),
        (f"{STORY}/page/2", STORY),
        ("https://one.blogspot.com/a", "https://two.blogspot.com/a"),
    ],
)
def test_the_script_or_section_of_all_stories_is_not_believed(url: str, said: str) -> None:
    assert believable(url, said) is None


def test_a_page_without_an_address_is_refused() -> None:
    with pytest.raises(BadUrl):
        believable("gazette.example", STORY)
