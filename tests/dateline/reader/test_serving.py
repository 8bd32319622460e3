"""`dateline serve` as a process: how it starts, what keeps it from that, how it ends, and a database that goes away."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from dateline.postgres import Server
from dateline.reader import archive as archives
from dateline.reader import questions
from pipelines.database import connect
from tests.commands import DATELINE, dateline
from tests.reading import Visitor, served
from tests.test_crawl import Environment


@contextmanager
def serving(environment: Environment, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], Visitor]]:
    """The command on a free port, killed at the end if it still runs."""
    command = [DATELINE, "serve", "--port", "0", *arguments]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            found = re.fullmatch(r"reader: http://\S+:(\d+)/\n", process.stdout.readline())
            assert found, process.communicate()
            yield process, Visitor(int(found[1]))
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_serves_until_it_is_stopped(environment: Environment, number: signal.Signals) -> None:
    with serving(environment | {"DATELINE_READER_URL": "https://archive.example/"}) as (process, visitor):
        assert visitor.get("/health").body == "ok\n"
        assert visitor.get("/").all("//h1") == ["No article yet"]
        assert visitor.get("/health", host="archive.example").status == 200
        assert visitor.get("/health", host="evil.example").status == 400
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (0, "stopped\n", "")


def test_an_open_connection_does_not_hold_it_up(environment: Environment) -> None:
    with serving(environment) as (process, visitor), socket.create_connection(("127.0.0.1", visitor.port)) as idle:
        idle.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n")  # and never the rest
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0


def test_a_port_that_is_taken_is_one_line(environment: Environment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = dateline(environment, "serve", "--port", str(port))
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        f"dateline: 127.0.0.1, port {port}: the port is taken: stop what listens there, or give another --port\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--host", "192.0.2.1"), 1, "dateline: 192.0.2.1, port 8090: this machine has no such address"),
        (("--host", "no such host"), 1, "dateline: no such host, port 8090: "),
        (("--port", "70000"), 2, "65535"),
        (("--port", "http"), 2, "integer"),
    ],
    ids=["address", "host", "large", "word"],
)
def test_nowhere_to_listen(environment: Environment, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = dateline(environment, "serve", *arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err and "Traceback" not in done.err


def test_no_database_is_one_line_and_exit_code_4(environment: Environment) -> None:
    env = environment | {"DATELINE_DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    done = dateline(env, "serve", "--port", "0")
    assert (done.code, done.out, len(done.err.splitlines())) == (4, "", 1)


def test_a_bad_address_of_the_reader_is_one_line(environment: Environment) -> None:
    done = dateline(environment | {"DATELINE_READER_URL": "reader.example"}, "serve")
    assert done.code == 2
    assert done.err == "dateline: DATELINE_READER_URL: 'reader.example' is no address; write https://…\n"


@contextmanager
def without(server: Server, database_url: str) -> Iterator[None]:
    """Nobody gets into the database meanwhile, and who was in it is thrown out."""
    name = database_url.rsplit("/", 1)[1].partition("?")[0]
    with closing(connect(server.url("postgres"))) as connection, connection.cursor() as cursor:
        cursor.execute(f"alter database {name} allow_connections false")
        cursor.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,))
        try:
            yield
        finally:
            cursor.execute(f"alter database {name} allow_connections true")


@pytest.mark.parametrize(
    "path", ["/", "/articles/1", "/outlets", "/outlets/x", "/stories/1", "/why?url=http://x.example"]
)
def test_a_database_that_goes_away_is_a_page_and_comes_back(server: Server, database_url: str, path: str) -> None:
    with served(database_url) as visitor:
        before = visitor.get(path).status
        with without(server, database_url):
            answer = visitor.get(path)
            assert (answer.status, answer.all("//h1")) == (
                503,
                ["The archive's database does not answer. Try again in a moment."],
            )
            assert "default-src" in answer.headers["content-security-policy"]
            assert visitor.get("/health").status == 503
            assert visitor.get("/static/style.css").status == 200
        assert [visitor.get(path).status for _ in range(6)] == [before] * 6
        assert visitor.get("/health").status == 200


def test_what_takes_too_long_is_given_up(server: Server, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(archives.LIMITS, "statement_timeout", "200ms")
    with served(database_url) as visitor, closing(connect(database_url)) as locking, locking.cursor() as cursor:
        cursor.execute("begin; lock table sources in access exclusive mode")
        began = time.monotonic()
        answer = visitor.get("/outlets")
        assert time.monotonic() - began < 2  # asked once, not again
        assert (answer.status, answer.all("//h1")) == (
            503,
            ["That took the archive more than 10 seconds: ask for less."],
        )
        assert visitor.get("/health").status == 200
        cursor.execute("rollback")
        assert visitor.get("/outlets").status == 200


def test_a_login_that_may_read_alone_is_enough(server: Server, database_url: str, environment: Environment) -> None:
    name = f"reader_{uuid.uuid4().hex[:8]}"
    with closing(connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"create role {name} login; grant dateline_reader to {name}")
        try:
            url = database_url.replace("postgres@", f"{name}@", 1)
            with serving(environment | {"DATELINE_DATABASE_URL": url}) as (_, visitor):
                assert visitor.get("/").status == visitor.get("/outlets").status == 200
                assert visitor.get("/why?url=https://x.example/").status == 200
        finally:
            cursor.execute(f"drop role {name}")


def test_a_login_that_may_not_act_as_a_reader_asks_as_itself(server: Server, database_url: str) -> None:
    name = f"owner_{uuid.uuid4().hex[:8]}"
    with closing(connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"create role {name} login; grant select on all tables in schema public to {name}")
        try:
            with served(database_url.replace("postgres@", f"{name}@", 1)) as visitor:
                assert visitor.get("/").status == 200
        finally:
            cursor.execute(f"drop owned by {name}; drop role {name}")


def test_a_mistake_of_ours_is_a_page_too(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(questions, "states")
    with served(database_url) as visitor:
        answer = visitor.get("/outlets")
        assert (answer.status, answer.all("//h1")) == (
            500,
            ["This page is broken. The log of dateline serve says why."],
        )
        assert "default-src" in answer.headers["content-security-policy"]
        assert visitor.get("/").status == 200
