"""A thread that assigns articles to their clusters while they are stored: in a crawl, an import, a re-extraction."""

from __future__ import annotations

import logging
import threading
import time

from pipelines import clusters
from pipelines.database import Database, DatabaseError

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds between looks at the queue: a batch costs less than as many articles one by one
SHARE = 0.2  # of a core at most, or a second's pause: a queue that a rebuild left must not slow a crawl
PAUSE_AFTER_FAULT = 10.0
LAST = 2.0  # seconds for what is in the queue at the end; what is left waits for whoever assigns next


class Follower:
    """Assigns what anybody stores for as long as it lives. Use as a context manager.

    A fault is logged and tried again: the queue is kept, and nobody's article fails for it.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url, 1)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="clusters", daemon=True)

    def __enter__(self) -> Follower:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._database.close()

    def _work(self) -> None:
        pause = PAUSE
        while not self._ended.wait(pause):
            began = time.monotonic()
            assigned = self._batch()
            took = time.monotonic() - began
            pause = min(PAUSE, took / SHARE) if assigned == clusters.BATCH else PAUSE
            if assigned is None:
                pause = PAUSE_AFTER_FAULT
        give_up_at = time.monotonic() + LAST
        while self._batch() and time.monotonic() < give_up_at:
            pass

    def _batch(self) -> int | None:
        """How many were assigned; None where that failed."""
        try:
            return clusters.assign_some(self._database)
        except DatabaseError as error:
            log.warning("articles wait for their clusters: %s", error)
            return None
