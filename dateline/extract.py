"""`dateline extract`: pages from files in, one JSON record a page out; no database, no network."""

from __future__ import annotations

import gzip
import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dateline.errors import BadInput
from pipelines import urls
from pipelines.extract import read_page
from pipelines.records import Article, Unreadable
from pipelines.workers import SECONDS_A_PAGE, WorkerFailure, Workers

WARM_UP = ("pipelines.extract:warm_up",)
IN_FLIGHT = 32  # pages read ahead of the one whose turn it is to be printed
NO_URL = "https://unknown.invalid/"


def extract_files(names: Iterable[str], url: str | None, fetched_at: str | None, markdown: bool = False) -> None:
    """Print a record for each file; - is standard input. Raises BadInput for a page that cannot be extracted.

    With `markdown` the text of the records is CommonMark.
    """
    pages = [(name, _body(name)) for name in names]
    if not pages:
        raise BadInput("no file: give HTML files, - for standard input, or --batch FILE.jsonl")
    moment = _moment(fetched_at)
    try:
        urls.check(url or NO_URL)
    except urls.BadUrl as error:
        raise BadInput(f"--url: {error}") from error
    failed = []
    with Workers(min(len(pages), 4), warm_up=WARM_UP) as workers:
        orders = ((body, url or NO_URL, moment, None, None, markdown) for _, body in pages)
        futures = [workers.submit(read_page, *order, seconds=SECONDS_A_PAGE) for order in orders]
        for (name, _), future in zip(pages, futures, strict=True):
            try:
                _print(record(workers.outcome(future)))
            except (Unreadable, WorkerFailure) as error:
                failed.append(f"{name}: {error}")
    if failed:
        raise BadInput("\n".join(failed))


def extract_batch(path: Path, markdown: bool = False) -> None:
    """Print a record for each line of the batch file, in its order; {"id", "error"} where there is none."""
    try:
        lines = path.open(encoding="utf-8") if str(path) != "-" else sys.stdin
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
    with lines, Workers(warm_up=WARM_UP) as workers:
        waiting: deque[tuple[Any, Future[Article] | str]] = deque()
        for order in _orders(lines, path):
            waiting.append(_begin(workers, order, path.parent, markdown))
            if len(waiting) >= IN_FLIGHT:
                _finish(workers, *waiting.popleft())
        while waiting:
            _finish(workers, *waiting.popleft())


def record(article: Article) -> dict[str, Any]:
    """The record of a page as JSON has it: the same keys for every page, whatever it is."""
    fields = asdict(article) | {"related": _related(article.related)}
    if article.url == NO_URL:
        fields |= {"url": None, "canonical_url": None}
    fields["title"] = article.title or None
    fields["dateline_date"] = article.dateline_date.isoformat() if article.dateline_date else None
    return fields


def _related(links: Iterable[Any]) -> list[dict[str, str | None]]:
    return [{"url": link.url, "title": link.title} for link in links]


def _orders(lines: Iterable[str], path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            order = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadInput(f"{path}:{number}: no JSON: {error}") from error
        if not isinstance(order, dict) or "id" not in order or not isinstance(order.get("path"), str):
            raise BadInput(f'{path}:{number}: write {{"id": …, "url": …, "path": …, "fetched_at": …}}')
        yield order


def _begin(workers: Workers, order: dict[str, Any], folder: Path, markdown: bool) -> tuple[Any, Future[Article] | str]:
    url = usable(order.get("url"))
    try:
        body = _body(str(folder / order["path"]))
        future = workers.submit(
            read_page, body, url, _moment(order.get("fetched_at")), None, None, markdown, seconds=SECONDS_A_PAGE
        )
    except BadInput as error:
        return order["id"], str(error)
    return order["id"], future


def usable(url: Any) -> str:
    """The address, or NO_URL where it is none: in a batch the page is worth reading all the same."""
    try:
        urls.check(str(url or ""))
    except urls.BadUrl:
        return NO_URL
    return str(url)


def _finish(workers: Workers, key: Any, future: Future[Article] | str) -> None:
    if isinstance(future, str):
        _print({"id": key, "error": future})
        return
    try:
        _print({"id": key} | record(workers.outcome(future)))
    except (Unreadable, WorkerFailure) as error:
        _print({"id": key, "error": str(error)})


def _body(name: str) -> bytes:
    try:
        body = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    except (OSError, EOFError) as error:
        raise BadInput(f"{name}: {getattr(error, 'strerror', None) or error}") from error


def _moment(value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadInput(f"fetched_at: {value!r} is no ISO 8601 time such as 2026-11-22T10:00:00+05:30") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _print(fields: dict[str, Any]) -> None:
    print(json.dumps(fields, ensure_ascii=False), flush=True)
