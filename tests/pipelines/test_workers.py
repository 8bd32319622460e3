"""Worker processes: whatever a task does, the caller gets a result or a named failure, and the pool goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import pytest

from pipelines.workers import WorkerFailure, Workers


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
    assert isinstance(complained, ValueError)
    assert neighbours == [2 * n for n in range(20)]


def test_results_without_an_event_loop() -> None:
    with Workers(1) as workers:
        assert workers.outcome(workers.submit(double, 21)) == 42
        with pytest.raises(WorkerFailure, match="crashed"):
            workers.outcome(workers.submit(crash))
