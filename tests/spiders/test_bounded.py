"""Headers have an end: of one line, of all of them, and of what comes before the answer."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.testing import StringTransport
from twisted.web._newclient import Request, ResponseFailed
from twisted.web.http_headers import Headers

from spiders.bounded import MOST_HEADER_BYTES, BoundedProtocol, HeadersTooLarge

LINE = b"X-Filler: " + b"x" * 988 + b"\r\n"
END = b"Content-Length: 0\r\n\r\n"


def answer(*pieces: bytes) -> tuple[Any, StringTransport]:
    """What became of a request that these bytes came back for, and the connection."""
    connection = StringTransport()
    protocol: Any = BoundedProtocol(lambda _: None)  # type: ignore[no-untyped-call]
    protocol.makeConnection(connection)
    outcome: list[Any] = []
    request = Request(b"GET", b"/", Headers({b"host": [b"x.example"]}), None, persistent=True)
    protocol.request(request).addBoth(outcome.append)
    for piece in pieces:
        if not connection.disconnected:
            protocol.dataReceived(piece)
    return outcome[0] if outcome else None, connection


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\n", *[LINE] * 60, END],
        [b"HTTP/1.1 200 OK\r\nX-Filler: ", *[b"x" * 1000] * 60, b"\r\n", END],
        [*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 1000, b"HTTP/1.1 200 OK\r\n" + END],
    ],
    ids=["many lines", "one line", "interim answers"],
)
def test_large_headers_are_read(pieces: list[bytes]) -> None:
    response, connection = answer(*pieces)
    assert (response.code, connection.disconnected) == (200, False)


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\n", *[LINE] * 70, END],
        [b"HTTP/1.1 200 OK\r\nX-Filler: ", *[b"x" * 1000] * 70],
        [b"HTTP/1.1 200 OK\r\nX-Filler: " + b"x" * 1_000_000 + b"\r\n" + END],
        [b"HTTP/1.1 200 OK\r\nX: 1\r\n", *[b" x\r\n"] * 20_000],
        [b"HTTP/1.1 100 Continue\r\n\r\n"] * 3000,
        [b"x" * 1000] * 70,
    ],
    ids=["many lines", "one line", "one line at once", "continued", "interim answers", "status line"],
)
def test_headers_without_end_end_the_connection(pieces: list[bytes]) -> None:
    failure, connection = answer(*pieces)
    assert failure.check(ResponseFailed)
    assert [type(reason.value) for reason in failure.value.reasons] == [HeadersTooLarge]
    assert connection.disconnected


def test_a_body_may_be_larger_than_headers() -> None:
    body = b"x" * (2 * MOST_HEADER_BYTES)
    response, connection = answer(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    assert (response.code, response.length, connection.disconnected) == (200, len(body), False)


@pytest.mark.parametrize("status", [b"99999", b"0", b"-200", b"099"])
def test_a_status_has_three_digits(status: bytes) -> None:
    failure, _ = answer(b"HTTP/1.1 %s So\r\n" % status, END)
    assert failure.check(ResponseFailed)
