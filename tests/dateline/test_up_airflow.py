"""`dateline up` for real, from an empty folder: its schedule, a crawl asked for over REST, and a sudden end."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from dateline.postgres import Server
from dateline.rest import Rest
from pipelines.database import Database

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has died"),
]

ADDRESS = re.compile(r"Airflow: http://127\.0\.0\.1:(\d+) \(user admin, password (\S+)\)")


@dataclass
class Running:
    """A `dateline up` that has shown its first rows."""

    process: psutil.Process
    said: str
    home: Path
    rest: Rest

    def tree(self) -> list[psutil.Process]:
        """It and all below it, and the embedded server."""
        server = int((Server(self.home).data / "postmaster.pid").read_text().split()[0])
        return [self.process, *self.process.children(recursive=True), psutil.Process(server)]

    def ask(self, query: str) -> Any:
        """The one row of a query on the archive."""
        with Database(Server(self.home).url("dateline"), 1) as archive, archive.transaction() as cursor:
            cursor.execute(query)
            return cursor.fetchone()


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """Started in an empty folder, so with the demo outlets; killed at the end, which no process may outlive."""
    home = Path(tempfile.mkdtemp(prefix="dateline-tests-"))
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DATELINE_", "AIRFLOW"))}
    env |= {"DATELINE_HOME": str(home), "DATELINE_SCHEDULE": "0 0 1 1 *"}  # one run at once, and no other in the way
    command = [str(Path(sys.executable).with_name("dateline")), "up"]
    process = subprocess.Popen(command, env=env, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C stops everything" in line:
            break
    found = ADDRESS.search(said)
    assert found, said
    running = Running(psutil.Process(process.pid), said, home, Rest(int(found[1]), "admin", found[2]))
    yield running
    tree = running.tree()
    process.kill()
    process.communicate()
    assert len(tree) > 6
    assert eventually(lambda: not [p for p in tree if p.is_running() and p.status() != psutil.STATUS_ZOMBIE], 20)
    shutil.rmtree(home)


def eventually(condition: Callable[[], object], seconds: float = 90) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.5)
    return bool(condition())


def schedulers(running: Running) -> list[psutil.Process]:
    """The scheduler itself: its workers are not our children."""
    children = {p.pid: p for p in running.process.children()}
    found = psutil.process_iter(["pid", "cmdline"])
    return [p for p in found if p.info["pid"] in children and "scheduler" in (p.info["cmdline"] or [])]


def states(running: Running, dag: str, run: str) -> dict[str, str]:
    tasks = running.rest.get(f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances", limit=100)["task_instances"]
    return {task["task_id"]: task["state"] for task in tasks}


def triggered(running: Running, dag: str, conf: dict[str, object]) -> str:
    """The path of a run of a DAG, triggered with this form, that has ended."""
    run = running.rest.post(f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None, "conf": conf})["dag_run_id"]
    path = f"/api/v2/dags/{dag}/dagRuns/{run}"
    assert eventually(lambda: running.rest.get(path)["state"] in ("success", "failed"))
    return path


def crawled_once(running: Running, conf: dict[str, object]) -> tuple[str, str]:
    """The state of a run of `crawl_once`, and its log."""
    path = triggered(running, "crawl_once", conf)
    log = running.rest.get(f"{path}/taskInstances/crawl/logs/1")["content"]
    said = [f"{line['event']} {[e['exc_value'] for e in line.get('error_detail') or []]}" for line in log]
    return running.rest.get(path)["state"], "\n".join(said)


def test_the_first_rows_are_on_the_screen(running: Running) -> None:
    articles = running.ask("select count(*) as count from articles").count
    assert articles > 5
    assert f"{articles} articles of 2 outlets in the archive" in running.said
    assert "no outlets in" in running.said and "psql -c 'select" in running.said


def test_the_schedule_is_green_and_its_summary_small(running: Running) -> None:
    run = running.rest.newest_run("crawl")
    assert run and run["state"] == "success" and run["run_type"] == "scheduled"
    found = states(running, "crawl", run["dag_run_id"])
    assert found == {
        "due": "success",
        "crawl_batch": "success",
        "bad_outlets": "success",
        "outlet": "skipped",
        "articles": "success",
        "notices": "skipped",
        "summary": "success",
    }
    path = f"/api/v2/dags/crawl/dagRuns/{run['dag_run_id']}/taskInstances/summary/xcomEntries/return_value"
    total = running.rest.get(path, deserialize="true")["value"]
    assert "'outlets': {'done': 2}" in str(total).replace('"', "'") and len(str(total)) < 500


def test_new_articles_are_an_event_of_their_asset(running: Running) -> None:
    (asset,) = running.rest.get("/api/v2/assets", name_pattern="dateline_articles")["assets"]
    events = running.rest.get("/api/v2/assets/events", asset_id=asset["id"])["asset_events"]
    (event,) = [e for e in events if e["source_dag_id"] == "crawl"]
    articles = running.ask("select count(*) as count from articles").count
    assert event["extra"] == {"stored": articles, "revised": 0, "unchanged": 0}


def test_the_past_is_taken_by_months(running: Running) -> None:
    path = triggered(
        running, "backfill", {"outlet": "the-harbour-courier", "since": "2026-10-20", "until": "2026-11-21"}
    )
    months = running.rest.get(f"{path}/taskInstances", task_id="month")["task_instances"]
    named = {month["rendered_map_index"]: month["state"] for month in months if month["task_id"] == "month"}
    assert named.keys() == {"the-harbour-courier 2026-11", "the-harbour-courier 2026-10"}
    assert running.ask("select count(*) as count from runs where trigger = 'backfill'").count == len(named), named


def test_a_crawl_can_be_asked_for(running: Running) -> None:
    url = running.ask("select url from articles order by id limit 1").url
    state, log = crawled_once(running, {"urls": [url], "depth": 0, "limit": 5})
    assert state == "success", log
    assert running.ask("select count(*) as count from runs where trigger = 'once' and outcome = 'done'").count == 1


def test_a_wrong_form_is_red_and_says_which_field(running: Running) -> None:
    state, log = crawled_once(running, {"urls": ["ftp://example.org/"], "colour": "red"})
    assert state == "failed"
    assert "urls: 'ftp://example.org/' is no web address" in log and "colour: there is no such field" in log


def test_it_listens_on_this_machine_alone(running: Running) -> None:
    listening = [c for p in running.tree() for c in p.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert listening and {c.laddr.ip for c in listening} == {"127.0.0.1"}


def test_a_second_one_is_refused(running: Running) -> None:
    env = {**os.environ, "DATELINE_HOME": str(running.home)}
    command = [str(Path(sys.executable).with_name("dateline")), "up"]
    refused = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1 and f"it runs already, as process {running.process.pid}" in refused.stderr


def test_what_dies_comes_back(running: Running) -> None:
    (before,) = schedulers(running)
    before.kill()
    assert eventually(lambda: [p for p in schedulers(running) if p != before])
