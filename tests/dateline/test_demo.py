"""The demo outlets serve what a crawl needs, change one story, and are the same on every start of a day."""

from __future__ import annotations

import errno
import gzip
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from babel.dates import format_date
from lxml import etree, html
from protego import Protego

from dateline.demo.server import CORRECT_AFTER, Demo, Newsroom
from dateline.demo.stories import outlets
from pipelines.outlets import parse_sources
from tests.site import visit

START = datetime(2026, 11, 22, 13, 25, tzinfo=UTC)


class Clock:
    """A clock that the test moves."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def demo(clock: Clock) -> Iterator[Demo]:
    with Demo(clock=clock) as running:
        yield running


@pytest.fixture
def courier(demo: Demo) -> Newsroom:
    return demo.newsrooms[0]


@pytest.fixture
def observer(demo: Demo) -> Newsroom:
    return demo.newsrooms[1]


def sitemap(url: str) -> dict[str, str | None]:
    """The addresses of a sitemap or sitemap index, and when each was last changed."""
    body = visit(url).body
    tree = etree.fromstring(gzip.decompress(body) if url.endswith(".gz") else body)
    return {loc.text: loc.getparent().findtext("{*}lastmod") for loc in tree.iterfind(".//{*}loc")}


def address(newsroom: Newsroom, slug: str) -> str:
    """Where the outlet has that story."""
    (found,) = (u for u in sitemap(newsroom.address + newsroom.outlet.sitemap) if slug in u)
    return found


def text(url: str) -> str:
    """The paragraphs of a story."""
    page = html.fromstring(visit(url).text)
    return "\n".join(p.text_content() for p in page.cssselect(".tdb_single_content p"))


def test_the_sources_are_outlets_that_a_crawl_accepts(demo: Demo) -> None:
    courier, observer = parse_sources(demo.sources())
    assert (courier.name, observer.name) == ("the-harbour-courier", "valley-observer")
    assert courier.url == f"http://127.0.0.1:{demo.ports[0]}/"
    assert (courier.feeds, courier.sitemaps) == ((), ())  # to be found by the crawler
    assert visit(observer.feeds[0]).status == visit(observer.sitemaps[0]).status == 200
    assert observer.cadence == timedelta(minutes=1)


def test_all_that_is_linked_is_there(demo: Demo) -> None:
    seen: dict[str, int] = {}
    waiting = [f"{newsroom.address}/" for newsroom in demo.newsrooms]
    while waiting:
        url = waiting.pop()
        answer = visit(url)
        seen[url] = answer.status
        if answer.headers["content-type"].startswith("text/html"):
            page = html.fromstring(answer.text, base_url=url)
            page.make_links_absolute()
            waiting += {link for _, _, link, _ in page.iterlinks()} - seen.keys() - set(waiting)
    assert set(seen.values()) == {200}
    listed = {u for n in demo.newsrooms for u in sitemap(n.address + n.outlet.sitemap)}
    assert listed <= seen.keys()
    assert visit(f"{demo.newsrooms[0].address}/nowhere/").status == 404


def test_robots_leads_to_the_sitemaps_and_forbids_one_page(courier: Newsroom) -> None:
    robots = Protego.parse(visit(f"{courier.address}/robots.txt").text)
    (index,) = robots.sitemaps
    posts, news = sitemap(index)
    forbidden = [u for u in sitemap(posts) if not robots.can_fetch(u, "Dateline")]
    assert forbidden == [f"{courier.address}/private/letters/"]
    assert len(sitemap(posts)) == 10  # seven articles, the list, a notice and the forbidden page
    assert 0 < len(sitemap(news)) < 7


@pytest.mark.parametrize("number", [0, 1])
def test_feeds_parse(demo: Demo, number: int) -> None:
    newsroom = demo.newsrooms[number]
    feed = feedparser.parse(visit(newsroom.address + newsroom.outlet.feed).body)
    assert not feed.bozo
    assert feed.version == ("atom10", "rss20")[number]
    assert all(visit(entry.link).status == 200 for entry in feed.entries)
    undated = [entry.title for entry in feed.entries if "published" not in entry]
    assert len(undated) == (0, 3)[number]


def test_articles_look_like_the_theme(courier: Newsroom, observer: Newsroom) -> None:
    page = html.fromstring(visit(address(observer, "first-wheels")).text)
    assert page.cssselect(".tdb_header_date")[0].text_content() == "Sunday, November 22, 2026"
    assert page.cssselect(".tdb_single_date")[0].text_content() == "Date:"
    assert page.cssselect(".td-post-sharing")[0].text_content().strip() == "Share post:"
    assert len(page.cssselect("img[alt=spot_img]")) == 4
    assert len(page.cssselect(".tdb_single_related .td-excerpt")) == 4
    assert not page.cssselect("script")
    assert '"datePublished": "2026-11-21T16:20:00+00:00"' in visit(address(courier, "swing-bridge")).text
    assert 'lang="de"' in visit(address(courier, "faehre")).text
    assert "Puerto Alba, 16 nov (EFE).-" in text(address(courier, "cofradia"))


def test_one_wire_story_is_in_both_outlets(courier: Newsroom, observer: Newsroom) -> None:
    whole = text(address(courier, "freighter")).partition(" - ")[2]
    cut = text(address(observer, "stranded-timber-ship")).partition("(Reuters): ")[2]
    assert len(cut) > 800
    assert cut in whole
    assert cut != whole


def test_a_visitor_who_has_a_page_is_told_so(observer: Newsroom) -> None:
    for path in ("/", "/robots.txt", "/feed/", "/sitemap-posts.xml", "/latest/"):
        first = visit(observer.address + path)
        by_etag = visit(observer.address + path, {"If-None-Match": first.headers["etag"]})
        by_date = visit(observer.address + path, {"If-Modified-Since": first.headers["last-modified"]})
        assert (by_etag.status, by_etag.body, by_date.status) == (304, b"", 304)
    head = visit(f"{observer.address}/", method="HEAD")
    assert (head.status, head.body) == (200, b"")


def test_one_story_is_corrected_after_it_was_read(courier: Newsroom, clock: Clock) -> None:
    clock.now += timedelta(hours=3)  # nobody came: nothing changes
    url, posts = address(courier, "swing-bridge"), courier.address + courier.outlet.sitemap
    before, map_before = visit(url), sitemap(posts)
    feed_before = feedparser.parse(visit(courier.address + "/feed.atom").body)
    assert "£2.4 million" in before.text
    assert "Correction" not in before.text

    clock.now += CORRECT_AFTER - timedelta(seconds=1)
    known = {"If-None-Match": before.headers["etag"]}
    assert visit(url, known).status == 304

    clock.now += timedelta(seconds=1)
    after, map_after = visit(url, known), sitemap(posts)
    feed_after = feedparser.parse(visit(courier.address + "/feed.atom").body)
    assert after.status == 200
    assert "will cost £2.9 million" in after.text
    assert "Correction: An earlier version" in after.text
    assert after.headers["last-modified"] == "Sun, 22 Nov 2026 16:25:30 GMT"
    assert {u for u in map_after if map_after[u] != map_before[u]} == {url}
    assert map_after[url] == "2026-11-22T16:25:30+00:00"
    changed = [e.link for e, b in zip(feed_after.entries, feed_before.entries, strict=True) if e != b]
    assert changed == [url]


def test_after_a_restart_the_story_does_not_change_back_for_who_has_read_it(clock: Clock) -> None:
    with Demo(clock=clock) as first:
        url = address(first.newsrooms[0], "swing-bridge")
        visit(url)
        clock.now += CORRECT_AFTER
        second_edition = visit(url).headers["etag"]
    with Demo(clock=clock) as restarted:
        url = address(restarted.newsrooms[0], "swing-bridge")
        assert "£2.9 million" in visit(url, {"If-None-Match": second_edition}).text
        assert "£2.9 million" in visit(url).text


def test_stories_keep_their_dates_through_the_day_and_the_night(clock: Clock) -> None:
    with Demo(clock=clock) as morning:
        url = address(morning.newsrooms[1], "larch-ghat-win")
        words = text(url)
        clock.now += timedelta(hours=8)
        assert text(url) == words
        clock.now += timedelta(hours=8)  # past midnight: only the bar on top goes with the visitor's day
        assert text(url) == words
        assert "Monday, November 23, 2026" in visit(url).text
    clock.now = START + timedelta(hours=9)
    with Demo(clock=clock) as evening:
        again = address(evening.newsrooms[1], "larch-ghat-win")
        assert again.rpartition(":")[2].partition("/")[2] == url.rpartition(":")[2].partition("/")[2]
        assert text(again) == words


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2027, 1, 1), date(2028, 2, 29), date(2029, 9, 20)])
def test_datelines_and_weekdays_are_those_of_the_day_of_publication(day: date) -> None:
    stories = {story.slug: story for outlet in outlets() for story in outlet.stories}
    bridge, ship = stories["foot-bridge-over-the-sona-reopens"], stories["stranded-timber-ship-afloat-again"]
    opened = day - timedelta(days=570)
    (first, *_) = bridge.words(opened, corrected=False)
    assert first.startswith(f"Larch Ghat, {format_date(opened, 'MMMM d', 'en')} : ")
    assert f" on {opened:%A} by " in first
    yesterday = day - timedelta(days=1)
    (first, *_) = ship.words(day, corrected=False)
    assert f"{format_date(yesterday, 'MMM d', 'en')} (Reuters)" in first
    assert f" on {yesterday:%A}," in first


def test_there_are_about_a_dozen_stories_of_a_readable_length() -> None:
    articles = [s for outlet in outlets() for s in outlet.stories if s.kind == "article"]
    assert len(articles) == 13
    assert {s.language for s in articles} == {"en", "de", "es"}
    for story in articles:
        words = " ".join(story.words(date(2026, 11, 21), corrected=True)).split()
        assert 120 <= len(words) <= 350, story.slug


def test_nothing_is_published_in_the_future_wherever_the_clock_stands() -> None:
    for hour in range(24):
        now = datetime(2026, 11, 22, hour, tzinfo=UTC)
        assert all(o.published(s, now.date()) < now for o in outlets() for s in o.stories)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    sources, ports = tmp_path / "sources.toml", tmp_path / "ports"
    run = [sys.executable, "-m", "dateline.demo", "--sources", str(sources), "--port-file", str(ports)]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True) as process:
        try:
            deadline = time.monotonic() + 30
            while not sources.exists():
                assert time.monotonic() < deadline
                assert process.poll() is None
                time.sleep(0.05)
            found = parse_sources(sources.read_text(encoding="utf-8"))
            assert [visit(outlet.url).status for outlet in found] == [200, 200]
            assert [outlet.url for outlet in found] == [
                f"http://127.0.0.1:{port}/" for port in ports.read_text().split()
            ]
        finally:
            process.send_signal(number)
            said, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert said.splitlines()[0] == f"The Harbour Courier: {found[0].url}"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ports", "sources.toml"]


def refusal(*options: object) -> str:
    """What the command says when it ends with the exit code of bad input."""
    run = [sys.executable, "-m", "dateline.demo", *map(str, options)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


def test_a_list_of_other_outlets_is_not_overwritten(tmp_path: Path) -> None:
    sources = tmp_path / "sources.toml"
    sources.write_text('[[source]]\nname = "mine"\n')
    assert refusal("--sources", sources) == (
        f"dateline.demo: {sources} is a list of other outlets, and is left as it is; name another file\n"
    )
    assert "mine" in sources.read_text()


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    sources = tmp_path / "sources.toml"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal("--sources", sources, "--port", port)
    assert said == f"dateline.demo: port {port} is taken or not allowed: {os.strerror(errno.EADDRINUSE)}\n"
    assert not sources.exists()
