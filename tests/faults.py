"""What a site may do to its visitors: each function returns a behaviour for Site.behave."""

from __future__ import annotations

import gzip
import socket
import struct

from tests.site import HTML, Behaviour, Exchange, content, status


def redirect(to: str, code: int = 302) -> Behaviour:
    """Elsewhere: a path or a URL."""
    return status(code, {"Location": to})


def gzipped(body: bytes, content_type: str = HTML) -> Behaviour:
    """That body, compressed on the way."""
    headers = {"Content-Type": content_type, "Content-Encoding": "gzip"}
    return content(gzip.compress(body, mtime=0), headers, {})


def raw(data: bytes) -> Behaviour:
    """Exactly these bytes, status line and all, and then the end of the connection."""
    return lambda exchange: exchange.send(data)


def stall(data: bytes = b"") -> Behaviour:
    """These bytes, and then nothing, on an open connection."""

    def behave(exchange: Exchange) -> None:
        exchange.send(data)
        exchange.pause()

    return behave


def drip(body: bytes, *, every: float = 0.05, size: int = 1) -> Behaviour:
    """A body that comes in pieces of that size, with a pause in seconds before each."""

    def behave(exchange: Exchange) -> None:
        headers = {"Content-Type": HTML, "Content-Length": str(len(body))}
        exchange.send(exchange.head(200, headers.items()))
        for start in range(0, len(body), size):
            exchange.pause(every)
            exchange.send(body[start : start + size])

    return behave


def endless(piece: bytes = b"<p>And so on.</p>\n" * 500) -> Behaviour:
    """A body that never ends."""

    def behave(exchange: Exchange) -> None:
        exchange.send(exchange.head(200, [("Content-Type", HTML)]))
        while True:
            exchange.send(piece)

    return behave


def huge_headers(count: int | None = None) -> Behaviour:
    """So many header lines of 1,000 bytes and a short page; without a number, header lines without end."""

    def behave(exchange: Exchange) -> None:
        exchange.send(exchange.head(200, [("Content-Type", HTML)]).removesuffix(b"\r\n"))
        sent = 0
        while count is None or sent < count:
            exchange.send(f"X-Filler-{sent}: ".encode().ljust(998, b"x") + b"\r\n")
            sent += 1
        exchange.send(b"Content-Length: 12\r\n\r\n<p>Short</p>")

    return behave


def truncated(body: bytes, missing: int = 100) -> Behaviour:
    """A body that ends before its announced length."""

    def behave(exchange: Exchange) -> None:
        length = str(len(body) + missing)
        exchange.send(exchange.head(200, [("Content-Type", HTML), ("Content-Length", length)]) + body)

    return behave


def reset(data: bytes = b"") -> Behaviour:
    """These bytes, and then the connection is torn down instead of closed."""

    def behave(exchange: Exchange) -> None:
        exchange.send(data)
        linger = struct.pack("ii", 1, 0)  # on, for no time at all: closing sends RST
        exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    return behave


def slowly(seconds: float, behaviour: Behaviour) -> Behaviour:
    """That behaviour, after a pause."""

    def behave(exchange: Exchange) -> None:
        exchange.pause(seconds)
        behaviour(exchange)

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """The first request meets the first, the next the second; the last one stays."""
    waiting = list(behaviours)

    def behave(exchange: Exchange) -> None:
        behaviour = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        behaviour(exchange)

    return behave
