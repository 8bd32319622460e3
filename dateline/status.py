"""`dateline status`: which outlets are not well, and why, the worst first; and how the pipeline itself is."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dateline.asking import open_archive, print_json
from dateline.errors import BadInput
from dateline.settings import Settings
from pipelines import runs
from pipelines.health import states
from pipelines.health.overview import Overview, overview
from pipelines.health.rules import STATES, Figures, State, Verdict, judge
from pipelines.outlets import read_sources

MOST_WELL = 20  # outlets that are well and shown all the same
COLOURS: dict[State, str] = {"failing": "bold red", "silent": "red", "degraded": "yellow", "late": "yellow",
                             "paused": "cyan", "fresh": "dim", "well": "green", "disabled": "dim"}  # fmt: skip

Judged = tuple[Figures, Verdict]


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for."""

    name: str | None = None
    every: bool = False
    refresh: bool = False
    days: int | None = None


def status(settings: Settings, request: Request, *, as_json: bool) -> None:
    """Judge every outlet, or the one named, and print the verdicts. Raises BadInput."""
    with open_archive(settings) as archive:
        if settings.sources.exists():  # an entry that was never crawled has a state as well
            runs.sync(archive, read_sources(settings.sources))
        if request.refresh:
            window = timedelta(days=request.days) if request.days else None
            states.refresh(archive, *([window] if window else []), everything=window is not None)
        now = datetime.now(UTC)
        judged = [(found, judge(found, now)) for found in states.figures(archive, now)]
        figures = overview(archive)
    chosen = _chosen(judged, request)
    free = shutil.disk_usage(_existing(settings.home)).free
    if as_json:
        print_json(_fields(chosen, figures, free, now))
        return
    console = Console(width=None if sys.stdout.isatty() else 1000, highlight=False)
    if not request.name:
        console.print(_counts(chosen))
        for line in _pipeline(figures, free):
            console.print(Text(line, "dim"))
    if chosen:
        console.print(_table(chosen, brief=not (request.name or request.every)))


def _chosen(judged: Sequence[Judged], request: Request) -> list[Judged]:
    """The outlets asked for, the worst first: those of sources.toml unless one is named or all are wanted."""
    if request.name:
        found = [pair for pair in judged if pair[0].name == request.name]
        if not found:
            raise BadInput(f"no outlet named {request.name!r} in the archive; dateline sources list shows them")
    else:
        found = [pair for pair in judged if request.every or pair[0].origin == "configured"]
    return sorted(found, key=lambda pair: (STATES.index(pair[1].state), pair[0].name))


def _counts(chosen: Sequence[Judged]) -> Text:
    """How many outlets there are in each state."""
    if not chosen:
        return Text("no outlets in sources.toml: dateline sources add URL")
    counted = Counter(verdict.state for _, verdict in chosen)
    line = Text(_number(len(chosen), "outlet", "outlets") + ":", "bold")
    for state in STATES:
        if counted[state]:
            line.append(f"  {counted[state]} {state}", COLOURS[state])
    return line


def _pipeline(found: Overview, free: int) -> Iterator[str]:
    if found.newest_at is None:
        yield "no crawl yet"
    else:
        newest = f"newest crawl {found.newest_at:%Y-%m-%d %H:%M}, {found.newest_run}: {found.newest_outcome}"
        due = f"{_number(found.due_outlets, 'outlet', 'outlets')} and {_number(found.due_pages, 'page', 'pages')}"
        yield f"{newest}; {found.running} running; {due} due"
    held = f" ({found.held:,} held back)" if found.held else ""
    quarantine = f"quarantine {found.quarantined:,}{held}, +{found.quarantined_week:,} in a week"
    before = f" (+{found.quarantined_week_before:,} before)"
    yield f"{quarantine}{before}; database {_size(found.database_bytes)}; disk {_size(free)} free"


def _table(chosen: Sequence[Judged], *, brief: bool) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(overflow="fold", max_width=24)
    table.add_column(overflow="fold")
    well = [pair for pair in chosen if pair[1].state == "well"]
    hidden = len(well) if brief and len(well) > MOST_WELL else 0
    for found, verdict in chosen:
        if not (hidden and verdict.state == "well"):
            state = Text(verdict.state, COLOURS[verdict.state])
            table.add_row(state, Text(found.name), Text(_reason(found, verdict)))
    if hidden:
        table.add_row(Text("well", COLOURS["well"]), "", f"{hidden:,} outlets; --all lists them")
    return table


def _reason(found: Figures, verdict: Verdict) -> str:
    """Every finding of the outlet, the worst first; of one that is well what it gave."""
    if verdict.findings:
        return "; ".join(finding.reason for finding in verdict.findings)
    days = f"in {_number(found.recent_days, 'day', 'days')}"
    newest = f", the last {found.last_story_at:%Y-%m-%d %H:%M}" if found.last_story_at else ""
    return f"{_number(found.stories, 'story', 'stories')} {days}{newest}"


def _fields(chosen: Sequence[Judged], figures: Overview, free: int, now: datetime) -> dict[str, Any]:
    counted = Counter(verdict.state for _, verdict in chosen)
    return {
        "at": now,
        "counts": {state: counted[state] for state in STATES},
        "pipeline": asdict(figures) | {"disk_free_bytes": free},
        "outlets": [_outlet(*pair) for pair in chosen],
    }


def _outlet(found: Figures, verdict: Verdict) -> dict[str, Any]:
    figures = {key: value for key, value in asdict(found).items() if key not in ("name", "gates", "own_gates")}
    return {
        "name": found.name,
        "state": verdict.state,
        "reason": verdict.reason,
        "findings": [asdict(finding) for finding in verdict.findings],
        "gates": asdict(found.gates),
        "own_gates": found.own_gates,
        "figures": figures,
    }


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _number(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
