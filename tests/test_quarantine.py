"""Stories against a habit of their outlet are held back, kept there while it fails the gate, released and told of."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.database import Database
from tests import histories
from tests.commands import dateline, start
from tests.conftest import Ask
from tests.documents import Entry, article_html, front_html, prose
from tests.site import Site
from tests.test_crawl import Environment

CRAWL = ("crawl", "--all", "--allow-private", "--json")


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def path_of(number: int) -> str:
    return f"/news/a-story-about-the-harbour-{number}.html"


def publish(site: Site, count: int, undated: int = 0, short: int = 0, head: str = "") -> None:
    """A feed of so many stories of today, of which the first bear no date and the next are briefs."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    entries = []
    for n in range(count):
        title = f"A story about the harbour, part {n}"
        text = prose(n, 1, 2) if undated <= n < undated + short else prose(n)
        page = article_html(title, text, published=None if n < undated else now, head=head)
        site.page(path_of(n), page)
        entries.append(Entry(path_of(n), title))
    site.page("/", front_html({}, head='<link rel="alternate" type="application/rss+xml" href="/feed.xml">'))
    site.rss("/feed.xml", entries)


@pytest.fixture
def outlet(environment: Environment, database: Database, site: Site) -> str:
    """An outlet of twenty dated stories a day of about three hundred words, for eight weeks."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    histories.write(database, [histories.Outlet("harbour", 20, words=250)], yesterday, 56)
    entry(environment, site)
    return "harbour"


def entry(environment: Environment, site: Site, more: str = "") -> None:
    Path(environment["DATELINE_SOURCES"]).write_text(
        f'[[source]]\nname = "harbour"\nurl = "{site.url}"\ndelay = 0\n{more}\n'
    )


def test_stories_that_fail_a_gate_stay_in_quarantine_with_their_captures(
    environment: Environment, site: Site, outlet: str, ask: Ask
) -> None:
    publish(site, 43, undated=40)
    done = dateline(environment, *CRAWL)
    assert done.code == 0, done.err
    assert (done.summary["stored"], done.summary["held"], done.summary["failed"]) == (3, {"held_undated": 40}, {})
    assert done.summary["outlets"][0]["held"] == {"held_undated": 40}
    assert done.summary["outlets"][0]["state"] == "degraded"
    assert "40 held in quarantine" in done.summary["outlets"][0]["state_reason"]
    assert ask("select count(*) as a, count(published_at) as b from articles") == [(3, 3)]
    assert ask("select count(*) as a, count(c.warc_file) as b, count(decided_at) as c, min(reason) from quarantined q"
               " join captures c on c.id = q.capture_id") == [(40, 40, 40, "held_undated")]  # fmt: skip
    assert ask("select stories, undated, stored from source_days where day = (now() at time zone 'UTC')::date") == [
        (43, 40, 43)
    ]
    assert ask("select outcome, count(*), min(visits), bool_and(due_at > now()) from pages group by 1 order by 1") == [
        ("held", 40, 1, True), ("stored", 3, 1, True),
    ]  # fmt: skip
    asked = len(site.requests)
    again = dateline(environment, *CRAWL).summary
    assert (again["fetched"], again["held"], again["outlets"][0]["state"]) == (0, {}, "degraded")
    assert not [r for r in site.requests[asked:] if r.path.startswith("/news/")]
    assert ask("select count(*) from articles") == [(3,)]


def test_what_chance_allows_is_stored_when_the_crawl_ends(
    environment: Environment, site: Site, outlet: str, ask: Ask
) -> None:
    publish(site, 40, undated=4, short=6)
    done = dateline(environment, *CRAWL)
    assert (done.summary["stored"], done.summary["held"]) == (40, {}), done.err
    assert sum(line.startswith("held harbour ") for line in done.err.splitlines()) == 10
    assert sum(line.startswith("stored harbour ") for line in done.err.splitlines()) == 40
    assert ask("select stored, held from runs") == [(40, {})]
    assert ask("select count(*) as a, count(released_at) as b, count(decided_at) as c from quarantine") == [(10, 10, 0)]
    assert ask("select count(*) as a, count(*) filter (where published_at is null) as b from articles") == [(40, 4)]
    assert ask("select stories, undated from source_days where day = (now() at time zone 'UTC')::date") == [(40, 4)]
    why = dateline(environment, "why", site.at(path_of(0))).out
    assert "quarantined, held_undated: undated\n" in why and "released from quarantine" in why


def test_a_few_stories_that_could_fail_no_gate_are_not_held(
    environment: Environment, site: Site, outlet: str, ask: Ask
) -> None:
    publish(site, 4, undated=2, short=2)
    assert dateline(environment, *CRAWL).summary["stored"] == 4
    assert ask("select count(*) from quarantine") == [(0,)]


@pytest.mark.parametrize(
    ("more", "head", "stored"),
    [
        ("hold = false", "", 40),
        ("most_undated = 1", "", 40),
        ("", '<meta name="robots" content="noarchive">', 40),  # no capture of it is kept: it would be lost
        ("most_undated = 0.5", "", 40),
        ("most_undated = 0.2", "", 0),
    ],
    ids=["switched-off", "no-gate", "no-captures", "wider-gate", "narrower-gate"],
)  # fmt: skip
def test_an_entry_decides(
    environment: Environment, site: Site, outlet: str, ask: Ask, more: str, head: str, stored: int
) -> None:
    entry(environment, site, more)
    publish(site, 40, undated=40, head=head)
    assert dateline(environment, *CRAWL).summary["stored"] == stored
    assert ask("select count(*) from quarantined") == [(40 - stored,)]


def test_an_outlet_without_a_habit_holds_nothing(environment: Environment, site: Site, ask: Ask) -> None:
    entry(environment, site)
    publish(site, 8, undated=8)
    assert dateline(environment, *CRAWL).summary["stored"] == 8
    assert ask("select count(*) from quarantine") == [(0,)]


def test_urls_named_by_hand_and_windows_of_the_past_hold_nothing(
    environment: Environment, site: Site, outlet: str, ask: Ask
) -> None:
    publish(site, 43, undated=40)
    dateline(environment, *CRAWL)
    done = dateline(environment, "crawl", site.at(path_of(1)), "--allow-private", "--json")
    assert (done.code, done.summary["stored"], done.summary["held"]) == (0, 1, {}), done.err
    assert ask("select count(*) from quarantined") == [(39,)]
    assert ask("select stored, held from runs order by id") == [(3, {"held_undated": 39}), (1, {})]
    assert ask("select stories, undated from source_days where day = (now() at time zone 'UTC')::date") == [(42, 39)]


def test_what_was_held_in_a_bad_spell_stays_when_it_is_over(
    environment: Environment, site: Site, outlet: str, database: Database, ask: Ask
) -> None:
    publish(site, 40, undated=40)
    dateline(environment, *CRAWL)
    with database.transaction() as cursor:  # a month later
        cursor.execute("update source_days set day = day - 30, computed_at = now() + interval '1 day'")
        cursor.execute("update runs set started_at = started_at - interval '30 days'")
        cursor.execute("update pages set due_at = now()")
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    with database.transaction() as cursor:
        cursor.execute(
            "insert into source_days (source_id, day, crawls, stored, stories, median_words, last_stored_at)"
            " select 1, %s::date - n, 24, 20, 20, 250, %s::date - n + time '20:00' from generate_series(0, 20) n",
            (yesterday, yesterday),
        )
    for n in range(40):  # the bytes of each page have changed, and not what is read in them
        site.page(path_of(n), article_html(f"A story about the harbour, part {n}", prose(n), head="<!-- later -->"))
    done = dateline(environment, *CRAWL)
    assert done.summary["outlets"][0]["state"] == "well", done.summary
    assert (done.summary["stored"], done.summary["held"], done.summary["unchanged"]) == (0, {}, 40)
    assert ask("select count(*) as a, count(released_at) as b from quarantine") == [(40, 0)]
    site.page(path_of(7), article_html("A story about the harbour, part 7", prose(7), published="2026-11-01"))
    ask("update pages set due_at = now() returning id")
    assert dateline(environment, *CRAWL).summary["stored"] == 1
    assert ask("select count(*) from quarantined") == [(39,)]


def test_a_crawl_that_is_killed_leaves_them_to_the_next(
    environment: Environment, site: Site, outlet: str, ask: Ask
) -> None:
    publish(site, 40, undated=6)
    site.behave(path_of(39), lambda exchange: exchange.pause())
    running = start(environment, *CRAWL)
    wait_until(ask, "select count(*) = 39 from fetches where outcome in ('stored', 'held')")
    running.send_signal(signal.SIGKILL)
    running.communicate()
    publish(site, 40, undated=6)
    assert ask("select count(*) as a, count(decided_at) as b, count(released_at) as c from quarantine") == [(6, 0, 0)]
    assert ask("select count(*) from articles") == [(33,)]
    ask("update pages set leased_by = null, due_at = now() where outcome is null returning id")
    done = dateline(environment, *CRAWL)
    assert (done.summary["stored"], done.summary["held"]) == (7, {}), done.err
    assert ask("select count(*) from articles") == [(40,)]
    assert ask("select stored, held, outcome from runs order by id") == [(39, {}, "abandoned"), (1, {}, "done")]


def wait_until(ask: Ask, question: str) -> None:
    give_up_at = time.monotonic() + 60
    while ask(question) != [(True,)]:
        assert time.monotonic() < give_up_at, question
        time.sleep(0.05)


def test_a_person_lists_and_releases(environment: Environment, site: Site, outlet: str, ask: Ask) -> None:
    publish(site, 43, undated=40)
    dateline(environment, *CRAWL)
    listed = dateline(environment, "quarantine", "--source", "harbour", "--json").summary["quarantine"]
    assert [row["reason"] for row in listed] == ["held_undated"] * 40
    assert len({row["url"] for row in listed}) == 40 and ".warc.gz at byte" in listed[0]["capture"]
    printed = dateline(environment, "quarantine", "list", "--reason", "held_undated").out.splitlines()
    assert len(printed) == 80
    assert f"harbour  held_undated  {listed[0]['url']}" in printed[0] and printed[1].strip() == "undated"
    first = next(row["id"] for row in listed if row["url"] == site.at(path_of(39)))
    why = dateline(environment, "why", site.at(path_of(39))).out
    assert f"held back until dateline quarantine release {first}\n" in why
    assert "now: not stored, held: undated; due " in why
    assert "quarantine 40 (40 held back), +40 in a week" in dateline(environment, "status").out

    one = dateline(environment, "quarantine", "release", str(first), "999999")
    assert (one.code, one.out) == (
        0, "released: 1 stored\n1 are not in quarantine:\n  999999  : released already, or never there\n",
    ), one.err  # fmt: skip
    assert ask("select title, published_at, first_seen_at < now(), run_id from articles where url = %s",
               site.at(path_of(39))) == [("A story about the harbour, part 39", None, True, 1)]  # fmt: skip
    ask("update captures set warc_file = 'gone.warc.gz' where id = (select capture_id from quarantined where url = %s)"
        " returning id", site.at(path_of(38)))  # fmt: skip
    ask("update captures set expired_at = now() where id = (select capture_id from quarantined where url = %s)"
        " returning id", site.at(path_of(37)))  # fmt: skip
    rest = dateline(environment, "quarantine", "release", "--source", "harbour", "--reason", "held_undated", "--json")
    assert (rest.code, rest.summary["outcomes"]) == (0, {"stored": 37}), rest.err
    lost = {row["url"]: row["detail"] for row in rest.summary["lost"]}
    assert "gone.warc.gz" in lost[site.at(path_of(38))] and "expired by retention" in lost[site.at(path_of(37))]
    assert ask("select count(*) as a, count(released_at) as b from quarantine") == [(40, 38)]
    assert ask("select stored, held from runs") == [(41, {"held_undated": 2})]
    asked = len(site.requests)
    assert dateline(environment, *CRAWL).summary["stored"] == 0
    assert not [r for r in site.requests[asked:] if r.path.startswith("/news/")]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["list"], 3, "nothing is in quarantine"),
        (["--reason", "held_long"], 3, "nothing is in quarantine with --reason held_long"),
        (["--source", "nobody"], 2, "no outlet named 'nobody' in the archive"),
        (["list", "--reason", "ugly"], 2, "--reason: 'ugly' is none of held_undated, "),
        (["release"], 2, "say what to release: ids as dateline quarantine lists them, --source NAME or --reason R"),
        (["release", "12"], 3, "nothing was released: none of it is in quarantine"),
        (["release", "--source", "nobody"], 2, "no outlet named 'nobody'"),
        (["release", "--reason", "held_short"], 3, "nothing was released: none of it is in quarantine with --reason"),
    ],
    ids=["none", "none-for-it", "outlet", "reason", "all", "no-such-row", "release-outlet", "release-none"],
)
def test_bad_words(environment: Environment, arguments: list[str], code: int, said: str) -> None:
    done = dateline(environment, "quarantine", *arguments)
    assert (done.code, said in done.complaint) == (code, True), done.err


def test_no_number_and_no_database(environment: Environment) -> None:
    assert dateline(environment, "quarantine", "release", "twelve").code == 2
    environment["DATELINE_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:9/none"
    assert dateline(environment, "quarantine").code == 4
    assert dateline(environment, "quarantine", "release", "12").code == 4


def test_what_is_forgotten_is_released_by_nobody(environment: Environment, site: Site, outlet: str, ask: Ask) -> None:
    publish(site, 40, undated=40)
    dateline(environment, *CRAWL)
    row = ask("select id from quarantined where url = %s", site.at(path_of(3)))[0][0]
    assert dateline(environment, "forget", site.at(path_of(3)), "--yes").code == 0
    assert ask("select count(*) from quarantined") == [(39,)]
    assert dateline(environment, "quarantine", "release", str(row)).code == 3


def test_what_is_held_back_expires_as_articles_do(environment: Environment, site: Site, outlet: str, ask: Ask) -> None:
    entry(environment, site, 'keep_articles = "30d"')
    publish(site, 40, undated=40)
    dateline(environment, *CRAWL)
    ask("update quarantine set at = now() - interval '31 days' where id = 1 returning id")
    done = dateline(environment, "forget", "--expired", "--json")
    assert done.code == 0, done.err
    counted = "(select count(*) from captures) as captures, (select count(*) from tombstones) > 0 as stones"
    assert ask(f"select count(*), {counted} from quarantine") == [(39, 39, True)]
