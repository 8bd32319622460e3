"""Revisions: what an article said before, what kind of change replaced it, and who made it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from pipelines import text
from pipelines.database import Cursor, Database
from pipelines.records import Article

Change = Literal["title", "minor", "substantive"]
Maker = Literal["newsroom", "extractor"]

# A line that says when the page was touched, and nothing else: such a word, a clock or a day, few words besides.
STAMP = re.compile(
    r"[\W_]*(?:last |page )?(?:updated|modified|edited|aktualisiert|stand(?=:)|mis à jour|mise à jour|actualizado|"
    r"aggiornato|atualizado|bijgewerkt|uppdaterad|opdateret|oppdatert|обновлено)\b"
    r"(?=.*(?:\d[:.h]\d\d|\b\d{1,2}\b.*\b20\d\d\b))",
    re.IGNORECASE,
)
MOST_BESIDES = 4  # month, weekday, "at", the time zone
LONGEST_STAMP = 100  # characters
QUOTES = str.maketrans({"’": "'", "-": " ", "‐": " ", "‑": " "})


@dataclass(frozen=True, slots=True)
class State:
    """What an article says at a time, and who read it there: capture is null where none was kept."""

    title: str
    text: str
    extractor: str
    capture: int | None = None
    removed: tuple[str, ...] = ()  # spans cut out of the text

    @property
    def content_sha256(self) -> bytes:
        """SHA-256 of what readers see: equal means that nothing was edited."""
        return sha256(f"{self.title}\n\n{self.text}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Step:
    """One change: the state that was replaced, the kind of change, and who made it."""

    before: State
    change: Change
    made_by: Maker


def state(article: Article, capture: int | None) -> State:
    """What was read, from the capture of that id."""
    removed = tuple(span.text for span in article.removed)
    return State(article.title, article.text, article.extractor, capture, removed)


def steps(old: State, new: State, reread: State | None = None) -> list[Step]:
    """The changes that lead from old to new: none, one, or the extractor's and then the newsroom's.

    `reread` is what the current extractor reads in the capture that old was read from, where that could be told.
    """
    if old.content_sha256 == new.content_sha256:
        return []
    if old.extractor == new.extractor:
        return [_step(old, new, "newsroom")]
    if reread is None or reread.capture != old.capture:
        return [_step(old, new, "extractor" if _is_cut_otherwise(old, new) else "newsroom")]
    pairs: tuple[tuple[State, State, Maker], ...] = ((old, reread, "extractor"), (reread, new, "newsroom"))
    return [_step(a, b, maker) for a, b, maker in pairs if a.content_sha256 != b.content_sha256]


def _step(old: State, new: State, made_by: Maker) -> Step:
    return Step(old, classify(old.title, old.text, new.title, new.text), made_by)


def classify(old_title: str, old_text: str, new_title: str, new_text: str) -> Change:
    """What kind of change this is, by words: of the text, substantive; of the headline alone, title; none, minor.

    Lines of the text such as "Updated: 12:03" do not count.
    """
    if _without_stamps(old_text) != _without_stamps(new_text):
        return "substantive"
    return "title" if folded(old_title) != folded(new_title) else "minor"


def folded(value: str) -> list[str]:
    """What tells a text from another: its words in lower case, and the signs of money and per cent.

    Commas, quotes, hyphens and spacing do not count.
    """
    plain = text.composed(value, "NFKC").translate(QUOTES).casefold()
    signs = (sign for sign in plain if sign in "%‰°" or unicodedata.category(sign) == "Sc")
    return [*text.words(plain), *signs]


def _without_stamps(value: str) -> list[str]:
    return folded("\n".join(line for line in value.split("\n") if not _is_stamp(line)))


def _is_stamp(line: str) -> bool:
    found = STAMP.match(line) if len(line) <= LONGEST_STAMP else None
    return found is not None and sum(word.isalpha() for word in text.words(line[found.end() :])) <= MOST_BESIDES


def _is_cut_otherwise(old: State, new: State) -> bool:
    """Whether old and new differ by nothing but what either extractor says it cut out: all that can be told without
    the capture. Counted, not aligned: an edit of a word or two that was also cut out elsewhere is taken for a cut.
    """
    was, now = Counter(folded(f"{old.title}\n{old.text}")), Counter(folded(f"{new.title}\n{new.text}"))
    return was - now <= _counted(new.removed) and now - was <= _counted(old.removed)


def _counted(spans: Iterable[str]) -> Counter[str]:
    return Counter(word for span in spans for word in folded(span))


def keep(cursor: Cursor, article: int, taken: Iterable[Step], seen: datetime, run: int) -> None:
    """Write the states that these changes replaced; the caller has locked the article's row."""
    for step in taken:
        before = step.before
        cursor.execute(
            KEEP,
            {"article": article, "change": step.change, "made_by": step.made_by, "title": before.title,
             "text": before.text, "content_sha256": before.content_sha256, "capture": before.capture,
             "extractor": before.extractor, "seen": seen, "run": run},
        )  # fmt: skip


KEEP = """
    insert into revisions (article_id, number, change, made_by, title, text, content_sha256, capture_id, extractor,
        seen_from, replaced_at, run_id)
    select a.id, coalesce(r.number, 0) + 1, %(change)s, %(made_by)s, %(title)s, %(text)s, %(content_sha256)s,
        %(capture)s, %(extractor)s, coalesce(r.replaced_at, a.first_seen_at), %(seen)s, %(run)s
    from articles a left join lateral (
        select number, replaced_at from revisions where article_id = a.id order by number desc limit 1
    ) r on true
    where a.id = %(article)s
"""


def changes(database: Database, article: int) -> list[dict[str, Any]]:
    """The changes of an article, oldest first: rows of revision_pairs."""
    with database.transaction() as cursor:
        cursor.execute("select * from revision_pairs where article_id = %s order by number", (article,))
        return [row._asdict() for row in cursor]
