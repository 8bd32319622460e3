"""`dateline search`, `show` and `psql`: the archive asked from the command line."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from dateline.asking import capture_state, open_archive, print_json
from dateline.errors import BadInput, NothingUsable
from dateline.postgres import database, psql_program
from dateline.searching import SearchRequest, check
from dateline.settings import Settings
from pipelines import queries
from pipelines import search as articles
from pipelines.migrating import migrate
from pipelines.queries import Row
from pipelines.search import Filters


def search(settings: Settings, request: SearchRequest, *, as_json: bool) -> None:
    """Print the articles that match."""
    asked = check(request)
    for field, wrong in asked.wrong.items():
        raise BadInput(wrong if field == "query" else f"--{field}: {wrong}")
    filters = asked.filters
    with open_archive(settings) as archive:
        if filters.source and not articles.has_source(archive, filters.source):
            raise BadInput(f"no outlet named {filters.source!r} in the archive; dateline sources list shows them")
        rows = articles.search(archive, asked.words, request.limit, filters, stories=request.stories)
    if as_json:
        print_json(rows)
        return
    if not rows:
        raise NothingUsable(f"no article has {request.query!r}{_narrowed(filters)}")
    console = _console()
    for row in rows:
        facts = filter(None, (row["source"], _day(row), row["agency"], row["place"], row["language"], _spread(row)))
        console.print(Text.assemble((f"{row['id']:>6}  ", "dim"), (row["title"], "bold")))
        console.print(Text("        " + " · ".join(facts), "cyan"))
        console.print(Text("        ") + _highlighted(row["passage"], styled=console.is_terminal))


def _spread(row: Row) -> str | None:
    return f"{row['outlets']} outlets" if row["outlets"] > 1 else None


def _narrowed(filters: Filters) -> str:
    return " and passes the filters" if filters != Filters() else ""


def _highlighted(passage: str, *, styled: bool) -> Text:
    """A passage in which what matched stands out: in bold on a terminal, else between asterisks as it came."""
    if not styled:
        return Text(passage)
    parts = passage.split("**")
    return Text.assemble(*((part, "bold yellow" if n % 2 else "") for n, part in enumerate(parts)))


def show(settings: Settings, key: str, *, as_json: bool) -> None:
    """Print one article."""
    with open_archive(settings) as archive:
        row = queries.article(archive, key)
    if row is None:
        raise BadInput(f"no article {key!r}: give the id that search shows, or its URL (dateline why tells more)")
    row["capture"] = capture_state(settings.captures, row)
    if as_json:
        print_json(row)
        return
    console = _console()
    console.print(Text(row["title"], "bold"))
    for name, value in row.items():
        if value not in (None, [], "", {}) and name not in ("title", "text"):
            console.print(Text.assemble((f"{name:>20}  ", "dim"), _plain(value)))
    console.print()
    console.print(Text(row["text"].replace("\n", "\n\n")))


def psql(settings: Settings, arguments: Sequence[str]) -> int:
    """Run psql on the archive; its exit code."""
    with database(settings) as url:
        migrate(url)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for psql: it cancels a query
        return subprocess.run([psql_program(), f"--dbname={url}", *arguments], check=False).returncode


def _day(row: Row) -> str | None:
    moment = row["published_at"]
    if moment is None:
        return None
    return f"{moment:%Y-%m-%d}" if row["published_precision"] == "day" else f"{moment:%Y-%m-%d %H:%M}"


def _plain(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _console() -> Console:
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())
