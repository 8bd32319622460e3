"""`dateline captures check` and `prune`: whether every capture can be read; the end of those that had their time."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from dateline.asking import open_archive, print_first
from dateline.errors import Interrupted, NothingUsable
from dateline.settings import Settings
from dateline.stopping import stop_asked
from pipelines import captures, inspection, retention, runs
from pipelines.captures import Dropped
from pipelines.inspection import Fault
from pipelines.outlets import read_sources
from pipelines.retention import Expiring

NAMED = 100  # faults that are printed; JSON has them all


def check(settings: Settings, *, as_json: bool) -> None:
    """Read every capture and name what is lost or broken. Raises NothingUsable where something is."""
    found: dict[str, Any] = {"files": 0, "captures": 0, "expired": 0, "faults": []}
    with stop_asked() as stop, open_archive(settings) as archive:
        for file in inspection.inspect(archive, settings.captures):
            found["files"] += 1
            found["captures"] += file.captures
            found["faults"] += file.faults
            if stop.is_set():
                raise Interrupted("interrupted; run it again to check all of them")
        with archive.transaction() as cursor:
            cursor.execute("select count(*) as expired from captures where expired_at is not null")
            found["expired"] = cursor.fetchone().expired
    faults: list[Fault] = found["faults"]
    if as_json:
        print(json.dumps(found | {"faults": [asdict(fault) for fault in faults]}, ensure_ascii=False))
    else:
        print_first([_line(fault) for fault in faults], NAMED)
        print(f"{found['captures']:,} captures in {found['files']:,} files read, {found['expired']:,} have expired")
    if faults:
        count = sum(len(fault.captures) for fault in faults)
        raise NothingUsable(f"{count:,} captures cannot be read as they were written; the articles made of them stay")


def _line(fault: Fault) -> str:
    where = fault.file if fault.offset is None else f"{fault.file} at byte {fault.offset}"
    return f"{where}: {len(fault.captures):,} {fault.state}: {fault.why}"


def prune(settings: Settings, *, dry_run: bool, as_json: bool) -> None:
    """End the captures that their outlets no longer keep, and print what that was."""
    outlets = read_sources(settings.sources)
    with stop_asked() as stop, open_archive(settings) as archive:
        if outlets:
            runs.sync(archive, outlets)
        expiring = retention.expiring(archive, settings.keep_captures)
        dropped = Dropped()
        if not dry_run:
            retention.expire(archive, settings.keep_captures, stop.is_set)
            dropped = captures.clean(archive, settings.captures, stop.is_set)
    if as_json:
        said = {"dry_run": dry_run, "expired": [asdict(e) for e in expiring], **asdict(dropped)}
        print(json.dumps(said, ensure_ascii=False))
    else:
        _print_pruned(expiring, dropped, dry_run=dry_run)
    if stop.is_set():
        raise Interrupted("interrupted; nothing is lost, run it again to go on")


def _print_pruned(expiring: list[Expiring], dropped: Dropped, *, dry_run: bool) -> None:
    for outlet in expiring:
        print(f"{outlet.outlet}: {outlet.captures:,} captures, {outlet.bytes:,} bytes")
    if not expiring:
        print("no capture has had its time (keep_captures in sources.toml, DATELINE_KEEP_CAPTURES for all)")
    if dry_run:
        print("nothing was changed: run it again without --dry-run" if expiring else "", end="\n" if expiring else "")
        return
    files = f"{dropped.removed:,} files removed, {dropped.rewritten:,} rewritten"
    print(f"{dropped.records:,} records and {dropped.bytes:,} bytes gone; {files}")
    for line in dropped.pending:
        print(f"dateline: left for the next time: {line}", file=sys.stderr)
