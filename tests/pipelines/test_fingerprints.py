"""Fingerprints survive what outlets do to a text."""

from __future__ import annotations

import pytest

from pipelines import fingerprints
from pipelines.fingerprints import Sketch

STORY = " ".join(f"word{n}" for n in range(300))


def sketched(body: str) -> set[int]:
    return set(fingerprints.sketch(fingerprints.shingles(body)).fingerprints)


def test_case_punctuation_and_quotes_do_not_count() -> None:
    plain, set_in_type = 'He said: "I don\'t know, ask them"', "HE SAID “I don’t know – ask them.”"
    assert fingerprints.shingles(plain) == fingerprints.shingles(set_in_type) != []


def test_a_shingle_is_five_words() -> None:
    first, second = fingerprints.shingles("one two three four five six")
    assert [first] == fingerprints.shingles("one two three four five")
    assert [second] == fingerprints.shingles("two three four five six")
    assert fingerprints.shingles("one two three four") == []


@pytest.mark.parametrize(("count", "size"), [(39, 0), (40, 16), (4000, 16)])
def test_a_short_text_has_none_and_a_long_one_no_more_than_others(count: int, size: int) -> None:
    assert len(sketched(" ".join(f"word{n}" for n in range(count)))) == size


def test_what_survives_a_cut_is_shared() -> None:
    cut = " ".join(STORY.split()[:120]) + "\n" + " ".join(f"more{n}" for n in range(60))
    assert len(sketched(STORY) & sketched(cut)) >= 3


def test_hashes_are_the_same_everywhere_and_fit_a_bigint() -> None:
    assert fingerprints.shingles("one two three four five") == [8433131859717889228]
    assert max(fingerprints.shingles(STORY)) < 1 << 63


def sketch(hashes: set[int]) -> Sketch:
    return Sketch(tuple(sorted(hashes)), len(hashes))


def test_likeness_of_a_part_to_the_whole() -> None:
    likeness = fingerprints.likeness({1, 2, 3, 4}, sketch(set(range(1, 9))))
    assert (likeness.contained, likeness.covered, likeness.shared) == (1.0, 0.5, frozenset({1, 2, 3, 4}))


def test_what_is_noise_counts_in_neither() -> None:
    assert fingerprints.likeness({1, 2, 9}, sketch({1, 3, 9}), {9}).contained == 0.5


def test_likeness_of_nothing_is_none() -> None:
    assert fingerprints.likeness(set(), sketch({1})).contained == 0
    assert fingerprints.likeness({1}, Sketch()).contained == 0


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_a_sample_tells_what_long_texts_share(share: float) -> None:
    words = " ".join(f"word{n}" for n in range(2000)).split()
    other = words[: int(2000 * share)] + [f"other{n}" for n in range(2000 - int(2000 * share))]
    likeness = fingerprints.likeness(
        set(fingerprints.shingles(" ".join(words))), fingerprints.sketch(fingerprints.shingles(" ".join(other)))
    )
    assert likeness.contained == pytest.approx(share, abs=0.08)
    assert likeness.covered == pytest.approx(likeness.contained, abs=0.01)


def test_a_paragraph_of_frequent_fingerprints_is_furniture() -> None:
    notice = " ".join(f"notice{n}" for n in range(60))
    found = fingerprints.shingles(notice)
    known = fingerprints.sketch(found).fingerprints
    body = f"{STORY}\n{notice}"
    assert fingerprints.furniture(body, known, set(known)) == set(found)
    assert fingerprints.furniture(body, known, set()) == set()


def test_a_phrase_makes_no_paragraph_furniture() -> None:
    known = fingerprints.sketch(fingerprints.shingles(STORY)).fingerprints
    assert fingerprints.furniture(STORY, known, known[:5]) == set()
