"""What can go wrong on the way: one clear line, the right exit code, nothing lost, the others unharmed."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline.postgres import Server
from pipelines.database import Database
from tests import faults, hostile
from tests.commands import DATELINE, dateline, start
from tests.conftest import Ask
from tests.documents import Entry, article_html, front_html, prose
from tests.site import Site
from tests.test_crawl import Environment, outlet, stories, whole_outlet


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["crawl"], 2, "nothing to crawl: give URLs, --source NAME or --all"),
        (["crawl", "not a url"], 2, "not an http:// or https:// URL: 'not a url'"),
        (["crawl", "http://2130706433/"], 2, "URL whose host cannot be a host's name"),
        (["crawl", "file:///etc/hostname"], 2, "not an http:// or https:// URL"),
        (["crawl", "https://x.example/" + "a" * 10_000], 2, "URL of 10,018 characters, more than 2,000"),
        (["crawl", "--source", "nobody"], 2, "no outlet named 'nobody'"),
        (["crawl", "--all"], 2, "no outlets in"),
        (["extract", "/no/such/file.html"], 2, "/no/such/file.html: No such file or directory"),
        (["extract"], 2, "no file"),
        (["show", "12"], 2, "no article '12'"),
        (["why", "https://x.example/never"], 3, "was never found"),
        (["why", "nonsense"], 2, "not an http:// or https:// URL: 'nonsense'"),
        (["search", "zyzzyva"], 3, "no article has 'zyzzyva'"),
    ],
)
def test_one_line_and_an_exit_code(environment: Environment, arguments: list[str], code: int, said: str) -> None:
    done = dateline(environment, *arguments)
    assert done.code == code, done.err
    assert said in done.complaint
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("DATELINE_DATABASE_URL", "mysql://x", "DATELINE_DATABASE_URL: 'mysql://x' is no Postgres address"),
        ("DATELINE_HOME", "relative/path", "DATELINE_HOME: 'relative/path' is a relative path"),
        ("DATELINE_HOME", "/etc/hostname", "DATELINE_HOME: /etc/hostname is not a folder"),
        ("DATELINE_SOURCES", "/no/such.toml", "DATELINE_SOURCES: there is no file /no/such.toml"),
        ("DATELINE_CONTACT", "me", "DATELINE_CONTACT: 'me' is no address"),
        ("DATELINE_CAPTURES", "gopher://x/y", "DATELINE_CAPTURES: gopher:// is no store that can be written to"),
        ("DATELINE_CAPTURES", "gs://x/y", "DATELINE_CAPTURES: gs:// needs the package gcsfs: install it"),
        ("DATELINE_CAPTURES_FILE_MB", "1G", "DATELINE_CAPTURES_FILE_MB: '1G' is no size in megabytes"),
        ("DATELINE_KEEP_CAPTURES", "long", "DATELINE_KEEP_CAPTURES: 'long' is no span of time; write one such as 90d"),
        ("DATELINE_KEEP_FETCHES", "long", "DATELINE_KEEP_FETCHES: 'long' is no span of time; write 400d, or forever"),
        ("DATELINE_KEEP_FETCHES", "30d", "DATELINE_KEEP_FETCHES: '30d' is too short; write 90d or more"),
    ],
)
def test_a_bad_variable_is_named(environment: Environment, variable: str, value: str, said: str) -> None:
    done = dateline(environment | {variable: value}, "migrate")
    assert (done.code, done.complaint.startswith(f"dateline: {said}")) == (2, True), done.err


def test_a_database_that_is_not_there(environment: Environment) -> None:
    gone = environment | {"DATELINE_DATABASE_URL": "postgresql://nobody:secret@127.0.0.1:1/x"}
    done = dateline(gone, "crawl", "https://x.example/")
    assert done.code == 4
    assert "Postgres: connection to server at" in done.complaint
    assert "secret" not in done.err


def test_an_unknown_key_in_sources_toml(environment: Environment) -> None:
    Path(environment["DATELINE_SOURCES"]).write_text('[[source]]\nname = "x"\nurl = "https://x.example/"\nfeds = []\n')
    done = dateline(environment, "crawl", "--all")
    assert (done.code, done.complaint) == (
        2,
        'dateline: sources.toml:4: source "x": unknown key "feds"; did you mean "feeds"?',
    )


def test_private_addresses_are_refused_unless_allowed(environment: Environment, site: Site) -> None:
    path = stories(site, 1)[0]
    for url in (site.at(path), f"http://localhost:{site.port}{path}"):
        done = dateline(environment, "crawl", url)
        assert done.code == 3, done.err
        assert "is not on the public Internet" in done.complaint
    assert site.requests == []


def test_a_host_that_does_not_resolve(environment: Environment) -> None:
    done = dateline(environment, "crawl", "http://no-such-host.invalid/a-story.html")
    assert done.code == 3
    assert "no-such-host.invalid" in done.complaint
    assert len(done.complaint.splitlines()) == 1
    why = dateline(environment, "why", "http://no-such-host.invalid/a-story.html")
    assert "no_such_host: no-such-host.invalid does not resolve" in why.out


def test_a_site_that_answers_500_to_everything(environment: Environment, site: Site) -> None:
    stories(site, 1)
    site.robots("User-agent: *")
    site.fail("*", 500)
    outlet(environment, site)
    done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert (done.code, done.summary["outlets"][0]["outcome"]) == (3, "failed")
    assert "the site answered 500" in done.complaint


@pytest.mark.parametrize(
    ("body", "outcome", "said"),
    [
        ('<?xml version="1.0"?><rss version="2.0"><channel><title>Empty</title></channel></rss>', "empty", "no story"),
        ("<!doctype html><html><body><h1>Welcome</h1></body></html>", "failed", "HTML"),
        ("", "failed", "empty"),
    ],
)
def test_a_feed_that_is_none(environment: Environment, site: Site, body: str, outcome: str, said: str) -> None:
    site.page("/feed.xml", body, content_type="application/rss+xml")
    outlet(environment, site, feeds=[site.at("/feed.xml")])
    done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert (done.code, done.summary["outlets"][0]["outcome"]) == (3, outcome)
    assert said.lower() in done.complaint.lower()


def test_strange_pages_are_stored_clean(environment: Environment, site: Site, ask: Ask) -> None:
    """NUL, lone surrogates and a title of a million characters beside a page that is as it should be."""
    good = stories(site, 1)[0]
    prose_with = [p + "&#xD800;" for p in prose(seed=1)]
    nul = article_html("A title with a NUL", prose_with).replace("NUL", "N\x00UL").encode() + b"\xed\xa0\x80\x00"
    site.page("/news/strange-bytes-in-a-story.html", nul)
    site.page("/news/a-title-without-end.html", article_html("Long " * 200_000, prose(seed=2)))
    links = {good: "A good story about harbours", "/news/strange-bytes-in-a-story.html": "A strange story indeed",
             "/news/a-title-without-end.html": "A title without end, it says"}  # fmt: skip
    site.page("/", front_html(links))
    outlet(environment, site)
    done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert (done.code, done.summary["stored"]) == (0, 3), done.err
    assert ask("select max(length(title)), min(length(text)) > 100 from articles") == [(500, True)]


def test_a_page_without_end_is_one_failed_page(environment: Environment, site: Site, ask: Ask) -> None:
    good = stories(site, 1)[0]
    site.behave("/news/a-story-without-end.html", faults.endless())
    site.page("/", front_html({good: "A good story about harbours", "/news/a-story-without-end.html": "It never ends"}))
    outlet(environment, site)
    done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert (done.code, done.summary["stored"], done.summary["failed"]) == (0, 1, {"too_large": 1}), done.err


def test_a_page_over_its_bounds_is_quarantined_with_its_capture(environment: Environment, site: Site, ask: Ask) -> None:
    paths = stories(site, 3)
    hostile_pages = {
        "/news/a-story-that-takes-for-ever.html": ("timeout", hostile.DEADLY["100,000 attributes on one element"]()),
        "/news/a-story-of-endless-elements.html": ("too_large", hostile.page(body="<b>So.</b>" * 60_000)),
    }
    for path, (_, body) in hostile_pages.items():
        site.page(path, body)
    site.page("/", front_html(dict.fromkeys([*hostile_pages, *paths], "A story about the harbour")))
    outlet(environment, site)
    done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert (done.code, done.summary["stored"], done.summary["failed"]) == (0, 3, {"timeout": 1, "too_large": 1})
    for path, (reason, body) in hostile_pages.items():
        assert ask(
            "select q.reason, c.body_bytes from quarantine q join captures c on c.id = q.capture_id where q.url = %s",
            site.at(path),
        ) == [(reason, len(body))]


def test_a_full_disk_under_the_captures(environment: Environment, site: Site, ask: Ask) -> None:
    paths = whole_outlet(site, 6)
    outlet(environment, site)
    command = f"ulimit -f 4; exec {shlex.join([DATELINE, 'crawl', '--all', '--allow-private', '--json'])}"
    done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 75, done.stderr
    assert "captures in" in done.stderr.splitlines()[-1]
    assert "cannot be written: File too large" in done.stderr.splitlines()[-1]
    stored = ask("select count(*) from articles")[0][0]
    assert isinstance(stored, int)
    assert stored < len(paths)
    again = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert (again.code, again.summary["stored"]) == (0, len(paths) - stored)


def test_a_database_that_goes_away_for_a_moment(environment: Environment, site: Site, state: Path) -> None:
    paths = whole_outlet(site, 8)
    for n in (3, 5):
        site.behave(paths[n], faults.slowly(1.0, faults.gzipped(article_html("Slow story", prose(seed=n)).encode())))
    outlet(environment, site)
    with Server(state / "away").running() as server:
        server.ensure_database("dateline")
        mine = environment | {"DATELINE_DATABASE_URL": server.url("dateline")}
        running = start(mine, "crawl", "--all", "--allow-private", "--json")
        site.wait_for(paths[3], timeout=30)
        server.stop()
        server.start()
        _, err = running.communicate(timeout=60)
        assert running.returncode == 0, err
        with Database(server.url("dateline")) as database, database.transaction() as cursor:
            cursor.execute("select count(*) as n, count(distinct url) as urls from articles")
            assert tuple(cursor.fetchone()) == (8, 8)


def test_a_bad_entry_beside_a_feed_entry_that_leads_away(environment: Environment, site: Site, ask: Ask) -> None:
    path = stories(site, 1)[0]
    entries = [Entry(path, "A story about the harbour"), Entry("https://elsewhere.example/a-story", "Off the site")]
    site.rss("/feed.xml", entries)
    outlet(environment, site, feeds=[site.at("/feed.xml")])
    done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert (done.code, done.summary["stored"], done.summary["failed"]) == (0, 1, {}), done.err
