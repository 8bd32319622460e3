"""The rules of holding: when a crawl holds stories back, which, and what an outlet's gates keep."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from pipelines.health.holding import Bounds, against, bounds, failing
from pipelines.health.rules import Gates, judge
from tests.pipelines.builders import STORY
from tests.pipelines.test_health_rules import NOW, WELL

ALL = Bounds(undated=True, dates_today=True, shortest=225, longest=900)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"undated": 37}, {"held_undated"}),
        ({"dates_today": 60}, {"held_dates_today"}),
        ({"words": 120}, {"held_short"}),
        ({"words": 1200}, {"held_long"}),
        ({"undated": 37, "words": 120}, {"held_undated", "held_short"}),
        ({"undated": 37, "undated_before": 800}, set()),
        ({"undated": 37, "good_days": 13}, set()),
        ({"undated": 37, "stories_before": 4, "undated_before": 0}, set()),
        ({"undated": 37, "good_days": 3, "own_gates": frozenset({"most_undated"})}, {"held_undated"}),
        ({"blocked": 60, "empty": 300, "whole_stories": 50, "failures": 9}, set()),
        ({"gates": Gates(least_words=500)}, {"held_short"}),
    ],
    ids=lambda value: ",".join(value) or "well" if isinstance(value, dict) else "",
)
def test_what_the_gates_keep(change: dict[str, Any], expected: set[str]) -> None:
    assert failing(replace(WELL, **change)) == expected


@pytest.mark.parametrize(
    ("change", "coming", "expected"),
    [
        ({}, 0, Bounds()),
        ({}, 5, Bounds()),
        ({}, 6, Bounds(shortest=225, longest=900)),
        ({}, 24, Bounds(undated=True, shortest=225, longest=900)),
        ({}, 70, ALL),
        ({"stories": 0, "undated": 0, "words": None}, 4, Bounds()),
        ({"stories": 0, "undated": 0, "words": None}, 5, Bounds(undated=True, dates_today=True)),
        ({"undated": 37}, 1, Bounds(undated=True)),
        ({"words": 120}, 1, Bounds(shortest=225)),
        ({"good_days": 13}, 70, Bounds()),
        ({"undated_before": 780, "dates_today_before": 780}, 30, Bounds(shortest=225, longest=900)),
        ({"gates": Gates(least_length=0)}, 30, Bounds(undated=True)),
        ({"gates": Gates(least_length=0, least_words=100)}, 30, Bounds(undated=True, shortest=100)),
        ({"gates": Gates(most_undated=1, most_dates_today=1, least_length=0)}, 70, Bounds()),
    ],
    ids=["nothing-comes", "too-few", "a-tenth", "a-third", "all", "a-few-of-none", "five-of-none", "undated-already",
         "short-already", "fresh", "a-habit", "any-length", "least-words", "no-gates"],
)  # fmt: skip
def test_a_crawl_holds_back_what_could_fail_a_gate(change: dict[str, Any], coming: int, expected: Bounds) -> None:
    assert bounds(replace(WELL, **change), coming) == expected


@pytest.mark.parametrize(
    ("change", "limits", "reasons"),
    [
        ({"word_count": 300}, ALL, {}),
        ({"word_count": 300, "published_at": None}, ALL, {"held_undated": "undated"}),
        ({"word_count": 300, "quality_flags": ("date_is_visit_day",)}, ALL,
         {"held_dates_today": "dated to the day of the visit by nothing structured"}),
        ({"word_count": 224}, ALL, {"held_short": "224 words, at least 225 are usual or wanted"}),
        ({"word_count": 225}, ALL, {}),
        ({"word_count": 901}, ALL, {"held_long": "901 words, at most 900 are usual"}),
        ({"word_count": 3, "published_at": None}, ALL,
         {"held_undated": "undated", "held_short": "3 words, at least 225 are usual or wanted"}),
        ({"word_count": 3, "published_at": None, "quality_flags": ("date_is_visit_day",)}, Bounds(), {}),
    ],
    ids=["as-usual", "undated", "visit-day", "short", "just-long-enough", "long", "two-reasons", "no-bounds"],
)  # fmt: skip
def test_what_is_against_them(change: dict[str, Any], limits: Bounds, reasons: dict[str, str]) -> None:
    assert against(replace(STORY, **change), limits) == reasons


def test_the_verdict_says_how_many_are_held() -> None:
    held = {"held_undated": 1200, "held_long": 3}
    assert judge(replace(WELL, undated=37, held=held), NOW).reason == (
        "undated 62% of 60 stories in the last 3 days, 4% before, 1,200 held in quarantine"
    )
    assert judge(replace(WELL, words=1200, held=held), NOW).reason == (
        "stories are longer: 1200 words in the last 3 days, 450 before, 3 held in quarantine"
    )
    assert judge(replace(WELL, held=held), NOW).state == "well"
    assert math.isinf(Bounds().longest)
