"""Stop and kill what a running crawl rests on, one thing after another: is what was fetched stored, what goes on, when?

    python -m tests.proofs.faults [--only WORD ...]

`dateline up` runs for real, with the DAG `crawl_once` and another that differs from it in a timeout of 20 s. For each
fault an outlet is served on loopback, its crawl is asked for over REST, and in the middle of it the fault happens.
Printed is a row a fault: how many stories were fetched and how many of them stored when the crawler was gone, after
how many seconds the outlet was asked for the next one, how many stories were asked for twice, how many processes were
left, and the end. Exit 0 when every run ends green with every story stored, no process is left, and the next story was
asked for within a minute; else 1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.airflows import Up, alive, ended, log, say, seconds_until, trigger
from tests.documents import Entry, article_html, prose
from tests.site import Site

CHECKOUT = Path(__file__).resolve().parents[2]
STORIES = 25  # at one a second
INTO_IT = 6  # stories that are fetched before the fault
SHORT = "crawl_once_short"
HEAD = (
    f"{'fault':28} {'fetched':>7} {'stored':>6} {'gone after':>10} {'goes on after':>13} {'twice':>5} {'left':>4}  end"
)

# `dateline up`, but with another folder of DAGs.
UP = """
import pathlib, sys
from dateline import airflow, main
airflow.DAGS = pathlib.Path(sys.argv.pop())
main.run()
"""


@dataclass
class Outlet:
    """An outlet of stories that is crawled once."""

    site: Site

    @property
    def feed(self) -> str:
        """Where its stories are listed."""
        return self.site.at("/feed.xml")

    def serve(self) -> None:
        """Fill it."""
        paths = [f"/news/{n}.html" for n in range(STORIES)]
        for n, path in enumerate(paths):
            self.site.page(path, article_html(f"The harbour, part {n}", prose(seed=n), published="2026-03-04"))
        self.site.rss("/feed.xml", [Entry(path, f"The harbour, part {n}") for n, path in enumerate(paths)])

    def fetched(self, after: float = 0.0) -> list[str]:
        """Stories that were asked for after that moment."""
        return [r.path for r in self.site.requests if r.path.startswith("/news/") and r.at > after]

    def stored(self, up: Up) -> int:
        """How many of its stories the archive has."""
        return int(up.ask(f"select count(*) as count from articles where url like '{self.site.url}%'").count)


@dataclass(frozen=True)
class Fault:
    """What happens in the middle of a crawl, and whether the crawler is gone then."""

    name: str
    strike: Callable[[Up], object]
    dag: str = "crawl_once"
    ends_crawl: bool = True


def crawler(up: Up) -> psutil.Process:
    """The process that crawls."""
    for process in psutil.process_iter(["cmdline", "environ"]):
        with suppress(psutil.NoSuchProcess):
            words = process.info["cmdline"] or []
            if "--urls-from" in words and (process.info["environ"] or {}).get("DATELINE_HOME") == str(up.home):
                return process
    raise LookupError("nobody crawls")


def task(up: Up) -> psutil.Process:
    """The process of the task, whose child the crawler is."""
    found = crawler(up).parent()
    assert found
    return found


def still_there(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended within five seconds."""
    return psutil.wait_procs(processes, 5)[1]


def restart(up: Up) -> None:
    """Kill all of it, look that nothing is left, and start it again."""
    up.kill()
    up.start()


FAULTS = (
    Fault("SIGTERM to the task", lambda up: task(up).terminate()),
    Fault("SIGKILL to the task", lambda up: task(up).kill()),
    Fault("the task times out", lambda _: None, dag=SHORT),
    Fault("SIGKILL to the crawler", lambda up: crawler(up).kill()),
    Fault("kill -9 of api-server", lambda up: up.service("api_server").kill(), ends_crawl=False),
    Fault("kill -9 of dag-processor", lambda up: up.service("dag-processor").kill(), ends_crawl=False),
    Fault("kill -9 of scheduler", lambda up: up.service("scheduler").kill()),
    Fault("kill -9 of dateline up", restart),
)


def suffer(up: Up, fault: Fault) -> bool:
    """Let it happen in the middle of a crawl, and print what became of it; whether all is as it should be."""
    with Site() as site:
        outlet = Outlet(site)
        outlet.serve()
        path = trigger(up.rest, fault.dag, {"urls": [outlet.feed], "depth": 0, "limit": 100})
        seconds_until(lambda: len(outlet.fetched()) >= INTO_IT, 180)
        crawling, below = crawler(up), crawler(up).children(recursive=True)
        at = time.monotonic()
        fault.strike(up)
        gone = at
        if fault.ends_crawl:
            seconds_until(lambda: not alive(crawling), 120)
            gone = time.monotonic()
        fetched, stored = len(set(outlet.fetched())), outlet.stored(up)
        left = len(still_there(below)) if fault.ends_crawl else 0
        seconds_until(lambda: outlet.fetched(after=gone) or outlet.stored(up) == STORIES, 300)
        again = next((r.at for r in site.requests if r.path.startswith("/news/") and r.at > gone), time.monotonic())
        state = ended(up.rest, path, 600)
        number = up.rest.get(f"{path}/taskInstances/crawl")["try_number"]
        twice = sum(count > 1 for count in Counter(outlet.fetched()).values())
        say(
            f"{fault.name:28} {fetched:7} {stored:6} {gone - at:10.1f} {again - at:13.1f} {twice:5} {left:4}  "
            f"{state}, try {number}, {outlet.stored(up)} of {STORIES} stored"
        )
        fine = state == "success" and outlet.stored(up) == STORIES and not left and again - at < 60
        if state != "success":
            say(log(up.rest, path, "crawl", number)[-1500:])
        return fine


def dags(folder: Path) -> Path:
    """The DAGs, and one with a short timeout."""
    shutil.copytree(CHECKOUT / "dags", folder, ignore=shutil.ignore_patterns("__pycache__"))
    text = (folder / "crawl_once.py").read_text(encoding="utf-8")
    short = text.replace('dag_id="crawl_once"', f'dag_id="{SHORT}"').replace(
        "timedelta(hours=1)", "timedelta(seconds=20)"
    )
    (folder / f"{SHORT}.py").write_text(short.replace("retries=4", "retries=9"), encoding="utf-8")
    return folder


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--only", nargs="*", default=[""])
    only = cli.parse_args().only
    with tempfile.TemporaryDirectory(prefix="dateline-proof-") as name:
        Path(name).chmod(0o711)
        home = Path(name) / "home"
        home.mkdir()
        command = [sys.executable, "-c", UP, "up", str(dags(Path(name) / "dags"))]
        with Up(home, command, DATELINE_CONTACT=os.environ.get("DATELINE_CONTACT", "mailto:proof@localhost")) as up:
            seconds_until(lambda: up.rest.dag(SHORT))
            say(HEAD)
            fine = [suffer(up, fault) for fault in FAULTS if any(word in fault.name for word in only)]
            say(f"kill -9 of dateline up: nothing of it is left after {up.kill():.1f} s")
    return int(not all(fine))


if __name__ == "__main__":
    sys.exit(main())
