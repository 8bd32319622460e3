"""Run the schedule over ill outlets beside healthy ones: exactly the ill are red, told once, and held back what fails.

    python -m tests.proofs.gates [--healthy 20]

Five outlets are ill, each in its own way: dead, refusing, without dates, at half its usual volume, below its floor;
the others are healthy. All have a history of eight weeks, written by SQL, and are served on loopback addresses of their
own. The DAG `crawl` runs twice in an Airflow with a database of its own (its `dag.test`, which runs the tasks one after
the other in one process), as do the commands that it starts. Exit 0 when each time exactly the ill ones are red and say
why, `dateline status` says the same, no task is upstream_failed, and one message went out in all; when each time the
undated stories are in quarantine with captures that can be read, and none of them in `articles`, and nothing of any
other outlet, though each healthy one has a brief among its stories; and when `dateline quarantine release` stores them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from dateline.airflow import DAGS, Airflow, metadata_database
from dateline.postgres import Server
from pipelines.database import Database
from pipelines.migrating import migrate
from tests import histories
from tests.commands import dateline
from tests.documents import Entry, article_html, front_html, prose
from tests.histories import Outlet, Row
from tests.site import Site

WEEKS = 8
STORIES, MANY = 6, 40  # on a feed today; many where a share of the day's stories has to weigh
SICK_DAYS = 6
# Runs the DAG and writes down how its tasks ended.
RUN = """
import json, sys
from crawl import crawl_dag
run = crawl_dag.test()
tasks = [{"task": t.task_id, "name": t.rendered_map_index, "state": t.state} for t in run.get_task_instances()]
json.dump({"state": run.state, "tasks": tasks}, open(sys.argv[1], "w"))
"""
# A notifier as a person would configure one; it writes to a file.
DESK = """
from airflow.sdk.bases.notifier import BaseNotifier

class Desk(BaseNotifier):
    template_fields = ("text",)

    def __init__(self, file, text):
        super().__init__()
        self.file, self.text = file, text

    def notify(self, context):
        with open(self.file, "a") as file:
            file.write(self.text + "\\n\\n")
"""


@dataclass(frozen=True)
class Ill:
    """An outlet that is ill: the state that is right, what its reason says, and its gates in sources.toml."""

    state: str
    reason: str
    gates: str = ""
    mean: float = 20


ILL = {
    "dead": Ill("failing", "crawls in a row failed: "),
    "refusing": Ill("degraded", "refused "),
    "undated": Ill("degraded", "undated "),
    "halved": Ill("degraded", "whole days, usually ", mean=100),
    "below": Ill("degraded", "at least 60 are wanted", "floor = 60"),
}


def lay(name: str, site: Site) -> None:
    """The stories of an outlet of today, with what is wrong with them."""
    count = MANY if name in ("refusing", "undated") else STORIES
    today = None if name == "undated" else datetime.now(UTC).isoformat(timespec="seconds")
    entries = []
    for n in range(count):
        path, title = f"/news/the-{name}-harbour-story-{n}.html", f"The {name} harbour story, part {n}"
        if name == "refusing" and n % 4:
            site.fail(path, 403)
        else:
            brief = name not in ILL and n == 0
            text = prose(f"{name} {n}", 1, 2) if brief else prose(f"{name} {n}")
            site.page(path, article_html(title, text, published=today))
        entries.append(Entry(path, title))
    site.page("/", front_html({}, head='<link rel="alternate" type="application/rss+xml" href="/feed.xml">'))
    site.rss("/feed.xml", entries)
    if name == "dead":
        for path in ("/", "/feed.xml", "*"):
            site.fail(path, 500)


def history(name: str, today: date) -> Outlet:
    """Eight weeks of it."""

    def halve(day: date, row: Row) -> None:
        if name == "halved" and day >= today - timedelta(days=SICK_DAYS):
            row["stories"] = int(str(row["stories"])) // 2

    return Outlet(name, ILL[name].mean if name in ILL else 20, words=200, twist=halve)


def write_history(archive: Database, names: list[str]) -> None:
    """Write it, up to yesterday; the dead outlet failed twice since, and all are due."""
    today = datetime.now(UTC).date()
    histories.write(archive, [history(name, today) for name in names], today - timedelta(days=1), 7 * WEEKS)
    with archive.transaction() as cursor:
        cursor.execute("update sources set failures = 2, last_outcome = 'failed' where name = 'dead'")


def make_due(archive: Database) -> None:
    """Have the schedule crawl every outlet now."""
    with archive.transaction() as cursor:
        cursor.execute("update sources set due_at = now()")
        cursor.execute("update endpoints set due_at = now()")


def run_dag(env: Mapping[str, str], folder: Path) -> tuple[dict[str, Any], str]:
    """How a run of the DAG `crawl` and its tasks ended, and all that they said."""
    report = folder / "report.json"
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(report)], env=dict(env), cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"proof: the DAG could not be run:\n{done.stdout}\n{done.stderr}")
    found: dict[str, Any] = json.loads(report.read_text())
    return found, done.stdout + done.stderr


def faults(ran: dict[str, Any], said: str, judged: dict[str, dict[str, Any]]) -> list[str]:
    """What is not as it should be after a run."""
    found = []
    red = {t["name"]: t["state"] for t in ran["tasks"] if t["task"] == "outlet"}
    if red != dict.fromkeys(ILL, "failed"):
        found.append(f"red are {red}")
    others = {t["task"]: t["state"] for t in ran["tasks"] if t["task"] != "outlet"}
    if set(others.values()) - {"success", "skipped"} or others["summary"] != "success" or ran["state"] != "failed":
        found.append(f"the run is {ran['state']}, its tasks {others}")
    for name, ill in ILL.items():
        state, reason = judged[name]["state"], judged[name]["reason"] or ""
        if state != ill.state or ill.reason not in reason or f"{name}: {state}: {reason[:60]}" not in said:
            found.append(f"{name} is {state}: {reason}")
    unwell = {name: o["reason"] for name, o in judged.items() if name not in ILL and o["state"] != "well"}
    return [*found, *(f"{name} should be well: {reason}" for name, reason in unwell.items())]


def held_back(archive: Database, env: Mapping[str, str], healthy: list[str]) -> list[str]:
    """What is wrong with what is held back, and with what is stored beside it."""
    with archive.transaction() as cursor:
        cursor.execute(HELD)
        held = {(row.source, row.reason): (row.stories, row.captures, row.decided) for row in cursor}
        cursor.execute(
            "select s.name, count(*) as stories from articles a join sources s on s.id = a.source_id group by 1"
        )
        stored = {row.name: row.stories for row in cursor}
        cursor.execute("select count(*) as released from quarantine where released_at is not null")
        released = cursor.fetchone().released
    print(f"  held back: {held}; released when the crawl ended: {released}; stored: {sum(stored.values())}")
    found = [] if held == {("undated", "held_undated"): (MANY, MANY, MANY)} else [f"held back are {held}"]
    wrong = {name: stored.get(name, 0) for name in healthy if stored.get(name, 0) != STORIES}
    found += [f"stored are {wrong}"] if wrong or "undated" in stored else []
    found += [] if released else ["no brief of a healthy outlet was held until its crawl ended"]
    checked = dateline(env, "captures", "check")
    return found if checked.code == 0 else [*found, checked.complaint]


HELD = """
    select q.source, q.reason, count(*) as stories, count(c.warc_file) as captures, count(q.decided_at) as decided
    from quarantined q left join captures c on c.id = q.capture_id group by 1, 2
"""


def release(archive: Database, env: Mapping[str, str]) -> list[str]:
    """What is wrong with the release of what is held back."""
    done = dateline(env, "quarantine", "release", "--source", "undated", "--json")
    with archive.transaction() as cursor:
        cursor.execute(
            "select count(*) as stories, count(a.published_at) as dated, (select count(*) from quarantined) as held"
            " from articles a join sources s on s.id = a.source_id where s.name = 'undated'"
        )
        stories, dated, held = cursor.fetchone()
    print(f"released: {done.out.strip()}; {stories} stored, {dated} of them dated; {held} held back")
    return [] if (done.code, stories, dated, held) == (0, MANY, 0, 0) else [f"released: exit {done.code}, {done.err}"]


def prove(folder: Path, server: Server, healthy: int) -> list[str]:
    """Both runs; what was wrong."""
    names = [*ILL, *(f"healthy-{n:02}" for n in range(1, healthy + 1))]
    server.ensure_database("dateline")
    migrate(server.url("dateline"))
    found: list[str] = []
    with ExitStack() as stack:
        archive = stack.enter_context(Database(server.url("dateline"), 1))
        sites = {name: stack.enter_context(Site(f"127.6.0.{n}")) for n, name in enumerate(names, 1)}
        for name, site in sites.items():
            lay(name, site)
        write_history(archive, names)
        env = environment(folder, server, sites)
        subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], env=env, check=True, capture_output=True)
        dateline(env, "sources", "sync")
        for number in (1, 2):
            make_due(archive)
            ran, said = run_dag(env, folder)
            told = dateline(env, "status", "--all", "--json").summary
            judged = {outlet["name"]: outlet for outlet in told["outlets"]}
            print(f"run {number}: {ran['state']}; {told['counts']}")
            for task in ran["tasks"]:
                print(f"  {task['task']:12} {task['name'] or '':24} {task['state']}")
            print(
                "\n".join(f"  {name:12} {judged[name]['state']}: {judged[name]['reason']}" for name in ILL), flush=True
            )
            wrong = faults(ran, said, judged) + held_back(archive, env, names[len(ILL) :])
            found += [f"run {number}: {fault}" for fault in wrong]
        print(dateline(env, "status").out, flush=True)
        found += release(archive, env)
    return found + untold(folder / "messages")


def untold(messages: Path) -> list[str]:
    """What is wrong with the messages that went out."""
    text = messages.read_text() if messages.exists() else ""
    print(f"told, in both runs:\n{text.strip()}")
    lines = [line.split(" is ")[0] for line in text.splitlines() if ": " in line]
    return [] if sorted(lines) == sorted(ILL) else [f"told of {lines}"]


def environment(folder: Path, server: Server, sites: Mapping[str, Site]) -> dict[str, str]:
    """Of Airflow and of the commands."""
    entries = (
        f'[[source]]\nname = "{name}"\nurl = "{site.url}"\ndelay = 0\n{ILL[name].gates if name in ILL else ""}\n'
        for name, site in sites.items()
    )
    (folder / "sources.toml").write_text("".join(entries))
    (folder / "desk.py").write_text(DESK)
    desk = {"notifier": "desk.Desk", "file": str(folder / "messages"), "text": "{{ message }}"}
    base = {k: v for k, v in os.environ.items() if not k.startswith(("DATELINE_", "AIRFLOW"))} | {
        "DATELINE_DATABASE_URL": server.url("dateline"),
        "DATELINE_HOME": str(folder / "home"),
        "DATELINE_SOURCES": str(folder / "sources.toml"),
        "DATELINE_ALLOW_PRIVATE": "1",
        "DATELINE_NOTIFIERS": json.dumps([desk]),
        "PYTHONPATH": f"{folder}:{DAGS}",
    }
    airflow = Airflow(folder / "airflow", metadata_database(server.url("dateline"), embedded=True), 1)
    return airflow.environment(base)


def main() -> int:
    """Run it on an embedded server of its own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--healthy", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-gates-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with Server(folder / "server", fsync="off").running() as server:
            found = prove(folder, server, arguments.healthy)
    print("\n".join(found) or f"all as it should be: {len(ILL)} red, {arguments.healthy} green")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
