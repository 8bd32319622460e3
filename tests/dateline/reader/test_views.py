"""What the pages are made of: values out of rows, and the numbers of their charts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from dateline.reader import charts, views

MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
TODAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://x.example/a", True),
        ("http://x.example/a?b=c#d", True),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//x.example/a", False),
        ("/why", False),
        ("https:", False),
        ("https:///x", False),
        ("http://[::1", False),
        ("", False),
        (None, False),
    ],
)
def test_only_addresses_of_the_web_are_links(url: str | None, is_link: bool) -> None:
    assert views.link(url) == (url if is_link else None)


@pytest.mark.parametrize(
    ("precision", "shown", "machine"),
    [
        ("second", "4 March 2026, 05:06", "2026-03-04T05:06:07+00:00"),
        ("minute", "4 March 2026, 05:06", "2026-03-04T05:06:07+00:00"),
        ("day", "4 March 2026", "2026-03-04"),
        ("month", "March 2026", "2026-03"),
    ],
)
def test_a_date_is_as_exact_as_it_is_known(precision: str, shown: str, machine: str) -> None:
    assert views.published(MOMENT, precision) == shown
    assert views.machine(MOMENT, precision) == machine


def test_no_date() -> None:
    assert (views.published(None, None), views.machine(None), views.clock(None)) == ("undated", "", "never")


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 min"), (59, "59 min"), (60, "1 h"), (78, "78 min"), (120, "2 h"), (2879, "48 h"), (2880, "2 days")],
)
def test_spans(minutes: int, said: str) -> None:
    assert views.span(timedelta(minutes=minutes)) == said


def test_a_beginning_ends_with_a_whole_word() -> None:
    assert views.beginning("All of it.") == [views.Part("All of it.", False)]
    (part,) = views.beginning(("word " * 100)[:298] + "cu")
    assert part.text.endswith("word …")
    (part,) = views.beginning("橋" * 300)
    assert part.text == "橋" * 300 + " …"


def test_what_was_found_stands_between_asterisks() -> None:
    assert views.parts("a **b** c") == [("a ", False), ("b", True), (" c", False)]
    assert views.parts("**a**") == [("a", True)]


def test_the_link_to_more_keeps_what_was_asked() -> None:
    rows: list[dict[str, object]] = [{"id": n} for n in range(views.A_PAGE + 1)]
    form = views.form({"q": "ferry & co", "kind": "live", "agency": "", "colour": "red"})
    assert form.more(rows) == "/?q=ferry+%26+co&kind=live&page=2"
    assert form.more(rows[:-1]) is None
    assert views.form({"language": "de"}).more(rows) == f"/?language=de&before={views.A_PAGE - 1}"
    assert views.form({"q": "ferry", "page": "10"}).more(rows) is None


def row(day: date, stories: int, expected: float | None = None, crawls: int = 1, failed: int = 0) -> dict[str, object]:
    return {"day": day, "stories": stories, "expected": expected, "crawls": crawls, "failed_crawls": failed}


def test_a_chart_of_days() -> None:
    rows = [
        row(date(2026, 3, 1), 99),  # too old to be shown
        row(TODAY - timedelta(days=1), 10, 20),
        row(TODAY, 0, 5, failed=1),
    ]
    chart = charts.days(rows, 3, TODAY, width=30, height=100, gap=2)
    assert [(bar.x, bar.width, bar.y, bar.height, bar.kind) for bar in chart.bars] == [
        (0, 8, 99, 1, "nothing"),
        (10, 8, 50, 50, "crawled"),
        (20, 8, 99, 1, "failed"),
    ]
    assert chart.expected == "M10.00 0.00h10.00M20.00 75.00h10.00"
    assert chart.said == "10 stories in the last 3 days; 10 on the 2 that have a habit, usually 25"
    assert chart.bars[2].said == "2026-03-04: 0 stories, usually 5, no crawl succeeded"
    assert chart.most == 20
    assert chart.paths == {
        "nothing": "M0 100v-1h8v1z",
        "crawled": "M10 100v-50h8v50z",
        "failed": "M20 100v-1h8v1z",
    }


def test_a_chart_of_nothing() -> None:
    chart = charts.days([], 28, TODAY, width=140, height=28)
    assert len(chart.bars) == 28 and chart.expected == "" and chart.said == "0 stories in the last 28 days"


@pytest.mark.parametrize(
    ("minutes", "at"), [([], []), ([0], [0]), ([0, 30, 60], [0, 50, 100]), ([0, 0], [0, 0])], ids=str
)
def test_the_spread_of_a_story(minutes: list[int], at: list[float]) -> None:
    assert [mark.at for mark in charts.spread([timedelta(minutes=m) for m in minutes])] == at
