"""How much slower articles are stored in a large archive than in a small one, by what a crawl stores them with.

    python -m tests.bench.store --keep FOLDER [--articles 1000000] [--small 10000] [--writes 2000]

Both archives (tests/bench/made_up.py) are on one server and take turns, fifty articles each, so that whatever else the
machine does slows both. New articles of some 400 words are stored, and known pages are seen again unchanged. Printed:
milliseconds of each write, those that the database's process computed, and the ratio of the two archives. Exit 0 when
the large one stores at least four fifths as many a second.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from pipelines import frontier, store
from pipelines.database import Database
from pipelines.store import Visit
from tests.bench import made_up
from tests.bench.archives import archive, backend
from tests.pipelines.builders import leased, run_of, source, visit

TURN = 50  # articles written to one archive before it is the other's turn


@dataclass
class Store:
    """An archive that is written to: the run that does, its database process, and milliseconds of each write."""

    database: Database
    articles: int
    each: dict[str, list[float]] = field(default_factory=dict)
    busy: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.source = source(self.database)
        self.run = run_of(self.database, self.source)
        self.stored = self.articles
        self.backend = psutil.Process(backend(self.database))

    def write(self, what: str, visits: Sequence[Visit]) -> None:
        """Write the visits, and note what each took."""
        for one in visits:
            busy, started = sum(self.backend.cpu_times()[:2]), time.perf_counter()
            store.write(self.database, self.run, self.source.id, one)
            self.each.setdefault(what, []).append((time.perf_counter() - started) * 1000)
            self.busy[what] = self.busy.get(what, 0) + (sum(self.backend.cpu_times()[:2]) - busy) * 1000

    def new(self, texts: Sequence[made_up.Told]) -> list[Visit]:
        """Visits of new pages that bring these articles."""
        pages = leased(self.database, self.run, self.source, *(f"bench-{uuid.uuid4()}" for _ in texts))
        return [
            visit(page, at=datetime.now(UTC), title=told.title, text=told.body, language="en", agency=told.agency,
                  url=page.url, canonical_url=page.url, word_count=len(told.body.split()),
                  published_at=datetime.now(UTC).isoformat(), published_precision="second")
            for page, told in zip(pages, texts, strict=True)
        ]  # fmt: skip

    def known(self, count: int) -> list[Visit]:
        """Visits that find as many stories, anywhere in the archive, as they were."""
        ids = random.sample(range(1, self.articles + 1), count)
        frontier.make_due(self.database, ids)
        pages = frontier.lease(self.database, self.run, self.source.id, count, ids)
        return [Visit(page, "unchanged", status=304) for page in pages]


def main() -> int:
    """Make the archives unless they are there, write to both, print figures."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--keep", type=Path, required=True)
    cli.add_argument("--articles", type=int, default=1_000_000)
    cli.add_argument("--small", type=int, default=10_000)
    cli.add_argument("--writes", type=int, default=2000)
    asked = cli.parse_args()
    with archive(asked.small, asked.keep) as small, archive(asked.articles, asked.keep) as large:
        return 0 if measure((Store(small, asked.small), Store(large, asked.articles)), asked.writes) else 1


def measure(stores: tuple[Store, Store], writes: int) -> bool:
    """Write to both in turns; whether the large one stores at least four fifths as many a second."""
    chance = random.Random("store")
    for _ in range(0, writes, TURN):
        told = [made_up.story(chance, "en") for _ in range(TURN)]
        for one in stores:
            one.write("stored", one.new(told))
            one.write("seen again", one.known(TURN))
    for what in ("stored", "seen again"):
        for one in stores:
            each = one.each[what]
            print(
                f"{what:10} in {one.articles:9,}: mean {statistics.fmean(each):6.2f} ms"
                f"  p50 {statistics.median(each):6.2f}  p99 {statistics.quantiles(each, n=100)[98]:7.2f}"
                f"  max {max(each):8.1f}"
                f"  processor {one.busy[what] / len(each):6.2f}"
            )
        small, large = (statistics.fmean(one.each[what]) for one in stores)
        print(f"{what:10} a second, large to small: {small / large:.2f}", flush=True)
    return statistics.fmean(stores[0].each["stored"]) >= 0.8 * statistics.fmean(stores[1].each["stored"])


if __name__ == "__main__":
    sys.exit(main())
