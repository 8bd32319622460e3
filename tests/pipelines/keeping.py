"""Pages kept with their captures, for tests: stored as a crawl stores them, in files of a living writer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipelines import store
from pipelines.database import Database
from pipelines.frontier import Page
from pipelines.records import Capture
from pipelines.shelf import Shelf
from pipelines.store import Visit
from pipelines.warc import WarcWriter
from tests.pipelines.builders import leased, run_of, source, visit

LONG_AGO = datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC)


class Keeper:
    """Stores pages of the outlet `name`; its files are held until `close`."""

    def __init__(self, database: Database, shelf: Shelf, name: str = "x") -> None:
        self.database, self.shelf = database, shelf
        self.owner = source(database, name)
        self.run = run_of(database, self.owner)
        self.writer = WarcWriter(shelf, "test")

    def keep(self, *paths: str, at: datetime = LONG_AGO) -> list[Page]:
        """Visit pages for the first time, one a day."""
        pages = leased(self.database, self.run, self.owner, *paths)
        for number, page in enumerate(pages):
            brought = visit(page, f"<p>body of {page.url}".encode(), at + timedelta(days=number))
            assert brought.capture
            assert brought.article
            place, article = self.writer.write(brought.capture), replace(brought.article, canonical_url=page.url)
            store.write(self.database, self.run, self.owner.id, replace(brought, place=place, article=article))
        return pages

    def again(self, page: Page, status: int, at: datetime) -> None:
        """Visit a page that has not changed: 304, or 200 with the same body."""
        body = f"<p>body of {page.url}".encode()
        with self.database.transaction() as cursor:
            cursor.execute(
                "update pages set leased_by = %s, lease_expires_at = now() + interval '1 hour' where id = %s"
                " returning body_sha256",
                (self.run, page.id),
            )
            known = store.original(self.database, page.id, bytes(cursor.fetchone().body_sha256))
        assert known
        answer = Capture(page.url, page.url, status, (("ETag", '"1"'),), b"" if status == 304 else body, at)
        place = self.writer.write(answer, known)
        facts = {"capture": answer, "place": place, "original": known, "status": status}
        store.write(self.database, self.run, self.owner.id, Visit(page, "unchanged", **facts))  # type: ignore[arg-type]

    def close(self) -> None:
        """Put the files away."""
        self.writer.close()
