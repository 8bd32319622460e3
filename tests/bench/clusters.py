"""What clusters cost a crawl: pages a second, and processor time a page, with and without, taking turns in one run.

    python -m tests.bench.clusters [--pages 1200] [--rounds 2]

Small pages of made-up words, half of them copies of wire stories, are served on loopback by a few outlets, politeness
off, and crawled into empty databases. Without: articles do not queue, and nobody looks at the queue. The processor time
is that of the crawl, its workers and Postgres: on a machine that others use too it is the steadier figure.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil

from dateline.postgres import Server
from pipelines.database import Database
from pipelines.following import Follower
from pipelines.migrating import migrate
from tests.bench.corpus import OUTLETS, Pages, served, sources_toml
from tests.documents import article_html

WORDS = 220  # of a page
COPIES = 6  # of a wire story
OFF = "alter table articles disable trigger articles_queue_new, disable trigger articles_queue_changed"


def main() -> None:
    """Measure and print."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--pages", type=int, default=1200)
    cli.add_argument("--rounds", type=int, default=2)
    cli.add_argument("--crawl", choices=("with", "without"), help=argparse.SUPPRESS)
    options = cli.parse_args()
    if options.crawl:
        crawl(follow=options.crawl == "with")
        return
    outlets = pages(random.Random(1), options.pages)
    figures: dict[str, list[tuple[float, float]]] = {"with": [], "without": []}
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as name, served(outlets) as ports:
        folder = Path(name)
        folder.chmod(0o711)
        (folder / "sources.toml").write_text(sources_toml(ports, delay=0))
        with Server(folder / "home").running() as server:
            for number in range(options.rounds):
                for how in ("with", "without") if number % 2 else ("without", "with"):
                    figures[how].append(measured(server, folder, how, f"{how}_{number}"))
                    rate, cpu = figures[how][-1]
                    print(f"{how:>8}  {rate:6.1f} pages/s  {cpu * 1e3:6.1f} ms of processor time a page", flush=True)
    for number, what in enumerate(("pages a second", "processor time")):
        of = {how: statistics.mean(each[number] for each in some) for how, some in figures.items()}
        print(f"{what}, with / without  {of['with'] / of['without']:.3f}")


def pages(chance: random.Random, number: int) -> Pages:
    """The pages of each outlet; copies of a story are at outlets that differ."""
    outlets: Pages = {f"outlet-{n}": [] for n in range(OUTLETS)}
    for story in range(number * 2 // (COPIES + 1)):
        copies = COPIES if story % 2 else 1
        body = [
            " ".join(f"{'abcdefgh'[chance.randrange(8)]}{chance.randrange(3000)}x" for _ in range(WORDS // 4))
            for _ in range(4)
        ]
        for outlet in chance.sample(sorted(outlets), copies):
            text = article_html(
                f"Story {story} as {outlet} has it", body[: chance.randint(2, 4)], published="2026-03-04T05:06:07Z"
            )
            outlets[outlet].append((f"/news/{story}/a-story-made-up.html", text.encode()))
    return outlets


def measured(server: Server, folder: Path, how: str, name: str) -> tuple[float, float]:
    """Pages a second, and seconds of processor time a page, of a crawl into a database of its own."""
    server.ensure_database(name)
    migrate(server.url(name))
    environment = os.environ | {
        "DATELINE_DATABASE_URL": server.url(name),
        "DATELINE_HOME": str(folder / name),
        "DATELINE_SOURCES": str(folder / "sources.toml"),
    }
    command = [sys.executable, "-m", "tests.bench.clusters", "--crawl", how]
    postmaster = psutil.Process(int((folder / "home" / "postgres" / "postmaster.pid").read_text().split()[0]))
    began = spent(postmaster)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    summary = json.loads(done.stdout.splitlines()[-1])
    with Database(server.url(name), 1) as database, database.transaction() as cursor:
        cursor.execute("select count(*) as clusters, (select count(*) from cluster_queue) as queued from clusters")
        found = cursor.fetchone()
    if (found.clusters > 0) != (how == "with") or found.queued:
        sys.exit(f"{how}: {found.clusters} clusters, {found.queued} articles in the queue")
    return summary["stored"] / summary["seconds"], (spent(postmaster) - began) / summary["stored"]


def spent(postmaster: psutil.Process) -> float:
    """Seconds of processor time of the commands that ended, and of Postgres."""
    ended, server = resource.getrusage(resource.RUSAGE_CHILDREN), postmaster.cpu_times()
    alive = 0.0
    for child in postmaster.children():
        with suppress(psutil.NoSuchProcess):  # it ended since: the server's own figure has it
            alive += sum(child.cpu_times()[:2])
    return float(ended.ru_utime + ended.ru_stime + sum(server[:4]) + alive)


def crawl(*, follow: bool) -> None:
    """Crawl every outlet of DATELINE_SOURCES, with or without clusters."""
    from dateline.crawl import Request, crawl_now
    from dateline.settings import Settings

    if not follow:
        with Database(os.environ["DATELINE_DATABASE_URL"], 1) as database, database.transaction() as cursor:
            cursor.execute(OFF)
        setattr(Follower, "_batch", lambda _: 0)  # noqa: B010 - the thread stays, and finds nothing to do
    crawl_now(Settings.from_environment(), Request(all_outlets=True, allow_private=True), as_json=True)


if __name__ == "__main__":
    main()
