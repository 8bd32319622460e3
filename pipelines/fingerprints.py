"""What a text is known by when others cut it and add to it: shingles of five words, and the least of their hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pipelines import text

SHINGLE = 5  # words; of four, phrases that any news has are too many
LEAST_WORDS = 40  # of a shorter text nothing is said
MOST_WORDS = 5_000  # of a longer one the beginning stands for all
# Fingerprints of a text: a bottom-k sketch (Broder 1997, "On the resemblance and containment of documents"). The least
# hashes of a text are also among the least of any part of it that holds them: a cut text shares what survived.
SKETCH = 32


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts share, and how much of the shorter and of the longer that is, both from 0 to 1."""

    shared: frozenset[str]
    contained: float
    covered: float


def shingles(body: str) -> list[str]:
    """Every five words in a row of the text, in order; case, punctuation and the form of quotes do not count."""
    words = text.words(body.casefold().replace("’", "'"))[:MOST_WORDS]
    return [" ".join(words[n : n + SHINGLE]) for n in range(len(words) - SHINGLE + 1)]


def sketch(found: Collection[str]) -> dict[int, str]:
    """The fingerprints of a text by its shingles, least first, each with its shingle; none of fewer than 40 words."""
    if len(found) + SHINGLE - 1 < LEAST_WORDS:
        return {}
    hashed = {fingerprint(shingle): shingle for shingle in found}
    return {hash_: hashed[hash_] for hash_ in sorted(hashed)[:SKETCH]}


def fingerprint(shingle: str) -> int:
    """The hash of a shingle, as a signed number of 64 bits."""
    return int.from_bytes(hashlib.blake2b(shingle.encode(), digest_size=8).digest(), "big", signed=True)


def furniture(body: str, sketched: Mapping[int, str], frequent: Collection[int]) -> set[str]:
    """The shingles of those paragraphs whose fingerprints are for the most part too frequent to mean anything."""
    noise = {sketched[hash_] for hash_ in frequent}
    if not noise:
        return set()
    paragraphs, known = map(shingles, body.split("\n")), set(sketched.values())
    return {s for own in paragraphs if len(noise.intersection(own)) * 2 > len(known.intersection(own)) for s in own}


def likeness(one: set[str], other: set[str]) -> Likeness:
    """How much of each of two texts, by their shingles, is in the other."""
    shared, (shorter, longer) = one & other, sorted((len(one), len(other)))
    return Likeness(frozenset(shared), len(shared) / max(1, shorter), len(shared) / max(1, longer))
