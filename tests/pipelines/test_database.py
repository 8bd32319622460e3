"""Migrations, the pool, and the driver's errors in our words."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from pipelines.database import Database, DatabaseGone
from tests.conftest import Ask

SCHEMA = Path(__file__).parents[2] / "migrations" / "schema.sql"


def test_every_table_and_column_says_what_it_is(ask: Ask) -> None:
    silent = ask(
        """
        select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
            and a.attnum >= 0 and not a.attisdropped
            and (col_description(c.oid, a.attnum) is null or obj_description(c.oid) is null)
        """
    )
    assert silent == []


def test_a_transaction_is_undone_by_an_exception(database: Database, ask: Ask) -> None:
    with pytest.raises(KeyError), database.transaction() as cursor:
        cursor.execute("insert into sources (name, url, origin) values ('a', 'b', 'one_off')")
        raise KeyError
    assert ask("select count(*) from sources") == [(0,)]


def test_a_lost_connection_is_replaced(database: Database, ask: Ask) -> None:
    with pytest.raises(DatabaseGone), database.transaction() as cursor:
        cursor.execute("select pg_terminate_backend(pg_backend_pid())")
    assert ask("select 1") == [(1,)]


def test_threads_wait_for_a_connection(database_url: str) -> None:
    done = []

    def work(database: Database) -> None:
        with database.transaction() as cursor:
            cursor.execute("select pg_sleep(0.02)")
            done.append(1)

    with Database(database_url, size=2) as database:
        threads = [threading.Thread(target=work, args=(database,)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(done) == 12


def test_a_pool_does_not_cross_a_fork(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(RuntimeError, match="does not cross a fork"), database.transaction():
        pass
