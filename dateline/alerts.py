"""`dateline alerts`: which outlets people are to be told of, each once a day, and the note that they were."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dateline.asking import open_archive, print_json
from dateline.errors import BadInput
from dateline.settings import Settings
from pipelines.health.alerts import Alert, tell, untold
from pipelines.health.rules import ILL


def alerts(settings: Settings, *, as_json: bool) -> None:
    """Print what is to be told, the worst first; nothing is noted."""
    with open_archive(settings) as archive:
        found = untold(archive)
    if as_json:
        print_json({"alerts": [asdict(alert) for alert in found]})
    else:
        print("\n".join(line(alert) for alert in found) or "nothing to tell")


def told(settings: Settings, file: Path, *, as_json: bool) -> None:
    """Note that what a file lists, as `dateline alerts --json` printed it, was told today. Raises BadInput."""
    found = _read(file)
    with open_archive(settings) as archive:
        count = tell(archive, found)
    if as_json:
        print_json({"told": count})
    else:
        print(f"{count} told")


def line(alert: Alert) -> str:
    """One alert as a line."""
    if alert.state == "well":
        return f"{alert.name} is well again, it was {alert.was}"
    since = f" since {alert.since:%Y-%m-%d %H:%M}" if alert.since else ""
    return f"{alert.name} is {alert.state}{since}: {alert.reason}"


def _read(file: Path) -> list[Alert]:
    try:
        listed = json.loads(file.read_text(encoding="utf-8"))["alerts"]
        return [_alert(row) for row in listed]
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{file} is not what dateline alerts --json prints ({error})") from error


def _alert(row: dict[str, Any]) -> Alert:
    name, state, reason = row["name"], row["state"], row["reason"]
    if not isinstance(name, str) or state not in (*ILL, "well") or not isinstance(reason, str | None):
        raise ValueError(f"no alert: {json.dumps(row)[:80]}")
    return Alert(name, state, reason)
