"""The parts of a dateline in scripts that put spaces between words, read one after another from the head of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipelines.news import agencies, calendars

_MOST_PARTS = 8
_UPPER = "".join(chr(n) for n in (*range(0x41, 0x530), *range(0x1E00, 0x1F00)) if chr(n).isupper())
_DEVANAGARI = "\u0900-\u0963\u0970-\u097f"  # named, since Python counts its vowel signs not among the letters
_NAME = rf"(?:['’]s[- ])?[{_UPPER}{_DEVANAGARI}](?:[\w{_DEVANAGARI}]|['’`-](?=\w))*"
# An abbreviation keeps its dot: "St. Gallen", "S.D.". "Roma. 5" ends with one of its own.
_CITY_WORD = rf"{_NAME}(?:(?<=\b\w)\.|(?<=\b\w\w)\.|(?<=\b\w\w\w)\.(?!\s\d))?"
_JOINER = (
    r"(?:(?:de|da|do|das|dos|del|della|di|du|des|la|le|les|los|las|el|al|an|der|am|in|im|bei|ob|auf|sur|sous|en|upon|of|the"
    r"|and|und|et|y|og|och|ja|e|ve|и|та|на|op|aan) |[vdab]\. ?)"
)
_PLACE = re.compile(rf"{_CITY_WORD}(?:(?:/| / | |-)(?:{_JOINER}){{0,2}}{_CITY_WORD}){{0,4}}")
_REGION = re.compile(
    rf"(?:,\s?{_NAME}\.?(?:[ .](?:{_JOINER})?{_NAME}\.?){{0,3}}|\s?[(\[]{_NAME}(?: {_NAME}){{0,2}}[)\]])"
    r"(?=\s?[\[(,:|/—–-]|\s)"
)

_MONTH = r"(?P<month>(?:[^\W\d_]|[\u0900-\u0963]){2,14})[.॰]?"
_DATES = tuple(
    re.compile(form)
    for form in (
        rf"(?:le |den |am |el |the )?(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|er|º|ª|-?го)?\s?(?:de |of |d['’] ?)?{_MONTH}"
        r"(?:[\s,]{1,2}(?:de |del |do )?['’]?(?P<year>\d{4}|\d\d)(?![\d:]))?(?:\s?(?:года|г\.|року|р\.))?",
        rf"{_MONTH}\s?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s(?P<year>\d{{4}})(?!\d))?",
        rf"(?P<year>\d{{4}})\. {_MONTH} (?P<day>\d{{1,2}})\.?",
        r"(?P<year>\d{4})-(?P<number>\d\d)-(?P<day>\d\d)(?!\d)",
        r"(?P<day>\d{1,2})(?P<by>[./-])(?P<number>\d{1,2})(?:(?P=by)(?P<year>\d{4}|\d\d)|\.)?(?!\d)",
    )
)
_BETWEEN = re.compile(r"\s*[,.|•·]?\s*")
_OPENED = re.compile(r"\s*[,.|•·]?\s*\(?\s?")
_CLOSED = re.compile(r"\s?\)")
_SENT = re.compile(r"(?:DAL(?:LA)? NOSTR[OA] (?:INVIAT[OA]|CORRISPONDENTE)|(?:ENVIAD[OA]|ENVIAT[OA]) ESPECIAL)\s{0,3}")
_WEEKDAY = re.compile(r"(?P<name>(?:[^\W\d_]|[\u0900-\u0963]){4,14}(?:-feira)?)\.?(?=[\s,(])")
_BRACKETS = re.compile(r"\s*[,.|–—-]{0,2}\s*(?:\(([^()\n]{2,50})\)|\[([^\[\]\n]{2,50})\]|/([^/\n]{2,50})/)")
_BARE = re.compile(
    r"(?:\s*(?:[,.|•·–—-]|--)|(?<=\.))\s*([^\s,:–—|()\[\]/-][^,:–—|()\[\]\n]{1,30}?)(?=\s*(?:--|[—–:|।]|-\s|\.\s|\.$))"
)
_SPECIAL = re.compile(r"\s*[,.|–—-]{0,2}\s*\(?(?:Special (?:to|for)|Spécial pour|Especial para) [^()—–:\n-]{2,40}\)?")
_LEAD = re.compile(
    r"(?:(?:\(([^()\n]{2,40})\)|/([^/\n]{2,40})/)(?:\s*[,–—]|\s*--?)?"
    r"|([^\s,()/–—:-][^,()/–—:\n]{1,30}?)\s*(?:,|[–—]|--|-(?=\s)))\s*"
)
_ALONE = frozenset(["AFP", "AP", "dpa", "EFE", "ANSA", "PTI", "IANS", "ANI", "TASS", "Reuters"])
# Who signs without being an agency: the site itself, or an American station by its call letters.
_SITE = re.compile(r"(?:www\.)?[\w-]{2,25}(?:\.[A-Za-z]{2,4}){1,2}|(?:CNN|CNBC) Indonesia|detik[cC]om|VIVA")
_STATION = re.compile(
    r"(?:CNN|CNS|CBS|NBC|ABC|FOX|Fox|BBC|CNBC|NPR|VOA|[KW][A-Z]{2,3})\w{0,5}\b.{0,25}"
    r"|.{0,20}(?:News|TV|Now)\b.{0,15}|.{0,12}Staff.{0,12}"
)


@dataclass(slots=True)
class Head:
    """The head of a text as far as it has been read: `at` is where the next part would begin."""

    text: str
    at: int = 0
    place: str | None = None
    region: str = ""
    date: re.Match[str] | None = None
    joined: bool = False  # the date follows its place without a comma or bracket
    dated_first: bool = False
    weekday: int | None = None
    agency: str | None = None
    signed: str = ""  # who signs without being an agency
    led: bool = False  # the agency stands before the place
    heads: bool = False  # and could do without one: "(Reuters) - "

    @property
    def month(self) -> int:
        """The month of its date, 1 to 12 or what a number says; 0 where no date was read."""
        said = self.date.groupdict() if self.date else {}
        return int(said.get("number") or 0) or calendars.MONTHS.get(calendars.fold(said.get("month") or ""), 0)


def readings(text: str) -> Iterator[Head]:
    """The ways to read the head of a text, the fullest first: with who signs before the place, and with that alone."""
    lead = _lead(text)
    for start in (lead, Head(text)) if lead else (Head(text),):
        head = replace(start)
        for _ in range(_MOST_PARTS):
            if not any(step(head) for step in _STEPS):
                break
        yield head
    if lead and lead.agency:
        yield lead


def _lead(text: str) -> Head | None:
    found = _LEAD.match(text)
    if not found:
        return None
    said = found[1] or found[2] or found[3]
    agency = agencies.canonical(said)
    bare = found[3] is not None
    if bare and not (agency or _SITE.fullmatch(said)):
        return None
    heads = not bare or (agency in _ALONE and found[0].rstrip().endswith(("-", "–", "—")))
    return Head(text, found.end(), agency=agency, signed=said, led=True, heads=heads) if agency or bare else None


def _date(head: Head) -> bool:
    before = _OPENED.match(head.text, head.at)
    if head.date or not before:
        return False
    for form in _DATES:
        head.date = form.match(head.text, before.end())
        if head.date and head.month:
            closed = _CLOSED.match(head.text, head.date.end())
            head.joined = head.place is not None and not before[0].strip()
            head.at = closed.end() if closed else head.date.end()
            return True
    head.date = None
    return False


def _weekday(head: Head) -> bool:
    before = _OPENED.match(head.text, head.at)
    found = _WEEKDAY.match(head.text, before.end()) if before and head.weekday is None else None
    number = calendars.WEEKDAYS.get(calendars.fold(found["name"])) if found else None
    if found is None or number is None:
        return False
    head.weekday, head.at = number, found.end()
    return True


def _brackets(head: Head) -> bool:
    found = _BRACKETS.match(head.text, head.at) if not head.agency else None
    said = next(filter(None, found.groups())) if found else ""
    agency = agencies.canonical(said) or (agencies.named_in(said) if found and found[3] else None)
    if not found or not (agency or _STATION.fullmatch(said) or _SITE.fullmatch(said)):
        return False
    head.agency, head.signed, head.at = agency, said, found.end()
    return True


def _bare(head: Head) -> bool:
    found = _BARE.match(head.text, head.at) if not head.signed and (head.place or head.date) else None
    agency = agencies.canonical(found[1]) if found else None
    if not found or not (agency or _SITE.fullmatch(found[1])):
        return False
    head.agency, head.signed, head.at = agency, found[1], found.end()
    return True


def _special(head: Head) -> bool:
    found = _SPECIAL.match(head.text, head.at) if head.place and not head.signed else None
    if not found:
        return False
    head.signed, head.at = found[0].strip(" ,().–—-"), found.end()
    return True


def _place(head: Head) -> bool:
    """A place, less the month that a date behind it begins with: "New Delhi April 28"."""
    if head.place or (head.agency and not head.led):
        return False
    before = (_BETWEEN if head.at else _SENT).match(head.text, head.at)
    start = before.end() if before else head.at
    found = _PLACE.match(head.text, start)
    if not found:
        return False
    *words, last = found[0].split(" ")
    dated = calendars.fold(last) in calendars.MONTHS and re.match(r"\.?\s?\d", head.text[found.end() : found.end() + 3])
    place = " ".join(words) if dated else found[0]
    head.place, head.at, head.dated_first = place or None, start + len(place), head.date is not None
    return bool(place)


def _region(head: Head) -> bool:
    found = (
        _REGION.match(head.text, head.at) if head.place and not head.date and (head.led or not head.signed) else None
    )
    if not found:
        return False
    if found[0].startswith(",") and not head.region:
        head.region = found[0]
    head.at = found.end()
    return True


_STEPS = (_date, _weekday, _brackets, _bare, _special, _place, _region)
