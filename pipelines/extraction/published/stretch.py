"""The text of a stretch of a page as a reader sees it, a line a block, with the `time` elements in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml.etree import iterwalk
from lxml.html import HtmlElement

MOST_ELEMENTS = 400
MOST_CHARACTERS = 1500
LONGEST_TEXT = 200  # characters of one piece of text; of a longer one, which is prose, no more is needed

SKIPPED = frozenset([
    "script", "style", "noscript", "template", "aside", "nav", "form", "select", "option", "iframe", "svg", "figure",
    "figcaption", "blockquote", "button", "textarea", "video", "audio", "object",
])  # fmt: skip
INLINE = frozenset([
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "data", "em", "font", "i", "ins", "label", "mark", "q", "s", "small",
    "span", "strong", "sub", "sup", "time", "tt", "u", "var",
])  # fmt: skip
# Classes and ids of what stands beside a story and is of others.
ELSEWHERE = re.compile(
    r"(?i)(?<![a-z])(?:related|recommend|side[_-]?bar|teasers?|most[_-]?read|popular|trending|newsletter|comments"
    r"|comment[_-]list|read[_-]?more|widget|promo|advert|breadcrumb|also[_-]?read|next[_-]?(?:post|article)"
    r"|more[_-]news|latest|event[_-]?(?:date|time)|caption|(?:current|todays?|head|header|site)[_-]?date|date[_-]?bar|top[_-]?bar"
    r"|masthead|site[_-]?header)"
)


class Stretch:
    """Taken element by element until it is full. `times`: start and end in `text`, and the datetime attribute."""

    def __init__(self) -> None:
        self.times: list[tuple[int, int, str]] = []
        self._pieces: list[str] = []
        self._ends_in_space = False
        self._length = 0
        self._elements = 0

    @property
    def is_full(self) -> bool:
        return self._length > MOST_CHARACTERS or self._elements > MOST_ELEMENTS

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def lines(self) -> Iterator[str]:
        return (line for line in (" ".join(line.split()) for line in self.text.split("\n")) if line)

    def take(self, elements: Iterable[HtmlElement], text: str | None) -> None:
        """Take a text and then the elements that follow it, with the texts between them."""
        self._add(text)
        self._add_mark("\n")
        for element in elements:
            if self.is_full:
                return
            self._walk(element)
            self._add(element.tail)

    def _walk(self, root: HtmlElement) -> None:
        walk = iterwalk(root, events=("start", "end", "comment", "pi"))
        starts: list[int | None] = []  # of the open elements, in the text; None for one that is left out
        for event, element in walk:
            if event == "start":
                self._elements += 1
                if self.is_full:
                    return
                if _is_elsewhere(element):
                    walk.skip_subtree()
                    starts.append(None)
                    continue
                starts.append(self._open(element))
                continue
            if event == "end":
                self._close(element, starts.pop())
            if element is not root:
                self._add(element.tail)

    def _open(self, element: HtmlElement) -> int:
        if element.tag not in INLINE:
            self._add_mark("\n")
        start = self._length
        self._add(element.text)
        return start

    def _close(self, element: HtmlElement, start: int | None) -> None:
        if start is not None:
            if element.tag == "time":
                self.times.append((start, self._length, (element.get("datetime") or "").strip()[:100]))
            self._add_mark(" " if element.tag in INLINE else "\n")

    def _add(self, text: str | None) -> None:
        if text:
            short = " ".join(text[:LONGEST_TEXT].split())
            self._add_mark(f" {short} " if short else " ")

    def _add_mark(self, piece: str) -> None:
        if piece[0] == " " and self._ends_in_space:
            piece = piece[1:]
        if piece:
            self._pieces.append(piece)
            self._length += len(piece)
            self._ends_in_space = piece[-1].isspace()


def _is_elsewhere(element: HtmlElement) -> bool:
    if element.tag in SKIPPED:
        return True
    marks = f"{element.get('class', '')} {element.get('id', '')}"
    return len(marks) > 1 and ELSEWHERE.search(marks[:300]) is not None
