"""An Airflow of our own on this machine: its settings, secrets, database and processes.

It listens on 127.0.0.1 only. Its metadata are in a database beside the archive's: `airflow` on the embedded server,
and NAME_airflow on a server of the user's, where NAME is the archive's database, so that neither an Airflow that is
there already nor a second archive gets in the way.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from dateline import follow
from dateline.errors import CommandError, NoDatabase
from dateline.supervisor import Service
from pipelines.database import DatabaseError, DatabaseGone, connect, translated

USER = "admin"
POOL = "dateline"
POOL_SLOTS = 2  # crawls at once; each extracts on all cores
DAGS = Path(__file__).resolve().parent.parent / "dags"


@dataclass(frozen=True, slots=True)
class Airflow:
    """Where it lives, what it keeps its metadata in, and the port of its web server."""

    folder: Path
    database_url: str
    port: int

    @property
    def address(self) -> str:
        """Of its web server."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self) -> str:
        """Of the user `admin`; made up on first use, and the user's to change in the file."""
        return str(_kept(self.folder / "passwords.json", {USER: secrets.token_urlsafe(12)})[USER])

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """Environment of its processes. Settings of another Airflow in `base` do not reach it."""
        kept = {k: v for k, v in base.items() if not k.startswith(("AIRFLOW", "_AIRFLOW"))}
        return kept | self._settings() | _loopback_past_proxies(base) | _bytecode(base, self.folder)

    def migration(self, env: Mapping[str, str]) -> Service:
        """Makes or updates the tables of its database."""
        return self._service("airflow-db", env, "db", "migrate")

    def web(self, env: Mapping[str, str]) -> Service:
        """Its web server, which its tasks and triggers talk to."""
        return self._service("api-server", env, "api-server", leaned_on=True)

    def services(self, env: Mapping[str, str]) -> list[Service]:
        """What the first run needs besides."""
        return [
            # Skipping the log servers, which would listen on every interface: the web server reads the files itself.
            self._service("scheduler", env, "scheduler", "--skip-serve-logs"),
            self._service("dag-processor", env, "dag-processor"),
        ]

    def triggerer(self, env: Mapping[str, str]) -> Service:
        """What nothing of ours needs: it is for deferred tasks and deadlines of the user's own."""
        return self._service("triggerer", env, "triggerer", "--skip-serve-logs")

    def sweeper(self, env: Mapping[str, str]) -> Service:
        """What deletes its old rows and logs, once a day."""
        log = self.folder / "logs" / "sweep.log"
        return Service("sweep", follow.command("dateline.sweep"), env, log, leaned_on=False)

    def is_migrated(self) -> bool:
        """Whether this version of Airflow has migrated this very database; asking Airflow would take seconds."""
        noted = _read(self._note)
        return noted is not None and noted == {"version": _version(), "revision": self._revision()}

    def note_migrated(self) -> None:
        """Remember that it has."""
        _write(self._note, {"version": _version(), "revision": self._revision()})

    @property
    def _note(self) -> Path:
        return self.folder / "migrated.json"

    def _revision(self) -> str | None:
        """Revision of the tables, as Airflow's migrations record it; None where there are none."""
        try:
            with translated(), closing(connect(self.database_url)) as connection, connection.cursor() as cursor:
                cursor.execute("select version_num as revision from alembic_version")
                rows: list[Any] = cursor.fetchall()
                return ", ".join(row.revision for row in rows)
        except DatabaseError:  # no table, no revision
            return None

    def _service(self, name: str, env: Mapping[str, str], *arguments: str, leaned_on: bool = False) -> Service:
        log = self.folder / "logs" / f"{name}.log"
        # The scheduler hands on the request to stop to its tasks, and waits for their crawls to store what they have.
        return Service(name, follow.command("airflow", *arguments), env, log, grace=12, leaned_on=leaned_on)

    def _settings(self) -> dict[str, str]:
        keys = _kept(
            self.folder / "secrets.json",
            {
                "fernet": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
                "jwt": secrets.token_hex(32),
                "api": secrets.token_hex(16),
            },
        )
        assert self.password  # makes the file, before Airflow makes one that everyone can read
        return {
            "AIRFLOW_HOME": str(self.folder),
            **{f"AIRFLOW__{name}": value for name, value in self._options(keys).items()},
        }

    def _options(self, keys: Mapping[str, str]) -> dict[str, str]:
        """What differs from Airflow's defaults."""
        return {
            "CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
            "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "CORE__DAGS_FOLDER": str(DAGS),
            "CORE__EXECUTION_API_SERVER_URL": f"{self.address}/execution/",
            "CORE__EXECUTOR": "LocalExecutor",
            "CORE__FERNET_KEY": keys["fernet"],
            "CORE__HOSTNAME_CALLABLE": "dateline.follow.localhost",
            "CORE__LOAD_EXAMPLES": "False",
            "CORE__PARALLELISM": "4",  # a waiting worker costs 30 MB, and the pool lets two crawls run
            "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.folder / "passwords.json"),
            "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
            "DATABASE__CHECK_MIGRATIONS": "False",  # we see to that, once and not in each of its processes
            "DATABASE__SQL_ALCHEMY_CONN": sqlalchemy_url(self.database_url),
            "DATABASE__SQL_ALCHEMY_CONN_ASYNC": asyncpg_url(self.database_url),
            "API__BASE_URL": self.address,
            "API__HOST": "127.0.0.1",
            "API__PORT": str(self.port),
            "API__SECRET_KEY": keys["api"],
            "API__WORKERS": "1",
            "API_AUTH__JWT_SECRET": keys["jwt"],
            "LOGGING__NAMESPACE_LEVELS": "http.access=WARNING",  # else a line for every heartbeat of every task
            # A task that finds no web server asks again every few seconds for half a minute, not ever more rarely.
            "WORKERS__EXECUTION_API_RETRIES": "15",
            "WORKERS__EXECUTION_API_RETRY_WAIT_MAX": "3",
            # A scheduler that was killed left its tasks dead. Airflow takes it for dead half a minute after its last
            # heartbeat, and then starts them again as soon as it looks: every ten seconds, not every five minutes.
            "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "10",
            "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "120",
            "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "120",  # changed files are read at once all the same
            "DAG_PROCESSOR__PRINT_STATS_INTERVAL": "0",
        }


def metadata_database(archive_url: str, *, embedded: bool) -> str:
    """URL of Airflow's database, on the server of the archive; it is made if it is not there."""
    archive = unquote(urlsplit(archive_url).path.strip("/")) or "dateline"
    name = "airflow" if embedded else f"{archive}_airflow"
    try:
        with translated(), closing(connect(archive_url)) as connection, connection.cursor() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", (name,))
            if cursor.fetchone() is None:
                cursor.execute('create database "{}"'.format(name.replace('"', '""')))
    except DatabaseGone:
        raise
    except DatabaseError as error:
        raise NoDatabase(
            f"Airflow's metadata need a database named {name} on the server of the archive, and it cannot be made "
            f'({error}): ask its owner for `create database "{name}" owner YOU`'
        ) from error
    return _altered(archive_url, "postgresql", path=f"/{quote(name, safe='')}")


def sqlalchemy_url(url: str) -> str:
    """The same for SQLAlchemy: with its driver's name, and no $, which Airflow would take for a variable."""
    return _altered(url, "postgresql+psycopg2").replace("$", "%24")


def asyncpg_url(url: str) -> str:
    """The same for asyncpg, which knows few of libpq's options, and calls `sslmode` `ssl`."""
    known = {"host": "host", "port": "port", "sslmode": "ssl"}
    query = urlencode({known[k]: v for k, v in parse_qsl(urlsplit(url).query) if k in known})
    return _altered(url, "postgresql+asyncpg", query=query).replace("$", "%24")


def _altered(url: str, scheme: str, path: str | None = None, query: str | None = None) -> str:
    # Not urlunsplit: it takes the slashes from an address without a host, which for Postgres is a socket's.
    parts = urlsplit(url)
    query = parts.query if query is None else query
    return f"{scheme}://{parts.netloc}{parts.path if path is None else path}{query and '?'}{query}"


def free_port(first: int, count: int = 1) -> int:
    """The first port from there on where nobody listens at 127.0.0.1, nor at the ones after it, `count` in all."""
    for port in range(first, first + 100):
        if all(_is_free(p) for p in range(port, port + count)):
            return port
    raise CommandError(f"every port from {first} to {first + 99} is taken: stop what listens there")


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError, OverflowError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return True
    return False


def _loopback_past_proxies(base: Mapping[str, str]) -> dict[str, str]:
    """Tasks talk to the web server over HTTP, and must not ask a proxy to do it for them."""
    past = ",".join(filter(None, [base.get("NO_PROXY") or base.get("no_proxy"), "127.0.0.1", "localhost"]))
    return {"NO_PROXY": past, "no_proxy": past}


def _bytecode(base: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Bytecode goes here where it may not go beside the sources: without it every start takes twice as long."""
    if not base.get("PYTHONDONTWRITEBYTECODE"):
        return {}
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def _kept(path: Path, fresh: dict[str, str]) -> dict[str, str]:
    """What the file holds; `fresh` goes into it, readable for its owner alone, where there is none."""
    found = _read(path)
    if found is None or not fresh.keys() <= found.keys():
        found = fresh
        _write(path, found)
    return found


def _read(path: Path) -> dict[str, str] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _write(path: Path, content: Mapping[str, str | None]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file)
    scratch.replace(path)


def _version() -> str:
    return version("apache-airflow-core")
