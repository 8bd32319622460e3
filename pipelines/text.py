"""Text that a database can keep and a person can read: no NUL, no lone surrogate, no stray control characters."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Literal

# Controls other than tab and newline, lone surrogates, and the non-characters that XML forbids.
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")  # soft hyphen, zero-width space, word joiner, BOM
MOST_MARKS = 30  # on one letter
FEW_MARKS = 500  # characters of a text that has too few marks to matter
LONG_LINE = 5_000  # characters; words of a longer text are not remembered
SPACES = re.compile(r"[^\S\n]+")
# Vowel signs and accents that stand after their letter and belong to its word.
MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0971-\u0df3\u0e31-\u0e3a"
    "\u0e47-\u0e4e\u0eb1-\u0ebc\u102b-\u103e\u17b4-\u17d3\u200c\u200d"
)
LETTERS = rf"[^\W_](?:[^\W_]|[{MARKS}])*"
IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # and kana
UNSPACED = IDEOGRAPHS + "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff"  # Thai, Lao, Burmese, Khmer too
# A word of Chinese or Japanese is taken to be one character.
WORD = re.compile(rf"[{IDEOGRAPHS}]|{LETTERS}(?:['’\-]{LETTERS})*")


def storable(text: str) -> str:
    """The text without what Postgres, XML or Unicode forbid, all else as it is."""
    return UNSTORABLE.sub("", text)


def clean(text: str) -> str:
    """The text in NFC, without characters that cannot be stored or seen."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    return composed(INVISIBLE.sub("", storable(text)))


def composed(text: str, form: Literal["NFC", "NFKC"] = "NFC") -> str:
    """The text in a normal form; of a long one, letters keep 30 marks at most, the bound of Unicode's UAX 15.

    Python puts the marks of a letter in order in a time that grows with the square of their number.
    """
    if len(text) > FEW_MARKS and not unicodedata.is_normalized(form, text):
        text = _too_many_marks().sub(r"\1", text)
    return unicodedata.normalize(form, text)


@cache
def _too_many_marks() -> re.Pattern[str]:
    # All marks are in the first two planes.
    marks = "".join(filter(unicodedata.combining, map(chr, range(0x20000))))
    return re.compile(f"([{marks}]{{{MOST_MARKS}}})[{marks}]+")


def line(text: str | None, limit: int = 1000) -> str | None:
    """The text on one line, at most `limit` characters, or None where nothing is left of it."""
    if not text:
        return None
    # Cut before cleaning too: a title of a million characters is not worth the time.
    short = " ".join(clean(text[: 4 * limit]).split())
    return (short if len(short) <= limit else short[: limit - 1].rstrip() + "…") or None


def body(text: str) -> str:
    """The text as paragraphs separated by one newline, spaces folded."""
    paragraphs = (SPACES.sub(" ", p).strip() for p in clean(text).split("\n"))
    return "\n".join(p for p in paragraphs if p)


def words(text: str) -> tuple[str, ...]:
    """Its words, punctuation left out; each character of a script without spaces is one."""
    return _words(text) if len(text) < LONG_LINE else tuple(WORD.findall(text))


@lru_cache(maxsize=512)  # the lines of one story, which several readers count
def _words(line: str) -> tuple[str, ...]:
    return tuple(WORD.findall(line))
