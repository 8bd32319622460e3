"""The blocks of a story as Markdown: CommonMark, and for tables the pipes that GitHub and pandoc read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from pipelines.extraction.story.blocks import Block, BlockKind

# What would be markup anywhere in a line: emphasis, code, a link, a tag, an entity.
INLINE = re.compile(r"[\\`*]|(?<![^\W_])_|_(?![^\W_])|~(?=~)|\](?=[(:])|<(?=[A-Za-z/!?])|&(?=#?\w{1,32};)")
# What would be markup where a line begins: a heading, a quote, a list, a rule.
BEGINNING = re.compile(r"(\d{1,9}(?=[.)](?:\s|$))|(?=#{1,6}(?:\s|$)|>|[-+](?:\s|$)|--+$|=+$))")
CLOSING = re.compile(r"(?<=\s)(?=#+$)")  # "## C #": a heading may be closed by its mark
TICKS = re.compile("`+")


def write(blocks: Sequence[Block]) -> str:
    """The text with its marks: headings, lists in lists, quotes, tables, code. A mark of the text's own is escaped."""
    groups = (WRITERS[kind](list(group)) for kind, group in groupby(blocks, key=lambda block: block.kind))
    return "\n\n".join(part for group in groups for part in group)


def _paragraphs(blocks: list[Block]) -> Iterator[str]:
    yield from (_escaped(block.text) for block in blocks)


def _headings(blocks: list[Block]) -> Iterator[str]:
    yield from ("#" * block.level + " " + CLOSING.sub(r"\\", _escaped(block.text)) for block in blocks)


def _list(blocks: list[Block]) -> Iterator[str]:
    lines, level = [], -1
    for block in blocks:
        level = min(block.level, level + 1)  # the item that it was under may have been taken out
        lines.append("  " * level + f"- {_escaped(block.text)}")
    yield "\n".join(lines)


def _quote(blocks: list[Block]) -> Iterator[str]:
    yield "\n>\n".join(f"> {_escaped(block.text)}" for block in blocks)


def _table(blocks: list[Block]) -> Iterator[str]:
    head, *others = [[_escaped(cell).replace("|", r"\|") for cell in block.cells or (block.text,)] for block in blocks]
    if not any(sum(map(bool, row)) > 1 for row in (head, *others)):  # no table, but a page laid out in one
        yield from _paragraphs(blocks)
        return
    width = max(map(len, (head, *others)))
    head += [""] * (width - len(head))  # the first row says how many columns there are, a later one may be shorter
    yield "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * width, *others))


def _code(blocks: list[Block]) -> Iterator[str]:
    ticks = max((len(run) for block in blocks for run in TICKS.findall(block.text)), default=0)
    fence = "`" * max(3, ticks + 1)
    yield "\n".join((fence, *(block.text for block in blocks), fence))


def _escaped(text: str) -> str:
    text = INLINE.sub(r"\\\g<0>", text)
    begins = BEGINNING.match(text)
    return f"{begins[0]}\\{text[begins.end() :]}" if begins else text


WRITERS: dict[BlockKind, Callable[[list[Block]], Iterator[str]]] = {
    "paragraph": _paragraphs, "heading": _headings, "item": _list, "quote": _quote, "row": _table, "code": _code,
}  # fmt: skip
