"""The dateline: place and date at the head of a story, in the forms that agencies and papers use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines import agencies

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        1,
    )
    for name in names
}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_MONTH = f"(?i:{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
_WORD = r"[^\W\d_][\w'’.\-]*"
_CAPITAL = rf"(?=[^\W\d_a-zß-öø-ÿ]){_WORD}"
# "New Delhi", "WASHINGTON", "Rio de Janeiro", "PARAMARIBO, Suriname"
_PLACE = (
    rf"{_CAPITAL}(?:[ -](?:{_CAPITAL}|de|del|la|le|les|sur|am|an der|upon|of|al|el))*(?:, {_CAPITAL}(?: {_CAPITAL})*)?"
)
_DAY = (
    rf"(?:(?P<month>{_MONTH})\.? (?P<day>\d{{1,2}})|(?P<day2>\d{{1,2}}) (?P<month2>{_MONTH})\.?)"
    r"(?:,? (?P<year>\d{4}))?"
)
_CREDIT = rf"(?:\(\s*(?P<credit>(?i:{agencies.FORM}))\s*\)|\|\s*(?P<credit2>(?i:{agencies.FORM})))"
_END = r"\s*(?::|--|[—–]|-(?=\s)|\.\s*[—–-])\s*"
FORM = re.compile(
    rf"^(?P<place>{_PLACE})(?P<date>\s*[,|]?\s*\(?{_DAY}\)?)?\s*,?\s*(?P<agency>{_CREDIT})?(?P<end>{_END})(?=\S)"
)
LONGEST_PLACE = 60


@dataclass(frozen=True, slots=True)
class Dateline:
    """What a dateline says, and `length`, the number of characters it takes at the head of the text."""

    place: str
    day: date | None
    agency: str | None
    length: int


def read(text: str, visit: date) -> Dateline | None:
    """The dateline at the head of `text`, or None.

    A place alone is not enough ("Update: …" looks like one): there must be a date, an agency, or capitals
    throughout. A year that is not written is the newest, at or before the day of the visit, whose weekday the
    text does not contradict.
    """
    match = FORM.match(text[:200])
    if not match or len(match["place"]) > LONGEST_PLACE:
        return None
    place = match["place"]
    strong = match["date"] or match["agency"]
    city = place.split(",")[0]
    shouted = city.isupper() and len(city) > 2 and not match["end"].strip().startswith(":")
    if not (strong or shouted):
        return None
    agency = agencies.canonical(match["credit"] or match["credit2"])
    return Dateline(place.strip(), _day(match, text, visit), agency, match.end())


def _day(match: re.Match[str], text: str, visit: date) -> date | None:
    if not match["date"]:
        return None
    month = MONTHS[(match["month"] or match["month2"]).lower()]
    day = int(match["day"] or match["day2"])
    if match["year"]:
        return _valid(int(match["year"]), month, day)
    candidates = [d for year in range(visit.year + 1, visit.year - 6, -1) if (d := _valid(year, month, day))]
    past = [d for d in candidates if d <= visit + timedelta(days=1)]
    named = _weekdays(text)
    return next((d for d in past if named and d.weekday() in named), None) or next(iter(past), None)


def _weekdays(text: str) -> set[int]:
    """Weekdays that the opening of the story says it happened on: "on Friday met"."""
    opening = text[:600].lower()
    return {n for n, name in enumerate(WEEKDAYS) if re.search(rf"\bon {name}\b", opening)}


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
