"""Visiting: what is added while the frontier is being asked is not left out."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from spiders.visiting import Visiting


def test_links_added_while_the_frontier_is_asked_are_asked_for_too() -> None:
    assert asyncio.run(leases()) == [[1], [1, 2]]


async def leases() -> list[list[int]]:
    """The ids asked for, where the page being stored ends during the first question and adds a link."""
    among, asked = [1], list[list[int]]()

    async def call(_task: object, _run: int, _source: int, _count: int, ids: list[int]) -> list[Any]:
        asked.append(list(ids))
        await asyncio.sleep(0.01)
        return []

    async def keep() -> None:
        among.append(2)

    lane: Any = SimpleNamespace(
        archive=SimpleNamespace(call=call), source=SimpleNamespace(id=1), run=1, fetched=0, limit=9, is_over=False,
        failures_in_a_row=0,
    )  # fmt: skip
    visiting = Visiting(lane)
    task = asyncio.ensure_future(keep())
    visiting.keeping.add(task)
    task.add_done_callback(visiting.keeping.discard)
    await visiting.fetch_due(among)
    return asked
