"""Republish real stories as outlets do, among unrelated ones, and count which find each other.

    python -m tests.proofs.clusters FOLDER [FOLDER ...] [--unrelated 5000] [--seed 1] [--half 1|2]

Read are the texts of FOLDER/gold.jsonl; with --half only every other one, so that what was decided by looking at one
half can be tried on the other. Half of them are wire stories: each goes to 1 to 12 outlets, which cut up to 60 % from
the end, add up to three paragraphs of other stories, restyle quotes, leave a dateline or a credit in, name the agency
or do not; four outlets have a notice under every article. Each has two rivals: the same event in other words, with up
to a quarter of the wire's sentences. The rest are unrelated, and so are texts made of sentences of many others. All are
loaded in random order and assigned from the queue, as in a crawl. Exit 0 when pairs of articles in one cluster are of
one story (precision) and pairs of one story are in one cluster (recall) as AIMS demand, else 1.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from dateline.postgres import Server
from pipelines import clusters, fingerprints, text
from pipelines.database import Database, execute_values
from pipelines.migrating import migrate
from tests.proofs.kill_loop import reachable

AIMS = {"precision": 0.995, "recall": 0.98}
OUTLETS = 40
NOTICES = 4  # outlets with a notice under every article
AGENCIES = ("AP", "AFP", "dpa", "Reuters", None)
LEAST = 120  # words of a body
KNOWN = 0.3  # bodies of the corpus that have as much in common are one story: one of them is left out
SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=。)")
VERBATIM = 0.25  # of a mixture's sentences: a sentence that a dozen stories have is page furniture, and no quote
RIVALS = 2  # texts on the event of a wire story
SHORT = 100  # words of a copy that is told apart in the report


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
    cli.add_argument("--half", type=int, choices=(1, 2))
    options = cli.parse_args()
    found = bodies(options.folders)
    copies = make(
        random.Random(options.seed), found[options.half - 1 :: 2] if options.half else found, options.unrelated
    )
    with (
        tempfile.TemporaryDirectory(prefix="dateline-proof-") as name,
        reachable(Path(name)) as folder,
        Server(folder / "home").running() as server,
    ):
        server.ensure_database("dateline")
        migrate(server.url("dateline"))
        with Database(server.url("dateline")) as database:
            load(database, copies)
            times = assigned(database)
            return report(copies, clusters_of(database), times)


def bodies(folders: Sequence[Path]) -> list[str]:
    """The texts of the corpora that are long enough, each story once."""
    kept, index = list[str](), dict[int, int]()
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
    alone = [*others[NOTICES:], *(rival(chance, body) for body in wires for _ in range(RIVALS))]
    alone += mixtures(chance, found, max(0, unrelated - len(alone)))
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


def rival(chance: random.Random, body: str) -> str:
    """The event of a wire story in other words, with a few of its sentences: quotes, and what is known of it."""
    parts = list(sentences(body))
    left = len(text.words(body)) * chance.uniform(0, 0.25)
    quoted = []
    for part in chance.sample(parts, len(parts)):
        if (left := left - len(text.words(part))) < 0:
            break
        quoted.append(part)
    return "\n".join(part if part in quoted else reworded(chance, part) for part in parts)


def reworded(chance: random.Random, sentence: str) -> str:
    """The same words in another order."""
    return " ".join(chance.sample(words := text.words(sentence), len(words)))


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


def load(database: Database, copies: Sequence[Copy]) -> None:
    """Write the articles as a crawl leaves them: in the queue, each an hour after the one before."""
    with database.transaction() as cursor:
        cursor.execute(SETTING, {"outlets": OUTLETS, "articles": len(copies)})
        rows = [(number, copy.outlet + 1, copy.body, copy.agency) for number, copy in enumerate(copies, 1)]
        execute_values(cursor, ARTICLES, rows, page_size=500)
    with database.transaction() as cursor:
        cursor.execute("analyze articles")


SETTING = """
    insert into sources (name, url, origin)
        select 'o' || n, 'https://o.example/' || n, 'configured' from generate_series(1, %(outlets)s) n;
    insert into runs (source_id, batch, trigger, worker) values (1, gen_random_uuid(), 'cli', 'proof');
    insert into pages (source_id, url, canonical_url, url_sha256)
        select 1, n, n, sha256(n::text::bytea) from generate_series(1, %(articles)s) n;
"""
ARTICLES = """
    insert into articles (source_id, page_id, url, canonical_url, url_sha256, title, text, agency, word_count, kind,
        content_sha256, published_at, first_seen_at, last_seen_at, changed_at, extractor, run_id)
    select v.outlet, p.id, p.url, p.url, p.url_sha256, 'Headline ' || p.id, v.body, v.agency, 100, 'article',
        p.url_sha256, t.at, t.at, t.at, t.at, 'proof', 1
    from (values %s) as v (id, outlet, body, agency) join pages p on p.id = v.id,
        lateral (select timestamptz '2026-01-01' + v.id * interval '1 hour' as at) t
    order by v.id
"""


def assigned(database: Database) -> list[float]:
    """Assign all that is in the queue; the seconds that each batch took."""
    times = []
    began = time.perf_counter()
    while clusters.assign_some(database):
        times.append(time.perf_counter() - began)
        began = time.perf_counter()
    return times


def clusters_of(database: Database) -> list[int]:
    """The cluster of each article, in the order of storing; below zero where it stands alone."""
    with database.transaction() as cursor:
        cursor.execute("select coalesce(cluster_id, -id) as cluster from articles order by id")
        return [row.cluster for row in cursor.fetchall()]


def report(copies: Sequence[Copy], found: Sequence[int], times: Sequence[float]) -> int:
    """Print what came of it; the exit code."""
    stories = [copy.story for copy in copies]
    right = pairs(list(zip(stories, found, strict=True)))
    figures = {"precision": right / max(1, pairs(found)), "recall": right / max(1, pairs(stories))}
    print(f"{len(copies)} articles, {pairs(stories)} pairs of one story, {pairs(found)} found, {right} of them right")
    for name, figure in figures.items():
        print(f"{name:>10}  {figure:.4f}  (aim {AIMS[name]})")
    short = [n for n, copy in enumerate(copies) if len(text.words(copy.body)) < SHORT]
    print(f"{beside(short, stories, found)} of the pairs with a copy of under {SHORT} words")
    each = 1000 * sum(times) / len(copies)
    print(f"{each:.1f} ms an article, a batch at most {max(times):.2f} s")
    return int(any(figures[name] < AIMS[name] for name in AIMS))


def beside(some: Sequence[int], stories: Sequence[int], found: Sequence[int]) -> str:
    """How many of the pairs of one story that have one of these articles were found, in words."""
    of_story = {story: [n for n, other in enumerate(stories) if other == story] for story in {stories[n] for n in some}}
    both = {(min(n, m), max(n, m)) for n in some for m in of_story[stories[n]] if m != n}
    return f"{sum(found[n] == found[m] for n, m in both)} of {len(both)}"


def pairs(groups: Sequence[Any]) -> int:
    """Pairs of articles in one group."""
    return sum(n * (n - 1) // 2 for n in Counter(groups).values())


if __name__ == "__main__":
    sys.exit(main())
