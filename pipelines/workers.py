"""Worker processes for whatever parses strangers' bytes: each task has a deadline, each worker a memory limit.

A parser can be quadratic, leak, or crash outright. So it never runs in the process that crawls: a task over its
deadline has its worker killed, a worker that dies is replaced, and its neighbours do not notice.
"""

from __future__ import annotations

import asyncio
import ctypes
import math
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import pebble

T = TypeVar("T")

MEMORY_LIMIT = 512 << 20  # bytes of data (heap and private mappings) a worker may hold
SECONDS = 10.0  # of processor time a task may take
SECONDS_A_PAGE = 2.0  # of processor time a story page may take; the slowest honest ones need half of it
DEADLINE = 60.0  # seconds of wall clock, for a task that waits or a machine that is very busy
TASKS_A_WORKER = 2000  # then it is replaced: parsers leak a little
NICENESS = 5  # the event loop goes first: it only needs the processor for moments
OUT_OF_MEMORY = 113  # exit code by which a worker says why it went


class WorkerFailure(Exception):
    """A task did not end well. `reason` is timeout, memory or crashed; `detail` is one line.

    `is_final` tells whether it would end so again: not where the machine was too busy to let it run.
    """

    def __init__(self, reason: str, detail: str, *, is_final: bool = True) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.is_final = is_final


def cores(groups: Path = Path("/sys/fs/cgroup")) -> int:
    """Processor cores this process may use: the machine's, or what its container is allowed, a part of one for one."""
    return max(1, min(os.cpu_count() or 1, math.ceil(_allowed(groups))))


def _allowed(groups: Path) -> float:
    """Cores that the control group allows, of version 2 or 1; sys.maxsize where it sets no limit."""
    whole = groups / "cpu.max"
    parts = [whole] if whole.exists() else [groups / "cpu" / f"cpu.cfs_{part}_us" for part in ("quota", "period")]
    try:
        quota, period = (word for part in parts for word in part.read_text().split())
    except (OSError, ValueError):  # no such system
        return sys.maxsize
    return sys.maxsize if quota in ("max", "-1") else int(quota) / int(period)


class Workers:
    """A pool of worker processes. Use as a context manager."""

    def __init__(
        self,
        count: int | None = None,
        *,
        warm_up: tuple[str, ...] = (),  # modules to load, or "module:function" to call
        memory_limit: int = MEMORY_LIMIT,
        deadline: float = DEADLINE,
    ) -> None:
        self.deadline = deadline
        self.count = count or cores()
        self._pool = pebble.ProcessPool(
            max_workers=self.count,
            max_tasks=TASKS_A_WORKER,
            initializer=_prepare,
            initargs=(os.getpid(), memory_limit, warm_up),
            # A forked worker would inherit sockets, locks and the event loop.
            context=multiprocessing.get_context("spawn"),
        )

    async def run(self, task: Callable[..., T], *arguments: Any, seconds: float = SECONDS) -> T:
        """The task's result, if it takes at most `seconds` of processor time.

        Its own exceptions are raised here; WorkerFailure tells how a worker was lost.
        """
        future = self.submit(task, *arguments, seconds=seconds)
        try:
            return await asyncio.wrap_future(future)
        except FutureTimeout as error:
            raise self._late() from error
        except pebble.ProcessExpired as error:
            raise _expired(error) from error

    def submit(self, task: Callable[..., T], *arguments: Any, seconds: float = SECONDS) -> Future[T]:
        """The same for callers without an event loop: see `outcome`."""
        return self._pool.schedule(_guarded, args=(task, arguments, seconds), timeout=self.deadline)

    def outcome(self, future: Future[T]) -> T:
        """Wait for a submitted task; raises as `run` does."""
        try:
            return future.result()
        except FutureTimeout as error:
            raise self._late() from error
        except pebble.ProcessExpired as error:
            raise _expired(error) from error

    def _late(self) -> WorkerFailure:
        return WorkerFailure("timeout", f"not read within {self.deadline:g} s", is_final=False)

    def __enter__(self) -> Workers:
        # The pool starts with its first task, and starting processes takes a moment that no event loop should wait.
        self._pool.schedule(len, args=("",))
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.stop()
        self._pool.join()


def _expired(error: pebble.ProcessExpired) -> WorkerFailure:
    code = error.exitcode
    if code == -signal.SIGPROF:
        return WorkerFailure("timeout", "took more processor time than a page may")
    if code == OUT_OF_MEMORY:
        return WorkerFailure("memory", f"needs more than {MEMORY_LIMIT >> 20} MB")
    how = signal.Signals(-code).name if code and code < 0 else f"exit code {code}"
    return WorkerFailure("crashed", f"the parser took its process down ({how})")


def _guarded(task: Callable[..., T], arguments: tuple[Any, ...], seconds: float) -> T:
    # The kernel ends the process when its processor time is up, in the middle of C code too: no handler is asked.
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return task(*arguments)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # a worker that ran full is not used again
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _prepare(parent: int, memory_limit: int, warm_up: tuple[str, ...]) -> None:
    # The parent's terminal sends Ctrl-C to the whole group; the parent drains, and ends us when it is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(parent)
    os.nice(NICENESS)
    for name in warm_up:
        module, _, function = name.partition(":")
        loaded = import_module(module)
        if function:
            getattr(loaded, function)()
    resource.setrlimit(resource.RLIMIT_DATA, (memory_limit, memory_limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def die_with_parent(parent: int) -> None:
    """Ask the kernel to end this process when the one that started it ends, however it ends (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:  # it went before we could ask
            os._exit(1)
