"""`dateline clusters`: articles that wait for their cluster, assigned; or all of them anew."""

from __future__ import annotations

from collections.abc import Callable

from dateline.asking import open_archive
from dateline.settings import Settings
from pipelines import clusters
from pipelines.database import Database


def update(settings: Settings, batch: int) -> None:
    """Assign the articles in the queue, `batch` a transaction, and print how many there were."""
    print(f"{_run(settings, clusters.update, batch)} articles assigned")


def rebuild(settings: Settings, batch: int) -> None:
    """Assign every article anew, `batch` a transaction, and print how many there were."""
    print(f"{_run(settings, clusters.rebuild, batch)} articles assigned anew")


def _run(settings: Settings, task: Callable[[Database, int], int], batch: int) -> int:
    with open_archive(settings) as archive:
        return task(archive, batch)
