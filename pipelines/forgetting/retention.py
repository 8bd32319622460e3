"""Articles that an outlet's `keep_articles` no longer keeps: deleted as thoroughly as a story that is asked for."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from pipelines.database import Database
from pipelines.forgetting import audit, stories
from pipelines.forgetting.audit import Order
from pipelines.forgetting.stories import Drop

AT_ONCE = 2000  # articles: so many are found, deleted and taken out of the captures before the next


def forget(database: Database, keep: timedelta, order: Order, drop: Drop) -> dict[str, int]:
    """Delete for good what the outlet of the order has held for longer than `keep`; how much that was, by kind.

    One row in the audit, and none where there was nothing. Raises Unfinished. Hold the outlet's lock.
    """
    assert order.source is not None
    counts, articles = Counter[str](), set[int]()
    forgetting = None
    while (holding := stories.expired(database, order.source, keep, AT_ONCE)).pages:
        forgetting = forgetting or audit.begin(database, order)
        stories.remove(database, holding, forgetting, drop)
        counts.update(holding.counts)
        articles |= holding.articles
    if forgetting:
        audit.finish(database, forgetting, counts, articles)
    return dict(counts)
