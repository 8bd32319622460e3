"""Says what is being waited for, once it takes longer than a blink: one live line on a terminal, else plain lines."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

BLINK = 2.0  # seconds; what is done sooner is not worth a word


def say(text: str, end: str = "\n") -> None:
    """Print at once; on a terminal the line of a wait is wiped first."""
    print(f"\r\x1b[K{text}" if sys.stdout.isatty() else text, end=end, flush=True)


class Waiting:
    """A wait between `with` and its end; `tick` says how long it has taken so far."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._began = time.monotonic()
        self._next = BLINK
        self._shown = False

    def tick(self) -> None:
        """Show the time, when it is time: every second on a terminal, less and less often elsewhere."""
        seconds = time.monotonic() - self._began
        if seconds < self._next:
            return
        live = sys.stdout.isatty()
        say(f"waiting for {self.what}: {seconds:.0f} s", end="" if live else "\n")
        self._next = seconds + 1 if live else seconds * 2
        self._shown = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown and error is None:
            say(f"{self.what}: there after {time.monotonic() - self._began:.0f} s")
