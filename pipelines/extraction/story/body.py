"""The text of a story: what trafilatura finds on the page, without the lines that are not the story's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from pipelines.extraction import engine
from pipelines.extraction.page import Page
from pipelines.extraction.story import blocks, lines, sources
from pipelines.extraction.story.blocks import Block
from pipelines.extraction.story.placement import Placement
from pipelines.records import Removed

MOST_CHARACTERS = 2_000_000
# A second opinion is asked for a text that is short, or much shorter or longer than the page's paragraphs together:
# of 100 news stories for 15. With all 100 asked the text is no better and takes half as long again.
SHORT = 600  # characters
LITTLE, MUCH = 0.8, 2.0
LONG_PARAGRAPH = 80  # characters; a shorter one is a caption or a teaser
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
        return blocks.markdown(self.blocks)

    def without(self, start: int, end: int, rule: str) -> Body:
        """The body without the characters from `start` to `end` of its text, which lie in one line."""
        text = self.text
        number = text.count("\n", 0, start)
        line_start = text.rfind("\n", 0, start) + 1
        line_end = len(text) if (found := text.find("\n", start)) < 0 else found
        end = min(end, line_end)
        kept = (text[line_start:start] + text[end:line_end]).strip()
        after = (replace(self.blocks[number], text=kept),) if kept else ()
        changed = (*self.blocks[:number], *after, *self.blocks[number + 1 :])
        return Body(changed, (*self.removed, Removed(text[start:end].strip(), rule)))

    def ending(self, text: str, cut: str, rule: str) -> Body:
        """The body that ends where `text` does, which is its own text with `cut` taken from the end."""
        if not cut:
            return self
        last = text.count("\n")
        ends = text.rsplit("\n", 1)[-1]
        kept = (*self.blocks[:last], replace(self.blocks[last], text=ends)) if ends else self.blocks[:last]
        return Body(kept, (*self.removed, Removed(cut, rule)))


def read(page: Page, title: str | None) -> Body:
    """The story on the page, which is left as it is."""
    found = list(_short_enough(_found(page)))
    placed = sources.place(page.tree, found, urlsplit(page.url).hostname or "")
    rules = lines.judge(Placement(placed, tuple(_titles(page, title))))
    kept = tuple(block for n, block in enumerate(found) if n not in rules)
    return Body(kept, tuple(Removed(found[n].text, rule) for n, rule in sorted(rules.items())))


def _found(page: Page) -> list[Block]:
    """What the extractor finds: quickly, and with a second opinion where the page's own paragraphs raise a doubt."""
    found = _blocks(page, fast=True)
    told = sum(len(line) for p in page.elements if p.tag == "p" and len(line := p.text_content()) > LONG_PARAGRAPH)
    length = sum(len(block.text) for block in found)
    doubtful = length < SHORT or not LITTLE * told < length < MUCH * told
    return (_blocks(page, fast=False) or found) if doubtful else found


def _blocks(page: Page, fast: bool) -> list[Block]:
    content = engine.main_content(page.tree, page.url, fast)
    return [] if content is None else blocks.read(content)


def _short_enough(found: list[Block]) -> Iterator[Block]:
    room = MOST_CHARACTERS
    for block in found:
        if len(block.text) > room:
            yield replace(block, text=block.text[:room])
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
