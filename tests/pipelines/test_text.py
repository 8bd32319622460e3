"""Text that a database can keep."""

from __future__ import annotations

from pipelines import text


def test_clean_drops_what_cannot_be_stored_or_seen() -> None:
    assert text.clean("a\x00b\ud800c\x07d\ufeff\u00ade\r\nf\x85g") == "abcde\nf\ng"


def test_clean_composes() -> None:
    assert text.clean("e\u0301") == "é"


def test_a_line_is_one_line() -> None:
    assert text.line("  Two\n lines\t here ") == "Two lines here"


def test_a_line_is_cut() -> None:
    assert text.line("x" * 1_000_000, 10) == "xxxxxxxxx…"


def test_nothing_is_no_line() -> None:
    assert text.line(" \n\x00 ") is None
    assert text.line(None) is None


def test_a_body_has_a_newline_between_paragraphs() -> None:
    assert text.body(" One  two.\n\n\n\tThree.\n") == "One two.\nThree."


def test_words() -> None:
    assert text.words("It’s a well-kept 3rd “secret”.") == ("It’s", "a", "well-kept", "3rd", "secret")


def test_characters_of_scripts_without_spaces_are_words() -> None:
    assert len(text.words("新華社北京")) == 5
