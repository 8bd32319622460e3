"""The operator that runs Dateline's commands, the same ones a person types, each as a child process.

A child, because a crawl must be able to store what it has when its task is stopped, times out or is
killed, and because one process can run Scrapy only once. The child is told to die with this process. Its
lines go to the task's log as they come, its figures come back in a small file.

Settings: DATELINE_COMMAND, the command line of `dateline` where that is not beside this Python or on the
PATH, as in an environment of its own; the Airflow connection `dateline`, of type postgres, which goes
before DATELINE_DATABASE_URL.
"""

from __future__ import annotations

import json
import os
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

from airflow.sdk import BaseOperator, Connection
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowNotFoundException

# What a command's exit code means; the command line documents them.
DONE, BAD_INPUT, NOTHING_USABLE, NO_DATABASE, INTERRUPTED = 0, 2, 3, 4, 75

CONNECTION = "dateline"
STOP_SECONDS = 4.5  # Airflow kills the task 5 s after it has asked it to stop
LONGEST_LINE = 16_384
LONGEST_REASON = 300
COUNTS = ("discovered", "fetched", "stored", "revised", "unchanged", "skipped")

Summary = dict[str, Any]  # counts, "failed" by reason, "seconds", "outlets": what `dateline crawl --summary` writes


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code (negative: the signal that killed it) and the last line it said."""

    code: int
    said: str


class DatelineCommand(BaseOperator):
    """Base of the operators here: runs `dateline …` so that no way to stop the task loses a page."""

    _child: Child | None = None

    def dateline(self, *arguments: str, output: Path | None = None) -> Ended:
        """Run a command to its end. What it prints goes to the log; its results to the file `output`, if any."""
        last: deque[str] = deque(maxlen=1)
        self._child = child = Child([*command(), *arguments], output)
        try:
            for line in child.lines():
                self.log.info(line)
                if line.strip():
                    last.append(line.strip())
            return Ended(child.wait(), last[0] if last else "it said nothing")
        except BaseException:  # a timeout or an exit, too: nothing ends the task before its child has ended
            child.stop()
            raise
        finally:
            child.close()

    def on_kill(self) -> None:
        """Stop the child; Airflow calls this when the task is stopped, and after a timeout."""
        if self._child:
            self._child.stop()


class CrawlCommand(DatelineCommand):
    """Runs `dateline crawl`, with a list of names or addresses in a file: a command line has a limit."""

    def crawl(self, option: str, listed: Sequence[str], *arguments: str) -> tuple[Ended, Summary | None]:
        """How the crawl of what is `listed` ended, and its summary if it wrote one."""
        with tempfile.TemporaryDirectory(prefix="dateline-") as folder:
            lines, summary = Path(folder, "listed"), Path(folder, "summary.json")
            lines.write_text("".join(f"{item}\n" for item in listed), encoding="utf-8")
            private = ["--allow-private"] if os.environ.get("DATELINE_ALLOW_PRIVATE") == "1" else []
            ended = self.dateline("crawl", option, str(lines), "--summary", str(summary), *private, *arguments)
            return ended, read_summary(summary)


class Child:
    """One running command in a session of its own: a signal for the task reaches it only through `stop`."""

    def __init__(self, arguments: Sequence[str], output: Path | None = None) -> None:
        with output.open("wb") if output else nullcontext(subprocess.PIPE) as stdout:
            self._process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=subprocess.PIPE if output else subprocess.STDOUT,
                env=child_environment(),
                start_new_session=True,
            )
        pipe = self._process.stderr if output else self._process.stdout
        assert pipe is not None
        self._pipe = pipe
        self._asked = False

    def lines(self) -> Iterator[str]:
        """What it says, line by line, until it has ended; a line without end comes in pieces."""
        rest = b""
        while chunk := self._read():
            *whole, rest = (rest + chunk).split(b"\n")
            if len(rest) > LONGEST_LINE:
                whole, rest = [*whole, rest], b""
            yield from (line.decode(errors="replace").rstrip() for line in whole)
        if rest:
            yield rest.decode(errors="replace").rstrip()

    def wait(self) -> int:
        """Wait for its end; its exit code. What it may have left running is killed."""
        while self._code() is None:
            time.sleep(0.05)
        self._kill()
        return self._process.returncode

    def stop(self) -> None:
        """Ask it to end, give it time to store what it has, then kill it and its helpers. May be repeated."""
        if self._code() is None and not self._asked:
            self._asked = True
            self._process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while self._code() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        self._kill()

    def close(self) -> None:
        """Let go of its output."""
        self._pipe.close()

    def _read(self) -> bytes:
        # Not until the end of the pipe: a helper of a killed child would hold it open.
        while True:
            if select.select([self._pipe], [], [], 0.5)[0]:
                return os.read(self._pipe.fileno(), 65_536)
            if self._code() is not None:
                return b""

    def _code(self) -> int | None:
        # Never Popen.wait(): it holds a lock, and `stop` may run in a signal handler on top of it.
        return self._process.poll()

    def _kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
            os.killpg(self._process.pid, signal.SIGKILL)
        for _ in range(40):
            if self._code() is not None:
                return
            time.sleep(0.05)


def command() -> list[str]:
    """The command line of `dateline`."""
    if said := os.environ.get("DATELINE_COMMAND"):
        return shlex.split(said)
    beside = Path(sys.executable).with_name("dateline")
    found = str(beside) if beside.exists() else shutil.which("dateline")
    if not found:
        raise AirflowFailException(
            "there is no command `dateline` on this worker: install the project where Airflow runs, or set "
            "DATELINE_COMMAND to the command's path in the worker's environment"
        )
    return [found]


def child_environment() -> dict[str, str]:
    """The worker's environment without Airflow's settings: what meets strangers' pages needs no secrets."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "_AIRFLOW"))}
    database = {"DATELINE_DATABASE_URL": url} if (url := database_url()) else {}
    return {**kept, **database, "DATELINE_DIE_WITH_PARENT": "1", "PYTHONUNBUFFERED": "1"}


def database_url() -> str | None:
    """Where the archive is, by the Airflow connection `dateline`; None where there is none."""
    try:
        found = Connection.get(CONNECTION)
    except AirflowNotFoundException:
        return None
    if found.conn_type not in ("postgres", "postgresql"):
        raise AirflowFailException(f"the connection {CONNECTION!r} is of type {found.conn_type!r}; make it postgres")
    user = quote(found.login or "", safe="") + (f":{quote(found.password, safe='')}" if found.password else "")
    host = f"[{found.host}]" if ":" in (found.host or "") else quote(found.host or "", safe="")
    place = f"{host}{f':{found.port}' if found.port else ''}"
    options = {k: str(v) for k, v in found.extra_dejson.items() if isinstance(v, str | int) and not k.startswith("__")}
    query = f"?{urlencode(options)}" if options else ""
    return f"postgresql://{user}{'@' if user else ''}{place}/{quote(found.schema or '', safe='')}{query}"


def read_summary(path: Path) -> Summary | None:
    """The summary a crawl wrote, cut down to what an XCom should carry; None if there is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        outlets = [_outlet(o) for o in found.get("outlets", [])]
        return {**_counts(found), "seconds": found.get("seconds", 0), "outlets": outlets}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # missing, cut short, or not ours
        return None


def add_up(summaries: Sequence[Summary]) -> Summary:
    """The figures of several crawls as one, with outlets counted by outcome instead of named."""
    failed: dict[str, int] = {}
    held: dict[str, int] = {}
    outcomes: dict[str, int] = {}
    for summary in summaries:
        for name, total in (("failed", failed), ("held", held)):
            for reason, count in summary.get(name, {}).items():  # an older command holds nothing back
                total[reason] = total.get(reason, 0) + count
        for outlet in summary["outlets"]:
            outcomes[outlet["outcome"]] = outcomes.get(outlet["outcome"], 0) + 1
    return {**{c: sum(s[c] for s in summaries) for c in COUNTS}, "failed": failed, "held": held, "outlets": outcomes}


def reasons(summary: Summary | None) -> str:
    """Why nothing came, in one line."""
    found = dict.fromkeys(o["reason"] for o in (summary or {}).get("outlets", []) if o["reason"])
    return "; ".join(list(found)[:3])


def fail(ended: Ended) -> NoReturn:
    """Fail the task as the exit code deserves: for good where trying again cannot help, else with a retry."""
    match ended.code:
        case 2:
            raise AirflowFailException(f"bad input: {ended.said}")
        case 4:
            raise AirflowException(f"no database: {ended.said}")
        case 75:
            raise AirflowException("interrupted; what was fetched is stored, the next try goes on from there")
        case 0 | 3:
            raise AirflowException("the command ended without a summary: see its last lines above")
        case code if code < 0:
            raise AirflowException(f"the command was killed by {signal.Signals(-code).name}: {ended.said}")
        case code:
            raise AirflowException(f"the command ended with exit code {code}: {ended.said}")


def shortened(text: str | None) -> str | None:
    """A reason on one line, short enough for a log line and an XCom."""
    line = " ".join((text or "").split())
    return (line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…") or None


def _outlet(record: dict[str, Any]) -> dict[str, Any]:
    said = {"reason": shortened(record.get("reason")), "state_reason": shortened(record.get("state_reason"))}
    return {
        "name": record["name"],
        "outcome": record["outcome"],
        "state": record.get("state"),
        **said,
        **_counts(record),
    }


def _counts(record: dict[str, Any]) -> dict[str, Any]:
    by_reason = {name: dict(record.get(name) or {}) for name in ("failed", "held")}
    return {**{c: int(record.get(c) or 0) for c in COUNTS}, **by_reason}
