"""Moments as people type them on the command line."""

from __future__ import annotations

from datetime import UTC, datetime

from dateline.errors import BadInput


def span(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """What --since and --until say, in UTC where they name no zone. Raises BadInput, also where they hold no time."""
    first, last = _moment("--since", since), _moment("--until", until)
    if first and last and first >= last:
        raise BadInput(f"--since {since} is not before --until {until}")
    return first, last


def moment(said: str | None) -> datetime | None:
    """A day or moment, in UTC where it names no zone. Raises ValueError, whose message says what is wrong with it."""
    if said is None:
        return None
    try:
        read = datetime.fromisoformat(said)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:  # the latter where it is before the year 1 in UTC, or after 9999
        raise ValueError(f"{said!r} is no date; write 2026-01-31 or 2026-01-31T12:00+01:00") from error


def _moment(option: str, said: str | None) -> datetime | None:
    try:
        return moment(said)
    except ValueError as error:
        raise BadInput(f"{option}: {error}") from error
