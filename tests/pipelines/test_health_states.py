"""Verdicts on made-up histories of months, judged out of a real database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from pipelines.database import Database
from pipelines.health import states
from pipelines.health.rules import Verdict, judge
from tests import histories
from tests.conftest import Ask
from tests.histories import DAILY, WEEKEND_OFF, Outlet, Row

TODAY = date(2026, 11, 24)  # a Tuesday
NIGHT = datetime.combine(TODAY, time(23, 59), UTC)
LENGTH = 80


def lately(days: int, **columns: float) -> histories.Twist:
    """For the last days: their volume is multiplied by `stories`; other columns are shares of that, or values."""

    def twist(day: date, row: Row) -> None:
        if day <= TODAY - timedelta(days=days):
            return
        stories = int(int(str(row["stories"])) * columns.get("stories", 1))
        shares = {"undated", "dates_today", "empty"}
        row["stories"] = stories
        row |= {k: round(v * stories) if k in shares else v for k, v in columns.items() if k != "stories"}

    return twist


def verdicts(database: Database, *outlets: Outlet, length: int = LENGTH) -> dict[str, Verdict]:
    histories.write(database, outlets, TODAY, length)
    return {found.name: judge(found, NIGHT) for found in states.figures(database, NIGHT)}


@pytest.mark.parametrize(
    ("name", "outlet", "expected", "gate"),
    [
        ("well", Outlet("x"), "well", None),
        ("weekends-off", Outlet("x", 12, WEEKEND_OFF), "well", None),
        ("noisy", Outlet("x", 12, WEEKEND_OFF, swing=0.4), "well", None),
        ("half", Outlet("x", 40, twist=lately(10, stories=0.5)), "degraded", "least_volume"),
        ("half-small", Outlet("x", 5, twist=lately(28, stories=0.4)), "degraded", "least_volume"),
        ("a-day-of-nearly-nothing", Outlet("x", 40, DAILY, twist=lately(2, stories=0.05)), "degraded", "least_volume"),
        ("silent", Outlet("x", 20, twist=lately(5, stories=0)), "silent", "silent_after"),
        ("undated", Outlet("x", 20, twist=lately(3, undated=0.6)), "degraded", "most_undated"),
        ("visit-days", Outlet("x", 20, twist=lately(3, dates_today=1)), "degraded", "most_dates_today"),
        ("blocked", Outlet("x", 20, twist=lately(1, asked=60, blocked=40)), "degraded", "most_blocked"),
        ("no-text", Outlet("x", 20, twist=lately(3, stored=2, empty=3)), "degraded", "most_empty"),
        ("short", Outlet("x", 20, twist=lately(4, median_words=90)), "degraded", "least_length"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_history_is_judged(database: Database, name: str, outlet: Outlet, expected: str, gate: str | None) -> None:
    verdict = verdicts(database, outlet)["x"]
    assert verdict.state == expected, (name, verdict)
    assert gate is None or verdict.findings[0].gate == gate, verdict


def test_healthy_outlets_are_hardly_ever_called_ill(database: Database) -> None:
    days, outlets = 20, [
        Outlet(f"{mean}-{swing}-{'daily' if week is DAILY else 'weekdays'}-{n}", mean, week, swing)
        for mean in (1, 10, 100) for swing in (0.0, 0.3) for week in (DAILY, WEEKEND_OFF) for n in range(2)
    ]  # fmt: skip
    histories.write(database, outlets, TODAY, LENGTH + days)
    alarms = 0
    for number in range(days):
        now = NIGHT - timedelta(days=number)
        for found in states.figures(database, now):
            alarms += judge(histories.crawled_at(found, now), now).state != "well"
    assert alarms <= 0.01 * days * len(outlets)


def test_the_expected_is_of_the_same_weekday(database: Database, ask: Ask) -> None:
    histories.write(database, [Outlet("x", 50, WEEKEND_OFF)], TODAY, LENGTH)
    expected = ask("select extract(isodow from day)::int, expected, expected_days from source_days where day > %s",
                   TODAY - timedelta(days=7))  # fmt: skip
    assert all(found == 0 if weekday in (6, 7) else 35 < float(str(found)) < 70 for weekday, found, _ in expected)
    assert {count for _, _, count in expected} == {8}


def test_nothing_is_expected_without_enough_history(database: Database, ask: Ask) -> None:
    verdict = verdicts(database, Outlet("x"), length=10)["x"]
    assert verdict.state == "fresh"
    assert ask("select count(*) from source_days where expected is not null") == [(0,)]


def test_days_without_a_good_crawl_are_no_measure(database: Database, ask: Ask) -> None:
    def down(day: date, row: Row) -> None:
        if TODAY - timedelta(days=30) < day < TODAY - timedelta(days=10):
            row |= {"stories": 0, "crawls": 5, "failed_crawls": 5}

    histories.write(database, [Outlet("x", 30, twist=down)], TODAY, LENGTH)
    assert ask("select min(expected) > 10, min(expected_days) from source_days where day > %s",
               TODAY - timedelta(days=7)) == [(True, 5)]  # fmt: skip
    found = states.figures(database, NIGHT)[0]
    assert found.longest_silence is not None and found.longest_silence < timedelta(days=1)


def test_verdicts_are_kept_with_their_reason_and_since_when(database: Database, ask: Ask) -> None:
    today = datetime.now(UTC).date()
    histories.write(database, [Outlet("x"), Outlet("y")], today, LENGTH)
    states.refresh(database)
    first = ask("select name, state, since, judged_at, reason from source_health order by name")
    states.refresh(database)
    again = ask("select name, state, since, judged_at, reason from source_health order by name")
    assert [row[:3] for row in first] == [row[:3] for row in again]
    assert all(str(b[3]) > str(a[3]) for a, b in zip(first, again, strict=True))


def test_an_entrys_gates_go_before_the_defaults(database: Database, ask: Ask) -> None:
    histories.write(database, [Outlet("x", 20)], TODAY, LENGTH)
    with database.transaction() as cursor:
        cursor.execute("""update sources set settings = '{"floor": 90, "most_undated": null}'""")
    found = states.figures(database, NIGHT)[0]
    assert (found.gates.floor, found.gates.most_undated, found.own_gates) == (90, 0.3, frozenset({"floor"}))
    assert [f.gate for f in judge(found, NIGHT).findings] == ["floor"]
