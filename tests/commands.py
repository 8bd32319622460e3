"""The command line as a person runs it: a process of its own, its exit code and what it prints."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATELINE = str(Path(sys.executable).with_name("dateline"))


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def summary(self) -> dict[str, Any]:
        """The JSON object on the last line of standard output."""
        found = json.loads(self.out.splitlines()[-1])
        assert isinstance(found, dict)
        return found

    @property
    def complaint(self) -> str:
        """The lines on standard error that are the command's own, not events."""
        return "\n".join(line for line in self.err.splitlines() if line.startswith("dateline: "))


def dateline(environment: Mapping[str, str], *arguments: str, stdin: str | None = None, timeout: float = 90) -> Done:
    """Run it to its end."""
    done = subprocess.run(
        [DATELINE, *arguments], env=dict(environment), input=stdin, capture_output=True, text=True, timeout=timeout,
        check=False,
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)


def start(environment: Mapping[str, str], *arguments: str) -> subprocess.Popen[str]:
    """Start it and leave it running."""
    return subprocess.Popen(
        [DATELINE, *arguments], env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
