"""`dateline migrate` and `dateline roles`: the schema brought up to date, and who may do what with it."""

from __future__ import annotations

import sys

from dateline.asking import open_archive
from dateline.errors import BadInput
from dateline.postgres import database
from dateline.settings import Settings
from pipelines import migrating, roles
from pipelines.database import Database

LONGEST_NAME = 63  # bytes; Postgres would cut it


def migrate(settings: Settings) -> None:
    """Apply what is missing, give the groups their rights anew, and say what is left to an administrator."""
    with database(settings) as url:
        applied = migrating.migrate(url)
        with Database(url, 1) as archive:
            missing = roles.renew(archive)
    print("\n".join(f"applied {name}" for name in applied) or "the schema is up to date")
    if missing:
        statements = " ".join(f"create role {name} nologin;" for name in missing)
        print(
            "dateline: this user may not make the groups of readers and writers. Have an administrator run\n"
            f"dateline:   {statements}\n"
            "dateline: and then this again. Until then only the owner of the tables may ask.",
            file=sys.stderr,
        )


def add(settings: Settings, name: str, *, writer: bool) -> None:
    """Put a user into the group of readers, or of writers, and print what is left to do."""
    if not 0 < len(name.encode()) <= LONGEST_NAME or name.startswith("pg_") or "\0" in name:
        raise BadInput(f"{name!r} cannot be the name of a user: 1 to {LONGEST_NAME} bytes, not pg_…")
    with open_archive(settings) as archive:
        is_new = roles.add(archive, name, roles.WRITER if writer else roles.READER)
    print(f"{name} may {'read and write' if writer else 'read'}")
    if is_new:
        print(f"it has no password yet; to give it one: dateline psql -c '\\password {name}'")
