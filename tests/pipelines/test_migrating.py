"""Migrations: in order, once, from every version, and while others hold, read and write what they change."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest

from dateline.postgres import Server
from pipelines import fetches
from pipelines.database import Database, DatabaseError, DatabaseGone, Forbidden, Locked, connect
from pipelines.migrating import MIGRATION_LOCK, Migration, Session, apply, migrate, migrations
from tests import schemas
from tests.conftest import Ask
from tests.waits import Readers

COLUMN = Migration("9001_column", "alter table articles add mood text")
INDEX = Migration(
    "9002_index",
    """-- online
-- Kinds are asked for.

create index concurrently if not exists articles_kind on articles (kind);

-- And explained.
comment on index articles_kind is 'By kind.';
""",
)
IN_PARTITIONS = Migration(
    "9004_outcomes",
    """-- online
-- Outcomes are asked for, of the last weeks.

create index concurrently if not exists fetches_outcome on fetches (outcome, at)
    where outcome <> 'unchanged';
""",
)
BATCHES = Migration(
    "9003_sections",
    """-- online
-- Sections in capitals.

do $$
begin
    loop
        update articles set section = 'NEWS' where id in (select id from articles where section is null limit 20);
        exit when not found;
        commit;
        if current_setting('dateline.pull', true) = 'the plug' then
            raise exception 'the plug was pulled';
        end if;
    end loop;
end
$$;
""",
)
WRITING = "lock table articles in row exclusive mode"  # what a concurrent index waits for
# How a statement says that running it again is no harm.
AGAIN = re.compile(
    r"if not exists|drop index concurrently if exists|comment on|analyze|do \$\$|validate constraint"
    r"|gin_clean_pending_list"
)


def more(url: str, *wanted: Migration, patience: float = 20) -> list[str]:
    """Apply these beside what the database has."""
    with closing(Session(url)) as session:
        return apply(session, [*migrations(), *wanted], patience)


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for it."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "it did not come about"
        time.sleep(0.02)


@contextmanager
def holding(url: str, statement: str) -> Iterator[Callable[[], None]]:
    """A transaction that ran the statement and stays open, until what is given is called or the block ends."""
    connection = connect(url)
    with connection.cursor() as cursor:
        cursor.execute("begin")
        cursor.execute(statement)
        yield connection.close
    connection.close()


def test_migrations_are_numbered_and_say_why() -> None:
    names = [m.name for m in migrations()]
    numbers = [name[:4] for name in names]
    assert numbers == sorted(set(numbers))
    assert all(
        re.match(r"(-- online\n)?-- \S", m.sql) and not re.match(r"-- online\n-- online", m.sql) for m in migrations()
    )


def test_what_runs_online_may_run_again() -> None:
    for migration in (m for m in [*migrations(), INDEX] if m.is_online):
        assert migration.statements
        assert all(s.rstrip().endswith(";") and AGAIN.search(s) for s in migration.statements), migration.name


def test_migrating_again_changes_nothing(database_url: str, ask: Ask) -> None:
    assert migrate(database_url) == []
    assert ask("select name from schema_migrations order by name") == [(m.name,) for m in migrations()]


def test_several_processes_may_migrate_at_once(server: Server) -> None:
    server.ensure_database("together")
    url, applied = server.url("together"), list[list[str]]()
    wanted = [*migrations(), INDEX, COLUMN]
    threads = [threading.Thread(target=lambda: applied.append(more(url, INDEX, COLUMN))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, applied)) == [0, 0, 0, len(wanted)]


def test_the_migrations_give_the_committed_schema(server: Server, database_url: str) -> None:
    found = schemas.dump(server, database_url)
    if os.environ.get("WRITE_SCHEMA"):
        schemas.SCHEMA.write_text(found)
    assert found == schemas.SCHEMA.read_text(), "run: make schema"


@pytest.mark.parametrize("version", schemas.VERSIONS)
def test_every_version_with_its_rows_comes_up_to_date(server: Server, version: str) -> None:
    server.ensure_database(f"from_{version}")
    url = server.url(f"from_{version}")
    schemas.bring_to(url, version)
    schemas.fill(url, version)
    before = schemas.rows(url)
    assert migrate(url) == [v for v in schemas.VERSIONS if v > version]
    assert schemas.changed(before, schemas.rows(url)) == []
    assert schemas.dump(server, url) == schemas.SCHEMA.read_text()
    schemas.read_everything(url)


def test_what_older_versions_write_can_still_be_written(database_url: str, ask: Ask) -> None:
    schemas.fill(database_url, schemas.VERSIONS[-1])
    assert ask("select count(*) from articles") == [(50,)]


def test_the_log_goes_to_its_partition_while_it_is_written_and_read(server: Server) -> None:
    server.ensure_database("log")
    url = server.url("log")
    schemas.bring_to(url, "0027_quick_answers_online")
    schemas.fill(url, "0027")
    said: list[str] = []
    with Database(url, 2) as database, Readers(url, query="select count(*) from fetches") as readers:
        with holding(url, "select from fetches") as release:
            thread = threading.Thread(target=lambda: said.extend(migrate(url)))
            thread.start()
            _log(database, 100)  # two seconds, in which some tries end
            assert thread.is_alive()
            release()
        thread.join()
        _log(database, 1)
        with database.transaction() as cursor:
            cursor.execute(LOGGED)
            assert cursor.fetchone() == (151, 151, 151, ["fetches_default"], True)
    assert said[-3:] == ["0028_fetches_by_month_online", "0029_fetches_by_month", "0030_log_from"]
    assert readers.slowest < 1.5 and readers.queries > 20


LOGGED = """
    select count(*) as a, count(distinct id) as b, max(id) as c, array_agg(distinct tableoid::regclass::text) as d,
        has_table_privilege('dateline_writer', 'fetches', 'insert') as e
    from fetches
"""


def _log(database: Database, requests: int) -> None:
    """Write requests as every version does; no one takes long."""
    for _ in range(requests):
        began = time.monotonic()
        with database.transaction() as cursor:
            cursor.execute("insert into fetches (run_id, page_id, url, outcome) values (1, 1, 'x', 'unchanged')")
        assert time.monotonic() - began < 1.5
        time.sleep(0.02)


def test_the_log_keeps_its_owner_and_who_may_read_it(server: Server) -> None:
    server.ensure_database("logowner")
    url = server.url("logowner")
    schemas.bring_to(url, "0028_fetches_by_month_online")
    with Database(url, 1) as database, database.transaction() as cursor:
        cursor.execute("create role logkeeper; create role logreader; alter table fetches owner to logkeeper")
        cursor.execute("grant select on fetches to logreader with grant option; grant insert on fetches to public")
    schemas.bring_to(url, "0029_fetches_by_month")
    with Database(url, 1) as database, database.transaction() as cursor:
        cursor.execute(
            "select relowner::regrole::text, array_to_string(relacl, ' ') from pg_class where relname = 'fetches'"
        )
        owner, rights = cursor.fetchone()
        cursor.execute("drop owned by logreader; drop owned by logkeeper; drop role logreader; drop role logkeeper")
    assert (owner, "logreader=r*/logkeeper" in rights, " =a/logkeeper" in f" {rights}") == ("logkeeper", True, True)


def test_a_column_waits_for_who_reads_and_holds_up_nobody_else(database_url: str, ask: Ask) -> None:
    applied: list[list[str]] = []
    with holding(database_url, "select from articles") as release, Readers(database_url) as readers:
        thread = threading.Thread(target=lambda: applied.append(more(database_url, COLUMN)))
        thread.start()
        time.sleep(2)  # some tries have ended, all in vain
        readers.wait_for(20)
        assert thread.is_alive()  # they have been answered while it waited
        release()
        thread.join()
    assert applied == [["9001_column"]]
    assert ask("select mood from articles") == []
    assert readers.slowest < 1.5  # seconds; a try takes less than half of one


def test_who_holds_the_table_is_named_in_the_end(database_url: str, ask: Ask) -> None:
    who = r"process \d+ \(dateline of postgres, idle in transaction for \d s\): select 'a long look' from articles$"
    with (
        holding(database_url, "select 'a long look' from articles"),
        pytest.raises(Locked, match=f"9001_column got no lock for 2 s, held by {who}"),
    ):
        more(database_url, COLUMN, patience=2)
    assert ask("select count(*) from schema_migrations where name = '9001_column'") == [(0,)]


def test_who_migrates_for_too_long_is_named(database_url: str) -> None:
    with closing(Session(database_url)) as other:
        other.cursor.execute("select pg_advisory_lock(%s)", (MIGRATION_LOCK,))
        with pytest.raises(Locked, match=r"another process has been migrating for 0 s: process \d+ \(dateline"):
            more(database_url, COLUMN, patience=0)


def test_nobody_waits_for_what_another_does_online(database_url: str) -> None:
    with holding(database_url, WRITING):
        building = threading.Thread(target=more, args=(database_url, INDEX))
        building.start()
        until(lambda: _invalid(database_url))
        began = time.monotonic()
        assert more(database_url, INDEX) == []
        assert time.monotonic() - began < 1
    building.join()
    assert more(database_url, INDEX) == []


def _invalid(url: str) -> bool:
    with Database(url, 1) as database, database.transaction() as cursor:
        cursor.execute("select from pg_index where indexrelid = to_regclass('articles_kind') and not indisvalid")
        return cursor.fetchone() is not None


@pytest.mark.parametrize("whom", ["process", "backend"])
def test_a_build_that_was_killed_is_done_again(database_url: str, ask: Ask, whom: str) -> None:
    script = "import sys; from tests.pipelines.test_migrating import more, INDEX; more(sys.argv[1], INDEX)"
    with holding(database_url, WRITING) as release:
        building = subprocess.Popen([sys.executable, "-c", script, database_url], stderr=subprocess.DEVNULL)
        until(lambda: _invalid(database_url))
        if whom == "process":
            building.send_signal(signal.SIGKILL)
            release()  # the server goes on alone, and whoever comes next waits for it
        else:
            ask("select pg_terminate_backend(pid) from pg_stat_activity where query like 'create index concurrently%%'")
        building.wait()
    if whom == "backend":
        assert _invalid(database_url)
    assert more(database_url, INDEX) == ["9002_index"]
    assert ask("select indisvalid from pg_index where indexrelid = 'articles_kind'::regclass") == [(True,)]
    assert ask("select obj_description('articles_kind'::regclass)") == [("By kind.",)]


def test_an_index_of_a_table_in_partitions_is_built_by_partition(database_url: str, ask: Ask) -> None:
    fetches.prune(database_url, None, datetime(2026, 11, 1, tzinfo=UTC))
    with holding(database_url, "lock table fetches_2026_12 in row exclusive mode") as release:
        building = threading.Thread(target=more, args=(database_url, IN_PARTITIONS))
        building.start()
        until(lambda: ("fetches_2026_12_fetches_outcome",) in ask("select relname from pg_class where relkind = 'i'"))
        ask("insert into sources (name, url, origin) values ('a', 'b', 'one_off') returning id")
        assert ask(VALID, "fetches_outcome") == [(False,)]
        release()
    building.join()
    assert ask(VALID, "fetches_outcome") == [(True,)]
    assert ask("select count(*) from pg_inherits where inhparent = 'fetches_outcome'::regclass") == [(4,)]
    fetches.prune(database_url, None, datetime(2026, 12, 1, tzinfo=UTC))
    assert ask("select count(*) from pg_inherits where inhparent = 'fetches_outcome'::regclass") == [(5,)]


VALID = "select indisvalid from pg_index where indexrelid = to_regclass(%s)"


def test_rows_are_filled_in_batches_that_are_kept(database_url: str, ask: Ask) -> None:
    schemas.fill(database_url, schemas.VERSIONS[-1])
    with closing(Session(database_url)) as session:
        session.cursor.execute("set dateline.pull = 'the plug'")
        with pytest.raises(DatabaseError, match="the plug was pulled"):
            apply(session, [*migrations(), BATCHES])
    assert ask("select count(*) from articles where section is null") == [(30,)]
    assert more(database_url, BATCHES) == ["9003_sections"]
    assert ask("select count(*) from articles where section is null") == [(0,)]


def test_who_may_not_change_the_schema_is_told_so(database_url: str, ask: Ask) -> None:
    name = database_url.rpartition("@/")[2].partition("?")[0]
    role = f"guest_{name}"
    ask(f"create role {role} login; grant select on schema_migrations to {role}; select 1")
    url = database_url.replace("postgres@", f"{role}@")
    try:
        assert migrate(url) == []  # there is nothing to change
        with pytest.raises(Forbidden, match="the schema lacks 9001_column, and this user may not change it"):
            more(url, COLUMN)
    finally:
        ask(f"drop owned by {role}; drop role {role}; select 1")


def test_a_server_that_is_not_there_is_one_line() -> None:
    with pytest.raises(DatabaseGone, match="Postgres: ") as error:
        migrate("postgresql://nobody@127.0.0.1:1/nothing")
    assert "\n" not in str(error.value)
