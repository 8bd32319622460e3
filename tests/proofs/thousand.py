"""Run the schedule over a thousand outlets on this machine: what it takes, and whether exactly the ill ones are red.

    python -m tests.proofs.thousand [--outlets 1000] [--ill 10] [--stories 5] [--latency 0.2]

`dateline up` runs for real with a list of outlets that are served on loopback addresses of their own, each answering
after a moment as hosts on the web do. Ill ones answer 404 to everything. The DAG `crawl` runs once over all of them,
then again when all are due and have nothing new. Printed are how long each run took, how busy the machine's cores were,
what memory all processes had at most (PSS), and how its tasks ended. Exit 0 when every story is stored and was asked
for once, exactly the ill outlets are red, and nothing else is.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from dateline.postgres import Server
from pipelines.database import Database
from tests.airflows import Up, claims, ended, say, trigger
from tests.proofs.compose_outlets import PORT, answer, site, story

PATIENCE = 3600.0
ENTRY = """
[[source]]
name = "{name}"
url = "{url}/"
sitemaps = ["{url}/sitemap.xml"]
discover = ["sitemap"]
"""


def address(number: int) -> str:
    """Of an outlet, numbered from 0."""
    return f"127.10.{number // 250}.{number % 250 + 1}"


def name(number: int, ill: int) -> str:
    """Of an outlet; the first few are ill."""
    return f"{'ill' if number < ill else 'outlet'}-{number:04}"


@contextmanager
def serving(outlets: int, ill: int, stories: int, latency: float, log: Path) -> Iterator[None]:
    """Serve them in a thread; the log gets a line a request."""
    loop = asyncio.new_event_loop()
    with log.open("w", buffering=1) as lines:

        async def start() -> None:
            for n in range(outlets):
                pages = [(f"/news/{n}/{s}/a-story-made-up.html", story(n * stories + s)) for s in range(stories)]
                served = {} if n < ill else site(address(n), pages)
                await asyncio.start_server(partial(answer, address(n), served, latency, lines), address(n), PORT)

        loop.run_until_complete(start())
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()


class Gauge(threading.Thread):
    """Watches what the processes below one take, until it is told to stop."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True)
        self.home, self.most, self.busy = str(home), 0, 0.0
        self.done = threading.Event()
        psutil.cpu_percent()
        self.start()

    def run(self) -> None:
        """Look every few seconds."""
        while not self.done.wait(3):
            found = [memory for memory in map(self._memory, psutil.process_iter()) if memory]
            self.most = max(self.most, sum(found))

    def _memory(self, process: psutil.Process) -> int:
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
            if process.environ().get("DATELINE_HOME") == self.home or "postgres" in process.name():
                return int(process.memory_full_info().pss)
        return 0

    def stop(self) -> None:
        """Note how busy the cores were since it was made."""
        self.busy = psutil.cpu_percent()
        self.done.set()
        self.join()


def tasks(up: Up, path: str) -> list[dict[str, Any]]:
    """All tasks of a run."""
    found: list[dict[str, Any]] = []
    while page := up.rest.get(f"{path}/taskInstances", limit=100, offset=len(found))["task_instances"]:
        found += page
    return found


def make_due(home: Path) -> None:
    """Have the schedule crawl every outlet now."""
    with Database(Server(home).url("dateline"), 1) as archive, archive.transaction() as cursor:
        cursor.execute("update sources set due_at = now()")
        cursor.execute("update endpoints set due_at = now()")


def measure(up: Up, path: str, gauge: Gauge) -> list[dict[str, Any]]:
    """Wait for the end of a run, print what it took and how its tasks ended; the tasks."""
    ended(up.rest, path, PATIENCE)
    gauge.stop()
    run = up.rest.get(path)
    began, end = (datetime.fromisoformat(run[key]) for key in ("start_date", "end_date"))
    found = tasks(up, path)
    ends = Counter((t["task_id"], t["state"]) for t in found)
    say(
        f"{(end - began).total_seconds():.0f} s, cores {gauge.busy:.0f}% busy, at most {gauge.most / 1e6:.0f} MB; "
        + ", ".join(f"{task} {state} {count}" for (task, state), count in sorted(ends.items()))
    )
    return found


def prove(folder: Path, asked: argparse.Namespace) -> list[str]:
    """Both runs; what was wrong."""
    names = [name(n, asked.ill) for n in range(asked.outlets)]
    sources, home, log = folder / "sources.toml", folder / "home", folder / "requests"
    home.mkdir()
    sources.write_text("\n".join(ENTRY.format(name=n, url=f"http://{address(i)}:{PORT}") for i, n in enumerate(names)))
    wrong: list[str] = []
    env = {
        "DATELINE_SOURCES": str(sources),
        "DATELINE_ALLOW_PRIVATE": "1",
        "DATELINE_CONTACT": "mailto:proof@localhost",
    }
    with serving(asked.outlets, asked.ill, asked.stories, asked.latency, log):
        gauge = Gauge(home)
        with Up(home, **env) as up:
            run = up.rest.newest_run("crawl")
            assert run
            found = measure(up, f"/api/v2/dags/crawl/dagRuns/{run['dag_run_id']}", gauge)
            red = {t["rendered_map_index"] for t in found if t["state"] == "failed"}
            claims(wrong, red == set(names[: asked.ill]), f"exactly the {asked.ill} ill outlets are red")
            stories = (asked.outlets - asked.ill) * asked.stories
            claims(
                wrong, up.ask("select count(*) as count from articles").count == stories, f"{stories} stories stored"
            )
            make_due(home)
            measure(up, trigger(up.rest, "crawl", {}), Gauge(home))
    lines = [line.split() for line in log.read_text().splitlines()]
    asked_for = Counter((at, where) for _, at, _, where, status in lines if status == "200" and "/news/" in where)
    claims(wrong, set(asked_for.values()) == {1}, f"each asked for once; {len(lines)} requests in all")
    return wrong


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--outlets", type=int, default=1000)
    cli.add_argument("--ill", type=int, default=10)
    cli.add_argument("--stories", type=int, default=5)
    cli.add_argument("--latency", type=float, default=0.2)
    asked = cli.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-proof-") as folder:
        Path(folder).chmod(0o711)
        return int(bool(prove(Path(folder), asked)))


if __name__ == "__main__":
    sys.exit(main())
