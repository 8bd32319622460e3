"""How long each query of docs/queries.md takes in a large archive, and the views that people use.

    python -m tests.bench.queries --keep FOLDER [--articles 1000000] [--times 5]

Names on the page become names of the made-up archive. Printed: the middle and the longest of some runs in milliseconds,
and which large tables a plan reads from end to end. Exit 0 when none takes more than 300 ms in the middle.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.database import Database
from tests.bench import made_up
from tests.bench.archives import archive
from tests.queries import Block, blocks

MOST_MS = 300
LARGE = {"articles", "pages", "fetches_default", "captures", "revisions", "runs", "cluster_articles", "clusters"}
INSTEAD = {
    "'the-courier'": "'s7'",
    "'Norderhaven'": "'PORT DEB'",
    "'harbour bridge'": f"'{made_up.vocabulary('en')[99]} {made_up.vocabulary('en')[149]}'",
}
REVISED = "(select max(article_id) from revisions)"
VIEWS = (
    Block("stories: of most outlets", "select * from stories order by outlets desc limit 20"),
    Block("stories: one", "select * from stories where article_id = (select max(id) / 2 from articles)"),
    Block("wire_spread: one story", "select * from wire_spread where cluster_id = (select max(id) from clusters)"),
    Block("first_publishers", "select * from first_publishers order by first desc"),
    Block("article_versions: one", f"select * from article_versions where article_id = {REVISED}"),
    Block("revision_pairs: one", f"select * from revision_pairs where article_id = {REVISED}"),
)  # fmt: skip


def main() -> int:
    """Ask everything, print figures."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--keep", type=Path, required=True)
    cli.add_argument("--articles", type=int, default=1_000_000)
    cli.add_argument("--times", type=int, default=5)
    asked = cli.parse_args()
    with archive(asked.articles, asked.keep) as database:
        slow = [b.title for b in (*blocks(INSTEAD), *VIEWS) if not measure(database, b, asked.times)]
        return 1 if slow else 0


def measure(database: Database, block: Block, times: int) -> bool:
    """Run a query some times; whether it is quick enough."""
    taken = []
    with database.transaction() as cursor:
        cursor.execute(f"explain (format json) {block.sql}")
        whole = LARGE.intersection(_scans(cursor.fetchone()[0][0]["Plan"]))
        for _ in range(times):
            started = time.perf_counter()
            cursor.execute(block.sql)
            rows = len(cursor.fetchall())
            taken.append((time.perf_counter() - started) * 1000)
    middle = statistics.median(taken)
    read = f"  reads all of {', '.join(sorted(whole))}" if whole else ""
    print(f"  {block.title:48} p50 {middle:8.1f}  max {max(taken):8.1f}  rows {rows:5}{read}", flush=True)
    return middle <= MOST_MS


def _scans(node: dict[str, Any]) -> Iterator[str]:
    """Relations that a plan reads from end to end."""
    if "Seq Scan" in node["Node Type"]:
        yield str(node["Relation Name"])
    for child in node.get("Plans", ()):
        yield from _scans(child)


if __name__ == "__main__":
    sys.exit(main())
