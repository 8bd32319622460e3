"""The operator: what a command says and means, and that nothing that ends a task loses pages or leaves a process."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil
import pytest
from structlog.testing import capture_logs

Play = Callable[[str], Path]

OUTLET = {"name": "courier", "outcome": "done", "reason": None, "stored": 2, "failed": {"http_500": 1}}
SUMMARY = {"discovered": 4, "fetched": 3, "stored": 2, "seconds": 1.5, "failed": {"http_500": 1},
           "held": {"held_short": 1}, "outlets": [OUTLET]}  # fmt: skip
WRITE_SUMMARY = f"""
path = arguments[arguments.index("--summary") + 1]
open(path + ".new", "w").write('''{json.dumps(SUMMARY)}''')
os.replace(path + ".new", path)
"""
FLUSH = """
def flush(*_):
    time.sleep(0.3)
    open("flushed", "w").close()
    sys.exit(75)
signal.signal(signal.SIGTERM, flush)
"""
# A child of the command that keeps its output open: what a killed crawl's workers do.
HELPER = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"


@pytest.fixture
def operator(command: ModuleType) -> Any:
    return command.CrawlCommand(task_id="crawl")


@contextmanager
def on_signal(number: int, handler: Callable[[], object]) -> Iterator[None]:
    """Call the handler in the main thread when the signal comes, as Airflow does."""
    before = signal.signal(number, lambda *_: handler())
    try:
        yield
    finally:
        signal.signal(number, before)


@contextmanager
def signalled(number: int, when: Path) -> Iterator[None]:
    """Send us the signal once the file is there."""

    def send() -> None:
        while not when.exists():
            time.sleep(0.02)
        os.kill(os.getpid(), number)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    yield
    thread.join()


def gone(folder: Path) -> bool:
    """Whether all that worked in the folder, commands and their helpers, is gone; what was killed takes a moment."""
    deadline = time.monotonic() + 5
    while (left := _at_work(folder)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not left


def _at_work(folder: Path) -> list[psutil.Process]:
    found = psutil.process_iter(["pid", "cwd"])
    return [p for p in found if p.info["cwd"] == str(folder) and p.info["pid"] != os.getpid()]


def test_its_lines_are_the_log(operator: Any, played: Play) -> None:
    played("print('read  a 100%s'); print('stored b', file=sys.stderr)" + WRITE_SUMMARY)
    with capture_logs() as log:
        ended, summary = operator.crawl("--sources-from", ["courier"])
    assert [line["event"] for line in log] == ["read  a 100%s", "stored b"]
    assert (ended.code, ended.said) == (0, "stored b")
    assert summary["stored"] == 2 and summary["unchanged"] == 0 and summary["outlets"][0]["name"] == "courier"


def test_it_is_told_what_to_crawl(operator: Any, played: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = played("json.dump([arguments, open(arguments[2]).read()], open('seen', 'w'))")
    monkeypatch.setenv("DATELINE_ALLOW_PRIVATE", "1")
    operator.crawl("--urls-from", ["https://a.example/", "https://b.example/é"], "--depth", "1")
    arguments, listed = json.loads((folder / "seen").read_text())
    assert arguments[:2] == ["crawl", "--urls-from"]
    assert arguments[-3:] == ["--allow-private", "--depth", "1"]
    assert listed == "https://a.example/\nhttps://b.example/é\n"


def test_it_does_not_see_airflows_secrets(operator: Any, played: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = played("json.dump(dict(os.environ), open('seen', 'w'))")
    monkeypatch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "secret")
    monkeypatch.setenv("DATELINE_HOME", "/somewhere")
    operator.dateline("crawl")
    seen = json.loads((folder / "seen").read_text())
    assert not [name for name in seen if "AIRFLOW" in name]
    assert seen["DATELINE_HOME"] == "/somewhere" and seen["DATELINE_DIE_WITH_PARENT"] == "1"


def test_output_to_a_file_is_not_logged(operator: Any, played: Play) -> None:
    folder = played("print('[1, 2]'); print('a word', file=sys.stderr)")
    with capture_logs() as log:
        ended = operator.dateline("sources", output=folder / "out")
    assert (folder / "out").read_text() == "[1, 2]\n"
    assert ended.said == "a word" and [line["event"] for line in log] == ["a word"]


@pytest.mark.parametrize(
    ("code", "for_good", "says"),
    [
        (2, True, "bad input: sources.toml:3: unknown key"),
        (4, False, "no database: "),
        (75, False, "interrupted; what was fetched is stored"),
        (0, False, "without a summary"),
        (3, False, "without a summary"),
        (1, False, "exit code 1"),
        (-9, False, "killed by SIGKILL"),
    ],
)
def test_an_exit_code_decides_whether_to_try_again(command: ModuleType, code: int, for_good: bool, says: str) -> None:
    with pytest.raises(command.AirflowException) as raised:
        command.fail(command.Ended(code, "sources.toml:3: unknown key"))
    assert isinstance(raised.value, command.AirflowFailException) == for_good
    assert says in str(raised.value)


def test_no_command_says_what_to_do(command: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATELINE_COMMAND", raising=False)
    monkeypatch.setattr(command.sys, "executable", "/nowhere/python")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(command.AirflowFailException, match="set DATELINE_COMMAND"):
        command.command()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"outlets": [{}]}', '{"outlets": 3}', '{"stored": "x"}', "{"])
def test_a_summary_that_is_none(command: ModuleType, tmp_path: Path, text: str) -> None:
    file = tmp_path / "summary.json"
    assert command.read_summary(file) is None
    file.write_text(text)
    assert (command.read_summary(file) or {"outlets": []})["outlets"] == []


def test_a_reason_fits_on_a_line(command: ModuleType) -> None:
    assert command.shortened("a\n  b") == "a b"
    assert len(command.shortened("x" * 1000)) == 300
    assert command.shortened("") is None


def test_a_stop_waits_for_what_is_being_stored(operator: Any, played: Play) -> None:
    folder = played(FLUSH + "open('up', 'w').close(); print('up', flush=True); time.sleep(600)")
    with on_signal(signal.SIGTERM, operator.on_kill), signalled(signal.SIGTERM, folder / "up"):
        ended, summary = operator.crawl("--sources-from", ["courier"])
    assert (folder / "flushed").exists()
    assert ended.code == 75 and summary is None
    assert gone(folder)


def test_a_stop_does_not_wait_for_ever(operator: Any, played: Play) -> None:
    stubborn = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + HELPER + "open('up', 'w').close(); time.sleep(600)"
    folder = played(stubborn)
    began = time.monotonic()
    with on_signal(signal.SIGTERM, operator.on_kill), signalled(signal.SIGTERM, folder / "up"):
        ended, _ = operator.crawl("--sources-from", ["courier"])
    assert ended.code == -signal.SIGKILL
    assert time.monotonic() - began < 8  # 4.5 s of patience, and the start of two processes
    assert gone(folder)


def test_a_timeout_stops_it_first(operator: Any, played: Play) -> None:
    folder = played(FLUSH + "open('up', 'w').close(); time.sleep(600)")

    def time_out() -> None:
        raise TimeoutError

    with on_signal(signal.SIGUSR1, time_out), signalled(signal.SIGUSR1, folder / "up"), pytest.raises(TimeoutError):
        operator.crawl("--sources-from", ["courier"])
    assert (folder / "flushed").exists()
    assert gone(folder)
    operator.on_kill()  # Airflow calls it after a timeout; there is nothing left to stop


def test_helpers_of_a_killed_command_do_not_hold_up_the_task(operator: Any, played: Play) -> None:
    folder = played(HELPER + "print('half a line', end='', flush=True); os.kill(os.getpid(), signal.SIGKILL)")
    ended = operator.dateline("crawl")
    assert (ended.code, ended.said) == (-signal.SIGKILL, "half a line")
    assert gone(folder)


def test_a_line_without_end_and_broken_letters(operator: Any, played: Play) -> None:
    played("os.write(1, b'x' * 100_000 + b'\\xff\\xfe\\nend\\n')")
    with capture_logs() as log:
        ended = operator.dateline("crawl")
    assert ended.said == "end"
    assert sum(line["event"].count("x") for line in log) == 100_000


def test_figures_add_up(command: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(json.dumps(SUMMARY))
    summary = command.read_summary(tmp_path / "a")
    total = command.add_up([summary, summary])
    assert total["held"] == {"held_short": 2}
    assert total["stored"] == 4 and total["failed"] == {"http_500": 2} and total["outlets"] == {"done": 2}


@pytest.mark.parametrize(
    ("connection", "url"),
    [
        ("postgres://me:s%2Fcret@db.example:5433/news", "postgresql://me:s%2Fcret@db.example:5433/news"),
        ("postgresql://db.example/news?sslmode=require", "postgresql://db.example/news?sslmode=require"),
        ("postgres://me@%2Fvar%2Frun%2Fpostgresql/news", "postgresql://me@%2Fvar%2Frun%2Fpostgresql/news"),
    ],
)
def test_a_connection_names_the_archive(
    command: ModuleType, monkeypatch: pytest.MonkeyPatch, connection: str, url: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DATELINE", connection)
    monkeypatch.setenv("DATELINE_DATABASE_URL", "postgresql://elsewhere/")
    assert command.child_environment()["DATELINE_DATABASE_URL"] == url


def test_without_one_the_environment_does(command: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_DATABASE_URL", "postgresql://elsewhere/")
    assert command.child_environment()["DATELINE_DATABASE_URL"] == "postgresql://elsewhere/"


def test_a_connection_of_another_kind_is_named(command: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DATELINE", "mysql://db.example/news")
    with pytest.raises(command.AirflowFailException, match="'dateline' is of type 'mysql'; make it postgres"):
        command.child_environment()
