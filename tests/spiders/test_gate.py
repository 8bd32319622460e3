"""The browser's gate: what it passes on, what it refuses, and when it has had enough."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator

import pytest

from spiders import gate as gates
from spiders import proxies
from spiders.gate import Gate
from tests import faults
from tests.forward import forward
from tests.site import Site

PUBLIC = "127.0.0.1"  # stands for the Internet in these tests; 127.0.0.2 does not


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for variable in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    for module in (gates, proxies):
        monkeypatch.setattr(module, "is_public", lambda address: address == PUBLIC)
    with Site(PUBLIC) as site:
        site.page("/", "hello")
        yield site


async def say(gate: Gate, head: str) -> bytes:
    """What the gate answers, up to the end of the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gate.url.rpartition(":")[2]))
    writer.write(head.replace("\n", "\r\n").encode())
    try:
        return await reader.read()
    finally:
        writer.close()


def through(heads: str | list[str], **options: object) -> tuple[list[bytes], list[str]]:
    """The answers to these requests, one a connection, and what was refused."""

    async def ask() -> tuple[list[bytes], list[str]]:
        async with Gate(**options) as gate:  # type: ignore[arg-type]
            return [await say(gate, head) for head in ([heads] if isinstance(heads, str) else heads)], gate.refused

    return asyncio.run(ask())


def get(url: str) -> str:
    return f"GET {url} HTTP/1.1\nHost: x\nProxy-Connection: keep-alive\nProxy-Authorization: Basic eA==\n\n"


def tunnel(where: str, path: str = "/") -> str:
    return f"CONNECT {where} HTTP/1.1\nHost: {where}\n\nGET {path} HTTP/1.1\nHost: x\nConnection: close\n\n"


def test_a_request_is_passed_on_without_what_is_the_gates_own(site: Site) -> None:
    (answer,), refused = through(get(site.at("/?a=b")))
    assert answer.endswith(b"hello")
    assert site.paths() == ["/?a=b"]
    assert not {"proxy-connection", "proxy-authorization"} & site.requests[0].headers.keys()
    assert (site.requests[0].headers["connection"], refused) == ("close", [])


def test_a_tunnel_is_opened(site: Site) -> None:
    (answer,), _ = through(tunnel(f"{site.host}:{site.port}"))
    assert answer.startswith(b"HTTP/1.1 200 Connected\r\n\r\nHTTP/1.1 200 Test")
    assert answer.endswith(b"hello")


@pytest.mark.parametrize(
    "host", ["127.0.0.2", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "127.2", "2130706434", "0x7f.2"]
)
def test_what_is_not_public_is_refused(site: Site, host: str) -> None:
    answers, refused = through([get(f"http://{host}:{site.port}/"), tunnel(f"{host}:{site.port}")])
    assert [a.split(b"\r\n")[0] for a in answers] == [b"HTTP/1.1 403 Not on the public Internet"] * 2
    assert refused == [host.strip("[]")] * 2
    assert site.requests == []


def test_a_name_is_resolved_once_and_the_checked_address_connected_to(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([[PUBLIC], ["127.0.0.2"], ["127.0.0.2", PUBLIC]])
    resolve_as(monkeypatch, lambda: next(answers))
    told, refused = through([get(f"http://turncoat.example:{site.port}/")] * 3)
    assert [b"hello" in answer for answer in told] == [True, False, True]
    assert refused == ["turncoat.example"]


def resolve_as(monkeypatch: pytest.MonkeyPatch, addresses: Callable[[], list[str]]) -> None:
    """Have names, not literals, resolve to these addresses."""
    original = asyncio.BaseEventLoop.getaddrinfo

    async def getaddrinfo(loop: asyncio.BaseEventLoop, host: str, port: int, **options: int) -> object:
        if not host.endswith(".example"):
            return await original(loop, host, port, **options)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses()]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)


def test_private_addresses_may_be_allowed() -> None:
    with Site("127.0.0.2") as private:
        private.page("/", "hello")
        (answer,), refused = through(get(private.url), allow_private=True)
    assert (answer[-5:], refused) == (b"hello", [])


def test_redirects_are_the_browsers_to_follow_and_to_be_refused(site: Site) -> None:
    site.behave("/away", faults.redirect("http://127.0.0.2/"))
    answers, refused = through([get(site.at("/away")), get("http://127.0.0.2/")])
    assert [a.split()[1] for a in answers] == [b"302", b"403"]
    assert refused == ["127.0.0.2"]


@pytest.mark.parametrize("head", ["GET / HTTP/1.1\n\n", "GET file:///etc/passwd HTTP/1.1\n\n", "nonsense\n\n",
                                  "GET ftp://127.0.0.1/ HTTP/1.1\n\n", "CONNECT a:b:c HTTP/1.1\n\n",
                                  "GET http://u:p@127.0.0.1/ HTTP/1.1\n\n"])  # fmt: skip
def test_anything_else_is_refused(site: Site, head: str) -> None:
    (answer,), _ = through(head)
    assert answer.startswith(b"HTTP/1.1 403 Not a request to a proxy")


def test_bytes_are_counted_over_all_connections(site: Site) -> None:
    site.page("/large", b"x" * 60_000)
    answers, _ = through([get(site.at("/large"))] * 3, most_bytes=100_000)
    assert [len(a) > 60_000 for a in answers] == [True, False, False]
    assert sum(map(len, answers)) <= 100_000


def test_a_site_that_says_nothing_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "SILENT_SECONDS", 0.2)
    site.behave("/never", faults.stall())
    (answer,), _ = through(get(site.at("/never")))
    assert answer == b""


def test_connections_end_with_the_gate(site: Site) -> None:
    site.behave("/never", faults.stall())

    async def leave() -> bytes:
        async with Gate() as gate:
            answer = asyncio.ensure_future(say(gate, get(site.at("/never"))))
            await until(lambda: bool(site.asked("/never")))
        return await asyncio.wait_for(answer, 5)

    assert asyncio.run(leave()) == b""


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.01)


def test_through_a_proxy_the_same_holds(site: Site) -> None:
    with forward((site.host, site.port)) as proxy:
        heads = [get(site.url), tunnel(f"{site.host}:{site.port}"), get("http://127.0.0.2/"), tunnel("10.0.0.1:443")]
        answers, refused = through(heads, named=proxy.url("me:word"))
    assert [b"hello" in a for a in answers] == [True, True, False, False]
    assert refused == ["127.0.0.2", "10.0.0.1"]
    assert proxy.targets() == [site.url, f"{site.host}:{site.port}"]
    assert {secret for *_, secret in proxy.asked} == {"Basic bWU6d29yZA=="}
