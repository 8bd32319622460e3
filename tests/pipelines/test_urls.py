"""URLs: what is refused, where links lead, and which addresses are one story's."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable

import pytest

from pipelines import urls
from pipelines.urls import BadUrl, canonical, check, resolve, same_site


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "no URL"),
        ("  \n", "no URL"),
        ("gazette", "not an http:// or https:// URL"),
        ("gazette.example/world", "not an http:// or https:// URL"),
        ("ftp://gazette.example/", "not an http:// or https:// URL"),
        ("file:///etc/hostname", "not an http:// or https:// URL"),
        ("javascript:alert(1)", "not an http:// or https:// URL"),
        ("https://", "URL without a host"),
        ("https:///world", "URL without a host"),
        ("https://editor:secret@gazette.example/", "URL with a user name or password in it"),
        ("https://ga%2Fzette.example/", "URL whose host cannot be a host's name"),
        ("https://%FF.example/", "URL whose host cannot be a host's name"),
        ("http://%31%32%37.1/", "URL whose host cannot be a host's name"),
        ("https://ga zette.example/", "URL whose host cannot be a host's name"),
        ("https://gazette..example/", "URL whose host cannot be a host's name"),
        (f"https://{'g' * 64}.example/", "URL whose host cannot be a host's name"),
        ("http://127.1/", "URL whose host cannot be a host's name"),
        ("http://0x7f000001/", "URL whose host cannot be a host's name"),
        ("http://2130706433/", "URL whose host cannot be a host's name"),
        ("http://[::%31]/", "URL whose host cannot be a host's name"),
        ("http://%3A%3A1/", "URL whose host cannot be a host's name"),
        ("http://[fe80::1%25eth0]/", "URL whose host cannot be a host's name"),
        ("http://[::1/", "not a URL"),
        ("http://gazette.example:99999/", "not a URL"),
        ("http://gazette.example/\ud800", "not a URL"),
    ],
)
def test_what_is_no_url_is_refused(url: str, why: str) -> None:
    with pytest.raises(BadUrl) as caught:
        check(url)
    assert caught.value.why == why
    assert "\n" not in str(caught.value)


def test_a_long_url_is_refused_in_one_short_line() -> None:
    with pytest.raises(BadUrl, match=r"^URL of 10,024 characters, more than 2,000: 'https://gaz") as caught:
        check("https://gazette.example/" + "a" * 10_000)
    assert len(str(caught.value)) < 150


def test_the_length_that_counts_is_the_encoded_one() -> None:
    with pytest.raises(BadUrl, match="once encoded"):
        check("https://gazette.example/" + "ж" * 400)


def test_a_refusal_comes_back_from_a_worker() -> None:
    with pytest.raises(BadUrl) as caught:
        check("ftp://gazette.example/")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        (" https://gazette.example/a\n", "https://gazette.example/a"),
        ("HTTPS://Gazette.Example/Städte", "https://gazette.example/St%C3%A4dte"),
        ("https://gazette.example/a#comments", "https://gazette.example/a"),
        ("https://gazette.example", "https://gazette.example/"),
        ("https://gazette.example/a b?q=c d", "https://gazette.example/a%20b?q=c%20d"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://😀.example/", "https://xn--e28h.example/"),
        ("https://gazette.example./", "https://gazette.example/"),
        ("https://%67azette.example/", "https://gazette.example/"),
        ("https://b%C3%BCcher.example/", "https://xn--bcher-kva.example/"),
        ("http://①②⑦.⓪.⓪.①/", "http://127.0.0.1/"),
        ("http://[2001:DB8:0::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("http:\\\\gazette.example\\world", "http://gazette.example/world"),
        ("https://gazette.example/a?utm_source=x;y", "https://gazette.example/a?utm_source=x;y"),
    ],
)
def test_a_url_is_asked_for_encoded(url: str, asked: str) -> None:
    assert check(url) == asked
    assert check(asked) == asked


@pytest.mark.parametrize(
    ("href", "leads_to"),
    [
        ("/world/1.html", "https://gazette.example/world/1.html"),
        ("1.html", "https://gazette.example/news/1.html"),
        ("../sport/?page=2", "https://gazette.example/sport/?page=2"),
        ("?id=7", "https://gazette.example/news/?id=7"),
        ("//cdn.example/x", "https://cdn.example/x"),
        (" /with/space\n", "https://gazette.example/with/space"),
        ("\\old\\server.asp", "https://gazette.example/old/server.asp"),
        ("/find?q=a\\b", "https://gazette.example/find?q=a%5Cb"),
        ("////cdn.example/x", "https://cdn.example/x"),
        ("/\\/cdn.example/x", "https://cdn.example/x"),
        ("http://other.example/#top", "http://other.example/"),
        ("", None),
        ("#top", None),
        ("mailto:desk@gazette.example", None),
        ("javascript:void(0)", None),
        ("data:text/html,x", None),
        ("http://[", None),
        ("/" + "a" * 3_000, None),
    ],
)
def test_links_lead_somewhere_or_nowhere(href: str, leads_to: str | None) -> None:
    assert resolve("https://gazette.example/news/", href) == leads_to


STORY = "https://gazette.example/world/a-story"


@pytest.mark.parametrize(
    "same",
    [
        "HTTPS://GAZETTE.example/world/a-story",
        "https://gazette.example:443/world/a-story",
        "https://gazette.example/./world/x/../a-story",
        "https://gazette.example/%77orld/a%2Dstory",
        f"{STORY}?",
        f"{STORY}#comments",
        f"{STORY}?utm_source=feed&utm_medium=rss&UTM_Campaign=all",
        f"{STORY}?fbclid=IwAR0abc",
        f"{STORY}?wt_mc=rss.all",
        f"{STORY}?amp;utm_source=feed",
        f"{STORY}?ref=rss",
        f"{STORY}?from=newsletter&gclid=1",
        f"{STORY}?CMP=share_btn_url&sara_ref=re-so-app-sh&smid=tw-share&wpisrc=nl_daily",
        f"{STORY}?gad_source=1&mibextid=x&msclkid=x&ttclid=x&li_fat_id=x&epik=x&ScCid=x&rdt_cid=x",
        f"{STORY}?ysclid=x&bd_vid=x&mc_cid=x&_hsenc=x&mkt_tok=x&_kx=x&at_medium=x&s_kwcid=x",
        f"{STORY}?dicbo=x&tblci=x&__cft__[0]=x&WT.mc_id=x&sf123456789=1&utm%5Fsource=x",
        f"{STORY};jsessionid=1A2B3C",
        f"{STORY}?PHPSESSID=0123456789abcdef",
        f"{STORY}?sid=0123456789abcdef0123456789abcdef",
        "https://gazette.example/(S(4hqa0555fwsecu455xqckv45))/world/a-story",
        "https://gazette.example/(4hqa0555fwsecu455xqckv45)/world/a-story",
    ],
)
def test_one_story_has_one_form(same: str) -> None:
    assert canonical(same) == STORY


@pytest.mark.parametrize(
    "other",
    [
        "http://gazette.example/world/a-story",
        "https://www.gazette.example/world/a-story",
        "https://gazette.example:8443/world/a-story",
        "https://gazette.example/world/a-story/",
        "https://gazette.example/World/a-story",
        "https://gazette.example//world/a-story",
        "https://gazette.example/world%2Fa-story",
        f"{STORY}?id=7",
        f"{STORY}?p=7",
        f"{STORY}?page=2",
        f"{STORY}?ref=421",
        f"{STORY}?cmp=acme",
        f"{STORY}?source=social-security",
        f"{STORY}?sf=1",
        f"{STORY}?sf123456789=2",
        f"{STORY}?from=2024-01-01",
        f"{STORY}?sid=421",
        f"{STORY}?s=budget",
    ],
)
def test_what_may_be_another_page_keeps_its_form(other: str) -> None:
    assert canonical(other) == other


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("https://gazette.example/?b=2&utm_id=9&a=%c3%a9&&b=1", "https://gazette.example/?b=2&a=%C3%A9&b=1"),
        ("https://gazette.example/100%-sure", "https://gazette.example/100%25-sure"),
        ("https://gazette.example/%2e%2e/a/%2E", "https://gazette.example/a/"),
        ("https://gazette.example/a/b;jsessionid=x/../c", "https://gazette.example/a/c"),
        ("https://bücher.example/ß", "https://xn--bcher-kva.example/%C3%9F"),
    ],
)
def test_canonical_form(url: str, form: str) -> None:
    assert canonical(url) == form
    assert canonical(form) == form


@pytest.mark.parametrize(
    "copy",
    [
        "https://gazette-example.cdn.ampproject.org/c/s/gazette.example/world/a-story",
        "https://gazette-example.cdn.ampproject.org/v/s/gazette.example/world/a-story?amp_js_v=0.1&usqp=mq331AQ",
        "https://gazette-example.cdn.ampproject.org/wp/s/gazette.example/world/a-story",
        "https://cdn.ampproject.org/c/s/Gazette.example/world/./a-story#top",
        "https://cdn.ampproject.org/%63/s/gazette.example:443/world/a-story",
        "https://www-gazette-example.bing-amp.com/c/s/gazette.example/world/a-story",
        "https://www.google.com/amp/s/gazette.example/world/a-story",
        "https://google.co.uk/amp/s/gazette.example/world/a-story?utm_source=x",
        "https://www.bing.com/amp/s/gazette.example/world/a-story",
        "https://www.google.com/amp/s/gazette-example.cdn.ampproject.org/c/s/gazette.example/world/a-story",
    ],
)
def test_a_copy_in_an_amp_cache_is_the_page_it_was_made_of(copy: str) -> None:
    assert canonical(copy) == STORY


def test_a_copy_says_by_which_scheme_its_page_was_read() -> None:
    assert canonical("https://cdn.ampproject.org/c/gazette.example/a?id=7") == "http://gazette.example/a?id=7"


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.ampproject.org/i/s/gazette.example/a.jpg",
        "https://cdn.ampproject.org/v0.js",
        "https://cdn.ampproject.org/c/s/127.1/",
        "https://cdn.ampproject.org/c/s/gazette..example/",
        "https://www.google.com/amp/s/localhost/a",
        "https://www.google.com/search?q=/amp/s/gazette.example/",
        "https://google.com.gazette.example/amp/s/herald.example/",
        "https://xcdn.ampproject.org/c/s/gazette.example/",
        "https://gazette.example/amp/s/herald.example/a",
    ],
)
def test_what_is_no_copy_keeps_its_form(url: str) -> None:
    assert canonical(url) == url


def test_copies_of_copies_are_read_to_the_end() -> None:
    deep = "https://" + "cdn.ampproject.org/c/s/" * 80 + "gazette.example/world/a-story"
    assert canonical(deep) == STORY


PIECES = r"""
    / // . .. ./ %2e %2E%2e ? & = # ; : @ %25 % %zz \ ( ) + ~ ü ß %C3%BC 😀 a B c-d 127 0x7f &nbsp; %20 %09 %00
    http:// https:// HTTP:// www. m. gazette.example gazette.example:80 xn--bcher-kva [::1] :443
    utm_source=x amp;utm_id=1 sid= ref=rss PHPSESSID=1 id=7 ;jsessionid=1 /(S(4hqa0555fwsecu455xqckv45)) sf123456=1
    cdn.ampproject.org/c/s/ x.bing-amp.com/v/ www.google.com/amp/s/ bing.com/amp/ %63/s/ /amp /s/
"""


def made_up(seed: int) -> str:
    """A URL of pieces that mean something to some rule; the same for the same seed."""
    rng = random.Random(seed)
    begin = rng.choice(("https://gazette.example/", "http://cdn.ampproject.org/c/s/", "https://", ""))
    return begin + "".join(rng.choices([*PIECES.split(), " "], k=rng.randrange(12)))


@pytest.mark.parametrize("form", [check, canonical])
def test_forms_are_fixed_points_and_refusals_are_named(form: Callable[[str], str]) -> None:
    refused = 0
    for seed in range(2_000):
        try:
            once = form(made_up(seed))
        except BadUrl:
            refused += 1
            continue
        assert form(once) == once, made_up(seed)
    assert 300 < refused < 1_700  # the pieces make both


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://gazette.co.uk/", "http://sport.gazette.co.uk/x", True),
        ("https://gazette.co.uk/", "https://herald.co.uk/", False),
        ("https://one.blogspot.com/", "https://two.blogspot.com/", False),
        ("https://gazette.com/", "https://gazette.com:8443/", True),
        ("https://www.gazette.example/", "https://sport.gazette.example/", True),
        ("https://gazette.example/", "https://herald.example/", False),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/a", True),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8001/", False),
        ("http://127.0.0.1:8000/", "http://127.0.0.2:8000/", False),
        ("http://localhost:8000/", "http://localhost:8000/a", True),
        ("http://[::1]:8000/", "http://[::1]:8001/", False),
    ],
)
def test_same_site(a: str, b: str, same: bool) -> None:
    assert same_site(a, b) is same
    assert same_site(b, a) is same


def test_the_suffix_list_is_read_from_the_package_alone() -> None:
    suffixes = urls._public_suffixes()
    assert suffixes.suffix_list_urls == ()
    assert not suffixes._cache.enabled


def test_host() -> None:
    assert urls.host("https://gazette.example:8443/a") == "gazette.example"
    assert urls.host("nonsense") == ""


def test_a_key_has_32_bytes() -> None:
    assert len(urls.sha256(STORY)) == 32
