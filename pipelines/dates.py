"""When a story was published: what each witness says, and the rules that weigh them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from pipelines.records import Witness

OLDEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Published:
    """The settled date: ISO 8601 value (a bare date where only the day is known), precision, origin."""

    value: str | None
    precision: str | None
    origin: str | None
    witnesses: tuple[Witness, ...]


def settle(witnesses: Iterable[Witness], visit: date, timezone: str | None = None) -> Published:
    """Weigh the witnesses, named in the order in which they are believed.

    No future date and none before 1990 is believed. The day of the visit, where the page says it without a time,
    is as likely the header's date bar as the story's own: any other witness is believed first.
    """
    said = tuple(witnesses)
    read = [(w, moment) for w in said if (moment := parse(w.value)) and _plausible(moment, visit)]
    firm = [(w, m) for w, m in read if not (w.origin == "page" and m == visit)]
    for witness, moment in firm or read:
        return Published(*_written(moment, timezone), witness.origin, said)
    return Published(None, None, None, said)


def parse(value: str) -> datetime | date | None:
    """A date or moment written as ISO 8601 or as in mail and RSS (RFC 822), or None."""
    value = value.strip()
    try:
        return date.fromisoformat(value) if len(value) <= 10 else datetime.fromisoformat(value)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _plausible(moment: datetime | date, visit: date) -> bool:
    day = moment.date() if isinstance(moment, datetime) else moment
    return OLDEST <= day <= visit + timedelta(days=1)


def _written(moment: datetime | date, timezone: str | None) -> tuple[str, str]:
    if not isinstance(moment, datetime):
        return moment.isoformat(), "day"
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone or "UTC"))
    return moment.isoformat(), "second" if moment.second else "minute"
