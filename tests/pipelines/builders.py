"""Records for tests: an outlet with a run under way, pages in its frontier, articles to store."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime

from pipelines import frontier, runs
from pipelines.database import Database
from pipelines.frontier import Page
from pipelines.outlets import Outlet
from pipelines.records import Article, Capture, Link
from pipelines.runs import Source
from pipelines.store import Visit
from pipelines.warc import Place

MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
STORY = Article(
    url="https://x.example/a",
    canonical_url="https://x.example/a",
    title="Ferry returns to the harbour",
    text="The ferry came back on Tuesday.\nIts crew of nine was well.",
    kind="article",
    extractor="test",
    published_at="2026-03-04",
    published_precision="day",
    published_origin="page",
    word_count=11,
)


def outlet(name: str = "x", **fields: object) -> Outlet:
    return Outlet.model_validate({"name": name, "url": f"https://{name}.example/", **fields})


def source(database: Database, name: str = "x") -> Source:
    known = [o for o in (outlet(n) for n in ("x", "y", "z")) if o.name == name]
    return runs.sync(database, known)[0]


def run_of(database: Database, owner: Source) -> int:
    return runs.start(database, owner, uuid.uuid4(), "cli")


def leased(database: Database, run: int, owner: Source, *paths: str) -> list[Page]:
    links = [Link(f"https://{owner.outlet.name}.example/{path}") for path in paths]
    frontier.add(database, run, owner.id, links)
    return frontier.lease(database, run, owner.id, len(paths))


def visit(page: Page, body: bytes = b"<p>", at: datetime = MOMENT, **changes: object) -> Visit:
    """A visit that brings an article; `changes` are the article's."""
    capture = Capture(page.url, page.url, 200, (("ETag", '"1"'),), body, at)
    article = replace(STORY, **changes)  # type: ignore[arg-type]
    return Visit(
        page, "stored", capture=capture, place=Place("f", 1, 2), article=article, status=200, received=len(body)
    )
