"""The one door to Postgres: connections, transactions, migrations, and the driver's errors in our own words."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, Protocol, cast

import psycopg2
import psycopg2.errors
import psycopg2.extensions
import psycopg2.extras
import psycopg2.pool

Json = psycopg2.extras.Json
execute_values = psycopg2.extras.execute_values

OLDEST_SERVER = 150000
# Any process that migrates holds this advisory lock: the first eight bytes of sha256("dateline migrations").
MIGRATION_LOCK = int.from_bytes(hashlib.sha256(b"dateline migrations").digest()[:8], "big", signed=True)


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


class DatabaseFull(DatabaseError):
    """The server's disk is full. The connection lives; what was committed is kept."""


class BadRow(DatabaseError):
    """This one row cannot be stored; others can."""


class Database:
    """A pool of connections that the threads of one process share.

    A thread waits when all `size` connections are out. A forked child must open its own: using the parent's
    connections from it would mix two conversations on one wire.
    """

    def __init__(self, url: str, size: int = 4) -> None:
        self.url = url
        self._pid = os.getpid()
        self._free = threading.BoundedSemaphore(size)
        with translated():
            # As many kept as allowed: this pool closes what goes beyond its minimum, at every use.
            self._pool = psycopg2.pool.ThreadedConnectionPool(size, size, **connect_options(url))

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


def connect_options(url: str) -> dict[str, Any]:
    """How every connection is opened: named rows, and no wait without an end."""
    return {
        "dsn": url,
        "cursor_factory": psycopg2.extras.NamedTupleCursor,
        "connect_timeout": 10,
        "application_name": "dateline",
        "keepalives_idle": 30,
        "tcp_user_timeout": 60_000,
        "options": "-c statement_timeout=120s -c idle_in_transaction_session_timeout=120s -c timezone=UTC",
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
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        raise DatabaseGone(f"Postgres: {_line(error)}") from error
    except psycopg2.Error as error:
        raise DatabaseError(f"Postgres: {_line(error)}") from error


def migrate(url: str) -> list[str]:
    """Bring the schema up to date; the names of the migrations that were applied, in order.

    Each migration and its record are one transaction. Several processes may do this at once: one works, the
    others wait for it.
    """
    applied = []
    connection = connect(url)
    try:
        with translated(), connection.cursor() as session:
            cursor = cast(Cursor, session)
            _require_version(connection.server_version)
            cursor.execute("select pg_advisory_lock(%s)", (MIGRATION_LOCK,))
            done = _migrations_done(cursor)
            for name, sql in migrations():
                if name not in done:
                    _apply(connection, name, sql)
                    applied.append(name)
    finally:
        connection.close()  # and with the session goes its lock
    return applied


def migrations() -> list[tuple[str, str]]:
    """Name and SQL of every migration that comes with this version, in order."""
    found = (f for f in files("migrations").iterdir() if f.name[:4].isdigit() and f.name.endswith(".sql"))
    return sorted((f.name.removesuffix(".sql"), f.read_text(encoding="utf-8")) for f in found)


def _require_version(version: int) -> None:
    if version < OLDEST_SERVER:
        raise DatabaseError(f"Postgres {version // 10000} is too old: Dateline needs 15 or newer")


def _migrations_done(cursor: Cursor) -> set[str]:
    cursor.execute("select to_regclass('schema_migrations') is not null as there")
    if not _one(cursor).there:
        return set()
    cursor.execute("select name from schema_migrations")
    return {row.name for row in cursor}


def _apply(connection: psycopg2.extensions.connection, name: str, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("begin")
        try:
            cursor.execute(sql)
            cursor.execute("insert into schema_migrations (name) values (%s)", (name,))
        except BaseException:  # also a stop in the middle: what was begun is undone before anything else
            cursor.execute("rollback")
            raise
        cursor.execute("commit")


def _one(cursor: Cursor) -> Any:
    row = cursor.fetchone()
    if row is None:
        raise DatabaseError("a query that always has an answer had none")
    return row


def _line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
