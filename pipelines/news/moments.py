"""Dates and moments as machines write them: ISO 8601 and what looks like it, mail and RSS, Unix, seconds since 1970."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime

from pipelines.news import written

_ISO = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)[T ]{1,2}(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?\s?(Z|[A-Z]{3,4}|[+-]\d\d:?\d\d)?"
)
_COMPACT = re.compile(r"((?:19|20)\d\d)([01]\d)([0-3]\d)(?:T?([0-2]\d)([0-5]\d)([0-5]\d)?)?(Z)?")
_STAMP = re.compile(r"(\d{10})(?:\d{3})?(?:\.\d{1,9})?")  # seconds or milliseconds since 1970
_UNIX = re.compile(  # "Fri May 03 2024 14:05:00 GMT+0200 (CEST)", "Fri May 3 14:05:00 CEST 2024"
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2})  ?(\d\d?) (?:(\d{4}) )?(\d\d:\d\d:\d\d) (?:GMT)?([+-]\d{4}|[A-Z]{3,4})(?: (\d{4}))?"
)


def parse(value: str) -> datetime | date | None:
    """A date or moment as machines write it (ISO 8601, mail and RSS, Unix) or else as people do, or None."""
    value = value.strip()
    for form in _PARSERS:
        try:
            if (moment := form(value)) is not None:
                return moment
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    found = written.find(value[:100])
    return found[0].moment if found else None


def _iso(value: str) -> date | datetime:
    return date.fromisoformat(value) if len(value) <= 10 else datetime.fromisoformat(value)


def _nearly_iso(value: str) -> datetime | None:
    match = _ISO.match(value)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    return datetime(year, month, day, hour, minute, second, tzinfo=written.offset(match[7] or ""))


def _compact(value: str) -> date | datetime | None:
    match = _COMPACT.fullmatch(value)
    if not match:
        return None
    day = date(int(match[1]), int(match[2]), int(match[3]))
    if not match[4]:
        return day
    clock = time(int(match[4]), int(match[5]), int(match[6] or 0), tzinfo=UTC if match[7] else None)
    return datetime.combine(day, clock)


def _stamp(value: str) -> datetime | None:
    match = _STAMP.fullmatch(value)
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None


def _mail(value: str) -> datetime | None:
    if match := _UNIX.match(value):
        value = f"{match[2]} {match[1]} {match[3] or match[6]} {match[4]} {match[5]}"
    return parsedate_to_datetime(value) if len(value) < 100 and ":" in value else None


_PARSERS: tuple[Callable[[str], date | datetime | None], ...] = (_iso, _nearly_iso, _compact, _stamp, _mail)
