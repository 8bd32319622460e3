"""A real Airflow for tests: its runs and the logs of their tasks over REST, and `dateline up` as a process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from dateline.postgres import Server
from dateline.rest import NoAnswer, Rest
from pipelines.database import Database
from tests.commands import DATELINE

ADDRESS = re.compile(r"Airflow: http://127\.0\.0\.1:(\d+) \(user admin, password (\S+)\)")
READY = "Ctrl-C stops everything"


def seconds_until(condition: Callable[[], object], patience: float = 300) -> float:
    """Seconds until the condition holds, asked twice a second; raises TimeoutError. No answer counts as not yet."""
    began = time.monotonic()
    while time.monotonic() < began + patience:
        with suppress(NoAnswer):
            if condition():
                return time.monotonic() - began
        time.sleep(0.5)
    raise TimeoutError(f"not within {patience:.0f} s")


def trigger(rest: Rest, dag: str, conf: Mapping[str, object]) -> str:
    """Ask for a run of a DAG with this form; the run's path in the REST interface."""
    run = rest.post(f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None, "conf": dict(conf)})["dag_run_id"]
    return f"/api/v2/dags/{dag}/dagRuns/{run}"


def ended(rest: Rest, path: str, patience: float = 300) -> str:
    """The state in which a run has ended."""
    seconds_until(lambda: rest.get(path)["state"] in ("success", "failed"), patience)
    return str(rest.get(path)["state"])


def tasks(rest: Rest, path: str) -> dict[str, str]:
    """The state of each task of a run; of a mapped task, of one of them."""
    found = rest.get(f"{path}/taskInstances", limit=100)["task_instances"]
    return {task["task_id"]: str(task["state"]) for task in found}


def log(rest: Rest, path: str, task: str, number: int = 1) -> str:
    """What a try of a task has logged, with the messages of its exceptions, line by line."""
    lines = rest.get(f"{path}/taskInstances/{task}/logs/{number}")["content"]
    errors = [(line, [e["exc_value"] for e in line.get("error_detail") or []]) for line in lines]
    return "\n".join(f"{line['event']} {' '.join(error)}".rstrip() for line, error in errors)


class Up:
    """A `dateline up` that has shown its first rows; killed at the end of the context, which no process may outlive."""

    def __init__(self, home: Path, command: Sequence[str] = (DATELINE, "up"), **env: str) -> None:
        self.home, self._command = home, command
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATELINE_", "AIRFLOW"))}
        self.env = kept | {"DATELINE_HOME": str(home), "DATELINE_SCHEDULE": "0 0 1 1 *"} | env
        self.said = ""

    def __enter__(self) -> Up:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait for the first rows."""
        self._popen = subprocess.Popen(
            self._command, env=self.env, cwd=self.home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self._popen.stdout
        lines = []
        for line in self._popen.stdout:
            lines.append(line)
            if READY in line:
                break
        self.said = "".join(lines)
        found = ADDRESS.search(self.said)
        if found is None or READY not in self.said:
            raise RuntimeError(f"dateline up did not come up:\n{self.said}")
        self.process = psutil.Process(self._popen.pid)
        self.rest = Rest(int(found[1]), "admin", found[2])
        self.address, self.password = f"http://127.0.0.1:{found[1]}", found[2]

    def stop(self) -> int:
        """Ask it to stop, as Ctrl-C does; its exit code."""
        self._popen.send_signal(signal.SIGINT)
        self._popen.communicate(timeout=120)
        return self._popen.returncode

    def kill(self) -> float:
        """Kill it with -9 unless it has ended; seconds until nothing of it is left. Raises TimeoutError when something
        stays."""
        if self._popen.returncode is not None:
            return 0.0
        tree = self.tree()
        self._popen.kill()
        self._popen.communicate()
        return seconds_until(lambda: not [p for p in tree if alive(p)], 60)

    def tree(self) -> list[psutil.Process]:
        """It and all below it, and the embedded server."""
        with suppress(psutil.NoSuchProcess, FileNotFoundError):
            server = int((Server(self.home).data / "postmaster.pid").read_text().split()[0])
            return [*self.below(), psutil.Process(server)]
        return self.below()

    def below(self) -> list[psutil.Process]:
        """It and all below it."""
        with suppress(psutil.NoSuchProcess):
            return [self.process, *self.process.children(recursive=True)]
        return []

    def service(self, word: str) -> psutil.Process:
        """The one process right below it whose command line has that word; some of Airflow's rewrite theirs."""
        (found,) = [p for p in self.process.children() if word in " ".join(p.cmdline())]
        return found

    def ask(self, query: str) -> Any:
        """The first row of a query on the archive."""
        with Database(Server(self.home).url("dateline"), 1) as archive, archive.transaction() as cursor:
            cursor.execute(query)
            return cursor.fetchone()


def alive(process: psutil.Process) -> bool:
    """Whether it runs, and is no zombie."""
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def say(line: str) -> None:
    """A line of a report, at once."""
    print(line, flush=True)


def claims(wrong: list[str], held: bool, what: str) -> None:
    """Say whether a claim holds; one that does not is added to `wrong`."""
    say(f"{'yes' if held else 'NO '}  {what}")
    if not held:
        wrong.append(what)


def python_of(venv: Path) -> str:
    """The Python of a virtual environment."""
    return str(venv / "bin" / Path(sys.executable).name)
