"""The lines of a text and their places in the page, as the rules that judge them see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from lxml.html import HtmlElement

from pipelines import text
from pipelines.extraction.story.sources import Placed

PROSE = 25  # words: a line so long is told, not listed
FEWEST_LINES = 4  # of prose; a text of fewer does not show which element is its home
HOME = 0.7  # of the prose stands in the story's own element


def weight(line: str) -> int:
    """The words of a line; of a script without spaces, two characters are one."""
    found = text.words(line)
    wide = sum(len(word) == 1 and word > "\u3000" for word in found)
    return len(found) - wide + wide // 2


def _is_told(line: Placed) -> bool:
    return line.block.kind in ("paragraph", "quote", "item") and line.linked < 0.5


@dataclass(frozen=True)
class Placement:
    """The lines in their order, and what the page says is its headline, in every form of it."""

    lines: Sequence[Placed]
    titles: Sequence[str] = ()

    @cached_property
    def weights(self) -> list[int]:
        """The words of each line."""
        return [weight(line.block.text) for line in self.lines]

    @cached_property
    def words(self) -> int:
        """The words of all lines."""
        return max(1, sum(self.weights))

    @cached_property
    def prose(self) -> list[int]:
        """The numbers of the lines that are told: long, and not mostly a link."""
        return [n for n, line in enumerate(self.lines) if self.weights[n] >= PROSE and _is_told(line)]

    @property
    def first(self) -> int:
        """The number of the first line that is told."""
        return self.prose[0] if self.prose else len(self.lines)

    @property
    def last(self) -> int:
        """The number of the last line that is told."""
        return self.prose[-1] if self.prose else -1

    @cached_property
    def shares(self) -> dict[HtmlElement, float]:
        """The share of the words that stands in each element of the page that holds any."""
        return self._shares(range(len(self.lines)))

    @cached_property
    def home(self) -> HtmlElement | None:
        """The smallest element that holds most of the prose, None where there is too little of it to say."""
        if len(self.prose) < FEWEST_LINES:
            return None
        shares = self._shares(self.prose)
        enough = HOME * self.share(self.prose)
        large = [element for element, share in shares.items() if share >= enough]
        return max(large, key=lambda element: sum(1 for _ in element.iterancestors()), default=None)

    def share(self, numbers: Sequence[int]) -> float:
        """The share of the words that these lines hold."""
        return sum(map(self._part, numbers))

    def _part(self, number: int) -> float:
        return self.weights[number] / self.words

    def _shares(self, numbers: Sequence[int]) -> dict[HtmlElement, float]:
        found: dict[HtmlElement, float] = {}
        for number in numbers:
            for element in self.lines[number].ancestors():
                found[element] = found.get(element, 0.0) + self._part(number)
        return found
