"""Where each block of the text stands in the page: what is a link, a caption or a box beside the story shows there."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from pipelines.extraction.story.blocks import Block

KEY = 64  # characters by which a text is known again
MOST_ELEMENTS = 20_000
MOST_ANCESTORS = 40
WORD = 8  # characters of a first word that are compared
CLIMB = 5  # how many elements that begin with the same text are looked at: <p><b><i>Text
# A first letter that the page sets large and apart, "<span class=dropcap>N</span> ow", where it is no word by itself.
APART = re.compile(r"([BCDFGHJLMNPQRTX]) (?=[^\W\d_])")
LETTER = re.compile(r"[^\W\d_]")
LARGE = re.compile(r"drop[_-]?caps?\b|initial|first[_-]?letter|lettrine", re.IGNORECASE)
Places = dict[str, deque[HtmlElement]]
UNSEEN = {"script", "style", "noscript", "template", "svg", "option"}


@dataclass(frozen=True, slots=True)
class Placed:
    """A block and the smallest element of the page that holds its text, None where it was not found again."""

    block: Block
    element: HtmlElement | None
    linked: float = 0.0  # share of its characters that are in links to other pages
    inside: bool = False  # all those links stay on the site

    def ancestors(self) -> Iterator[HtmlElement]:
        """The element and what it is in, inside out, without body and html."""
        element = self.element
        for _ in range(MOST_ANCESTORS):
            if element is None or element.tag in ("body", "html"):
                return
            yield element
            element = element.getparent()


def key(text: str) -> str:
    """What a text is known by: its first letters and digits."""
    return re.sub(r"[\W_]+", "", text[: 4 * KEY])[:KEY]


def place(elements: Iterable[HtmlElement], blocks: Sequence[Block], host: str) -> list[Placed]:
    """Each block with its place among the elements of the page; of several that hold its text, in their order."""
    wanted = {key(block.text) for block in blocks} - {""}
    # Most text of a page is none of the story's: the first word of a text node tells, before anything dear is done.
    first_words = {block.text.split(None, 1)[0][:WORD] for block in blocks if block.text}
    found: Places = defaultdict(deque)
    for element in islice(elements, MOST_ELEMENTS):
        if (said := element.text) and _first_word(said) in first_words and element.tag not in UNSEEN:
            _note(found, wanted, element)
        if (said := element.tail) and _first_word(said) in first_words and (known := key(said.strip())) in wanted:
            found[known].append(element.getparent())
    places = [_next(found[key(block.text)]) for block in blocks]
    # Many blocks may stand in one element, as lines between br do: it is weighed once.
    linked = {element: _linked(element, host) for element in dict.fromkeys(places) if element is not None}
    return [
        Placed(block, None) if element is None else Placed(_with_its_letter(block, element), element, *linked[element])
        for block, element in zip(blocks, places, strict=True)
    ]


def _first_word(said: str) -> str:
    found = said[:200].split(None, 1)
    return found[0][:WORD] if found else ""


def _note(found: Places, wanted: set[str], element: HtmlElement) -> None:
    """Remember the smallest of the element and those around it whose text begins like a block's and goes on so."""
    for _ in range(CLIMB):
        known = key(_opening(element))
        if known in wanted:
            if not found[known] or found[known][-1] is not element:
                found[known].append(element)
            return
        parent = element.getparent()
        if parent is None or (parent.text and parent.text.strip()) or parent[0] is not element:
            return
        element = parent


def _next(places: deque[HtmlElement]) -> HtmlElement | None:
    if not places:
        return None
    return places.popleft() if len(places) > 1 else places[0]


def _with_its_letter(block: Block, element: HtmlElement) -> Block:
    """The block with its first word whole, where the page draws the first letter large."""
    apart = APART.match(block.text)
    if not apart:
        return block
    near = (part for part in islice(element.iter("*"), CLIMB) if part.text and LETTER.search(part.text[:200]))
    first = next(near, None)
    if first is None or first.text.strip() != apart[1]:
        return block
    names = " ".join(part.get("class", "")[:200] for part in (first, first.getparent()))
    return block.saying(apart[0][:-1] + block.text[apart.end() :]) if LARGE.search(names) else block


def _opening(element: HtmlElement) -> str:
    """The first characters of an element's text; no more of a long one is looked at."""
    parts, length = [], 0
    for part in element.itertext():
        parts.append(part)
        length += len(part)
        if length > 4 * KEY:
            break
    return "".join(parts).strip()


def _linked(element: HtmlElement, host: str) -> tuple[float, bool]:
    """The share of an element's characters that are in links to other pages; whether all of these stay on the site."""
    around = [up for _, up in zip(range(3), element.iterancestors(), strict=False) if up.tag == "a"]
    if element.tag == "a":
        around.append(element)
    anchors = [a for a in around or element.iter("a") if not a.get("href", "#").startswith(("#", "javascript:"))]
    if not anchors:
        return 0.0, False
    inside = all(_stays(a.get("href", ""), host) for a in anchors)
    if around:
        return 1.0, inside
    total = _length(element)
    return (sum(map(_length, anchors)) / total if total else 0.0), inside


def _length(element: HtmlElement) -> int:
    return len("".join(element.text_content().split()))


def _stays(href: str, host: str) -> bool:
    target = re.match(r"(?:https?:)?//([^/?#]+)", href.strip(), re.IGNORECASE)
    return not target or target[1].lower().removeprefix("www.") == host.removeprefix("www.")
