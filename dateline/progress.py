"""What a crawl shows while it runs and when it ends: a live line on a terminal, a line an event elsewhere."""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from spiders.lane import Event

FINE = frozenset({"stored", "revised", "unchanged", "read", "skipped", "twin", "forgotten", "held"})
COLOURS = {"stored": "green", "revised": "cyan", "unchanged": "dim", "read": "dim", "skipped": "dim", "held": "yellow"}


class Progress:
    """Shows events as they come. Use as a context manager."""

    def __init__(self, outlets: int, *, quiet: bool = False) -> None:
        self.console = Console(stderr=True, highlight=False)
        self.outlets = outlets
        self.counts: Counter[str] = Counter()
        self.started = time.monotonic()
        self.live: Live | None = None
        if self.console.is_terminal and not quiet:
            self.live = Live(console=self.console, get_renderable=self._line, refresh_per_second=5, transient=True)

    def event(self, event: Event) -> None:
        """Count one event and show it."""
        self.counts[event.outcome if event.outcome in FINE else "failed"] += 1
        detail = f"  {event.detail}" if event.detail else ""
        if self.live is None:
            print(f"{event.outcome} {event.outlet} {event.url}{detail}", file=sys.stderr, flush=True)
        elif event.outcome not in ("read", "unchanged"):
            line = Text.assemble(
                (f"{event.outcome:>10}", COLOURS.get(event.outcome, "red")),
                f"  {event.outlet}{detail or '  ' + event.url}",
            )
            line.truncate(self.console.width, overflow="ellipsis")
            self.console.print(line)

    def _line(self) -> Text:
        seconds = time.monotonic() - self.started
        pages = sum(self.counts[k] for k in ("stored", "revised", "unchanged", "skipped"))
        counts = "  ".join(f"{self.counts[k]} {k}" for k in ("stored", "revised", "unchanged", "skipped", "failed"))
        return Text(
            f"{self.outlets} outlets  {counts}  {pages / max(seconds, 0.1):.1f} pages/s  {seconds:.0f} s", "bold"
        )

    def __enter__(self) -> Progress:
        if self.live:
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.live:
            self.live.stop()


def print_summary(summary: dict[str, Any]) -> None:
    """The summary as a table: a row an outlet, and the totals."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("outlet", overflow="fold")
    for name in COLUMNS:
        table.add_column(name, justify="right")
    table.add_column("outcome", overflow="fold")
    for outlet in summary["outlets"]:
        reason = f": {outlet['reason']}" if outlet["reason"] else ""
        table.add_row(Text(outlet["name"]), *_counts(outlet), Text(f"{outlet['outcome']}{reason}"))
    if len(summary["outlets"]) > 1:
        table.add_section()
        table.add_row("all", *_counts(summary), f"{summary['seconds']} s")
    Console(width=None if sys.stdout.isatty() else 160).print(table)


COLUMNS = ("discovered", "fetched", "stored", "revised", "unchanged", "skipped", "held", "failed")


def _counts(row: dict[str, Any]) -> list[str]:
    return [str(sum(row[k].values()) if k in ("held", "failed") else row[k]) for k in COLUMNS]
