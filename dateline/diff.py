"""`dateline diff`: what changed in an article, word by word; character by character in scripts without spaces."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import chain
from typing import Any, Literal, NamedTuple, TypeVar

from rich.console import Console
from rich.text import Text

from dateline.asking import open_archive
from dateline.errors import BadInput
from dateline.settings import Settings
from pipelines import queries, revisions
from pipelines.database import Database
from pipelines.queries import Row
from pipelines.text import MARKS, UNSPACED

T = TypeVar("T")
Op = Literal["equal", "delete", "insert"]
MOST_PAIRS = 10_000_000  # of equal words, one in each text, that are looked at: two or three seconds' work
# A letter of a script without spaces, with the marks on it, or a word.
TOKEN = re.compile(rf"(\s*)(?:([{UNSPACED}][{MARKS}\u0ec8-\u0ecd]*)|([^\s{UNSPACED}]+))")


class Piece(NamedTuple):
    """Words that both texts have, or one alone; `joined` to the piece before, where no space is between them."""

    op: Op
    text: str
    joined: bool = False


class Shown(NamedTuple):
    """A piece, and what stands before it: a space or nothing."""

    op: Op
    space: str
    text: str


@dataclass(frozen=True, slots=True)
class Token:
    """What is compared: a word, a letter of a script without spaces, or the end of a line."""

    text: str
    spaced: bool = field(compare=False)  # whether a space is before it; so it is at the start of a line


STYLES: dict[Op, str] = {"equal": "", "delete": "red strike", "insert": "green"}
MARKS_OF: dict[Op, str] = {"equal": "{}", "delete": "[-{}-]", "insert": "{{+{}+}}"}


def diff(settings: Settings, key: str, number: int | None, *, every: bool, as_json: bool) -> None:
    """Print the newest change of an article, that of the given number, or every one. Raises BadInput for none."""
    if every and number is not None:
        raise BadInput("give either --revision N or --all, not both")
    with open_archive(settings) as archive:
        article, changes = _changes(archive, key)
    chosen = changes if every else [_chosen(article, changes, number)]
    if as_json:
        facts = {"article": article["id"], "url": article["url"], "changes": [_record(c) for c in chosen]}
        print(json.dumps(facts, ensure_ascii=False))
        return
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    for change in chosen:
        _print(console, change)


def words(old: str, new: str) -> list[Piece]:
    """What both texts have and what each has alone, in order, as whole words; spacing is not compared."""
    runs: list[tuple[Op, list[Token]]] = []
    for op, tokens in _runs(_lines(old), _lines(new)):
        if runs and runs[-1][0] == op == "equal":
            runs[-1][1].extend(tokens)
        elif tokens:
            runs.append((op, tokens))
    return [Piece(op, _said(tokens), joined=not tokens[0].spaced) for op, tokens in runs]


def _said(tokens: list[Token]) -> str:
    said = "".join(" " * token.spaced + token.text for token in tokens)
    return said.replace("\n ", "\n").removeprefix(" ")


def _lines(value: str) -> list[list[Token]]:
    lines = [[*_tokens(line), Token("\n", spaced=False)] for line in value.split("\n")]
    return [*lines[:-1], lines[-1][:-1]]


def _tokens(line: str) -> Iterator[Token]:
    for match in TOKEN.finditer(line):
        space, letter, word = match.groups()
        yield Token(letter or word, spaced=bool(space) or (not match.start() and not letter))


def _runs(old: list[list[Token]], new: list[list[Token]]) -> Iterator[tuple[Op, list[Token]]]:
    """Words, in lines that changed; lines first, for the time of a word diff grows with the square of the words."""
    for op, a, b in _matched([*map(tuple, old)], [*map(tuple, new)]):
        before, after = [*chain.from_iterable(a)], [*chain.from_iterable(b)]
        if op == "equal":
            yield "equal", _both(before, after)
            continue
        for inner, c, d in _matched(before, after):
            yield from (("equal", _both(c, d)),) if inner == "equal" else (("delete", c), ("insert", d))


def _both(old: list[Token], new: list[Token]) -> list[Token]:
    """The same words of both, with the spaces that both have."""
    return [Token(a.text, a.spaced and b.spaced) for a, b in zip(old, new, strict=True)]


def _matched(old: list[T], new: list[T]) -> Iterator[tuple[str, list[T], list[T]]]:
    if _too_alike(old, new):
        yield "replace", old, new
        return
    for op, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield op, old[a1:a2], new[b1:b2]


def _too_alike(old: list[T], new: list[T]) -> bool:
    """Whether the same few words come so often that comparing them all would take seconds, or hours."""
    counted, other = Counter(old), Counter(new)
    return sum(count * other[one] for one, count in counted.items()) > MOST_PAIRS


def _changes(archive: Database, key: str) -> tuple[Row, list[Row]]:
    article = queries.article(archive, key)
    if article is None:
        raise BadInput(f"no article {key!r}: give the id that search shows, or its URL (dateline why tells more)")
    changes = revisions.changes(archive, article["id"])
    if not changes:
        raise BadInput(f"article {article['id']} has not changed since it was first seen")
    return article, changes


def _chosen(article: Row, changes: list[Row], number: int | None) -> Row:
    found = changes[-1] if number is None else next((c for c in changes if c["number"] == number), None)
    if found is None:
        raise BadInput(f"article {article['id']} has revisions 1 to {len(changes)}, and no {number}")
    return found


def _record(change: Row) -> dict[str, Any]:
    facts = {k: change[k] for k in ("number", "change", "made_by", "extractor_before", "extractor_after")}
    pieces = {
        name: [piece._asdict() for piece in words(change[f"{name}_before"], change[f"{name}_after"])]
        for name in ("title", "text")
    }
    return facts | {"changed_at": change["changed_at"].isoformat()} | pieces


def _print(console: Console, change: Row) -> None:
    facts = f"{change['change']}, by the {change['made_by']}, seen {change['changed_at']:%Y-%m-%d %H:%M:%S}"
    console.print(Text(f"revision {change['number']}: {facts}", "bold cyan"))
    shown = [words(change[f"{name}_before"], change[f"{name}_after"]) for name in ("title", "text")]
    if all(piece.op == "equal" for pieces in shown for piece in pieces):
        console.print("only the spacing changed")
    for pieces in shown:
        console.print(Text().join(_shown(pieces, plain=not console.is_terminal)))
        console.print()


def _shown(pieces: list[Piece], *, plain: bool) -> Iterator[Text]:
    for op, space, text in shown(pieces):
        yield Text(space)
        yield Text(MARKS_OF[op].format(text)) if plain else Text(text, STYLES[op])


def shown(pieces: list[Piece]) -> Iterator[Shown]:
    """The pieces as people read them: a space between words; of what did not change, the lines that touch a change."""
    for number, (op, said, joined) in enumerate(pieces):
        text = _shortened(said) if op == "equal" else said
        at_edge = not number or text[:1] == "\n" or pieces[number - 1].text[-1:] == "\n"
        yield Shown(op, "" if at_edge or joined else " ", text)


def _shortened(said: str) -> str:
    lines = said.split("\n")
    return "\n".join([lines[0], "…", lines[-1]]) if len(lines) > 3 else said
