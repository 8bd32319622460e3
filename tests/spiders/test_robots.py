"""robots.txt: what its states mean, which group is ours, and files made to hurt."""

from __future__ import annotations

import pickle
import time

import pytest

from spiders.robots import MAX_BYTES, Robots

AGENT = "Dateline/0.1 (+https://dateline.example/bot)"
SITE = "https://gazette.example"


def rules(text: str) -> Robots:
    return Robots.parse(200, text.encode())


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 451])
def test_a_site_without_the_file_allows_all(status: int) -> None:
    robots = Robots.parse(status, b"User-agent: *\nDisallow: /")
    assert robots.allows(f"{SITE}/a", AGENT)
    assert not robots.deferred


@pytest.mark.parametrize("status", [None, 429, 500, 502, 503, 504])
def test_a_site_that_does_not_say_disallows_all_for_now(status: int | None) -> None:
    robots = Robots.parse(status, b"")
    assert not robots.allows(f"{SITE}/a", AGENT)
    assert robots.deferred
    assert str(status or "could not be reached") in (robots.reason or "")
    assert robots.crawl_delay(AGENT) is None
    assert robots.sitemaps == ()


@pytest.mark.parametrize("body", [b"", b"\n\n", b"<html>Not found</html>", b"\xef\xbb\xbf"])
def test_a_file_without_rules_allows_all(body: bytes) -> None:
    assert Robots.parse(200, body).allows(f"{SITE}/a", AGENT)


def test_rules_are_matched() -> None:
    robots = rules("User-agent: *\nDisallow: /private/\nAllow: /private/press\nDisallow: /*.pdf$\nDisallow: /search?")
    assert robots.allows(f"{SITE}/a", AGENT)
    assert not robots.allows(f"{SITE}/private/a", AGENT)
    assert robots.allows(f"{SITE}/private/press/1", AGENT)
    assert not robots.allows(f"{SITE}/a.pdf", AGENT)
    assert not robots.allows(f"{SITE}/search?q=x", AGENT)
    assert not robots.allows(f"{SITE}/%70rivate/a", AGENT)


def test_our_own_group_counts_and_no_other() -> None:
    robots = rules("User-agent: *\nDisallow: /\n\nUser-agent: dateline\nUser-agent: other\nDisallow: /archive\n")
    assert robots.allows(f"{SITE}/a", AGENT)
    assert not robots.allows(f"{SITE}/archive/1", AGENT)
    assert not robots.allows(f"{SITE}/a", "Someone/1.0")


@pytest.mark.parametrize("name", ["date", "line", "https", "bot", "dateline-news", "other"])
def test_a_name_that_only_resembles_ours_is_not_ours(name: str) -> None:
    assert rules(f"User-agent: {name}\nDisallow: /\n").allows(f"{SITE}/a", AGENT)


@pytest.mark.parametrize("line", ["User-agent: Dateline/2.0", "user-agent:DATELINE # us", "Useragent dateline"])
def test_our_name_is_known_in_any_dress(line: str) -> None:
    assert not rules(f"{line}\nDisallow: /\n").allows(f"{SITE}/a", AGENT)


def test_groups_of_one_name_are_one() -> None:
    robots = rules("User-agent: *\nDisallow: /a\nUser-agent: x\nDisallow: /b\nUser-agent: *\nDisallow: /c\n")
    assert [robots.allows(f"{SITE}{path}", AGENT) for path in ("/a", "/b", "/c")] == [False, True, False]


@pytest.mark.parametrize(("said", "delay"), [("2", 2.0), ("0.5", 0.5), ("86400", 60.0), ("soon", None), ("-1", None)])
def test_crawl_delay(said: str, delay: float | None) -> None:
    assert rules(f"User-agent: *\nCrawl-delay: {said}\n").crawl_delay(AGENT) == delay


def test_sitemaps_are_absolute_and_once() -> None:
    robots = rules(
        "Sitemap: https://gazette.example/a.xml\nsitemap:https://gazette.example/b.xml # news\n"
        "Sitemap: /c.xml\nSitemap: ftp://gazette.example/d.xml\nSitemap: https://gazette.example/a.xml\n"
    )
    assert robots.sitemaps == ("https://gazette.example/a.xml", "https://gazette.example/b.xml")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    robots = Robots.parse(200, "User-agent: *\nDisallow: /a # Straße\n".encode(encoding))
    assert not robots.allows(f"{SITE}/a", AGENT)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_first_500_kib_count_to_the_end_of_a_line(newline: str) -> None:
    start = f"User-agent: *{newline}Disallow: /early{newline}"
    filler = f"#{'x' * 98}{newline}"
    start += filler * ((MAX_BYTES - len(start)) // len(filler))
    text = f"{start}Disallow: /{'long' * 50}{newline}Disallow: /late{newline}"
    assert len(start) < MAX_BYTES < len(text)
    robots = Robots.parse(200, text.encode())
    assert not robots.allows(f"{SITE}/early", AGENT)
    assert robots.allows(f"{SITE}/long", AGENT)  # the rule that was cut is not half a rule
    assert robots.allows(f"{SITE}/late", AGENT)


def test_many_agents_with_many_rules_take_no_time() -> None:
    agents = "".join(f"User-agent: a{n}\n" for n in range(8_000))
    started = time.monotonic()
    robots = rules(agents + "User-agent: dateline\n" + "".join(f"Disallow: /{n}\n" for n in range(8_000)))
    assert not robots.allows(f"{SITE}/7999", AGENT)
    assert time.monotonic() - started < 5  # the library alone: minutes


def test_rules_can_be_sent_to_a_worker() -> None:
    robots = rules("User-agent: *\nDisallow: /a\n")
    assert not pickle.loads(pickle.dumps(robots)).allows(f"{SITE}/a", AGENT)
    assert robots == rules("User-agent: *\nDisallow: /a\n")
