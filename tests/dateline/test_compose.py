"""What docker-compose.yml asks of the image: owners and databases, and whether a part of Airflow lives."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.error import URLError

import pytest

from dateline.compose import answers, beats, member, own, role
from dateline.postgres import Server
from pipelines.database import Forbidden, connect, translated


@pytest.fixture
def name(server: Server) -> Iterator[str]:
    """Of a role and a database that are not there yet, and not afterwards."""
    name = f"own-{uuid.uuid4().hex[:8]}"
    yield name
    with closing(connect(server.url("postgres"))) as connection, connection.cursor() as cursor:
        cursor.execute(f'drop database if exists "{name}" with (force)')
        cursor.execute(f'drop role if exists "{name}"')


def owned(server: Server, name: str, password: str) -> tuple[object, ...]:
    """Make them, and ask: the owner, whether everybody may connect, and the password's hash."""
    with closing(connect(server.url("postgres"))) as connection, connection.cursor() as cursor:
        own(cursor, f"postgresql+psycopg2://{name}:{password}@postgres/{name}")
        cursor.execute(
            """
            select r.rolname, has_database_privilege('pg_monitor', d.datname, 'connect'), r.rolpassword, r.rolsuper
            from pg_database d join pg_authid r on r.oid = d.datdba where d.datname = %s
            """,
            (name,),
        )
        (row,) = cursor.fetchall()
        return tuple(row)


def test_a_database_has_an_owner_and_nobody_else_may_in(server: Server, name: str) -> None:
    assert owned(server, name, "first")[:2] == (name, False)
    assert not owned(server, name, "first")[3]


def test_a_new_password_is_taken_over(server: Server, name: str) -> None:
    before, after = owned(server, name, "first")[2], owned(server, name, "it%27s%20new")[2]
    assert before != after and str(after).startswith("SCRAM-SHA-256$")


def test_a_group_is_made_once(server: Server, name: str) -> None:
    with closing(connect(server.url("postgres"))) as connection, connection.cursor() as cursor:
        role(cursor, name, "nologin")
        role(cursor, name, "nologin")
        cursor.execute("select rolcanlogin from pg_roles where rolname = %s", (name,))
        assert cursor.fetchall() == [(False,)]


def test_a_reader_may_read_the_archive_and_change_nothing(server: Server, database_url: str, name: str) -> None:
    url = f"postgresql://{name}:secret@postgres/dateline"
    for _ in range(2):  # again, it changes nothing
        with closing(connect(server.url("postgres"))) as connection, connection.cursor() as cursor:
            member(cursor, url, "dateline_reader")
    with (
        closing(connect(database_url.replace("postgres@", f"{name}@", 1))) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("select count(*) from articles")
        for statement in ("delete from articles", "select * from tombstones", "create table t ()"):
            with pytest.raises(Forbidden), translated():
                cursor.execute(statement)


@contextmanager
def airflow(health: dict[str, object]) -> Iterator[str]:
    """A web server that tells this health."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/api/v2/monitor/health"
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(health).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/execution/"
        server.shutdown()


@pytest.mark.parametrize(("status", "expected"), [("healthy", True), ("unhealthy", False), (None, False)])
def test_a_part_is_as_well_as_airflow_says(status: str | None, expected: bool) -> None:
    with airflow({"scheduler": {"status": status}, "metadatabase": {"status": "healthy"}}) as server:
        assert beats("scheduler", server) == expected
        assert beats("metadatabase", server)


def test_what_answers() -> None:
    with airflow({}) as server:
        assert answers(server.replace("/execution/", "/api/v2/monitor/health"))


def test_nothing_is_well_without_a_web_server() -> None:
    with airflow({}) as server:
        pass
    with pytest.raises(URLError):
        answers(server)
    with pytest.raises(URLError):
        beats("scheduler", server)
