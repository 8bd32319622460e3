"""The embedded Postgres: there while somebody uses it, gone with the last, and no folder's mode changed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline.postgres import ROOT_STATE, Server
from pipelines.database import connect

HOLD = """
import sys, time
from pathlib import Path
from dateline.postgres import Server
with Server(Path(sys.argv[1])).running():
    print("up", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="dateline-tests-"))
    yield folder
    shutil.rmtree(folder)


def is_up(server: Server) -> bool:
    asked = subprocess.run(server.command("psql", "-XtAc", "select 1", "postgres"), capture_output=True, check=False)
    return asked.returncode == 0


def holder(home: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(home)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def test_it_is_stopped_by_the_last_who_uses_it(home: Path) -> None:
    with Server(home).running() as first:
        with Server(home).running() as second:
            assert is_up(second)
        assert is_up(first)
    assert not is_up(first)


def test_a_killed_user_does_not_keep_it(home: Path) -> None:
    other = holder(home)
    other.send_signal(signal.SIGKILL)
    other.communicate()
    server = Server(home)
    assert is_up(server)  # nobody was left to stop it
    with server.running():
        assert is_up(server)
    assert not is_up(server)


def test_what_was_stored_is_there_again(home: Path) -> None:
    for expected in (0, 1):
        with Server(home).running() as server:
            server.ensure_database("kept")
            connection = connect(server.url("kept"))
            with connection.cursor() as cursor:
                cursor.execute("create table if not exists t (n int); insert into t values (1)")
                cursor.execute("select count(*) from t")
                assert cursor.fetchone() == (expected + 1,)
            connection.close()


def test_it_listens_on_a_socket_that_others_cannot_reach(home: Path) -> None:
    with Server(home).running() as server:
        assert server.sockets.stat().st_mode & 0o777 == 0o700
        connection = connect(server.url("postgres"))
        with connection.cursor() as cursor:
            cursor.execute("show listen_addresses")
            assert cursor.fetchone() == ("",)
        connection.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a server that runs as somebody else")
def test_no_mode_of_a_folder_changes(home: Path) -> None:
    private = home / "private"
    private.mkdir(mode=0o700)
    inside = private / "state"
    modes = [path.stat().st_mode for path in (home, private)]
    with Server(inside).running() as server:
        assert is_up(server)
        assert server.data.parent == ROOT_STATE
    assert [path.stat().st_mode for path in (home, private)] == modes
    shutil.rmtree(server.data)


def test_a_long_path_is_no_obstacle(home: Path) -> None:
    deep = home / ("d" * 80)
    deep.mkdir(mode=0o711)
    home.chmod(0o711)
    with Server(deep).running() as server:
        assert is_up(server)
    shutil.rmtree(server.sockets)
