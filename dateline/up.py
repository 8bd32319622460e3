"""`dateline up`: everything on one machine, from nothing to a running schedule, until Ctrl-C.

Postgres (embedded, or the user's), the outlets, demo outlets where none are configured, the reader, and Airflow's
processes.
Nothing listens but on 127.0.0.1, and nothing is left when this ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dateline import follow
from dateline.airflow import POOL, POOL_SLOTS, USER, Airflow, free_port, metadata_database
from dateline.errors import BadInput, CommandError
from dateline.postgres import database
from dateline.reader import PORT
from dateline.rest import NoAnswer, Rest
from dateline.settings import Settings
from dateline.supervisor import Service, Stopped, Supervisor, ending, last_lines
from dateline.sweep import days
from dateline.waiting import Waiting, say
from pipelines import runs
from pipelines.database import Database
from pipelines.migrating import migrate
from pipelines.outlets import Outlet, read_sources

T = TypeVar("T")
Record = dict[str, Any]

AIRFLOW_PORT = 8080
DEMO_PORT = 8765
NEEDED = 500_000_000  # bytes: two databases, Airflow's logs and bytecode, and room to crawl
GIVE_UP = 3  # what ends so often in a row while everything starts does not come up
SOON = timedelta(seconds=20)  # a scheduled crawl that is further away is not waited for
ROWS = "select published_at, dateline_place, agency, title from articles order by first_seen_at desc, id limit 8"


def up(settings: Settings) -> int:
    """Run everything until a signal stops it; 0 then. Raises CommandError for what keeps it from running."""
    days(os.environ)  # a bad setting is told before anything is started
    try:
        enough_room(settings.home)
        with database(settings) as url, only_one(settings.home), Supervisor(say) as supervisor:
            try:
                Story(settings, url, supervisor).run()
            except Stopped:
                pass
            finally:
                say("stopping (Ctrl-C again hurries)")
    except OSError as error:  # a full disk, a folder of somebody else
        raise CommandError(f"{error.filename or settings.home}: {error.strerror or error}") from error
    say("stopped")
    return 0


class Story:
    """What happens between the start and the rows on the screen."""

    def __init__(self, settings: Settings, url: str, supervisor: Supervisor) -> None:
        self.settings = settings
        self.url = url
        self.supervisor = supervisor
        self.began = datetime.now(UTC)
        self.env = environment(settings)
        self.started: list[str] = []

    def run(self) -> None:
        """All of it, step by step; ends only by an exception."""
        self.keep_postgres()
        migrate(self.url)
        self.find_outlets()
        self.start_reader()
        airflow = self.start_airflow()
        rest = Rest(airflow.port, USER, airflow.password)
        self.wait_for_airflow(airflow, rest)
        self.start(airflow.triggerer(self.env))
        self.start(airflow.sweeper(self.env))
        self.wait_for_crawl(rest)
        self.show_rows()
        say("Ctrl-C stops everything.")
        self.supervisor.wait()

    def keep_postgres(self) -> None:
        """Have the embedded server stopped should this process be killed."""
        if not self.settings.database_url:
            keeper = [sys.executable, "-P", "-m", "dateline.keeper", str(os.getpid())]
            self.start(Service("postgres", keeper, self.env, self.log("postgres")))

    def find_outlets(self) -> None:
        """Read the list of outlets; serve the demo where it is empty."""
        outlets = read_sources(self.settings.sources)
        with Database(self.url, 1) as archive:
            if outlets:
                self.env["DATELINE_SOURCES"] = str(self.settings.sources)
                say(f"{len(outlets)} outlets in {self.settings.sources}")
            else:
                self.not_among_real_outlets(archive)
                outlets = self.serve_demo()
            runs.sync(archive, outlets)

    def not_among_real_outlets(self, archive: Database) -> None:
        """Refuse to mix the demo into an archive that is in use: the list is likely just somewhere else."""
        real = [outlet.name for outlet in runs.find(archive) if "//127.0.0.1:" not in outlet.url]
        if real:
            raise BadInput(
                f"no outlets in {self.settings.sources}, though the archive knows {len(real)} ({real[0]}, …): start "
                "in the folder of your sources.toml, or name it in DATELINE_SOURCES"
            )

    def serve_demo(self) -> list[Outlet]:
        """Start the demo outlets, on the ports they had before if those are free."""
        folder = self.settings.home / "demo"
        folder.mkdir(parents=True, exist_ok=True)
        sources, ports = folder / "sources.toml", folder / "ports"
        before = ports.read_text().split() if ports.exists() else []
        port = free_port(int(before[0]) if before and before[0].isdecimal() else DEMO_PORT, count=2)
        sources.unlink(missing_ok=True)
        options = ["--port", str(port), "--sources", str(sources), "--port-file", str(ports)]
        self.start(Service("demo", follow.command("dateline.demo", *options), self.env, self.log("demo")))
        self.wait("the demo outlets", sources.exists)
        self.env |= {"DATELINE_SOURCES": str(sources), "DATELINE_ALLOW_PRIVATE": "1"}
        outlets = read_sources(sources)
        say(f"no outlets in {self.settings.sources} yet: here are {len(outlets)} made up for a try, at")
        say("\n".join(f"  {outlet.url}" for outlet in outlets))
        say(f"add one of yours with `{called()} sources add URL`, and start again")
        return outlets

    def start_reader(self) -> None:
        """Show what is stored as web pages. Airflow's processes are told where, and link there."""
        port = free_port(PORT)
        self.env.setdefault("DATELINE_READER_URL", f"http://127.0.0.1:{port}")
        command = follow.command("dateline.main", "serve", "--port", str(port))
        self.start(Service("reader", command, self.env, self.log("reader"), leaned_on=False))
        say(f"reader: http://127.0.0.1:{port}/ shows what is stored")

    def start_airflow(self) -> Airflow:
        """Bring its database up to date and start its processes."""
        metadata = metadata_database(self.url, embedded=not self.settings.database_url)
        airflow = Airflow(self.settings.home / "airflow", metadata, free_port(AIRFLOW_PORT))
        self.env = airflow.environment(self.env)
        self.start(airflow.web(self.env))
        if not airflow.is_migrated():
            # Meanwhile the web server starts: it imports for ten seconds before it needs a table.
            self.run_once("Airflow's database", airflow.migration(self.env))
            airflow.note_migrated()
        for service in airflow.services(self.env):
            self.start(service)
        return airflow

    def wait_for_airflow(self, airflow: Airflow, rest: Rest) -> None:
        """Wait until it answers and has read the DAG; say where it is."""
        self.wait("Airflow", rest.is_up)
        self.ask("Airflow", lambda: rest.make_pool(POOL, POOL_SLOTS, "Crawls at once."))
        say(f"Airflow: {airflow.address} (user {USER}, password {airflow.password})")
        broken, _ = self.ask(
            "the DAG crawl",
            lambda: (rest.broken_files(self.began).get("crawl.py"), rest.dag("crawl")),
            # Airflow remembers it from last time: what counts is that it has read it again.
            lambda seen: bool(seen[0] or (seen[1] and moment(seen[1]["last_parsed_time"]) > self.began)),
        )
        if broken:
            raise CommandError(f"crawl.py does not load: {broken}")

    def wait_for_crawl(self, rest: Rest) -> None:
        """Wait for the first scheduled crawl, unless that is minutes away; say what is wrong."""
        run, dag = self.ask(
            "the first scheduled crawl", lambda: (rest.newest_run("crawl"), rest.dag("crawl")), self.is_through, every=1
        )
        if run and run["state"] == "failed":
            say("the scheduled crawl is red: Airflow shows which task, and its log says why")
        if dag and dag["is_paused"]:
            say("the DAG crawl is paused: nothing is scheduled until you switch it on")
        elif dag and (following := moment(dag["next_dagrun_run_after"])) > datetime.now(UTC):
            say(f"the next scheduled crawl: {following.astimezone():%H:%M:%S}")
        for file, reason in self.ask("Airflow", lambda: rest.broken_files(self.began)).items():
            say(f"{file} does not load: {reason}")

    def is_through(self, seen: tuple[Record | None, Record | None]) -> bool:
        """Whether the newest run has ended and is of today's start, or else the next one is far off or paused."""
        run, dag = seen
        if dag and dag["is_paused"]:
            return True
        if not run or not dag or run["state"] not in ("success", "failed"):
            return False
        following = moment(dag["next_dagrun_run_after"])
        return moment(run["end_date"]) > self.began or following > datetime.now(UTC) + SOON

    def show_rows(self) -> None:
        """The newest articles, and how to ask for them."""
        with Database(self.url, 1) as archive, archive.transaction() as cursor:
            cursor.execute(
                "select name, last_outcome, last_reason from sources where last_outcome in ('failed', 'empty')"
            )
            for outlet in cursor.fetchall():
                say(f"{outlet.name}: {outlet.last_outcome}: {outlet.last_reason}")
            cursor.execute("select count(*) as articles, count(distinct source_id) as outlets from articles")
            total: Any = cursor.fetchone()
            cursor.execute(ROWS)
            rows: list[Any] = cursor.fetchall()
        say(f"{total.articles} articles of {total.outlets} outlets in the archive; the newest:")
        Console(width=None if sys.stdout.isatty() else 120).print(table(rows))
        say(f"{called()} psql -c '{ROWS}'")

    def start(self, service: Service) -> None:
        """Keep a service running from now on."""
        self.started.append(service.name)
        self.supervisor.start(service)

    def run_once(self, what: str, service: Service) -> None:
        """Run a command to its end; its last lines say why where it fails."""
        with Waiting(what) as waiting:
            code = self.supervisor.run(service, waiting.tick)
        if code:
            raise CommandError(f"{what}: the command {ending(code)}; {tail(service.log)}")

    def wait(self, what: str, until: Callable[[], bool], every: float = 0.3) -> None:
        """Wait until the condition holds, while everything is kept running; give up on what does not come up."""
        with Waiting(what) as waiting:

            def there() -> bool:
                waiting.tick()
                for name in self.started:
                    if self.supervisor.failures(name) >= GIVE_UP:
                        raise CommandError(f"{name} does not come up; {tail(self.supervisor.log(name))}")
                return until()

            self.supervisor.wait(there, every)

    def ask(
        self, what: str, question: Callable[[], T], enough: Callable[[T], bool] = lambda _: True, every: float = 0.3
    ) -> T:
        """Airflow's answer, as soon as it has one that is enough: it may be too busy, or starting again."""
        answers: list[T] = []

        def answered() -> bool:
            try:
                answers.append(question())
            except NoAnswer as error:
                if error.status in (401, 403):
                    hint = "was passwords.json in Airflow's folder changed, or has another Airflow taken the port?"
                    raise CommandError(f"{error}: {hint}") from error
                return False
            return enough(answers[-1])

        self.wait(what, answered, every)
        return answers[-1]

    def log(self, name: str) -> Path:
        """Log of one of our own services."""
        return self.settings.home / "logs" / f"{name}.log"


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the state folder's lock: two of us would start two schedules."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CommandError(f"it runs already, as process {lock.read().strip() or '?'}, for {home}") from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def enough_room(home: Path) -> None:
    """Refuse to start where the disk would fill up at once."""
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if free < NEEDED:
        raise CommandError(f"{home}: {free / 1e6:.0f} MB are free, {NEEDED / 1e6:.0f} MB are needed; make room there")


def environment(settings: Settings) -> dict[str, str]:
    """Environment of every process we start: ours, with the settings spelled out."""
    named = {"DATELINE_HOME": str(settings.home)}
    if settings.database_url:
        named["DATELINE_DATABASE_URL"] = settings.database_url
    return {k: v for k, v in os.environ.items() if k != "DATELINE_SOURCES"} | named


def moment(text: str) -> datetime:
    """A time as Airflow writes it."""
    return datetime.fromisoformat(text)


def tail(log: Path) -> str:
    """The last lines of a log, as the end of a sentence."""
    return "\n".join([f"its log {log} ends with", *(f"  {line}" for line in last_lines(log))])


def table(rows: list[Any]) -> Table:
    """Articles on the screen; where it is narrow, the titles give way."""
    found = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    for column in ("published", "place", "agency"):
        found.add_column(column, no_wrap=True)
    found.add_column("title", no_wrap=True, overflow="ellipsis", ratio=1)
    for row in rows:
        published = f"{row.published_at:%Y-%m-%d %H:%M}" if row.published_at else "unknown"
        found.add_row(published, *(Text(text or "") for text in (row.dateline_place, row.agency, row.title)))
    return found


def called() -> str:
    """What the user types to call us: the bare name where that works."""
    beside = Path(sys.executable).with_name("dateline")
    found = shutil.which("dateline")
    if (found and Path(found).resolve() == beside.resolve()) or not beside.exists():
        return "dateline"
    return str(beside.relative_to(Path.cwd())) if beside.is_relative_to(Path.cwd()) else str(beside)
