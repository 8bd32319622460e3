"""Start docker-compose.yml from nothing, crawl, and disturb it: kill a worker, restart Postgres, scale, stop, start.

    python -m tests.proofs.compose CORPUS_DIR [CORPUS_DIR ...] [--steps 1,2,3,4,5,6,7] [--keep]

Needs a Docker engine with Compose. Forty outlets are served by a container beside the others, each at an address of its
own; every step crawls them anew, as outlets that nobody knows yet. Steps 1 to 4 crawl pages of the corpus, 5 to 7 small
pages behind a latency, with one, two and four workers. Printed: how long each thing took, and for each step the pages
served, stored, stored twice and left over, the crawls that each worker ran, and the closest two requests to one host.
Exit 0 when nothing was lost or stored twice, no host was asked too soon, and all is still there after `down` and `up`.
Everything is taken away at the end, but for `--keep`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dateline import dotenv
from dateline.airflow import free_port
from dateline.rest import NoAnswer, Rest
from tests.bench.corpus import load
from tests.proofs.compose_outlets import FEWEST_PAGES, OUTLETS, PORT, STEPS, address, light_pages
from tests.proofs.kinds import SLACK, gaps, requests

ROOT = Path(__file__).resolve().parents[2]
DELAY, LIGHT_DELAY = 1.0, 2.0  # seconds between two requests to a host; long, so that processors are no bound
BATCH = 5  # outlets: forty are eight batches
PATIENCE = 1200.0  # seconds a step may take
UP = ("up", "--detach", "--wait")

ENTRY = """
[[source]]
name = "step-{step}-{n:02}"
url = "http://{at}:{port}/"
sitemaps = ["http://{at}:{port}/sitemap.xml"]
discover = ["sitemap"]
delay = {delay}
cadence = "1d"
"""

# Of the archive; {0} is the number of the step.
OF_STEP = "join sources s on s.id = source_id and s.name like 'step-{0}-%'"
STORED = f"select count(*) from articles {OF_STEP}"
URLS = f"select count(distinct canonical_url) from articles {OF_STEP}"
SKIPPED = f"select count(*) from pages {OF_STEP} where outcome = 'skipped'"
# A page that takes more than its two seconds of a processor, as some do where many share one.
QUARANTINED = """
    select count(distinct page_id) from quarantine join pages p on p.id = page_id
    join sources s on s.id = p.source_id and s.name like 'step-{0}-%'
"""
LEFT = f"select count(*) from pages {OF_STEP} where outcome is null or leased_by is not null"
DONE = "select count(*) from sources where name like 'step-{0}-%' and last_outcome = 'done'"
RUNNING = f"select count(*) from runs {OF_STEP} where outcome = 'running'"
BY_WORKER = f"select split_part(worker, ':', 1), count(*) from runs {OF_STEP} group by 1 order by 2 desc, 1"
AT_WORK = BY_WORKER.replace("group by", "where outcome = 'running' group by")
HOLDINGS = "select (select count(*) from articles), (select count(*) from captures), (select count(*) from runs)"

# Of Airflow's metadata.
BATCHES = "select state, count(*) from task_instance where task_id = 'crawl_batch' and map_index >= 0 group by 1"
DAG_RUNS = "select state, count(*) from dag_run where dag_id = 'crawl' group by 1 order by 1"


class Stack:
    """The services of docker-compose.yml and the outlets, as a project of their own with everything in one folder."""

    def __init__(self, folder: Path, corpus: Sequence[Path]) -> None:
        self.folder = folder
        self.port = free_port(8080)
        self.outlets = folder / "outlets"
        self.log = folder / "served" / "log"
        self.outlets.mkdir()
        self.log.parent.mkdir()
        (self.outlets / "sources.toml").touch()
        dotenv.write(folder / ".env", dotenv.content("mailto:proof@example.org"), 0o600)
        (folder / "override.json").write_text(json.dumps(override(self.log.parent, corpus)))
        self.environment = os.environ | {
            "COMPOSE_PROJECT_NAME": "dateline-proof",
            "AIRFLOW_PORT": str(self.port),
            "SOURCES_FOLDER": str(self.outlets),
            "DATELINE_TAG": "proof",
            "DATELINE_SCHEDULE": "* * * * *",
            "DATELINE_BATCH_SIZE": str(BATCH),
        }

    def compose(self, *arguments: str, workers: int = 2) -> str:
        """What `docker compose` prints; its failure ends the proof."""
        done = self.run(*arguments, workers=workers)
        if done.returncode:
            raise SystemExit(f"proof: docker compose {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def run(self, *arguments: str, workers: int = 2) -> subprocess.CompletedProcess[str]:
        """How `docker compose` ended."""
        files = ("-f", f"{ROOT}/docker-compose.yml", "-f", f"{self.folder}/override.json")
        command = ("docker", "compose", "--progress", "quiet", "--env-file", f"{self.folder}/.env", *files, *arguments)
        environment = self.environment | {"DATELINE_WORKERS": str(workers)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def ask(self, query: str, database: str = "dateline") -> list[list[str]]:
        """Rows of a query on one of the databases; none while the server is away."""
        psql = ("exec", "-T", "postgres", "psql", "-XtA", "-F", "|", "-U", "postgres", "-d", database, "-c", query)
        done = self.run(*psql)
        return [] if done.returncode else [line.split("|") for line in done.stdout.splitlines() if line]

    def list_outlets(self, step: int) -> None:
        """Put the outlets of this step, and no others, in sources.toml; as editors do it, by renaming."""
        entries = (
            ENTRY.format(step=step, n=n, at=address(step, n), port=PORT, delay=delay(step)) for n in range(OUTLETS)
        )
        fresh = self.outlets / "new.toml"
        fresh.write_text("".join(entries))
        fresh.replace(self.outlets / "sources.toml")

    def log_in(self) -> str:
        """Log in to Airflow with the password of .env, as a person would; its version."""
        lines = (self.folder / ".env").read_text().splitlines()
        password = next(line.partition("=")[2] for line in lines if line.startswith("AIRFLOW_ADMIN_PASSWORD="))
        return str(Rest(self.port, "admin", password).get("/api/v2/version")["version"])


def override(served: Path, corpus: Sequence[Path]) -> dict[str, Any]:
    """What the proof adds to docker-compose.yml: the outlets, and leave to fetch from their private addresses."""
    folders = {f"/corpus/{n}": folder.resolve() for n, folder in enumerate(corpus)}
    outlets = {
        "image": "dateline:proof",
        "user": "0:0",
        "cap_add": ["NET_ADMIN"],
        "working_dir": "/project",
        "command": ["python", "-m", "tests.proofs.compose_outlets", "/served/log", *folders],
        "volumes": [f"{ROOT}:/project:ro", f"{served}:/served", *(f"{f}:{at}:ro" for at, f in folders.items())],
        "networks": ["world"],
        "stop_grace_period": "1s",
    }
    network = {"ipam": {"config": [{"subnet": "10.89.0.0/16", "ip_range": "10.89.0.0/24"}]}}
    private = {"environment": {"DATELINE_ALLOW_PRIVATE": "1"}}
    return {"services": {"outlets": outlets, "airflow-worker": private}, "networks": {"world": network}}


class Crawl:
    """One step: the outlets of the step crawled by the schedule, and what came of it."""

    def __init__(self, stack: Stack, step: int, served: int) -> None:
        self.stack = stack
        self.step = step
        self.served = served
        self.began = time.monotonic()
        stack.list_outlets(step)
        say(f"step {step}, {STEPS[step].name}: {OUTLETS} outlets and {served} pages that are new")

    def number(self, query: str) -> int:
        """The one number that a query on the archive gives; 0 while the server is away."""
        rows = self.stack.ask(query.format(self.step))
        return int(rows[0][0]) if rows else 0

    def to_the_middle(self) -> None:
        """Wait until a third is stored."""
        wait("a third of the crawl", lambda: self.number(STORED) > self.served // 3, every=0.5)
        say(f"  {self.number(STORED)} are stored")

    def to_the_end(self) -> None:
        """Wait until every outlet is done and every batch has ended."""
        wait("the end of the crawl", lambda: self.number(DONE) == OUTLETS and self.number(RUNNING) == 0)
        wait("the end of the batches", lambda: {row[0] for row in self.batches()} <= {"success", "failed"})
        dag_runs = ", ".join(f"{count} {state}" for state, count in self.stack.ask(DAG_RUNS, "airflow"))
        batches = ", ".join(f"{count} {state}" for state, count in self.batches())
        say(f"  done after {time.monotonic() - self.began:.0f} s; so far {dag_runs} runs, {batches} batches")

    def batches(self) -> list[list[str]]:
        """How many batches are in each state; one that is unknown while the database is away."""
        return self.stack.ask(BATCHES, "airflow") or [["unknown", "0"]]

    def log(self) -> list[tuple[float, str, str]]:
        """The requests to the outlets of this step."""
        here = address(self.step, 0).rpartition(".")[0] + "."
        return [row for row in requests(self.stack.log) if row[1].startswith(here)]

    def rate(self) -> float:
        """Pages a second between the first request and the last."""
        moments = [at for at, _, path in self.log() if path.startswith("/news/")]
        return len(moments) / (max(moments) - min(moments))

    def verdict(self, workers: int = 0) -> bool:
        """Print what came of it; whether nothing was lost or stored twice, and so many workers took part."""
        stored, skipped, left = self.number(STORED), self.number(SKIPPED), self.number(LEFT)
        quarantined, twice = self.number(QUARANTINED), stored - self.number(URLS)
        lost = self.served - stored - skipped - quarantined
        say(
            f"  {stored} stored, {skipped} not articles, {quarantined} in quarantine, "
            f"{lost} lost, {twice} twice, {left} left over"
        )
        by_worker = self.stack.ask(BY_WORKER.format(self.step))
        say("  outlets crawled by each worker: " + ", ".join(f"{worker} {count}" for worker, count in by_worker))
        closest = min(gaps(self.log()))
        say(f"  closest two requests to a host: {closest:.3f} s apart, {delay(self.step):g} s are asked for")
        is_polite = closest >= delay(self.step) - SLACK
        return not (lost or twice or left) and is_polite and len(by_worker) >= workers


def delay(step: int) -> float:
    """Seconds that the outlets of this step want between two requests."""
    return LIGHT_DELAY if STEPS[step].light else DELAY


def say(text: str) -> None:
    """Print with the time of day."""
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True)


def timed(stack: Stack, *arguments: str, workers: int = 2) -> None:
    """Run `docker compose`, and say how long it took."""
    began = time.monotonic()
    stack.compose(*arguments, workers=workers)
    say(f"docker compose {' '.join(arguments)}: {time.monotonic() - began:.0f} s")


def wait(what: str, condition: Callable[[], object], every: float = 2.0) -> None:
    """Wait until it holds; where that takes too long, it is the end of the proof."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > PATIENCE:
            raise SystemExit(f"proof: {what} did not come within {PATIENCE:.0f} s")
        time.sleep(every)


def undisturbed(crawl: Crawl) -> bool:
    """The schedule alone."""
    crawl.to_the_end()
    return crawl.verdict()


def worker_killed(crawl: Crawl) -> bool:
    """The worker with the most to do is killed in the middle."""
    crawl.to_the_middle()
    busy: list[list[str]] = []

    def somebody_works() -> bool:  # between two batches nobody does
        busy.extend(crawl.stack.ask(AT_WORK.format(crawl.step)))
        return bool(busy)

    wait("a worker with work", somebody_works, every=0.5)
    victim, outlets = busy[0]
    docker("kill", victim)
    say(f"  killed the worker {victim} with {outlets} outlets under way")
    crawl.to_the_end()
    docker("start", victim)
    return crawl.verdict()


def postgres_restarted(crawl: Crawl) -> bool:
    """The database goes away in the middle and comes back."""
    crawl.to_the_middle()
    timed(crawl.stack, "restart", "postgres")
    crawl.to_the_end()
    return crawl.verdict()


def scaled(crawl: Crawl) -> bool:
    """All four workers take part."""
    crawl.to_the_end()
    return crawl.verdict(workers=4)


DISTURBED = {2: worker_killed, 3: postgres_restarted, 4: scaled}
WORKERS = {4: 4, 5: 1, 6: 2, 7: 4}  # where a step has another number of them than the one before


def down_and_up(stack: Stack) -> bool:
    """Everything stopped and started again: is all still there?"""
    before = holdings(stack)
    timed(stack, "down")
    timed(stack, *UP)
    after = holdings(stack)
    say(f"  before: {before}; after: {after}")
    return before == after


def holdings(stack: Stack) -> str:
    """What there is to lose."""
    ((articles, captures, runs),) = stack.ask(HOLDINGS)
    find = ("sh", "-c", "find /var/lib/dateline/captures -name '*.warc.gz' | wc -l")
    files = stack.compose("exec", "-T", "airflow-worker", *find).strip()
    batches = sum(int(count) for _, count in stack.ask(BATCHES, "airflow"))
    return f"{articles} articles, {captures} captures in {files} files, {runs} runs, {batches} batches in Airflow"


def docker(*arguments: str) -> str:
    """What `docker` prints."""
    return subprocess.check_output(["docker", *arguments], text=True).strip()


@contextmanager
def started(corpus: Sequence[Path], *, keep: bool) -> Iterator[Stack]:
    """Built and up, from nothing; taken away with its volumes in the end."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-compose-"))
    folder.chmod(0o755)
    stack = Stack(folder, corpus)
    try:
        timed(stack, "build")
        say(f"  the image has {int(docker('image', 'inspect', '-f', '{{.Size}}', 'dateline:proof')) / 1e6:.0f} MB")
        timed(stack, *UP)
        say(f"  logged in to Airflow {stack.log_in()}")
        wait("the outlets", stack.log.exists)
        yield stack
    finally:
        if not keep:
            stack.compose("down", "--volumes", "--timeout", "20")
            shutil.rmtree(folder)


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("corpus", nargs="+", type=Path)
    cli.add_argument("--keep", action="store_true", help="leave everything running")
    cli.add_argument("--steps", default=",".join(map(str, STEPS)), help="numbers, with commas between")
    options = cli.parse_args()
    steps = [int(number) for number in options.steps.split(",")]
    corpus = sum(map(len, load(options.corpus, FEWEST_PAGES, OUTLETS).values()))
    light = sum(map(len, light_pages().values()))
    good: list[bool] = []
    rates: dict[int, float] = {}
    with started(options.corpus, keep=options.keep) as stack:
        for step in steps:
            if many := WORKERS.get(step):
                timed(stack, "stop", "airflow-worker")
                timed(stack, *UP, "--scale", f"airflow-worker={many}", workers=many)
            crawl = Crawl(stack, step, light if STEPS[step].light else corpus)
            good.append(DISTURBED.get(step, undisturbed)(crawl))
            if STEPS[step].light:
                rates[WORKERS[step]] = crawl.rate()
        good.append(down_and_up(stack))
    for many, rate in rates.items():
        print(
            f"{many} workers: {rate:.1f} pages a second, {rate / rates[min(rates)]:.2f} times as many as {min(rates)}"
        )
    print("good" if all(good) else "NOT good")
    return int(not all(good))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NoAnswer as error:
        sys.exit(f"proof: {error}")
