"""Turns at hosts: one request at a time, whoever asks, and pauses that hold for all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pipelines import hosts
from pipelines.database import Database
from pipelines.hosts import RulesFile
from pipelines.runs import OutletLocks
from tests.conftest import Ask

HOST = "x.example"


@pytest.fixture
def processes(database_url: str) -> Iterator[tuple[OutletLocks, OutletLocks]]:
    two = OutletLocks(database_url), OutletLocks(database_url)
    yield two
    for locks in two:
        locks.close()


def test_one_request_at_a_time(database: Database, processes: tuple[OutletLocks, OutletLocks]) -> None:
    one, other = (locks.holder for locks in processes)
    assert hosts.take(database, HOST, one, 0.0) is None
    wait = hosts.take(database, HOST, other, 0.0)
    assert wait is not None
    assert wait.paused is None
    assert hosts.take(database, "y.example", other, 0.0) is None
    hosts.give_back(database, HOST, one, 0.0)
    assert hosts.take(database, HOST, other, 0.0) is None


def test_a_pause_after_each_answer(database: Database, processes: tuple[OutletLocks, OutletLocks]) -> None:
    one, other = (locks.holder for locks in processes)
    hosts.take(database, HOST, one, 5.0)
    hosts.give_back(database, HOST, one, 5.0)
    wait = hosts.take(database, HOST, other, 5.0)
    assert wait is not None
    assert 4.0 < wait.seconds <= 5.0


def test_the_turn_of_a_dead_process_falls(database: Database, processes: tuple[OutletLocks, OutletLocks]) -> None:
    one, other = processes
    hosts.take(database, HOST, one.holder, 0.0)
    one.close()
    taken = any(hosts.take(database, HOST, other.holder, 0.0) is None for _ in range(100))  # its session ends soon
    assert taken


def test_failures_double_the_pause(database: Database, processes: tuple[OutletLocks, OutletLocks], ask: Ask) -> None:
    holder = processes[0].holder
    pauses = []
    for failed in (True, True, True, False):
        ask("update hosts set next_at = now() - interval '1 hour' returning host")
        hosts.take(database, HOST, holder, 2.0)
        hosts.give_back(database, HOST, holder, 2.0, failed=failed)
        pauses += ask("select round(extract(epoch from next_at - now()))::int from hosts")
    assert [seconds for (seconds,) in pauses] == [4, 8, 16, 2]


def test_a_host_that_asks_for_a_pause_has_it(database: Database, processes: tuple[OutletLocks, OutletLocks]) -> None:
    one, other = (locks.holder for locks in processes)
    hosts.take(database, HOST, one, 1.0)
    hosts.give_back(database, HOST, one, 1.0, failed=True, pause=timedelta(hours=1), reason="it answered 429")
    wait = hosts.take(database, HOST, other, 1.0)
    assert wait is not None
    assert 3500 < wait.seconds <= 3600
    assert wait.paused == "it answered 429"


def test_rules_are_remembered_for_a_while(database: Database) -> None:
    assert hosts.rules(database, "https://x.example/robots.txt") is None
    said = RulesFile("User-agent: *\0", 200)
    hosts.keep_rules(database, "https://x.example/robots.txt", said, timedelta(hours=1))
    assert hosts.rules(database, "https://x.example/robots.txt") == RulesFile("User-agent: *", 200)
    hosts.keep_rules(database, "https://x.example/robots.txt", RulesFile(reason="away"), timedelta(hours=-1))
    assert hosts.rules(database, "https://x.example/robots.txt") is None
