"""Proxies: which one is taken, what may be asked for through it, and that its password is nobody's to read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.outlets import BadSources, Outlet, parse_sources
from spiders import proxies
from spiders.proxies import BadProxy, Proxy, chosen, named, refusal
from tests.commands import dateline
from tests.conftest import Ask
from tests.documents import Entry
from tests.forward import Forward, forward
from tests.site import Site
from tests.test_crawl import FEED_LINK, Environment, outlet, stories

SECRET = "pass%20word"
NOWHERE = "http://the-harbour.invalid"  # a name that never resolves


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def proxy(site: Site) -> Iterator[Forward]:
    """A proxy on a private address, behind which every name is the site."""
    with forward((site.host, site.port)) as proxy:
        yield proxy


@pytest.fixture(autouse=True)
def no_proxy_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_the_entrys_proxy_comes_before_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://env.example:1")
    monkeypatch.setenv("no_proxy", "near.example")
    assert chosen("http", "far.example", None) == Proxy("env.example", 1)
    assert chosen("http", "near.example", None) is None
    assert chosen("https", "far.example", None) is None
    assert chosen("https", "near.example", "http://own.example:2") == Proxy("own.example", 2)


def test_user_and_password_become_a_header_and_are_not_shown() -> None:
    found = Proxy.of(f"http://me:{SECRET}@own.example:2")
    assert found.authorization == b"Basic bWU6cGFzcyB3b3Jk"
    assert "bWU6" not in repr(found)


@pytest.mark.parametrize(("host", "why"), [
    ("127.0.0.1", "private_address"), ("169.254.169.254", "private_address"), ("::1", "private_address"),
    ("localhost", "private_address"), ("8.8.8.8", None), ("no-such-host.invalid", "no_such_host"),
])  # fmt: skip
def test_what_is_asked_for_is_resolved_here(host: str, why: str | None) -> None:
    assert asyncio.run(refusal(host)) == why


def test_one_private_address_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    async def both(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", ("8.8.8.8", 0)), (0, 0, 0, "", ("10.0.0.1", 0))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", both)
    assert asyncio.run(refusal("two-faced.example")) == "private_address"


def test_names_may_be_left_to_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(proxies.RESOLVES, "1")
    assert asyncio.run(refusal("no-such-host.invalid")) is None
    assert asyncio.run(refusal("localhost")) == "private_address"


def entry(proxy: str) -> Outlet:
    text = f'[[source]]\nname = "x"\nurl = "https://x.example/"\nproxy = "{proxy}"\n'
    return parse_sources(text)[0]


def test_a_variable_may_have_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_PROXY", f"http://me:{SECRET}@own.example:2")
    assert named(entry("$X_PROXY")) == f"http://me:{SECRET}@own.example:2"
    assert named(entry("http://own.example:2")) == "http://own.example:2"


@pytest.mark.parametrize("value", [None, "", "own.example:2", f"socks5://me:{SECRET}@own.example:2", "http://[x"])
def test_a_variable_without_a_proxy_is_named(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.setenv("X_PROXY", value) if value is not None else monkeypatch.delenv("X_PROXY", raising=False)
    with pytest.raises(BadProxy) as error:
        named(entry("$X_PROXY"))
    assert str(error.value) == 'x: proxy = "$X_PROXY": set X_PROXY to http://user:password@host:port'


@pytest.mark.parametrize("bad", ["own.example:2", "https://own.example:2", "http://own.example", "http://:2", "$1",
                                 "http://own.example:99999", "http://own.example:2/path", "http://[x:2"])  # fmt: skip
def test_a_bad_proxy_is_named_without_its_secret(bad: str) -> None:
    with pytest.raises(BadSources) as error:
        entry(bad.replace("//", f"//me:{SECRET}@"))
    said = str(error.value)
    assert said.startswith('sources.toml:4: source "x": "proxy" is wrong: write "http://host:port", or "$NAME"')
    assert SECRET not in said


def test_an_entry_does_not_show_its_proxy() -> None:
    own = entry(f"http://me:{SECRET}@own.example:2")
    assert SECRET not in f"{own!r} {own.model_dump(mode='json')} {own.model_dump_json()}"


def listed(site: Site) -> None:
    """An outlet of two stories, one of them at a private address."""
    path = stories(site, 1)[0]
    site.page("/", f"<html><head>{FEED_LINK}</head><body></body></html>")
    site.rss("/feed.xml", [Entry(NOWHERE + path, "A story about the harbour, part 0")])


def test_an_outlet_is_crawled_through_its_proxy(
    environment: Environment, site: Site, proxy: Forward, ask: Ask, tmp_path: Path
) -> None:
    listed(site)
    outlet(environment, site, url=f"{NOWHERE}/", proxy="$HARBOUR_PROXY")
    own = environment | {"HARBOUR_PROXY": proxy.url(f"me:{SECRET}"), "DATELINE_PROXY_RESOLVES": "1"}
    done = dateline(own, "crawl", "--all", "--json")
    assert (done.code, done.summary["stored"]) == (0, 1), done.err
    assert all(t.startswith(NOWHERE) for t in proxy.targets())
    assert {secret for *_, secret in proxy.asked} == {"Basic bWU6cGFzcyB3b3Jk"}
    assert SECRET not in done.out + done.err + str(ask("select settings from sources"))
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and SECRET.encode() in p.read_bytes()]


def test_a_name_that_does_not_resolve_here_is_not_asked_for(
    environment: Environment, site: Site, proxy: Forward
) -> None:
    listed(site)
    outlet(environment, site, url=f"{NOWHERE}/", proxy=proxy.url())
    done = dateline(environment, "crawl", "--all", "--json")
    assert (done.code, proxy.asked) == (3, [])
    assert "the-harbour.invalid does not resolve" in done.complaint


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "[::1]"])
def test_private_addresses_are_not_asked_for_through_a_proxy(
    environment: Environment, proxy: Forward, ask: Ask, host: str
) -> None:
    done = dateline(environment | {"http_proxy": proxy.url()}, "crawl", f"http://{host}:9999/a-story.html")
    assert (done.code, proxy.asked) == (3, [])
    assert ask("select outcome from fetches") == [("private_address",)]


def test_a_proxy_with_a_private_name_opens_tunnels(environment: Environment, proxy: Forward) -> None:
    own = environment | {"https_proxy": f"http://localhost:{proxy.port}", "DATELINE_PROXY_RESOLVES": "1"}
    dateline(own, "crawl", "https://the-harbour.invalid/a-story.html")
    assert {(method, target) for method, target, _ in proxy.asked} == {("CONNECT", "the-harbour.invalid:443")}


def test_the_proxys_own_address_is_not_a_page(environment: Environment, proxy: Forward, ask: Ask) -> None:
    """It may be private for what goes through it, and stays closed to what would go straight to it."""
    own = environment | {"http_proxy": proxy.url(), "no_proxy": "127.0.0.1", "DATELINE_PROXY_RESOLVES": "1"}
    dateline(own, "crawl", f"{NOWHERE}/a-story.html", f"{proxy.url()}/a-story.html")
    assert ask("select outcome from fetches where url like 'http://127.%%'") == [("private_address",)]
    assert all(t.startswith(NOWHERE) for t in proxy.targets())


def test_a_variable_that_is_not_set_ends_the_command(environment: Environment, site: Site) -> None:
    outlet(environment, site, proxy="$HARBOUR_PROXY")
    done = dateline(environment, "crawl", "--all", "--allow-private")
    assert (done.code, done.complaint) == (
        2, 'dateline: the-harbour: proxy = "$HARBOUR_PROXY": set HARBOUR_PROXY to http://user:password@host:port',
    )  # fmt: skip
    assert site.requests == []
