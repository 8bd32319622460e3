"""Crawl hostile outlets beside healthy ones: does each fault come to its name, and do the healthy ones not notice?

    python -m tests.proofs.hostile_outlets [--only PART_OF_A_NAME ...] [--keep FOLDER]

Every outlet is a server on an address of its own in 127.2.0.0/16; what it does is in tests.proofs.behaviours, with the
outcome that is right. The healthy outlets are crawled alone, beside as many honest outlets as there are hostile ones
(which shows what their number costs, whatever they do), and among the hostile ones, each time in one command. Printed:
a table of behaviour, outcome and seconds, the faults, the rates of the healthy outlets, and the memory of the crawler.
Exit 0 when all is as expected, else 1.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from dateline.postgres import Server
from pipelines.database import Database, DatabaseError
from pipelines.migrating import migrate
from tests.commands import DATELINE
from tests.documents import Entry, article_html, prose
from tests.proofs.behaviours import ALL
from tests.proofs.behaviours.connections import authority
from tests.proofs.behaviours.hostile import FEED, Hostile, lay_honest, named
from tests.site import Site

DELAY = 0.5  # seconds between two requests to an outlet
LIMIT = 40
HEALTHY, STORIES = 10, 30
MOST_SECONDS = 600.0
MOST_MEMORY = 400.0  # MB of the crawling process; its workers have limits of their own
LEAST_RATE = 0.9  # of what the healthy outlets do beside as many honest ones

Outlets = Sequence[tuple[Hostile, Site]]


@dataclass(frozen=True, slots=True)
class Crawled:
    """A crawl that has ended."""

    code: int | None
    seconds: float
    memory: float
    summary: dict[str, Any]
    said: str


@dataclass(frozen=True, slots=True)
class Found:
    """What one outlet came to."""

    name: str
    outcome: str
    seconds: float
    faults: tuple[str, ...]


def healthy(number: int) -> Site:
    """An outlet of thirty stories."""
    site = Site(f"127.2.1.{number + 1}")
    paths = [f"/news/a-story-about-the-harbour-{n}.html" for n in range(STORIES)]
    for n, path in enumerate(paths):
        seed = f"{number} {n}"
        site.page(path, article_html(f"The harbour of town {number}, part {n}", prose(seed), published="2026-03-04"))
    site.rss(FEED, [Entry(path, f"The harbour, part {n}") for n, path in enumerate(paths)])
    return site


@contextmanager
def running(behaviours: Sequence[Hostile]) -> Iterator[Outlets]:
    """The hostile outlets, each on its address."""
    with ExitStack() as stack:
        outlets = []
        for number, hostile in enumerate(behaviours):
            site = stack.enter_context(hostile.make(f"127.2.0.{number + 1}"))
            lay_honest(site)
            hostile.lay(site)
            outlets.append((hostile, site))
        yield outlets


def entry(name: str, site: Site, **more: Any) -> str:
    """An entry of sources.toml."""
    keys = {"name": name, "url": site.url, "delay": DELAY} | {key: named(site, value) for key, value in more.items()}
    return "[[source]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())


def crawl(folder: Path, url: str, sources: str) -> Crawled:
    """Crawl all these outlets with one command, watched from outside."""
    folder.mkdir()
    (folder / "sources.toml").write_text(sources)
    environment = os.environ | {
        "DATELINE_HOME": str(folder / "state"), "DATELINE_SOURCES": str(folder / "sources.toml"),
        "DATELINE_DATABASE_URL": url, "SSL_CERT_FILE": str(authority().file),
    }  # fmt: skip
    command = [DATELINE, "crawl", "--all", "--allow-private", "--limit", str(LIMIT), "--json"]
    began = time.monotonic()
    with (folder / "out").open("w") as out, (folder / "err").open("w") as err:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=err)
        memory = watch(process, began + MOST_SECONDS)
    seconds = time.monotonic() - began
    if process.poll() is None:
        process.kill()
        process.wait()
        return Crawled(None, seconds, memory, {}, "it did not end")
    lines = (folder / "out").read_text().splitlines()
    summary = json.loads(lines[-1]) if lines else {}
    return Crawled(process.returncode, seconds, memory, summary, (folder / "err").read_text())


def watch(process: subprocess.Popen[bytes], until: float) -> float:
    """The most memory in MB that the process had at any moment, as the kernel tells."""
    most = 0.0
    while process.poll() is None and time.monotonic() < until:
        try:
            lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        except OSError:
            break
        peaks = [float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")]
        most = max([most, *peaks])
        time.sleep(0.2)
    return most


def rows(database: Database, query: str, *parameters: object) -> list[Any]:
    """What the query gives."""
    with database.transaction() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


OUTCOMES = """
    select p.url, p.outcome, p.detail from pages p join sources s on s.id = p.source_id where s.name = %s
    union all
    select e.url, e.outcome, e.detail from endpoints e join sources s on s.id = e.source_id where s.name = %s
"""
RUN = """
    select r.outcome, r.reason, extract(epoch from r.finished_at - r.started_at)::float as seconds
    from runs r join sources s on s.id = r.source_id where s.name = %s
"""
TEXT = "select a.title || chr(10) || a.text as text from articles a where a.url = %s"
LAST_STORE = """
    select s.name, count(*) as stored, extract(epoch from max(f.at) - min(r.started_at))::float as seconds
    from fetches f join runs r on r.id = f.run_id join sources s on s.id = r.source_id
    where f.outcome = 'stored' and s.name like 'healthy %%' group by s.name
"""


def judge(database: Database, hostile: Hostile, site: Site) -> Found:
    """What came of an outlet, beside what was to come of it."""
    found = {row.url: (row.outcome or "-", row.detail) for row in rows(database, OUTCOMES, *[hostile.name] * 2)}
    faults, seen = [], []
    for path, expected in hostile.expected.items():
        outcome, detail = found.get(site.at(path), ("-", None))
        seen.append(outcome)
        if outcome not in expected.split("|"):
            faults.append(f"{path} came to {outcome}, not {expected}: {detail}")
    for path, words in hostile.says.items():
        text = "".join(row.text for row in rows(database, TEXT, site.at(path)))
        if words not in text or "Forged" in text:
            faults.append(f"{path} does not say {words!r} but {text[:80]!r}")
    run = next(iter(rows(database, RUN, hostile.name)), None)
    if run is None or run.outcome not in hostile.run.split("|"):
        faults.append(f"its run is {run and run.outcome}, not {hostile.run}: {run and run.reason}")
    if len(site.requests) > hostile.most:
        faults.append(f"{len(site.requests)} requests, more than {hostile.most}")
    if complaint := hostile.check(site):
        faults.append(complaint)
    return Found(hostile.name, " ".join(seen), run.seconds if run and run.seconds else 0.0, tuple(faults))


def rate(database: Database) -> tuple[float, int]:
    """Stories a second of a healthy outlet, from the start of its crawl to its last one stored, and how many in all."""
    found = rows(database, LAST_STORE)
    return fmean(row.stored / row.seconds for row in found) if found else 0.0, sum(row.stored for row in found)


def show(found: Sequence[Found]) -> None:
    """Print the table: the outcomes in the order of the behaviour's paths, the list before the stories."""
    for row in found:
        print(f"{'FAULT' if row.faults else 'ok':5}  {row.seconds:6.1f} s  {row.name:52}  {row.outcome}")
    for row in (r for r in found if r.faults):
        print(f"\n{row.name}:", *row.faults, sep="\n  ")


def prove(behaviours: Sequence[Hostile], folder: Path, server: Server) -> list[str]:
    """Crawl the healthy alone, beside honest outlets, and among the hostile; print what came of it. All faults."""
    honest = [Hostile(f"honest {n}", lambda _site: None, {}) for n in range(len(behaviours))]
    alone, rate_alone, _, _ = run("alone", [], folder, server)
    beside, rate_beside, _, _ = run("beside", honest, folder, server)
    among, rate_among, stored, found = run("among", behaviours, folder, server)
    show(found)
    kept = rate_among / rate_beside if rate_beside else 0.0
    print(f"\n{len(behaviours)} behaviours, {sum(1 for f in found if f.faults)} with faults")
    print(f"ended by itself: exit {among.code} after {among.seconds:.0f} s; alone {alone.seconds:.0f} s, "
          f"beside as many honest outlets {beside.seconds:.0f} s")  # fmt: skip
    print(f"memory of the crawler: {among.memory:.0f} MB; alone {alone.memory:.0f} MB, beside {beside.memory:.0f} MB")
    print(f"healthy outlets: {stored} stored; a second each {rate_alone:.2f} alone, {rate_beside:.2f} beside honest "
          f"ones, {rate_among:.2f} among hostile ones: {kept:.0%}")  # fmt: skip
    bounds = {
        f"the crawl ended with {among.code}: {among.said[-500:]}": among.code == 0,
        "an exception went unforeseen": "Traceback" not in among.said,
        f"{stored} healthy stories were stored": stored == HEALTHY * STORIES,
        f"{among.memory:.0f} MB": among.memory < MOST_MEMORY,
        f"the healthy outlets kept {kept:.0%} of their rate": kept >= LEAST_RATE,
    }
    return [f.name for f in found if f.faults] + [fault for fault, is_fine in bounds.items() if not is_fine]


def run(
    name: str, behaviours: Sequence[Hostile], folder: Path, server: Server
) -> tuple[Crawled, float, int, list[Found]]:
    """One crawl of the healthy outlets and these, from an empty database; their rate, their stories, and the others."""
    server.ensure_database(name)
    migrate(server.url(name))
    with ExitStack() as stack:
        well = [stack.enter_context(healthy(number)) for number in range(HEALTHY)]
        outlets = stack.enter_context(running(behaviours))
        entries = [entry(f"healthy {n}", site, feeds=[FEED]) for n, site in enumerate(well)]
        entries += [entry(hostile.name, site, **hostile.entry) for hostile, site in outlets]
        crawled = crawl(folder / name, server.url(name), "\n".join(entries))
        with Database(server.url(name), 1) as database:
            found = [judge(database, hostile, site) for hostile, site in outlets]
            return crawled, *rate(database), found


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--only", nargs="+", default=[""], help="behaviours whose name has one of these words in it")
    cli.add_argument("--keep", type=Path, help="leave what the crawls said in this folder")
    options = cli.parse_args()
    behaviours = [hostile for hostile in ALL if any(word in hostile.name for word in options.only)]
    with tempfile.TemporaryDirectory(prefix="dateline-proof-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the server's user, where root runs this, must be able to pass
        with Server(folder / "home", fsync="off").running() as server:
            faults = prove(behaviours, folder, server)
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            for crawled in ("alone", "beside", "among"):
                (options.keep / f"{crawled}.err").write_text((folder / crawled / "err").read_text())
    for fault in faults:
        print(f"FAULT: {fault}")
    return int(bool(faults))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DatabaseError as error:
        sys.exit(f"proof: {error}")
