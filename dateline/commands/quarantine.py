"""Commands on the quarantine: what is in it, and its release."""

from __future__ import annotations

from typing import Annotated

import typer

from dateline.commands.options import Json
from dateline.settings import Settings

app = typer.Typer()
quarantine_app = typer.Typer(invoke_without_command=True)
app.add_typer(quarantine_app, name="quarantine")

CODES = "Exit codes: 0 done, 2 bad input, 3 nothing there, or nothing released, 4 no database, 75 interrupted."
Source = Annotated[str | None, typer.Option("--source", metavar="NAME", help="Only of this outlet.")]
Reason = Annotated[str | None, typer.Option("--reason", metavar="R", help="Only for this reason: held_undated, ...")]


@quarantine_app.callback(
    epilog="Examples:\n\n  dateline quarantine --source the-courier\n\n"
    f"  dateline quarantine release --source the-courier --reason held_undated\n\n{CODES}"
)
def quarantine_group(
    context: typer.Context, source: Source = None, reason: Reason = None, as_json: Json = False
) -> None:
    """Pages that could not be read, and stories that are held back: list them, release them."""
    if context.invoked_subcommand is None:
        quarantine_list(source, reason, as_json)


@quarantine_app.command(
    "list",
    epilog="Examples:\n\n  dateline quarantine list --reason held_undated\n\n"
    f"  dateline quarantine list --source the-courier --json\n\n{CODES}",
)
def quarantine_list(source: Source = None, reason: Reason = None, as_json: Json = False) -> None:
    """List what is in quarantine, the newest first: its id, since when, and why."""
    from dateline import quarantine
    from pipelines.quarantine import Wanted

    quarantine.show(Settings.from_environment(), Wanted(source, reason), as_json=as_json)


@quarantine_app.command(
    "release",
    epilog="Examples:\n\n  dateline quarantine release 12 13\n\n"
    f"  dateline quarantine release --source the-courier --reason held_undated --json\n\n{CODES}",
)
def quarantine_release(
    ids: Annotated[
        list[int] | None, typer.Argument(metavar="[ID]...", min=1, max=2**63 - 1, help="As the list has them.")
    ] = None,
    source: Source = None,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """Read pages from their captures and store them, whatever held them back; dateline forget undoes it."""
    from dateline import quarantine
    from pipelines.quarantine import Wanted

    wanted = Wanted(source, reason, tuple(ids) if ids else None)
    quarantine.release(Settings.from_environment(), wanted, as_json=as_json)
