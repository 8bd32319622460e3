"""`dateline serve`: the reader on a port, until Ctrl-C."""

from __future__ import annotations

import errno
import socket
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import uvicorn

from dateline.errors import CommandError, Interrupted
from dateline.postgres import database
from dateline.reader import PORT
from dateline.reader.app import HEADERS, application
from dateline.reader.archive import Archive
from dateline.settings import Settings
from dateline.waiting import say
from pipelines.migrating import migrate

MOST_AT_ONCE = 100  # connections of browsers; who comes then is asked to try again
SECONDS_TO_STOP = 5  # for answers that are under way
WHY = {
    errno.EADDRINUSE: "the port is taken: stop what listens there, or give another --port",
    errno.EACCES: "this user may not listen there: give a --port above 1023",
    errno.EADDRNOTAVAIL: "this machine has no such address: give another --host",
}


@dataclass(frozen=True, slots=True)
class Request:
    """Where to listen: an address of this machine, and a port; 0 is any that is free."""

    host: str = "127.0.0.1"
    port: int = PORT


def serve(settings: Settings, request: Request) -> None:
    """Serve the archive's pages until a signal ends it. Raises CommandError, DatabaseError where it cannot start."""
    with listening(request) as sock, database(settings) as url:
        migrate(url)
        with closing(Archive(url)) as archive, suppress(Interrupted):
            archive.check()
            at = urlsplit(settings.reader_url or "").hostname
            say(f"reader: http://{_bracketed(request.host)}:{sock.getsockname()[1]}/")
            server(archive, [_bracketed(name) for name in (request.host, at) if name]).run([sock])
    say("stopped")


@contextmanager
def listening(request: Request) -> Iterator[socket.socket]:
    """A socket on that address; its port is refused before the archive is opened."""
    family = socket.AF_INET6 if ":" in request.host else socket.AF_INET
    try:
        sock = socket.create_server((request.host, request.port), family=family, backlog=MOST_AT_ONCE)
    except OSError as error:
        why = WHY.get(error.errno or 0, error.strerror or str(error))
        raise CommandError(f"{request.host}, port {request.port}: {why}") from error
    with sock:
        yield sock


def server(archive: Archive, names: Collection[str]) -> uvicorn.Server:
    """The server of an archive, which answers to these names besides those of this machine. Not running yet."""
    return uvicorn.Server(
        uvicorn.Config(
            application(archive, names),
            log_config=None,  # warnings and errors go to standard error, and nobody's reading is written down
            access_log=False,
            headers=[*HEADERS.items()],
            server_header=False,
            proxy_headers=False,  # no page depends on where the browser is
            lifespan="off",
            ws="none",
            limit_concurrency=MOST_AT_ONCE,
            timeout_graceful_shutdown=SECONDS_TO_STOP,
        )
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
