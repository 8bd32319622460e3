"""The log by months: made ahead, ended, in use all the while, killed at any step; and no row is ever refused."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pipelines import fetches, tracing, urls
from pipelines.database import Database, Locked
from pipelines.fetches import prune
from pipelines.health import days, states
from tests import schemas
from tests.conftest import Ask
from tests.pipelines.test_migrating import holding, until
from tests.waits import Readers

NOW = datetime(2027, 1, 20, 12, tzinfo=UTC)
KEEP = timedelta(days=400)
FIRST = datetime(2025, 12, 1, tzinfo=UTC)  # what is kept by then begins here
INSERT = """
    insert into fetches (run_id, page_id, url, outcome, at) values (1, 1, 'https://x.example/', 'stored', %s)
    returning id
"""
PLACES = "select tableoid::regclass::text, count(*) from fetches where url = 'https://x.example/' group by 1 order by 1"
MONTHS = "select inhrelid::regclass::text from pg_inherits where inhparent = 'fetches'::regclass order by 1"
READ = "select count(*), max(at) from fetches where page_id = 1"


@pytest.fixture(autouse=True)
def filled(database_url: str, ask: Ask) -> None:
    """An archive with an outlet, a run and fifty pages, and no request."""
    schemas.fill(database_url, schemas.VERSIONS[-1])
    ask("delete from fetches returning id")


@pytest.fixture(params=["small", "large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether what lies in no month is looked through at once or is proven first."""
    if request.param == "large":
        monkeypatch.setattr(fetches, "SMALL", -1)
    return str(request.param)


def months(ask: Ask) -> list[str]:
    return [str(name).removeprefix("fetches_") for (name,) in ask(MONTHS) if name != fetches.REST]


def years(url: str) -> None:
    """Months of 2025 and 2026."""
    for number in range(0, 24, 3):
        prune(url, None, datetime(2024 + (number + 11) // 12, (number + 11) % 12 + 1, 1, tzinfo=UTC))


def test_months_are_made_ahead_and_rows_find_theirs(database_url: str, ask: Ask) -> None:
    made = prune(database_url, KEEP, NOW)
    assert (made.made, made.dropped, made.rows, made.pending) == (
        ["2027-02", "2027-03", "2027-04"],
        [],
        0,
        [],
    )
    for at in (
        "2019-03-04",
        "2027-02-28T23:59:59.999Z",
        "2027-03-01T00:00:00Z",
        "2027-03-01T00:30:00+01:00",
        "2031-01-01",
    ):
        ask(INSERT, at)
    assert ask(PLACES) == [("fetches_2027_02", 2), ("fetches_2027_03", 1), ("fetches_default", 2)]
    assert prune(database_url, None, NOW).made == []
    assert ask("select col_description(oid, 1), obj_description(oid) from pg_class where relname = 'fetches_2027_02'")


@pytest.mark.parametrize(("size", "first"), [("small", "2027-02"), ("large", "2027-03")], indirect=["size"])
def test_a_month_that_has_rows_elsewhere_is_left_out(database_url: str, ask: Ask, size: str, first: str) -> None:
    ask(INSERT, NOW)
    assert prune(database_url, None, NOW).made == [m for m in ("2027-02", "2027-03", "2027-04") if m >= first]
    assert ask("select conname from pg_constraint where conname = %s", fetches.CHECK) == []
    ask(INSERT, NOW)
    ask(INSERT, "2027-03-31")
    assert ask(PLACES) == [("fetches_2027_03", 1), ("fetches_default", 2)]


def test_nobody_made_months_for_a_year(database_url: str, ask: Ask, size: str) -> None:
    prune(database_url, None, NOW)
    later = NOW + timedelta(days=365)
    ask(INSERT, later)
    first = "2028_02" if size == "small" else "2028_03"
    assert prune(database_url, None, later).made[0] == first.replace("_", "-")
    assert {*months(ask)} >= {"2027_04", first, "2028_04"} and "2027_06" not in months(ask)
    ask(INSERT, "2027-06-01")
    assert ask(PLACES) == [("fetches_default", 2)]


def test_a_row_of_a_time_to_come_keeps_months_from_being_made(database_url: str, ask: Ask, size: str) -> None:
    ask(INSERT, "2099-01-01")
    left = prune(database_url, KEEP, NOW)
    assert (left.made, months(ask)) == ([], [])
    assert left.pending[0].startswith("no month of the log can be made: a row of fetches_default is of 2099-01")


def test_what_had_its_time_ends(database_url: str, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetches, "AT_ONCE", 3)
    for day in range(10):
        ask(INSERT, datetime(2024, 12, 5 + day, tzinfo=UTC))
    years(database_url)
    for month in range(24):
        ask(INSERT, datetime(2025 + month // 12, month % 12 + 1, 1, tzinfo=UTC))
    foreseen = fetches.look(database_url, KEEP, NOW)
    assert ask("select count(*) from fetches") == [(34,)]
    done = prune(database_url, KEEP, NOW)
    assert (done.before, done.rows, done.made, done.pending) == (FIRST, 10, [f"2027-0{n}" for n in range(2, 5)], [])
    assert [(m.month, m.rows) for m in done.dropped] == [(f"2025-{n:02}", 1) for n in range(1, 12)]
    assert (foreseen.before, foreseen.made, foreseen.rows) == (done.before, done.made, done.rows)
    assert [m.month for m in foreseen.dropped] == [m.month for m in done.dropped]
    assert ask("select min(at), count(*) from fetches") == [(done.before, 13)]
    assert ask("select log_from from sources") == [(done.before,)]
    again = prune(database_url, KEEP, NOW)
    assert (again.dropped, again.rows, again.made) == ([], 0, [])
    assert prune(database_url, None, NOW + timedelta(days=999)).dropped == []


def test_a_longer_time_later_does_not_hide_what_is_gone(database_url: str, ask: Ask) -> None:
    ask(INSERT, "2025-01-01")
    prune(database_url, KEEP, NOW)
    ask(INSERT, "2020-01-01")
    prune(database_url, timedelta(days=1000), NOW)
    assert ask("select log_from, (select count(*) from fetches) from sources") == [(FIRST, 0)]


def test_sums_of_days_outlive_their_requests(database_url: str, database: Database, ask: Ask) -> None:
    ask("update runs set started_at = '2025-03-01 10:00+00', finished_at = '2025-03-01 11:00+00' returning id")
    ask(INSERT, "2025-03-01 10:30+00")
    states.refresh(database, timedelta(days=9999), everything=True)
    assert ask("select asked from source_days") == [(1,)]
    prune(database_url, KEEP, NOW)
    assert states.refresh(database, timedelta(days=9999), everything=True) == 0
    assert ask("select asked, (select count(*) from fetches) from source_days") == [(1, 0)]


def test_whose_story_a_page_shares_is_kept(database_url: str, ask: Ask) -> None:
    ask("""insert into fetches (run_id, page_id, url, outcome, detail, at)
        select 1, 2, 'x', outcome, detail, at::timestamptz from (values
            ('twin', 'https://x.example/a', '2025-02-03'), ('twin', 'https://x.example/b', '2025-02-04'),
            ('twin', 'https://x.example/a', '2024-02-04'), ('unchanged', null, '2025-02-05'),
            ('twin', 'https://x.example/c', '2027-01-01'), ('timeout', 'https://x.example/d', '2025-02-06')
        ) v (outcome, detail, at) returning id""")
    prune(database_url, KEEP, NOW)
    prune(database_url, KEEP, NOW + timedelta(days=3))
    assert ask("select twin_of from pages where id = 2") == [(["https://x.example/a", "https://x.example/b"],)]
    assert ask("select detail from fetches where page_id = 2") == [("https://x.example/c",)]


def run(url: str, more: str = "pass") -> subprocess.Popen[str]:
    """A process that prunes, proving before it makes months."""
    script = (
        "import sys; from datetime import datetime, timedelta; from pipelines import fetches\n"
        f"fetches.SMALL = -1; {more}\n"
        f"fetches.prune(sys.argv[1], timedelta(days=400), datetime.fromisoformat('{NOW.isoformat()}'))"
    )
    return subprocess.Popen([sys.executable, "-c", script, url], stderr=subprocess.DEVNULL, text=True)


@pytest.mark.parametrize(
    ("held", "begun"),
    [
        ("lock table runs in row exclusive mode", f"select from pg_constraint where conname = '{fetches.CHECK}'"),
        ("select from fetches_2025_10 for update", "select from sources where log_from is not null"),
        ("select from pages where id = 2 for update", "select from sources where log_from is not null"),
    ],
    ids=["making", "dropping", "keeping"],
)
def test_killed_at_a_step_the_next_call_goes_on(database_url: str, ask: Ask, held: str, begun: str) -> None:
    prune(database_url, None, datetime(2025, 9, 1, tzinfo=UTC))  # October to December
    ask(INSERT, "2024-10-01")
    ask(INSERT, "2025-10-01")
    ask("insert into fetches (run_id, page_id, url, outcome, detail, at)"
        " values (1, 2, 'x', 'twin', 'https://x.example/a', '2024-10-01') returning id")  # fmt: skip
    with holding(database_url, held) as release:
        pruning = run(database_url)
        until(lambda: bool(ask(begun)))
        pruning.send_signal(signal.SIGKILL)
        pruning.wait()
        release()
    ask(INSERT, NOW)  # nobody is refused meanwhile
    prune(database_url, KEEP, NOW)
    assert months(ask) == ["2025_12", *(["2027_02"] if "runs" in held else []), "2027_03", "2027_04"]
    assert ask("select min(at) from fetches") == [(NOW,)]
    assert ask("select twin_of from pages where id = 2") == [(["https://x.example/a"],)]
    assert ask("select conname from pg_constraint where conname = %s", fetches.CHECK) == []


def test_killed_among_rows_the_next_call_goes_on(database_url: str, ask: Ask) -> None:
    prune(database_url, None, NOW)
    for minute in range(10):
        ask(INSERT, datetime(2024, 10, 1, 12, minute, tzinfo=UTC))
    last = "select from fetches_default where at = '2024-10-01 12:09+00' for update"
    with holding(database_url, last) as release:
        pruning = run(database_url, "fetches.AT_ONCE = 4")
        until(lambda: ask("select count(*) from fetches") == [(2,)])
        pruning.send_signal(signal.SIGKILL)
        pruning.wait()
        release()
    prune(database_url, KEEP, NOW)
    assert ask("select count(*), (select log_from from sources) from fetches") == [(0, FIRST)]


def test_readers_and_writers_go_on(database_url: str, database: Database, ask: Ask) -> None:
    prune(database_url, None, datetime(2025, 9, 1, tzinfo=UTC))
    ask(INSERT, "2025-10-05")
    with holding(database_url, READ) as release, Readers(database_url, query=READ) as readers:
        thread = threading.Thread(target=prune, args=(database_url, KEEP, NOW))
        thread.start()
        slowest = max(_inserting(ask) for _ in range(100))  # two seconds, in which some tries end
        assert thread.is_alive()
        release()
        thread.join()
    assert months(ask)[-1] == "2027_04" and "2025_10" not in months(ask)
    assert max(readers.slowest, slowest) < 1.5 and readers.queries > 20


def _inserting(ask: Ask) -> float:
    """Seconds that a row of now takes."""
    time.sleep(0.02)
    began = time.monotonic()
    ask(INSERT, NOW)
    return time.monotonic() - began


def test_one_at_a_time(database_url: str) -> None:
    with holding(database_url, f"select pg_advisory_lock({fetches.TURN})"), pytest.raises(Locked, match="is under way"):
        prune(database_url, KEEP, NOW)


@pytest.fixture
def two_years(database_url: str, database: Database, ask: Ask) -> Iterator[Database]:
    """24 months with a run and five hundred requests each."""
    years(database_url)
    ask("""with made as (insert into runs (source_id, batch, trigger, worker, outcome, started_at, finished_at)
            select 1, gen_random_uuid(), 'cli', 'x', 'done', m, m + interval '10 minutes'
            from generate_series('2025-01-10'::timestamptz, '2026-12-10', '1 month') m returning id, started_at)
        insert into fetches (run_id, page_id, url, outcome, at)
        select id, 1 + n %% 50, 'x', 'stored', started_at + n * interval '1 second'
        from made, generate_series(1, 500) n returning id""")
    ask("update pages set first_seen_at = '2026-09-01' returning id")
    with database.transaction() as cursor:
        cursor.execute("analyze")
    yield database


QUERIES = {
    "a-run": (
        days.ADD_UP,
        {"sources": [1], "days": ["2026-11-10"], "since": datetime(2026, 11, 9, tzinfo=UTC), "blocked": [], "walls": [],
         "empty": []},
        {"2026_11", "2026_12"},
    ),
    "a-page": (
        tracing.VISITS,
        (1, datetime(2026, 9, 1, tzinfo=UTC), 200),
        {"2026_09", "2026_10", "2026_11", "2026_12"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_only_months_that_can_have_it_are_read_by_index(two_years: Database, query: str) -> None:
    text, parameters, expected = QUERIES[query]
    with two_years.transaction() as cursor:
        cursor.execute("set local enable_seqscan = off; explain " + text, parameters)
        plan = [row[0] for row in cursor]
    lines = [line for line in plan if " on fetches_20" in line]
    assert {line.split(" on fetches_")[1][:7] for line in lines} == expected, "\n".join(plan)
    assert not [line for line in lines if "Seq Scan" in line]


def test_a_page_and_its_run_are_asked_for(two_years: Database) -> None:
    found = tracing.trace(two_years, "https://harbour.example/7")
    assert [v["at"].month for v in found["page"]["history"]] == [9] * 10 + [10] * 10 + [11] * 10 + [12] * 10
    assert urls.canonical("https://harbour.example/7") == found["canonical_url"]
