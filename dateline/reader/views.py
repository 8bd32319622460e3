"""What the pages show: rows of the archive in, values for the templates out. Nothing here asks or writes anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from dateline import diff, why
from dateline.asking import capture_place
from dateline.diff import Shown
from dateline.reader import charts
from dateline.searching import SearchRequest, check
from pipelines.health.rules import STATES
from pipelines.search import Filters
from pipelines.tombstones import Tombstone

Row = dict[str, Any]

A_PAGE = 20  # articles
MOST_PAGES = 10  # of a search: what answers worse than two hundred others is not found by leafing
OUTLETS_A_PAGE = 100
DAYS_OF_A_LIST = 28
DAYS_OF_AN_OUTLET = 70
KEY = re.compile(r"[0-9]{1,18}")  # any such number is a bigint
FIELDS = ("source", "agency", "place", "language", "since", "until", "flag", "kind")
BEGINNING = 300  # characters of an article in a list
LONGEST_SHOWN = 200_000  # characters of a text; nobody reads on, and the browser would choke


class Part(NamedTuple):
    """A stretch of text, and whether it is what was looked for."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class Form:
    """The search form: what was typed, what that asks for, and by field what is wrong with it."""

    typed: Mapping[str, str]
    words: str
    filters: Filters
    page: int
    before: int | None
    wrong: Mapping[str, str]

    @property
    def stories(self) -> bool:
        """Whether one article of each story is enough."""
        return bool(self.typed["stories"])

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but words was asked for."""
        return any(self.typed[field] for field in (*FIELDS, "stories"))

    def more(self, rows: Sequence[Row]) -> str | None:
        """The address of what comes after these rows, which are one more than a page where there is something."""
        if len(rows) <= A_PAGE or (self.words and self.page == MOST_PAGES):
            return None
        onward = {"page": self.page + 1} if self.words else {"before": rows[A_PAGE - 1]["id"]}
        return "/?" + urlencode({k: v for k, v in self.typed.items() if v} | onward)

    def with_wrong(self, field: str, said: str) -> Form:
        """The same form with something wrong in a field."""
        return replace(self, wrong={**self.wrong, field: said})


def form(query: Mapping[str, str]) -> Form:
    """What an address asks of the search page; what it says besides is left out."""
    typed = {name: query.get(name, "").strip() for name in ("q", *FIELDS, "stories")}
    source, agency, place, language, since, until, flag, kind = (typed[field] or None for field in FIELDS)
    asked = check(SearchRequest(typed["q"], source, agency, place, language, since, until, flag, kind))
    wrong = {field: said for field, said in asked.wrong.items() if field != "query" or asked.words}
    page, before = query.get("page", "1"), query.get("before")
    if not (KEY.fullmatch(page) and 1 <= int(page) <= MOST_PAGES):
        wrong["page"] = f"there are pages 1 to {MOST_PAGES}, and no {page[:20]!r}"
        page = "1"
    return Form(typed, asked.words, asked.filters, int(page), key(before or ""), wrong)


def key(said: str) -> int | None:
    """The number of a row, if that is what it says."""
    return int(said) if KEY.fullmatch(said) else None


def parts(passage: str) -> list[Part]:
    """A passage of search, with what matched between asterisks, in stretches. Its text is as hostile as any."""
    return [Part(text, bool(n % 2)) for n, text in enumerate(passage.split("**")) if text]


def beginning(passage: str) -> list[Part]:
    """The beginning of an article, in which nothing was looked for; where it goes on it ends with a whole word."""
    if len(passage) < BEGINNING:
        return [Part(passage, False)]
    head, space, tail = passage.rpartition(" ")
    return [Part(f"{head if space and len(tail) < 40 else passage} …", False)]


def paragraphs(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line for line in text[:LONGEST_SHOWN].split("\n") if line.strip()]


def link(url: str | None) -> str | None:
    """The address if a browser may follow it: of the web, and nothing else."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def published(moment: datetime | None, precision: str | None) -> str:
    """When it was published, as exactly as that is known."""
    if moment is None:
        return "undated"
    if precision == "month":
        return f"{moment:%B %Y}"
    return f"{moment:%-d %B %Y}" + ("" if precision == "day" else f", {moment:%H:%M}")


def clock(moment: datetime | None) -> str:
    """A moment of ours, to the minute, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"


def machine(moment: datetime | None, precision: str | None = None) -> str:
    """A moment for the attribute of a <time>."""
    if moment is None:
        return ""
    form = {"day": "%Y-%m-%d", "month": "%Y-%m"}.get(precision or "")
    return moment.strftime(form) if form else moment.isoformat(timespec="seconds")


def span(length: timedelta | None) -> str:
    """How long, in the largest unit that says it."""
    minutes = round(length.total_seconds() / 60) if length else 0
    if minutes < 120 and minutes != 60:
        return f"{minutes} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 60 / 24:.0f} days"


def article(row: Row, beside: Row, capture: str | None) -> dict[str, Any]:
    """A stored article and what stands beside it."""
    others = [one for one in beside["spread"] if one["article_id"] != row["id"]]
    own = next((one for one in beside["spread"] if one["article_id"] == row["id"]), None)
    return {
        "article": row,
        "paragraphs": paragraphs(row["text"]),
        "cut_short": len(row["text"]) > LONGEST_SHOWN,
        "witnesses": witnesses(row["date_witnesses"]),
        "facts": list(facts(row, beside["terms"])),
        "license": beside["terms"].get("license_url"),
        "capture": capture,
        "story": beside["story"],
        "own": own,
        "others": others,
        "revisions": beside["revisions"],
    }


def witnesses(said: Sequence[Row]) -> list[tuple[str, str]]:
    """What each witness of the date said, by its name."""
    return [(str(one.get("origin", "")), str(one.get("value", ""))) for one in said]


def facts(row: Row, terms: Row) -> Iterator[tuple[str, str]]:
    """What else is known of an article, a line each, but for what is nothing."""
    walled = {True: "yes", False: "no", None: ""}[row["paywalled"]]
    for name, value in (
        ("tags", ", ".join(row["tags"])),
        ("language", row["language"]),
        ("kind", row["kind"]),
        ("words", f"{row['word_count']:,}"),
        ("site", row["site_name"]),
        ("behind a paywall", walled),
        ("opted out of", ", ".join(terms.get("opt_outs") or ())),
        ("read by", f"extractor {row['extractor']}"),
    ):
        if value:
            yield name, str(value)


def change(row: Row) -> dict[str, list[Shown]]:
    """What a revision did to title and text, word by word; nothing of what it left as it was."""
    fields = {name: diff.words(row[f"{name}_before"], row[f"{name}_after"]) for name in ("title", "text")}
    changed = {name: pieces for name, pieces in fields.items() if any(piece.op != "equal" for piece in pieces)}
    return {name: [airy(piece) for piece in diff.shown(pieces)] for name, pieces in changed.items()}


def airy(piece: Shown) -> Shown:
    """The same with an empty line between paragraphs."""
    return piece._replace(text=piece.text.replace("\n", "\n\n"))


def shares(counts: Mapping[str, int], order: Sequence[str]) -> list[tuple[str, int]]:
    """How many are in each state, in that order; states that none is in are left out."""
    return [(state, counts[state]) for state in order if counts.get(state)]


def by_day(rows: Sequence[Row], most: int) -> list[Row]:
    """The newest days first, `most` of them."""
    return sorted(rows, key=lambda row: row["day"], reverse=True)[:most]


def outlets(
    counted: Mapping[str, int], rows: Sequence[Row], number: int, state: str | None, now: datetime, *, every: bool
) -> dict[str, Any]:
    """A page of outlets, each with its last four weeks; the rows are one more where another page follows."""
    kept = ({"all": "1"} if every else {}) | ({"state": state} if state else {})
    more = "/outlets?" + urlencode(kept | {"page": number + 1}) if len(rows) > OUTLETS_A_PAGE else None
    shown = [
        row | {"chart": charts.days(row["days"], DAYS_OF_A_LIST, now.date(), width=140, height=28)}
        for row in rows[:OUTLETS_A_PAGE]
    ]
    counts = shares(counted, STATES)
    return {
        "counts": counts,
        "total": sum(counted.values()),
        "rows": shown,
        "more": more,
        "state": state,
        "every": every,
    }


def outlet(row: Row, newest: Sequence[Row], now: datetime) -> dict[str, Any]:
    """An outlet with its days drawn, and its newest articles."""
    return {
        "outlet": row,
        "chart": charts.days(row["days"], DAYS_OF_AN_OUTLET, now.date(), width=700, height=120, gap=2),
        "days": by_day(row["days"], DAYS_OF_A_LIST),
        "newest": newest,
    }


def told(stone: Tombstone | None, found: Row, now: datetime) -> dict[str, Any]:
    """What became of an address: events in order, and lines of what is so now."""
    for visit in found["page"]["history"] if found["page"] else ():
        visit["capture"] = capture_place(visit)
    article = found["article"] or found["twin_of"]
    return {
        "url": found["canonical_url"],
        "forgotten": str(stone) if stone and not found["page"] else None,
        "is_known": bool(found["page"] or found["article"] or found["endpoints"]),
        "events": why.events(found),
        "now": list(why.state(found, now)),
        "article": article["id"] if article else None,
        "outlet": found["outlet"]["name"] if found["outlet"] else None,
    }
