"""What a server may do between its first byte and its last header, and with the length of what follows."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime

from tests import faults
from tests.faults import bare, chunked, raw, stall, without_end
from tests.proofs.behaviours.hostile import LAST, ODD, Hostile, body, page
from tests.site import Behaviour, Exchange, Site, status

HTML = "Content-Type: text/html"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
FILLER = b"X-Filler: " + b"x" * 988 + b"\r\n"
CHUNKED = f"{HTML}\nTransfer-Encoding: chunked"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def honest(headers: str = "", **more: str) -> bytes:
    """The odd story with these headers, and its length where they do not say it."""
    if "ength:" not in headers and "ncoding:" not in headers:
        headers += f"\nContent-Length: {len(body())}"
    return bare(body(), headers if "ype:" in headers else f"{HTML}\n{headers}", **more)


def resets_after(data: bytes) -> Behaviour:
    """These bytes and, once they have arrived, the end of the connection."""

    def behave(exchange: Exchange) -> None:
        exchange.send(data)
        exchange.pause(0.3)
        faults.reset()(exchange)

    return behave


def twice() -> Behaviour:
    """An honest answer, with the answer to a request that was not yet made behind it."""

    def behave(exchange: Exchange) -> None:
        exchange.send(honest() + bare(b"<p>Forged</p>", "Content-Length: 13"))
        exchange.pause(5)

    return behave


def silent_after(code: int, retry_after: Callable[[], str], seconds: float) -> Hostile:
    """Asks to be left alone for so long; who asks again before is told on."""

    def behave(exchange: Exchange) -> None:
        status(code, {"Retry-After": retry_after()})(exchange)

    def check(site: Site) -> str | None:
        (first, *_) = site.asked(ODD)
        early = [r for r in site.requests if 0 < r.at - first.at < seconds]
        return f"asked {len(early)} times within the {seconds:g} s of Retry-After" if early else None

    kind = "a date" if "GMT" in retry_after() else "seconds"
    name = f"{code} with Retry-After in {kind}"
    return page(name, behave, f"http_{code}", expected={LAST: "stored|-"}, check=check)


def in_seconds(seconds: float) -> str:
    """That far ahead as an HTTP date."""
    return format_datetime(datetime.fromtimestamp(time.time() + seconds + 1, UTC), usegmt=True)


STAGES = (
    page("stalls before it answers", stall(), "timeout"),
    page("stalls in the status line", stall(b"HTTP/1.1 20"), "timeout"),
    page("stalls in the headers", stall(HEAD + b"X-Half: of a"), "timeout"),
    page("stalls after the headers", stall(bare(b"", f"{HTML}\nContent-Length: 5000")), "timeout"),
    page("stalls in the body", stall(bare(body()[:500], f"{HTML}\nContent-Length: {len(body())}")), "timeout"),
    page("stalls in a chunk", stall(bare(chunked(body()[:500]), CHUNKED)), "timeout"),
    page("a byte of the body a second", faults.drip(body(), every=1), "timeout"),
    page("a byte of the headers a second", without_end(HEAD + b"X-Slow: ", b"x", 1.0), "timeout"),
    page("resets at once", faults.reset(), "connection_lost"),
    page("resets in the status line", resets_after(b"HTTP/1.1 2"), "connection_lost"),
    page("resets in the headers", resets_after(HEAD + b"X-Half: of"), "connection_lost"),
    page("resets after the headers", resets_after(bare(b"", f"{HTML}\nContent-Length: 5000")), "truncated"),
    page("resets in the body", resets_after(bare(body()[:500], f"{HTML}\nContent-Length: 5000")), "truncated"),
    page("closes without a word", raw(b""), "connection_lost"),
)
HEADERS = (
    page("one header line without end", without_end(HEAD + b"X-Endless: ", b"x" * 1000), "headers_too_large"),
    page("header lines without end", faults.huge_headers(), "headers_too_large"),
    page("a continued header without end", without_end(HEAD, b" and so on\r\n" * 100), "headers_too_large"),
    page("a status line without end", without_end(b"HTTP/1.1 200 ", b"OK" * 500), "headers_too_large"),
    page("a header of 1 MB", raw(honest(f"X-Large: {'x' * 1_000_000}")), "headers_too_large"),
    page("60 KB of headers", raw(honest(f"X-Large: {'x' * 30_000}\nX-Larger: {'x' * 30_000}")), "stored"),
    page("100 Continue fifty times", raw(CONTINUE * 50 + honest()), "stored"),
    page("100 Continue without end", without_end(CONTINUE, CONTINUE * 100), "headers_too_large"),
    page("103 Early Hints without end", without_end(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 50),
         "headers_too_large"),
    page("100 Continue once a second", without_end(b"", CONTINUE, 1.0), "timeout"),
    page("switches protocols", raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"), "connection_lost"),
    page("header lines without a colon", raw(honest("This is no header\nX-This: is")), "stored"),
    page("NUL in the headers", raw(honest("X-Nul: a\0b\0")), "stored|connection_lost"),
    page("2,000 cookies", raw(honest("\n".join(f"Set-Cookie: c{n}=xxxxxxxxxx" for n in range(2000)))), "stored"),
)  # fmt: skip
STATUS_LINES = (
    page("HTTP/0.9", raw(body()), "connection_lost"),
    page("HTTP/1.0", raw(honest(status_line="HTTP/1.0 200 OK")), "stored"),
    page("a status line in lower case", raw(honest(status_line="http/1.1 200 ok")), "stored"),
    page("no reason in the status line", raw(honest(status_line="HTTP/1.1 200")), "stored"),
    page("status 999", raw(honest(status_line="HTTP/1.1 999 Denied")), "http_999"),
    page("status 99999", raw(honest(status_line="HTTP/1.1 99999 Much")), "connection_lost"),
    page("status 0", raw(honest(status_line="HTTP/1.1 000 Nothing")), "http_0|connection_lost"),
    page("a status below nothing", raw(honest(status_line="HTTP/1.1 -200 OK")), "connection_lost"),
    page("a status that is a word", raw(honest(status_line="HTTP/1.1 two hundred")), "connection_lost"),
    page("another protocol", raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "connection_lost"),
    page("rubbish", raw(bytes(range(256)) * 100), "connection_lost"),
)
LENGTHS = (
    page("a body that ends early", faults.truncated(body()), "truncated"),
    page("a Content-Length too short", raw(honest("Content-Length: 300")), "skipped|unreadable"),
    page("a Content-Length below nothing", raw(honest("Content-Length: -5")), "connection_lost"),
    page("a Content-Length that is a word", raw(honest("Content-Length: all")), "connection_lost"),
    page("two Content-Lengths", raw(honest("Content-Length: 300\nContent-Length: 9000")), "connection_lost"),
    page("a Content-Length of 11 MB", raw(honest("Content-Length: 11000000")), "too_large"),
    page("a Content-Length of 20 digits", raw(honest(f"Content-Length: {'9' * 20}")), "too_large"),
    page("a body without end", faults.endless(), "too_large"),
    page("a body of 20 MB with its length", raw(bare(body() + b" " * 20_000_000, f"{HTML}\nContent-Length: 20001000")),
         "too_large"),
    page("chunks without end", without_end(bare(b"", CHUNKED), chunked(body()) * 5), "too_large"),
    page("chunks of one byte", raw(bare(chunked(*(bytes([b]) for b in body())) + b"0\r\n\r\n", CHUNKED)), "stored"),
    page("chunks with no last one", raw(bare(chunked(body()), CHUNKED)), "truncated"),
    page("a chunk size that is none", raw(bare(chunked(body()[:500]) + b"zz\r\n" + body(), CHUNKED)), "truncated"),
    page("a chunk size below nothing", raw(bare(b"-5\r\n" + body() + b"\r\n0\r\n\r\n", CHUNKED)), "truncated"),
    page("a chunk of 2^64 bytes", raw(bare(b"FFFFFFFFFFFFFFFF\r\n" + body(), CHUNKED)), "truncated"),
    page("a chunk extension without end", without_end(bare(b"5;x=", CHUNKED), b"x" * 1000), "truncated"),
    page("trailers without end", without_end(bare(chunked(body()) + b"0\r\n", CHUNKED), FILLER), "truncated"),
    page("chunked and a length", raw(bare(chunked(body()) + b"0\r\n\r\n", f"{CHUNKED}\nContent-Length: 7")), "stored"),
    page("chunked said twice", raw(bare(chunked(body()) + b"0\r\n\r\n", f"{CHUNKED}\nTransfer-Encoding: chunked")),
         "stored|connection_lost"),
    page("a transfer encoding nobody knows", raw(bare(body(), f"{HTML}\nTransfer-Encoding: klingon")),
         "connection_lost"),
    page("the answer to the next request too", twice(), "stored", says={LAST: ""}),
    page("closes after it promised to stay", raw(honest("Connection: keep-alive")), "stored"),
)  # fmt: skip
STATUSES = (
    silent_after(429, lambda: "4", 4),
    silent_after(429, lambda: in_seconds(4), 4),
    silent_after(503, lambda: "4", 4),
    silent_after(503, lambda: in_seconds(4), 4),
    page("429 for ever", status(429), "http_429", expected={LAST: "stored|-"}, run="failed"),
    page("500 for ever", status(500), "http_500"),
    page("Retry-After of a century", status(503, {"Retry-After": "3153600000"}), "http_503",
         expected={LAST: "stored|-"}, run="failed"),
    page("Retry-After that is rubbish", status(503, {"Retry-After": "-1, soon"}), "http_503",
         expected={LAST: "stored|-"}),
    page("403", status(403), "http_403"),
    page("410", status(410), "http_410"),
    page("451", status(451), "http_451"),
    page("an empty body", raw(bare(b"", f"{HTML}\nContent-Length: 0")), "unreadable"),
    page("204", raw(bare(b"", status_line="HTTP/1.1 204 No Content")), "http_204"),
    page("206 that nobody asked for", raw(honest(status_line="HTTP/1.1 206 Partial Content")), "http_206"),
    page("304 that nobody asked for", raw(bare(b"", status_line="HTTP/1.1 304 Not Modified")), "http_304"),
    page("first 500, then the story", faults.in_turn(status(500), raw(honest())), "stored"),
)  # fmt: skip
ALL = (*STAGES, *HEADERS, *STATUS_LINES, *LENGTHS, *STATUSES)
