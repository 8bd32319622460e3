"""What the feeds of feedparser's suite expect, as the comment at the head of each says, and where we differ by rule."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from pipelines.records import Link
from pipelines.urls import resolve
from spiders.discovery.hints import moment, plain, raw_date

URL = "http://127.0.0.1:8097/feed.xml"  # where the suite serves its files


class Clause(NamedTuple):
    """One thing that a suite expects, as entry 0, ("links", 0, "href"), "http://…"."""

    entry: int | None  # None stands for the feed itself
    path: tuple[str | int, ...]
    value: Any
    source: str


LENT = "http://lent.example/"
COMMENT = re.compile(r"(Expect|Header):\s*(.*?)\s*(?:\n|-->)")
_COMMENTS = re.compile(r"<!--.*?-->", re.DOTALL)
_ITEM = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)\b[^>]*?(/?)>", re.IGNORECASE)


def clauses(expectation: str) -> Iterator[Clause]:
    """The comparisons of entries and the feed with constants; what else an expectation says is not about us."""
    tree = ast.parse(expectation, mode="eval").body
    for part in tree.values if isinstance(tree, ast.BoolOp) else [tree]:
        if isinstance(part, ast.Compare) and all(isinstance(sign, ast.Eq) for sign in part.ops):
            *paths, value = [part.left, *part.comparators]
            with suppress(ValueError):  # computed, as in 'a' * 3
                expected = ast.literal_eval(value)
                yield from (_clause(_path(path), expected, ast.unparse(part)) for path in paths)


def _clause(path: tuple[str | int, ...], value: Any, source: str) -> Clause:
    match path:
        case ("entries", int(entry), *rest):
            return Clause(entry, tuple(rest), value, source)
    return Clause(None, path, value, source)


def _path(node: ast.expr) -> tuple[str | int, ...]:
    """entries[0]['link'] and entries[0].link as ("entries", 0, "link"); empty where it is something else."""
    match node:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=inner, attr=name):
            return (*_path(inner), name)
        case ast.Subscript(value=inner, slice=ast.Constant(value=key)) if isinstance(key, str | int):
            return (*_path(inner), key)
    return ()


def said(link: Link, clause: Clause) -> tuple[Any, Any] | None:
    """What the clause expects and what we have for it, in one form; None where it asks for what a link has not."""
    value = clause.value
    match clause.path:
        case ("link",) | ("links", 0, "href"):
            return resolve(URL, value), link.url
        case ("title",) | ("title_detail", "value"):
            return plain(value), link.title
        case ("published" | "created",):
            return raw_date(value), link.published
        case ("published_parsed" | "created_parsed",):
            return value, _parsed(link.published)
        case ("updated",):  # which is where feedparser puts dc:date too
            return moment(value), link.modified_at or moment(link.published)
        case ("updated_parsed",):
            return value, _parsed(link.modified_at.isoformat() if link.modified_at else link.published)
        case ("language",) | ("title_detail", "language"):
            return value or None, link.language
    return None


def _parsed(date: str | None) -> tuple[int, ...] | None:
    at = moment(date)
    return tuple(at.utctimetuple()) if at else None


def lent(text: str) -> str:
    """The feed with an address for every entry: one that has none is no link, and would say nothing."""
    number = iter(range(1_000_000))
    return _ITEM.sub(lambda item: item[0] if item[1] else f"{item[0]}<guid>{LENT}{next(number)}</guid>", text)


def excuse(clause: Clause, text: str) -> str | None:
    """The rule by which we differ, told from the file."""
    name, head = clause.path[0], text[:2_000].lower()
    if "content-location:" in head and name in ("link", "links"):
        return "Content-Location is no base (RFC 9110, section 8.7)"
    if "content-language:" in head and clause.path[-1] == "language":
        return "Content-Language says for whom a page is, not what it is written in (RFC 9110, section 8.5)"
    if name in ("updated_parsed", "created_parsed") and text.count(f"</{str(name).split('_')[0]}>") > 1:
        return "of two dates of a kind the first counts"
    return excuse_for_link(str(clause.value), text)


def excuse_for_link(link: str, text: str) -> str | None:
    """Why an address that feedparser takes for the story's is not one for us."""
    text = _COMMENTS.sub("", text)
    tag = re.search(rf"<[^<>]*{re.escape(link)}[^<>]*>|<[^<>]*>\s*{re.escape(link)}\s*<", text)
    rel = re.search(r"rel=[\"']([^\"']+)", tag[0]) if tag else None
    if rel and rel[1] != "alternate":
        return "a link that is not to the story"
    if resolve(URL, link) is None:
        return "an address that is not http"
    return None if tag else "an id that is no address"  # the link is made of the id and the feed's address
