"""Captures read by workers, one after another, for the commands that write what is in them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from itertools import chain

from dateline.stopping import stop_asked
from pipelines import replay
from pipelines.held import Held
from pipelines.records import Article
from pipelines.shelf import Shelf
from pipelines.workers import SECONDS_A_PAGE, Workers

WARM_UP = ("pipelines.extract:warm_up",)
IN_FLIGHT = 32  # captures read ahead of the one whose turn it is
Settle = Callable[[Held, Callable[[], Article]], None]


def read_each(captures: Shelf, pages: Iterator[Held], settle: Settle) -> bool:
    """Give each page to `settle`, with what tells what its capture holds or raises why it cannot be read: CaptureError,
    Unreadable, WorkerFailure. False where a stop was asked for on the way.
    """
    first = next(pages, None)
    if first is None:
        return True  # before workers are started: they take a second
    with stop_asked() as stop, Workers(warm_up=WARM_UP) as workers:
        for page, reading in _readings(workers, captures, chain([first], pages)):
            if stop.is_set():
                return False
            settle(page, partial(workers.outcome, reading))
    return True


def _readings(workers: Workers, captures: Shelf, pages: Iterator[Held]) -> Iterator[tuple[Held, Future[Article]]]:
    waiting: deque[tuple[Held, Future[Article]]] = deque()
    page = next(pages, None)
    while page or waiting:
        if page and len(waiting) < IN_FLIGHT:
            waiting.append((page, workers.submit(replay.read, captures, page.kept, seconds=SECONDS_A_PAGE)))
            page = next(pages, None)
        else:
            yield waiting.popleft()
