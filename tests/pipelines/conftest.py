"""What tests of the archive share: stories of a dozen outlets, stored as a crawl stores them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pipelines import clusters, runs, store
from pipelines.database import Database
from tests.conftest import Ask
from tests.pipelines.builders import MOMENT, leased, outlet, run_of, visit

Publish = Callable[..., int]


@pytest.fixture
def publish(database: Database, ask: Ask) -> Publish:
    """Store an article: publish("o1", text, hour, assign=False to leave it in the queue, **fields of it); its id."""
    owners = {s.outlet.name: s for s in runs.sync(database, [outlet(f"o{n}") for n in range(12)])}

    def publish(name: str, body: str, hour: int = 0, *, assign: bool = True, **fields: Any) -> int:
        owner = owners[name]
        run, path = run_of(database, owner), f"story-{len(ask('select 1 from pages'))}"
        page = leased(database, run, owner, path)[0]
        at = MOMENT + timedelta(hours=hour)
        fields = {"published_at": at.isoformat(), "published_precision": "minute", "title": path} | fields
        store.write(database, run, owner.id, visit(page, at=at, text=body, word_count=9, **fields))
        if assign:
            clusters.update(database)
        return int(str(ask("select id from articles where page_id = %s", page.id)[0][0]))

    return publish
