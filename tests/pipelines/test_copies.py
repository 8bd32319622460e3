"""Which articles are worth comparing, and what is furniture: decided without a database."""

from __future__ import annotations

from pipelines.copies import FREQUENT, FREQUENT_AT_ONE, MOST_ARTICLES, MOST_STORIES, Place, Stories, Text


def stories(count: int, members: dict[int, set[int]] | None = None) -> Stories:
    """So many articles, each of another outlet."""
    return Stories({n: Place(n, None) for n in range(1, count + 1)}, members or {})


def test_one_fingerprint_in_common_makes_no_candidate() -> None:
    assert stories(2).candidates({1: frozenset({7}), 2: frozenset({7, 8})}) == [2]


def test_what_few_have_counts_more() -> None:
    """A dozen articles share a notice with this one; one shares as much that nobody else has."""
    shared = {n: frozenset({1, 2, 3}) for n in range(1, 13)} | {20: frozenset({5, 6})}
    assert stories(20).candidates(shared)[0] == 20


def test_a_cluster_counts_as_one_story() -> None:
    copies = set(range(1, 9))
    shared = {n: frozenset({1, 2, 3}) for n in copies} | {20: frozenset({3, 4})}
    assert stories(20, {1: copies}).candidates(shared) == [8, 7, 6, 20]


def test_no_more_are_compared_than_bounds_allow() -> None:
    shared = {n: frozenset({n, n + 1, 99}) for n in range(1, 41)}
    members = {100 + m: set(range(4 * m + 1, 4 * m + 5)) for m in range(10)}
    assert len(stories(40, members).candidates(shared)) == MOST_STORIES * MOST_ARTICLES


def same(first: str, count: int) -> str:
    return " ".join(f"{first}{n}" for n in range(count))


def test_a_sentence_that_everybody_quotes_does_not_hide_a_copy() -> None:
    """Each fingerprint is in many articles, no two of them together in the same ones: that is no notice."""
    body = same("wire", 200)
    one, copy = Text.of(1, body), Text.of(2, body)
    places = {n: Place(n, None) for n in range(1, 1000)}
    shared = {2: frozenset(one.sketch.fingerprints)}
    others = iter(range(3, 1000))
    shared |= {next(others): frozenset({hash_}) for hash_ in one.sketch.fingerprints for _ in range(FREQUENT * 2)}
    book = Stories(places, {})
    book.assign(one, shared, {2: copy.sketch})
    assert book.of(1) == book.of(2) > 0


def test_what_many_share_together_is_furniture() -> None:
    notice = same("notice", 90)
    one = Text.of(1, notice)
    shared = {n: frozenset(one.sketch.fingerprints) for n in range(2, 2 + FREQUENT + 1)}
    book = stories(FREQUENT + 2)
    sketches = dict.fromkeys(shared, one.sketch)
    assert book.matches(one, shared, sketches) == []
    del shared[2]
    assert len(book.matches(one, shared, sketches)) > 0


def test_what_a_few_of_one_outlet_share_is_furniture() -> None:
    one = Text.of(1, same("notice", 90))
    others = range(2, 2 + FREQUENT_AT_ONE)
    shared = {n: frozenset(one.sketch.fingerprints) for n in others}
    sketches = dict.fromkeys(others, one.sketch)
    at_one = Stories({1: Place(1, None)} | {n: Place(2, None) for n in others}, {})
    assert at_one.matches(one, shared, sketches) == []
    assert len(stories(9).matches(one, shared, sketches)) == len(others)


def test_an_article_that_may_not_leave_stays() -> None:
    book = stories(2, {5: {1, 2}})
    book.assign(Text.of(1, same("x", 50)), {}, {}, may_leave=False)
    assert book.of(1) == 5
    book.assign(Text.of(1, same("x", 50)), {}, {})
    assert (book.of(1), book.of(2), book.members) == (-1, -2, {})


def test_an_article_deleted_meanwhile_is_passed_over() -> None:
    one = Text.of(1, same("wire", 80))
    assert stories(2).matches(one, {2: frozenset(one.sketch.fingerprints)}, {}) == []
