"""Text as strangers write it in attributes, JSON and elements, made plain: entities twice over, tags, spaces."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from pipelines import text

TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>|<!--[^<>]{0,300}-->")
NOT_A_WORD = re.compile(r"[\W_]+")
MOST_DEEP = 6  # of lists in objects in lists; no page means more than three
MOST_VALUES = 200


def listed(words: str) -> frozenset[str]:
    """The words of a table that is written as text."""
    return frozenset(words.split())


def plain(value: str | None, limit: int = 1000) -> str | None:
    """One line without markup, entities read however often they were escaped; None where nothing is left of it."""
    if not value:
        return None
    value = value[: 4 * limit]
    if "&" in value:
        value = html.unescape(html.unescape(value))
    return text.line(TAG.sub(" ", value) if "<" in value else value, limit)


def folded(value: str | None) -> str:
    """The words in lower case with one space between them, to compare by."""
    return NOT_A_WORD.sub(" ", text.composed(value or "", "NFKC").replace("\xad", "").casefold()).strip()


def squashed(value: str | None) -> str:
    """The letters and digits in lower case, to compare names by that are written with and without spaces."""
    return folded(value).replace(" ", "")


def strings(value: Any, key: str = "name") -> tuple[str, ...]:
    """The strings of a JSON-LD value: itself, its members, or what its objects have under `key`; at most 200."""
    return tuple(found for found, _ in zip(_strings(value, key, 0), range(MOST_VALUES), strict=False))


def _strings(value: Any, key: str, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth < MOST_DEEP:
        for member in value:
            yield from _strings(member, key, depth + 1)
    elif isinstance(value, dict) and depth < MOST_DEEP:
        yield from _strings(value.get(key), key, depth + 1)
