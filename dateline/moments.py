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


def _moment(option: str, said: str | None) -> datetime | None:
    try:
        read = datetime.fromisoformat(said) if said is not None else None
    except ValueError as error:
        raise BadInput(f"{option}: {said!r} is no date; write 2026-01-31 or 2026-01-31T12:00+01:00") from error
    return read if read is None or read.tzinfo else read.replace(tzinfo=UTC)
