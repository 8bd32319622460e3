"""The rules of holding: which stories a crawl holds back, and for which reasons the outlet's gates keep them back."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal, get_args

from pipelines.health.rules import DAYS_OF_A_HABIT, ENOUGH, Figures, quality
from pipelines.records import Article

Reason = Literal["held_undated", "held_dates_today", "held_short", "held_long"]
REASONS: tuple[Reason, ...] = get_args(Reason)

OLD = timedelta(days=7)  # what was published before that is not counted, and held back for nothing
# The length of stories is told by the middle of each day: a crawl that brings less than a tenth of the recent stories
# does not move it far.
FEW = 0.1


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a story has to be, or it is held back; these hold nothing back. Lengths are in words."""

    undated: bool = False
    dates_today: bool = False
    shortest: float = 0
    longest: float = math.inf


NONE = Bounds()


def bounds(figures: Figures, coming: int) -> Bounds:
    """What a crawl holds stories back for that brings at most so many: what could make the outlet fail a gate.

    As a rule nothing: a few stories more, whatever they are, move the share of sixty too little.
    """
    reasons = _at_risk(figures, coming)
    usual, least = figures.words_before, figures.gates.least_length
    shortest = max(figures.gates.least_words, (usual or 0) * least)
    longest = usual / least if usual and least else math.inf
    return Bounds(
        "held_undated" in reasons,
        "held_dates_today" in reasons,
        shortest if "held_short" in reasons else 0,
        longest if "held_long" in reasons else math.inf,
    )


def _at_risk(f: Figures, coming: int) -> frozenset[Reason]:
    """The gates that would be failed if all that comes were against them, by the rules that judge the outlet then."""
    worst = replace(f, stories=f.stories + coming, undated=f.undated + coming, dates_today=f.dates_today + coming)
    reasons = failing(worst)
    if coming and coming >= FEW * f.stories:
        reasons |= failing(replace(worst, words=0.0)) | failing(replace(worst, words=math.inf))
    return reasons


def failing(figures: Figures) -> frozenset[Reason]:
    """What the outlet's gates keep its stories back for. An outlet without a habit keeps none, but for own gates."""
    return frozenset(_failing(figures))


def _failing(f: Figures) -> Iterator[Reason]:
    has_habit = f.good_days >= DAYS_OF_A_HABIT and f.stories_before >= ENOUGH
    for finding in quality(f):
        if not has_habit and finding.gate not in f.own_gates:
            continue
        match finding.gate:
            case "most_undated":
                yield "held_undated"
            case "most_dates_today":
                yield "held_dates_today"
            case "least_words":
                yield "held_short"
            case "least_length":
                yield "held_short" if (f.words or 0) < (f.words_before or 0) else "held_long"


def against(article: Article, bounds: Bounds) -> dict[Reason, str]:
    """Why the story is to be held back, each reason with a few words; empty: it is not."""
    words = article.word_count
    found: dict[Reason, str] = {}
    if bounds.undated and article.published_at is None:
        found["held_undated"] = "undated"
    if bounds.dates_today and "date_is_visit_day" in article.quality_flags:
        found["held_dates_today"] = "dated to the day of the visit by nothing structured"
    if words < bounds.shortest:
        found["held_short"] = f"{words} words, at least {bounds.shortest:.0f} are usual or wanted"
    if words > bounds.longest:
        found["held_long"] = f"{words} words, at most {bounds.longest:.0f} are usual"
    return found
