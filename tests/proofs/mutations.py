"""Pages spoiled at random: each mutation takes a generator, a page and a second one, and returns bytes."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

from tests.proofs import spoils

LARGEST = 4_000_000  # bytes of a page beyond which it is not made to grow
TAG = re.compile(rb"(</?)([a-zA-Z][a-zA-Z0-9]{0,15})(?=[\s>/])")
VALUE = re.compile(rb"=\"[^\"<>]{0,300}\"")
DATE = re.compile(
    rb"(?:19|20)\d\d([-/.])\d\d?\1\d\d?(?:[T ]\d\d:\d\d(?::\d\d)?(?:[+-]\d\d:?\d\d|Z)?)?|\b(?:19|20)\d\d\b"
)
DATA = re.compile(rb"(<script[^>]{0,200}ld\+json[^>]{0,200}>)(.{0,500000}?)(</script>)", re.DOTALL | re.IGNORECASE)
CHARSET = re.compile(rb"(charset\s{0,5}=\s{0,5}[\"']?)[\w-]{1,30}", re.IGNORECASE)
WORD = re.compile(rb"(?<=\s)[A-Za-z]{2,12}(?=\s)")
DIGIT = re.compile(rb"(?<=[\s>:/.-])\d(?=[\s<:/.\d-])")

Mutation = Callable[[random.Random, bytes, bytes], bytes]


def spoiled(rng: random.Random, page: bytes, other: bytes) -> tuple[bytes, list[str]]:
    """The page after one to five mutations, and their names."""
    chosen = rng.choices(MUTATIONS, k=rng.choice((1, 1, 2, 2, 3, 5)))
    for mutation in chosen:
        page = mutation(rng, page, other) or page
    return page, [mutation.__name__ for mutation in chosen]


def _span(rng: random.Random, page: bytes, longest: int) -> tuple[int, int]:
    start = rng.randrange(len(page) + 1)
    return start, min(len(page), start + rng.randint(1, longest))


def _at_a_tag(rng: random.Random, page: bytes) -> int:
    """A place behind a tag, or the end."""
    return page.find(b">", rng.randrange(len(page) + 1)) + 1 or len(page)


def _sprinkled(rng: random.Random, page: bytes, pieces: tuple[bytes, ...] | list[bytes]) -> bytes:
    """The page with pieces put in here and there: behind tags, and into whatever else is there."""
    places = [
        _at_a_tag(rng, page) if rng.random() < 0.6 else rng.randrange(len(page) + 1) for _ in range(rng.randint(1, 60))
    ]
    parts, last = [], 0
    for place in sorted(places):
        parts += [page[last:place], rng.choice(pieces)]
        last = place
    return b"".join([*parts, page[last:]])


def _exchanged(
    rng: random.Random, page: bytes, what: re.Pattern[bytes], pieces: tuple[bytes, ...] | list[bytes]
) -> bytes:
    """The page with another piece for some of what the pattern finds."""
    share = rng.choice((0.01, 0.1, 0.5))
    return what.sub(lambda found: rng.choice(pieces) if rng.random() < share else found[0], page)


def flip_bits(rng: random.Random, page: bytes, other: bytes) -> bytes:
    flipped = bytearray(page)
    for _ in range(rng.randint(1, 300) if flipped else 0):
        flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
    return bytes(flipped)


def delete_bytes(rng: random.Random, page: bytes, other: bytes) -> bytes:
    for _ in range(rng.randint(1, 20)):
        start, end = _span(rng, page, max(2, len(page) // 20))
        page = page[:start] + page[end:]
    return page


def duplicate_bytes(rng: random.Random, page: bytes, other: bytes) -> bytes:
    start, end = _span(rng, page, 20_000)
    times = min(rng.choice((2, 10, 100, 3000)), max(1, (LARGEST - len(page)) // (end - start + 1)))
    return page[:start] + page[start:end] * times + page[end:]


def repeat_element(rng: random.Random, page: bytes, other: bytes) -> bytes:
    """Something between two tags, again and again."""
    start = _at_a_tag(rng, page)
    end = page.find(b">", min(len(page), start + rng.randint(10, 600))) + 1 or len(page)
    times = min(rng.choice((10, 300, 3000)), 1 + max(0, LARGEST // 4 - len(page)) // (end - start + 1))
    return page[:start] + page[start:end] * times + page[end:]


def truncate(rng: random.Random, page: bytes, other: bytes) -> bytes:
    return page[: rng.randrange(len(page) + 1)]


def splice(rng: random.Random, page: bytes, other: bytes) -> bytes:
    return page[: _at_a_tag(rng, page)] + other[_at_a_tag(rng, other) :]


def transplant(rng: random.Random, page: bytes, other: bytes) -> bytes:
    start, end = _span(rng, other, 30_000)
    place = rng.randrange(len(page) + 1)
    return page[:place] + other[start:end] + page[place:]


def page_in_page(rng: random.Random, page: bytes, other: bytes) -> bytes:
    for inner in (other, page)[: rng.randint(1, 2)]:
        place = _at_a_tag(rng, page)
        page = page[:place] + inner + page[place:]
    return page[:LARGEST]


def nest(rng: random.Random, page: bytes, other: bytes) -> bytes:
    tag, times, place = rng.choice(spoils.TAGS), rng.choice((5, 100, 2000)), _at_a_tag(rng, page)
    closing = b"</" + tag + b">" if rng.random() < 0.5 else b""
    return page[:place] + (b"<" + tag + b">") * times + page[place:] + closing * times


def swap_tags(rng: random.Random, page: bytes, other: bytes) -> bytes:
    share = rng.choice((0.01, 0.1, 0.5))
    return TAG.sub(lambda found: found[1] + rng.choice(spoils.TAGS) if rng.random() < share else found[0], page)


def swap_values(rng: random.Random, page: bytes, other: bytes) -> bytes:
    return _exchanged(rng, page, VALUE, [b'="' + value + b'"' for value in spoils.VALUES])


def swap_words(rng: random.Random, page: bytes, other: bytes) -> bytes:
    return _exchanged(rng, page, WORD, spoils.WORDS)


def swap_digits(rng: random.Random, page: bytes, other: bytes) -> bytes:
    return _exchanged(rng, page, DIGIT, [digit.encode() for digit in spoils.DIGITS])


def swap_dates(rng: random.Random, page: bytes, other: bytes) -> bytes:
    return _exchanged(rng, page, DATE, spoils.DATES)


def break_markup(rng: random.Random, page: bytes, other: bytes) -> bytes:
    return _sprinkled(rng, page, spoils.OPENINGS)


def strange_entities(rng: random.Random, page: bytes, other: bytes) -> bytes:
    return _sprinkled(rng, page, spoils.ENTITIES)


def strange_characters(rng: random.Random, page: bytes, other: bytes) -> bytes:
    return _sprinkled(rng, page, spoils.STRANGE)


def no_utf8(rng: random.Random, page: bytes, other: bytes) -> bytes:
    return _sprinkled(
        rng, page, [b"\xff", b"\xfe\xff", b"\xc0\x80", b"\xe2\x80", b"\xf8\x88\x80\x80\x80", b"\x80", b"\xed\xa0\x80"]
    )


def nul(rng: random.Random, page: bytes, other: bytes) -> bytes:
    spoilt = _sprinkled(
        rng, page, [b"\x00", b"\x00" * 100, b"<p title='\x00'>", b"<\x00p>", b"<meta name='author' content='a\x00b'>"]
    )
    return _exchanged(rng, spoilt, VALUE, [b'="a\x00b"'])


def another_charset(rng: random.Random, page: bytes, other: bytes) -> bytes:
    """A charset that the page is not in: declared, or given it behind a byte order mark of another."""
    declared = CHARSET.sub(lambda found: found[1] + rng.choice(spoils.CHARSETS), page)
    mark = rng.choice(
        (b"", b"", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", b"\xef\xbb\xbf", b"+/v8-", b"\x0e\xfe\xff")
    )
    return mark + declared


def recode(rng: random.Random, page: bytes, other: bytes) -> bytes:
    """The page in another encoding, whatever it says."""
    return page[: LARGEST // 4].decode("utf-8", "replace").encode(rng.choice(spoils.ENCODINGS), "replace")


def mangle_data(rng: random.Random, page: bytes, other: bytes) -> bytes:
    """JSON-LD with values of other types, or broken."""

    def mangled(found: re.Match[bytes]) -> bytes:
        try:
            value = _mangled(rng, json.loads(found[2]), 0)
        except (ValueError, RecursionError):
            return found[1] + flip_bits(rng, found[2], b"") + found[3]
        return found[1] + json.dumps(value, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass") + found[3]

    return DATA.sub(mangled, page)


def _mangled(rng: random.Random, value: Any, depth: int) -> Any:
    if rng.random() < 0.08:
        return rng.choice(spoils.LEAVES)
    if rng.random() < 0.02:
        return [value] * rng.choice((1, 2, 50))
    if isinstance(value, dict):
        return {key: _mangled(rng, member, depth + 1) for key, member in value.items()}
    return [_mangled(rng, member, depth + 1) for member in value] if isinstance(value, list) else value


MUTATIONS: tuple[Mutation, ...] = (
    flip_bits, delete_bytes, duplicate_bytes, repeat_element, truncate, splice, transplant, page_in_page, nest,
    swap_tags,
    swap_values, swap_words, swap_digits, swap_dates, break_markup, strange_entities, strange_characters, no_utf8,
    nul,
    another_charset, recode, mangle_data, mangle_data,
)  # fmt: skip
