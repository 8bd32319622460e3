"""Charts as geometry: days in, the numbers of an SVG out. Templates draw them, and the style sheet colours them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bar:
    """A day's stories, from the bottom up; `kind` is what the style sheet colours: crawled, failed or nothing."""

    day: date
    x: float
    y: float
    width: float
    height: float
    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of days, and the steps of what was to be expected, in a box of `width` by `height`; `said` is all of it in
    words, for whoever does not see it."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    expected: str
    said: str
    most: int

    @property
    def paths(self) -> dict[str, str]:
        """The bars of each kind as one path, a third of the size: for where many charts stand on a page."""
        found: dict[str, str] = {}
        for bar in self.bars:
            outline = f"M{bar.x:g} {self.height}v{-bar.height:g}h{bar.width:g}v{bar.height:g}z"
            found[bar.kind] = found.get(bar.kind, "") + outline
        return found


@dataclass(frozen=True, slots=True)
class Mark:
    """Where one article of a story is on the way from its first to its last one, as a share of 100."""

    at: float


def days(rows: Sequence[Row], count: int, today: date, *, width: int, height: int, gap: float = 1) -> Chart:
    """The last `count` days up to today, days without a row among them, as bars of stories beside the expected."""
    known = {row["day"]: row for row in rows}
    shown = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
    most = max([1, *(max(row["stories"], row["expected"] or 0) for day, row in known.items() if day in shown)])
    step = width / count
    bars = (_bar(day, known.get(day), n * step, step - gap, height, most) for n, day in enumerate(shown))
    return Chart(width, height, tuple(bars), _steps(shown, known, step, height, most), _said(shown, known), round(most))


def _bar(day: date, row: Row | None, x: float, width: float, height: int, most: float) -> Bar:
    if row is None:
        return Bar(day, round(x, 2), height - 1, round(width, 2), 1, "nothing", f"{day}: not crawled")
    kind = "failed" if row["crawls"] and row["crawls"] == row["failed_crawls"] else "crawled"
    tall = max(1, round(row["stories"] / most * height, 2))  # a day without stories can still be seen
    usual = "" if row["expected"] is None else f", usually {row['expected']:.0f}"
    failed = ", no crawl succeeded" if kind == "failed" else ""
    said = f"{day}: {row['stories']} stories{usual}{failed}"
    return Bar(day, round(x, 2), round(height - tall, 2), round(width, 2), tall, kind, said)


def _steps(shown: Sequence[date], known: Mapping[date, Row], step: float, height: int, most: float) -> str:
    """The path of the expected: a level line over each day that has one."""
    path = []
    for n, day in enumerate(shown):
        usual = known[day]["expected"] if day in known else None
        if usual is not None:
            path.append(f"M{n * step:.2f} {height - usual / most * height:.2f}h{step:.2f}")
    return "".join(path)


def _said(shown: Sequence[date], known: Mapping[date, Row]) -> str:
    rows = [known[day] for day in shown if day in known]
    said = f"{sum(row['stories'] for row in rows):,} stories in the last {len(shown)} days"
    judged = [row for row in rows if row["expected"] is not None]
    if not judged:
        return said
    usual = f"usually {sum(row['expected'] for row in judged):,.0f}"
    if len(judged) == len(shown):
        return f"{said}, {usual}"
    return f"{said}; {sum(row['stories'] for row in judged):,} on the {len(judged)} that have a habit, {usual}"


def spread(delays: Sequence[timedelta]) -> list[Mark]:
    """Where each delay is between none and the longest one."""
    longest = max([timedelta(seconds=1), *delays])
    return [Mark(round(100 * (delay / longest), 2)) for delay in delays]
