"""What a survey reads in the worker processes: endpoints in short, WordPress's index, and story pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pipelines import urls
from pipelines.records import Article, EndpointKind, Hints, Link, Unreadable
from spiders.discovery.found import Found
from spiders.discovery.hints import moment
from spiders.discovery.read import read_endpoint
from spiders.survey.seen import Listed

MOST_LINKS = 50  # brought back of one endpoint
MOST_DATES = 20  # of the newest stories, by which the pace of an endpoint is told
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def list_endpoint(
    site: str | None, body: bytes, url: str, content_type: str | None, kind: EndpointKind | None, now: datetime
) -> Listed:
    """What an endpoint lists of the site, of any site where that is None. Raises Unreadable."""
    if kind == "wordpress" and is_wordpress(body):
        return Listed("wordpress")
    return in_short(read_endpoint(body, url, content_type, kind), site, now)


def is_wordpress(body: bytes) -> bool:
    """Whether this is the index of WordPress's REST interface. Raises Unreadable for what is no JSON."""
    try:
        index = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not_wordpress", f"not JSON: {error}") from error
    spaces = index.get("namespaces") if isinstance(index, dict) else None
    return isinstance(spaces, list) and "wp/v2" in spaces


def in_short(found: Found, site: str | None, now: datetime) -> Listed:
    """The newest links of an endpoint, and how old and how far apart they are."""
    own = [link for link in found.links if site is None or urls.same_site(site, link.url)]
    own.sort(key=lambda link: date_of(link) or LONG_AGO, reverse=True)  # stable: undated ones keep their order
    dates = [d for d in map(date_of, own) if d and d < now + timedelta(days=1)]
    return Listed(
        kind=found.kind,
        title=found.title,
        stories=len(own),
        elsewhere=len(found.links) - len(own),
        newest=dates[0] if dates else None,
        every=pace(dates[:MOST_DATES]),
        links=tuple(own[:MOST_LINKS]),
        endpoints=found.endpoints[:MOST_LINKS],
    )


def date_of(link: Link) -> datetime | None:
    """When a story was published, or else changed, as its endpoint says."""
    return moment(link.published) or link.modified_at


def pace(dates: Sequence[datetime]) -> timedelta | None:
    """The time between two stories, by their dates, the newest first; None where they say too little."""
    if len(dates) < 3 or dates[0] == dates[-1]:
        return None
    return (dates[0] - dates[-1]) / (len(dates) - 1)


def read_story(body: bytes, url: str, fetched_at: datetime, content_type: str, hints: Hints) -> Article:
    """The record of a page. Raises Unreadable."""
    # Imported in the workers only: trafilatura is half a second and 60 MB that the event loop can do without.
    from pipelines.extract import read_page

    return read_page(body, url, fetched_at, content_type, hints)
