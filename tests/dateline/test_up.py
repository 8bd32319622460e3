"""`dateline up`, short of Airflow: what it refuses, what it says, and the keeper of the embedded server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from dateline import supervisor as supervisor_module
from dateline import up, waiting
from dateline.errors import BadInput, CommandError
from dateline.postgres import Server
from dateline.rest import NoAnswer
from dateline.settings import Settings
from dateline.supervisor import Service, Supervisor
from pipelines import runs
from pipelines.database import Database, DatabaseGone, connect
from pipelines.outlets import Outlet
from tests.commands import dateline


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url, tmp_path / "home", tmp_path / "sources.toml")


def test_one_at_a_time(tmp_path: Path) -> None:
    says = f"it runs already, as process {os.getpid()}"
    with up.only_one(tmp_path), pytest.raises(CommandError, match=says), up.only_one(tmp_path):
        pass
    with up.only_one(tmp_path):
        pass


def test_a_full_disk_is_named_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    up.enough_room(tmp_path / "not" / "there" / "yet")
    monkeypatch.setattr(up, "NEEDED", 10**18)
    with pytest.raises(CommandError, match=r"MB are free, .* MB are needed; make room there"):
        up.enough_room(tmp_path)


def test_a_folder_that_cannot_be_written_is_one_line(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(CommandError, match=r"home: File exists|home: Not a directory"):
        up.up(settings)


def test_a_bad_setting_ends_it_before_anything_starts(environment: dict[str, str]) -> None:
    done = dateline(environment | {"DATELINE_AIRFLOW_DAYS": "0"}, "up")
    assert (done.code, done.out) == (2, "")
    assert done.complaint == "dateline: DATELINE_AIRFLOW_DAYS is '0': write days, from 1 to 10000"


def test_a_bad_list_of_outlets_ends_it_before_airflow_starts(environment: dict[str, str]) -> None:
    Path(environment["DATELINE_SOURCES"]).write_text("[[source]]\nname = 3\n")
    command = [str(Path(sys.executable).with_name("dateline")), "up"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "sources.toml:" in ended.stderr and "Traceback" not in ended.stderr


def test_no_database_is_one_line_and_exit_code_4(environment: dict[str, str]) -> None:
    env = environment | {"DATELINE_DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    command = [str(Path(sys.executable).with_name("dateline")), "up"]
    ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 4
    assert len(ended.stderr.strip().splitlines()) == 1 and "Traceback" not in ended.stderr


def test_the_environment_spells_out_the_settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_SOURCES", "relative.toml")
    env = up.environment(settings)
    assert env["DATELINE_HOME"] == str(settings.home) and env["DATELINE_DATABASE_URL"] == settings.database_url
    assert "DATELINE_SOURCES" not in env


def test_airflow_is_asked_again_until_it_answers(settings: Settings) -> None:
    said: Iterator[NoAnswer | int] = iter([NoAnswer("busy"), NoAnswer("busy", 500), 1, 2])

    def question() -> int:
        answer = next(said)
        if isinstance(answer, NoAnswer):
            raise answer
        return answer

    with Supervisor() as supervisor:
        assert up.Story(settings, "", supervisor).ask("Airflow", question, lambda n: n > 1, every=0) == 2


def test_patience_ends_where_a_password_is_wrong(settings: Settings) -> None:
    def question() -> None:
        raise NoAnswer("Airflow answers 401", 401)

    with Supervisor() as supervisor, pytest.raises(CommandError, match=r"passwords\.json"):
        up.Story(settings, "", supervisor).ask("Airflow", question)


def test_patience_ends_where_a_process_keeps_dying(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "LONGEST_BACKOFF", 0.1)
    with Supervisor(lambda _: None) as supervisor:
        story = up.Story(settings, "", supervisor)
        script = [sys.executable, "-c", "raise SystemExit('address in use')"]
        story.start(Service("api-server", script, os.environ, story.log("api-server")))
        with pytest.raises(CommandError, match=r"api-server does not come up; its log .*\n  address in use"):
            story.wait("Airflow", lambda: False)


ENDED = {"state": "success", "end_date": "2000-01-01T00:00:00Z"}
ENDED_SINCE = {"state": "failed", "end_date": "2998-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("run", "following", "through"),
    [
        (None, "2999-01-01T00:00:00Z", False),
        ({"state": "running"}, "2999-01-01T00:00:00Z", False),
        (ENDED_SINCE, "2000-01-01T00:00:00Z", True),
        (ENDED, "2000-01-01T00:05:00Z", False),
        (ENDED, "2999-01-01T00:00:00Z", True),
        (None, None, True),
    ],
)
def test_when_the_first_crawl_is_through(
    settings: Settings, run: dict[str, str] | None, following: str | None, through: bool
) -> None:
    dag = {"is_paused": following is None, "next_dagrun_run_after": following}
    assert up.Story(settings, "", Supervisor()).is_through((run, dag)) == through


def test_the_demo_keeps_out_of_an_archive_in_use(settings: Settings, database: Database) -> None:
    story = up.Story(settings, database.url, Supervisor())
    runs.sync(database, [Outlet(name="demo", url="http://127.0.0.1:8765/")])
    story.not_among_real_outlets(database)
    runs.sync(database, [Outlet(name="courier", url="https://courier.example/")])
    with pytest.raises(BadInput, match=r"the archive knows 1 \(courier, …\)"):
        story.not_among_real_outlets(database)


def test_rows_are_shown_with_the_query(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert settings.database_url
    up.Story(settings, settings.database_url, Supervisor()).show_rows()
    said = capsys.readouterr().out
    assert "0 articles of 0 outlets" in said and "psql -c 'select published_at" in said


def test_what_the_user_types(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    beside = Path(sys.executable).with_name("dateline")
    monkeypatch.setenv("PATH", str(beside.parent))
    assert up.called() == "dateline"
    monkeypatch.setenv("PATH", "")
    monkeypatch.chdir(beside.parent.parent)
    assert up.called() == "bin/dateline"
    monkeypatch.chdir(tmp_path)
    assert up.called() == str(beside)


def test_a_short_wait_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with waiting.Waiting("a moment") as wait:
        wait.tick()
    assert capsys.readouterr().out == ""


def test_a_long_wait_says_for_what_and_how_long(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "BLINK", 0.0)
    with waiting.Waiting("Airflow") as wait:
        wait.tick()
    assert capsys.readouterr().out.splitlines() == ["waiting for Airflow: 0 s", "Airflow: there after 0 s"]


def keep(home: Path, parent: str) -> subprocess.Popen[bytes]:
    env = {**os.environ, "DATELINE_HOME": str(home)}
    env.pop("DATELINE_DATABASE_URL", None)
    return subprocess.Popen([sys.executable, "-P", "-m", "dateline.keeper", parent], env=env)


def servers(home: Path) -> list[psutil.Process]:
    found = psutil.process_iter(["cmdline"])
    return [p for p in found if "-D" in (p.info["cmdline"] or []) and str(Server(home).data) in p.info["cmdline"]]


def eventually(condition: Callable[[], object], seconds: float = 20) -> bool:
    began = datetime.now(UTC)
    while not condition() and (datetime.now(UTC) - began).total_seconds() < seconds:
        time.sleep(0.1)
    return bool(condition())


@pytest.fixture
def home() -> Iterator[Path]:
    """A state folder of its own for an embedded server, which its user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-tests-"))
    yield folder
    shutil.rmtree(folder)


def test_the_server_goes_with_the_process_that_was_killed(home: Path) -> None:
    holder = "import subprocess, sys, os; p = subprocess.Popen(eval(sys.argv[1]) + [str(os.getpid())]); p.wait()"
    env = {k: v for k, v in os.environ.items() if k != "DATELINE_DATABASE_URL"} | {"DATELINE_HOME": str(home)}
    keeper = [sys.executable, "-P", "-m", "dateline.keeper"]
    process = subprocess.Popen([sys.executable, "-c", holder, str(keeper)], env=env)
    try:
        assert eventually(lambda: _answers(Server(home).url("dateline")))
        (held,) = psutil.Process(process.pid).children()
    finally:
        process.kill()
        process.wait()
    assert eventually(lambda: not held.is_running() or held.status() == psutil.STATUS_ZOMBIE)
    assert not servers(home)


def test_the_keeper_ends_with_a_dead_server_and_brings_it_back(home: Path) -> None:
    keeper = keep(home, str(os.getpid()))
    server = Server(home)
    url = server.url("dateline")
    assert eventually(lambda: _answers(url))
    os.kill(int((server.data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    assert keeper.wait(20) == 1
    again = keep(home, str(os.getpid()))
    assert eventually(lambda: _answers(url))
    again.terminate()
    assert again.wait(20) == 0
    assert not servers(home)


def _answers(url: str) -> bool:
    try:
        connect(url).close()
    except DatabaseGone:
        return False
    return True
