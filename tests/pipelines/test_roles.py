"""Readers read what is meant for them, writers write rows, neither the schema; and every table has its place."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline.postgres import Server
from pipelines import roles
from pipelines.database import Database, DatabaseError, Forbidden
from pipelines.migrating import migrations
from pipelines.roles import READER, WRITER
from tests import schemas
from tests.commands import dateline
from tests.conftest import Ask
from tests.dictionary import listed

RELATIONS = """
    select relname::text from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm') and not relispartition order by 1
"""


@pytest.fixture
def user(database: Database, ask: Ask) -> Iterator[str]:
    """The name of a user who is not there yet, and is not afterwards."""
    name = f'anna "{uuid.uuid4().hex}"'
    yield name
    ask(f"""do $$ begin if to_regrole(quote_ident('{name}')) is not null then
        execute format('drop owned by %%1$I; drop role %%1$I', '{name}'); end if; end $$; select 1""")  # fmt: skip


def of(user: str, url: str) -> Database:
    """The database as that user has it."""
    quoted = user.replace(" ", "%20").replace('"', "%22")
    return Database(url.replace("postgres@", f"{quoted}@"), 1)


def run(database: Database, statement: str) -> None:
    with database.transaction() as cursor:
        cursor.execute(statement)


def test_every_table_and_view_is_for_readers_or_is_not(ask: Ask) -> None:
    there = {name for (name,) in ask(RELATIONS)}
    assert there <= {*listed("readable"), *listed("closed")}, "give a new table its place in migrations/access.sql"
    assert not {*listed("readable")} & {*listed("closed")}


def test_groups_have_what_the_lists_say(ask: Ask) -> None:
    has = f"select c from ({RELATIONS}) r (c) where has_table_privilege(%s, c, %s)"
    there = {name for (name,) in ask(RELATIONS)}
    assert {name for (name,) in ask(has, READER, "select")} == {*listed("readable")} & there
    assert ask(has, READER, "insert, update, delete, truncate") == []
    assert {name for (name,) in ask(has, WRITER, "select")} == there
    views = {name for (name,) in ask("select viewname::text from pg_views where schemaname = 'public'")}
    for right in ("insert", "update", "delete"):
        assert {name for (name,) in ask(has, WRITER, right)} == there - views - {"schema_migrations"}


def test_a_reader_reads_and_nothing_else(database: Database, database_url: str, user: str, ask: Ask) -> None:
    schemas.fill(database_url, schemas.VERSIONS[-1])
    assert roles.add(database, user, READER)
    with of(user, database_url) as reader:
        for name in {*listed("readable")} & {name for (name,) in ask(RELATIONS)}:
            run(reader, f"select * from {name} limit 5")
        run(reader, "select * from search_articles('ferry')")
        for name in {*listed("closed")} & {name for (name,) in ask(RELATIONS)}:
            with pytest.raises(Forbidden):
                run(reader, f"select * from {name}")
        for statement in (
            "insert into sources (name, url, origin) values ('a', 'b', 'one_off')", "update articles set title = 'a'",
            "delete from revisions", "truncate fetches", "create table mine (a int)", "drop table hosts",
            "alter table articles add mine int", "create view mine as select 1", "create schema mine",
            f"set role {WRITER}",
        ):  # fmt: skip
            with pytest.raises(DatabaseError):
                run(reader, statement)


def test_a_long_query_of_a_reader_is_stopped(database: Database, database_url: str, user: str, ask: Ask) -> None:
    roles.add(database, user, READER)
    set_for = ask("select setconfig from pg_db_role_setting where setrole = quote_ident(%s)::regrole", user)
    assert set_for == [(["statement_timeout=60s", "idle_in_transaction_session_timeout=5min"],)]


def test_a_writer_writes_rows_and_no_schema(database: Database, database_url: str, user: str) -> None:
    roles.add(database, user, WRITER)
    schemas.fill(database_url.replace("postgres@", f"{user}@".replace(" ", "%20").replace('"', "%22")), "9999")
    with of(user, database_url) as writer:
        for statement in (
            "create table mine (a int)", "alter table articles add mine int", "create index on articles (kind)",
            "drop view stories", "truncate articles", "insert into schema_migrations (name) values ('a')",
            "create function mine() returns int language sql return 1",
        ):  # fmt: skip
            with pytest.raises(DatabaseError):
                run(writer, statement)


def test_adding_someone_again_changes_nothing(database: Database, user: str) -> None:
    assert roles.add(database, user, READER)
    assert not roles.add(database, user, READER)
    assert not roles.add(database, user, WRITER)


def test_who_may_not_make_roles_is_told_what_to_run(database: Database, database_url: str, user: str, ask: Ask) -> None:
    roles.add(database, user, READER)
    with of(user, database_url) as reader, pytest.raises(Forbidden) as error:
        roles.add(reader, "berta", READER)
    told = str(error.value)
    assert told.startswith("Postgres: permission denied to create role; have an administrator run: create role berta")
    assert "; grant dateline_reader to berta; alter role berta in database " in told


def test_rights_are_given_anew(database: Database, ask: Ask) -> None:
    ask(f"revoke all on articles from {READER}; grant all on hosts to {READER}; select 1")
    assert roles.renew(database) == []
    assert ask(f"select has_table_privilege('{READER}', n, 'select') from unnest('{{articles,hosts}}'::text[]) n") == [
        (True,), (False,),
    ]  # fmt: skip


@pytest.fixture
def owner_url() -> Iterator[str]:
    """A database on a server of its own, where its owner may make no roles, as on servers that others run."""
    with tempfile.TemporaryDirectory(prefix="dateline-roles-") as name:
        Path(name).chmod(0o711)
        with Server(Path(name), fsync="off").running() as server:
            with Database(server.url("postgres"), 1) as administrator:
                run(administrator, "create role owner login")
            server.ensure_database("archive")
            with Database(server.url("archive"), 1) as administrator:
                run(administrator, "alter database archive owner to owner")
            yield server.url("archive").replace("postgres@", "owner@")


def test_an_owner_who_may_not_make_roles_migrates(owner_url: str) -> None:
    environment = os.environ | {"DATELINE_DATABASE_URL": owner_url}
    told = dateline(environment, "migrate")
    assert (told.code, len(told.out.splitlines())) == (0, len(migrations()))
    assert "create role dateline_reader nologin; create role dateline_writer nologin;" in told.err
    refused = dateline(environment, "roles", "add", "berta")
    assert (refused.code, refused.err) == (
        4, "dateline: there is no dateline_reader: run dateline migrate, which makes it or says who can\n",
    )  # fmt: skip
    with Database(owner_url.replace("owner@", "postgres@"), 1) as administrator:
        run(administrator, f"create role {READER} nologin; create role {WRITER} nologin; create role berta login")
        assert (again := dateline(environment, "migrate")).out == "the schema is up to date\n"
        assert (again.code, again.err) == (0, "")
        run(administrator, f"grant {READER} to berta")
    with of("berta", owner_url.replace("owner@", "postgres@")) as reader:
        run(reader, "select * from articles")
