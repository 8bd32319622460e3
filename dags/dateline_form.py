"""What the forms of the DAGs have in common: fields that are checked before anything is run.

Airflow checks little of what a program sends, and lets unknown fields pass; so each DAG checks all of them, and names
every one that is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from airflow.sdk.exceptions import AirflowFailException

LONGEST_NAME = 100  # characters, as in sources.toml
EARLIEST = date(1990, 1, 1)  # the archive has no older dates


def refuse(wrong: Sequence[str]) -> None:
    """Fail the task, for good, where anything is wrong."""
    if wrong:
        raise AirflowFailException("nothing was run. " + "; ".join(wrong))


def unknown(params: Mapping[str, Any], fields: Sequence[str]) -> list[str]:
    """The fields that the form does not have."""
    return [
        f"{shown(name)}: there is no such field, there are {', '.join(fields)}" for name in params if name not in fields
    ]


def wrong_number(field: str, value: Any, least: int, most: int) -> list[str]:
    """What is wrong with a whole number."""
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return []
    return [f"{field}: {shown(str(value))} does not do; write a whole number from {least} to {most}"]


def wrong_choice(field: str, value: Any) -> list[str]:
    """What is wrong with a yes or no."""
    return [] if isinstance(value, bool) else [f"{field}: {shown(str(value))} does not do; write true or false"]


def wrong_name(field: str, value: Any) -> list[str]:
    """What is wrong with the name of an outlet; whether there is one of that name is the command's to say."""
    if isinstance(value, str) and value.strip() and len(value) <= LONGEST_NAME and value.isprintable():
        # A name is an argument of a command: one with a dash in front would be read as an option.
        return [] if not value.startswith("-") else [f"{field}: {shown(value)!r} begins with a dash; no name does"]
    return [f"{field}: write the name of an outlet, as in sources.toml"]


def day(value: Any) -> date | None:
    """The day in a field; None where there is none, or it is wrong."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def wrong_day(field: str, value: Any) -> list[str]:
    """What is wrong with a day."""
    found = day(value)
    if found is None:
        return [f"{field}: {shown(str(value))!r} is no day; write it as 2026-01-31"]
    if not EARLIEST <= found <= date.today() + timedelta(days=1):  # noqa: DTZ011 (a day either way does no harm)
        return [f"{field}: {found} is not between {EARLIEST} and today"]
    return []


def optional(check: Any, field: str, value: Any) -> list[str]:
    """What is wrong with a field that may be left empty."""
    return [] if value in (None, "") else check(field, value)


def shown(text: str) -> str:
    """A value short enough to be shown."""
    return text if len(text) <= 80 else text[:79] + "…"
