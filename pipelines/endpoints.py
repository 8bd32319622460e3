"""Endpoints in SQL: where an outlet lists its stories, with the validators and the pace that each has learned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pipelines import urls
from pipelines.database import Database, execute_values
from pipelines.records import EndpointKind, EndpointLink, FoundBy

FASTER, SLOWER, FAILED = 0.5, 1.5, 2.0  # what a pace is multiplied by: something new, nothing new, no answer


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A feed, sitemap, front page or interface of an outlet, with the validators of its newest answer."""

    id: int
    url: str
    kind: EndpointKind | None
    etag: str | None = None
    last_modified: str | None = None
    links: int | None = None  # story links in its newest readable answer
    due: bool = True  # by the pace it has learned
    fetched_at: datetime | None = None
    found_by: FoundBy = "entry"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which paces an endpoint may be asked, as its outlet's entry says."""

    fastest: timedelta
    slowest: timedelta


def save(database: Database, source: int, links: Iterable[EndpointLink], parent: int | None = None) -> list[Endpoint]:
    """The endpoints of these links, as rows of the outlet; those it has not met are added under `parent`.

    A sitemap that its index says has changed since it was asked is due at once.
    """
    by_key = {urls.sha256(urls.canonical(link.url)): link for link in links}
    if not by_key:
        return []
    rows = [
        (source, by_key[k].url, k, by_key[k].kind, by_key[k].found_by, parent, by_key[k].modified_at)
        for k in sorted(by_key)
    ]
    with database.transaction() as cursor:
        saved = execute_values(cursor, SAVE, rows, SAVE_ROW, page_size=1000, fetch=True)
    found = {bytes(row.url_sha256): _endpoint(row) for row in saved}
    return [found[key] for key in by_key]


SAVE_ROW = "(%s, %s, %s, %s, %s, %s::bigint, %s::timestamptz)"
SAVE = """
    insert into endpoints as e (source_id, url, url_sha256, kind, found_by, parent_id, modified_hint) values %s
    on conflict (source_id, url_sha256) do update set
        url = excluded.url,
        modified_hint = coalesce(excluded.modified_hint, e.modified_hint),
        due_at = case when excluded.modified_hint > coalesce(e.modified_hint, e.fetched_at)
            then least(e.due_at, now()) else e.due_at end
    returning *, due_at <= now() as due
"""


def under(database: Database, parent: int) -> list[Endpoint]:
    """The endpoints that this one pointed to when it was last read, without those that only go further back."""
    with database.transaction() as cursor:
        cursor.execute(
            "select *, due_at <= now() as due from endpoints"
            " where parent_id = %s and found_by <> 'pagination' order by id",
            (parent,),
        )
        return [_endpoint(row) for row in cursor]


def _endpoint(row: Any) -> Endpoint:
    return Endpoint(
        row.id, row.url, row.kind, row.etag, row.last_modified, row.links, row.due, row.fetched_at, row.found_by
    )


def was_read(database: Database, run: int, endpoint: Endpoint, bounds: Bounds, outcome: str, **facts: Any) -> None:
    """Log a request to an endpoint, and set when it is due again.

    Facts: detail, status, bytes, seconds, etag, last_modified, links, new (stories that nobody knew).
    """
    fine = outcome in ("read", "unchanged")
    row = {"detail": None, "status": None, "bytes": 0, "seconds": None, "links": None, "etag": None,
           "last_modified": None, "new": 0, **facts, "run": run, "id": endpoint.id, "url": endpoint.url,
           "outcome": outcome, "fine": fine, "fastest": bounds.fastest, "slowest": bounds.slowest}  # fmt: skip
    row["factor"] = (FASTER if row["new"] else SLOWER) if fine else FAILED
    with database.transaction() as cursor:
        cursor.execute(WAS_READ, row)


WAS_READ = """
    insert into fetches (run_id, endpoint_id, url, status, outcome, detail, bytes, seconds)
    values (%(run)s, %(id)s, %(url)s, %(status)s, %(outcome)s, %(detail)s, %(bytes)s, %(seconds)s);
    update endpoints e set fetched_at = now(), outcome = %(outcome)s, detail = %(detail)s,
        links = coalesce(%(links)s, e.links),
        etag = case when %(outcome)s = 'read' then %(etag)s else e.etag end,
        last_modified = case when %(outcome)s = 'read' then %(last_modified)s else e.last_modified end,
        failures = case when %(fine)s then 0 else e.failures + 1 end,
        changed_at = case when %(new)s > 0 then now() else e.changed_at end,
        pace = learned.pace, due_at = now() + learned.pace
    from (
        select greatest(%(fastest)s, least(%(slowest)s, pace * %(factor)s)) as pace from endpoints where id = %(id)s
    ) learned
    where e.id = %(id)s;
    update runs set bytes = bytes + %(bytes)s where id = %(run)s;
"""
