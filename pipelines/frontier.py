"""The frontier in SQL: story pages that are due, and the leases under which they are fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines import text, tombstones, urls
from pipelines.database import Cursor, Database, execute_values
from pipelines.records import Link

LEASE = timedelta(minutes=10)  # longer than any page takes; after it another run may have the page
# An article is looked at again at growing ages: most changes come in the first hours. One that was old when it was
# found is looked at once more, at the last of them.
RECHECKS = tuple(timedelta(hours=h) for h in (1, 6, 24, 72, 240))
OLD = RECHECKS[-1]
GONE = frozenset({"http_404", "http_410"})
GONE_AGAIN = timedelta(hours=1)  # said twice, so long apart, it is gone
# A page that failed is tried again a little later each time, then given up.
RETRIES = tuple(timedelta(minutes=m) for m in (5, 30, 120, 720))


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
    detail: str | None = None  # why that
    language_hint: str | None = None
    age: timedelta = timedelta()  # since it was first seen
    published_at: datetime | None = None  # of the article stored from it
    is_held: bool = False  # its story is held back in quarantine

    @property
    def was_no_story(self) -> bool:
        """Whether it was read at the visit before and was none; what the site keeps us from is not read."""
        return self.outcome == "skipped" and not (self.detail or "").startswith(("robots.txt", "opt_out"))


def add(
    database: Database, run: int, source: int, links: Iterable[Link], endpoint: int | None = None, depth: int = 0
) -> tuple[int, list[int]]:
    """Put links into the frontier: how many were new, and the ids of all of them. What was forgotten is left out.

    A link already known becomes due at once when its endpoint says that the story changed since it last said so; where
    that was not true the last time, six hours after it: some sitemaps say so of every story at every visit.
    """
    by_key: dict[bytes, tuple[int, Link, str]] = {}
    for place, link in enumerate(links):
        canonical = urls.canonical(link.url)
        by_key.setdefault(urls.sha256(canonical), (place, link, canonical))
    if not by_key:
        return 0, []
    # Sorted, for two runs that add the same links in different orders would wait for each other; listed order is
    # kept in due_at, a microsecond a link.
    rows = [
        (source, link.url, canonical, key, endpoint, depth, text.line(link.title), text.line(link.published, 100),
         link.modified_at, link.language, place)
        for key, (place, link, canonical) in sorted(by_key.items())
    ]  # fmt: skip
    with database.transaction() as cursor:
        gone = tombstones.among(cursor, (canonical for _, _, canonical in by_key.values()))
        rows = [row for row in rows if row[2] not in gone]
        saved = execute_values(cursor, ADD, rows, ADD_ROW, page_size=1000, fetch=True) if rows else []
        new = sum(row.new for row in saved)
        cursor.execute("update runs set discovered = discovered + %s where id = %s", (new, run))
    return new, [row.id for row in saved]


ADD_ROW = "(%s, %s, %s, %s::bytea, %s::bigint, %s, %s, %s, %s::timestamptz, %s, %s)"
# xmax is 0 in a row that this statement inserted.
ADD = """
    insert into pages as p (source_id, url, canonical_url, url_sha256, endpoint_id, depth, title_hint,
        published_hint, modified_hint, language_hint, due_at)
    select v.source_id, v.url, v.canonical_url, v.url_sha256, v.endpoint_id, v.depth, v.title_hint,
        v.published_hint, v.modified_hint, v.language_hint, now() + v.place * interval '1 microsecond'
    from (values %s) v (source_id, url, canonical_url, url_sha256, endpoint_id, depth, title_hint, published_hint,
        modified_hint, language_hint, place)
    on conflict (url_sha256) do update set
        title_hint = case when p.outcome = 'forgotten' then null else coalesce(excluded.title_hint, p.title_hint) end,
        published_hint = coalesce(excluded.published_hint, p.published_hint),
        modified_hint = greatest(excluded.modified_hint, p.modified_hint),
        language_hint = coalesce(excluded.language_hint, p.language_hint),
        due_at = case when excluded.modified_hint > coalesce(p.modified_hint, p.fetched_at)
            then least(p.due_at,
                case when p.outcome = 'unchanged' then p.fetched_at + interval '6 hours' else now() end)
            else p.due_at end
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
                p.published_hint, p.etag, p.last_modified, p.body_sha256, p.outcome, p.detail, p.language_hint,
                now() - p.first_seen_at as age, a.published_at, exists (
                    select from quarantine q
                    where q.page_id = p.id and q.held_for is not null and q.released_at is null
                ) as is_held
            from leased p left join articles a on a.page_id = p.id order by p.due_at, p.id
            """,
            {"run": run, "source": source, "limit": limit, "lease": LEASE, "among": among and list(among)},
        )
        return [Page(**{**r._asdict(), "body_sha256": r.body_sha256 and bytes(r.body_sha256)}) for r in cursor]


def coming(cursor: Cursor, source: int, limit: int) -> int:
    """How many pages of the outlet are due that nobody has visited, `limit` at most."""
    cursor.execute(
        "select count(*) as pages from (select from pages"
        " where source_id = %s and due_at <= now() and outcome is null limit %s) due",
        (source, limit),
    )
    return int(cursor.fetchone().pages)


def examples(database: Database, source: int, most: int = 1000) -> tuple[list[str], list[str]]:
    """URLs of the outlet's newest stories, and of pages that were read and are none."""
    found = []
    with database.transaction() as cursor:
        for condition in (
            "outcome in ('stored', 'revised', 'unchanged', 'held')",
            "outcome = 'skipped' and detail not like 'robots.txt%%' and detail not like 'opt_out%%'",
        ):
            cursor.execute(
                f"select url from pages where source_id = %s and {condition} order by fetched_at desc limit %s",
                (source, most),
            )
            found.append([row.url for row in cursor])
    return found[0], found[1]


def next_visit(age: timedelta, *, old: bool = False) -> timedelta | None:
    """In how long a page first seen `age` ago is due again; `old`: published long before. None: not again."""
    return next((at - age for at in (RECHECKS[-1:] if old else RECHECKS) if at > age), None)


def next_try(attempts: int) -> timedelta | None:
    """How long after its nth failure in a row a page is tried again; None: given up."""
    return RETRIES[attempts - 1] if 0 < attempts <= len(RETRIES) else None


def hold(cursor: Cursor, run: int, page: int) -> bool:
    """Lock the page's row for this transaction, if this run still leases it: the fence against late writers."""
    cursor.execute("select 1 from pages where id = %s and leased_by = %s for update", (page, run))
    return cursor.fetchone() is not None


def give_back(database: Database, run: int, pages: Sequence[int], due_at: datetime | None = None) -> None:
    """End the lease of pages that were not asked for after all; they are due as before, or from that moment on."""
    with database.transaction() as cursor:
        cursor.execute(
            "update pages set leased_by = null, lease_expires_at = null, due_at = greatest(due_at, %s)"
            " where id = any(%s) and leased_by = %s",
            (due_at, list(pages), run),
        )
