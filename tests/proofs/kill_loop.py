"""Kill a crawl with -9 again and again at random moments, then let one end: is anything lost, or there twice?

    python -m tests.proofs.kill_loop CORPUS_DIR [CORPUS_DIR ...] [--kills 10]

The pages of the corpus are served on loopback. A crawl is killed when a random number of further articles is stored, so
every kill falls into the middle of the work. Printed: what was stored after each kill, and at the end the pages served,
the articles stored, and how many of them twice. Exit 0 when they are equal and none is there twice, else 1.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dateline.postgres import Server
from pipelines.database import Database, DatabaseError
from pipelines.migrating import migrate
from tests.bench.corpus import load, served, sources_toml
from tests.commands import DATELINE

CRAWL = [DATELINE, "crawl", "--all", "--allow-private"]


def stored(database: Database) -> tuple[int, int]:
    """Articles, and distinct URLs among them."""
    with database.transaction() as cursor:
        cursor.execute("select count(*) as articles, count(distinct canonical_url) as urls from articles")
        row = cursor.fetchone()
        return row.articles, row.urls


def kill_in_the_middle(environment: dict[str, str], database: Database, more: int) -> None:
    """Start a crawl, and kill it and its workers once that many more articles are stored."""
    enough = stored(database)[0] + more
    running = subprocess.Popen(CRAWL, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while running.poll() is None and stored(database)[0] < enough:
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.wait()


@contextmanager
def reachable(folder: Path) -> Iterator[Path]:
    """The folder, open to the user who runs the server for root."""
    folder.chmod(0o711)
    yield folder


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("corpus", nargs="+", type=Path)
    cli.add_argument("--kills", type=int, default=10)
    options = cli.parse_args()
    outlets = load(options.corpus, fewest=1)
    pages = sum(map(len, outlets.values()))
    with (
        tempfile.TemporaryDirectory(prefix="dateline-proof-") as name,
        reachable(Path(name)) as folder,
        Server(folder / "home").running() as server,
        served(outlets) as ports,
    ):
        server.ensure_database("dateline")
        migrate(server.url("dateline"))
        sources = folder / "sources.toml"
        sources.write_text(sources_toml(ports, delay=0.2))
        environment = os.environ | {
            "DATELINE_HOME": str(folder / "state"),
            "DATELINE_SOURCES": str(sources),
            "DATELINE_DATABASE_URL": server.url("dateline"),
        }
        with Database(server.url("dateline"), 1) as database:
            for number in range(options.kills):
                kill_in_the_middle(environment, database, random.randint(1, max(2, 2 * pages // options.kills // 3)))
                print(f"kill {number + 1}: {stored(database)[0]} of {pages} stored", flush=True)
            last = subprocess.run(CRAWL, env=environment, capture_output=True, text=True, check=False)
            articles, urls = stored(database)
            skipped = count(database, "select count(*) as n from pages where outcome = 'skipped'")
            left = count(database, "select count(*) as n from pages where outcome is null or leased_by is not null")
    print(f"undisturbed crawl: exit {last.returncode}")
    print(
        f"{pages} pages served, {articles} articles, {articles - urls} twice, {skipped} not articles, {left} left over"
    )
    return int(articles != urls or articles + skipped != pages or left > 0)


def count(database: Database, query: str) -> int:
    """The one number that the query gives."""
    with database.transaction() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone().n)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DatabaseError as error:
        sys.exit(f"proof: {error}")
