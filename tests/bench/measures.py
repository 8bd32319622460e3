"""The field's measures of extraction, as its public benchmarks define them.

body: shingles of four words; precision and recall of each page, their means, and F1 as the harmonic mean of the two
means. snippets: phrases that must and must not occur in the text; F1 over all of them. title: equal after case,
punctuation and spaces are folded. date: the same calendar day. authors: the same set of names.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from statistics import fmean
from typing import Any

Gold = dict[str, Any]
Record = dict[str, Any]
TOKEN = re.compile(r"\w+")
ARTICLES = ("article", "live")


def figures(gold: Iterable[Gold], records: dict[str, Record]) -> dict[str, float]:
    """Every measure that the gold of these pages allows. A page without a record counts as an empty one."""
    pages = [(page, records.get(page["id"], {})) for page in gold]
    found: dict[str, float] = {}
    if any(page.get("text") for page, _ in pages):
        found["body"] = _body([(p, r) for p, r in pages if p.get("text")])
    if any("with" in page for page, _ in pages):
        found["snippets"] = _snippets([(p, r) for p, r in pages if "with" in p])
    for name, hits in _hits(pages).items():
        if hits:
            found[name] = fmean(hits)
    return found


def _hits(pages: list[tuple[Gold, Record]]) -> dict[str, list[bool]]:
    return {
        "title": [_fold(r.get("title")) == _fold(p["title"]) for p, r in pages if p.get("title")],
        "date": [(r.get("date") or "")[:10] == p["date"][:10] for p, r in pages if isinstance(p.get("date"), str)],
        "authors": [_names(r.get("authors")) == _names(p["authors"]) for p, r in pages if p.get("authors")],
        "articles kept": [r.get("kind") in ARTICLES for p, r in pages if p.get("kind") == "article"],
        "others refused": [
            r.get("kind") not in ARTICLES
            for p, r in pages
            if p.get("kind") and p["kind"] not in ("article", "documentation")
        ],
    }


def body_of_page(gold: Gold, record: Record) -> tuple[float, float, float]:
    """Shares of right, extra and missing shingles of one page; the better of the gold's variants counts."""
    variants = [text for text in (gold["text"], gold.get("text_nosummary")) if text]
    return max((_overlap(text, record.get("text")) for text in variants), key=lambda shares: shares[0])


def _body(pages: list[tuple[Gold, Record]]) -> float:
    shares = [body_of_page(page, record) for page, record in pages]
    precision = fmean([right / (right + extra) for right, extra, _ in shares if right + extra] or [0.0])
    recall = fmean([right / (right + missing) for right, _, missing in shares if right + missing] or [0.0])
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _overlap(gold: str, text: str | None) -> tuple[float, float, float]:
    expected, found = Counter(_shingles(gold)), Counter(_shingles(text or ""))
    right = sum((expected & found).values())
    extra, missing = sum(found.values()) - right, sum(expected.values()) - right
    total = right + extra + missing
    return (right / total, extra / total, missing / total) if total else (0.0, 0.0, 0.0)


def _shingles(text: str) -> Iterator[tuple[str, ...]]:
    tokens = TOKEN.findall(text.replace("\xad", ""))
    if tokens:
        yield from (tuple(tokens[n : n + 4]) for n in range(max(1, len(tokens) - 3)))


def _snippets(pages: list[tuple[Gold, Record]]) -> float:
    right = extra = missing = 0
    for page, record in pages:
        body = " ".join((record.get("text") or "").split())
        wanted, unwanted = ([" ".join(s.split()) in body for s in page[key]] for key in ("with", "without"))
        right += sum(wanted)
        missing += len(wanted) - sum(wanted)
        extra += sum(unwanted)
    return 2 * right / (2 * right + extra + missing) if right else 0.0


def _fold(text: str | None) -> str:
    folded = unicodedata.normalize("NFKC", (text or "").replace("\xad", "")).lower()
    return re.sub(r"\W+", " ", folded).strip()


def _names(people: list[Any] | None) -> set[str]:
    written = (p if isinstance(p, str) else " ".join(map(str, p)) for p in people or [])
    plain = (re.sub(r"(?i)^(by|von|par|por|di|av)\s+", "", name.strip()) for name in written)
    return {name for name in map(_fold, plain) if name}
