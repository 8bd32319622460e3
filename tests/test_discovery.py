"""How stories are found beyond the newest, and what sites may ask for: real crawls of a site on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.commands import dateline
from tests.conftest import Ask
from tests.documents import Entry, article_html, front_html, prose
from tests.site import Behaviour, Exchange, Site

Environment = dict[str, str]
CRAWL = ("crawl", "--all", "--allow-private", "--json")


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        site.robots("User-agent: *", "Allow: /")
        yield site


def story(site: Site, path: str, published: str = "2026-03-04", **more: object) -> str:
    headers: Mapping[str, str] = more.pop("headers", {})  # type: ignore[assignment]
    html = article_html(f"A story at {path}", prose(seed=path), published=published, **more)  # type: ignore[arg-type]
    site.page(path, html, headers=headers)
    return path


def outlet(environment: Environment, site: Site, *lines: str) -> None:
    entry = ["[[source]]", 'name = "the-harbour"', f'url = "{site.url}"', "delay = 0", *lines]
    Path(environment["DATELINE_SOURCES"]).write_text("\n".join(entry) + "\n")


def test_a_window_of_the_past_out_of_sitemaps(environment: Environment, site: Site, ask: Ask) -> None:
    months = {
        f"2026-0{month}": [story(site, f"/2026/0{month}/1{n}/a-story-of-the-month") for n in (0, 1)]
        for month in range(1, 6)
    }
    for month, paths in months.items():
        site.sitemap(f"/sitemap-{month}.xml", [Entry(path, "A story", modified=f"{month}-12") for path in paths])
    site.sitemap_index("/sitemap.xml", [f"/sitemap-{month}.xml" for month in months])
    outlet(environment, site, f'sitemaps = ["{site.at("/sitemap.xml")}"]', 'discover = ["sitemap"]')
    done = dateline(environment, *CRAWL, "--since", "2026-03-01", "--until", "2026-04-01")
    assert done.code == 0, done.err
    assert ask("select url from articles order by url") == [(site.at(path),) for path in months["2026-03"]]
    assert not site.asked("/sitemap-2026-01.xml") + site.asked("/sitemap-2026-05.xml")


def test_a_backfill_turns_the_pages_of_a_list_and_a_crawl_does_not(
    environment: Environment, site: Site, ask: Ask
) -> None:
    paths = [story(site, f"/news/1000{n}-a-story-about-the-harbour.html") for n in range(4)]
    for n, path in enumerate(paths):
        further = f'<link rel="next" href="/page/{n + 2}/">' if n < 3 else ""
        site.page(
            "/" if n == 0 else f"/page/{n + 1}/",
            front_html({path: f"A story about the harbour, part {n}"}, head=further),
        )
    outlet(environment, site)
    assert dateline(environment, *CRAWL).code == 0
    assert ask("select count(*) from articles") == [(1,)]
    assert dateline(environment, *CRAWL, "--since", "2020-01-01").code == 0
    assert ask("select count(*) from articles") == [(4,)]
    asked = len(site.asked("/page/2/"))
    assert dateline(environment, *CRAWL).code == 0
    assert len(site.asked("/page/2/")) == asked


def posts(pages: list[list[str]], site: Site) -> Behaviour:
    """WordPress's interface with these pages of posts."""

    def behave(exchange: Exchange) -> None:
        number = int(exchange.request.path.partition("&page=")[2].partition("&")[0] or 1)
        said = [
            {"link": site.at(path), "title": {"rendered": "A &amp; B"}, "date_gmt": "2026-03-04T10:00:00"}
            for path in pages[number - 1]
        ]
        headers = [("Content-Type", "application/json"), ("X-WP-TotalPages", str(len(pages)))]
        exchange.reply(200, json.dumps(said).encode(), headers)

    return behave


def test_wordpress_is_asked_for_its_posts(environment: Environment, site: Site, ask: Ask) -> None:
    paths = [story(site, f"/{n}/") for n in ("harbour-opens-again", "the-ferry-is-late", "rain-ahead-of-fair")]
    site.behave("/wp-json/wp/v2/posts", posts([paths[:2], paths[2:]], site))
    site.page("/", front_html({}, head='<link rel="https://api.w.org/" href="/wp-json/">'))
    outlet(environment, site)
    done = dateline(environment, *CRAWL)
    assert done.code == 0, done.err
    assert ask("select count(*) from articles") == [(2,)]
    assert ask("select kind, outcome, links from endpoints where kind = 'wordpress'") == [("wordpress", "read", 2)]
    assert dateline(environment, *CRAWL).code == 0
    assert any("modified_after=" in path for path in site.paths())
    assert dateline(environment, *CRAWL, "--since", "2026-01-01").code == 0
    assert ask("select count(*) from articles") == [(3,)]


def test_a_host_that_says_429_is_left_alone(environment: Environment, site: Site, ask: Ask) -> None:
    first, second = (Entry(story(site, f"/news/{n}.html"), f"A story, part {n}") for n in (1, 2))
    site.rss("/feed.xml", [first, second])
    site.fail(first.url, 429, {"Retry-After": "3600"})
    outlet(environment, site, f'feeds = ["{site.at("/feed.xml")}"]')
    done = dateline(environment, *CRAWL)
    assert done.code == 3
    assert "asks to be left alone until" in done.complaint
    assert not site.asked(second.url)
    assert ask("select outcome, attempts, due_at > now() + interval '59 minutes' from pages order by url") == [
        ("http_429", 0, True),
        (None, 0, False),
    ]
    asked = len(site.requests)
    again = dateline(environment, *CRAWL)
    assert (again.code, len(site.requests)) == (3, asked), again.err


def test_a_robots_txt_that_cannot_be_read_defers_the_outlet(environment: Environment, site: Site, ask: Ask) -> None:
    site.rss("/feed.xml", [Entry(story(site, "/news/1.html"), "A story")])
    site.fail("/robots.txt", 503)
    outlet(environment, site, f'feeds = ["{site.at("/feed.xml")}"]')
    assert dateline(environment, *CRAWL).code == 3
    assert set(site.paths()) == {"/robots.txt"}
    asked = len(site.requests)
    assert dateline(environment, *CRAWL).code == 3  # remembered for half an hour
    assert len(site.requests) == asked
    assert ask("select outcome from endpoints where kind = 'feed'") == [("robots_unreachable",)]


def test_robots_txt_is_asked_for_once_in_half_a_day(environment: Environment, site: Site) -> None:
    site.rss("/feed.xml", [Entry(story(site, "/news/1.html"), "A story")])
    outlet(environment, site, f'feeds = ["{site.at("/feed.xml")}"]')
    for _ in range(2):
        assert dateline(environment, *CRAWL).code == 0
    assert (len(site.asked("/robots.txt")), len(site.asked("/feed.xml"))) == (1, 2)


def test_opt_outs_are_recorded_and_honoured(environment: Environment, site: Site, ask: Ask) -> None:
    plain = story(site, "/news/plain.html")
    kept = story(site, "/news/kept.html", head='<meta name="robots" content="noarchive, nosnippet">')
    mined = story(site, "/news/mined.html", headers={"tdm-reservation": "1"})
    site.rss("/feed.xml", [Entry(path, "A story about it") for path in (plain, kept, mined)])
    site.robots("User-agent: *", "Allow: /", "", "User-agent: GPTBot", "Disallow: /")
    outlet(environment, site, f'feeds = ["{site.at("/feed.xml")}"]', 'honour = ["noarchive", "tdm"]')
    assert dateline(environment, *CRAWL).code == 0
    assert ask("select url, opt_outs, capture_id is not null from articles order by url") == [
        (site.at(kept), ["ai_training", "noarchive", "nosnippet"], False),
        (site.at(plain), ["ai_training"], True),
    ]
    assert ask("select outcome, detail from pages where url = %s", site.at(mined)) == [
        ("skipped", "opt_out: the site says tdm")
    ]
    captures = Path(environment["DATELINE_HOME"]) / "captures"
    warc = b"".join(path.read_bytes() for path in captures.rglob("*.warc*"))
    assert ask("select count(*) from captures") == [(1,)]
    assert warc


def test_shapes_are_learned(environment: Environment, site: Site, ask: Ask) -> None:
    site.rss(
        "/feed.xml", [Entry(story(site, f"/2026/03/a-story-about-the-harbour-{n}.html"), "A story") for n in range(3)]
    )
    outlet(environment, site, f'feeds = ["{site.at("/feed.xml")}"]')
    assert dateline(environment, *CRAWL).code == 0
    assert ask("select s.value from sources, jsonb_each(shapes) s") == [([3, 0],)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "soon"), "--since: 'soon' is no date"),
        (("--since", "2026-02-01", "--until", "2026-01-01"), "--since 2026-02-01 is not before --until 2026-01-01"),
    ],
)
def test_a_bad_window_is_named(environment: Environment, arguments: tuple[str, ...], said: str) -> None:
    done = dateline(environment, "crawl", "https://x.example/", *arguments)
    assert (done.code, said in done.complaint) == (2, True), done.err
