"""Find the stories of outlets through each kind of endpoint alone, then crawl them twice at once, and read their log.

    python -m tests.proofs.kinds --sources SOURCES.toml --access-log FILE

The outlets are served by somebody else, on loopback: SOURCES.toml lists them, and FILE has a line a request: seconds,
address, method, path, status. Each has at least one of feed, sitemap, news sitemap (/news-sitemap.xml) and front page.
Printed: the stories stored through each kind alone, the paths below /private/ that were asked for, and the closest two
requests to one address while two processes crawl it at once. Exit 0 when every kind finds stories, no forbidden path
was asked for, and no two requests were closer than the outlets' delay.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit

from dateline.postgres import Server
from pipelines.database import Database
from pipelines.migrating import migrate
from tests.commands import DATELINE
from tests.proofs.kill_loop import count, reachable

DELAY = 1.0
SLACK = 0.005  # seconds by which two clocks and a log may disagree
KINDS: dict[str, dict[str, Any]] = {
    "feed": {"discover": ["feed"]},
    "sitemap": {"discover": ["sitemap"]},
    "news sitemap": {"discover": ["sitemap"], "sitemaps": ["news-sitemap.xml"]},
    "front page": {"discover": ["front"]},
}


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--sources", type=Path, required=True)
    cli.add_argument("--access-log", type=Path, required=True)
    options = cli.parse_args()
    outlets = tomllib.loads(options.sources.read_text())["source"]
    with (
        tempfile.TemporaryDirectory(prefix="dateline-proof-") as name,
        reachable(Path(name)) as folder,
        Server(folder / "home").running() as server,
    ):
        stored = {kind: alone(server, folder, outlets, kind) for kind in KINDS}
        begun = len(requests(options.access_log))
        together(server, folder, outlets)
    log = requests(options.access_log)
    forbidden = [path for _, _, path in log if path.startswith("/private/")]
    closest = min(gaps(log[begun:]), default=0.0)
    print(f"{len(forbidden)} forbidden paths asked for; two crawls at once: closest two requests {closest:.3f} s apart")
    return int(not all(stored.values()) or bool(forbidden) or closest < DELAY - SLACK)


def alone(server: Server, folder: Path, outlets: Sequence[Mapping[str, Any]], kind: str) -> int:
    """Crawl all outlets through one kind of endpoint; how many stories were stored."""
    name = kind.replace(" ", "_")
    entries = [entry(outlet, outlet["name"], KINDS[kind]) for outlet in outlets]
    environment = environment_of(server, folder, name, entries)
    done = subprocess.run(
        [DATELINE, "crawl", "--all", "--allow-private"], env=environment, capture_output=True, check=False
    )
    with Database(server.url(name), 1) as database:
        stored = count(database, "select count(*) as n from articles")
        listed = count(database, "select count(*) as n from pages")
    print(f"{kind:>14}: {stored} stored of {listed} listed, exit {done.returncode}", flush=True)
    return stored


def together(server: Server, folder: Path, outlets: Sequence[Mapping[str, Any]]) -> None:
    """Two processes crawl every outlet at once, each under another name: the hosts are the same."""
    halves = {half: [f"{outlet['name']} {half}" for outlet in outlets] for half in ("one", "two")}
    entries = [entry(outlet, f"{outlet['name']} {half}", {}) for half in halves for outlet in outlets]
    environment = environment_of(server, folder, "together", entries)
    crawls = []
    for names in halves.values():
        chosen = [word for name in names for word in ("--source", name)]
        command = [DATELINE, "crawl", *chosen, "--allow-private"]
        crawls.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    codes = [crawl.wait() for crawl in crawls]
    with Database(server.url("together"), 1) as database:
        stored = count(database, "select count(*) as n from articles")
        with database.transaction() as cursor:
            cursor.execute("select url, outcome, detail from pages where outcome is distinct from 'stored'")
            for row in cursor:
                print(f"  {row.outcome} {row.url} {row.detail}")
    print(f"{'two at once':>14}: {stored} stored, exits {codes}", flush=True)


def entry(outlet: Mapping[str, Any], name: str, more: Mapping[str, Any]) -> dict[str, Any]:
    """An outlet's entry; addresses of sitemaps are relative to it."""
    sitemaps = [f"{outlet['url'].rstrip('/')}/{path}" for path in more.get("sitemaps", ())]
    own = {"name": name, "url": outlet["url"], "delay": DELAY}
    return own | dict(more) | ({"sitemaps": sitemaps} if sitemaps else {})


def environment_of(server: Server, folder: Path, name: str, entries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What a crawl of these entries runs in, with a database of its own."""
    server.ensure_database(name)
    migrate(server.url(name))
    sources = folder / f"{name}.toml"
    sources.write_text(tomlkit.dumps({"source": list(entries)}))
    return os.environ | {
        "DATELINE_HOME": str(folder / f"state-{name}"),
        "DATELINE_SOURCES": str(sources),
        "DATELINE_DATABASE_URL": server.url(name),
    }


def requests(log: Path) -> list[tuple[float, str, str]]:
    """Moment, address and path of every request in the log."""
    rows = [line.split() for line in log.read_text().splitlines() if line.strip()]
    return [(float(row[0]), row[1], row[3]) for row in rows]


def gaps(log: Sequence[tuple[float, str, str]]) -> list[float]:
    """The seconds between each request and the one before it to the same address."""
    moments = defaultdict(list)
    for at, address, _ in log:
        moments[address].append(at)
    pairs = ((sorted(times), sorted(times)[1:]) for times in moments.values())
    return [later - earlier for times, rest in pairs for earlier, later in zip(times, rest, strict=False)]


if __name__ == "__main__":
    sys.exit(main())
