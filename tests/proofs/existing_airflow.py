"""Drop `dags/` into an Airflow that somebody has already, with Dateline in an environment of its own: do rows arrive?

    python -m tests.proofs.existing_airflow

A wheel is built, and two environments are made: one with Airflow and without Dateline, one with the wheel. The files of
`dags/` are copied into the DAG folder of an empty Airflow home; that Airflow runs for real, with its metadata in a
database of the proof. The archive is named by DATELINE_DATABASE_URL first, then by an Airflow connection. Nothing knows
of the checkout. Exit 0 when every claim holds, else 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from dateline.airflow import asyncpg_url, free_port, sqlalchemy_url
from dateline.postgres import Server
from dateline.rest import Rest
from dateline.supervisor import Service, Supervisor
from pipelines.database import Database
from tests.airflows import claims, ended, log, python_of, say, seconds_until, tasks, trigger
from tests.documents import Entry, article_html, front_html, prose
from tests.site import Site

CHECKOUT = Path(__file__).resolve().parents[2]
UV = str(CHECKOUT / ".venv/uv")
LOCK = str(CHECKOUT / "requirements.lock")
STORIES = 4
PASSWORDS = "simple_auth_manager_passwords.json.generated"  # where Airflow leaves the one that it makes up


def run(*command: str, env: dict[str, str] | None = None) -> str:
    """What a command prints, run in a folder that has nothing to do with the checkout."""
    return subprocess.run(command, cwd="/", env=env, check=True, capture_output=True, text=True).stdout


def virtual_environment(folder: Path, *packages: str) -> Path:
    """A fresh one with these packages, in the locked versions."""
    run(UV, "venv", "--quiet", "--python", sys.executable, str(folder))
    run(UV, "pip", "install", "--quiet", "--python", python_of(folder), "--constraint", LOCK, *packages)
    return folder


def wheel(folder: Path) -> str:
    """The path of a wheel of the checkout."""
    run(UV, "build", "--quiet", "--wheel", "--out-dir", str(folder), str(CHECKOUT))
    (found,) = folder.glob("*.whl")
    return str(found)


class Theirs:
    """Somebody's Airflow: as it comes, but for ports, the database and a line for each setting of Dateline."""

    def __init__(self, home: Path, environment: Path, server: Server, settings: dict[str, str]) -> None:
        server.ensure_database("their_airflow")
        self.home, self.port = home, free_port(18080)
        self._program = str(environment / "bin/airflow")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATELINE_", "AIRFLOW", "VIRTUAL_ENV"))}
        address = f"http://127.0.0.1:{self.port}"
        self.env = kept | settings | {
            "PATH": f"{environment / 'bin'}:/usr/bin:/bin",
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": sqlalchemy_url(server.url("their_airflow")),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": asyncpg_url(server.url("their_airflow")),
            "AIRFLOW__API__BASE_URL": address,
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__WORKERS": "1",
        }  # fmt: skip

    def start(self, supervisor: Supervisor) -> Rest:
        """Migrate its database, start its processes, and log in."""
        if supervisor.run(self._service("db", "migrate")):
            raise RuntimeError(f"airflow db migrate failed: {self.home / 'db.log'}")
        supervisor.start(self._service("api-server"))
        supervisor.start(self._service("scheduler", "--skip-serve-logs"))
        supervisor.start(self._service("dag-processor"))
        seconds_until((self.home / PASSWORDS).exists)
        password = (self.home / PASSWORDS).read_text().split('"')[3]
        rest = Rest(self.port, "admin", password)
        seconds_until(rest.is_up)
        return rest

    def _service(self, *arguments: str) -> Service:
        return Service(
            arguments[0], [self._program, *arguments], self.env, self.home / f"{arguments[0]}.log", leaned_on=False
        )


def outlet(site: Site) -> list[str]:
    """An outlet with a front page of stories; their addresses."""
    paths = {f"/news/a-story-of-the-harbour-{n}.html": f"A story of the harbour, part {n}" for n in range(STORIES)}
    for n, (path, title) in enumerate(paths.items()):
        site.page(path, article_html(title, prose(seed=n), published="2026-03-04"))
    site.page("/", front_html(paths))
    site.rss("/feed.xml", [Entry(path, title) for path, title in paths.items()])
    return [site.at(path) for path in paths]


def articles(url: str) -> int:
    """How many an archive has."""
    with Database(url, 1) as archive, archive.transaction() as cursor:
        cursor.execute("select count(*) as count from articles")
        return int(cursor.fetchone().count)


def prove(folder: Path, server: Server, site: Site, supervisor: Supervisor) -> list[str]:
    """Every claim; those that do not hold."""
    wrong: list[str] = []
    addresses = outlet(site)
    by_variable, by_connection = server.url("by_variable"), server.url("by_connection")
    for name in ("by_variable", "by_connection"):
        server.ensure_database(name)
    ours = virtual_environment(folder / "dateline-env", wheel(folder / "dist"))
    theirs = virtual_environment(folder / "airflow-env", "apache-airflow", "asyncpg", "psycopg2-binary")
    without = subprocess.run([python_of(theirs), "-c", "import scrapy"], cwd="/", capture_output=True, check=False)
    claims(wrong, without.returncode != 0, "the environment of Airflow has no Scrapy, and so no Dateline")
    settings = {
        "DATELINE_COMMAND": str(ours / "bin/dateline"),
        "DATELINE_HOME": str(folder / "state"),
        "DATELINE_SOURCES": str(folder / "sources.toml"),
        "DATELINE_DATABASE_URL": by_variable,
        "DATELINE_ALLOW_PRIVATE": "1",
        "DATELINE_SCHEDULE": "0 0 1 1 *",  # one run at once, and no other
    }
    (folder / "sources.toml").write_text(f'[[source]]\nname = "the-harbour"\nurl = "{site.url}"\ndelay = 0\n')
    said = run(settings["DATELINE_COMMAND"], "migrate", env=os.environ | settings)
    claims(
        wrong,
        bool(said),
        f"dateline migrate, from the wheel and outside the checkout: {len(said.splitlines())} applied",
    )

    home = folder / "their-airflow"
    shutil.copytree(CHECKOUT / "dags", home / "dags", ignore=shutil.ignore_patterns("__pycache__"))
    rest = Theirs(home, theirs, server, settings).start(supervisor)
    seconds = seconds_until(lambda: rest.dag("crawl") and rest.dag("crawl_once"), 600)
    found = rest.get("/api/v2/importErrors")["import_errors"]
    claims(wrong, not found, f"every DAG file loads, {seconds:.0f} s after Airflow is up {found or ''}")

    # The pool is missing so far.
    run_of_crawl = f"/api/v2/dags/crawl/dagRuns/{newest(rest)}"
    seconds_until(lambda: tasks(rest, run_of_crawl).get("crawl_batch") == "scheduled", 600)
    waits_for = rest.get(f"{run_of_crawl}/taskInstances/crawl_batch/0/dependencies")["dependencies"]
    reasons = "; ".join(dependency["reason"] for dependency in waits_for)
    said = "without the pool, crawl_batch stays scheduled, and Airflow tells why"
    claims(wrong, "non-existent pool 'dateline'" in reasons, f"{said}: {reasons}")
    rest.make_pool("dateline", 2, "Crawls at once")
    state = ended(rest, run_of_crawl, 600)
    claims(wrong, state == "success", f"with the pool, the scheduled crawl goes on: {state}")
    claims(wrong, articles(by_variable) == STORIES, f"{articles(by_variable)} of {STORIES} articles, by the variable")

    rest.post("/api/v2/connections", {
        "connection_id": "dateline", "conn_type": "postgres", "login": "postgres",
        "host": str(server.sockets), "schema": "by_connection",
    })  # fmt: skip
    path = trigger(rest, "crawl_once", {"urls": addresses[:2], "depth": 0, "limit": 10})
    state = ended(rest, path, 600)
    claims(wrong, state == "success", f"crawl_once, asked for over REST: {state}")
    claims(wrong, articles(by_connection) == 2, f"{articles(by_connection)} of 2 articles, by the connection dateline")
    if state != "success":
        say(log(rest, path, "crawl"))
    return wrong


def newest(rest: Rest) -> str:
    """The id of the first scheduled run of `crawl`."""
    seconds_until(lambda: rest.newest_run("crawl"), 300)
    found = rest.newest_run("crawl")
    assert found
    return str(found["dag_run_id"])


def main() -> int:
    """Run the proof; where it fails, the logs of Airflow's processes stay."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-proof-"))
    folder.chmod(0o711)
    with ExitStack() as stack:
        server = stack.enter_context(Server(folder / "postgres-home").running())
        site = stack.enter_context(Site())
        supervisor = stack.enter_context(Supervisor(say))
        wrong = prove(folder, server, site, supervisor)
    if wrong:
        say(f"{len(wrong)} claims do not hold; the logs are in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
