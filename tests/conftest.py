"""What tests share: a real embedded Postgres, and a database of its own for each test."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dateline.postgres import Server
from pipelines.database import Database, connect
from pipelines.migrating import migrate
from pipelines.workers import cores

TEMPLATE = "dateline_template"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: now and then a test waits."""
    return cores() + 1


@pytest.fixture(scope="session")
def state() -> Iterator[Path]:
    """A state folder for the session; not pytest's own, into which the server's user may not go."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-tests-"))
    folder.chmod(0o711)  # or what is made in it would have its database elsewhere
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def server(state: Path) -> Iterator[Server]:
    """The embedded Postgres, with a migrated database to copy from."""
    with Server(state, fsync="off").running() as running:  # no test pulls the plug
        running.ensure_database(TEMPLATE)
        migrate(running.url(TEMPLATE))
        yield running


@pytest.fixture
def database_url(server: Server) -> Iterator[str]:
    """A fresh, migrated database."""
    name = f"t_{uuid.uuid4().hex}"
    _on_server(server, f"create database {name} template {TEMPLATE}")
    yield server.url(name)
    _on_server(server, f"drop database {name} with (force)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A pool on a fresh database."""
    with Database(database_url) as database:
        yield database


def _on_server(server: Server, statement: str) -> None:
    connection = connect(server.url("postgres"))
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a command that works on the test's own database, state folder and outlets."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("DATELINE_", "AIRFLOW"))}
    return keep | {
        "DATELINE_DATABASE_URL": database_url,
        "DATELINE_HOME": str(tmp_path / "home"),
        "DATELINE_SOURCES": str(_empty(tmp_path / "sources.toml")),
    }


def _empty(path: Path) -> Path:
    path.touch()
    return path


Ask = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def ask(database: Database) -> Ask:
    """Ask the test's database: the rows of a query, as tuples."""

    def ask(query: str, *parameters: object) -> list[tuple[object, ...]]:
        with database.transaction() as cursor:
            cursor.execute(query, parameters)
            return [tuple(row) for row in cursor.fetchall()]

    return ask
