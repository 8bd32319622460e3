"""The command line: all commands in the order of their help, and how errors end them."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from dateline.commands import outlets, pages, quarantine, reading, running, upkeep
from dateline.commands.options import EXIT_CODES, Version
from dateline.errors import BadInput, CommandError, Interrupted, NoDatabase

# As people come to need them; --help fails on a command that is not here.
ORDER = (
    *("crawl", "extract", "migrate", "search", "show", "diff", "reextract", "why", "status", "alerts", "quarantine"),
    *("psql", "export", "import", "forget", "up", "serve", "sources", "clusters", "roles", "captures", "fetches"),
)


class InOrder(TyperGroup):
    """The commands of all files, listed as one."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names, in the order of the help."""
        return sorted(super().list_commands(ctx), key=ORDER.index)


app = typer.Typer(
    name="dateline",
    cls=InOrder,
    help="Keep a clean, dated, de-duplicated archive of the news in your own Postgres.",
    epilog=f"{EXIT_CODES} State is kept in DATELINE_HOME; DATELINE_DATABASE_URL names a Postgres of your own; "
    "DATELINE_SOURCES another list of outlets than ./sources.toml.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (pages, reading, outlets, quarantine, upkeep, running):
    app.add_typer(group.app)


@app.callback()
def options(_: Version = False) -> None:
    """What `dateline` takes without a command."""


def run() -> NoReturn:
    """Entry point: run the command, and turn each known error into its line and exit code."""
    # Here, not above: worker processes load this module too, and pydantic takes a third of a second.
    from pipelines.database import DatabaseError
    from pipelines.outlets import BadSources

    _follow_parent()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stopped)
    try:
        app()
    except (CommandError, BadSources, DatabaseError) as error:
        sys.exit(_complain(error))
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - or Python complains at exit
    sys.exit(0)


def _complain(error: Exception) -> int:
    print("\n".join(f"dateline: {line}" for line in str(error).splitlines()), file=sys.stderr)
    if isinstance(error, CommandError):
        return error.exit_code
    from pipelines.database import DatabaseError

    return NoDatabase.exit_code if isinstance(error, DatabaseError) else BadInput.exit_code


def _stopped(_signal: int, _frame: object) -> NoReturn:
    raise Interrupted("interrupted")


def _follow_parent() -> None:
    """End with the process that started us, where it asks for that: the schedule's operator does."""
    if os.environ.pop("DATELINE_DIE_WITH_PARENT", "") == "1":
        from pipelines.workers import die_with_parent

        die_with_parent(os.getppid())


if __name__ == "__main__":  # as dateline up starts it, by follow.py
    run()
