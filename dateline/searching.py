"""A search as people type it, on the command line or into the reader's form, checked field by field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from dateline import moments
from pipelines import text
from pipelines.records import ARTICLE_KINDS
from pipelines.search import Filters

LONGEST_QUERY = 1000  # characters
LANGUAGE = re.compile(r"[A-Za-z]{2,3}")
KINDS = tuple(sorted(ARTICLE_KINDS))


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is asked for, as it was typed; None where nothing was."""

    query: str
    source: str | None = None
    agency: str | None = None
    place: str | None = None
    language: str | None = None
    since: str | None = None
    until: str | None = None
    flag: str | None = None
    kind: str | None = None
    limit: int = 20
    stories: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search asks for; `wrong` says by field what cannot be understood, and is empty where all can."""

    words: str
    filters: Filters
    wrong: dict[str, str]


def check(request: SearchRequest) -> Asked:
    """Read what was typed. Whether there is an outlet of that name is not asked here."""
    wrong: dict[str, str] = {}
    words = text.clean(request.query).strip()
    since, until = _moment("since", request.since, wrong), _moment("until", request.until, wrong)
    if since and until and since >= until:
        wrong["since"] = f"{request.since} is not before {request.until}"
    for field, said in (*_wrong_words(words), *_wrong_names(request)):
        wrong[field] = said
    source, agency, place = (said and text.clean(said) for said in (request.source, request.agency, request.place))
    filters = Filters(source, agency, place, request.language, since, until, request.flag, request.kind)
    return Asked(words, filters, wrong)


def flags() -> Sequence[str]:
    """The quality flags that can be asked for."""
    from pipelines.extraction.kind.quality import FLAGS

    return FLAGS


def _wrong_words(words: str) -> Iterator[tuple[str, str]]:
    if not words:
        yield "query", "an empty query: give words, such as dateline search 'harbour bridge'"
    if len(words) > LONGEST_QUERY:
        yield "query", f"a query of {len(words):,} characters, more than {LONGEST_QUERY:,}"


def _wrong_names(request: SearchRequest) -> Iterator[tuple[str, str]]:
    if request.kind is not None and request.kind not in KINDS:
        yield "kind", f"{request.kind!r} is none of {', '.join(KINDS)}"
    if request.flag is not None and request.flag not in flags():
        yield "flag", f"{request.flag!r} is none of {', '.join(flags())}"
    if request.language is not None and not LANGUAGE.fullmatch(request.language):
        yield "language", f"{request.language!r} is no language; write its code, such as de"


def _moment(field: str, said: str | None, wrong: dict[str, str]) -> datetime | None:
    try:
        return moments.moment(said)
    except ValueError as error:
        wrong[field] = str(error)
        return None
