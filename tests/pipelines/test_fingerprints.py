"""Fingerprints survive what outlets do to a text."""

from __future__ import annotations

import pytest

from pipelines import fingerprints

STORY = " ".join(f"word{n}" for n in range(300))


def sketched(body: str) -> set[int]:
    return set(fingerprints.sketch(fingerprints.shingles(body)))


def test_case_punctuation_and_quotes_do_not_count() -> None:
    plain, set_in_type = 'He said: "I don\'t know, ask them"', "HE SAID “I don’t know – ask them.”"
    assert fingerprints.shingles(plain) == fingerprints.shingles(set_in_type) != []


def test_a_shingle_is_five_words() -> None:
    assert fingerprints.shingles("one two three four five six") == [
        "one two three four five",
        "two three four five six",
    ]


@pytest.mark.parametrize(("count", "size"), [(39, 0), (40, 32), (4000, 32)])
def test_a_short_text_has_none_and_a_long_one_no_more_than_others(count: int, size: int) -> None:
    assert len(sketched(" ".join(f"word{n}" for n in range(count)))) == size


def test_what_survives_a_cut_is_shared() -> None:
    cut = " ".join(STORY.split()[:120]) + "\n" + " ".join(f"more{n}" for n in range(60))
    assert len(sketched(STORY) & sketched(cut)) >= 5


def test_fingerprints_are_the_same_everywhere() -> None:
    assert fingerprints.fingerprint("one two three four five") == 4475916206259131367


def test_likeness_of_a_part_to_the_whole() -> None:
    likeness = fingerprints.likeness(set("abcd"), set("abcdefgh"))
    assert (likeness.contained, likeness.covered, likeness.shared) == (1.0, 0.5, frozenset("abcd"))


def test_likeness_of_nothing_is_none() -> None:
    assert fingerprints.likeness(set(), {"a"}).contained == 0


def test_a_paragraph_of_frequent_fingerprints_is_furniture() -> None:
    notice = " ".join(f"notice{n}" for n in range(60))
    sketch = fingerprints.sketch(fingerprints.shingles(notice))
    body = f"{STORY}\n{notice}"
    assert fingerprints.furniture(body, sketch, set(sketch)) == set(fingerprints.shingles(notice))
    assert fingerprints.furniture(body, sketch, set()) == set()


def test_a_phrase_makes_no_paragraph_furniture() -> None:
    sketch = fingerprints.sketch(fingerprints.shingles(STORY))
    assert fingerprints.furniture(STORY, sketch, set(list(sketch)[:5])) == set()
