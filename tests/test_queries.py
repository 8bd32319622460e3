"""Each query of docs/queries.md, run as it stands by a reader: it finds something, and an index answers it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dateline.postgres import Server
from pipelines import roles
from pipelines.database import Database
from pipelines.migrating import migrate
from tests.queries import Block, blocks, fill

BIG = {"articles", "pages", "fetches_default", "revisions"}  # the log's rows are all in its default partition here


@pytest.fixture(scope="module")
def reader(server: Server) -> Iterator[Database]:
    """The archive as a reader has it."""
    server.ensure_database("queries")
    url = server.url("queries")
    migrate(url)
    with Database(url, 1) as database:
        fill(database)
        roles.add(database, "queries_reader", roles.READER)
    with Database(url.replace("postgres@", "queries_reader@"), 1) as reader:
        yield reader


def rows(reader: Database, statement: str) -> list[Any]:
    with reader.transaction() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.name)
def test_it_finds_something(reader: Database, block: Block) -> None:
    assert rows(reader, block.sql)


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.name)
def test_an_index_answers_it(reader: Database, block: Block) -> None:
    (plan,) = rows(reader, f"explain (format json) {block.sql}")
    assert not {scan for scan in scans(plan[0][0]["Plan"]) if scan in BIG}, json.dumps(plan[0], indent=1)


def scans(node: dict[str, Any]) -> Iterator[str]:
    """Relations that a plan reads from end to end."""
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from scans(child)
