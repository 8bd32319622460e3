"""`dateline why`: a URL's story from discovery to row, told in the order in which it happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from dateline.asking import capture_state, open_archive, print_json
from dateline.errors import BadInput, NothingUsable
from dateline.settings import Settings
from pipelines import tombstones, tracing, urls
from pipelines.database import Database
from pipelines.tombstones import Tombstone
from pipelines.tracing import Row

MOST_ENDPOINTS = 5  # of an outlet, told where nothing lists the URL


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the URL, and lines that say more."""

    at: datetime
    what: str
    more: tuple[str, ...] = ()


def why(settings: Settings, url: str, *, as_json: bool) -> None:
    """Print what is known of a URL. Raises BadInput, NothingUsable where it was never found."""
    with open_archive(settings) as archive:
        stone, found = look(archive, url)
    if stone and not found["page"]:
        _print_forgotten(stone, url, as_json=as_json)
        return
    for visit in found["page"]["history"] if found["page"] else ():
        visit["capture"] = capture_state(settings.captures, visit)
    if as_json:
        print_json(found)
    else:
        print("\n".join(story(found, datetime.now(UTC))))
    if not (found["page"] or found["article"] or found["endpoints"]):
        raise NothingUsable(f"{url} was never found: no endpoint of any outlet lists it, and nobody asked for it")


def look(archive: Database, url: str) -> tuple[Tombstone | None, Row]:
    """What stands for the URL where it was forgotten; and what tracing.trace found, with what robots.txt says of it.

    Raises BadInput.
    """
    try:
        stone = tombstones.of(archive, url)
        found = tracing.trace(archive, url)
    except urls.BadUrl as error:
        raise BadInput(str(error)) from error
    return stone, found | {"robots": _robots(found)}


def _print_forgotten(stone: Tombstone, url: str, *, as_json: bool) -> None:
    if as_json:
        forgotten = {"at": stone.at, "reason": stone.reason}
        print_json({"page": None, "article": None, "endpoints": [], "forgotten": forgotten})
    else:
        print(f"{urls.canonical(url)}\n  {stone}, {f'reason: {stone.reason}' if stone.reason else 'no reason given'}")


def story(found: Row, now: datetime) -> Iterator[str]:
    """The lines of what tracing.trace found: its address, what happened, what is so now."""
    yield found["canonical_url"]
    for event in events(found):
        yield f"  {_time(event.at)}  {event.what}"
        yield from (f"  {'':19}  {line}" for line in event.more)
    yield from (f"  {line}" for line in state(found, now))


def events(found: Row) -> list[Event]:
    """What happened to the URL, in order."""
    return sorted((event for tell in EVENTS for event in tell(found)), key=lambda event: event.at)


def state(found: Row, now: datetime) -> Iterator[str]:
    """Lines of what is so now; those that belong to the one before begin with two spaces."""
    for say in STATES:
        yield from say(found, now)


def _discovery(found: Row) -> Iterator[Event]:
    page = found["page"]
    if page is None:
        return
    listed = f"first listed by {page['endpoint']}" if page["endpoint"] else None
    linked = "linked from a page that was asked for by name" if page["depth"] else "asked for by name"
    hints = {"titled": page["title_hint"], "published": page["published_hint"], "changed": page["modified_hint"]}
    said = ", ".join(f"{name} {value}" for name, value in hints.items() if value)
    more = (f"said there: {said}",) if said else ()
    yield Event(page["first_seen_at"], f"found for {page['source']}, {listed or linked}", more)


def _visits(found: Row) -> Iterator[Event]:
    for visit in found["page"]["history"] if found["page"] else ():
        status = f" (HTTP {visit['status']}, {visit['bytes']:,} bytes)" if visit["status"] else ""
        more = []
        if visit["final_url"]:
            more.append(f"redirected to {visit['final_url']}")
        if visit.get("capture"):
            more.append(f"capture {visit['capture']}")
        yield Event(visit["at"], f"{_because(visit)}{status}, run {visit['run_id']}", tuple(more))


def _log(found: Row) -> Iterator[Event]:
    page = found["page"]
    if page and page["log_from"] and page["first_seen_at"] < page["log_from"]:
        what = "here the log of requests begins: visits before are no longer in it (DATELINE_KEEP_FETCHES)"
        yield Event(page["log_from"], what)


def _quarantine(found: Row) -> Iterator[Event]:
    for row in found["page"]["quarantine"] if found["page"] else ():
        more = _held(row) if row["held_for"] else _retried(row)
        yield Event(row["at"], f"quarantined, {row['reason']}: {row['detail'] or 'no more is known'}", more)
        if row["released_at"]:
            yield Event(row["released_at"], "released from quarantine")


def _retried(row: Row) -> tuple[str, ...]:
    return (f"extractor {row['retried_by']} could not read it either",) if row["retried_by"] else ()


def _held(row: Row) -> tuple[str, ...]:
    if row["released_at"]:
        return ()
    if row["decided_at"]:
        return (f"its outlet failed that gate: held back until dateline quarantine release {row['id']}",)
    return ("held back until the outlet's next crawl has ended, which stores it or keeps it here",)


def _changes(found: Row) -> Iterator[Event]:
    article = found["article"]
    if article is None:
        return
    for row in article["revisions"]:
        yield Event(row["at"], f"revision {row['number']}: a {row['change']} change by the {row['made_by']}")
    if article["gone_at"]:
        yield Event(article["gone_at"], "gone: the site said for the second time that there is no such page")


def _clustering(found: Row) -> Iterator[Event]:
    row = found["article"] and found["article"]["story"]
    if not row:
        return
    first = "it was first" if row["first_url"] == found["article"]["url"] else f"first: {row['first_url']}"
    what = f"one of {row['size']} articles of story {row['cluster_id']}, of {row['outlets']} outlets; {first}"
    yield Event(row["at"], what)


# Who has more to tell adds a function: here for what happened, below for what is so now.
EVENTS: tuple[Callable[[Row], Iterator[Event]], ...] = (_discovery, _log, _visits, _quarantine, _changes, _clustering)


def _now(found: Row, _: datetime) -> Iterator[str]:
    page, article = found["page"], found["article"]
    if article:
        revised = f"; revisions: {article['revision_count']}" if article["revision_count"] else ""
        other = f", fetched from {article['url']}" if not page or article["url"] != page["url"] else ""
        yield f"now: article {article['id']}{revised}{other}{_next(found)}"
        yield f"  {_facts(article)}"
    elif twin := found["twin_of"]:
        yield f"now: a twin: its story is article {twin['id']}, {twin['url']}"
    elif page and page["outcome"]:
        yield f"now: not stored, {_because(page)}{_next(found)}"
    elif page:
        yield f"now: not stored, not fetched yet{_next(found)}"


def _facts(article: Row) -> str:
    published = article["published_at"]
    dated = f"published {_time(published)} by {article['published_origin']}" if published else "undated"
    facts = [article["kind"], dated, f"{article['word_count']} words", ", ".join(article["quality_flags"])]
    opted_out = f"opted out of: {', '.join(article['opt_outs'])}" if article["opt_outs"] else ""
    return "; ".join(filter(None, (*facts, opted_out)))


def _next(found: Row) -> str:
    page, outlet = found["page"], found["outlet"]
    if page is None:
        return ""
    if page["leased_by"]:
        return f"; run {page['leased_by']} has it until {_time(page['lease_expires_at'])}"
    if not page["due_at"]:
        return f"; not to be fetched again{' after so many failures' if page['attempts'] else ''}"
    due = f"; due {_time(page['due_at'])}"
    if outlet["origin"] != "configured":
        return f"{due}, but by no schedule: its site is not in sources.toml"
    if not outlet["enabled"]:
        return f"{due}, but its outlet left sources.toml"
    return due + (f", its outlet {_time(outlet['due_at'])}" if outlet["due_at"] > page["due_at"] else "")


def _endpoint(found: Row, _: datetime) -> Iterator[str]:
    yield from (f"it is a {row['kind']} of {row['source']}: {_endpoint_state(row)}" for row in found["endpoints"])


def _endpoint_state(row: Row) -> str:
    listed = "points to other endpoints" if row["links"] is None else f"lists {row['links']} stories"
    changed = f", something new {_time(row['changed_at'])}" if row["changed_at"] else ""
    asked = f"{_because(row)}, {_time(row['fetched_at'])}" if row["fetched_at"] else "not asked yet"
    return f"{asked}; {listed}{changed}"


def _robots_say(found: Row, _: datetime) -> Iterator[str]:
    if rules := found["robots"]:
        yield f"robots.txt {rules['says']}, as of {_time(rules['fetched_at'])}"


def _outlet(found: Row, now: datetime) -> Iterator[str]:
    outlet = found["outlet"]
    if outlet is None:
        yield "no outlet of the archive is on this site"
        return
    crawled = f"last crawled {_time(outlet['last_crawled_at'])}" if outlet["last_crawled_at"] else "never crawled"
    reason = f": {outlet['reason']}" if outlet["reason"] else ""
    yield f"outlet {outlet['name']} is {outlet['state']}{reason}; {crawled}"
    if not found["page"] and not found["endpoints"]:
        yield from _silence_of(outlet, now)


def _silence_of(outlet: Row, now: datetime) -> Iterator[str]:
    """Where the outlet was looked for stories, as this one was not found there."""
    for row in outlet["endpoints"][:MOST_ENDPOINTS]:
        yield f"  not listed by its {row['kind']} {row['url']}: {_endpoint_state(row)}"
    if more := len(outlet["endpoints"]) - MOST_ENDPOINTS > 0 and len(outlet["endpoints"]) - MOST_ENDPOINTS:
        yield f"  nor by {more} endpoints more"
    if outlet["origin"] == "configured" and outlet["enabled"]:
        due = _time(outlet["due_at"]) if outlet["due_at"] > now else "now"
        yield f"  it is due {due}; dateline crawl URL fetches the story at once"


STATES: tuple[Callable[[Row, datetime], Iterator[str]], ...] = (_now, _endpoint, _robots_say, _outlet)


def _robots(found: Row) -> Row | None:
    """What the site's robots.txt, as last kept, says of the URL; without the file itself."""
    from spiders.robots import Robots
    from spiders.settings import USER_AGENT

    row = found["robots"]
    if row is None:
        return None
    rules = Robots.of(row["text"], row["reason"])
    forbids = f"forbids it until it can be read: {row['reason']}" if rules.deferred else "forbids it"
    says = "allows it" if rules.allows(found["url"], USER_AGENT) else forbids
    return {"says": says} | {k: v for k, v in row.items() if k != "text"}


def _because(row: Row) -> str:
    return f"{row['outcome']}: {row['detail']}" if row["detail"] else str(row["outcome"])


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
