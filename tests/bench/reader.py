"""How long the reader's pages take, and how large they are.

    python -m tests.bench.reader --articles 20000 [--times 30] [--keep FOLDER]

The articles are made up (tests/bench/made_up.py), or those kept in a folder; each outlet gets ten weeks of days. Every
page is asked for over a connection of its own, one after another: the archive's work, the template's and the server's.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipelines.database import Database
from pipelines.health import states
from tests.bench.archives import archive
from tests.reading import Visitor, served

DAYS = """
    insert into source_days (source_id, day, crawls, stories, stored, fetched, expected)
    select s.id, (now() at time zone 'UTC')::date - n, 24, s.id % 40, s.id % 40, s.id % 40, s.id % 37
    from sources s, generate_series(0, 69) n on conflict do nothing
"""
ROWS = """
    select array(select id from articles order by md5(id::text) limit 100) as articles,
        array(select article_id from revisions limit 100) as revised,
        array(select id from clusters order by outlets desc limit 100) as stories,
        array(select name from sources) as outlets,
        array(select url from articles limit 100) as urls,
        array(select word from ts_stat('select search from articles limit 500') where ndoc between 3 and 30) as words
"""


def main() -> None:
    """Make the archive unless it is there, visit every page, print figures."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--articles", type=int, default=20_000)
    cli.add_argument("--times", type=int, default=30, help="that each page is asked for")
    cli.add_argument("--keep", type=Path)
    asked = cli.parse_args()
    with archive(asked.articles, asked.keep) as database:
        pages = addresses(database)
        with served(database.url) as visitor:
            print(f"{asked.articles:,} articles, {asked.times} visits of each page; milliseconds until it is there")
            for name, found in pages.items():
                print(f"  {name:20} {measured(visitor, found, asked.times)}", flush=True)


def addresses(database: Database) -> dict[str, Iterator[str]]:
    """Addresses of each page, without an end: of other rows each time."""
    with database.transaction() as cursor:
        cursor.execute(DAYS)
        cursor.execute(ROWS)
        rows = cursor.fetchone()
    states.refresh(database)
    words = [word for word in rows.words if word.isalnum()][:500]
    forms: dict[str, tuple[str, list[Any]]] = {
        "newest": ("/", [0]),
        "newest of an outlet": ("/?source={}", rows.outlets),
        "newest of an agency": ("/?agency={}", ["Reuters", "AP", "dpa"]),
        "newest with a flag": ("/?flag={}", ["truncated", "too_short"]),
        "undated": ("/?flag=undated", [0]),
        "search": ("/?q={}", words),
        "search, page 10": ("/?q={}&page=10", words),
        "article": ("/articles/{}", rows.articles),
        "revision": ("/articles/{}/revisions/1", rows.revised),
        "story": ("/stories/{}", rows.stories),
        "outlets": ("/outlets", [0]),
        "outlet": ("/outlets/{}", rows.outlets),
        "why": ("/why?url={}", rows.urls),
        "health": ("/health", [0]),
    }
    return {
        name: itertools.cycle([form.format(quote(str(value), safe="")) for value in values])
        for name, (form, values) in forms.items()
    }


def measured(visitor: Visitor, found: Iterator[str], times: int) -> str:
    """Ask for the pages; what they took, the very first one apart, their size, and their statuses."""
    each, sizes, statuses = [], [], set()
    for path in itertools.islice(found, times + 1):
        began = time.perf_counter()
        answer = visitor.get(path)
        each.append((time.perf_counter() - began) * 1000)
        sizes.append(len(answer.body.encode()) / 1000)
        statuses.add(answer.status)
    first, *rest = each
    p95 = statistics.quantiles(rest, n=20, method="inclusive")[18]
    taken = f"p50 {statistics.median(rest):6.1f}  p95 {p95:6.1f}  first {first:6.1f}"
    return f"{taken}  {statistics.median(sizes):5.1f} kB  {', '.join(map(str, sorted(statuses)))}"


if __name__ == "__main__":
    main()
