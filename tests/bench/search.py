"""How fast the archive is searched, and what its rows weigh on disk.

    python -m tests.bench.search --articles 20000 [--queries 200] [--keep FOLDER] [--form NAME …]

The articles are made up (tests/bench/made_up.py), or those kept in a folder. Queries are of one to three words of one
language, which they do not name, most of them of middling frequency; some have a phrase, an exclusion or a filter. Each
is asked twice: at first when the server has just started and none was asked before, then again.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from pipelines.database import Database
from pipelines.search import Filters, search
from tests.bench import made_up, weights
from tests.bench.archives import archive, backend


@dataclass(frozen=True, slots=True)
class Form:
    """A form of query: its words, how rare they are (0: the 20 commonest), which filter it has."""

    template: str
    rarity: int = 3
    narrowed_by: str | None = None
    stories: bool = False


FORMS = {
    "one word": Form("{0}"),
    "two words": Form("{0} {1}"),
    "two words, an outlet's in a year": Form("{0} {1}", 3, "outlet, year"),
    "a phrase": Form('"{0} {1}"', 2),
    "either, without": Form("{0} or {1} -{2}"),
    "one of the 20 commonest": Form("{0}", 0),
    "one a story": Form("{0} {1}", stories=True),
    "of an outlet": Form("{0}", 3, "outlet"),
    "of an agency": Form("{0}", 3, "agency"),
    "of a place": Form("{0}", 3, "place"),
    "of a language": Form("{0}", 3, "language"),
    "of three months": Form("{0}", 3, "months"),
    "with a flag": Form("{0}", 3, "flag"),
    "of a kind": Form("{0}", 3, "kind"),
}


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked."""

    form: str
    words: str
    filters: Filters
    stories: bool


@dataclass
class Times:
    """Milliseconds of each query of a form, those of the processor in all, and how many queries had an answer."""

    each: list[float] = field(default_factory=list)
    busy: float = 0
    answered: int = 0

    def __str__(self) -> str:
        p95 = statistics.quantiles(self.each, n=20, method="inclusive")[18]
        return (
            f"p50 {statistics.median(self.each):7.1f}  p95 {p95:7.1f}  max {max(self.each):7.1f}"
            f"  processor {self.busy / len(self.each):6.1f}  answered {self.answered} of {len(self.each)}"
        )


def main() -> None:
    """Make the archive unless it is there, ask it, print figures."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--articles", type=int, default=20_000)
    cli.add_argument("--queries", type=int, default=200, help="of each form")
    cli.add_argument("--keep", type=Path)
    cli.add_argument("--form", action="append", choices=FORMS)
    asked = cli.parse_args()
    with archive(asked.articles, asked.keep) as database:
        weights.show(database)
        measure(database, asked.queries, asked.form or list(FORMS))


def measure(database: Database, queries: int, forms: Sequence[str]) -> None:
    """Ask every query of the forms twice; print what it took in milliseconds."""
    asked = list(_queries(queries, forms))
    for turn in ("at first", "again"):
        print(f"{queries} queries of each form, {turn}; milliseconds")
        times = _ask(database, asked)
        for form, taken in times.items():
            print(f"  {form:34} {taken}", flush=True)


def _ask(database: Database, asked: Sequence[Query]) -> dict[str, Times]:
    process = psutil.Process(backend(database))
    times: dict[str, Times] = {}
    for query in asked:
        taken = times.setdefault(query.form, Times())
        busy, started = sum(process.cpu_times()[:2]), time.perf_counter()
        rows = search(database, query.words, 20, query.filters, stories=query.stories)
        taken.each.append((time.perf_counter() - started) * 1000)
        taken.busy += (sum(process.cpu_times()[:2]) - busy) * 1000
        taken.answered += bool(rows)
    return times


def _queries(count: int, forms: Sequence[str]) -> Iterator[Query]:
    for name in forms:
        chance, form = random.Random(name), FORMS[name]
        for _ in range(count):
            outlet = chance.randint(1, made_up.OUTLETS)
            language = made_up.language_of(outlet)
            ranks = [
                int(20 ** (1 + chance.random() * form.rarity / 2)) if form.rarity else chance.randint(1, 20)
                for _ in range(3)
            ]
            words = form.template.format(*(made_up.vocabulary(language)[rank - 1] for rank in ranks))
            yield Query(name, words, _filters(form.narrowed_by, outlet, chance), form.stories)


def _filters(narrowed_by: str | None, outlet: int, chance: random.Random) -> Filters:
    now = datetime.now(UTC)
    ago = now - timedelta(days=chance.randint(90, 1000))
    known = {
        "outlet, year": Filters(source=f"s{outlet}", since=now - timedelta(days=365)),
        "outlet": Filters(source=f"s{outlet}"),
        "agency": Filters(agency=chance.choice(made_up.AGENCIES).lower()),
        "place": Filters(place=made_up.place(chance)),
        "language": Filters(language=made_up.language_of(outlet)),
        "months": Filters(since=ago, until=ago + timedelta(days=90)),
        "flag": Filters(flag=chance.choice((*made_up.FLAGS, "undated"))),
        "kind": Filters(kind=chance.choice(("live", "gallery", "video"))),
    }
    return known[narrowed_by] if narrowed_by else Filters()


if __name__ == "__main__":
    main()
