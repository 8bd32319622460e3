"""Keeps Airflow small: once a day its rows and logs of more than DATELINE_AIRFLOW_DAYS days ago are deleted.

Airflow's tasks may not reach its metadata, so this is no task but a service beside the scheduler:
`python -m dateline.sweep`, or with `--once` one sweep now. It needs Airflow's own settings in its environment. The file
`swept` in Airflow's home is as old as the last sweep, or as the start.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dateline import follow
from dateline.errors import BadInput

DEFAULT_DAYS = 30
FIRST = 600.0  # seconds after the start: everything else starts first; soon enough for who starts it every morning
EVERY = 86_400.0


def sweep(env: Mapping[str, str], now: datetime) -> int:
    """Delete what is too old; how many logs were. Raises BadInput, and CalledProcessError where Airflow fails."""
    before = now - timedelta(days=days(env))
    clean = ("db", "clean", "--clean-before-timestamp", before.isoformat(timespec="seconds"))
    # In batches: one transaction over a month of rows would hold up the scheduler.
    options = ("--skip-archive", "--yes", "--error-on-cleanup-failure", "--batch-size", "5000")
    subprocess.run(follow.command("airflow", *clean, *options), env=dict(env), check=True)
    return delete_logs(logs(env), before)


def days(env: Mapping[str, str]) -> int:
    """How many days are kept."""
    said = env.get("DATELINE_AIRFLOW_DAYS") or str(DEFAULT_DAYS)
    if not said.isdecimal() or not 1 <= int(said) <= 10_000:
        raise BadInput(f"DATELINE_AIRFLOW_DAYS is {said!r}: write days, from 1 to 10000")
    return int(said)


def home(env: Mapping[str, str]) -> Path:
    """Airflow's folder."""
    return Path(env.get("AIRFLOW_HOME") or "~/airflow").expanduser()


def logs(env: Mapping[str, str]) -> Path:
    """Where Airflow keeps its logs."""
    said = env.get("AIRFLOW__LOGGING__BASE_LOG_FOLDER")
    return Path(said).expanduser() if said else home(env) / "logs"


def delete_logs(folder: Path, before: datetime) -> int:
    """Delete the logs that nobody wrote to since, and the folders that this leaves empty; how many logs."""
    old = [path for path in folder.rglob("*.log") if path.is_file() and _written(path) < before]
    for path in old:
        path.unlink(missing_ok=True)
    for path in sorted({parent for log in old for parent in log.parents if folder in parent.parents}, reverse=True):
        with suppress(OSError):  # it is not empty
            path.rmdir()
    return len(old)


def main(arguments: list[str]) -> None:
    """One sweep with `--once`, else one a day; a sweep that fails is tried again the next day."""
    days(os.environ)  # a bad setting is told at once
    if arguments == ["--once"]:
        print(f"{sweep(os.environ, datetime.now(UTC))} logs deleted")
        return
    swept = home(os.environ) / "swept"
    swept.parent.mkdir(parents=True, exist_ok=True)
    swept.touch()
    time.sleep(FIRST)
    while True:
        try:
            print(f"{sweep(os.environ, datetime.now(UTC))} logs deleted", flush=True)
            swept.touch()
        except (subprocess.CalledProcessError, OSError) as error:
            print(f"the sweep failed: {error}", file=sys.stderr, flush=True)
        time.sleep(EVERY)


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except BadInput as error:
        sys.exit(f"dateline: {error}")
