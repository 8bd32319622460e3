"""What the services of docker-compose.yml ask of the image besides `dateline` and `airflow`.

`python -m dateline.compose prepare` brings the databases, their tables and the pool up to date; doing it again changes
nothing. `python -m dateline.compose beats PART` ends well when that part of Airflow is healthy, and
`python -m dateline.compose answers URL` when that address answers well.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

if TYPE_CHECKING:  # a check of health, every few seconds, has to cost next to nothing
    from pipelines.database import Cursor

CRAWLS_A_WORKER = 2  # a worker has a slot more, for the small tasks around the crawls
TIMEOUT = 20.0  # seconds that who is asked may take


def prepare(env: Mapping[str, str]) -> None:
    """Make both databases and their owners, bring their tables up to date, and give the pool its size.

    POSTGRES_URL is the superuser's; the others say what is to be: DATELINE_DATABASE_URL, and READER_DATABASE_URL, whose
    user may only read that database, AIRFLOW__DATABASE__SQL_ALCHEMY_CONN, and DATELINE_WORKERS, how many there are.
    """
    from dateline.airflow import POOL
    from pipelines.database import connect, translated
    from pipelines.roles import READER, WRITER

    with translated(), closing(connect(env["POSTGRES_URL"])) as connection, connection.cursor() as cursor:
        archive = own(cursor, env["DATELINE_DATABASE_URL"])
        own(cursor, env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
        for group in (READER, WRITER):  # the archive's owner may give them rights in it, but not make them
            role(cursor, group, "nologin")
            _say(cursor, "grant connect on database %%I to %%I", archive, group)
        member(cursor, env["READER_DATABASE_URL"], READER)
    run("dateline", "migrate")
    run("airflow", "db", "migrate")
    slots = CRAWLS_A_WORKER * int(env["DATELINE_WORKERS"])
    run("airflow", "pools", "set", POOL, str(slots), f"Crawls at once: {CRAWLS_A_WORKER} a worker.")


def own(cursor: Cursor, url: str) -> str:
    """Have the user of that URL, with its password, own the database of that URL, and let nobody else in; its name."""
    parts = urlsplit(url)
    user, password, name = unquote(parts.username or ""), unquote(parts.password or ""), parts.path.strip("/")
    role(cursor, user, "login password %%L", password)
    cursor.execute("select 1 from pg_database where datname = %s", (name,))
    if cursor.fetchone() is None:
        _say(cursor, "create database %%I owner %%I", name, user)
    _say(cursor, "revoke all on database %%I from public", name)
    return name


def member(cursor: Cursor, url: str, group: str) -> None:
    """Have the user of that URL, with its password, in the group; what the group may is all that it may."""
    parts = urlsplit(url)
    user = unquote(parts.username or "")
    role(cursor, user, "login password %%L", unquote(parts.password or ""))
    _say(cursor, "grant %%I to %%I", group, user)


def role(cursor: Cursor, name: str, options: str, *words: str) -> None:
    """Have a role with these options, made or changed."""
    cursor.execute("select 1 from pg_roles where rolname = %s", (name,))
    verb = "create" if cursor.fetchone() is None else "alter"
    _say(cursor, f"{verb} role %%I {options}", name, *words)


def run(*command: str) -> None:
    """Run a command of the image; its failure is ours."""
    subprocess.run(command, check=True)


def beats(part: str, server: str) -> bool:
    """Whether Airflow's web server finds that part of it healthy: metadatabase, scheduler, dag_processor, triggerer."""
    with urllib.request.urlopen(urljoin(server, "/api/v2/monitor/health"), timeout=TIMEOUT) as answer:
        return bool(json.load(answer)[part]["status"] == "healthy")


def answers(url: str) -> bool:
    """Whether somebody answers there, and well."""
    with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
        return bool(answer.status == 200)


def _say(cursor: Cursor, command: str, *words: str) -> None:
    """Run a command that takes no parameters, with the server quoting names and passwords."""
    cursor.execute(f"select format('{command}'{', %s' * len(words)}) as command", words)
    cursor.execute(cursor.fetchone().command)


def main() -> int:
    """Do what the arguments say; the exit code."""
    match sys.argv[1:]:
        case ["prepare"]:
            prepare(os.environ)
            return 0
        case ["beats", part]:
            return int(not beats(part, os.environ["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"]))
        case ["answers", url]:
            return int(not answers(url))
        case _:
            return 2


if __name__ == "__main__":
    sys.exit(main())
