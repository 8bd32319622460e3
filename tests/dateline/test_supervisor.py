"""The supervisor with real processes: what dies comes back, and whatever ends it, nothing stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from dateline import supervisor as module
from dateline.supervisor import Service, Stopped, Supervisor, last_lines, rotate

# Works until SIGTERM, then says its name.
POLITE = """
import signal, sys, time
def end(*_):
    time.sleep(0.5)
    open("ended", "a").write(sys.argv[1] + " ")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
open(sys.argv[1], "w").close()
time.sleep(600)
"""
# Ignores SIGTERM, as does its child.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork()
open(f"{sys.argv[1]}-{os.getpid()}", "w").close()
time.sleep(600)
"""
# Forks a child with a group of its own, that one another with a session of its own: what Airflow does.
TREE = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setpgid(0, 0)
    if os.fork() == 0:
        os.setsid()
open(f"tree-{os.getpid()}", "w").close()
time.sleep(600)
"""
# A process that supervises the module named by its argument.
DRIVER = """
import os, sys
from pathlib import Path
from dateline import follow
from dateline.supervisor import Service, Stopped, Supervisor
name, grace = sys.argv[1], float(sys.argv[2])
with Supervisor() as supervisor:
    supervisor.start(Service(name, follow.command(name, name), os.environ, Path(f"{name}.log"), grace=grace))
    try:
        supervisor.wait()
    except Stopped:
        print("stopping", flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the processes of a test work, and by which they are known."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for name, script in {"polite": POLITE, "stubborn": STUBBORN, "tree": TREE, "driver": DRIVER}.items():
        (tmp_path / f"{name}.py").write_text(script)
    yield tmp_path
    for process in at_work(tmp_path):  # only after a failure
        with suppress(psutil.NoSuchProcess):
            process.kill()


def at_work(folder: Path) -> list[psutil.Process]:
    found = psutil.process_iter(["pid", "cwd"])
    return [p for p in found if p.info["cwd"] == str(folder) and p.info["pid"] != os.getpid()]


def eventually(condition: Callable[[], object], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(condition())


def service(name: str, script: str, *, grace: float = 5, leaned_on: bool = True) -> Service:
    return Service(name, [sys.executable, f"{script}.py", name], os.environ, Path(f"{name}.log"), grace, leaned_on)


def drive(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "driver.py", *arguments], stdout=subprocess.PIPE, text=True)


def test_what_dies_is_started_again_and_talked_about(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "sickly.py").write_text("print('no more memory'); raise SystemExit(3)")
    monkeypatch.setattr(module, "LONGEST_BACKOFF", 0.3)
    said: list[str] = []
    with Supervisor(said.append) as supervisor:
        supervisor.start(service("sickly", "sickly"))
        supervisor.wait(lambda: supervisor.failures("sickly") >= 3)
    ends = [line for line in said if "sickly ended with exit code 3 after 0 s; starting it again" in line]
    assert len(ends) == 3
    assert "its log sickly.log ends with" in said[2] and "no more memory" in said[2]


def test_back_off_doubles_and_ends(folder: Path) -> None:
    running = module._Running(service("any", "any"))
    delays = [Supervisor()._back_off(running, lived=3) for _ in range(9)]
    assert delays == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_who_lived_long_begins_again_with_the_shortest(folder: Path) -> None:
    running = module._Running(service("any", "any"), failures=7)
    assert Supervisor()._back_off(running, lived=module.STEADY + 1) == 1


def test_the_last_come_is_stopped_first(folder: Path) -> None:
    with Supervisor() as supervisor:
        for name in "abc":
            supervisor.start(service(name, "polite"))
        supervisor.wait(lambda: all((folder / name).exists() for name in "abc"))
    assert (folder / "ended").read_text().split() == ["c", "b", "a"]
    assert not at_work(folder)


def test_those_that_nothing_leans_on_stop_together(folder: Path) -> None:
    with Supervisor() as supervisor:
        supervisor.start(service("a", "polite"))
        for name in "bcd":
            supervisor.start(service(name, "polite", leaned_on=False))
        supervisor.wait(lambda: all((folder / name).exists() for name in "abcd"))
        began = time.monotonic()
    assert time.monotonic() - began < 1.9  # half a second each, and four in a row would be two
    assert (folder / "ended").read_text().split()[-1] == "a"


def test_who_does_not_stop_is_killed_with_its_children(folder: Path) -> None:
    with Supervisor() as supervisor:
        supervisor.start(service("mule", "stubborn", grace=0.3))
        supervisor.wait(lambda: len(list(folder.glob("mule-*"))) == 2)
    assert eventually(lambda: not at_work(folder), 3)


def test_what_a_dead_process_left_behind_goes_before_it_comes_back(folder: Path) -> None:
    with Supervisor(lambda _: None) as supervisor:
        supervisor.start(service("mule", "stubborn", grace=0.3))
        supervisor.wait(lambda: len(list(folder.glob("mule-*"))) == 2)
        first = {p.pid for p in at_work(folder)}
        leader = next(p for p in at_work(folder) if p.ppid() == os.getpid())
        leader.kill()
        supervisor.wait(lambda: len(list(folder.glob("mule-*"))) == 4)
        assert not first & {p.pid for p in at_work(folder)}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_wait_and_leaves_nothing(folder: Path, number: int) -> None:
    driver = drive("polite", "5")
    assert eventually((folder / "polite").exists)
    driver.send_signal(number)
    assert driver.communicate(timeout=10)[0] == "stopping\n" and driver.returncode == 0
    assert (folder / "ended").exists() and not at_work(folder)


def test_a_second_signal_hurries(folder: Path) -> None:
    driver = drive("stubborn", "60")
    assert eventually(lambda: len(list(folder.glob("stubborn-*"))) == 2)
    driver.terminate()
    time.sleep(1)
    assert driver.poll() is None
    driver.terminate()
    driver.communicate(timeout=5)
    assert eventually(lambda: not at_work(folder), 3)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has died")
def test_nothing_outlives_a_killed_supervisor(folder: Path) -> None:
    driver = drive("tree", "60")
    assert eventually(lambda: len(list(folder.glob("tree-*"))) == 3)
    assert len(at_work(folder)) == 4
    driver.kill()
    driver.communicate()
    assert eventually(lambda: not at_work(folder), 5)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has died")
def test_a_follower_whose_parent_has_gone_already_does_not_start(folder: Path) -> None:
    orphan = [sys.executable, "-P", "-m", "dateline.follow", "1", "tree", "tree"]
    assert subprocess.run(orphan, check=False, timeout=20).returncode == 1
    assert not list(folder.glob("tree-*"))


def test_a_signal_is_heard_in_every_wait(folder: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)

    def interrupt() -> bool:
        os.kill(os.getpid(), signal.SIGTERM)
        return False

    with Supervisor() as supervisor, pytest.raises(Stopped):
        supervisor.wait(interrupt)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_command_runs_once(folder: Path) -> None:
    (folder / "once.py").write_text("raise SystemExit(4)")
    with Supervisor() as supervisor:
        assert supervisor.run(service("once", "once")) == 4
    assert (folder / "once.log").stat().st_mode & 0o777 == 0o600


def test_a_command_that_is_not_there(folder: Path) -> None:
    said: list[str] = []
    gone = Service("gone", ["/nowhere/to/be/found"], os.environ, folder / "gone.log")
    with Supervisor(said.append) as supervisor:
        with pytest.raises(FileNotFoundError):
            supervisor.start(gone)
        supervisor.wait(lambda: bool(said))
    assert "gone cannot be started" in said[0]


def test_a_log_does_not_grow_for_ever(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    rotate(log, 10)
    with log.open("a") as writer:
        for text in ("one\n", "two and more\n"):
            writer.write(text)
            writer.flush()
            rotate(log, 10)
        writer.write("three\n")
    assert log.read_text() == "three\n" and (tmp_path / "a.log.1").read_text() == "one\ntwo and more\n"


def test_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("".join(f"{n}\n\n" for n in range(10)))
    assert last_lines(log, 2) == ["8", "9"]
    assert last_lines(tmp_path / "none", 2) == ["(No such file or directory)"]
