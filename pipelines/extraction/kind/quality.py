"""Flags on a story's record that say what may be wrong with it. Each is a rule of its own, and certain or silent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.etree import XPath

from pipelines import text
from pipelines.extraction.kind import languages, walls
from pipelines.extraction.page import Page

FLAGS = (
    "soft_404", "consent_wall", "login_wall", "paywalled_stub", "truncated", "too_short", "duplicated_text",
    "wrong_language", "date_is_visit_day", "undated",
)  # fmt: skip
FEWEST_WORDS = 40  # a text shorter than this is a teaser, a notice or an error message
FEWEST_CHARACTERS_CJK = 80  # about 40 words of Chinese or Japanese, where text.words counts characters
WORDS_OF_A_STUB = 250  # a subscriber's text shorter than this is its beginning
LONG_LINE = 15  # words; a line of fewer may well be said twice
MOST_CHARACTERS = 200_000  # of a text that is looked at
# What stands at the end of a text of which the rest is elsewhere.
MORE = {
    "en": "read more|read full story|read the full story|continue reading|click here to read more",
    "de": "weiterlesen|mehr lesen|weiter lesen|zum artikel|jetzt weiterlesen",
    "fr": "lire la suite|lire plus|en savoir plus|continuer la lecture",
    "es": "leer más|seguir leyendo|continuar leyendo|sigue leyendo",
    "it": "leggi tutto|continua a leggere|leggi di più",
    "pt": "leia mais|ler mais|continuar lendo|continue lendo|continuar a ler",
    "nl": "lees meer|lees verder|verder lezen",
    "sv": "läs mer|läs hela artikeln|läs vidare|fortsätt läsa",
    "da": "læs mere|læs videre|læs hele artiklen|fortsæt læsningen",
    "nb": "les mer|les hele saken|les videre|fortsett å lese",
    "fi": "lue lisää|lue koko juttu|jatka lukemista",
    "pl": "czytaj więcej|czytaj dalej",
    "cs": "číst dál|číst více|celý článek|pokračovat ve čtení",
    "ru": "читать далее|читать дальше|подробнее|читать полностью",
    "uk": "читати далі|детальніше|читати повністю",
    "tr": "devamını oku|devamı için tıklayın|haberin devamı|okumaya devam et",
    "id": "baca selengkapnya|selengkapnya|lanjutkan membaca",
    "hi": "और पढ़ें|पूरा पढ़ें|आगे पढ़ें",
    "zh": "阅读更多|閱讀更多|查看更多|阅读全文|閱讀全文|繼續閱讀|继续阅读",
    "ja": "続きを読む|もっと読む|全文を読む",
}
# Articles, prepositions and the like, with which no sentence ends in the languages that have them.
NEVER_LAST = {
    "en": "the and of a an or",
    "de": "der und oder",
    "fr": "le les des et du une",
    "es, it, pt": "el los y della dei gli degli nella os um",
    "nl": "het een",
    "sv, da, nb": "och eller ett og den",
    "fi": "ja tai",
    "pl, cs": "oraz w z że který která nebo že",
    "ru, uk": "и или что который і або що",
    "tr, id": "ve bir ile yang dan untuk dari di",
}
_NEVER_LAST = frozenset(" ".join(NEVER_LAST.values()).split())
_MORE = re.compile(rf"(?:^|\W)(?:{'|'.join(MORE.values())})[\s.…»›>→\])]{{0,6}}$", re.IGNORECASE)
_CUT = re.compile(r"\[\s?(?:…|\.{2,4})\s?\]$|\(…\)$")
_ELLIPSIS = re.compile(r"…|\.\.\.")
_LAST_WORD = re.compile(r"\s([^\W\d_]{1,8})$")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_PAYWALL = XPath(
    '//*[contains(@class, "paywall") or contains(@class, "regwall") or contains(@id, "paywall")'
    ' or contains(@class, "subscriber") or contains(@class, "premium-")]'
)


def flags(
    page: Page,
    title: str | None,
    body: str,
    *,
    paywalled: bool | None = None,
    undated: bool = False,
    date_is_visit_day: bool = False,
    language: str | None = None,
    words: int | None = None,
) -> tuple[str, ...]:
    """The names, out of FLAGS, of what is wrong with the text of a page.

    `body` is the cleaned text, a paragraph a line; `paywalled` what the page says of itself; `language` the code that
    the text should be in, by default the one that the outlet's entry gives; `words` how many it has, where known.
    """
    body = body[:MOST_CHARACTERS]
    count = len(text.words(body)) if words is None else words
    given = {"date_is_visit_day": date_is_visit_day, "undated": undated}
    found = _found(page, title, body, count, paywalled, language or page.hints.language)
    return (*found, *(name for name, said in given.items() if said))


def _found(
    page: Page, title: str | None, body: str, words: int, paywalled: bool | None, language: str | None
) -> Iterator[str]:
    headings = headings_of(page, title) if words < walls.WORDS_OF_AN_ERROR else ()
    if walls.not_found(headings, body, words):
        yield "soft_404"
    if walls.asks_consent(body):
        yield "consent_wall"
    if walls.asks_login(headings, body, words):
        yield "login_wall"
    if is_stub(page, body, words, paywalled):
        yield "paywalled_stub"
    if is_truncated(body):
        yield "truncated"
    if is_too_short(body, words):
        yield "too_short"
    if is_duplicated(body):
        yield "duplicated_text"
    if is_in_another_language(body, language):
        yield "wrong_language"


def headings_of(page: Page, title: str | None) -> tuple[str, ...]:
    """What a page calls itself: the title that was found, the title element, and the first heading."""
    element, heading = page.tree.find(".//title"), next(page.tree.iter("h1"), None)
    own = element.text if element is not None else None
    first = " ".join(heading.text_content()[:300].split()) if heading is not None else None
    return tuple(said.strip() for said in (title, own, first) if said and said.strip())


def is_stub(page: Page, body: str, words: int, paywalled: bool | None) -> bool:
    """The beginning of a text for subscribers: short, and the page says so in its data, its end or its paywall."""
    if words >= WORDS_OF_A_STUB or paywalled is False:
        return False
    last = "\n".join(body.split("\n")[-3:])
    return paywalled is True or walls.asks_subscription(last[-1000:]) or _has_paywall(page)


def _has_paywall(page: Page) -> bool:
    return any(walls.asks_subscription(" ".join(element.itertext())[:1000]) for element in _PAYWALL(page.tree)[:5])


def is_truncated(body: str) -> bool:
    """A text that ends in "[…]" or "read more", or in a long paragraph that ends in "…" or amid a sentence."""
    last = body[-2000:].rpartition("\n")[2].strip()
    end = last[-60:]
    if _CUT.search(end) or (_MORE.search(end) and (len(body) < 2000 or _ELLIPSIS.search(end))):
        return True
    return last.count(" ") >= LONG_LINE and not last.startswith(("- ", "|")) and _ends_amid(end)


def _ends_amid(end: str) -> bool:
    """No end of a sentence: an ellipsis, a comma, or a word like "the" or "und", with which next to none ends."""
    if end.endswith(("…", "...", ",", ";", "(")):
        return True
    word = _LAST_WORD.search(end)
    return word is not None and word[1] in _NEVER_LAST


def is_too_short(body: str, words: int) -> bool:
    """Fewer than 40 words; in Chinese and Japanese, which do not part their words, fewer than 80 characters."""
    if words >= FEWEST_CHARACTERS_CJK:
        return False
    ideographs = len(_IDEOGRAPH.findall(body))
    return words < (FEWEST_CHARACTERS_CJK if ideographs * 2 > words else FEWEST_WORDS)


def is_duplicated(body: str) -> bool:
    """A long paragraph that stands there twice, or a text of several paragraphs that does."""
    lines = body.split("\n")
    long = [
        line for line in lines if not line.startswith(("- ", "|")) and (_is_long(line) or _is_long_ideographic(line))
    ]
    if len(set(long)) < len(long):
        return True
    middle = len(lines) // 2
    return len(lines) >= 4 and len(lines) % 2 == 0 and len(body) > 200 and lines[:middle] == lines[middle:]


def _is_long(line: str) -> bool:
    return len(line) > 60 and line.count(" ") >= LONG_LINE - 1


def _is_long_ideographic(line: str) -> bool:
    return len(line) > 30 and not line.isascii() and len(_IDEOGRAPH.findall(line[:200])) > 30


def is_in_another_language(body: str, language: str | None) -> bool:
    """A text that is certainly in another language than it should be, told by its script or its commonest words."""
    expected = (language or "").lower().replace("_", "-").partition("-")[0]
    if not languages.known(expected):
        return False
    found = languages.detect(body)
    return found is not None and not languages.akin(found, expected)
