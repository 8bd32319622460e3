"""When a story was published and modified: the rules that weigh what the witnesses say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from datetime import timezone as fixed
from zoneinfo import ZoneInfo

from pipelines.news.moments import parse
from pipelines.records import Witness

__all__ = ["OLDEST", "Published", "parse", "settle", "settle_modified"]

OLDEST = date(1990, 1, 1)
DAY = timedelta(days=1)
GRACE = DAY  # into the future: clocks are wrong, and in Auckland it is tomorrow
IMPORT = timedelta(days=30)  # a date this long after the day in the permalink is that of an import or a rewrite
# Origins in the order in which they are believed; of one origin, what the page's reader named first.
ORIGINS = (
    "endpoint", "jsonld", "meta", "microdata", "time", "text", "url", "meta_date", "dateline", "relative", "updated",
    "htmldate",
)  # fmt: skip
RANKS = {name: rank for rank, name in enumerate(ORIGINS)}
# They say, in a form made for machines, that this is the story's date. Others may have read the header's date bar.
STRUCTURED = frozenset(["endpoint", "jsonld", "meta", "microdata", "time", "url", "meta_date"])
BESIDE = frozenset(["time", "text", "microdata"])  # what a reader sees
# How far local time can be from UTC: whole hours, and the zones that have halves and quarters.
OFFSETS = frozenset(60 * hour for hour in range(-11, 15)) | {-210, 210, 270, 330, 345, 390, 570}

_DATE_WITH_SLASHES = re.compile(r"\d{4}/\d\d?/\d\d?")
_MONTH = re.compile(r"(\d{4})-(\d\d)")


@dataclass(frozen=True, slots=True)
class Published:
    """The settled date: ISO 8601 value, precision (second, minute, day, month), origin of the witness believed.

    The value is a bare date where only the day is known, and the first of the month where only that is.
    `suspect`: it is the day of the visit, and no witness in a form made for machines says so.
    """

    value: str | None
    precision: str | None
    origin: str | None
    witnesses: tuple[Witness, ...]
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A witness whose value can be read."""

    witness: Witness
    moment: date | datetime

    @property
    def origin(self) -> str:
        return self.witness.origin

    @property
    def day(self) -> date:
        return self.moment.date() if isinstance(self.moment, datetime) else self.moment

    @property
    def clock(self) -> datetime | None:
        """The moment, where more than the day is known. A midnight in UTC is how many sites write a day."""
        if not isinstance(self.moment, datetime):
            return None
        return None if self.moment.time() == time(0) and not self.moment.utcoffset() else self.moment


def settle(witnesses: Iterable[Witness], visit: date, timezone: str | None = None) -> Published:
    """Weigh the witnesses. `timezone` is the outlet's, for times without an offset (UTC where it is not known).

    No date before 1990 or after tomorrow is believed. The day of the visit without a witness made for machines is
    as likely the header's date bar: all others are believed first. Of what is left the best origin gives the day,
    unless the permalink proves it a later one's; a better-informed witness of that day gives the time.
    """
    said = tuple(witnesses)
    today = visit.date() if isinstance(visit, datetime) else visit
    readings = sorted(_readings(said, today), key=lambda reading: (_is_doubtful(reading, today), _rank(reading)))
    month = _month_of_url(said, today)
    best = _in_month(readings, month)
    if best is None:
        return Published(f"{month}-01", "month", "url", said) if month else Published(None, None, None, said)
    for rule in (_not_rebuilt, _not_imported):
        best = rule(best, readings, today)
    best = _timed(_on_the_pages_clock(best, readings), readings)
    suspect = best.day >= today and not any(r.day == best.day and not _is_doubtful(r, today) for r in readings)
    return Published(*_written(best, timezone), best.origin, said, suspect)


def settle_modified(
    witnesses: Iterable[Witness], published: Published, visit: date, timezone: str | None = None
) -> str | None:
    """The last modification as an ISO 8601 value, or None. Never before the publication, never in the future.

    `witnesses` is read up to the first that can be believed. Where the two roles contradict each other, the
    publication stands: a story may be finished days before it appears.
    """
    today = visit.date() if isinstance(visit, datetime) else visit
    first = parse(published.value) if published.value else None
    for reading in _readings(witnesses, today):
        value, _ = _written(reading, timezone)
        if first is None or not _is_before(parse(value), first):
            return value
    return None


def _is_before(moment: date | datetime | None, other: date | datetime) -> bool:
    if isinstance(moment, datetime) and isinstance(other, datetime) and moment.tzinfo and other.tzinfo:
        return moment < other
    return moment is None or moment.isoformat()[:10] < other.isoformat()[:10]


def _readings(said: Iterable[Witness], today: date) -> Iterator[Reading]:
    for witness in said:
        moment = parse(witness.value)
        if moment is not None:
            reading = Reading(witness, moment)
            if OLDEST <= reading.day <= today + GRACE:
                yield reading


def _is_doubtful(reading: Reading, today: date) -> bool:
    """Whether it may be the header's date bar, which a `time` element without a time may be too."""
    bare = reading.origin == "time" and reading.clock is None
    return reading.day >= today and (bare or reading.origin not in STRUCTURED)


def _rank(reading: Reading) -> float:
    by_hand = reading.origin == "jsonld" and not reading.witness.value[:4].isdigit()  # "Aug 21, 2024": a template's
    return RANKS["meta_date"] + 0.5 if by_hand else RANKS.get(reading.origin, len(RANKS))


def _month_of_url(said: Sequence[Witness], today: date) -> str | None:
    """The year and month of a URL that gives no day."""
    for witness in said:
        match = _MONTH.fullmatch(witness.value) if witness.origin == "url" else None
        if match and 1 <= int(match[2]) <= 12 and OLDEST.isoformat() <= f"{match[0]}-01" <= today.isoformat():
            return match[0]
    return None


def _in_month(readings: Sequence[Reading], month: str | None) -> Reading | None:
    """The best reading; where it is no machine's, the best one of the month in the URL. None where none fits."""
    if not month or not readings or readings[0].origin in STRUCTURED - {"time"}:
        return next(iter(readings), None)
    fitting = [r for r in readings if r.day.isoformat().startswith(month)]
    if not fitting and readings[0].origin in ("updated", "htmldate"):
        return None
    return (fitting or readings)[0]


def _not_rebuilt(best: Reading, readings: Sequence[Reading], today: date) -> Reading:
    """Where machines say the day of the visit and a reader sees an older date, the page was built today."""
    if best.origin not in ("jsonld", "meta") or best.day < today:
        return best
    seen = [r for r in readings if r.origin in BESIDE or r.origin == "url"]
    return seen[0] if seen and all(r.day < best.day - DAY for r in seen) else best


def _not_imported(best: Reading, readings: Sequence[Reading], today: date) -> Reading:  # noqa: ARG001 - one form
    """A permalink with the day in it (/2024/05/03/) is older than any later import of the page."""
    links = (r for r in readings if r.origin == "url" and _DATE_WITH_SLASHES.fullmatch(r.witness.value))
    return next((r for r in links if r.day < best.day - IMPORT), best)


def _on_the_pages_clock(best: Reading, readings: Sequence[Reading]) -> Reading:
    """A moment in UTC as the page itself dates it, where another witness tells: the day that readers know it by."""
    moment = best.clock
    if moment is None or moment.utcoffset() != timedelta(0):
        return best
    wall = moment.replace(tzinfo=None)
    others = [r for r in readings if r is not best]
    if any(r.clock and not r.clock.tzinfo and abs(r.clock - wall) < timedelta(minutes=1) for r in others):
        return best  # its own clock is UTC
    if any(r.origin == "url" and r.day == best.day for r in others):
        return best
    for other in others:
        if zone := _offset(other, moment):
            return replace(best, moment=moment.astimezone(zone))
    return next((r for r in others if _is_next_door(r, moment)), best)


def _offset(other: Reading, moment: datetime) -> tzinfo | None:
    """The offset, not zero, that makes both the same moment: the other's own, or how far apart their clocks are."""
    if other.clock is None or other.clock.utcoffset() == timedelta(0):
        return None
    if other.clock.tzinfo:
        return other.clock.tzinfo if abs(other.clock - moment) < timedelta(minutes=1) else None
    minutes = (other.clock - moment.replace(tzinfo=None)) / timedelta(minutes=1)
    near = round(minutes / 15) * 15
    return fixed(timedelta(minutes=near)) if near and near in OFFSETS and abs(minutes - near) < 1 else None


def _is_next_door(other: Reading, moment: datetime) -> bool:
    """Whether a bare day can be the local day of a moment in UTC.

    A permalink may; what stands on the page may be an update's, so that the moment has to be its local midnight.
    """
    if other.clock is not None or abs(other.day - moment.date()) != DAY:
        return False
    start = datetime.combine(other.day, time(0), tzinfo=UTC)
    if other.origin == "url":
        return start - timedelta(hours=14) <= moment < start + DAY + timedelta(hours=12)
    return other.origin in BESIDE and (start - moment) / timedelta(minutes=1) in OFFSETS


def _timed(best: Reading, readings: Sequence[Reading]) -> Reading:
    """With the time of another witness of that day, where the best has none; not of one that is an update's."""
    if best.clock:
        return best
    clocks = (r.clock for r in readings if r.clock and r.day == best.day and r.origin != "updated")
    return replace(best, moment=next(clocks, best.moment))


def _written(reading: Reading, timezone: str | None) -> tuple[str, str]:
    moment = reading.clock
    if moment is None:
        return reading.day.isoformat(), "day"
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone or "UTC"))
    return moment.isoformat(), "second" if moment.second else "minute"
