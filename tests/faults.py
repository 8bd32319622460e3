"""What a site may do to its visitors: each function returns a behaviour for Site.behave."""

from __future__ import annotations

import gzip
import socket
import struct
from collections.abc import Iterable
from threading import Event

from tests.site import FOREVER, HTML, Behaviour, Door, Exchange, content, status

TEAR = struct.pack("ii", 1, 0)  # linger, for no time at all: closing sends RST


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
        exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, TEAR)

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


def bare(body: bytes = b"", headers: str = "", *, status_line: str = "HTTP/1.1 200 OK") -> bytes:
    """An answer as bytes, with these header lines and no others."""
    lines = [status_line, *headers.strip().splitlines(), "", ""]
    return "\r\n".join(line.strip() for line in lines).encode("latin-1") + body


def chunked(*chunks: bytes) -> bytes:
    """These chunks, and no end after them."""
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)


def without_end(start: bytes, piece: bytes, every: float = 0.0) -> Behaviour:
    """These bytes, and then the piece again and again, with that pause in seconds before each."""

    def behave(exchange: Exchange) -> None:
        exchange.send(start)
        while True:
            exchange.pause(every)
            exchange.send(piece)

    return behave


def chain(length: int, path: str, end: Behaviour) -> Behaviour:
    """So many redirects, each to the path with the next number as its query, and then that end."""

    def behave(exchange: Exchange) -> None:
        done = int(exchange.request.path.partition("?")[2] or 0)
        (redirect(f"{path}?{done + 1}") if done < length else end)(exchange)

    return behave


def both(first: bytes, then: Iterable[bytes], pause: float) -> Behaviour:
    """These bytes and, each after that pause, those."""

    def behave(exchange: Exchange) -> None:
        exchange.send(first)
        for data in then:
            exchange.pause(pause)
            exchange.send(data)

    return behave


def waits(seconds: float = FOREVER) -> Door:
    """Says nothing for so long; without a number, ever."""

    def meet(connection: socket.socket, stopping: Event) -> None:
        if stopping.wait(seconds):
            raise ConnectionAbortedError("the site stops")

    return meet


def slams(connection: socket.socket, stopping: Event) -> None:
    """Tears every connection down."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, TEAR)
    raise ConnectionResetError("nobody is let in")


def shuts(connection: socket.socket, stopping: Event) -> None:
    """Closes every connection."""
    raise ConnectionAbortedError("nobody is let in")
