"""What ends a command early: one line that says what is wrong and what to do, and its exit code."""

from __future__ import annotations

from typing import ClassVar


class CommandError(Exception):
    """Ends the command with its message on standard error, and `exit_code`."""

    exit_code: ClassVar[int] = 1


class BadInput(CommandError):
    """The user's words, files or environment are wrong."""

    exit_code = 2


class NothingUsable(CommandError):
    """All was asked for as it should be, and nothing usable came back."""

    exit_code = 3


class NoDatabase(CommandError):
    """The database cannot be reached, started or used."""

    exit_code = 4


class Interrupted(CommandError):
    """Stopped before the end; what was fetched is stored, and running again goes on from there."""

    exit_code = 75  # EX_TEMPFAIL of sysexits.h: try again
