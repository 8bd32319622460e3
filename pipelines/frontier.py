"""The frontier in SQL: endpoints to ask, pages that are due, and the leases under which they are fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pipelines import text, urls
from pipelines.database import Cursor, Database, execute_values
from pipelines.records import EndpointKind, EndpointLink, Link

LEASE = timedelta(minutes=10)  # longer than any page takes; after it another run may have the page
# An article is looked at again at growing ages: most changes come in the first hours.
RECHECKS = tuple(timedelta(hours=h) for h in (1, 6, 24, 72, 240))
# A page that failed is tried again a little later each time, then given up.
RETRIES = tuple(timedelta(minutes=m) for m in (5, 30, 120, 720))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A feed, sitemap or front page of an outlet, with the validators of its newest answer."""

    id: int
    url: str
    kind: EndpointKind | None
    etag: str | None = None
    last_modified: str | None = None
    links: int | None = None  # story links in its newest readable answer


@dataclass(frozen=True, slots=True)
class Page:
    """A story URL that this run has leased."""

    id: int
    url: str
    canonical_url: str
    depth: int = 0
    visits: int = 0
    attempts: int = 0
    title_hint: str | None = None
    published_hint: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: bytes | None = None
    outcome: str | None = None  # of the visit before


def endpoints(
    database: Database, source: int, links: Iterable[EndpointLink], parent: int | None = None
) -> list[Endpoint]:
    """The endpoints of these links, as rows of the outlet; those it has not met are added under `parent`."""
    by_key = {urls.sha256(urls.canonical(link.url)): link for link in links}
    if not by_key:
        return []
    rows = [(source, by_key[k].url, k, by_key[k].kind, by_key[k].found_by, parent) for k in sorted(by_key)]
    with database.transaction() as cursor:
        saved = execute_values(
            cursor,
            """
            insert into endpoints as e (source_id, url, url_sha256, kind, found_by, parent_id) values %s
            on conflict (source_id, url_sha256) do update set url = excluded.url
            returning id, url, kind, etag, last_modified, links, url_sha256
            """,
            rows,
            "(%s, %s, %s, %s, %s, %s::bigint)",
            fetch=True,
        )
    found = {bytes(row.url_sha256): _endpoint(row) for row in saved}
    return [found[key] for key in by_key]


def endpoints_under(database: Database, parent: int) -> list[Endpoint]:
    """The endpoints that this one pointed to when it was last read."""
    with database.transaction() as cursor:
        cursor.execute("select * from endpoints where parent_id = %s order by id", (parent,))
        return [_endpoint(row) for row in cursor]


def _endpoint(row: Any) -> Endpoint:
    return Endpoint(row.id, row.url, row.kind, row.etag, row.last_modified, row.links)


def endpoint_read(database: Database, run: int, endpoint: Endpoint, outcome: str, **facts: Any) -> None:
    """Log a request to an endpoint. Facts: detail, status, bytes, seconds, links, etag, last_modified."""
    fine = outcome in ("read", "unchanged")
    row = {"detail": None, "status": None, "bytes": 0, "seconds": None, "links": None, "etag": None,
           "last_modified": None, **facts, "run": run, "id": endpoint.id, "url": endpoint.url,
           "outcome": outcome, "fine": fine}  # fmt: skip
    with database.transaction() as cursor:
        cursor.execute(
            """
            insert into fetches (run_id, endpoint_id, url, status, outcome, detail, bytes, seconds)
            values (%(run)s, %(id)s, %(url)s, %(status)s, %(outcome)s, %(detail)s, %(bytes)s, %(seconds)s);
            update endpoints set fetched_at = now(), outcome = %(outcome)s, detail = %(detail)s,
                links = coalesce(%(links)s, links),
                etag = case when %(outcome)s = 'read' then %(etag)s else etag end,
                last_modified = case when %(outcome)s = 'read' then %(last_modified)s else last_modified end,
                failures = case when %(fine)s then 0 else failures + 1 end
            where id = %(id)s;
            update runs set bytes = bytes + %(bytes)s where id = %(run)s;
            """,
            row,
        )


def add(
    database: Database, run: int, source: int, links: Iterable[Link], endpoint: int | None = None, depth: int = 0
) -> tuple[int, list[int]]:
    """Put links into the frontier: how many were new, and the ids of all of them.

    A link already known becomes due at once when its endpoint says that the story changed since it last said so.
    """
    by_key: dict[bytes, tuple[int, Link, str]] = {}
    for place, link in enumerate(links):
        canonical = urls.canonical(link.url)
        by_key.setdefault(urls.sha256(canonical), (place, link, canonical))
    # Sorted, for two runs that add the same links in different orders would wait for each other; listed order is
    # kept in due_at, a microsecond a link.
    rows = [
        (source, link.url, canonical, key, endpoint, depth, text.line(link.title), text.line(link.published, 100),
         link.modified_at, place)
        for key, (place, link, canonical) in sorted(by_key.items())
    ]  # fmt: skip
    if not rows:
        return 0, []
    with database.transaction() as cursor:
        saved = execute_values(cursor, ADD, rows, ADD_ROW, page_size=1000, fetch=True)
        new = sum(row.new for row in saved)
        cursor.execute("update runs set discovered = discovered + %s where id = %s", (new, run))
    return new, [row.id for row in saved]


ADD_ROW = "(%s, %s, %s, %s::bytea, %s::bigint, %s, %s, %s, %s::timestamptz, %s)"
# xmax is 0 in a row that this statement inserted.
ADD = """
    insert into pages as p (source_id, url, canonical_url, url_sha256, endpoint_id, depth, title_hint,
        published_hint, modified_hint, due_at)
    select v.source_id, v.url, v.canonical_url, v.url_sha256, v.endpoint_id, v.depth, v.title_hint,
        v.published_hint, v.modified_hint, now() + v.place * interval '1 microsecond'
    from (values %s) v (source_id, url, canonical_url, url_sha256, endpoint_id, depth, title_hint, published_hint,
        modified_hint, place)
    on conflict (url_sha256) do update set
        title_hint = coalesce(excluded.title_hint, p.title_hint),
        published_hint = coalesce(excluded.published_hint, p.published_hint),
        modified_hint = greatest(excluded.modified_hint, p.modified_hint),
        due_at = case when excluded.modified_hint > coalesce(p.modified_hint, p.fetched_at)
            then least(p.due_at, now()) else p.due_at end
    returning id, xmax = 0 as new
"""


def make_due(database: Database, ids: Sequence[int]) -> None:
    """Make pages due now, whatever came of them before: they were asked for by name."""
    with database.transaction() as cursor:
        cursor.execute(
            "update pages set due_at = now(), attempts = 0 where id = any(%s) and (due_at is null or due_at > now())",
            (list(ids),),
        )


def lease(database: Database, run: int, source: int, limit: int, among: Sequence[int] | None = None) -> list[Page]:
    """Lease up to `limit` due pages of the outlet to this run, all of them or those `among` the given ids."""
    with database.transaction() as cursor:
        cursor.execute(
            """
            with due as (
                select id from pages
                where due_at <= now() and (leased_by is null or lease_expires_at < now())
                    and case when %(among)s::bigint[] is null then source_id = %(source)s
                        else id = any(%(among)s::bigint[]) end
                order by due_at, id limit %(limit)s for update skip locked
            ),
            leased as (
                update pages p set leased_by = %(run)s, lease_expires_at = now() + %(lease)s
                from due where p.id = due.id returning p.*
            )
            select p.id, p.url, p.canonical_url, p.depth, p.visits, p.attempts, p.title_hint,
                p.published_hint, p.etag, p.last_modified, p.body_sha256, p.outcome
            from leased p order by p.due_at, p.id
            """,
            {"run": run, "source": source, "limit": limit, "lease": LEASE, "among": among and list(among)},
        )
        return [Page(**{**r._asdict(), "body_sha256": r.body_sha256 and bytes(r.body_sha256)}) for r in cursor]


def next_visit(visits: int) -> timedelta | None:
    """How long after its nth answered visit a page is due again; None: not again."""
    return RECHECKS[visits - 1] if 0 < visits <= len(RECHECKS) else None


def next_try(attempts: int) -> timedelta | None:
    """How long after its nth failure in a row a page is tried again; None: given up."""
    return RETRIES[attempts - 1] if 0 < attempts <= len(RETRIES) else None


def hold(cursor: Cursor, run: int, page: int) -> bool:
    """Lock the page's row for this transaction, if this run still leases it: the fence against late writers."""
    cursor.execute("select 1 from pages where id = %s and leased_by = %s for update", (page, run))
    return cursor.fetchone() is not None
