"""`dateline search`, `show`, `why` and `psql`: the archive asked from the command line."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from dateline.errors import BadInput, NothingUsable
from dateline.postgres import database, psql_program
from dateline.settings import Settings
from pipelines import queries, urls
from pipelines.database import Database, migrate
from pipelines.queries import Row


def search(settings: Settings, words: str, limit: int, language: str | None, *, as_json: bool) -> None:
    """Print the articles that match."""
    with _archive(settings) as archive:
        rows = queries.search(archive, words, limit, language)
    if as_json:
        _print_json(rows)
        return
    if not rows:
        raise NothingUsable(f"no article has {words!r}")
    console = _console()
    for row in rows:
        facts = filter(None, (row["source"], _day(row), row["agency"], row["dateline_place"]))
        console.print(Text.assemble((f"{row['id']:>6}  ", "dim"), (row["title"], "bold")))
        console.print(Text("        " + " · ".join(facts), "cyan"))
        console.print(Text("        " + " ".join(row["passage"].split())))


def show(settings: Settings, key: str, *, as_json: bool) -> None:
    """Print one article."""
    with _archive(settings) as archive:
        row = queries.article(archive, key)
    if row is None:
        raise BadInput(f"no article {key!r}: give the id that search shows, or its URL (dateline why tells more)")
    if as_json:
        _print_json(row)
        return
    console = _console()
    console.print(Text(row["title"], "bold"))
    for name, value in row.items():
        if value not in (None, [], "", {}) and name not in ("title", "text"):
            console.print(Text.assemble((f"{name:>20}  ", "dim"), _plain(value)))
    console.print()
    console.print(Text(row["text"].replace("\n", "\n\n")))


def why(settings: Settings, url: str, *, as_json: bool) -> None:
    """Tell a URL's story from discovery to row."""
    with _archive(settings) as archive:
        try:
            page = queries.story_of(archive, url)
            endpoints = queries.endpoint_story(archive, url)
        except urls.BadUrl as error:
            raise BadInput(str(error)) from error
    if page is None and not endpoints:
        raise NothingUsable(f"{url} was never found: no endpoint of any outlet lists it, and nobody asked for it")
    if as_json:
        _print_json({"page": page, "endpoints": endpoints})
        return
    for line in [*(_page_story(page) if page else ()), *(_endpoint_line(e) for e in endpoints)]:
        print(line)


def psql(settings: Settings, arguments: Sequence[str]) -> int:
    """Run psql on the archive; its exit code."""
    with database(settings) as url:
        migrate(url)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for psql: it cancels a query
        return subprocess.run([psql_program(), f"--dbname={url}", *arguments], check=False).returncode


@contextmanager
def _archive(settings: Settings) -> Iterator[Database]:
    with database(settings) as url:
        migrate(url)
        with Database(url, 1) as archive:
            yield archive


def _page_story(page: Row) -> Iterator[str]:
    found = f"listed by {page['endpoint']}" if page["endpoint"] else "asked for by name, or linked from a page that was"
    yield page["canonical_url"]
    yield f"  {_time(page['first_seen_at'])}  found for {page['source']}, {found}"
    if page["published_hint"]:
        yield f"  {'':19}  said there to be published {page['published_hint']}"
    for visit in page["history"]:
        status = f" (HTTP {visit['status']}, {visit['bytes']:,} bytes)" if visit["status"] else ""
        yield f"  {_time(visit['at'])}  {_because(visit)}{status}"
        if visit["warc_file"]:
            yield f"  {'':19}  capture in {visit['warc_file']} at byte {visit['warc_offset']}"
    yield f"  {_verdict(page)}"


def _verdict(page: Row) -> str:
    if page["article_id"]:
        revisions = f", revised {page['revision_count']} times" if page["revision_count"] else ""
        return f"now: article {page['article_id']}{revisions}{_next(page)}"
    if not page["history"]:
        return f"now: not stored, not fetched yet{_next(page)}"
    return f"now: not stored, {_because(page)}{_next(page)}"


def _next(page: Row) -> str:
    if page["leased_by"]:
        return f"; run {page['leased_by']} has it until {_time(page['lease_expires_at'])}"
    return f"; due {_time(page['due_at'])}" if page["due_at"] else "; not to be fetched again"


def _endpoint_line(row: Row) -> str:
    state = f"{row['outcome'] or 'not asked yet'}" + (f": {row['detail']}" if row["detail"] else "")
    found = f"{row['kind']} of {row['source']}, found by {row['found_by']}"
    return f"{row['url']}: {found}; {state}; {row['links'] or 0} links"


def _because(row: Row) -> str:
    return f"{row['outcome']}: {row['detail']}" if row["detail"] else str(row["outcome"])


def _day(row: Row) -> str | None:
    moment = row["published_at"]
    if moment is None:
        return None
    return f"{moment:%Y-%m-%d}" if row["published_precision"] == "day" else f"{moment:%Y-%m-%d %H:%M}"


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _plain(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _console() -> Console:
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=_json_value))


def _json_value(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in a row that is printed as JSON")
