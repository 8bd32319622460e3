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
from contextlib import suppress
from html import escape
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import psutil
import pytest

from dateline.airflow import Airflow, metadata_database
from dateline.postgres import Server
from dateline.rest import NoAnswer
from pipelines.database import Database
from tests.airflows import Up, ended, log, tasks, trigger
from tests.commands import DATELINE

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has died"),
]


@pytest.fixture(scope="module")
def running() -> Iterator[Up]:
    """Started in an empty folder, so with the demo outlets; killed at the end, which no process may outlive."""
    home = Path(tempfile.mkdtemp(prefix="dateline-tests-"))
    with Up(home) as running:
        yield running
        assert len(running.tree()) > 7
    shutil.rmtree(home)


def eventually(condition: Callable[[], object], seconds: float = 90) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.5)
    return bool(condition())


def triggered(running: Up, dag: str, conf: dict[str, object]) -> str:
    """The path of a run of a DAG, triggered with this form, that has ended."""
    path = trigger(running.rest, dag, conf)
    ended(running.rest, path)
    return path


def crawled_once(running: Up, conf: dict[str, object]) -> tuple[str, str]:
    """The state of a run of `crawl_once`, and its log."""
    path = triggered(running, "crawl_once", conf)
    return running.rest.get(path)["state"], log(running.rest, path, "crawl")


def test_the_first_rows_are_on_the_screen(running: Up) -> None:
    articles = running.ask("select count(*) as count from articles").count
    assert articles > 5
    assert f"{articles} articles of 2 outlets in the archive" in running.said
    assert "no outlets in" in running.said and "psql -c 'select" in running.said


def test_the_schedule_is_green_and_its_summary_small(running: Up) -> None:
    run = running.rest.newest_run("crawl")
    assert run and run["state"] == "success" and run["run_type"] == "scheduled"
    assert tasks(running.rest, f"/api/v2/dags/crawl/dagRuns/{run['dag_run_id']}") == {
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


def test_new_articles_are_an_event_of_their_asset(running: Up) -> None:
    (asset,) = running.rest.get("/api/v2/assets", name_pattern="dateline_articles")["assets"]
    events = running.rest.get("/api/v2/assets/events", asset_id=asset["id"])["asset_events"]
    (event,) = [e for e in events if e["source_dag_id"] == "crawl"]
    articles = running.ask("select count(*) as count from articles").count
    assert event["extra"] == {"stored": articles, "revised": 0, "unchanged": 0}


def test_new_articles_start_the_upkeep(running: Up) -> None:
    def is_through() -> bool:
        run = running.rest.newest_run("upkeep")
        return bool(run and run["state"] in ("success", "failed"))

    assert eventually(is_through, 240)
    runs = running.rest.get("/api/v2/dags/upkeep/dagRuns", order_by="id")["dag_runs"]
    first = next(run for run in runs if run["run_type"] == "asset_triggered")
    assert first["state"] == "success"
    found = tasks(running.rest, f"/api/v2/dags/upkeep/dagRuns/{first['dag_run_id']}")
    assert found.keys() == {"clusters", "verdicts", "prune", "log", "forget"}
    assert (found["clusters"], found["verdicts"]) == ("success", "success")
    assert set(found.values()) <= {"success", "skipped"}
    assert running.ask("select count(*) as count from cluster_queue").count == 0
    assert running.ask("select count(*) as count from source_states where state = 'fresh'").count == 2


def test_old_rows_and_logs_are_swept(running: Up) -> None:
    metadata = metadata_database(Server(running.home).url("dateline"), embedded=True)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DATELINE_", "AIRFLOW"))}
    airflow = Airflow(running.home / "airflow", metadata, 1)
    old = airflow.folder / "logs" / "dag_id=old" / "attempt=1.log"
    old.parent.mkdir()
    old.touch()
    os.utime(old, (0, 0))
    with Database(metadata, 1) as database, database.transaction() as cursor:
        cursor.execute("insert into log (dttm, event) values (now() - interval '40 days', 'old'), (now(), 'new')")
    done = subprocess.run(
        [sys.executable, "-m", "dateline.sweep", "--once"],
        env=airflow.environment(env), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and "1 logs deleted" in done.stdout, done.stdout + done.stderr
    with Database(metadata, 1) as database, database.transaction() as cursor:
        cursor.execute("select array_agg(event) as events from log where event in ('old', 'new')")
        assert cursor.fetchone().events == ["new"]
    assert not old.parent.exists()


def test_the_past_is_taken_by_months(running: Up) -> None:
    path = triggered(
        running, "backfill", {"outlet": "the-harbour-courier", "since": "2026-10-20", "until": "2026-11-21"}
    )
    months = running.rest.get(f"{path}/taskInstances", task_id="month")["task_instances"]
    named = {month["rendered_map_index"]: month["state"] for month in months if month["task_id"] == "month"}
    assert named.keys() == {"the-harbour-courier 2026-11", "the-harbour-courier 2026-10"}
    assert running.ask("select count(*) as count from runs where trigger = 'backfill'").count == len(named), named


def test_a_crawl_can_be_asked_for(running: Up) -> None:
    url = running.ask("select url from articles order by id limit 1").url
    state, said = crawled_once(running, {"urls": [url], "depth": 0, "limit": 5})
    assert state == "success", said
    assert running.ask("select count(*) as count from runs where trigger = 'once' and outcome = 'done'").count == 1


def test_a_wrong_form_is_red_and_says_which_field(running: Up) -> None:
    state, said = crawled_once(running, {"urls": ["ftp://example.org/"], "colour": "red"})
    assert state == "failed"
    assert "urls: 'ftp://example.org/' is no web address" in said and "colour: there is no such field" in said


def test_it_listens_on_this_machine_alone(running: Up) -> None:
    listening = []
    for process in running.tree():
        with suppress(psutil.NoSuchProcess):  # tasks come and go
            listening += [c for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert listening and {c.laddr.ip for c in listening} == {"127.0.0.1"}


def test_the_reader_shows_what_is_stored(running: Up) -> None:
    found = re.search(r"^reader: (http://127\.0\.0\.1:\d+)/ shows", running.said, re.MULTILINE)
    assert found
    title = running.ask("select title from articles order by id limit 1").title
    with urlopen(f"{found[1]}/?{urlencode({'q': title})}", timeout=30) as answer:
        assert escape(title) in answer.read().decode()
    with urlopen(f"{found[1]}/outlets/the-harbour-courier", timeout=30) as answer:
        assert answer.status == 200
    assert f"({found[1]}/outlets)" in running.rest.get("/api/v2/dags/crawl/details")["doc_md"]
    plugins = running.rest.get("/api/v2/plugins")["plugins"]
    (ours,) = [plugin for plugin in plugins if plugin["name"] == "dateline"]
    assert [view["href"] for view in ours["external_views"]] == [f"{found[1]}/"]


def test_a_second_one_is_refused(running: Up) -> None:
    command = [DATELINE, "up"]
    refused = subprocess.run(command, env=running.env, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1 and f"it runs already, as process {running.process.pid}" in refused.stderr


def test_who_is_not_logged_in_is_refused(running: Up) -> None:
    for path in ("/api/v2/dags", "/api/v2/dags/crawl_once/dagRuns", "/api/v2/connections"):
        with pytest.raises(HTTPError) as refused:
            urlopen(running.address + path, timeout=30)
        with refused.value as answer:
            assert answer.code == 401


def test_runs_of_last_month_go(running: Up) -> None:
    (path, kept) = (triggered(running, "crawl_once", {"urls": ["ftp://example.org/"]}) for _ in range(2))
    logs = running.home / "airflow/logs/dag_id=crawl_once"
    folder, other = (logs / f"run_id={run.rpartition('/')[2]}" for run in (path, kept))
    assert folder.exists() and other.exists()
    for name in (*folder.rglob("*"), folder):
        os.utime(name, (0, 0))
    with Database(Server(running.home).url("airflow"), 1) as metadata, metadata.transaction() as cursor:
        for table in ("dag_run", "task_instance"):
            cursor.execute(
                f"update {table} set start_date = '2020-01-01' where run_id = %s", (path.rpartition("/")[2],)
            )
    env = psutil.Process(running.service("scheduler").pid).environ()
    done = subprocess.run([sys.executable, "-P", "-m", "dateline.sweep", "--once"], env=env, check=False)
    assert done.returncode == 0
    with pytest.raises(NoAnswer, match="404"):
        running.rest.get(path)
    assert running.rest.get(kept)["state"] == "failed" and not folder.exists() and other.exists()


def test_what_dies_comes_back(running: Up) -> None:
    before = running.service("scheduler")
    before.kill()
    assert eventually(lambda: [p for p in running.process.children() if p != before and "scheduler" in p.cmdline()])
