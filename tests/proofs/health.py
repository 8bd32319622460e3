"""Judge made-up outlets day by day for months: how many healthy ones are called ill, how soon ill ones are found."""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from dateline.postgres import Server
from pipelines.database import Database
from pipelines.health import states
from pipelines.health.rules import Figures, Verdict, judge
from pipelines.migrating import migrate
from tests import histories
from tests.histories import DAILY, WEEKEND_OFF, Outlet, Row

HISTORY = 63  # days before the first that is judged
START = date(2026, 1, 1)
MEANS = (0.3, 1, 3, 10, 30, 100, 300)
SWINGS = (0.0, 0.3)
ONSET = 32  # judged days after which ill outlets fall ill


@dataclass(frozen=True)
class Illness:
    """What befalls an outlet from a day on, and the states that tell it."""

    name: str
    states: tuple[str, ...]
    factor: float = 1.0
    undated: float | None = None
    blocked: float | None = None
    words: float | None = None


ILLNESSES = (
    Illness("half volume", ("degraded", "silent"), factor=0.5),
    Illness("quarter volume", ("degraded", "silent"), factor=0.25),
    Illness("silent", ("silent", "degraded"), factor=0.0),
    Illness("undated 60 %", ("degraded",), undated=0.6),
    Illness("blocked 60 %", ("degraded",), blocked=0.6),
    Illness("bodies a third", ("degraded",), words=1 / 3),
)


def healthy(copies: int) -> Iterator[Outlet]:
    """Outlets of every size, with and without weekends, as even as Poisson and less so."""
    for mean in MEANS:
        for swing in SWINGS:
            for rhythm, week in (("daily", DAILY), ("weekdays", WEEKEND_OFF)):
                for n in range(copies):
                    yield Outlet(f"{mean:g}-{swing:g}-{rhythm}-{n}", mean, week, swing)


def ill(outlet: Outlet, illness: Illness, onset: date) -> Outlet:
    """The outlet with the illness from that day on."""

    def twist(day: date, row: Row) -> None:
        if day < onset:
            return
        stories = int(int(str(row["stories"])) * illness.factor + 0.5)
        row["stories"] = stories
        if illness.undated is not None:
            row["undated"] = round(stories * illness.undated)
        if illness.blocked is not None:
            row["blocked"] = round((48 + stories) * illness.blocked)
        if illness.words is not None and stories:
            row["median_words"] = row["mean_words"] = outlet.words * illness.words

    return replace(outlet, name=f"{illness.name}|{outlet.name}", twist=twist)


def judged(database: Database, first: date, days: int) -> Iterator[tuple[int, Figures, Verdict]]:
    """Every verdict of every day, at five to midnight: the number of the day, the figures, the verdict."""
    for number in range(days):
        now = datetime.combine(first + timedelta(days=number), time(23, 55), UTC)
        for found in states.figures(database, now):
            current = histories.crawled_at(found, now)
            yield number, current, judge(current, now)


def false_alarms(database: Database, days: int, copies: int) -> None:
    """Print how many outlet-days of healthy outlets are judged ill, and how many alarms begin."""
    last = START + timedelta(days=HISTORY + days - 1)
    histories.write(database, healthy(copies), last, HISTORY + days)
    total, wrong, began = Counter[str](), Counter[str](), Counter[str]()
    gates, before = Counter[str](), dict[str, bool]()
    for _, found, verdict in judged(database, last - timedelta(days=days - 1), days):
        kind = found.name.rpartition("-")[0]
        alarm = verdict.state not in ("well", "fresh")
        total[kind] += 1
        wrong[kind] += alarm
        began[kind] += alarm and not before.get(found.name, False)
        gates.update(f.gate for f in verdict.findings if alarm)
        before[found.name] = alarm
    print(f"{'stories-swing-week':24} {'outlet-days':>11} {'called ill':>10} {'alarms':>7}  per 1,000 outlet-days")
    for kind in total:
        rate = 1000 * began[kind] / total[kind]
        print(f"{kind:24} {total[kind]:11,} {wrong[kind]:10,} {began[kind]:7,}  {rate:.2f}")
    days_all, alarms = sum(total.values()), sum(began.values())
    print(f"all: {days_all:,} outlet-days, {alarms:,} alarms, {1000 * alarms / days_all:.2f} per 1,000")
    print(f"by gate, outlet-days: {dict(gates)}")


def detection(database: Database, days: int, copies: int) -> None:
    """Print how many days pass until each illness is told, by size; the outlets are Poisson, weekends off."""
    last = START + timedelta(days=HISTORY + days - 1)
    first = last - timedelta(days=days - 1)
    onset = first + timedelta(days=ONSET)
    base = [Outlet(f"{mean:g}-{n}", mean, WEEKEND_OFF) for mean in MEANS for n in range(copies)]
    for illness in ILLNESSES:
        histories.write(database, [ill(outlet, illness, onset) for outlet in base], last, HISTORY + days)
    told = dict[str, int]()
    wanted = {illness.name: illness.states for illness in ILLNESSES}
    for number, found, verdict in judged(database, first, days):
        name = found.name.partition("|")[0]
        if name in wanted and number >= ONSET and verdict.state in wanted[name]:
            told.setdefault(found.name, number - ONSET + 1)
    print(f"\ndays until told, in the middle (share told within {days - ONSET} days)")
    print(f"{'':16}" + "".join(f"{mean:>14g}" for mean in MEANS) + "  stories a day")
    for illness in ILLNESSES:
        cells = [_cell([told.get(f"{illness.name}|{mean:g}-{n}") for n in range(copies)]) for mean in MEANS]
        print(f"{illness.name:16}" + "".join(f"{cell:>14}" for cell in cells))


def _cell(found: list[int | None]) -> str:
    seen = sorted(n for n in found if n is not None)
    return f"{seen[len(seen) // 2]} ({len(seen) / len(found):.0%})" if seen else "- (0%)"


def main() -> None:
    """Run both on an embedded server of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--copies", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-health-") as folder:
        Path(folder).chmod(0o711)
        with Server(Path(folder), fsync="off").running() as server:
            for name, prove in (("healthy", false_alarms), ("ill", detection)):
                server.ensure_database(name)
                migrate(server.url(name))
                with Database(server.url(name), 1) as database:
                    prove(database, arguments.days, arguments.copies)


if __name__ == "__main__":
    main()
