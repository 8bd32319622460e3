"""The demo outlets on loopback, each on a port of its own: they answer, correct a story, and stop."""

from __future__ import annotations

import socketserver
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from threading import Lock, Thread
from types import TracebackType
from typing import Any

import tomlkit

from dateline.demo.edition import PATHS, Edition, Page
from dateline.demo.stories import Outlet, outlets

HOST = "127.0.0.1"  # the one loopback address that every system has; politeness is per host and port
CORRECT_AFTER = timedelta(seconds=30)  # past the end of a first crawl, before a second one a minute later
HEADER = "Written by dateline.demo: news outlets on this machine, there while it runs."

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of a demo that is no test."""
    return datetime.now(UTC)


class Newsroom:
    """One outlet at work. Its corrected story is corrected some time after a visitor first read it.

    So whenever the first crawl comes, it finds the first edition, and a later one finds the second: in the
    feed, the sitemap, the headers and the text alike. `address` has no slash at its end.
    """

    def __init__(self, outlet: Outlet, address: str, *, clock: Clock, correct_after: timedelta) -> None:
        self.outlet = outlet
        self.address = address
        self._clock = clock
        self._correct_after = correct_after
        self._lock = Lock()
        # One day for all outlets, so that a wire story has the same dateline in each of them.
        self._day = clock().date()
        self._corrected_at: datetime | None = None  # in the future once the first edition has been read
        self._paths = {outlet.path(s, self._day) for s in outlet.stories if s.corrected}
        self._edition: Edition | None = None
        self._pages: dict[str, Page] = {}

    def page(self, path: str, known: str | None = None) -> Page | None:
        """What is at the path now. `known` is the If-None-Match of the visitor."""
        with self._lock:
            if path in self._paths:
                self._note_reader(known or "")
            return self._printed().get(path)

    def entry(self) -> dict[str, Any]:
        """The outlet as an entry of sources.toml. A short delay: nobody waits for a machine of his own."""
        endpoints = {
            "feeds": [self.address + self.outlet.feed],
            "sitemaps": [self.address + PATHS["sitemap_index"]],
        }
        return {
            "name": self.outlet.name,
            "url": f"{self.address}/",
            "language": self.outlet.language,
            "timezone": self.outlet.timezone,
            **(endpoints if self.outlet.announced else {}),
            "cadence": "1m",
            "delay": 0.2,
        }

    def _note_reader(self, known: str) -> None:
        now = self._clock().replace(microsecond=0)
        if '"2-' in known and not self._is_corrected():
            # This visitor read the second edition before a restart: the story must not change back for him.
            self._corrected_at = now
        elif self._corrected_at is None:
            self._corrected_at = now + self._correct_after

    def _is_corrected(self) -> bool:
        return self._corrected_at is not None and self._corrected_at <= self._clock()

    def _printed(self) -> dict[str, Page]:
        edition = Edition(
            outlet=self.outlet,
            address=self.address,
            day=self._day,
            today=self._clock().astimezone(self.outlet.zone).date(),
            corrected_at=self._corrected_at if self._is_corrected() else None,
        )
        if edition != self._edition:
            self._edition, self._pages = edition, edition.pages()
        return self._pages


# The standard library's server, since a dozen pages for one visitor ask for no more: it starts at once, needs
# nothing else and knows keep-alive. (Not HTTPServer, which looks up the name of its host when it starts.)
class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True  # a restart gets its port back without waiting
    daemon_threads = True  # an idle keep-alive connection does not hold up the end
    request_queue_size = 64

    def __init__(self, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.port = int(self.server_address[1])
        self.newsroom: Newsroom

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # visitors may leave when they like
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "dateline.demo", ""
    timeout = 30  # seconds without a request before a connection is closed
    wbufsize = -1  # head and body in one packet

    def do_GET(self) -> None:
        known = self.headers.get("If-None-Match")
        page = self.server.newsroom.page(self.path.partition("?")[0], known)
        if page is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        modified = format_datetime(page.modified.astimezone(UTC), usegmt=True)
        since = self.headers.get("If-Modified-Since")
        is_known = page.etag in known if known else since == modified
        self.send_response(HTTPStatus.NOT_MODIFIED if is_known else HTTPStatus.OK)
        self.send_header("ETag", page.etag)
        self.send_header("Last-Modified", modified)
        if not is_known:
            self.send_header("Content-Type", page.content_type)
            self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        if not is_known and self.command != "HEAD":
            self.wfile.write(page.body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the parent's name for it)
        """Say nothing: the crawl tells what it fetched."""


class Demo:
    """All outlets of the demo, served while the context lasts.

    Ports are counted up from `port`, or any free ones where it is 0. Raises OSError where one is taken.
    """

    def __init__(self, port: int = 0, *, clock: Clock = utc_now, correct_after: timedelta = CORRECT_AFTER) -> None:
        self._port = port
        self._clock = clock
        self._correct_after = correct_after
        self._stack = ExitStack()
        self.newsrooms: list[Newsroom] = []
        self.ports: list[int] = []

    def __enter__(self) -> Demo:
        with ExitStack() as stack:
            for number, outlet in enumerate(outlets()):
                self._serve(outlet, self._port and self._port + number, stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def sources(self) -> str:
        """The outlets as the text of a sources.toml."""
        document = tomlkit.document()
        document.add(tomlkit.comment(HEADER))
        document.add("source", tomlkit.item([newsroom.entry() for newsroom in self.newsrooms]))
        return tomlkit.dumps(document)

    def _serve(self, outlet: Outlet, port: int, stack: ExitStack) -> None:
        try:
            server = stack.enter_context(_Server(port))
        except OSError as error:
            raise OSError(f"port {port} is taken or not allowed: {error.strerror}") from error
        server.newsroom = Newsroom(
            outlet, f"http://{HOST}:{server.port}", clock=self._clock, correct_after=self._correct_after
        )
        thread = Thread(target=server.serve_forever, args=(0.1,), name=outlet.name)
        thread.start()
        stack.callback(thread.join)
        stack.callback(server.shutdown)
        self.newsrooms.append(server.newsroom)
        self.ports.append(server.port)
