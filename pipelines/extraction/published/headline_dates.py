"""The dates that stand beside the headline, in `time` elements and in words, and what is said of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipelines import text
from pipelines.extraction.page import Page
from pipelines.extraction.published.stretch import Stretch
from pipelines.news import written

LEVELS_BEFORE = 3  # from the headline up, whose earlier siblings are read
SIBLINGS_BEFORE = 6  # a level
ELEMENTS_BEFORE = 60  # a larger sibling is the page's head or another story
FURTHER = 300  # characters by which a date before the headline counts as further away than one after it
CUE = 40  # characters before a date that say what it is the date of
# In its line a story's own date has little around it; one in a sentence is of what the sentence is about.
MOST_BEFORE_DATE = 60
MOST_AFTER_DATE = 100
SHORTEST_TITLE = 8  # characters; a shorter heading may well be in any title

UPDATED = re.compile(
    "(?i)updat|modifi|aktuali|actuali|geändert|änderung|\\bstand\\b|mise? à jour|\\bmàj|aggiorna|atualiza|bijgewerkt"
    "|gewijzigd|uppdatera|uppfær|ändrad|opdatere|oppdater|muokattu|päivitet|uuendat|muudet|atjaunin|papildin|atnaujin"
    "|güncelle|обнов|оновл|измен|ажур|ažur|izmen|dopunj|frissít|módosít|eguneratu|ενημ|עודכן|تحديث|به.?روز|अपडेट|अद्यतन"
    "|আপডেট|புதுப்பி|อัปเดต|ปรับปรุง|cập nhật|diperbarui|更新|修正|修改|수정|업데이트|revis|edited|reviewed|\\blast "
)
PUBLISHED = re.compile(
    "(?i)publi|posted|veröffentlicht|erstellt|erschienen|gepubliceerd|geplaatst|udgivet|julkaistu|opubl|yayın|опубл"
    "|δημοσ|نشر|公開|掲載|発表|发布|발행|입력|등록|đăng|objavlj|zveřejn|avaldatud|közzét|פורסם|প্রকাশ|प्रकाशित"
)
_HEADLINES = XPath("//h1")
_LESSER_HEADLINES = XPath("//h2 | //h3")
_COUNTED = re.compile(r"\b\d{1,2}\b|\d{1,2}[^\s\d.,:/-]")


@dataclass(frozen=True, slots=True)
class Beside:
    """A date beside the headline: origin time or text, its value in ISO 8601 or as the datetime attribute has it."""

    origin: str
    value: str
    updated: bool  # said to be an update's
    published: bool  # said to be the publication's
    distance: int  # from the headline, in characters of the page


def read(page: Page, locale: str) -> list[Beside]:
    """The dates beside the headline: first those said to be the publication's, then the nearest."""
    headline = _headline(page)
    if headline is None:
        return []
    before = (_dates(stretch, locale, FURTHER) for stretch in _before(headline))
    found = chain(_dates(_after(headline), locale, 0), *before)
    return sorted(found, key=lambda beside: (not beside.published, beside.distance))


def relative(page: Page, locale: str) -> date | None:
    """The day that "2 hours ago" or "vor 3 Tagen" beside the headline means, counted from the visit."""
    headline = _headline(page)
    if headline is None:
        return None
    lines = (line for stretch in chain([_after(headline)], _before(headline)) for line in stretch.lines())
    pieces = (piece.strip() for line in lines if len(line) < 80 for piece in re.split(r"[|·•,:–—]", line))
    counted = (piece for piece in pieces if 3 < len(piece) < 40 and _COUNTED.search(piece))
    days = (_counted_back(piece, page.visit, locale) for piece in islice(counted, 10))
    return next((day for day in days if day), None)


def _counted_back(piece: str, visit: datetime, locale: str) -> date | None:
    from dateparser.date import DateDataParser

    base = visit.replace(tzinfo=None)
    settings = {"PARSERS": ["relative-time"], "RELATIVE_BASE": base, "RETURN_AS_TIMEZONE_AWARE": False}
    for language in languages(locale):
        moment = DateDataParser(languages=[language], settings=settings).get_date_data(piece).date_obj
        if isinstance(moment, datetime) and moment <= base:
            return moment.date()
    return None


def languages(locale: str) -> list[str]:
    """The languages in which dateparser is to read a page of this locale: its own, where it knows that, and English."""
    from dateparser.data.languages_info import language_order

    return [language for language in dict.fromkeys((locale.partition("-")[0], "en")) if language in language_order]


def _headline(page: Page) -> HtmlElement | None:
    """The heading that says what the page's titles say; else its first h1."""
    said = (page.said("og:title"), page.tree.findtext(".//title"), page.story.get("headline"))
    titles = [title for title in (_folded(value) for value in said if isinstance(value, str)) if title]
    first = None
    for element in chain(_HEADLINES(page.tree)[:20], _LESSER_HEADLINES(page.tree)[:20]):
        own = _folded("".join(islice(element.itertext(), 50)))
        if len(own) > SHORTEST_TITLE and any(own in title or title in own for title in titles):
            return element
        if own and first is None and element.tag == "h1":
            first = element
    return first


def _folded(value: str) -> str:
    return "".join(text.words(value[:500].lower()))


def _after(headline: HtmlElement) -> Stretch:
    stretch = Stretch()
    for element in chain([headline], headline.iterancestors()):
        if stretch.is_full or element.tag in ("body", "html"):
            break
        stretch.take(element.itersiblings(), element.tail)
    return stretch


def _before(headline: HtmlElement) -> Iterator[Stretch]:
    """What stands before the headline, nearest first, up to the first sibling that is too large to be a byline."""
    for element in islice(chain([headline], headline.iterancestors()), LEVELS_BEFORE):
        if element.tag in ("body", "html"):
            return
        for sibling in islice(element.itersiblings(preceding=True), SIBLINGS_BEFORE):
            if sum(1 for _ in islice(sibling.iter(), ELEMENTS_BEFORE + 1)) > ELEMENTS_BEFORE:
                return
            stretch = Stretch()
            stretch.take([sibling], None)
            yield stretch


def _dates(stretch: Stretch, locale: str, further: int) -> Iterator[Beside]:
    words, last = stretch.text, 0
    for start, end, origin, value in _found(stretch, words, locale):
        line = words.rfind("\n", 0, start) + 1
        line_end = words.find("\n", end)
        rest = (line_end if line_end >= 0 else len(words)) - end
        cue = words[max(last, start - CUE, words.rfind("\n", 0, max(0, line - 1))) : start]
        alone = start - max(line, last) <= MOST_BEFORE_DATE and rest <= MOST_AFTER_DATE
        last = end
        if alone or origin == "time":
            yield Beside(origin, value, bool(UPDATED.search(cue)), bool(PUBLISHED.search(cue)), start + further)


def _found(stretch: Stretch, words: str, locale: str) -> Iterable[tuple[int, int, str, str]]:
    """Start, end, origin and value of each date; a `time` element's attribute stands for the words in it."""
    times = [(start, end, "time", value) for start, end, value in stretch.times if value]
    inside = [(start, end) for start, end, *_ in times]
    for date_ in written.find(words, locale):
        if not any(date_.start < end and start < date_.end for start, end in inside):
            times.append((date_.start, date_.end, "text", date_.moment.isoformat()))
    return sorted(times)
