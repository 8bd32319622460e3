"""Made-up histories of outlets in `source_days`: volumes with a weekly rhythm and the noise that counts have."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from pipelines.database import Cursor, Database, execute_values
from pipelines.health import days as source_days
from pipelines.health.rules import Figures

Row = dict[str, object]
Twist = Callable[[date, Row], None]  # what is wrong on a day: it changes the row of that day
WEEKEND_OFF = (1.0, 1.1, 1.1, 1.05, 0.9, 0.0, 0.0)
DAILY = (1.0, 1.05, 1.1, 1.05, 1.0, 0.7, 0.6)
COLUMNS = (
    "source_id", "day", "crawls", "failed_crawls", "discovered", "fetched", "stored", "asked", "blocked", "empty",
    "stories", "undated", "dates_today", "mean_words", "median_words", "first_stored_at", "last_stored_at",
    "newest_at",
)  # fmt: skip


@dataclass(frozen=True)
class Outlet:
    """A made-up outlet: `mean` stories on a day of weight 1, the weights of the days from Monday on.

    `swing` is how much a day's own mean varies (a log-normal sigma): 0 is Poisson, 0.3 a newsroom with big days.
    """

    name: str
    mean: float = 20
    week: Sequence[float] = DAILY
    swing: float = 0.0
    words: float = 450
    undated: float = 0.03
    empty: float = 0.05
    blocked: float = 0.01
    twist: Twist = field(default=lambda _day, _row: None)


def write(database: Database, outlets: Iterable[Outlet], until: date, length: int, seed: int = 1) -> None:
    """Write sources and `length` days of history up to and with `until`, and what was to be expected on each day."""
    rng = random.Random(seed)
    with database.transaction() as cursor:
        for outlet in outlets:
            key = _source(cursor, outlet, datetime.combine(until, time(23, 59), UTC))
            span = [until - timedelta(days=n) for n in reversed(range(length))]
            rows = [_day(rng, outlet, key, day) for day in span]
            template = f"({', '.join(f'%({c})s' for c in COLUMNS)})"
            execute_values(cursor, f"insert into source_days ({', '.join(COLUMNS)}) values %s", rows, template)
            source_days.set_expected(cursor, [(key, day.isoformat()) for day in span])


def _source(cursor: Cursor, outlet: Outlet, crawled: datetime) -> int:
    cursor.execute(
        "insert into sources (name, url, origin, last_crawled_at, last_outcome, due_at)"
        " values (%s, %s, 'configured', %s, 'done', %s) returning id",
        (outlet.name, f"https://{outlet.name}.example/", crawled, crawled + timedelta(hours=1)),
    )
    return int(cursor.fetchone().id)


def _day(rng: random.Random, outlet: Outlet, key: int, day: date) -> Row:
    mean = outlet.mean * outlet.week[day.weekday()]
    row: Row = {"source_id": key, "day": day, "crawls": 24, "failed_crawls": 0,
                "stories": poisson(rng, mean * rng.lognormvariate(0, outlet.swing))}  # fmt: skip
    outlet.twist(day, row)
    stories = int(str(row["stories"]))
    midnight = datetime.combine(day, time(), UTC)
    moments = sorted(midnight + timedelta(hours=rng.uniform(6, 22)) for _ in range(stories))
    lengths = sorted(rng.lognormvariate(math.log(outlet.words), 0.7) for _ in range(stories))
    asked = 24 * 2 + stories
    facts: Row = {
        "discovered": stories, "fetched": stories, "stored": stories, "asked": asked,
        "blocked": binomial(rng, asked, outlet.blocked), "empty": binomial(rng, stories, outlet.empty),
        "undated": binomial(rng, stories, outlet.undated), "dates_today": 0,
        "mean_words": sum(lengths) / stories if stories else None,
        "median_words": lengths[stories // 2] if stories else None,
        "first_stored_at": min(moments, default=None), "last_stored_at": max(moments, default=None),
        "newest_at": max(moments, default=None),
    }  # fmt: skip
    return facts | row


def crawled_at(figures: Figures, moment: datetime) -> Figures:
    """The figures as if the newest crawl had ended at that moment, and the next were an hour away."""
    return replace(figures, last_crawled_at=moment, due_at=moment + timedelta(hours=1))


def poisson(rng: random.Random, mean: float) -> int:
    """A count of that mean."""
    if mean > 50:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    count, product = 0, rng.random()
    while product > math.exp(-mean):
        count, product = count + 1, product * rng.random()
    return count


def binomial(rng: random.Random, of: int, share: float) -> int:
    """How many of so many, each with that chance."""
    return sum(rng.random() < share for _ in range(of))
