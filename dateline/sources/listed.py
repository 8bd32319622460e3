"""`dateline sources list` and `sync`: the outlets in the file and in the database."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dateline.postgres import database
from dateline.settings import Settings
from pipelines import runs
from pipelines.database import Database
from pipelines.migrating import migrate
from pipelines.outlets import read_sources


def sync(settings: Settings) -> None:
    """Check sources.toml and write it to the database."""
    outlets = read_sources(settings.sources)
    with database(settings) as url:
        migrate(url)
        with Database(url, 1) as connection:
            runs.sync(connection, outlets)
    print(f"{len(outlets)} outlets in {settings.sources}")


def show(settings: Settings, *, due: bool, as_json: bool) -> None:
    """Print the outlets that sources.toml lists, with how their newest crawl ended."""
    with database(settings) as url:
        migrate(url)
        with Database(url, 1) as connection:
            if settings.sources.exists():  # without a list, what the schedule works on is not ours to end
                runs.sync(connection, read_sources(settings.sources))
            rows = runs.find(connection, due=due)
    if as_json:
        print(json.dumps([_fields(row) for row in rows], ensure_ascii=False))
    elif not rows:
        print("nothing is due" if due else f"no outlets in {settings.sources}: dateline sources add URL")
    else:
        Console(width=None if sys.stdout.isatty() else 160).print(_table(rows))


def _fields(row: Any) -> dict[str, Any]:
    fields = row._asdict() | {"cadence": int(row.cadence.total_seconds())}
    times = {k: row_time.isoformat() if (row_time := fields[k]) else None for k in ("due_at", "last_crawled_at")}
    return {k: v for k, v in (fields | times).items() if k not in ("id", "settings")}


def _table(rows: list[Any]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("outlet", "url", "every", "articles", "last crawled", "outcome"):
        table.add_column(column, justify="right" if column == "articles" else "left", overflow="fold")
    for row in rows:
        crawled = f"{row.last_crawled_at:%Y-%m-%d %H:%M}" if row.last_crawled_at else "never"
        outcome = ": ".join(filter(None, (row.last_outcome, row.last_reason)))
        table.add_row(Text(row.name), Text(row.url), str(row.cadence), str(row.articles), crawled, Text(outcome))
    return table
