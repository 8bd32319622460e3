"""Who may ask the archive, and who may write to it: two groups of users in Postgres, and the users in them."""

from __future__ import annotations

from importlib.resources import files

from pipelines.database import Cursor, Database, DatabaseError, Forbidden, translated

READER, WRITER = "dateline_reader", "dateline_writer"  # migrations/access.sql says what each may do
# What holds for each user of a group who does not set it otherwise: a guard against slips. Settings of the group itself
# would hold for nobody, since nobody logs in as the group. A forgotten open transaction would hold up migrations.
SETTINGS = {
    READER: {"statement_timeout": "60s", "idle_in_transaction_session_timeout": "5min"},
    WRITER: {"idle_in_transaction_session_timeout": "5min"},
}


def access() -> str:
    """The SQL that makes the groups, if this user may, and gives them their rights."""
    return (files("migrations") / "access.sql").read_text(encoding="utf-8")


def renew(database: Database) -> list[str]:
    """Give the groups their rights anew; the groups that are not there, since this user may not make them."""
    with database.transaction() as cursor:
        cursor.execute(access())
        return _missing(cursor)


def add(database: Database, user: str, group: str) -> bool:
    """Put a user into the group, one who may log in, made unless there; whether it was made. It has no password.

    Raises Forbidden, with what an administrator has to run, where this user may not do that.
    """
    with database.transaction() as cursor:
        if _missing(cursor):
            raise DatabaseError(f"there is no {group}: run dateline migrate, which makes it or says who can")
        cursor.execute("select to_regrole(quote_ident(%s)) is null as new", (user,))
        is_new = bool(cursor.fetchone().new)
        statements = _statements(cursor, user, group, is_new=is_new)
        try:
            with translated():
                cursor.execute("; ".join(statements))
        except Forbidden as error:
            raise Forbidden(f"{error}; have an administrator run: {'; '.join(statements)}") from error
        return is_new


def _statements(cursor: Cursor, user: str, group: str, *, is_new: bool) -> list[str]:
    """What makes the user. The settings are for this database, the group is for all of the server."""
    made = [_formatted(cursor, "create role %%I login", user)] if is_new else []
    joined = _formatted(cursor, "grant %%I to %%I", group, user)
    settings = (_formatted(cursor, SET, user, name, value) for name, value in SETTINGS[group].items())
    return [*made, joined, *settings]


SET = "alter role %%1$I in database %%4$I set %%2$I = %%3$L"


def _formatted(cursor: Cursor, form: str, *words: str) -> str:
    """The form with words in it as Postgres itself quotes them; the last word is the database's name."""
    cursor.execute(f"select format('{form}', variadic %s::text[] || current_database()::text) as text", (list(words),))
    return str(cursor.fetchone().text)


def _missing(cursor: Cursor) -> list[str]:
    cursor.execute("select n as name from unnest(%s::text[]) n where to_regrole(n) is null", ([READER, WRITER],))
    return [row.name for row in cursor]
