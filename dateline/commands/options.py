"""What the commands share: options of several of them, and the exit codes."""

from __future__ import annotations

from typing import Annotated

import typer

EXIT_CODES = "Exit codes: 0 done, 2 bad input, 3 nothing usable was got, 4 no database, 75 interrupted."

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Private = Annotated[bool, typer.Option("--allow-private", help="Also fetch from private addresses, such as 127.0.0.1.")]
