"""The asset that the DAGs here have in common: what is triggered when new articles are in the archive."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Asset

ARTICLES = Asset(
    name="dateline_articles",
    uri="dateline://archive/articles",
    extra={"table": "articles"},
)
COUNTED = ("stored", "revised", "unchanged")


def announce(outlet_events: Any, totals: dict[str, Any]) -> dict[str, Any]:
    """Put the counts of new rows on the event of this task; returns the totals."""
    outlet_events[ARTICLES].extra = {name: totals[name] for name in COUNTED}
    return totals
