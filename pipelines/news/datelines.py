"""The dateline: place and date at the head of a story, in the forms that agencies and papers use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.news import agencies, calendars, datelines_east, places
from pipelines.news.datelines_west import Head, readings

_LONGEST = 200  # characters at the head of a text within which a dateline ends
_LONGEST_PLACE = 60
_LONGEST_TITLE = 120
_MOST_PARAGRAPHS = 5
_FIRM = re.compile(r"[^\n(/\d]{0,90}[(/\d]")  # an agency's brackets or a date are near
_WINDOW = 1500  # characters of a paragraph and what follows it that are looked at
_END = re.compile(r"[^\S\n]*(?:\.[^\S\n]?[—–-]+|--+|[—–]+|:|-(?=\s)|(?<=\s)-|।|>>|\|)\s*")
_SOFT_END = re.compile(r"\.?(?:\s*\n)?\s+|\.?$")  # where an agency or a date has said enough
_REST = re.compile(r"[\s–—:|-]*")


@dataclass(frozen=True, slots=True)
class Dateline:
    """What a dateline says, and `length`, the number of characters that it takes at the head of the text.

    `place` is as printed, None where somebody signs without one: "March 5 (Reuters) - ". `agency` is the one name that
    it is kept under.
    """

    place: str | None
    day: date | None
    agency: str | None
    length: int


def read(text: str, visit: date, language: str | None = None) -> Dateline | None:
    """The dateline at the head of `text`, or None; `visit` is the day of the fetch, `language` an ISO 639 code.

    A place alone is not enough ("Update: …" looks like one): an agency, a date, or capitals throughout and a dash must
    stand by it. A year that is not written is found as `calendars.likeliest` says. What follows is the first sentence.
    """
    head = text[:_LONGEST]
    eastern = datelines_east.match(head)
    if eastern:
        return _from_east(eastern, text, visit)
    found = (_from_west(reading, text, visit, language) for reading in readings(head))
    return next(filter(None, found), None)


def find(text: str, visit: date, language: str | None = None) -> tuple[int, Dateline] | None:
    """The dateline at the head of one of the first paragraphs, and where in `text` that paragraph begins.

    Below the first, where a headline or a summary may have stayed in the text, it must have an agency, or a date and a
    city that is known: capitals and a dash head lists there.
    """
    start = 0
    for _ in range(_MOST_PARAGRAPHS):
        near = not start or _FIRM.match(text, start)
        found = read(text[start : start + _WINDOW], visit, language) if near else None
        if found and (not start or _is_firm(found)):
            return start, found
        start = text.find("\n", start, start + _WINDOW) + 1
        if not start:
            break
    return None


def _is_firm(found: Dateline) -> bool:
    dated = found.day is not None and found.place is not None and places.is_known(found.place)
    return found.place is not None and (found.agency is not None or dated)


def _from_east(found: re.Match[str], text: str, visit: date) -> Dateline | None:
    said = found.groupdict()
    place, agency = said.get("place") or None, agencies.canonical(said.get("credit"))
    if place and agencies.canonical(place):
        place, agency = None, agencies.canonical(place)
    if not (place or agency) or (place and not places.may_be(place)):
        return None
    return Dateline(place, _eastern_day(said, text, visit), agency, found.end())


def _eastern_day(said: dict[str, str | None], text: str, visit: date) -> date | None:
    year, month, number = (int(said.get(key) or 0) for key in ("year", "month", "day"))
    if not month:
        return calendars.newest_numbered(number, visit) if number else None
    return _past(calendars.day(year, month, number), visit) if year else calendars.likeliest(month, number, visit, text)


def _from_west(head: Head, text: str, visit: date, language: str | None) -> Dateline | None:
    hard = _END.match(text, head.at)
    said_enough = head.date or (head.agency and not head.led)
    end = hard or (_SOFT_END.match(text, head.at) if said_enough else None)
    start = _REST.match(text, end.end() if end else head.at)
    if head.led and not head.place and not head.date:
        end = start  # the mark behind who signs was read with it
    following = text[start.end() : start.end() + 1] if start else ""
    unlikely = following.islower() and not (head.agency and (head.place or head.date))
    if not end or not start or not following or unlikely:
        return None  # nothing to head, or a sentence that goes on: "LONDON — a city of bridges"
    day = _day(head, text, visit, language)
    mark = hard[0].strip() if hard else ""
    if not _is_enough(head, day, mark) and not (mark == ":" and _heads_a_story(head, text)):
        return None
    place = head.place + head.region if head.place else None
    return Dateline(place, day, head.agency, start.end())


def _is_enough(head: Head, day: date | None, mark: str) -> bool:
    """Whether this is a dateline; `mark` is what ends it, "" where that is a space or the end of a line."""
    place = head.place
    if place is None:
        return head.agency is not None and (head.date is not None or head.heads)
    if len(place) > _LONGEST_PLACE or not places.may_be(place) or agencies.canonical(place):
        return False
    city = place.replace("Mc", "MC")
    known = places.is_known(place)
    shouted = city.isupper() and (len(city) > 4 or known)
    if head.agency or head.dated_first:
        return head.agency is not None
    if day:
        return shouted or known or (bool(mark) and not head.joined)
    if head.signed:
        return bool(mark) and (shouted or known or head.led or mark != ":")
    return shouted and bool(mark) and (known or mark not in ":|")


def _heads_a_story(head: Head, text: str) -> bool:
    """Whether a city that is known, before a colon, opens a paragraph too long for a title: "New Delhi: The"."""
    opening = text[:_LONGEST_TITLE]
    return places.is_known(head.place or "") and len(opening) == _LONGEST_TITLE and "\n" not in opening


def _day(head: Head, text: str, visit: date, language: str | None) -> date | None:
    if not head.date:
        return None
    said = head.date.groupdict()
    year, month, number = said["year"], head.month, int(said["day"])
    if said.get("by") == "/" and (language or "").startswith("en"):
        if number <= 12 and month <= 12 and number != month:
            return None  # 3/5 is a day in May in London and a day in March in New York
        month, number = (number, month) if month > 12 else (month, number)
    if year:
        return _past(calendars.day(int(year) + 2000 * (len(year) == 2), month, number), visit)
    return calendars.likeliest(month, number, visit, text[head.at : head.at + _WINDOW], head.weekday)


def _past(day: date | None, visit: date) -> date | None:
    return day if day and day <= visit + timedelta(days=1) else None
