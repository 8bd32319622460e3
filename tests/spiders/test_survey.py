"""What a survey decides: which stories are asked for, how often an endpoint changes, language and time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.records import Article, Link, Unreadable, Witness
from spiders.discovery.found import Found
from spiders.survey import guesses, look, places
from spiders.survey.seen import Guess

NOW = datetime(2026, 7, 4, 12, tzinfo=UTC)
SITE = "https://weir.example/"


def article(language: str | None = "de", *said: str) -> Article:
    witnesses = tuple(Witness("jsonld", value) for value in said)
    return Article(SITE, SITE, "A story", "A.", "article", "test", language=language, date_witnesses=witnesses)


def links(*names: str) -> list[Link]:
    return [Link(SITE + name) for name in names]


def test_stories_come_from_each_endpoint_in_turn_and_once() -> None:
    lists = [("feed", links("a", "b")), ("sitemap", links("a", "c", "d")), ("empty", [])]
    assert [(endpoint, link.url.removeprefix(SITE)) for endpoint, link in places.in_turns(lists)] == [
        ("feed", "a"), ("sitemap", "c"), ("feed", "b"), ("sitemap", "d"),
    ]  # fmt: skip


def test_an_endpoint_in_short() -> None:
    dated = [Link(f"{SITE}{n}", published=(NOW - timedelta(hours=2 * n)).isoformat()) for n in (2, 0, 1)]
    others = [Link("https://elsewhere.example/x"), Link(f"{SITE}undated"), Link(f"{SITE}wrong", published="2099-01-01")]
    short = look.in_short(Found("feed", (*dated, *others)), SITE, NOW)
    assert (short.stories, short.elsewhere, short.newest, short.every) == (5, 1, NOW, timedelta(hours=2))
    assert [link.url.removeprefix(SITE) for link in short.links] == ["wrong", "0", "1", "2", "undated"]


@pytest.mark.parametrize("body", [b"<html></html>", b"[" * 100_000])
def test_what_is_no_interface_of_wordpress(body: bytes) -> None:
    with pytest.raises(Unreadable, match="not_wordpress"):
        look.list_endpoint(SITE, body, f"{SITE}wp-json/", None, "wordpress", NOW)
    assert not look.is_wordpress(b'{"namespaces": ["oembed/1.0"]}')
    assert not look.is_wordpress(b'{"namespaces": null}')


def test_a_language_only_where_all_stories_are_in_it() -> None:
    assert guesses.language([article(), article()]) == Guess("de", "2 of 2 stories")
    assert guesses.language([article(), article("fr")]).why == "the stories are in de and fr"
    assert guesses.language([article(), article(None)]).value is None
    assert guesses.language([article()]).why == "1 story is too few"


@pytest.mark.parametrize(
    ("host", "said", "zone", "why"),
    [
        ("weir.at", ["2026-07-01T10:00:00+02:00", "Wed, 01 Jul 2026 10:00:00 +0200"], "Europe/Vienna", ".at has one"),
        ("weir.de", ["2026-07-01T10:00:00+02:00", "2026-01-01T10:00:00+01:00"], "Europe/Berlin", ".de has one"),
        ("weir.co.uk", ["2026-07-01T10:00:00+01:00"] * 2, "Europe/London", ".uk has one time zone, and 2 dates agree"),
        ("weir.de", ["2026-07-01T10:00:00+01:00"] * 2, None, "dates are written +0100, which is not Europe/Berlin"),
        ("weir.de", ["2026-07-01T10:00:00+02:00"] * 2 + ["2026-07-01T08:00:00Z"], "Europe/Berlin", ".de has one"),
        ("weir.de", ["2026-07-01T10:00:00Z"] * 2, None, "too few dates say their offset"),
        ("weir.de", ["2026-07-01", "2026-07-01T10:00:00+02:00"], None, "too few dates say their offset"),
        ("weir.us", ["2026-07-01T10:00:00-04:00"] * 2, None, ".us has several time zones"),
        ("weir.io", ["2026-07-01T10:00:00+06:00"] * 2, None, "the address weir.io names no country"),
        ("weir.example", ["2026-07-01T10:00:00+06:00"] * 2, None, "the address weir.example names no country"),
        ("127.0.0.1", ["2026-07-01T10:00:00+02:00"] * 2, None, "the address 127.0.0.1 names no country"),
    ],
)
def test_a_time_zone_only_where_country_and_dates_agree(host: str, said: list[str], zone: str | None, why: str) -> None:
    guess = guesses.timezone(f"https://{host}/", [article("de", *said)], NOW)
    assert (guess.value, guess.why[: len(why)]) == (zone, why)
