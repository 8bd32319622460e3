"""The archive as the reader may see it: a few connections that can change nothing, in which no question takes long."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from threading import Lock
from typing import TypeVar

from pipelines.database import Cancelled, Database, DatabaseGone, connect, translated
from pipelines.roles import READER

T = TypeVar("T")

CONNECTIONS = 4
PATIENCE = 10  # seconds a question may take
LIMITS = {"default_transaction_read_only": "on", "statement_timeout": f"{PATIENCE}s"}


class Archive:
    """Asks the archive, over connections that are opened anew where they were lost. Any thread may ask."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connections: Database | None = None
        self._opening = Lock()

    def ask(self, question: Callable[[Database], T]) -> T:
        """The answer to a question. Raises DatabaseError: Cancelled after PATIENCE, DatabaseGone without a server."""
        connections = self._connections or self._opened(None)
        try:
            return question(connections)
        except Cancelled:
            raise
        except DatabaseGone:  # a server that was restarted has closed all of them, and says so one by one
            return question(self._opened(connections))

    def check(self) -> None:
        """Raise DatabaseError where the archive does not answer."""
        self._opened(None)

    def close(self) -> None:
        """Close the connections."""
        if self._connections:
            self._connections.close()

    def _opened(self, lost: Database | None) -> Database:
        """Connections other than those that were lost; of many who lost them, the first one opens others."""
        with self._opening:
            if self._connections is lost or self._connections is None:
                self._connections = Database(self._url, CONNECTIONS, **LIMITS | _role(self._url))
            return self._connections


def _role(url: str) -> dict[str, str]:
    """The group of readers, where this login may act as it and it may read here: then nothing else can be read."""
    with translated(), closing(connect(url)) as connection, connection.cursor() as cursor:
        act = "SET" if connection.server_version >= 160000 else "MEMBER"
        cursor.execute(MAY_ACT, (act, READER))
        return {"role": READER} if cursor.fetchone() is not None else {}


MAY_ACT = """
    select from pg_roles
    where pg_has_role(oid, %s) and has_table_privilege(oid, 'articles', 'select') and rolname = %s
"""
