"""A Scrapy extension that measures how long the event loop keeps others waiting, and a crawl that runs with it.

`late` is by how much a timer was late, which is also what a busy machine does to any process; `busy` is the longest
time one callback held the loop, and `cpu` how much of the processor the longest took: what a callback waits for, such
as SQL, shows in the first and not in the second.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from scrapy import signals

EVERY = 0.005  # seconds between two looks at the clock


class LoopLag:
    """Wakes every EVERY seconds and notes by how much it was late."""

    def __init__(self) -> None:
        self.busy: list[tuple[float, float]] = []
        self.late: list[float] = []
        self.watching: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Any) -> LoopLag:
        watch = cls()
        crawler.signals.connect(watch.opened, signal=signals.spider_opened)
        crawler.signals.connect(watch.closed, signal=signals.spider_closed)
        return watch

    def opened(self) -> None:
        run = asyncio.Handle._run

        def timed(handle: asyncio.Handle) -> None:
            wall, cpu = time.perf_counter(), time.thread_time()
            run(handle)
            self.busy.append((time.perf_counter() - wall, time.thread_time() - cpu))

        setattr(asyncio.Handle, "_run", timed)  # noqa: B010 - a private name, for want of a public hook
        self.watching = asyncio.ensure_future(self._watch())

    def closed(self) -> None:
        if self.watching:
            self.watching.cancel()
        late = sorted(self.late)
        figures = {
            "late p50": late[len(late) // 2],
            "late p99": late[int(len(late) * 0.99)],
            "late max": late[-1],
            "busy max": max(wall for wall, _ in self.busy),
            "cpu max": max(cpu for _, cpu in self.busy),
        }
        Path(sys.argv[1]).write_text(json.dumps({k: round(v * 1000, 1) for k, v in figures.items()}))

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            asked = loop.time()
            await asyncio.sleep(EVERY)
            self.late.append(loop.time() - asked - EVERY)


def main() -> None:
    """Crawl every outlet of DATELINE_SOURCES; the lag in ms goes to the file named first."""
    from dateline.crawl import Request, crawl_now
    from dateline.settings import Settings
    from spiders import settings

    settings.EXTENSIONS |= {"tests.bench.lag.LoopLag": 0}
    crawl_now(Settings.from_environment(), Request(all_outlets=True, allow_private=True), as_json=True)


if __name__ == "__main__":
    main()
