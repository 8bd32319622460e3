"""`dateline sources add` and `check`: what they see of a site, what they write, and what they say broke."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.outlets import read_sources
from tests import faults
from tests.commands import Done, dateline, start
from tests.conftest import Ask
from tests.documents import Entry, article_html, front_html, prose
from tests.site import Site
from tests.test_crawl import FEED_LINK, Environment, outlet

NOW = datetime.now(UTC).replace(second=30, microsecond=0)  # a moment with seconds: without, it is known to the minute
TDMREP = "/.well-known/tdmrep.json"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def moment(hours: int) -> datetime:
    return NOW - timedelta(hours=hours)


def stories(site: Site, count: int, *, first: int = 0, dated: bool = True, **more: Any) -> list[Entry]:
    """Stories an hour apart, the first one the newest."""
    entries = []
    for n in range(first, first + count):
        path, title, at = f"/news/the-weir-is-mended-{n}.html", f"The weir is mended for the {n}th time", moment(n + 30)
        published = at.isoformat() if dated else None
        said = {"published": published, "authors": ["Ida Weller"], **more}
        site.page(path, article_html(title, said.pop("paragraphs", prose(seed=n)), **said))
        entries.append(Entry(path, title, format_datetime(at) if dated else None, published))
    return entries


def front(site: Site, entries: list[Entry], head: str = "") -> None:
    site.page("/", front_html({e.url: e.title for e in entries}, head=head))


def whole_site(site: Site) -> None:
    """A front page that names a feed, robots.txt that names a sitemap index, and what both say of rights."""
    entries = stories(site, 8)
    front(site, entries[:2], FEED_LINK)
    site.rss("/feed.xml", entries[2:5])
    site.robots(
        "User-agent: *", "Crawl-delay: 0.2", "", "User-agent: GPTBot", "Disallow: /", "",
        f"Sitemap: {site.at('/sitemap.xml')}",
    )  # fmt: skip
    site.sitemap_index("/sitemap.xml", ["/articles.xml"])
    site.sitemap("/articles.xml", entries[5:])
    site.page(TDMREP, json.dumps([{"location": "/", "tdm-reservation": 1}]), content_type="application/json")


def add(environment: Environment, site: Site, *arguments: str, path: str = "/") -> Done:
    return dateline(
        environment, "sources", "add", site.at(path), "--name", "weir", "--allow-private", "--delay", "0", *arguments
    )


def check(environment: Environment) -> tuple[Done, dict[str, tuple[bool, str]]]:
    """The command, and each finding by the path or name of what it is about."""
    done = dateline(environment, "sources", "check", "weir", "--allow-private", "--json")
    assert done.code in (0, 3), done.err
    return done, {f["what"]: (f["fine"], f["detail"]) for f in done.summary["findings"]}


def seen(done: Done, *fields: str) -> list[tuple[object, ...]]:
    """Fields of the endpoints: their own, or those of what they list."""
    return [tuple((e | (e["listed"] or {}))[field] for field in fields) for e in done.summary["endpoints"]]


def test_a_whole_site_is_seen_and_added(environment: Environment, site: Site, ask: Ask) -> None:
    whole_site(site)
    done = add(environment, site, "--json")
    assert done.code == 0, done.err
    found = done.summary
    assert found.keys() == {
        "entry", "written", "fault", "url", "title", "robots", "endpoints", "stories", "terms", "language", "timezone",
    }  # fmt: skip
    assert seen(done, "url", "kind", "found_by", "outcome") == [
        (site.url, "front", "its address", "read"),
        (site.at("/feed.xml"), "feed", "the front page", "read"),
        (site.at("/sitemap.xml"), "sitemap", "robots.txt", "read"),
        (site.at("/articles.xml"), "sitemap", "a sitemap index", "read"),
        (site.at("/wp-json/"), "wordpress", "a well-known place", "http_404"),
    ]
    feed = found["endpoints"][1]["listed"]
    assert (feed["stories"], feed["newest"], feed["every"]) == (3, moment(32).isoformat(), 3600.0)
    assert found["robots"] == {"allowed": True, "reason": None, "delay": 0.2, "sitemaps": 1}
    assert found["terms"]["opt_outs"] == {"ai_training": ["robots.txt"], "tdm": ["tdmrep.json"]}
    assert (found["language"]["value"], found["timezone"]["value"]) == ("en", None)
    assert found["entry"] == {"name": "weir", "url": site.url, "delay": 0, "language": "en"}
    assert [o.language for o in read_sources(Path(environment["DATELINE_SOURCES"]))] == ["en"]
    assert ask("select 1 from articles union all select 2 from pages") == []
    assert max(len(site.asked(path)) for path in site.paths()) == 1
    # The records are those that a crawl would store.
    assert [s["endpoint"] for s in found["stories"]] == [site.at(p) for p in ("/feed.xml", "/articles.xml", "/")]
    record = found["stories"][0]["article"]
    assert (record["title"], record["authors"], record["published_at"], record["published_origin"]) == (
        "The weir is mended for the 2th time", ["Ida Weller"], moment(32).isoformat(), "endpoint",
    )  # fmt: skip
    assert {"jsonld", "endpoint"} <= {w["origin"] for w in record["date_witnesses"]}
    assert (record["opt_outs"], record["word_count"] > 100) == (["ai_training", "tdm"], True)


def test_a_person_sees_it_too(environment: Environment, site: Site) -> None:
    """From any page of the site; a dry run writes nothing."""
    whole_site(site)
    done = add(environment, site, "--dry-run", path="/news/the-weir-is-mended-3.html")
    assert done.code == 0, done.err
    assert "\x1b" not in done.out
    assert done.err == ""
    for said in (
        "robots.txt  allows the front page; asks for 0.2 s between requests",
        "opted out of: ai_training (robots.txt), tdm (tdmrep.json)",
        "every 60 min",
        "The weir is mended for the 2th time\n",
        f"published  {moment(32).isoformat()} (to the second), from endpoint; jsonld says",
        "authors    Ida Weller",
        "in vain: the site answered 404: ",
        f'url = "{site.url}"\n',
        'language = "en"',
        "not written to",
    ):
        assert said in done.out
    assert "feeds = " not in done.out
    assert not [line for line in done.out.splitlines() if line != line.rstrip()]
    assert Path(environment["DATELINE_SOURCES"]).read_text() == ""


def test_a_site_without_feeds(environment: Environment, site: Site) -> None:
    front(site, stories(site, 4))
    done = add(environment, site, "--json")
    assert done.code == 0, done.err
    assert done.summary["entry"] == {"name": "weir", "url": site.url, "delay": 0, "language": "en"}
    for path in ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/sitemap.xml", "/news-sitemap.xml"):
        assert len(site.asked(path)) == 1
    assert {s["outcome"] for s in done.summary["stories"]} == {"read"}


def test_a_feed_that_nobody_names_is_written_down(environment: Environment, site: Site) -> None:
    """As WordPress has it: a feed and an interface in their usual places, with a theme that names neither."""
    entries = stories(site, 5)
    front(site, entries[:3])
    site.rss("/feed", entries)
    site.page("/wp-json/", json.dumps({"name": "Weir", "namespaces": ["oembed/1.0", "wp/v2"]}))
    done = add(environment, site, "--json")
    assert done.code == 0, done.err
    assert done.summary["entry"]["feeds"] == [site.at("/feed")]
    assert "sitemaps" not in done.summary["entry"]
    assert (site.at("/wp-json/"), "wordpress", "read") in seen(done, "url", "kind", "outcome")
    assert not site.asked("/rss")


def test_a_feed_given_leads_to_its_site(environment: Environment, site: Site) -> None:
    entries = stories(site, 5)
    front(site, entries[:3], FEED_LINK)
    site.rss("/feed.xml", entries[:2])
    with Site() as host_of_feeds:
        host_of_feeds.page("/weir", _feed(site, entries), content_type="application/rss+xml")
        done = add(environment, host_of_feeds, "--json", path="/weir")
        assert done.code == 0, done.err
        assert done.summary["entry"]["url"] == site.url
        assert done.summary["entry"]["feeds"] == [host_of_feeds.at("/weir"), site.at("/feed.xml")]


def _feed(site: Site, entries: list[Entry]) -> str:
    items = "".join(f"<item><title>{e.title}</title><link>{site.at(e.url)}</link></item>" for e in entries)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Weir</title>{items}</channel></rss>'


def test_a_site_that_forbids_all(environment: Environment, site: Site) -> None:
    whole_site(site)
    site.robots("User-agent: *", "Disallow: /")
    done = add(environment, site)
    assert (done.code, done.out) == (3, "")
    assert done.err == (
        f"dateline: nothing usable at {site.url}: robots.txt forbids {site.url}; "
        "write an entry all the same with --no-look\n"
    )
    assert set(site.paths()) == {"/robots.txt"}
    assert Path(environment["DATELINE_SOURCES"]).read_text() == ""


def test_a_dead_site(environment: Environment, site: Site) -> None:
    with Site() as dead:
        pass
    done = add(environment, dead, "--json")
    assert done.code == 3
    assert f"127.0.0.1:{dead.port} refuses connections" in done.complaint
    assert (done.summary["written"], done.summary["stories"]) == (None, [])
    assert len(done.err.splitlines()) == 1


def test_a_site_without_stories_names_what_was_tried(environment: Environment, site: Site) -> None:
    site.page("/", front_html({"/about": "About us"}))
    done = add(environment, site)
    assert done.code == 3
    assert "nothing there lists a story; tried /: no story in it; /feed: the site answered 404; " in done.complaint
    assert len(done.err.splitlines()) == 1


def test_links_that_are_no_stories_are_told(environment: Environment, site: Site) -> None:
    site.page("/", front_html({"/news/a-page-that-says-nothing.html": "A page that says nothing at all"}))
    site.page("/news/a-page-that-says-nothing.html", "<html><body><h1>Nothing</h1></body></html>")
    done = add(environment, site)
    assert done.code == 3
    assert f"of 1 links none that was tried is a story: {site.at('/news/a-page-that-says-nothing.html')}: " in done.err


def test_a_survey_that_is_stopped_writes_nothing(environment: Environment, site: Site) -> None:
    site.behave("/", faults.stall())
    running = start(environment, "sources", "add", site.url, "--allow-private", "--delay", "0")
    site.wait_for("/", timeout=60)
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (75, "", "dateline: interrupted; nothing was written\n")
    assert Path(environment["DATELINE_SOURCES"]).read_text() == ""


@pytest.mark.parametrize("look", [(), ("--no-look",)])
def test_a_bad_url_and_a_name_that_is_taken(environment: Environment, site: Site, look: tuple[str, ...]) -> None:
    bad = dateline(environment, "sources", "add", "ftp://x.example/", *look)
    assert (bad.code, "not an http:// or https:// URL" in bad.complaint) == (2, True)
    outlet(environment, site, "weir")
    taken = add(environment, site, *look)
    assert (taken.code, "an outlet named 'weir' is there already" in taken.complaint) == (2, True)
    assert site.requests == []


# A check of what was crawled before.


@pytest.fixture
def crawled(environment: Environment, site: Site) -> Site:
    """An outlet of eight stories that was crawled when all was well."""
    whole_site(site)
    site.robots("User-agent: *", f"Sitemap: {site.at('/sitemap.xml')}")
    site.fail(TDMREP, 404)
    outlet(environment, site, "weir")
    done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert (done.code, done.summary["stored"]) == (0, 8), done.err
    return site


def test_all_is_fine(environment: Environment, crawled: Site, ask: Ask) -> None:
    done, found = check(environment)
    assert done.code == 0, done.err
    assert all(fine for fine, _ in found.values())
    assert found[crawled.at("/feed.xml")][1] == f"lists 3 stories, the newest of {moment(32):%Y-%m-%d %H:%M} UTC"
    assert {"robots.txt", "newest story", "text", "authors", "dates", "terms"} <= found.keys()
    assert ask("select count(*) from articles") == [(8,)]
    shown = dateline(environment, "sources", "check", "weir", "--allow-private")
    assert (shown.code, "BROKEN" in shown.out, "fine  robots.txt" in shown.out) == (0, False, True)


def test_a_feed_that_broke(environment: Environment, crawled: Site) -> None:
    crawled.fail("/feed.xml", 410)
    crawled.sitemap("/articles.xml", [])
    done, found = check(environment)
    assert done.code == 3
    assert found[crawled.at("/feed.xml")] == (False, "the site answered 410; it had 3 stories")
    assert f"weir: {crawled.at('/feed.xml')}: the site answered 410" in done.complaint
    shown = dateline(environment, "sources", "check", "weir", "--allow-private")
    assert f"BROKEN  {crawled.at('/feed.xml')}" in shown.out


def test_dates_that_vanished(environment: Environment, crawled: Site) -> None:
    entries = stories(crawled, 8, dated=False)
    front(crawled, entries[:2], FEED_LINK)
    crawled.rss("/feed.xml", entries[2:5])
    crawled.sitemap("/articles.xml", entries[5:])
    done, found = check(environment)
    assert (done.code, found["undated"]) == (3, (False, "100% of stories, usually 0%"))


def test_robots_that_forbid_now(environment: Environment, crawled: Site) -> None:
    crawled.robots("User-agent: *", "Disallow: /")
    done, found = check(environment)
    assert (done.code, found["robots.txt"]) == (3, (False, f"forbids {crawled.url}"))


def test_an_outlet_that_nobody_listed(environment: Environment) -> None:
    done = dateline(environment, "sources", "check", "nobody")
    assert (done.code, "no outlet named 'nobody' in" in done.complaint) == (2, True)
