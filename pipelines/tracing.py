"""What is known of a URL, from the endpoint that lists it to the row: the questions behind `dateline why`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pipelines import urls
from pipelines.database import Cursor, Database

Row = dict[str, Any]
MOST = 200  # rows of each kind: a page is visited a few times, an outlet has a few endpoints


def trace(database: Database, url: str) -> Row:
    """All that is known of a URL, by part; a part that there is nothing of is None or empty. Raises BadUrl.

    `page` (with `history` and `quarantine`), `article` (with `revisions` and `story`), `twin_of` the article that has
    the story of this page, `endpoints` that the URL is itself, `outlet` that it is of (with `endpoints`), `robots`.
    """
    form = urls.canonical(url)
    with database.transaction() as cursor:
        page = _page(cursor, form)
        article = _article(cursor, "a.page_id = %s", page["id"]) if page else None
        article = article or _article(cursor, "a.url_sha256 = %s", urls.sha256(form))
        twin = page and page["outcome"] == "twin" and not article
        return {
            "url": url,
            "canonical_url": form,
            "page": page,
            "article": article,
            "twin_of": _article(cursor, "a.url_sha256 = %s", _key(page["detail"])) if page and twin else None,
            "endpoints": _endpoints(cursor, form),
            "outlet": _outlet(cursor, page["source"] if page else _owner(cursor, form)),
            "robots": _one(cursor, ROBOTS, (_robots_of(url),)),
        }


def _page(cursor: Cursor, form: str) -> Row | None:
    page = _one(cursor, PAGE, (urls.sha256(form),))
    if page is None:
        return None
    history, quarantine = (
        _all(cursor, VISITS, (page["id"], page["first_seen_at"] - timedelta(days=1), MOST)),
        _all(cursor, QUARANTINE, (page["id"], MOST)),
    )
    return page | {"history": history, "quarantine": quarantine}


def _article(cursor: Cursor, condition: str, key: object) -> Row | None:
    article = _one(cursor, f"{ARTICLE} where {condition}", (key,))
    if article is None:
        return None
    revisions = _all(cursor, REVISIONS, (article["id"], MOST))
    return article | {"revisions": revisions, "story": _one(cursor, STORY, (article["id"],))}


def _key(url: str | None) -> bytes | None:
    try:
        return urls.sha256(urls.canonical(url)) if url else None
    except urls.BadUrl:
        return None


def _endpoints(cursor: Cursor, form: str) -> list[Row]:
    return _all(cursor, ENDPOINTS + "where e.url_sha256 = %s order by e.id limit %s", (urls.sha256(form), MOST))


def _owner(cursor: Cursor, form: str) -> str | None:
    """The outlet on whose site the URL is, where one is known: a configured one before others."""
    host = urls.host(form)
    cursor.execute(OWNERS, (f"%{urls.registrable_domain(host) or host}%",))
    return next((row.name for row in cursor.fetchall() if urls.same_site(row.url, form)), None)


def _outlet(cursor: Cursor, name: str | None) -> Row | None:
    outlet = _one(cursor, OUTLET, (name,)) if name else None
    if outlet is None:
        return None
    listed = "where s.name = %s and e.found_by <> 'pagination' order by e.fetched_at desc nulls last, e.id limit %s"
    return outlet | {"endpoints": _all(cursor, ENDPOINTS + listed, (name, MOST))}


def _robots_of(url: str) -> str:
    return urls.resolve(url, "/robots.txt") or url


def _one(cursor: Cursor, query: str, parameters: tuple[object, ...]) -> Row | None:
    return next(iter(_all(cursor, query, parameters)), None)


def _all(cursor: Cursor, query: str, parameters: tuple[object, ...]) -> list[Row]:
    cursor.execute(query, parameters)
    return [row._asdict() for row in cursor]


PAGE = """
    select p.id, s.name as source, p.url, p.canonical_url, e.url as endpoint, e.kind as endpoint_kind, p.depth,
        p.first_seen_at, s.log_from, p.fetched_at, p.outcome, p.detail, p.due_at, p.attempts, p.visits, p.leased_by,
        p.lease_expires_at, p.title_hint, p.published_hint, p.modified_hint
    from pages p join sources s on s.id = p.source_id left join endpoints e on e.id = p.endpoint_id
    where p.url_sha256 = %s
"""
# No page is visited before it is found, but for a day by which clocks may differ: the months before are not looked at.
VISITS = """
    select f.at, f.outcome, f.detail, f.status, f.final_url, f.bytes, f.run_id, r.trigger, c.warc_file,
        c.warc_offset, c.expired_at, c.kind as capture_kind
    from fetches f join runs r on r.id = f.run_id left join captures c on c.id = f.capture_id
    where f.page_id = %s and f.at >= %s order by f.at, f.id limit %s
"""
QUARANTINE = """
    select id, at, reason, detail, retried_by, held_for, decided_at, released_at from quarantine
    where page_id = %s order by at limit %s
"""
ARTICLE = """
    select a.id, s.name as source, a.url, a.canonical_url, a.title, a.published_at, a.published_precision,
        a.published_origin, a.word_count, a.kind, a.quality_flags, a.opt_outs, a.revision_count, a.first_seen_at,
        a.last_seen_at, a.gone_at, a.extractor
    from articles a join sources s on s.id = a.source_id
"""
REVISIONS = """
    select number, change, made_by, replaced_at as at from revisions where article_id = %s order by number limit %s
"""
STORY = """
    select m.cluster_id, m.similarity, m.delay, m.joined_at as at, c.size, c.outlets, s.name as first_outlet,
        f.url as first_url
    from cluster_articles m join clusters c on c.id = m.cluster_id join articles f on f.id = c.first_article_id
        join sources s on s.id = f.source_id
    where m.article_id = %s
"""
ENDPOINTS = """
    select s.name as source, e.url, e.kind, e.found_by, e.fetched_at, e.outcome, e.detail, e.links, e.failures,
        e.changed_at, e.due_at
    from endpoints e join sources s on s.id = e.source_id
"""
OWNERS = "select name, url from sources where url ilike %s order by origin, enabled desc, id"
OUTLET = """
    select name, url, origin, enabled, state, reason, last_crawled_at, last_outcome, last_reason, due_at
    from source_health where name = %s
"""
ROBOTS = "select url, fetched_at, expires_at, status, reason, text from site_rules where url = %s"
