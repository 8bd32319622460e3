"""Worker processes: whatever a task does, the caller gets a result or a named failure, and the pool goes on."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pebble
import pytest

from pipelines.workers import OUT_OF_MEMORY, WorkerFailure, Workers, _expired, cores


def double(number: int) -> int:
    return 2 * number


def stall() -> None:
    time.sleep(60)


def devour() -> int:
    return len(bytearray(4 << 30))


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def complain() -> None:
    raise ValueError("not like this")


def spin() -> None:
    while True:
        pass


def backtrack() -> bool:
    """Busy in C, where no Python signal handler is heard."""
    return re.match(r"(a+)+$", 40 * "a" + "b") is not None


def sleep_a_while() -> str:
    time.sleep(0.6)
    return "slept"


def work(seconds: float) -> int:
    """The process that spent so much processor time."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return os.getpid()


def test_each_failure_has_its_name_and_harms_no_neighbour() -> None:
    async def run() -> list[object]:
        with Workers(2, deadline=1.5) as workers:
            await workers.run(double, 1)
            tasks = [workers.run(task) for task in (stall, devour, crash, complain)]
            neighbours = [workers.run(double, n) for n in range(20)]
            return await asyncio.gather(*tasks, *neighbours, return_exceptions=True)

    stalled, devoured, crashed, complained, *neighbours = asyncio.run(run())
    assert isinstance(stalled, WorkerFailure)
    assert isinstance(devoured, WorkerFailure)
    assert isinstance(crashed, WorkerFailure)
    assert [stalled.reason, devoured.reason, crashed.reason] == ["timeout", "memory", "crashed"]
    assert [stalled.is_final, devoured.is_final, crashed.is_final] == [False, True, True]
    assert isinstance(complained, ValueError)
    assert neighbours == [2 * n for n in range(20)]


def test_results_without_an_event_loop() -> None:
    with Workers(1) as workers:
        assert workers.outcome(workers.submit(double, 21)) == 42
        with pytest.raises(WorkerFailure, match="crashed"):
            workers.outcome(workers.submit(crash))


@pytest.mark.parametrize("busy", [spin, backtrack])
def test_a_task_over_its_processor_time_is_ended_and_no_neighbour_with_it(busy: Callable[[], object]) -> None:
    async def run() -> list[object]:
        with Workers(2) as workers:
            await workers.run(double, 1)
            tasks = [workers.run(busy, seconds=0.3), workers.run(work, 0.1)]
            neighbours = [workers.run(double, n) for n in range(20)]
            found = await asyncio.gather(*tasks, *neighbours, return_exceptions=True)
            return [*found, await workers.run(double, 21)]

    started = time.monotonic()
    failure, worked, *neighbours, after = asyncio.run(run())
    assert time.monotonic() - started < 30  # half of the deadline that any task has
    assert isinstance(failure, WorkerFailure)
    assert (failure.reason, failure.detail) == ("timeout", "took more processor time than a page may")
    assert isinstance(worked, int)
    assert neighbours == [2 * n for n in range(20)]
    assert after == 42


def test_the_task_after_runs_in_a_new_worker() -> None:
    with Workers(1) as workers:
        before = workers.outcome(workers.submit(os.getpid))
        with pytest.raises(WorkerFailure, match="timeout"):
            workers.outcome(workers.submit(spin, seconds=0.2))
        after = workers.outcome(workers.submit(os.getpid))
    assert before != after


def test_waiting_costs_no_processor_time() -> None:
    with Workers(1) as workers:
        assert workers.outcome(workers.submit(sleep_a_while, seconds=0.2)) == "slept"


def test_each_task_has_its_own_time() -> None:
    with Workers(1) as workers:
        spent = {workers.outcome(workers.submit(work, 0.2, seconds=0.5)) for _ in range(4)}
        spent |= {workers.outcome(workers.submit(work, 0.2))}
        with pytest.raises(ValueError, match="not like this"):
            workers.outcome(workers.submit(complain, seconds=0.1))
        spent |= {workers.outcome(workers.submit(work, 0.3, seconds=5))}  # its timer went with the one that failed
    assert len(spent) == 1


@pytest.mark.parametrize(
    ("code", "reason", "detail"),
    [
        (-signal.SIGPROF, "timeout", "processor time"),
        (OUT_OF_MEMORY, "memory", "MB"),
        (-signal.SIGSEGV, "crashed", "SIGSEGV"),
        (-signal.SIGKILL, "crashed", "SIGKILL"),
        (3, "crashed", "exit code 3"),
        (None, "crashed", "exit code None"),
    ],
)
def test_how_a_worker_went_is_told_by_its_exit_code(code: int | None, reason: str, detail: str) -> None:
    failure = _expired(pebble.ProcessExpired("gone", code))
    assert failure.reason == reason
    assert detail in failure.detail
    assert "\n" not in str(failure)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 8),
        ({"cpu.max": "max 100000"}, 8),
        ({"cpu.max": "200000 100000"}, 2),
        ({"cpu.max": "150000 100000"}, 2),
        ({"cpu.max": "10000 100000"}, 1),
        ({"cpu.max": "1600000 100000"}, 8),
        ({"cpu.max": "nonsense"}, 8),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 8),
        ({"cpu/cpu.cfs_quota_us": "300000", "cpu/cpu.cfs_period_us": "100000"}, 3),
    ],
)
def test_a_container_has_the_cores_it_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], expected: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{text}\n")
    assert cores(tmp_path) == expected
