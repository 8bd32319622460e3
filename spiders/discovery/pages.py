"""The next page of a list, and archives by date: where a backfill goes on, and nothing else does."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, islice
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from pipelines.urls import resolve, same_site
from spiders.discovery.shapes import WORDS_OF_A_HEADLINE
from spiders.discovery.vocabulary import ARCHIVES, LISTS, MONTHS, NEXT, NEXT_CLASSES, PAGE_ENDINGS, PAGE_WORDS

MAX_LINKS = 20_000  # looked at on one page
MAX_ARCHIVES = 1_000  # of one page: the days of three years
MAX_PAGES = 1_000  # of one list; where the number is no address says, whoever follows the pages must stop

_PAGE = re.compile(rf"/(?:{'|'.join(sorted(PAGE_WORDS))})[/_-]?(\d{{1,5}})(?=[/.]|$)")
_BARE = re.compile(r"/(\d{1,3})$")
_DATE = re.compile(
    r"((?:19|20)\d\d)(?:[/_.-](?P<month>0?[1-9]|1[0-2])(?:[/_.-](?P<day>0?[1-9]|[12]\d|3[01]))?"
    rf"|[/_.-](?P<name>{'|'.join(sorted(MONTHS))})[^\W\d_]{{0,8}}(?:[/_.-](?P<day_of_it>0?[1-9]|[12]\d|3[01]))?"
    r"|(?P<mm>0[1-9]|1[0-2])(?P<dd>0[1-9]|[12]\d|3[01])?)?"
)
_IN_PATH = re.compile(rf"(?:^|/)(?:(?:{'|'.join(sorted(ARCHIVES))})[_.-])?((?:19|20)\d\d(?:[/_.-]?\w{{1,9}}){{0,2}})$")
_DATE_NAMES = ("date", "day", "d", "m", "datum", "fecha", "data", "archive")
_YEAR_MONTH_DAY = ("year", "month", "day")
_NO_LETTER = re.compile(r"[\W_]+")

Element = Any  # lxml comes without types


class Period(NamedTuple):
    """Days from the first to the last, both of them part of it."""

    first: date
    last: date

    def meets(self, other: Period) -> bool:
        """Whether the two have a day in common."""
        return self.first <= other.last and other.first <= self.last


def base_url(page: Element, url: str) -> str:
    """What the links of a page are relative to."""
    return resolve(url, page.xpath("string((//base/@href)[1])")) or url


def next_page(page: Element, url: str) -> str | None:
    """The page that a list goes on with, of the same site; None on its last page and on what is no list.

    Told by rel="next", else by the number that follows its own in a path (/page/2/) or a query (?page=2, ?paged=2),
    else by the text or the class of a link ("Older posts"), if that leads to a later page of the same list.
    """
    here = numbered(url)
    links = list(islice(_links(page, url), MAX_LINKS))
    said = (address for link, address in links if "next" in link.get("rel", "").lower().split())
    anchors = [(link, address) for link, address in links if link.tag == "a"]
    counted = (address for _, address in anchors if _follows(address, here))
    named = (address for link, address in anchors if _says_next(link) and _is_later(address, url))
    following = next(chain(said, counted, named), None)
    return following if following and numbered(following)[1] <= MAX_PAGES else None


def _links(page: Element, url: str) -> Iterator[tuple[Element, str]]:
    """The links to other addresses of the same site."""
    base = base_url(page, url)
    for link in page.iter("link", "a"):
        address = resolve(base, link.get("href", ""))
        if address and same_site(url, address) and address.rstrip("/") != url.rstrip("/"):
            yield link, address


def numbered(url: str) -> tuple[str, int]:
    """The address of a list without the number of its page, and the number: 1 where it has none."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/").lower()
    if found := _PAGE.search(path):
        return _list(url, path[: found.start()] + path[found.end() :], parse_qsl(parts.query)), int(found[1])
    pairs = parse_qsl(parts.query)
    number = next((v for name, v in pairs if name.lower() in PAGE_WORDS and re.fullmatch(r"\d{1,5}", v)), "1")
    return _list(url, path, [(n, v) for n, v in pairs if n.lower() not in PAGE_WORDS]), int(number)


def _list(url: str, path: str, pairs: Iterable[tuple[str, str]]) -> str:
    query = urlencode(sorted(pairs))
    return urlsplit(url).netloc + path + ("?" + query if query else "")


def _follows(address: str, here: tuple[str, int]) -> bool:
    """Whether it is the page behind this one, with the word for it or without (/local/2)."""
    (its_list, its_number), (this_list, number) = numbered(address), here
    if its_list == this_list and its_number == number + 1:
        return True
    its, this = _bare(its_list), _bare(this_list)
    return its == (this[0], this[1] + 1) and its_list != this_list and archive_period(address) is None


def _bare(listed: str) -> tuple[str, int]:
    found = _BARE.search(listed)
    return (listed[: found.start()], int(found[1])) if found else (listed, 1)


def _is_later(address: str, url: str) -> bool:
    """Whether it is a page with a higher number, or the same one with other parameters (?after=…)."""
    (its_list, its_number), (_, number) = numbered(address), numbered(url)
    if its_number > 1:
        return its_number == number + 1
    return number == 1 and "?" in its_list and urlsplit(address).path == urlsplit(url).path


def _says_next(link: Element) -> bool:
    if not NEXT_CLASSES.isdisjoint(_classes(link) + _classes(link.getparent())):
        return True
    texts = ("".join(link.itertext()), link.get("aria-label", ""), link.get("title", ""))
    return any(_bare_text(text[:100]) in _NEXT for text in texts)


def _bare_text(text: str) -> str:
    """Without arrows and the like, and in lower case."""
    return _NO_LETTER.sub(" ", text).strip().lower()


_NEXT = frozenset(map(_bare_text, NEXT))  # the marks of some scripts are no letters to a regular expression


def _classes(element: Element | None) -> list[str]:
    return [] if element is None else str(element.get("class", "")).lower().split()


def archives(page: Element, url: str, window: Period) -> list[str]:
    """The archives of years, months and days that a page links and that may hold stories of the window.

    The newest first, each once. What lies outside is never returned, so calendars without end come to one.
    """
    found = {address: archive_period(address) for _, address in islice(_links(page, url), MAX_LINKS)}
    dated = {address: period for address, period in found.items() if period and period.meets(window)}
    return sorted(dated, key=lambda address: dated[address], reverse=True)[:MAX_ARCHIVES]


def archive_period(url: str) -> Period | None:
    """The year, month or day whose archive an address is: /2026/11/, /archive/2026-11-22.html, ?date=…, ?m=202611.

    None where the date is not all there is behind the name of the list: then it is a story's, or nothing.
    """
    parts = urlsplit(url)
    pairs = [(name.lower(), value) for name, value in parse_qsl(parts.query) if name.lower() not in PAGE_WORDS]
    return _period(_in_query(dict(pairs)) if pairs else _in_path(unquote(parts.path).lower()))


def _in_path(path: str) -> str:
    path = _PAGE.sub("", path.rstrip("/"))
    stem, _, ending = path.rpartition(".")
    path = (stem if ending in PAGE_ENDINGS else path).removesuffix("/index")
    found = _IN_PATH.search(path)
    return found[1] if found and not any(map(_is_no_list, path[: found.start()].split("/"))) else ""


def _is_no_list(segment: str) -> bool:
    """A headline, which some sites put before its date, or what makes a year a name: /tag/2024."""
    return segment in LISTS or len(_NO_LETTER.split(segment)) >= WORDS_OF_A_HEADLINE


def _in_query(query: dict[str, str]) -> str:
    if query.keys() <= {*_YEAR_MONTH_DAY}:
        return "-".join(query[name] for name in _YEAR_MONTH_DAY if name in query)
    return next((query[name] for name in _DATE_NAMES if query.keys() == {name}), "")


def _period(written: str) -> Period | None:
    found = _DATE.fullmatch(written.lower())
    if not found:
        return None
    year, day = int(found[1]), int(found["day"] or found["day_of_it"] or found["dd"] or 0)
    month = MONTHS[found["name"]] if found["name"] else int(found["month"] or found["mm"] or 0)
    last_day = monthrange(year, month or 12)[1]
    if day > last_day:
        return None
    return Period(date(year, month or 1, day or 1), date(year, month or 12, day or last_day))
