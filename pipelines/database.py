"""The one door to Postgres: connections, transactions, and the driver's errors in our own words."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, cast

import psycopg2
import psycopg2.errors
import psycopg2.extensions
import psycopg2.extras
import psycopg2.pool

Json = psycopg2.extras.Json
execute_values = psycopg2.extras.execute_values


class Cursor(Protocol):
    """What the other files see of a psycopg2 cursor: rows are named tuples."""

    def execute(self, query: str, parameters: Any = None) -> None:
        """Run one statement."""

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """All rows left."""

    def __iter__(self) -> Iterator[Any]:
        """Row by row."""


class DatabaseError(Exception):
    """The database refused something; the message is one line."""


class DatabaseGone(DatabaseError):
    """The server cannot be reached, or the connection to it was lost. Trying again may work."""


class Locked(DatabaseGone):
    """Somebody else holds a lock, for longer than this may wait or waiting for us in turn. Trying again may work."""


class Cancelled(DatabaseGone):
    """The statement took longer than this connection lets one, or somebody cancelled it. The server lives."""


class Forbidden(DatabaseError):
    """This user may not do that."""


class DatabaseFull(DatabaseError):
    """The server's disk is full. The connection lives; what was committed is kept."""


class BadRow(DatabaseError):
    """This one row cannot be stored; others can."""


class Database:
    """A pool of connections that the threads of one process share.

    A thread waits when all `size` connections are out. `settings` of the server
    hold for these connections, and go before SETTINGS. A forked child must open its own: using the parent's
    connections from it would mix two conversations on one wire.
    """

    def __init__(self, url: str, size: int = 4, **settings: str) -> None:
        self.url = url
        self._pid = os.getpid()
        self._free = threading.BoundedSemaphore(size)
        with translated():
            # As many kept as allowed: this pool closes what goes beyond its minimum, at every use.
            self._pool = psycopg2.pool.ThreadedConnectionPool(size, size, **connect_options(url, settings))

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """A cursor in a transaction of its own: committed at the end of the block, rolled back by an exception."""
        if os.getpid() != self._pid:
            raise RuntimeError("a database pool does not cross a fork: open another")
        with self._free, translated():
            connection = self._pool.getconn()
            broken = False
            try:
                with connection, connection.cursor() as cursor:
                    yield cast(Cursor, cursor)
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                broken = True
                raise
            finally:
                self._pool.putconn(connection, close=broken or bool(connection.closed))

    def close(self) -> None:
        """Close every connection."""
        self._pool.closeall()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


SETTINGS = {"statement_timeout": "120s", "idle_in_transaction_session_timeout": "120s", "timezone": "UTC"}


def connect_options(url: str, settings: Mapping[str, str] = SETTINGS) -> dict[str, Any]:
    """How every connection is opened: named rows, and no wait without an end."""
    return {
        "dsn": url,
        "cursor_factory": psycopg2.extras.NamedTupleCursor,
        "connect_timeout": 10,
        "application_name": "dateline",
        "keepalives_idle": 30,
        "tcp_user_timeout": 60_000,
        "options": " ".join(f"-c {name}={value}" for name, value in (SETTINGS | {**settings}).items()),
    }


def connect(url: str) -> psycopg2.extensions.connection:
    """One connection outside any pool, for what belongs to a session: advisory locks."""
    with translated():
        connection: psycopg2.extensions.connection = psycopg2.connect(**connect_options(url))
        connection.autocommit = True
        return connection


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into ours, each message one line."""
    try:
        yield
    except psycopg2.errors.DiskFull as error:
        raise DatabaseFull(f"Postgres: {_line(error)}") from error
    except (psycopg2.DataError, psycopg2.IntegrityError, psycopg2.errors.ProgramLimitExceeded) as error:
        raise BadRow(_line(error)) from error
    except ValueError as error:  # NUL, or a lone surrogate: the driver refuses them before the server can
        raise BadRow(_line(error)) from error
    except (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected) as error:
        raise Locked(f"Postgres: {_line(error)}") from error
    except psycopg2.errors.InsufficientPrivilege as error:
        raise Forbidden(f"Postgres: {_line(error)}") from error
    except psycopg2.errors.QueryCanceled as error:
        raise Cancelled(f"Postgres: {_line(error)}") from error
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        raise DatabaseGone(f"Postgres: {_line(error)}") from error
    except psycopg2.Error as error:
        raise DatabaseError(f"Postgres: {_line(error)}") from error


def _line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
