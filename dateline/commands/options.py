"""What the commands share: options of several of them, and the exit codes."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

EXIT_CODES = "Exit codes: 0 done, 2 bad input, 3 nothing usable was got, 4 no database, 75 interrupted."

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Private = Annotated[bool, typer.Option("--allow-private", help="Also fetch from private addresses, such as 127.0.0.1.")]


def _print_version(asked: bool) -> None:
    if asked:
        from pipelines.extract import EXTRACTOR  # half a second

        print(f"Dateline {version('dateline')}, extractor: {EXTRACTOR}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", callback=_print_version, is_eager=True, help="Print the versions and exit."),
]
