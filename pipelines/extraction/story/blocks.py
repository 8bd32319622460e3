"""The text of a story as blocks: paragraphs, headings, list items, quotes, table rows; as plain text or Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Literal

from lxml.etree import _Element

from pipelines import text

BlockKind = Literal["paragraph", "heading", "item", "quote", "row", "code"]
INLINE = {"hi", "ref", "lb", "span", "del", "graphic"}


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of the story, or what stands in its place. `level` is that of a heading, 1 to 6."""

    kind: BlockKind
    text: str
    level: int = 0


def read(body: _Element) -> list[Block]:
    """The blocks of trafilatura's body element, in order."""
    return [block for found in _blocks(body, "paragraph") for block in _clean(found)]


def plain(blocks: Sequence[Block]) -> str:
    """Paragraphs separated by one newline; list items begin with a dash."""
    return "\n".join(f"- {block.text}" if block.kind == "item" else block.text for block in blocks)


def markdown(blocks: Sequence[Block]) -> str:
    """The same as CommonMark: headings, lists, quotes and code keep their marks."""
    lines = []
    for before, block in zip((None, *blocks), blocks, strict=False):
        together = before is not None and before.kind == block.kind and block.kind in ("item", "row", "quote", "code")
        lines.append(("" if together or not before else "\n") + _marked(block))
    return "\n".join(lines)


def _marked(block: Block) -> str:
    match block.kind:
        case "heading":
            return f"{'#' * block.level} {block.text}"
        case "item":
            return f"- {block.text}"
        case "quote":
            return f"> {block.text}\n>"
        case "code":
            return f"    {block.text}"
        case _:
            return re.sub(r"^(#|>|[-+*] |\d+[.)] )", r"\\\1", block.text)


def _blocks(element: _Element, kind: BlockKind) -> Iterator[Block]:
    """The blocks below an element: text outside of any child block is a block of its own."""
    inline = [element.text or ""]

    def flush() -> Iterator[Block]:
        if joined := "".join(inline).strip():
            yield Block(kind, joined)
        inline.clear()

    for child in element:
        if child.tag in INLINE or not isinstance(child.tag, str):
            inline.append(_inline(child))
        else:
            yield from flush()
            yield from _child(child, kind)
        inline.append(child.tail or "")
    yield from flush()


def _child(child: _Element, kind: BlockKind) -> Iterator[Block]:
    match child.tag:
        case "head":
            yield Block("heading", _inline(child), _level(child))
        case "row":
            cells = (" ".join(_inline(cell).split()) for cell in child)
            yield Block("row", " | ".join(cell for cell in cells if cell))
        case "item":
            yield from _blocks(child, "item")
        case "quote":
            yield from _blocks(child, "quote")
        case "code":
            yield Block("code", _inline(child))  # as it is: "&lt;" may be what the code says
        case _:
            yield from _blocks(child, kind)


def _inline(element: _Element) -> str:
    """The text of an element and what is in it, line breaks as newlines."""
    if element.tag == "lb":
        return "\n"
    parts = [element.text or ""]
    for child in element:
        apart = "" if child.tag in INLINE else "\n"
        parts += [apart, _inline(child) if isinstance(child.tag, str) else "", apart, child.tail or ""]
    return "".join(parts)


def _level(head: _Element) -> int:
    said = head.get("rend", "")
    return int(said[1]) if re.fullmatch(r"h[1-6]", said) else 2


def _clean(block: Block) -> Iterator[Block]:
    """The block without stray spaces; a line break in it makes two of it, as paragraphs are lines."""
    said = block.text if block.kind == "code" else unescape(block.text)  # pages that escape twice
    for line in text.body(said).split("\n"):
        if line:
            yield Block(block.kind, line, block.level)
