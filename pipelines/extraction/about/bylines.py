"""The byline that a page prints: found by what its elements are called, then by how they begin or lead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipelines.extraction.about import names
from pipelines.extraction.page import Page
from pipelines.extraction.plain import listed, squashed

MOST_ELEMENTS = 80  # that are looked at
MOST_ANCESTORS = 10
MOST_CLASSES = 40
MOST_CHARACTERS = 400  # of one byline
LONGEST_LINE = 120  # characters of a line that begins with "By"

BY = re.compile(r"(?i)(?:by|posted by|written by|von|par|por)\b:?\s+\w")

# What the address of a page about a writer has in it.
PATHS = (
    "/author", "/writer", "/byline/", "/autor", "/auteur", "/autore", "/journalist", "/contributor", "/columnist",
    "/people/", "/staff/", "/reporter", "/redakt", "/profile",
)  # fmt: skip
# Without its first letter a name is found in capitals and without: "author", "Author", "byAuthor".
_NAMED = (
    "//*[@class[contains(., 'uthor') or contains(., 'yline')] or @rel[contains(., 'author')] or @itemprop='author'"
    " or @id[contains(., 'uthor') or contains(., 'yline')]"
    " or @data-testid[contains(., 'uthor') or contains(., 'yline')]]"
    "[not(self::body or self::html or self::meta or self::link or self::img or self::script or self::style"
    " or self::article or self::svg or self::button or self::form or self::input)]"
)
_NOT_ELSEWHERE = "[not(ancestor::footer or ancestor::nav or ancestor::figure or ancestor::aside)]"
NAMED = XPath(_NAMED + _NOT_ELSEWHERE)
LEADING = XPath("//a[@href[" + " or ".join(f"contains(., '{path}')" for path in PATHS) + "]]" + _NOT_ELSEWHERE)
# What a line may be that begins with "By", and how it begins; its end may lie in the next element.
LINE_TAGS = (
    "p",
    "div",
    "span",
    "em",
    "strong",
    "b",
    "i",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "font",
    "td",
    "small",
    "address",
)
BEGUN = re.compile(r"\s{0,50}(?:By|BY|Von|Par|Por|Written [Bb]y|Posted [Bb]y|Author:|Text:)(?:[:\s]|$)")
AROUND = frozenset({"footer", "nav", "figure", "aside"})
# Parts of what an element is called that say its text is no name, and of what holds a byline that is another's.
NOT_A_NAME = listed(
    """image img photo avatar bio biography description desc social job role title position follow reviewer reviewed
    caption credit date time icon label editor comment comments"""
)
ELSEWHERE = listed(
    """comment comments commentlist authorization related recirc recirculation recommended teaser teasers promo promos
    card cards"""
)
UNTROUBLED = frozenset({"has", "with", "no", "content", "author", "authors", "byline", "is"})
PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def read(page: Page) -> tuple[str, ...]:
    """The names in the first byline that belongs to the story and names people; empty where there is none."""
    return _named(page) or _begun(page) or _leading(page)


def _named(page: Page) -> tuple[str, ...]:
    elements = _of_the_story(NAMED(page.tree))
    for element in elements:
        if found := _names(element):
            inside = [other for other in elements if element in islice(other.iterancestors(), MOST_ANCESTORS)]
            return _each_once([name for leaf in _leaves(inside) for name in _names(leaf)] or found)
    return ()


def _begun(page: Page) -> tuple[str, ...]:
    """The names of a short line that begins with "By"."""
    begun = (element for element in page.tree.iter(*LINE_TAGS) if element.text and BEGUN.match(element.text))
    for element in _of_the_story(list(islice(begun, MOST_ELEMENTS))):
        line = " ".join(_lines(element))
        found = names.names(line, strictly=True) if len(line) <= LONGEST_LINE else []
        if found and names.is_person(next(names.parts(line))):
            return _each_once(found)
    return ()


def _leading(page: Page) -> tuple[str, ...]:
    """The names that lead to pages about writers, as many as stand side by side."""
    links = _of_the_story(LEADING(page.tree))
    for link in links:
        if _names(link):
            return _each_once(
                [name for other in links if other.getparent() is link.getparent() for name in _names(other)]
            )
    return ()


def _of_the_story(elements: Sequence[HtmlElement]) -> list[HtmlElement]:
    """Those of the first that neither are in a part of the page for other stories or comments nor are such a part."""
    return [
        element
        for element in elements[:MOST_ELEMENTS]
        if not any(_is_elsewhere(holder) for holder in (element, *islice(element.iterancestors(), MOST_ANCESTORS)))
    ]


def _is_elsewhere(element: HtmlElement) -> bool:
    return element.tag in AROUND or any(parts & ELSEWHERE and not parts & UNTROUBLED for parts in _called(element))


def _is_no_name(element: HtmlElement) -> bool:
    return any(parts & NOT_A_NAME for parts in _called(element))


def _called(element: HtmlElement) -> Iterator[set[str]]:
    """The words of each class and of the id of an element."""
    if element.tag not in ("body", "html", "main", "article"):
        called = f"{element.get('class') or ''} {element.get('id') or ''}"[:MOST_CHARACTERS]
        for token in called.split()[:MOST_CLASSES]:
            yield {part.lower() for part in PART.findall(token)}


def _leaves(elements: list[HtmlElement]) -> list[HtmlElement]:
    """Those that name people and hold no other that does."""
    naming = [element for element in elements if _names(element) and not _is_no_name(element)]
    holding = {holder for element in naming for holder in islice(element.iterancestors(), MOST_ANCESTORS)}
    return [element for element in naming if element not in holding]


def _each_once(found: Iterable[str]) -> tuple[str, ...]:
    by_letters: dict[str, str] = {}
    for name in found:
        by_letters.setdefault(squashed(name), name)
    return tuple(by_letters.values())[: names.MOST_NAMES]


def _names(element: HtmlElement) -> list[str]:
    """The people named in an element, up to the first line that names nobody after one that did."""
    found: list[str] = []
    for line in _lines(element):
        if names.ENDING.match(line):
            break
        people = names.names(line, strictly=not BY.match(line))
        if found and (names.has_role(line) or (not people and not names.is_joint(line))):
            break
        found += people
    return found


def _lines(element: HtmlElement) -> Iterator[str]:
    length = 0
    for piece in element.itertext():
        length += len(piece)
        if length > MOST_CHARACTERS:
            return
        if piece.strip():
            yield piece.strip()
