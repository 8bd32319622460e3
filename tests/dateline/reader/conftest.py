"""The reader on loopback, over a real archive of made-up stories."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest

from dateline.postgres import Server
from pipelines.database import Database, connect
from tests import newsstand
from tests.conftest import TEMPLATE
from tests.reading import Visitor, served


@pytest.fixture(scope="module")
def archive_url(server: Server) -> Iterator[str]:
    """A database with the whole newsstand in it, for the tests of a file, which only read it."""
    name = f"t_{uuid.uuid4().hex}"
    with closing(connect(server.url("postgres"))) as connection, connection.cursor() as cursor:
        cursor.execute(f"create database {name} template {TEMPLATE}")
        with Database(server.url(name)) as database:
            newsstand.fill(database)
        yield server.url(name)
        cursor.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="module")
def reader(archive_url: str) -> Iterator[Visitor]:
    """Somebody who visits the reader of that archive."""
    with served(archive_url, "reader.example") as visitor:
        yield visitor
