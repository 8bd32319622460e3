"""The browser's only way out: a forward proxy on loopback that connects to what the network guard allows."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from spiders import proxies
from spiders.guard import is_public

HEAD = 64 << 10  # bytes of a request's or answer's head
MOST_BYTES = 50 << 20  # both ways, over all connections: what one page loads
MOST_SECONDS = 30.0  # a connection may live; a page lives no longer
CONNECT_SECONDS = 8.0
SILENT_SECONDS = 5.0  # a site may say nothing. A browser asks twice, and then reads the page without that script
CHUNK = 64 << 10
DROPPED = (b"proxy-", b"connection:", b"keep-alive:")  # headers between the browser and us


class Refused(Exception):
    """A request that is not passed on, and why."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a request to the gate wants to reach."""

    scheme: str
    host: str
    port: int
    path: str = ""

    @property
    def address(self) -> str:
        """Host and port as HTTP writes them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Gate:
    """A guarded forward proxy for one page of a browser; use as an asynchronous context manager.

    Every connection resolves its name once and goes to the very address that was checked. Where an HTTP proxy is to
    be used for a target (`named` by the outlet's entry, or by the environment), the rule of spiders/proxies.py holds.
    When the context ends, so does every connection. `refused` has the hosts that were not public.
    """

    def __init__(self, *, allow_private: bool = False, named: str | None = None, most_bytes: int = MOST_BYTES) -> None:
        self.refused: list[str] = []
        self.allow_private = allow_private
        self._named = named
        self._left = most_bytes
        self._talks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Gate:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=HEAD)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        talk = asyncio.ensure_future(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _talk(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One connection of the browser, from its first request to its end."""
        try:
            async with asyncio.timeout(MOST_SECONDS):
                await self._pass(reader, writer)
        except Refused as error:
            _answer(writer, f"403 {error}")
        except (OSError, TimeoutError, ValueError, asyncio.LimitOverrunError):
            _answer(writer, "502 Not reached")
        except asyncio.IncompleteReadError:
            pass  # the browser opens connections that it may need, and closes those it does not
        finally:
            writer.close()

    async def _pass(self, reader: StreamReader, writer: StreamWriter) -> None:
        method, target, version, headers = _parsed(await reader.readuntil(b"\r\n\r\n"))
        proxy = proxies.chosen(target.scheme, target.host, self._named)
        there, back = await (self._through(proxy, target) if proxy else self._directly(target))
        try:
            if method != "CONNECT":
                back.write(_request(method, target, version, headers, proxy))
            elif proxy:
                await _open_tunnel(there, back, target, proxy)
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            await self._exchange(reader, writer, there, back)
        finally:
            back.close()

    async def _directly(self, target: Target) -> tuple[StreamReader, StreamWriter]:
        """A connection to the first address of the target that is allowed and answers."""
        found = await asyncio.get_running_loop().getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        allowed = [where for *_, where in found if self.allow_private or is_public(str(where[0]))]
        if not allowed:
            self.refused.append(target.host)
            raise Refused("Not on the public Internet")
        for where in allowed[:-1]:
            with contextlib.suppress(OSError, TimeoutError):
                return await _connected(str(where[0]), target.port)
        return await _connected(str(allowed[-1][0]), target.port)

    async def _through(self, proxy: proxies.Proxy, target: Target) -> tuple[StreamReader, StreamWriter]:
        """A connection to the proxy, once it is clear that it may be asked for the target."""
        refusal = None if self.allow_private else await proxies.refusal(target.host)
        if refusal:
            self.refused.append(target.host)
            raise Refused("Not on the public Internet")
        return await _connected(proxy.host, proxy.port)

    async def _exchange(
        self, reader: StreamReader, writer: StreamWriter, there: StreamReader, back: StreamWriter
    ) -> None:
        """Pass bytes both ways until either side has had enough."""
        ways = [
            asyncio.ensure_future(self._pump(reader, back, MOST_SECONDS)),
            asyncio.ensure_future(self._pump(there, writer, SILENT_SECONDS)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pump(self, source: StreamReader, sink: StreamWriter, patience: float) -> None:
        while self._left > 0:
            async with asyncio.timeout(patience):
                data = await source.read(min(CHUNK, self._left))
            if not data:
                return
            self._left -= len(data)
            sink.write(data)
            await sink.drain()


async def _connected(host: str, port: int) -> tuple[StreamReader, StreamWriter]:
    async with asyncio.timeout(CONNECT_SECONDS):
        return await asyncio.open_connection(host, port, limit=HEAD)


def _parsed(head: bytes) -> tuple[str, Target, str, list[bytes]]:
    """Method, target, version and header lines of a request to a proxy. Raises Refused."""
    first, *headers = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    try:
        method, where, version = first.decode("ascii").split(" ")
        parts = urlsplit(f"https://{where}" if method == "CONNECT" else where)
        return method, _target(parts), version, headers
    except ValueError as error:
        raise Refused("Not a request to a proxy") from error


def _target(parts: SplitResult) -> Target:
    # With https only CONNECT comes; anything else in absolute form that is not http is nothing a browser asks.
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError(parts.scheme)
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    return Target(parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), path)


def _request(method: str, target: Target, version: str, headers: list[bytes], proxy: proxies.Proxy | None) -> bytes:
    """The head that is sent on: one request a connection, so that the next one is checked as well."""
    where = f"{target.scheme}://{target.address}{target.path}" if proxy else target.path
    kept = [h for h in headers if not h.lower().startswith(DROPPED)]
    lines = [f"{method} {where} {version}".encode("ascii"), *kept, b"Connection: close"]
    if proxy and proxy.authorization:
        lines.append(b"Proxy-Authorization: " + proxy.authorization)
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def _open_tunnel(there: StreamReader, back: StreamWriter, target: Target, proxy: proxies.Proxy) -> None:
    lines = [f"CONNECT {target.address} HTTP/1.1".encode("ascii"), f"Host: {target.address}".encode("ascii")]
    if proxy.authorization:
        lines.append(b"Proxy-Authorization: " + proxy.authorization)
    back.write(b"\r\n".join(lines) + b"\r\n\r\n")
    head = await there.readuntil(b"\r\n\r\n")
    if head.split(b" ", 2)[1:2] != [b"200"]:
        raise Refused("The proxy opens no tunnel")


def _answer(writer: StreamWriter, status: str) -> None:
    writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode("ascii"))
