"""A web site on loopback for the tests: it serves what each test sets, and notes what was asked."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.client import HTTPConnection, parse_headers
from io import BufferedReader
from threading import Condition, Event, Thread, current_thread
from types import TracebackType
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.documents import Entry, article_html, atom, rss, sitemap, sitemap_index

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
FOREVER = 3600.0  # seconds; every wait ends when the site stops
TLS_HANDSHAKE = b"\x16"  # first byte of a visitor who would talk TLS

__all__ = [
    "Answer",
    "Behaviour",
    "Entry",
    "Exchange",
    "Request",
    "Site",
    "article_html",
    "content",
    "status",
    "visit",
]


@dataclass(slots=True)
class Request:
    """One request as it came, and what became of it. Times are monotonic, header names lower case."""

    at: float
    method: str
    path: str  # as asked, with the query
    headers: Mapping[str, str]
    body: bytes = b""
    status: int | None = None  # None as long as no status line was sent
    ended_at: float | None = None


class Exchange:
    """One request and the connection it came by: what a behaviour is given.

    `reply` sends a well-formed answer and keeps the connection. `send` sends bytes as they are; then the
    connection is closed when the behaviour returns. Both raise ConnectionError once the visitor has left, or
    when the site stops.
    """

    def __init__(self, request: Request, connection: socket.socket, stopping: Event) -> None:
        self.request = request
        self.connection = connection
        self.keep = True
        self._stopping = stopping

    def reply(self, status: int, body: bytes = b"", headers: Iterable[tuple[str, str]] = ()) -> None:
        """A whole answer; no body where there can be none."""
        self.keep = self.keep and self.request.headers.get("connection", "").lower() != "close"
        length = [] if status == HTTPStatus.NOT_MODIFIED else [("Content-Length", str(len(body)))]
        self.request.ended_at = time.monotonic()  # before the visitor can ask what was noted of him
        wordless = self.request.method == "HEAD" or status == HTTPStatus.NOT_MODIFIED
        self._write(self.head(status, [*headers, *length]) + (b"" if wordless else body))

    def send(self, data: bytes) -> None:
        """These bytes and nothing else."""
        self.keep = False
        self._write(data)

    def head(self, status: int, headers: Iterable[tuple[str, str]] = ()) -> bytes:
        """A status line and headers, to be sent; notes the status in the log."""
        self.request.status = status
        lines = [f"HTTP/1.1 {status} Test", *(f"{name}: {value}" for name, value in headers), "", ""]
        return "\r\n".join(lines).encode()

    def pause(self, seconds: float = FOREVER) -> None:
        """Wait; raises ConnectionAbortedError when the site stops meanwhile."""
        if self._stopping.wait(seconds):
            raise ConnectionAbortedError("the site stops")

    def _write(self, data: bytes) -> None:
        if self._stopping.is_set():
            raise ConnectionAbortedError("the site stops")
        self.connection.sendall(data)


Behaviour = Callable[[Exchange], None]
Door = Callable[[socket.socket, Event], None]  # what happens to a connection before anything is read of it


class Site:
    """A site on a port of its own while the context lasts; several may run at once, on any loopback address.

    With `tls` it speaks https; `scheme` is for a site whose address says otherwise. The `door` meets each connection
    first, and ends it by raising ConnectionError.

    What a test sets takes effect with the next request. Paths that were not set answer 404; "*" stands for
    all of those. Faults to set with `behave` are in tests.faults.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        tls: ssl.SSLContext | None = None,
        scheme: str | None = None,
        door: Door | None = None,
    ) -> None:
        self.tls, self.door = tls, door
        self.scheme = scheme or ("https" if tls else "http")
        self.requests: list[Request] = []
        self._routes: dict[str, Behaviour] = {"*": status(404)}
        self._stopping = Event()
        self._heard = Condition()
        self._connections: list[tuple[Thread, socket.socket]] = []
        self._listener = socket.create_server((host, port), backlog=128)
        self.host, self.port = self._listener.getsockname()[:2]
        self._accepting = Thread(target=self._accept, name=f"site {self.port}")

    @property
    def url(self) -> str:
        """Its front page."""
        return self.at("/")

    def at(self, path: str) -> str:
        """The URL of a path; a URL stays as it is."""
        return path if "://" in path else f"{self.scheme}://{self.host}:{self.port}{path}"

    def __enter__(self) -> Site:
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        socket.create_connection((self.host, self.port)).close()  # wakes the accepting thread, on every system
        self._accepting.join()
        self._listener.close()
        for _, connection in list(self._connections):
            _shut(connection)
        for thread, _ in list(self._connections):
            thread.join(timeout=10)
            if thread.is_alive():
                raise RuntimeError("a behaviour goes on after its connection was shut")

    # What is served

    def behave(self, path: str, behaviour: Behaviour) -> None:
        """Answer that path so from now on."""
        self._routes[path] = behaviour

    def page(
        self,
        path: str,
        body: str | bytes,
        *,
        content_type: str = HTML,
        headers: Mapping[str, str] | None = None,
        last_modified: str | None = None,
        etag: bool = True,
    ) -> None:
        """Serve that body, with an ETag of its bytes; 304 to whoever has it already."""
        validators = {"Last-Modified": last_modified} if last_modified else {}
        data = body.encode() if isinstance(body, str) else body
        if etag:
            validators["ETag"] = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        self.behave(path, content(data, {"Content-Type": content_type, **(headers or {})}, validators))

    def fail(self, path: str, code: int = 500, headers: Mapping[str, str] | None = None) -> None:
        """Answer that path with an error."""
        self.behave(path, status(code, headers))

    def robots(self, *lines: str) -> None:
        """Serve these lines as robots.txt."""
        self.page("/robots.txt", "\n".join(lines) + "\n", content_type="text/plain")

    def rss(self, path: str, entries: Iterable[Entry]) -> None:
        """Serve an RSS feed of these entries; their paths become URLs of this site."""
        self.page(path, rss(map(self._absolute, entries)), content_type="application/rss+xml")

    def atom(self, path: str, entries: Iterable[Entry]) -> None:
        """Serve an Atom feed of these entries."""
        self.page(path, atom(map(self._absolute, entries)), content_type="application/atom+xml")

    def sitemap(self, path: str, entries: Iterable[Entry]) -> None:
        """Serve a sitemap of these entries, compressed if the path ends in .gz."""
        data = sitemap(map(self._absolute, entries)).encode()
        is_gzip = path.endswith(".gz")
        body = gzip.compress(data, mtime=0) if is_gzip else data
        self.page(path, body, content_type="application/gzip" if is_gzip else XML)

    def sitemap_index(self, path: str, paths: Iterable[str]) -> None:
        """Serve a sitemap index that lists these paths."""
        self.page(path, sitemap_index(map(self.at, paths)), content_type=XML)

    # What was asked

    def asked(self, path: str) -> list[Request]:
        """The requests for that path so far."""
        return [request for request in self.requests if request.path == path]

    def paths(self) -> list[str]:
        """The paths of all requests, in order."""
        return [request.path for request in self.requests]

    def wait_for(self, path: str, count: int = 1, timeout: float = 10) -> None:
        """Wait until that path was asked for so often. Raises TimeoutError."""
        with self._heard:
            if not self._heard.wait_for(lambda: len(self.asked(path)) >= count, timeout):
                raise TimeoutError(f"{path} was asked for {len(self.asked(path))} times, not {count}")

    # How it works

    def _absolute(self, entry: Entry) -> Entry:
        return replace(entry, url=self.at(entry.url))

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._stopping.is_set():
                connection.close()
                return
            thread = Thread(target=self._converse, args=(connection,), name=f"visitor of {self.port}")
            self._connections.append((thread, connection))
            thread.start()

    def _converse(self, connection: socket.socket) -> None:
        """Answer the requests that come by one connection, until either side has had enough."""
        try:
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if self.door:
                    self.door(connection, self._stopping)
                with self._secured(connection) as secured, secured.makefile("rb") as reader:
                    while (request := _read_request(reader)) and self._answer(request, secured):
                        pass
        except (ConnectionError, ssl.SSLError):
            pass  # the visitor left, or the site stops: both are how a conversation ends

    def _secured(self, connection: socket.socket) -> socket.socket:
        if not self.tls:
            return connection
        secured = self.tls.wrap_socket(connection, server_side=True)
        self._connections.append((current_thread(), secured))  # the plain socket is an empty shell from now on
        return secured

    def _answer(self, request: Request, connection: socket.socket) -> bool:
        with self._heard:
            self.requests.append(request)
            self._heard.notify_all()
        exchange = Exchange(request, connection, self._stopping)
        fitting = (self._routes.get(key) for key in (request.path, request.path.partition("?")[0], "*"))
        try:
            next(behaviour for behaviour in fitting if behaviour)(exchange)
        finally:
            request.ended_at = request.ended_at or time.monotonic()
        return exchange.keep


def _read_request(reader: BufferedReader) -> Request | None:
    """The next request, or None where the visitor has closed the connection, or would talk TLS."""
    if reader.peek(1)[:1] == TLS_HANDSHAKE:  # it has no end of line, and the visitor waits for an answer
        return None
    line = reader.readline(100_000).decode("latin-1").split()
    if len(line) != 3:
        return None
    headers = {name.lower(): value for name, value in parse_headers(reader).items()}
    body = reader.read(int(headers.get("content-length", 0)))
    return Request(time.monotonic(), line[0], line[1], headers, body)


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # closed already
        connection.shutdown(socket.SHUT_RDWR)


def content(body: bytes, headers: Mapping[str, str], validators: Mapping[str, str]) -> Behaviour:
    """That body, or 304 to a visitor who has one of the validators (ETag, Last-Modified)."""

    def behave(exchange: Exchange) -> None:
        sent = exchange.request.headers
        known, since = sent.get("if-none-match"), sent.get("if-modified-since")
        etag, modified = validators.get("ETag"), validators.get("Last-Modified")
        is_known = (etag is not None and etag in known) if known else (since is not None and since == modified)
        if is_known:
            exchange.reply(304, headers=validators.items())
        else:
            exchange.reply(200, body, [*headers.items(), *validators.items()])

    return behave


def status(code: int, headers: Mapping[str, str] | None = None) -> Behaviour:
    """That status and a line that says so."""
    fields = {"Content-Type": HTML, **(headers or {})}
    return lambda exchange: exchange.reply(code, f"<p>Answered {code}.</p>".encode(), fields.items())


class Answer(NamedTuple):
    """What a plain visitor got; header names lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode()


def visit(url: str, headers: Mapping[str, str] | None = None, method: str = "GET", timeout: float = 10) -> Answer:
    """One request on a connection of its own, no redirect followed. Raises OSError and HTTPException."""
    parts = urlsplit(url)
    with contextlib.closing(HTTPConnection(parts.netloc, timeout=timeout)) as connection:
        connection.request(method, parts._replace(scheme="", netloc="").geturl(), headers=headers or {})
        with connection.getresponse() as response:
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, fields, response.read())
