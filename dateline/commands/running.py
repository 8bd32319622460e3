"""Commands that run until they are stopped."""

from __future__ import annotations

from typing import Annotated

import typer

from dateline.commands.options import EXIT_CODES
from dateline.reader import PORT
from dateline.settings import Settings

app = typer.Typer()


@app.command(epilog="Example:\n\n  dateline up")
def up() -> None:
    """Run everything on this machine: embedded Postgres, Airflow and the schedule, until Ctrl-C."""
    from dateline.up import up as run_all

    raise typer.Exit(run_all(Settings.from_environment()))


@app.command(
    epilog="Examples:\n\n  dateline serve\n\n  dateline serve --port 8000\n\n"
    f"{EXIT_CODES} DATELINE_READER_URL is the address at which browsers find it, where a proxy stands before it."
)
def serve(
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Listen here; 0.0.0.0 lets everyone in: there is no login.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="And on this port; 0 is any that is free.")] = PORT,
) -> None:
    """Show the archive as web pages, read-only: search, articles, stories, outlets. Until Ctrl-C."""
    from dateline.serve import Request
    from dateline.serve import serve as show

    show(Settings.from_environment(), Request(host, port))
