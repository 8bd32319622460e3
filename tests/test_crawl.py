"""The whole way, from an outlet's pages to rows: the real command, a real site, a real Postgres."""

from __future__ import annotations

import itertools
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import faults
from tests.commands import dateline, start
from tests.conftest import Ask
from tests.documents import Entry, article_html, front_html, prose
from tests.site import Site

Environment = dict[str, str]


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def stories(site: Site, count: int) -> list[str]:
    paths = [f"/news/a-story-about-the-harbour-{n}.html" for n in range(count)]
    for n, path in enumerate(paths):
        site.page(path, article_html(f"A story about the harbour, part {n}", prose(seed=n), published="2026-03-04"))
    return paths


def outlet(environment: Environment, site: Site, name: str = "the-harbour", **more: object) -> None:
    entry = {"name": name, "url": site.url, "delay": 0, **more}
    lines = [f"{k} = {str(v).lower() if isinstance(v, bool) else repr(v)}" for k, v in entry.items()]
    path = Path(environment["DATELINE_SOURCES"])
    path.write_text(path.read_text() + "\n[[source]]\n" + "\n".join(lines) + "\n")


def whole_outlet(site: Site, count: int = 4) -> list[str]:
    """An outlet that lists its stories in every way: front page with a feed, robots.txt with sitemaps."""
    paths = stories(site, count)
    entries = [Entry(p, f"A story about the harbour, part {n}") for n, p in enumerate(paths)]
    site.page("/", front_html({e.url: e.title for e in entries[:1]}, head=FEED_LINK))
    site.rss("/feed.xml", entries[1:2])
    site.robots("User-agent: *", "Disallow: /private/", f"Sitemap: {site.at('/sitemap.xml')}")
    site.sitemap_index("/sitemap.xml", ["/articles.xml.gz"])
    site.sitemap("/articles.xml.gz", entries[2:])
    return paths


FEED_LINK = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'


def test_every_story_of_an_outlet_is_found_and_stored_once(environment: Environment, site: Site, ask: Ask) -> None:
    paths = whole_outlet(site)
    outlet(environment, site)
    done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert done.code == 0, done.err
    assert {k: done.summary[k] for k in ("discovered", "fetched", "stored", "failed")} == {
        "discovered": 4, "fetched": 4, "stored": 4, "failed": {},
    }  # fmt: skip
    assert ask("select url from articles order by url") == [(site.at(p),) for p in paths]
    assert ask("select kind, found_by, outcome from endpoints order by kind, found_by") == [
        ("feed", "autodiscovery", "read"), ("front", "entry", "read"), ("sitemap", "robots", "read"),
        ("sitemap", "sitemap_index", "read"),
    ]  # fmt: skip
    captures = Path(environment["DATELINE_HOME"]) / "captures"
    assert ask("select count(*) from captures") == [(4,)]
    assert len(list(captures.rglob("*.warc.gz"))) == 1


def test_an_unchanged_outlet_is_not_downloaded_again(environment: Environment, site: Site, ask: Ask) -> None:
    paths = whole_outlet(site)
    outlet(environment, site)
    dateline(environment, "crawl", "--all", "--allow-private")
    before = len(site.requests)
    done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert done.code == 0, done.err
    assert (done.summary["stored"], done.summary["revised"], done.summary["fetched"]) == (0, 0, 0)
    again = site.requests[before:]
    assert not {r.path for r in again} & set(paths)
    assert [r.status for r in again if r.path != "/robots.txt"] == [304] * 4
    assert ask("select outcome from runs order by id") == [("done",), ("done",)]


def test_a_changed_page_makes_a_revision(environment: Environment, site: Site, ask: Ask) -> None:
    path = stories(site, 1)[0]
    site.sitemap("/sitemap.xml", [Entry(path, modified="2026-03-04T10:00:00Z")])
    outlet(environment, site, sitemaps=[site.at("/sitemap.xml")], feeds=[site.at("/sitemap.xml")])
    dateline(environment, "crawl", "--all", "--allow-private")
    text = [*prose(seed=0), "Correction: the harbour was dredged last year, not this year."]
    site.page(path, article_html("A story about the harbour, part 0", text, published="2026-03-04"))
    site.sitemap("/sitemap.xml", [Entry(path, modified="2099-01-01T00:00:00Z")])
    done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert (done.summary["revised"], done.summary["stored"]) == (1, 0)
    assert ask("select change, number from revisions") == [("substantive", 1)]
    assert ask("select text like '%%Correction%%', revision_count from articles") == [(True, 1)]


def test_robots_txt_is_obeyed(environment: Environment, site: Site, ask: Ask) -> None:
    paths = stories(site, 1)
    site.page("/private/a-story-not-for-everyone.html", article_html("A private story", prose(seed=9)))
    links = {paths[0]: "A story about the harbour", "/private/a-story-not-for-everyone.html": "A story not for all"}
    site.page("/", front_html(links))
    site.robots("User-agent: *", "Disallow: /private/")
    outlet(environment, site)
    done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert (done.summary["stored"], done.summary["skipped"]) == (1, 1)
    assert not site.asked("/private/a-story-not-for-everyone.html")
    why = dateline(environment, "why", site.at("/private/a-story-not-for-everyone.html"))
    assert "robots.txt forbids" in why.out


def test_one_request_at_a_time_and_a_pause_between(environment: Environment, site: Site) -> None:
    whole_outlet(site, 3)
    outlet(environment, site, delay=0.3)
    dateline(environment, "crawl", "--all", "--allow-private")
    requests = sorted(site.requests, key=lambda r: r.at)
    assert len(requests) == 9  # robots.txt, tdmrep.json, front page, feed, two sitemaps, three stories
    assert all(b.at - (a.ended_at or 0) >= 0.3 for a, b in itertools.pairwise(requests))
    assert all("Dateline/" in r.headers["user-agent"] and "+mailto:" in r.headers["user-agent"] for r in requests)


def test_a_story_named_by_hand(environment: Environment, site: Site, ask: Ask) -> None:
    path = stories(site, 2)[0]
    done = dateline(environment, "crawl", site.at(path), "--allow-private", "--json")
    assert done.code == 0, done.err
    assert done.summary["stored"] == 1
    assert ask("select origin, name from sources") == [("one_off", f"{site.host}:{site.port}")]
    again = dateline(environment, "crawl", site.at(path), "--allow-private", "--json")
    assert (again.code, again.summary["unchanged"]) == (0, 1)


@pytest.mark.parametrize("target", ["/", "/feed.xml", "/sitemap.xml"])
def test_a_list_named_by_hand_brings_its_stories(environment: Environment, site: Site, target: str) -> None:
    whole_outlet(site, 4)
    done = dateline(environment, "crawl", site.at(target), "--allow-private", "--json")
    assert done.code == 0, done.err
    assert done.summary["stored"] == {"/": 1, "/feed.xml": 1, "/sitemap.xml": 2}[target]
    again = dateline(environment, "crawl", site.at(target), "--allow-private", "--json")
    assert (again.code, again.summary["stored"]) == (0, 0), again.err


def test_a_section_named_by_hand_brings_its_stories_each_time(environment: Environment, site: Site, ask: Ask) -> None:
    entries = {path: f"A story about the harbour, part {n}" for n, path in enumerate(stories(site, 40))}
    site.page("/harbour/all-of-it", front_html(entries))
    outlet(environment, site)
    crawl = ("crawl", site.at("/harbour/all-of-it"), "--allow-private", "--limit", "3", "--json")  # itself and two more
    for _ in range(2):
        done = dateline(environment, *crawl)
        assert (done.code, done.summary["stored"], done.summary["skipped"]) == (0, 2, 1), done.err
        assert "a list of stories" in done.err.splitlines()[0]
    assert ask("select count(*) from articles") == [(4,)]


def test_a_page_named_by_hand_that_opts_out_is_left_alone_each_time(environment: Environment, site: Site) -> None:
    related = {path: f"A story about the harbour, part {n}" for n, path in enumerate(stories(site, 12))}
    path, head = "/news/not-for-machines.html", "<meta name='robots' content='noai'>"
    site.page(path, article_html("Not for machines", prose(seed=99), head=head, related=related))
    outlet(environment, site, honour=["noai"])
    for _ in range(2):
        done = dateline(environment, "crawl", site.at(path), "--allow-private")
        assert (done.code, done.complaint) == (
            3, f"dateline: nothing usable: the-harbour: {site.at(path)}: opt_out: the site says noai",
        ), done.err  # fmt: skip
    assert not {r.path for r in site.requests} & set(related)


def test_a_document_named_by_hand_is_none_and_says_so(environment: Environment, site: Site) -> None:
    site.page("/minutes.pdf", b"%PDF-1.7", content_type="application/pdf")
    outlet(environment, site)
    complaint = f"dateline: nothing usable: the-harbour: {site.at('/minutes.pdf')}: not a page: application/pdf"
    for _ in range(2):
        done = dateline(environment, "crawl", site.at("/minutes.pdf"), "--allow-private")
        assert (done.code, done.complaint) == (3, complaint)


def test_depth_follows_links(environment: Environment, site: Site) -> None:
    paths = [f"/news/a-chain-of-stories-{n}.html" for n in range(4)]
    for path, following in zip(paths, [*paths[1:], paths[0]], strict=True):
        related = {following: "The next story in this chain of stories"}
        site.page(path, article_html(f"A chain of stories, {path}", prose(seed=hash(path) % 100), related=related))
    done = dateline(environment, "crawl", site.at(paths[0]), "--depth", "2", "--allow-private", "--json")
    assert done.summary["stored"] == 3, done.err


def test_limit_leaves_the_rest_for_the_next_crawl(environment: Environment, site: Site) -> None:
    whole_outlet(site, 5)
    outlet(environment, site)
    first = dateline(environment, "crawl", "--all", "--limit", "2", "--allow-private", "--json")
    second = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert (first.summary["stored"], second.summary["stored"]) == (2, 3)


def test_a_dead_outlet_harms_no_other(environment: Environment, site: Site) -> None:
    whole_outlet(site)
    with Site() as broken:
        broken.fail("*", 500)
        outlet(environment, site)
        outlet(environment, broken, "broken")
        outlet(environment, broken, "nowhere", url="http://no-such-host.invalid/")
        done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    outcomes = {o["name"]: (o["outcome"], o["reason"]) for o in done.summary["outlets"]}
    assert done.code == 0
    assert outcomes["the-harbour"] == ("done", None)
    assert outcomes["broken"][0] == outcomes["nowhere"][0] == "failed"
    assert "robots.txt answered 500" in str(outcomes["broken"][1])


def test_a_stop_keeps_what_was_fetched_and_the_next_crawl_goes_on(
    environment: Environment, site: Site, ask: Ask
) -> None:
    paths = whole_outlet(site, 12)
    for path in paths[6:]:
        site.behave(path, faults.stall())
    outlet(environment, site)
    running = start(environment, "crawl", "--all", "--allow-private", "--json")
    site.wait_for(paths[6], timeout=30)
    began = time.monotonic()
    running.send_signal(signal.SIGTERM)
    _, err = running.communicate(timeout=20)
    assert running.returncode == 75, err
    assert time.monotonic() - began < 5
    assert "what was fetched is stored" in err
    assert ask("select count(*) from articles") == [(6,)]
    assert ask("select outcome, reason from runs") == [("interrupted", "stopped on request")]
    assert ask("select count(*) from pages where leased_by is not null") == [(0,)]
    stories(site, 12)
    done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert (done.summary["stored"], ask("select count(*) from articles")) == (6, [(12,)])


def test_a_killed_crawl_loses_nothing(environment: Environment, site: Site, ask: Ask) -> None:
    paths = whole_outlet(site, 10)
    site.behave(paths[5], faults.stall())
    outlet(environment, site)
    running = start(environment, "crawl", "--all", "--allow-private")
    site.wait_for(paths[5], timeout=30)
    running.kill()
    running.communicate(timeout=20)
    stories(site, 10)
    done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert done.code == 0, done.err
    assert ask("select count(*), count(distinct url) as urls from articles") == [(10, 10)]
    assert ask("select outcome from runs order by id") == [("abandoned",), ("done",)]
    assert ask("select count(*) from cluster_queue") == [(0,)]


def test_two_crawls_of_one_outlet_at_once(environment: Environment, site: Site) -> None:
    paths = whole_outlet(site, 2)
    site.behave(paths[0], faults.stall())
    outlet(environment, site)
    first = start(environment, "crawl", "--all", "--allow-private")
    site.wait_for(paths[0], timeout=30)
    second = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    assert second.code == 3
    assert "is being crawled by run 1, since" in second.complaint
    assert second.summary["outlets"][0]["outcome"] == "locked"
    first.terminate()
    first.communicate(timeout=20)
