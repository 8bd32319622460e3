"""`dateline fetches prune`: the months of the log of requests, those to come made, those that had their time ended."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime

from dateline.errors import Interrupted
from dateline.postgres import database
from dateline.settings import Settings
from dateline.stopping import stop_asked
from pipelines import fetches
from pipelines.fetches import Pruned
from pipelines.migrating import migrate


def prune(settings: Settings, *, dry_run: bool, as_json: bool) -> None:
    """End the part of the log that is kept no longer, make the months to come, and print what that was."""
    now = datetime.now(UTC)
    with stop_asked() as stop, database(settings) as url:
        migrate(url)
        if dry_run:
            pruned = fetches.look(url, settings.keep_fetches, now)
        else:
            pruned = fetches.prune(url, settings.keep_fetches, now, stop.is_set)
    if as_json:
        print(json.dumps({"dry_run": dry_run, **asdict(pruned)}, ensure_ascii=False, default=str))
    else:
        _print(pruned, dry_run=dry_run)
    for line in pruned.pending:
        print(f"dateline: left for the next time: {line}", file=sys.stderr)
    if stop.is_set():
        raise Interrupted("interrupted; nothing is lost, run it again to go on")


def _print(pruned: Pruned, *, dry_run: bool) -> None:
    if pruned.before is None:
        print("the log of requests is kept for ever (DATELINE_KEEP_FETCHES)")
    else:
        print(f"the log of requests is kept from {pruned.before:%Y-%m-%d} on (DATELINE_KEEP_FETCHES)")
    for month in pruned.dropped:
        print(f"{month.month}: {month.rows:,} rows, {month.bytes:,} bytes")
    made = f"{', '.join(pruned.made) or 'no month'} made"
    ended = f"{len(pruned.dropped)} months dropped, {pruned.rows:,} other rows deleted"
    print(f"would be: {made}, {ended}" if dry_run else f"{made}, {ended}")
