"""A window of the past: what may have been published in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.records import EndpointLink, Link
from spiders.window import Window

MARCH = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
STORY = "https://x.example/a-story.html"


def changed(month: int) -> datetime:
    return datetime(2026, month, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("link", "held"),
    [
        (Link(STORY), True),
        (Link(STORY, published="2026-03-15"), True),
        (Link(STORY, published="Sun, 15 Mar 2026 10:00:00 +0100"), True),
        (Link(STORY, published="2026-02-15T10:00:00Z"), False),
        (Link(STORY, published="2026-04-15T10:00:00Z"), False),
        (Link(STORY, published="2026-04-01T08:00:00"), True),  # its zone is not known
        (Link(STORY, modified_at=changed(2)), False),
        (Link(STORY, modified_at=changed(5)), True),  # published before
        (Link("https://x.example/2026/03/15/a-story"), True),
        (Link("https://x.example/2026/02/15/a-story"), False),
        (Link("https://x.example/2026/05/a-story"), False),
        (Link("https://x.example/20260231/a-story"), True),  # no day, so nothing is known
    ],
)
def test_stories_of_march(link: Link, held: bool) -> None:
    assert MARCH.holds(link) is held


@pytest.mark.parametrize(
    ("url", "modified", "held"),
    [
        ("https://x.example/sitemap.xml", None, True),
        ("https://x.example/sitemap-2026-03.xml", changed(3), True),
        ("https://x.example/sitemap-2026-01.xml", None, False),
        ("https://x.example/sitemap/2026/05.xml", None, False),
        ("https://x.example/sitemap-7.xml", changed(1), False),
        ("https://x.example/sitemap-7.xml", changed(6), True),
    ],
)
def test_sitemaps_of_march(url: str, modified: datetime | None, held: bool) -> None:
    assert MARCH.holds_sitemap(EndpointLink(url, "sitemap", "sitemap_index", modified)) is held


def test_no_bounds_hold_all() -> None:
    assert Window().holds(Link(STORY, published="1999-01-01"))
