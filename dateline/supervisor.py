"""Keeps a handful of processes running: starts them, restarts what dies, and stops them in reverse order.

Everything happens in the caller's thread, which must be the main one: signals arrive there, and a process that is to
die with us must be started from there (see follow.py).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

Say = Callable[[str], None]

STEP = 0.1  # seconds between two looks at the processes
STEADY = 60.0  # who has lived so long begins again with the shortest back-off
LONGEST_BACKOFF = 60.0
LAST_LINES = 5
LARGEST_LOG = 20_000_000  # bytes; then it is moved aside, and the one before it is gone


class Stopped(Exception):
    """A signal asked us to stop."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal.Signals(signal_number).name)
        self.signal_number = signal_number


@dataclass(frozen=True)
class Service:
    """A process to keep running: `command` in the environment `env`, its output in the file `log`."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    grace: float = 10.0  # seconds it may take to stop before it is killed
    leaned_on: bool = True  # others need it: it is asked to stop when those that came after it have ended


@dataclass
class _Running:
    """A service and its present process, or when to start the next one."""

    service: Service
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0  # ends in a row
    restart_at: float = 0.0


class Supervisor:
    """Runs services between `with` and its end. SIGINT, SIGTERM and SIGHUP end every wait with `Stopped`; another
    one while stopping means: now."""

    def __init__(self, say: Say = print) -> None:
        self._say = say
        self._services: list[_Running] = []
        self._signals: list[tuple[int, float]] = []  # number and time
        self._handlers: dict[int, Any] = {}
        self._tidied = time.monotonic()

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        finally:
            for number, handler in self._handlers.items():
                signal.signal(number, handler)

    def start(self, service: Service) -> None:
        """Start it now, and again whenever it ends."""
        running = _Running(service)
        self._services.append(running)
        self._spawn(running)

    def run(self, service: Service, each: Callable[[], object] | None = None) -> int:
        """Run it once, to its end; its exit code. `each` is called meanwhile."""
        running = _Running(service)
        self._services.append(running)
        self._spawn(running)
        process = running.process
        assert process is not None
        while process.poll() is None:
            if each:
                each()
            self._pause()
        end([running])
        self._services.remove(running)
        return process.returncode

    def wait(self, until: Callable[[], bool] = lambda: False, every: float = STEP) -> None:
        """Keep everything running until the condition holds, asked `every` so many seconds; raises Stopped."""
        asked = 0.0
        while True:
            self.look()
            if time.monotonic() >= asked + every:
                if until():
                    return
                asked = time.monotonic()
            self._pause()

    def look(self) -> None:
        """Restart what has died and has waited out its back-off."""
        for running in self._services:
            if running.process is not None and running.process.poll() is not None:
                self._mourn(running, running.process.returncode)
            elif running.process is None and time.monotonic() >= running.restart_at:
                self._restart(running)
        if time.monotonic() > self._tidied + 10:
            self._tidied = time.monotonic()
            for running in self._services:
                rotate(running.service.log, LARGEST_LOG)

    def failures(self, name: str) -> int:
        """How often in a row the service has ended by itself."""
        return sum(r.failures for r in self._services if r.service.name == name)

    def log(self, name: str) -> Path:
        """The log of a service."""
        return next(r.service.log for r in self._services if r.service.name == name)

    def stop(self) -> None:
        """Stop everything, last come first: ask the whole group, wait, then kill it. No process is left."""
        began = time.monotonic()
        while self._services:
            wave = [self._services.pop()]
            while self._services and not wave[-1].service.leaned_on and not self._services[-1].service.leaned_on:
                wave.append(self._services.pop())
            # Not by the echo of the first: some send a signal to the process and to its group.
            end(wave, hurry=lambda: any(at > began + 0.5 for _, at in self._signals))

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self._signals.append((number, time.monotonic()))

    def _pause(self) -> None:
        if self._signals:
            raise Stopped(self._signals[0][0])
        time.sleep(STEP)

    def _spawn(self, running: _Running) -> None:
        service = running.service
        service.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(service.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            # A session of its own: Ctrl-C in the terminal is ours to pass on, in our order.
            running.process = subprocess.Popen(
                service.command,
                env=service.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        running.started = time.monotonic()

    def _restart(self, running: _Running) -> None:
        try:
            self._spawn(running)
        except OSError as error:  # no memory, no file handle, a full disk: that may pass
            delay = self._back_off(running, lived=0)
            self._say(f"{running.service.name} cannot be started ({error}); trying again in {delay:.0f} s")

    def _mourn(self, running: _Running, code: int) -> None:
        lived = time.monotonic() - running.started
        end([running])
        delay = self._back_off(running, lived)
        name, log = running.service.name, running.service.log
        self._say(f"{name} {ending(code)} after {lived:.0f} s; starting it again in {delay:.0f} s")
        if running.failures > 1:
            self._say("\n".join([f"its log {log} ends with", *(f"  {line}" for line in last_lines(log))]))

    def _back_off(self, running: _Running, lived: float) -> float:
        """Seconds to wait before the next start: doubled with every end in a row."""
        running.failures = 1 if lived > STEADY else running.failures + 1
        delay = min(2.0 ** (running.failures - 1), LONGEST_BACKOFF)
        running.restart_at = time.monotonic() + delay
        return delay


def end(wave: Sequence[_Running], hurry: Callable[[], bool] = lambda: False) -> None:
    """Stop processes together: ask, wait for as long as the slowest may take, then kill what is left of each group."""
    alive = [(r.process, r.service.grace) for r in wave if r.process is not None]
    for process, _ in alive:
        if process.poll() is None:
            signal_group(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + max((grace for _, grace in alive), default=0.0)
    while any(p.poll() is None for p, _ in alive) and time.monotonic() < deadline and not hurry():
        time.sleep(STEP / 2)
    for process, _ in alive:
        signal_group(process.pid, signal.SIGKILL)
        process.wait()
    for running in wave:
        running.process = None


def signal_group(leader: int, number: int) -> None:
    """Signal every process of the group, if there is one left."""
    with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        os.killpg(leader, number)


def rotate(log: Path, size: int) -> None:
    """Copy a log that is larger than that to NAME.1 and empty it; its writer appends, and so goes on at the start."""
    with suppress(FileNotFoundError):
        if log.stat().st_size > size:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)


def last_lines(log: Path, count: int = LAST_LINES) -> list[str]:
    """The last lines of a log that say something."""
    try:
        with log.open(encoding="utf-8", errors="replace") as file:
            return list(deque((line.rstrip()[:300] for line in file if line.strip()), maxlen=count))
    except OSError as error:
        return [f"({error.strerror})"]


def ending(code: int) -> str:
    """How a process ended, in words."""
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
