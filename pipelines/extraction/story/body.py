"""The text of a story: what trafilatura finds on the page, without the lines that are not the story's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines import text
from pipelines.extraction import engine
from pipelines.extraction.page import Page
from pipelines.extraction.story import blocks, lines, markdown, sources
from pipelines.extraction.story.blocks import Block
from pipelines.extraction.story.placement import Placement
from pipelines.records import Removed

MOST_CHARACTERS = 2_000_000
MOST_BLOCKS = 20_000
MOST_ELEMENTS = 10_000  # of a page about which a second opinion can be had in time
# A second opinion is asked for a text that is short, or much shorter or longer than the page's paragraphs together:
# of 100 news stories for 20. With all 100 asked the text is no better and takes half as long again.
SHORT = 600  # characters
LITTLE, MUCH = 0.5, 2.0
PARAGRAPHS = frozenset({"p", "li", "dd", "blockquote"})
LONG_PARAGRAPH = 80  # characters; a shorter one is a caption or a teaser
MOST_OF_A_STUB = 3000  # characters of a whole page that shows but the first sentence of its story
LONGEST_TITLE = 300
MOST_HEADINGS = 4
SITE_NAME = re.compile(r"\s[|–—-]\s")  # between a headline and what the site adds to it
SHORTEST_PART = 25  # characters of a part of a title that may be the headline alone


@dataclass(frozen=True, slots=True)
class Body:
    """The blocks of a story and the lines that were taken out, each with its rule."""

    blocks: tuple[Block, ...] = ()
    removed: tuple[Removed, ...] = ()

    @property
    def text(self) -> str:
        """Paragraphs separated by one newline: one line a block."""
        return blocks.plain(self.blocks)

    @property
    def markdown(self) -> str:
        """The same as CommonMark."""
        return markdown.write(self.blocks)

    def without(self, start: int, end: int, rule: str) -> Body:
        """The body without the characters from `start` to `end` of its text, which lie in one line."""
        text = self.text
        number = text.count("\n", 0, start)
        block = self.blocks[number]
        line_start = text.rfind("\n", 0, start) + 1 + len(blocks.mark(block))
        line_end = len(text) if (found := text.find("\n", start)) < 0 else found
        start, end = max(start, line_start), min(end, line_end)
        changed = _with_line(self.blocks, number, text[line_start:start] + text[end:line_end])
        return Body(changed, (*self.removed, Removed(text[start:end].strip(), rule)))

    def ending(self, text: str, cut: str, rule: str) -> Body:
        """The body that ends where `text` does, which is its own text with `cut` taken from the end."""
        if not cut:
            return self
        last = text.count("\n")
        line = text.rsplit("\n", 1)[-1]
        kept = _with_line(self.blocks[: last + 1], last, line.removeprefix(blocks.mark(self.blocks[last])))
        return Body(kept, (*self.removed, Removed(cut, rule)))


def _with_line(found: tuple[Block, ...], number: int, said: str) -> tuple[Block, ...]:
    """The blocks with another text for one of them, or without it where the text is empty: a block is a line."""
    said = said.strip()
    return (*found[:number], *([found[number].saying(said)] if said else []), *found[number + 1 :])


def read(page: Page, title: str | None) -> Body:
    """The story on the page, which is left as it is."""
    found = list(_short_enough(_found(page)))
    placed = sources.place(page.elements, found, urlsplit(page.url).hostname or "")
    rules = lines.judge(Placement(placed, tuple(_titles(page, title))))
    kept = tuple(line.block for n, line in enumerate(placed) if n not in rules)
    return Body(kept, tuple(Removed(found[n].text, rule) for n, rule in sorted(rules.items())))


def _found(page: Page) -> list[Block]:
    """What the extractor finds: quickly, and with a second opinion where the page's own paragraphs raise a doubt."""
    found = _blocks(page, fast=True)
    length = sum(len(block.text) for block in found)
    if len(page.elements) <= MOST_ELEMENTS and (
        length < SHORT or not LITTLE * (told := _told(page)) < length < MUCH * told
    ):
        found = _blocks(page, fast=False) or found
    return _paragraphs(page) if _is_whole_page(page, found) else found


def _told(page: Page) -> int:
    """The characters of all long paragraphs and list items of the page."""
    lines = [(e, len(e.text_content())) for e in page.elements if e.tag in PARAGRAPHS]
    long = (line for line in lines if line[1] > LONG_PARAGRAPH)
    return sum(length for e, length in long if next(e.iterdescendants("p", "li"), None) is None)


def _is_whole_page(page: Page, found: list[Block]) -> bool:
    """Whether the extractor gave up on a page of next to no text, and returned all of it in one line."""
    if len(found) != 1 or len(found[0].text) > MOST_OF_A_STUB:
        return False
    headings = (" ".join(h.text_content().split()) for h in page.elements if h.tag in ("h1", "h2", "h3", "h4"))
    return sum(len(heading) > 10 and heading in found[0].text for heading in headings) > 2


def _paragraphs(page: Page) -> list[Block]:
    lines = (" ".join(p.text_content().split()) for p in page.elements if p.tag == "p")
    return [Block("paragraph", text.clean(line)) for line in lines if len(line) > LONG_PARAGRAPH]


def _blocks(page: Page, fast: bool) -> list[Block]:
    content = engine.main_content(page.tree, page.url, fast)
    return [] if content is None else blocks.read(content)


def _short_enough(found: list[Block]) -> Iterator[Block]:
    room = MOST_CHARACTERS
    for block in found[:MOST_BLOCKS]:
        if len(block.text) > room:
            yield block.saying(block.text[:room])
            return
        yield block
        room -= len(block.text) + 1


def _titles(page: Page, title: str | None) -> Iterator[str]:
    """Every form of the headline that the page has."""
    said = [title, page.story.get("headline"), page.said("og:title"), page.said("twitter:title")]
    headings = (heading for heading, _ in zip(page.tree.iter("h1"), range(MOST_HEADINGS), strict=False))
    said += [heading.text_content() for heading in headings]
    said += [page.tree.findtext(".//title")]
    for form in dict.fromkeys(form[:LONGEST_TITLE].strip() for form in said if isinstance(form, str)):
        yield form
        yield from (part for part in SITE_NAME.split(form) if len(part) > SHORTEST_PART)
