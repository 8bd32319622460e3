"""What a text is known by when others cut it and add to it: shingles of five words, and the least of their hashes."""

from __future__ import annotations

from collections.abc import Collection, Set
from dataclasses import dataclass

from xxhash import xxh3_64_intdigest

from pipelines import text

SHINGLE = 5  # words; of four, phrases that any news has are too many
LEAST_WORDS = 40  # of a shorter text nothing is said
MOST_WORDS = 5_000  # of a longer one the beginning stands for all
# A bottom-k sketch (Broder 1997, "On the resemblance and containment of documents"): the least hashes of a text are
# also among the least of any part of it that holds them, so a cut text shares what survived.
SAMPLE = 192  # hashes kept of a text, to compare it by: what it shares with another is known to 4 % or so
INDEXED = 16  # of these the first are its fingerprints, by which it is found


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text: the least hashes of its shingles, least first, and how many shingles it has."""

    sample: tuple[int, ...] = ()
    shingles: int = 0

    @property
    def fingerprints(self) -> tuple[int, ...]:
        """The hashes that it is found by."""
        return self.sample[:INDEXED]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts share, as far as the sample of one tells; how much of the shorter and of the longer, 0 to 1."""

    shared: frozenset[int]
    contained: float
    covered: float


def shingles(body: str) -> list[int]:
    """The hash of every five words in a row of the text; case, punctuation and the form of quotes do not count.

    63 bits of XXH3, so that Postgres takes each for a bigint.
    """
    words = [word.encode() for word in text.words(body.casefold().replace("’", "'"))[:MOST_WORDS]]
    rows = zip(*(words[n:] for n in range(SHINGLE)), strict=False)
    return [xxh3_64_intdigest(row) >> 1 for row in map(b" ".join, rows)]


def sketch(found: Collection[int]) -> Sketch:
    """The sketch of a text by its shingles; an empty one where it has fewer than 40 words."""
    if len(found) + SHINGLE - 1 < LEAST_WORDS:
        return Sketch()
    distinct = set(found)
    return Sketch(tuple(sorted(distinct)[:SAMPLE]), len(distinct))


def furniture(body: str, fingerprints: Collection[int], frequent: Collection[int]) -> set[int]:
    """The shingles of those paragraphs whose fingerprints are for the most part too frequent to mean anything."""
    if not frequent:
        return set()
    noise, known = set(frequent), set(fingerprints)
    paragraphs = map(shingles, body.split("\n"))
    return {s for own in paragraphs if len(noise.intersection(own)) * 2 > len(known.intersection(own)) for s in own}


def likeness(one: Set[int], other: Sketch, noise: Collection[int] = ()) -> Likeness:
    """How much of each of two texts is in the other: one known by all its shingles, the other by its sketch.

    What is `noise` counts in neither.
    """
    sample = frozenset(other.sample).difference(noise)
    own, shared = one - set(noise), sample & one
    each = other.shingles / max(1, len(other.sample))  # how many shingles one of the sample stands for
    shorter, longer = sorted((len(own), len(sample) * each))
    common = min(len(shared) * each, shorter)
    return Likeness(shared, common / max(1, shorter), common / max(1, longer))
