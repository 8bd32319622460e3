"""Articles are assigned while they are stored, and a fault costs nobody's article."""

from __future__ import annotations

import logging
import time

import pytest

from pipelines import following
from pipelines.database import Database
from pipelines.following import Follower
from tests.conftest import Ask
from tests.pipelines.conftest import Publish

WIRE = " ".join(f"wire{n}" for n in range(200))


def test_what_is_stored_is_assigned_soon(database: Database, publish: Publish, ask: Ask) -> None:
    with Follower(database.url):
        publish("o1", WIRE, assign=False)
        publish("o2", WIRE, assign=False)
        give_up_at = time.monotonic() + 20
        while ask("select size from clusters") != [(2,)]:
            assert time.monotonic() < give_up_at
            time.sleep(0.1)


def test_what_is_left_at_the_end_is_assigned_then(
    database: Database, publish: Publish, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "PAUSE", 60.0)
    with Follower(database.url):
        publish("o1", WIRE, assign=False)
        publish("o2", WIRE, assign=False)
    assert ask("select size from clusters") == [(2,)]


def test_a_fault_is_logged_and_the_queue_kept(
    database: Database, publish: Publish, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    publish("o1", WIRE, assign=False)
    ask("alter table fingerprints rename to elsewhere; select 1")
    with caplog.at_level(logging.WARNING, "pipelines.following"), Follower(database.url):
        pass
    assert [record.message.partition(":")[0] for record in caplog.records] == ["articles wait for their clusters"]
    assert ask("select count(*) from cluster_queue") == [(1,)]
