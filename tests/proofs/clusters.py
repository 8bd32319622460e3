"""Republish real stories as outlets do, among unrelated ones, and count which find each other.

    python -m tests.proofs.clusters FOLDER [FOLDER ...] [--unrelated 5000] [--seed 1]

Read are the texts of FOLDER/gold.jsonl. Half of them are wire stories: each goes to 1 to 12 outlets, which cut up to
60 % from the end, add up to three paragraphs of other stories, restyle quotes, leave a dateline or a credit in, name
the agency or do not; four outlets have a notice under every article. The rest are unrelated, and so are texts made of
sentences of many others. All are stored in random order, as the crawler does it. Exit 0 when pairs of articles in one
cluster are of one story (precision) and pairs of one story are in one cluster (recall) as AIMS demand, else 1.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

from dateline.postgres import Server
from pipelines import clusters, fingerprints, frontier, runs, store, text
from pipelines.database import Database
from pipelines.migrating import migrate
from pipelines.records import Link
from tests.pipelines.builders import MOMENT, outlet, run_of, visit
from tests.proofs.kill_loop import reachable

AIMS = {"precision": 0.995, "recall": 0.98}
OUTLETS = 40
NOTICES = 4  # outlets with a notice under every article
AGENCIES = ("AP", "AFP", "dpa", "Reuters", None)
LEAST = 120  # words of a body
KNOWN = 0.3  # bodies of the corpus that have as much in common are one story: one of them is left out
SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=。)")
VERBATIM = 0.25  # of a mixture's sentences: a sentence that a dozen stories have is page furniture, and no quote
WINDOW = 500  # assignments timed at each size


@dataclass(frozen=True, slots=True)
class Copy:
    """One article to store: the story it tells, its outlet, what it says and credits."""

    story: int
    outlet: int
    body: str
    agency: str | None


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("folders", nargs="+", type=Path)
    cli.add_argument("--unrelated", type=int, default=5000)
    cli.add_argument("--seed", type=int, default=1)
    options = cli.parse_args()
    chance = random.Random(options.seed)
    copies = make(chance, bodies(options.folders), options.unrelated)
    with (
        tempfile.TemporaryDirectory(prefix="dateline-proof-") as name,
        reachable(Path(name)) as folder,
        Server(folder / "home").running() as server,
    ):
        server.ensure_database("dateline")
        migrate(server.url("dateline"))
        with Database(server.url("dateline")) as database:
            seconds = stored(database, copies)
            return report(copies, clusters_of(database), seconds)


def bodies(folders: Sequence[Path]) -> list[str]:
    """The texts of the corpora that are long enough, each story once."""
    kept, index = list[str](), dict[str, int]()
    for body in (text.body(row.get("text") or "") for row in rows(folders)):
        found = fingerprints.shingles(body)
        seen = Counter(index[s] for s in set(found) if s in index)
        if len(found) < LEAST or any(n > KNOWN * len(found) for n in seen.values()):
            continue
        index |= dict.fromkeys(found, len(kept))
        kept.append(body)
    return kept


def rows(folders: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """The records of the corpora."""
    for folder in folders:
        with (folder / "gold.jsonl").open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def make(chance: random.Random, found: list[str], unrelated: int) -> list[Copy]:
    """All articles, in the order in which they are stored."""
    chance.shuffle(found)
    wires, others = found[: len(found) // 2], found[len(found) // 2 :]
    notices = [" ".join(body.split()[-60:]) for body in others[:NOTICES]]
    keys = count()
    copies = [copy for body in wires for copy in republished(chance, next(keys), body, others)]
    alone = [*others[NOTICES:], *mixtures(chance, found, max(0, unrelated - len(others)))]
    copies += [Copy(next(keys), chance.randrange(OUTLETS), b, chance.choice(AGENCIES)) for b in alone[:unrelated]]
    chance.shuffle(copies)
    return [noticed(copy, notices) for copy in copies]


def republished(chance: random.Random, story: int, body: str, others: Sequence[str]) -> Iterator[Copy]:
    """A wire story as 1 to 12 outlets print it."""
    agency = chance.choice(AGENCIES[:-1])
    for where in chance.sample(range(OUTLETS), chance.randint(1, 12)):
        said = restyled(chance, added(chance, cut(chance, body), others))
        yield Copy(story, where, credited(chance, said), agency if chance.random() < 0.7 else None)


def cut(chance: random.Random, body: str) -> str:
    """The body without up to 60 % of its end, by whole sentences."""
    left = len(text.words(body)) * (1 - chance.choice((0, chance.uniform(0, 0.6))))
    paragraphs = []
    for paragraph in body.split("\n"):
        kept = []
        for sentence in SENTENCE.split(paragraph):
            if left > 0:
                kept.append(sentence)
            left -= len(text.words(sentence))
        paragraphs.append(" ".join(kept))
    return "\n".join(filter(None, paragraphs))


def added(chance: random.Random, body: str, others: Sequence[str]) -> str:
    """The body with none to three paragraphs of other stories somewhere in it."""
    paragraphs = body.split("\n")
    for _ in range(chance.randint(0, 3)):
        paragraph = chance.choice(chance.choice(others).split("\n"))
        paragraphs.insert(chance.randint(0, len(paragraphs)), " ".join(paragraph.split()[:70]))
    return "\n".join(paragraphs)


def restyled(chance: random.Random, body: str) -> str:
    """The body with quotes as the house has them."""
    marks = chance.choice(("“”’", '""\'', "„“’", "«»'"))
    return body.translate(str.maketrans("“”’", marks))


def credited(chance: random.Random, body: str) -> str:
    """The body with a dateline or a credit that was not recognised as one, or without."""
    head = chance.choice(("", "", "", "GENEVA, March 4 - ", "(Agencies) — "))
    tail = chance.choice(("", "", "", "\nAdditional reporting by A. Writer and B. Editor", "\nWith agencies"))
    return head + body + tail


def mixtures(chance: random.Random, found: Sequence[str], number: int) -> Iterator[str]:
    """Texts of sentences of eight others, at most a fifth of each, most in other words: the same events."""
    split = [parts for body in found if len(parts := list(sentences(body))) >= 10]
    for _ in range(number):
        parts = [s for one in chance.sample(split, 8) for s in chance.sample(one, min(4, len(one) // 5))]
        chance.shuffle(parts)
        yield "\n".join(part if chance.random() < VERBATIM else reworded(chance, part) for part in parts)


def reworded(chance: random.Random, sentence: str) -> str:
    """The same words in another order."""
    return " ".join(chance.sample(words := sentence.split(), len(words)))


def sentences(body: str) -> Iterator[str]:
    """Its sentences; a list that goes on for more than 60 words is none, and would be most of a mixture."""
    for sentence in SENTENCE.split(body.replace("\n", " ")):
        if len(text.words(sentence)) <= 60:
            yield sentence


def noticed(copy: Copy, notices: Sequence[str]) -> Copy:
    """The article with its outlet's notice under it."""
    if copy.outlet >= len(notices):
        return copy
    return Copy(copy.story, copy.outlet, f"{copy.body}\n{notices[copy.outlet]}", copy.agency)


def stored(database: Database, copies: Sequence[Copy]) -> list[float]:
    """Store the articles as the crawler does; the seconds that each assignment took."""
    owners = sorted(
        runs.sync(database, [outlet(f"o{n}") for n in range(OUTLETS)]), key=lambda s: int(s.outlet.name[1:])
    )
    under_way = [run_of(database, owner) for owner in owners]
    seconds: list[float] = []
    with mock.patch.object(clusters, "assign", timed(seconds)):
        for number, copy in enumerate(copies):
            owner, run = owners[copy.outlet], under_way[copy.outlet]
            frontier.add(database, run, owner.id, [Link(f"https://o{copy.outlet}.example/{number}")])
            [page] = frontier.lease(database, run, owner.id, 1)
            at = MOMENT + timedelta(minutes=number)
            fields: dict[str, Any] = {"text": copy.body, "agency": copy.agency, "published_at": at.isoformat()}
            store.write(database, run, owner.id, visit(page, at=at, title=f"Headline {number}", **fields))
            clusters.follow(database, page.id)
    return seconds


def timed(seconds: list[float], assign: Any = clusters.assign) -> Any:
    """`assign`, with the time it takes written down."""

    def measured(*arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return assign(*arguments)
        finally:
            seconds.append(time.perf_counter() - began)

    return measured


def clusters_of(database: Database) -> list[int]:
    """The cluster of each article, in the order of storing; below zero where it stands alone."""
    with database.transaction() as cursor:
        cursor.execute("select coalesce(cluster_id, -id) as cluster from articles order by id")
        return [row.cluster for row in cursor.fetchall()]


def report(copies: Sequence[Copy], found: Sequence[int], seconds: Sequence[float]) -> int:
    """Print what came of it; the exit code."""
    stories = [copy.story for copy in copies]
    right = pairs(list(zip(stories, found, strict=True)))
    figures = {"precision": right / max(1, pairs(found)), "recall": right / max(1, pairs(stories))}
    print(f"{len(copies)} articles, {pairs(stories)} pairs of one story, {pairs(found)} found, {right} of them right")
    for name, figure in figures.items():
        print(f"{name:>10}  {figure:.4f}  (aim {AIMS[name]})")
    for size in sorted({*(n for n in (1000, 5000, 20_000) if n < len(seconds)), len(seconds)}):
        print(f"{size:>10}  stored: {quantiles(seconds[max(0, size - WINDOW) : size])} an assignment")
    return int(any(figures[name] < AIMS[name] for name in AIMS))


def pairs(groups: Sequence[Any]) -> int:
    """Pairs of articles in one group."""
    return sum(n * (n - 1) // 2 for n in Counter(groups).values())


def quantiles(seconds: Sequence[float]) -> str:
    """Median and 99th percentile in words."""
    ordered = sorted(seconds)
    return f"median {statistics.median(ordered) * 1e3:.1f} ms, p99 {ordered[int(len(ordered) * 0.99)] * 1e3:.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
