"""Shapes of addresses, by which a site tells its own stories from the rest of its pages: learned, and shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import parse_qsl, unquote, urlsplit

from pipelines.urls import canonical
from spiders.discovery.vocabulary import ABOUT, KINDS, LISTS, MEDIA_ENDINGS, PAGE_ENDINGS

MOST_SHAPES = 300  # kept of one site; those of real ones that have any evidence are a few dozen
ENOUGH_STORIES = 3  # of a shape before it says that more are: an error costs one page fetched in vain
ENOUGH_OTHERS = 10  # before it says that none is: an error costs a story
MOST_SEGMENTS = 8
MOST_KEYS = 4
WORDS_OF_A_HEADLINE = 4  # sections are named with up to three words, and few stories with fewer than four

_LITERALS = LISTS | ABOUT | KINDS
_ENDINGS = PAGE_ENDINGS | MEDIA_ENDINGS
_YEAR = r"(?:19|20)\d\d"
_DATE = rf"{_YEAR}(?P<sep>[_.-]?)(?:0[1-9]|1[0-2])(?:(?P=sep)[0-3]\d)?"
_ID = r"(?![a-z]{4,}\d\d?(?![a-z\d]))(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{8,}|[a-z]{1,4}\d{4,}"  # c0dn1zv1w1wo, art4711
_UUID = r"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}"
_NUMBER = rf"(?!{_YEAR}(?!\d))\d{{3,}}"  # in a headline there are smaller ones, and years
_PART = rf"(?P<date>{_DATE})|(?P<id>{_UUID}|{_ID})|(?P<number>{_NUMBER})"
_FIRST = re.compile(rf"(?:{_PART})(?P<between>[-_.,]+)(?=.*[^\W\d])")
_LAST = re.compile(rf"(?<=[^\W])(?P<between>[-_.,~!]+)(?:{_PART})$")
_WHOLE = re.compile(rf"{_PART}|(?P<small>\d+)")
_NAME = re.compile(r"(?=\D)[\w.\[\]-]{1,30}", re.ASCII)
_SEPARATOR = re.compile(r"[\W_]+")
WIDE = re.compile(r"[\u0e00-\u0e7f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def shape(url: str) -> str:
    """What an address has in common with others of its kind: `gazette.example/{word}/{yyyy}/{mm}/{slug}-{number}.html`.

    Host without `www.`, segments, ending and names of parameters. A segment that names a kind of page in any
    site (article, tag, video) stays as it is; others become {word}, {words} (two or three) or {slug} (more), with
    {number}, {date} or {id} before or behind; {yyyy}, {mm} and {dd} are segments. Raises BadUrl as check does.
    """
    parts = urlsplit(canonical(url))
    path = unquote(parts.path).lower().strip("/")
    stem, _, ending = path.rpartition(".")
    path, ending = (stem, f".{ending}") if ending in _ENDINGS else (path, "")
    keys = sorted({_key(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True)})[:MOST_KEYS]
    segments = "/".join(_segments(path.split("/")))
    return parts.netloc.removeprefix("www.") + "/" + segments + ending + ("?" + "&".join(keys) if keys else "")


def _key(name: str) -> str:
    return name.lower() if _NAME.fullmatch(name) else "…"  # a number, another URL, what no database can keep


def _segments(segments: list[str]) -> Iterator[str]:
    before = ""
    for segment in segments[:MOST_SEGMENTS]:
        before = _of_a_date(segment, before) or _segment(segment)
        yield before
    if len(segments) > MOST_SEGMENTS:
        yield "…"


def _of_a_date(segment: str, before: str) -> str | None:
    """{yyyy}, then {mm} as a number or three letters, then {dd}."""
    if re.fullmatch(_YEAR, segment):
        return "{yyyy}"
    if before == "{yyyy}" and re.fullmatch(r"\d{1,2}|[^\W\d_]{3}", segment):
        return "{mm}"
    return "{dd}" if before == "{mm}" and re.fullmatch(r"[0-3]?\d", segment) else None


def _segment(segment: str) -> str:
    segment = segment.strip("-_.,~!()") or segment
    if not segment or segment in _LITERALS:
        return segment
    first = _FIRST.match(segment)
    before = _named(first) + first["between"][0] if first else ""
    return before + _core(segment[first.end() if first else 0 :])


def _core(text: str) -> str:
    if whole := _WHOLE.fullmatch(text):
        return _named(whole)
    last = _LAST.search(text)
    return _words(text[: last.start()]) + last["between"][0] + _named(last) if last else _words(text)


def _named(part: re.Match[str]) -> str:
    return next((f"{{{name}}}" for name in ("date", "id", "number") if part[name]), "{number}")


def _words(text: str) -> str:
    words = sum(1 for word in _SEPARATOR.split(text) if word)
    count = max(words, len(WIDE.findall(text)) // 2)  # a sign of a script without spaces is half a word
    return "{word}" if count < 2 else "{words}" if count < WORDS_OF_A_HEADLINE else "{slug}"


@dataclass
class Shapes:
    """How many stories, and how many other pages, of each shape a site is known to have."""

    counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def learned(cls, stories: Iterable[str], others: Iterable[str]) -> Shapes:
        """From URLs that feeds or news sitemaps list or that were stored, and from URLs that were read and are none."""
        shapes = cls()
        for url in stories:
            shapes.add(url, is_story=True)
        for url in others:
            shapes.add(url, is_story=False)
        return shapes

    def add(self, url: str, *, is_story: bool) -> None:
        """One more example; the same URL must not be counted twice."""
        key = shape(url)
        stories, others = self.counts.get(key, (0, 0))
        self.counts[key] = (stories + is_story, others + (not is_story))
        if len(self.counts) > 2 * MOST_SHAPES:
            self.counts = dict(islice(self.by_evidence(), MOST_SHAPES))

    def verdict(self, url: str) -> bool | None:
        """True: like the site's stories; False: like its other pages; None: its shape says too little.

        A story in ten stories may be an error of whoever listed it; that a story is lost for its shape must be
        rarer, so False needs twenty other pages for each story.
        """
        stories, others = self.counts.get(shape(url), (0, 0))
        if stories >= ENOUGH_STORIES and stories >= 10 * others:
            return True
        return False if others >= ENOUGH_OTHERS and others >= 20 * stories else None

    def by_evidence(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """The shapes and their counts, those with the most examples first."""
        return iter(sorted(self.counts.items(), key=lambda item: (-sum(item[1]), item[0])))

    def as_json(self) -> dict[str, list[int]]:
        """{shape: [stories, others]}, at most MOST_SHAPES of them, those with the most examples first."""
        return {key: list(counts) for key, counts in islice(self.by_evidence(), MOST_SHAPES)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Iterable[int]] | None) -> Shapes:
        """What as_json gave; nothing for None."""
        return cls({key: (stories, others) for key, (stories, others) in (kept or {}).items()})
