"""How good the records are, beside trafilatura's own: `make bench-extract CORPUS="FOLDER …"`.

A corpus is a folder with gold.jsonl (id, url, and what is annotated: text, title, authors, date, kind, with, without)
and <id>.html.gz. Publishers are split in two halves by the hash of their host: rules are made looking at the first half
only, and what they gain on the second is what they are worth.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

from tests.bench.measures import Gold, Record, body_of_page, figures

Reader = Callable[[bytes, str, datetime | None], Record]
Records = dict[str, dict[str, Record]]
HALVES = {"all": (0, 1), "tune": (0,), "held": (1,)}


def main() -> None:
    arguments = _arguments()
    for folder in arguments.corpus:
        gold = [page for page in load(folder) if half(page["url"]) in HALVES[arguments.half]][: arguments.limit]
        records = _records(folder, gold, [arguments.only] if arguments.only else list(READERS))
        if arguments.json:
            print(
                json.dumps({"set": folder.name, "pages": len(gold)} | {n: figures(gold, r) for n, r in records.items()})
            )
        else:
            print(f"{folder.name}: {len(gold)} pages")
            _show(gold, records)
        for page, (right, extra, missing) in _worst(gold, records.get("dateline", {}), arguments.worst):
            print(f"  {right:.2f} right {extra:.2f} extra {missing:.2f} missing  {page['id']}  {page['url']}")


def _arguments() -> argparse.Namespace:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("corpus", type=Path, nargs="+")
    cli.add_argument("--half", choices=HALVES, default="all", help="one half of the publishers")
    cli.add_argument("--only", choices=READERS, help="one of the two")
    cli.add_argument("--worst", type=int, default=0, metavar="N", help="also list the N pages with the worst body")
    cli.add_argument("--limit", type=int, help="the first pages of each set only")
    cli.add_argument("--json", action="store_true")
    return cli.parse_args()


def load(folder: Path) -> list[Gold]:
    """The gold of a corpus folder."""
    with (folder / "gold.jsonl").open(encoding="utf-8") as lines:  # not splitlines: it also breaks at U+2028
        rows = [json.loads(line) for line in lines]
    return [row | {"url": row.get("url") or f"https://{row['id']}.invalid/"} for row in rows]


def half(url: str) -> int:
    """Which half of the publishers the host of this URL falls into, 0 or 1."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return hashlib.sha256(host.encode()).digest()[0] & 1


def with_dateline(body: bytes, url: str, visit: datetime | None) -> Record:
    """The record that the archive would keep."""
    from dateline.extract import record, usable
    from pipelines.extract import read_page

    found = record(read_page(body, usable(url), visit))
    return found | {"date": found["published_at"]}


def with_trafilatura(body: bytes, url: str, visit: datetime | None) -> Record:
    """trafilatura with metadata and without comments: what its users call."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    started = time.process_time()
    document = bare_extraction(body, url=url, with_metadata=True, include_comments=False)
    spent = (time.process_time() - started) * 1000
    assert document is None or isinstance(document, Document)
    found = document or Document()
    authors = [name.strip() for name in (found.author or "").split(";") if name.strip()]
    kind = "article" if document else "none"
    return {
        "text": found.text,
        "title": found.title,
        "date": found.date,
        "authors": authors,
        "kind": kind,
        "cpu_ms": spent,
    }


READERS: dict[str, Reader] = {"dateline": with_dateline, "trafilatura": with_trafilatura}


def _records(folder: Path, gold: list[Gold], readers: list[str]) -> Records:
    """The records of each reader by page id. Each page is read by both in turn, so that noise meets both alike."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(os.cpu_count(), initializer=_warm_up) as pool:
        answers = pool.imap(_read, [(folder, page, readers) for page in gold], chunksize=8)
        rows = list(zip(gold, answers, strict=True))
    return {name: {page["id"]: found[name] for page, found in rows} for name in readers}


def _warm_up() -> None:
    """As the workers of a crawl do: no page pays for the loading of tables."""
    from pipelines.extract import warm_up

    warm_up()


def _read(order: tuple[Path, Gold, list[str]]) -> dict[str, Record]:
    folder, page, readers = order
    body = gzip.decompress((folder / f"{page['id']}.html.gz").read_bytes())
    visit = datetime.fromisoformat(page["crawl_date"]) if page.get("crawl_date") else None
    found = {}
    for name in readers:
        try:
            found[name] = READERS[name](body, page["url"], visit)
        except Exception as error:  # noqa: BLE001 - a page that ends in an error is an empty record here
            found[name] = {"error": str(error)}
    return found


def _show(gold: list[Gold], records: Records) -> None:
    """A line a measure: trafilatura, then ours on all pages, on the half that was looked at, and on the other."""
    columns = [(name, name, gold) for name in reversed(list(records))]
    if "dateline" in records:
        columns += [(n, "dateline", [p for p in gold if half(p["url"]) in HALVES[n]]) for n in ("tune", "held")]
    values = [_values(pages, records[name]) for _, name, pages in columns]
    print(f"  {'':16s}" + "".join(f"{title:>12s}" for title, _, _ in columns))
    for measure in dict.fromkeys(measure for column in values for measure in column):
        cells = (f"{column[measure]:12.4f}" if measure in column else f"{'-':>12s}" for column in values)
        print(f"  {measure:16s}" + "".join(cells))
    errors = [record["error"] for record in records.get("dateline", {}).values() if "error" in record]
    if errors:
        print(f"  {len(errors)} errors, the first: {errors[0][:200]}")


def _values(gold: list[Gold], records: dict[str, Record]) -> dict[str, float]:
    spent = [records[page["id"]]["cpu_ms"] for page in gold if records[page["id"]].get("cpu_ms")]
    costs = {"CPU ms, median": median(spent), "CPU ms, 99 %": quantiles(spent, n=100)[98]} if len(spent) > 1 else {}
    return figures(gold, records) | costs


def _worst(gold: list[Gold], records: dict[str, Record], count: int) -> Iterator[Any]:
    rated = [(p, body_of_page(p, records.get(p["id"], {}))) for p in gold if p.get("text")] if count else []
    yield from sorted(rated, key=lambda pair: pair[1][0])[:count]


if __name__ == "__main__":
    main()
