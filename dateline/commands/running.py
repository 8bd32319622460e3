"""Commands that run until they are stopped."""

from __future__ import annotations

import typer

from dateline.settings import Settings

app = typer.Typer()


@app.command(epilog="Example:\n\n  dateline up")
def up() -> None:
    """Run everything on this machine: embedded Postgres, Airflow and the schedule, until Ctrl-C."""
    from dateline.up import up as run_all

    raise typer.Exit(run_all(Settings.from_environment()))
