"""Spoil pages at random and have them read, with those made to break their readers: is every one answered for?

    python -m tests.proofs.fuzz CORPUS_DIR [CORPUS_DIR ...] [--pages 20000] [--seed 1]
    python -m tests.proofs.fuzz CORPUS_DIR [CORPUS_DIR ...] --seed 1 --page 4711 >page.html

Pages of the corpus are spoiled and read by `dateline extract --batch`, as a person would run it. Checked of each: that
it is answered, in its order, with a whole record or a named error; that the record holds nothing that cannot be stored,
no date after the visit, a known kind, and took less than its time. Some of the records then go into a Postgres. A
number and the seed give the page again: the second form writes it. Exit 0 when all is as it should be, else 1.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, get_args

from dateline.postgres import Server
from pipelines import text
from pipelines.database import Database
from pipelines.extraction.plain import listed
from pipelines.migrating import migrate
from pipelines.records import ARTICLE_KINDS, Kind, Removed, Witness
from pipelines.store import write
from tests import hostile
from tests.commands import DATELINE
from tests.pipelines import builders
from tests.proofs.kill_loop import reachable
from tests.proofs.mutations import spoiled

KEYS = listed(
    """id url canonical_url title text authors agency dateline_place dateline_date published_at published_precision
    published_origin date_witnesses modified_at language section tags image_url site_name word_count kind paywalled
    quality_flags removed related cpu_ms opt_outs license_url"""
)
REASONS = listed("unreadable too_large timeout memory crashed")
VISIT = datetime.fromisoformat("2026-11-22T10:00:00+05:30")
AT_ONCE = 1000  # pages of one command
STORED = 10  # of so many records one goes into the database, if it is a story's
MOST_CPU = 2_000  # ms
BATCH = "batch.jsonl"
Source = tuple[str, bytes]


@dataclass(slots=True)
class Tally:
    """What has been seen so far."""

    pages: int = 0
    records: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)  # id of the first page with an error
    faults: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    largest: int = 0  # MB of memory of any process
    sample: list[dict[str, Any]] = field(default_factory=list)


def load(folders: Sequence[Path]) -> list[Source]:
    """Address and HTML of each page of the corpus."""
    found = []
    for folder in folders:
        for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if (file := folder / f"{row['id']}.html.gz").exists():
                found.append((row["url"], gzip.decompress(file.read_bytes())))
    return found


def page(sources: Sequence[Source], seed: int, number: int) -> tuple[str, bytes, list[str]]:
    """Address, bytes and mutations of the page of that number; the same every time."""
    rng = random.Random(f"{seed}/{number}")
    (url, body), (_, other) = rng.choice(sources), rng.choice(sources)
    return url, *spoiled(rng, body, other)


def pages(sources: Sequence[Source], seed: int, count: int) -> Iterator[tuple[str, str, bytes]]:
    """Id, address and bytes of every page: the spoiled ones, then the crafted ones."""
    for number in range(count):
        url, body, names = page(sources, seed, number)
        yield f"{number} ({' '.join(names)})", url, body
    for name, make in {**hostile.QUICK, **hostile.HEAVY, **hostile.DEADLY}.items():
        yield name, "https://x.example/news/a-hostile-page.html", make()


def read(some: Iterable[tuple[str, str, bytes]], tally: Tally) -> bool:
    """Have the command read these pages, and check its answers; False where there is no page."""
    with tempfile.TemporaryDirectory(prefix="dateline-fuzz-") as name:
        keys = list(_written(some, Path(name)))
        batch = str(Path(name) / BATCH)
        done = subprocess.run([DATELINE, "extract", "--batch", batch], capture_output=True, check=False)
    tally.largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    if done.returncode or b"Traceback" in done.stderr:
        tally.faults.append(f"exit {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    answers = [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]
    if len(answers) != len(keys):
        tally.faults.append(f"{len(keys)} pages from {keys[0]}, {len(answers)} answers")
    for key, answer in zip(keys, answers, strict=False):
        tally.pages += 1
        take(key, answer, tally)
    return bool(keys)


def _written(some: Iterable[tuple[str, str, bytes]], folder: Path) -> Iterator[str]:
    """Write pages and the orders for them; their ids."""
    with (folder / BATCH).open("w", encoding="utf-8") as batch:
        for number, (key, url, body) in enumerate(some):
            (folder / f"{number}.html").write_bytes(body)
            order = {"id": key, "url": url, "path": f"{number}.html", "fetched_at": VISIT.isoformat()}
            batch.write(json.dumps(order) + "\n")
            yield key


def take(key: str, answer: dict[str, Any], tally: Tally) -> None:
    """Count an answer, and check it."""
    if answer.get("id") != key:
        tally.faults.append(f"{key}: answered as {answer.get('id')!r}")
    elif set(answer) == {"id", "error"}:
        reason = answer["error"].split(":")[0]
        kind = ":".join(answer["error"].split(":")[:2])[:60] if reason in ("unreadable", "crashed") else reason
        tally.errors[kind] += 1
        tally.first.setdefault(kind, key)
        if reason not in REASONS:
            tally.faults.append(f"{key}: {answer['error']}")
    else:
        tally.records += 1
        tally.faults += [f"{key}: {fault}" for fault in faults(answer)]
        tally.slowest = max(tally.slowest, (answer.get("cpu_ms", 0.0), key))
        if tally.records % STORED == 0 and answer.get("title") and answer.get("kind") in ARTICLE_KINDS:
            tally.sample.append(answer)


def faults(record: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a record."""
    if missing := KEYS - set(record):
        yield f"without {', '.join(sorted(missing))}"
        return
    for key, member in record.items():
        for value in strings(member):
            if found := text.UNSTORABLE.search(value):
                yield f"{key} has {found[0]!r} in {value[max(0, found.start() - 30) :][:60]!r}"
    for key in ("published_at", "modified_at", "dateline_date"):
        if record[key] is not None and not is_possible(record[key]):
            yield f"{key} is {record[key]!r}"
    for key in ("canonical_url", "image_url", "license_url"):
        if not (record[key] or "http://").startswith(("http://", "https://")):
            yield f"{key} is {record[key]!r}"
    if record["kind"] not in get_args(Kind):
        yield f"kind is {record['kind']!r}"
    if not 0 <= record["cpu_ms"] < MOST_CPU:
        yield f"took {record['cpu_ms']} ms"


def strings(value: Any) -> Iterator[str]:
    """All strings in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for member in value.values() if isinstance(value, dict) else value:
            yield from strings(member)


def is_possible(said: str) -> bool:
    """Whether this is ISO 8601, and no later than the day after the visit."""
    try:
        day = date.fromisoformat(said) if len(said) == 10 else datetime.fromisoformat(said).date()
    except ValueError:
        return False
    return date(1990, 1, 1) <= day <= VISIT.date() + timedelta(days=1)


def store(records: Sequence[dict[str, Any]], tally: Tally) -> None:
    """Put records into a Postgres of their own; one that it refuses is a fault."""
    with (
        tempfile.TemporaryDirectory(prefix="dateline-proof-") as name,
        reachable(Path(name)) as folder,
        Server(folder / "home").running() as server,
    ):
        server.ensure_database("dateline")
        migrate(server.url("dateline"))
        with Database(server.url("dateline"), 1) as database:
            source = builders.source(database)
            run = builders.run_of(database, source)
            for number, record in enumerate(records):
                (leased,) = builders.leased(database, run, source, f"page-{number}")
                outcome = write(database, run, source.id, builders.visit(leased, at=VISIT, **columns(record)))
                if outcome != "stored":
                    tally.faults.append(f"{record['id']}: {outcome} in the database")


def columns(record: dict[str, Any]) -> dict[str, Any]:
    """The fields of the article that a record was printed from."""
    fields = {key: tuple(value) if isinstance(value, list) else value for key, value in record.items() if key != "id"}
    day = record["dateline_date"]
    return fields | {
        "title": record["title"] or "",
        "dateline_date": date.fromisoformat(day) if day else None,
        "date_witnesses": tuple(Witness(**witness) for witness in record["date_witnesses"]),
        "removed": tuple(Removed(**removed) for removed in record["removed"]),
        "related": (),
    }


def report(tally: Tally) -> int:
    """Print what was seen; 1 if anything is not as it should be."""
    print(f"{tally.pages} pages: {tally.records} records, {tally.errors.total()} named errors")
    for reason, count in tally.errors.most_common():
        print(f"  {count:6} {reason}; the first: {tally.first[reason]}")
    print(f"{len(tally.sample)} of the records stored in Postgres")
    print(f"slowest record: {tally.slowest[0]:.0f} ms of processor time, {tally.slowest[1]}")
    for fault in tally.faults[:50]:
        print(f"FAULT {fault}")
    print(f"{len(tally.faults)} faults")
    return int(bool(tally.faults))


def main() -> int:
    """Run the proof, or write one of its pages."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("corpus", nargs="+", type=Path)
    cli.add_argument("--pages", type=int, default=20_000)
    cli.add_argument("--seed", type=int, default=1)
    cli.add_argument("--page", type=int, help="write the page of that number, and do nothing else")
    options = cli.parse_args()
    sources = load(options.corpus)
    if options.page is not None:
        sys.stdout.buffer.write(page(sources, options.seed, options.page)[1])
        return 0
    tally = Tally()
    left = pages(sources, options.seed, options.pages)
    while read(islice(left, AT_ONCE), tally):
        seen = f"{tally.errors.total()} errors, {len(tally.faults)} faults, largest process {tally.largest} MB"
        print(f"{tally.pages} pages, {seen}", flush=True)
    store(tally.sample, tally)
    return report(tally)


if __name__ == "__main__":
    sys.exit(main())
