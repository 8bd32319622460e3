"""Captures read by workers, one after another, for the commands that write what is in them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future

from pipelines import replay
from pipelines.held import Held
from pipelines.records import Article
from pipelines.shelf import Shelf
from pipelines.workers import SECONDS_A_PAGE, Workers

WARM_UP = ("pipelines.extract:warm_up",)
IN_FLIGHT = 32  # captures read ahead of the one whose turn it is


def readings(workers: Workers, captures: Shelf, pages: Iterator[Held]) -> Iterator[tuple[Held, Future[Article]]]:
    """Each page with what is being read in its capture: see Workers.outcome."""
    waiting: deque[tuple[Held, Future[Article]]] = deque()
    page = next(pages, None)
    while page or waiting:
        if page and len(waiting) < IN_FLIGHT:
            waiting.append((page, workers.submit(replay.read, captures, page.kept, seconds=SECONDS_A_PAGE)))
            page = next(pages, None)
        else:
            yield waiting.popleft()
