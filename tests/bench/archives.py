"""Archives made up to measure on, on a server of their own: kept for the next measurement, or thrown away."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dateline.postgres import Server
from pipelines.database import Database
from pipelines.migrating import migrate
from tests.bench import made_up

# Nothing here has to outlive a power failure. Measured is with the server as dateline up has it, but for that.
MEASURING = {"fsync": "off"}
FILLING = MEASURING | {
    "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "4GB",
    "autovacuum": "off",
}  # fmt: skip


@contextmanager
def archive(articles: int, keep: Path | None = None) -> Iterator[Database]:
    """An archive of that many articles: the one kept in the folder, made first where there is none, or one for now."""
    folder = keep or Path(tempfile.mkdtemp(prefix="dateline-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)  # the user who runs the server for root must get in
    try:
        if not (folder / f"{articles}.made").exists():
            with Server(folder, **FILLING).running() as server:
                server.ensure_database(name := f"made_{articles}")
                migrate(server.url(name))
                made_up.fill(server.url(name), articles)
            (folder / f"{articles}.made").touch()
        with Server(folder, **MEASURING).running() as server:
            migrate(url := server.url(f"made_{articles}"))
            with Database(url, 1) as database:
                yield database
    finally:
        if keep is None:
            shutil.rmtree(folder)


def backend(database: Database) -> int:
    """The process on the server that answers a pool of one connection."""
    with database.transaction() as cursor:
        cursor.execute("select pg_backend_pid() as pid")
        return int(cursor.fetchone().pid)
