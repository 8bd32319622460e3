"""Dates as people write them, in the languages of the papers: found in a line of text, and read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from pipelines.news import calendars

LONGEST = 5000  # characters looked through
# Hours from UTC of abbreviations that stand for one zone only: IST and CST are several.
ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2,
         "EEST": 3, "MSK": 3, "JST": 9, "KST": 9, "HKT": 8, "SGT": 8, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
         "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "BRT": -3}  # fmt: skip

_YEAR = r"(?P<year>(?:19|20|25)\d\d)(?!\d)"
_NAME = r"(?P<name>[^\d\s,;:()|/\"<>\-–—]{2,20})"
_DAY = r"(?<!\d)(?<!\d[.:])(?P<day>[0-3]?\d)"
_SUFFIX = r"(?:st|nd|rd|th|er|º|ª|°|\.|-a|a|ης|η)?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # 3 May 2024, 3. Mai 2024, 3 de mayo de 2024, 3-May-2024, 3rd of May, 2024
        rf"{_DAY}{_SUFFIX}[\s,\-–/]{{0,2}}(?:de |of |d'|d’)?{_NAME}[.,]{{0,2}}[\s\-–/]{{0,2}}(?:de |del |do |)?{_YEAR}",
        # May 3, 2024; May 3rd 2024
        rf"{_NAME}\s?{_DAY}{_SUFFIX},?\s{{0,2}}(?:de )?{_YEAR}",
        # 2024. május 3., 2024 m. gegužės 3 d., 2024, May 3
        rf"(?<!\d){_YEAR}[.,]?(?:ko| m\.| gada)?\s?(?:{_DAY}\.? )?{_NAME}(?:\s(?P<day2>[0-3]?\d)(?!\d))?",
        # 2024-05-03, 2024/5/3, 2024.05.03, 2024年5月3日, 2024년 5월 3일
        rf"(?<![\d/]){_YEAR}\s?[-/.年년]\s?(?P<month>[01]?\d)\s?[-/.月월]\s?(?P<day>[0-3]?\d)(?!\d)",
        # 03/05/2024, 3.5.2024, 03-05-24
        rf"{_DAY}(?P<mark>[-/.])\s?(?P<month>[0-3]?\d)(?P=mark)\s?(?P<year>(?:19|20|25)?\d\d)(?![\d_]|[:.]\d)",
    )
)
_TIME = re.compile(
    r"[\s,|•·\-–—@T(日일]{0,4}(?:(?:at|um|à|alle|ore|kl\.?|às|as|a las|klo|o|v|pukul|,)\s)?[\s|–-]{0,3}"
    r"(?<!\d)(?P<hour>[0-2]?\d)(?:\s?[:.h時시]\s?)(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?!\d)"
    r"\s?(?P<half>(?i:[ap]\.?m\b\.?))?(?:\s?(?:Uhr|h\b|hrs?\b|WIB))?"
    r"\s?\(?(?P<zone>[A-Z]{1,4}\b)?(?P<offset>[+-][01]\d:?[0-5]\d)?"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A date or moment that a text gives, and where in it. Without an offset where none is written."""

    moment: date | datetime
    start: int
    end: int


def find(text: str, locale: str = "") -> list[Written]:
    """The dates with a year that are written in the text, in its order. `locale` as in "de" or "en-GB".

    The locale says what its months are called (other languages' are known too) and what 03/05/2024 is.
    """
    text = text[:LONGEST]
    found: list[Written] = []
    for form in _FORMS:
        for match in form.finditer(text):
            day = _day(match.groupdict(), locale)
            if day and not any(match.start() < w.end and w.start < match.end() for w in found):
                found.append(_with_time(day, match, text))
    return sorted(found, key=lambda written: written.start)


def _day(said: Mapping[str, str | None], locale: str) -> date | None:
    day, year = said.get("day") or said.get("day2"), int(said["year"] or 0)
    if not day:
        return None
    year += 2000 if year < 100 else -543 if year > 2400 else 0  # 2567 is 2024 in Bangkok
    if name := said.get("name"):
        return _valid(year, month(name, locale), int(day))
    first, second = int(day), int(said["month"] or 0)
    if "mark" not in said:
        return _valid(year, second, first)
    orders = [(second, first), (first, second)]
    if said["mark"] != "." and _month_first(locale):
        orders.reverse()
    return _valid(year, *orders[0]) or _valid(year, *orders[1])


def _with_time(day: date, match: re.Match[str], text: str) -> Written:
    hours = _TIME.match(text, match.end())
    clock = _clock(hours) if hours else None
    if not hours or clock is None:
        return Written(day, match.start(), match.end())
    return Written(datetime.combine(day, clock), match.start(), hours.end())


def _clock(said: re.Match[str]) -> time | None:
    hour, half = int(said["hour"]), (said["half"] or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 23:
        return None
    zone = offset(said["offset"] or said["zone"] or "")
    return time(hour, int(said["minute"]), int(said["second"] or 0), tzinfo=zone)


def offset(text: str) -> timezone | None:
    """The offset that +02:00, +0200 or CEST stand for; None for what stands for several (IST, CST) or none."""
    if text in ZONES:
        return timezone(timedelta(hours=ZONES[text]))
    if written := re.fullmatch(r"([+-])([01]\d):?([0-5]\d)", text):
        sign = -1 if written[1] == "-" else 1
        return timezone(sign * timedelta(hours=int(written[2]), minutes=int(written[3])))
    return None


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month(name: str, locale: str = "") -> int:
    """1 to 12 for the name of a month, whole or shortened, in the language of the locale or a known one; else 0."""
    folded = calendars.fold(name)
    language = re.split("[-_]", locale.lower())[0]
    return _months(language).get(folded) or calendars.MONTHS.get(folded, 0)


@lru_cache(maxsize=100)
def _months(language: str) -> Mapping[str, int]:
    known = _locale(language)
    if known is None:
        return {}
    forms = (known.months[use][width] for use in ("format", "stand-alone") for width in ("wide", "abbreviated"))
    return {calendars.fold(name): number for names in forms for number, name in names.items() if not name.isdigit()}


@lru_cache(maxsize=100)
def _locale(name: str) -> Locale | None:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None


@lru_cache(maxsize=100)
def _month_first(locale: str) -> bool:
    known = _locale(locale)
    return known is not None and known.date_formats["short"].pattern.lower().startswith("m")
