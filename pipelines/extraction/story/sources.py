"""Where each block of the text stands in the page: what is a link, a caption or a box beside the story shows there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipelines.extraction.story.blocks import Block

KEY = 64  # characters by which a text is known again
MOST_ELEMENTS = 20_000
MOST_ANCESTORS = 40
WORD = 8  # characters of a first word that are compared
CLIMB = 5  # how many elements that begin with the same text are looked at: <p><b><i>Text
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


def place(tree: HtmlElement, blocks: Sequence[Block], host: str) -> list[Placed]:
    """Each block with its place. Of several elements that hold the same text, in the order of the page."""
    wanted = {key(block.text) for block in blocks} - {""}
    # Most text of a page is none of the story's: the first word of a text node tells, before anything dear is done.
    first_words = {block.text.split(None, 1)[0][:WORD] for block in blocks if block.text}
    found: dict[str, list[HtmlElement]] = defaultdict(list)
    for element, _ in zip(tree.iter("*"), range(MOST_ELEMENTS), strict=False):
        if element.tag in UNSEEN:
            continue
        if (said := element.text) and _first_word(said) in first_words:
            _note(found, wanted, element)
        if (said := element.tail) and _first_word(said) in first_words and (known := key(said.strip())) in wanted:
            found[known].append(element.getparent())
    return [_placed(block, found[key(block.text)], host) for block in blocks]


def _first_word(said: str) -> str:
    return (said[:200].split(None, 1) or [""])[0][:WORD]


def _note(found: dict[str, list[HtmlElement]], wanted: set[str], element: HtmlElement) -> None:
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


def _placed(block: Block, places: list[HtmlElement], host: str) -> Placed:
    if not places:
        return Placed(block, None)
    element = places.pop(0) if len(places) > 1 else places[0]
    return Placed(block, element, *_linked(element, host))


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
