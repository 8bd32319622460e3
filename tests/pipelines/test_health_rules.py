"""The rules of health: figures in, verdicts out; no database."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pipelines.health.rules import STATES, Figures, Gates, judge
from pipelines.outlets import Outlet
from tests.conftest import Ask

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# An outlet of twenty stories a day that is well.
WELL = Figures(
    "the-courier", cadence=HOUR, due_at=NOW + HOUR, last_crawled_at=NOW, last_outcome="done", days=70, good_days=70,
    crawls=1680, recent_days=3, stories=60, undated=2, dates_today=0, words=440, stored=60, empty=3,
    stories_before=1300, undated_before=52, dates_today_before=2, words_before=450, stored_before=1300,
    empty_before=60, asked_days=1, asked=70, blocked=0, asked_before=4500, blocked_before=20, whole_days=5,
    whole_stories=98, whole_expected=100, whole_variance=100, last_day=date(2026, 11, 24), last_stories=19,
    last_expected=20, last_variance=20, last_story_at=NOW - HOUR, longest_silence=12 * HOUR,
    newest_at=NOW - 2 * HOUR,
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected", "reason"),
    [
        ({}, "well", None),
        ({"enabled": False}, "disabled", "it left sources.toml"),
        ({"undated": 37}, "degraded", "undated 62% of 60 stories in the last 3 days, 4% before"),
        ({"dates_today": 60}, "degraded",
         "dated to the day of the visit 100% of 60 stories in the last 3 days, 0% before"),
        ({"words": 120}, "degraded", "stories are shorter: 120 words in the last 3 days, 450 before"),
        ({"words": 1200}, "degraded", "stories are longer: 1200 words in the last 3 days, 450 before"),
        ({"blocked": 60}, "degraded", "refused 86% of 70 requests in the last day, 0% before"),
        ({"empty": 300}, "degraded", "no text on 83% of 360 pages in the last 3 days, 4% before"),
        ({"whole_stories": 50}, "degraded", "50 stories in the last 5 whole days, usually 100"),
        ({"last_stories": 1}, "degraded", "1 story on 2026-11-24, usually 20"),
        ({"failures": 3, "last_outcome": "failed", "last_reason": "robots.txt answered 500"}, "failing",
         "3 crawls in a row failed: robots.txt answered 500"),
        ({"failures": 1, "last_outcome": "failed", "last_reason": "timeout"}, "well", None),
        ({"failures": 1, "last_outcome": "empty", "good_days": 0, "crawls": 1, "last_reason": "they list no story"},
         "failing", "1 crawl in a row empty: they list no story"),
        ({"last_story_at": NOW - 3 * DAY}, "silent",
         "nothing new since 2026-11-22 12:00, for 3 days; its longest silence was 12 h"),
        ({"last_story_at": NOW - 3 * DAY, "longest_silence": 2 * DAY}, "well", None),
        ({"last_story_at": NOW - 3 * DAY, "last_crawled_at": NOW - 3 * DAY}, "well", None),
        ({"last_story_at": None, "skipped": 9}, "silent", "no story in 1,680 crawls; 9 pages were no stories"),
        ({"newest_at": NOW - 5 * DAY}, "late", "its newest story is of 2026-11-20 12:00, 5 days old when it came"),
        ({"due_at": NOW - 5 * HOUR}, "late", "due for 5 h, last crawled 2026-11-25 12:00"),
        ({"due_at": NOW - 5 * HOUR, "running_since": NOW - HOUR}, "well", None),
        ({"due_at": NOW - 5 * HOUR, "cadence": DAY}, "well", None),
        ({"due_at": NOW - 5 * HOUR, "origin": "one_off"}, "well", None),
        ({"paused_until": NOW + HOUR, "pause_reason": "429"}, "paused",
         "its server asks to be left alone until 2026-11-25 13:00 (429)"),
        ({"good_days": 3, "days": 3}, "fresh", "crawled on 3 days, 1,360 new stories"),
    ],
    ids=lambda value: ",".join(value) or "well" if isinstance(value, dict) else "",
)  # fmt: skip
def test_what_is_told(change: dict[str, Any], expected: str, reason: str | None) -> None:
    verdict = judge(replace(WELL, **change), NOW)
    assert (verdict.state, verdict.reason) == (expected, reason)


@pytest.mark.parametrize(
    ("gates", "change", "gate"),
    [
        ({"floor": 20}, {}, "floor"),
        ({"least_words": 500}, {}, "least_words"),
        ({"most_blocked": 0.0}, {"blocked": 1}, "most_blocked"),
        ({"most_failures": 1}, {"failures": 1}, "most_failures"),
        ({"silent_after": 0.5}, {"last_story_at": NOW - DAY}, "silent_after"),
        ({"late_after": 1}, {"due_at": NOW - 90 * timedelta(minutes=1)}, "late_after"),
        ({"least_volume": 0.9}, {"whole_stories": 60}, "least_volume"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_an_outlet_may_have_gates_of_its_own(gates: dict[str, float], change: dict[str, Any], gate: str) -> None:
    changed = replace(WELL, **change)
    verdict = judge(replace(changed, gates=replace(Gates(), **gates)), NOW)
    assert [f.gate for f in verdict.findings] == [gate]


def test_a_habit_is_no_news_unless_the_entry_bounds_it() -> None:
    habit = replace(WELL, undated=36, undated_before=780)
    assert judge(habit, NOW).state == "well"
    assert judge(replace(habit, own_gates=frozenset({"most_undated"})), NOW).state == "degraded"


def test_a_few_stories_prove_nothing() -> None:
    few = replace(WELL, stories=4, undated=4, asked=9, blocked=9, words=10, stored=4, empty=0)
    assert judge(few, NOW).state == "well"


def test_the_worst_comes_first_and_gives_the_reason() -> None:
    verdict = judge(replace(WELL, undated=37, due_at=NOW - DAY, failures=9, last_reason="timeout"), NOW)
    assert [f.state for f in verdict.findings] == ["failing", "degraded", "late"]
    assert verdict.state == "failing"
    assert verdict.reason == "9 crawls in a row done: timeout"
    assert list(STATES).index("failing") < list(STATES).index("well")


def test_an_outlet_that_nobody_has_crawled_is_fresh() -> None:
    assert judge(Figures("new", due_at=NOW), NOW).reason == "not crawled yet"


def test_the_gates_of_the_table_the_rules_and_the_entries_are_the_same(ask: Ask) -> None:
    assert set(ask("select name, value from gates")) == {(f.name, f.default) for f in fields(Gates)}
    assert {f.name for f in fields(Gates)} <= set(Outlet.model_fields)
