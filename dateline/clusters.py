"""`dateline clusters`: the clusters of syndicated stories, made anew from what is stored."""

from __future__ import annotations

from dateline.postgres import database
from dateline.settings import Settings
from pipelines import clusters
from pipelines.database import Database
from pipelines.migrating import migrate


def rebuild(settings: Settings, batch: int) -> None:
    """Assign every article anew, `batch` a transaction, and print how many there were."""
    with database(settings) as url:
        migrate(url)
        with Database(url, 1) as archive:
            done = clusters.rebuild(archive, batch)
    print(f"{done} articles assigned anew")
