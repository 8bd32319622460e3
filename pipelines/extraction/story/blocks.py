"""The text of a story as blocks: paragraphs, headings, list items, quotes, table rows, lines of code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape
from textwrap import dedent
from typing import Literal

from lxml.etree import _Element

from pipelines import text

BlockKind = Literal["paragraph", "heading", "item", "quote", "row", "code"]
INLINE = {"hi", "ref", "lb", "span", "del", "graphic"}
# Without its semicolon an ampersand belongs to an address, "?page=2&copy=1".
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,31});")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of the story, or what stands in its place: one line, never empty.

    `level` is that of a heading, 1 to 6, or how many lists an item's own list is in. `cells` are those of a row.
    """

    kind: BlockKind
    text: str
    level: int = 0
    cells: tuple[str, ...] = ()

    def saying(self, other: str) -> Block:
        """The block with another text."""
        return replace(self, text=other, cells=())


def read(body: _Element) -> list[Block]:
    """The blocks of trafilatura's body element, in order."""
    return [block for found in _blocks(body, "paragraph", 0) for block in _clean(found)]


def plain(blocks: Sequence[Block]) -> str:
    """Paragraphs separated by one newline; list items begin with a dash."""
    return "\n".join(mark(block) + block.text for block in blocks)


def mark(block: Block) -> str:
    """What a block's line begins with in plain text, before its own."""
    return "- " if block.kind == "item" else ""


def _blocks(element: _Element, kind: BlockKind, level: int) -> Iterator[Block]:
    """The blocks below an element: text outside of any child block is a block of its own."""
    inline = [element.text or ""]

    def flush() -> Iterator[Block]:
        if (joined := "".join(inline)).strip():
            yield Block(kind, joined, level)
        inline.clear()

    for child in element:
        if _is_inline(child):
            inline.append(_inline(child))
        else:
            yield from flush()
            yield from _child(child, kind, level)
        inline.append(child.tail or "")
    yield from flush()


def _child(child: _Element, kind: BlockKind, level: int) -> Iterator[Block]:
    match child.tag:
        case "head":
            yield Block("heading", _inline(child), _level(child))
        case "row":
            cells = tuple(" ".join(_read_twice(_inline(cell)).split()) for cell in child)
            yield Block("row", " | ".join(cell for cell in cells if cell), cells=cells)
        case "item":
            yield from _blocks(child, "item", level)
        case "quote":
            yield from _blocks(child, "quote", 0)
        case "code":
            yield Block("code", _inline(child))
        case "list" if kind == "item":
            yield from _blocks(child, kind, level + 1)
        case _:
            yield from _blocks(child, kind, level)


def _is_inline(child: _Element) -> bool:
    if child.tag == "code":  # a word of a sentence, or lines of their own
        return child.getparent().tag in ("p", "item", "quote") and "\n" not in _inline(child).strip()
    return child.tag in INLINE or not isinstance(child.tag, str)


def _inline(element: _Element) -> str:
    """The text of an element and what is in it, line breaks as newlines."""
    if element.tag == "lb":
        return "\n"
    parts = [(element.text or "") if isinstance(element.tag, str) else ""]
    for child in element:
        apart = "" if child.tag in INLINE or child.tag == "code" else "\n"
        parts += [apart, _inline(child), apart, child.tail or ""]
    return "".join(parts)


def _level(head: _Element) -> int:
    said = head.get("rend", "")
    return int(said[1]) if re.fullmatch(r"h[1-6]", said) else 2


def _clean(block: Block) -> Iterator[Block]:
    """The block without stray spaces; a line break in it makes two of it, as paragraphs are lines."""
    if block.kind == "row":
        yield from [block] if block.text else []
    elif block.kind == "code":  # as it is: "&lt;" may be what the code says, and its indents have a meaning
        lines = dedent(text.clean(block.text)).split("\n")
        yield from (Block("code", line.rstrip()) for line in lines if line.strip())
    else:
        yield from (replace(block, text=line) for line in _read_twice(block.text).split("\n") if line)


def _read_twice(said: str) -> str:
    """Paragraphs as `text.body` has them, of pages that escape twice: "&amp;amp;"."""
    return text.body(ENTITY.sub(lambda entity: unescape(entity[0]), said))
