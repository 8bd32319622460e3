"""Our own Airflow: its addresses, secrets, and an environment that is neither another Airflow's nor open to others."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from pathlib import Path

import pytest

from dateline.airflow import Airflow, asyncpg_url, free_port, metadata_database, sqlalchemy_url
from dateline.errors import CommandError, NoDatabase
from dateline.rest import NoAnswer, Rest
from pipelines.database import connect


@pytest.fixture
def airflow(tmp_path: Path) -> Airflow:
    return Airflow(
        tmp_path / "home" / "airflow", "postgresql://me:s%24cret@db.example:5433/airflow?sslmode=require", 8099
    )


@pytest.mark.parametrize(
    ("url", "sync", "asynchronous"),
    [
        (
            "postgresql://postgres@/airflow?host=%2Frun%2Fpg",
            "postgresql+psycopg2://postgres@/airflow?host=%2Frun%2Fpg",
            "postgresql+asyncpg://postgres@/airflow?host=%2Frun%2Fpg",
        ),
        (
            "postgres://me:a$b@h:5/airflow?sslmode=verify-full&connect_timeout=3",
            "postgresql+psycopg2://me:a%24b@h:5/airflow?sslmode=verify-full&connect_timeout=3",
            "postgresql+asyncpg://me:a%24b@h:5/airflow?ssl=verify-full",
        ),
        (
            "postgresql:///airflow",
            "postgresql+psycopg2:///airflow",
            "postgresql+asyncpg:///airflow",
        ),
    ],
)
def test_one_address_for_each_driver(url: str, sync: str, asynchronous: str) -> None:
    assert (sqlalchemy_url(url), asyncpg_url(url)) == (sync, asynchronous)


def test_secrets_are_made_once_and_for_their_owner_alone(airflow: Airflow) -> None:
    first = airflow.environment({})
    assert airflow.environment({}) == first
    assert len(first["AIRFLOW__API_AUTH__JWT_SECRET"]) == 64
    for name in ("passwords.json", "secrets.json"):
        assert (airflow.folder / name).stat().st_mode & 0o777 == 0o600
    assert airflow.folder.stat().st_mode & 0o777 == 0o700
    assert json.loads((airflow.folder / "passwords.json").read_text()) == {"admin": airflow.password}


def test_the_password_is_the_users_to_change(airflow: Airflow) -> None:
    assert airflow.password
    (airflow.folder / "passwords.json").write_text('{"admin": "of my choice", "guest": "x"}')
    assert airflow.password == "of my choice"


def test_another_airflow_stays_outside(airflow: Airflow) -> None:
    env = airflow.environment({"AIRFLOW__CORE__EXECUTOR": "CeleryExecutor", "AIRFLOW_CONFIG": "/x", "PATH": "/bin"})
    assert env["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor" and "AIRFLOW_CONFIG" not in env
    assert env["PATH"] == "/bin" and env["AIRFLOW_HOME"] == str(airflow.folder)


def test_it_is_of_this_machine_alone(airflow: Airflow) -> None:
    env = airflow.environment({"NO_PROXY": "intranet"})
    assert env["AIRFLOW__API__HOST"] == "127.0.0.1" and airflow.address == "http://127.0.0.1:8099"
    assert env["NO_PROXY"] == env["no_proxy"] == "intranet,127.0.0.1,localhost"
    for service in airflow.services(env):
        assert service.name == "dag-processor" or "--skip-serve-logs" in service.command


def test_bytecode_is_kept_where_it_may_be(airflow: Airflow) -> None:
    assert "PYTHONPYCACHEPREFIX" not in airflow.environment({})
    env = airflow.environment({"PYTHONDONTWRITEBYTECODE": "1"})
    assert env["PYTHONDONTWRITEBYTECODE"] == "" and env["PYTHONPYCACHEPREFIX"].startswith(str(airflow.folder))


def test_the_dags_are_there(airflow: Airflow) -> None:
    assert (Path(airflow.environment({})["AIRFLOW__CORE__DAGS_FOLDER"]) / "crawl.py").is_file()


def test_its_database_is_made_beside_the_archives(database_url: str) -> None:
    url = metadata_database(database_url, embedded=False)
    assert metadata_database(database_url, embedded=False) == url
    name = url.partition("@/")[2].partition("?")[0]
    assert name.startswith("t_") and name.endswith("_airflow")
    connect(url).close()
    with closing(connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"drop database {name}")


def test_a_database_that_may_not_be_made_is_named(database_url: str) -> None:
    role = database_url.rpartition("/t_")[2][:12]
    with closing(connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"create role r_{role} login")
        try:
            with pytest.raises(NoDatabase, match="ask its owner for `create database"):
                metadata_database(database_url.replace("postgres@", f"r_{role}@"), embedded=False)
        finally:
            cursor.execute(f"drop role r_{role}")


def test_it_is_migrated_once_a_version(database_url: str, tmp_path: Path) -> None:
    airflow = Airflow(tmp_path / "airflow", database_url, 8099)
    assert not airflow.is_migrated()
    with closing(connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute("create table alembic_version (version_num text); insert into alembic_version values ('abc')")
        assert not airflow.is_migrated()
        airflow.note_migrated()
        assert airflow.is_migrated()
        cursor.execute("update alembic_version set version_num = 'abd'")
        assert not airflow.is_migrated()
        cursor.execute("drop table alembic_version")
        assert not airflow.is_migrated()


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) > port
        assert free_port(port - 1, count=2) > port
    with pytest.raises(CommandError, match="every port from 99999"):
        free_port(99_999)


def test_no_answer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    rest = Rest(free_port(28_000), "admin", "x")
    assert not rest.is_up()
    with pytest.raises(NoAnswer, match=r"does not answer POST /auth/token: .*refused"):
        rest.dag("crawl")
