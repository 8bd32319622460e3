"""What discovery gives back: the links of one endpoint, or the reason why it cannot be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipelines.records import EndpointKind, EndpointLink, Link
from pipelines.urls import canonical


@dataclass(frozen=True, slots=True)
class Found:
    """The stories and further endpoints that one endpoint lists, in its own order, each once."""

    kind: EndpointKind  # what it is, whatever it was taken for
    links: tuple[Link, ...]
    endpoints: tuple[EndpointLink, ...] = ()
    title: str | None = None


def each_once(links: Iterable[Link]) -> tuple[Link, ...]:
    """One link a story, with what any mention of it says; the first mention decides the order."""
    stories: dict[str, Link] = {}
    for link in links:
        key = canonical(link.url)
        first = stories.get(key)
        stories[key] = link if first is None else _merged(first, link)
    return tuple(stories.values())


def _merged(first: Link, other: Link) -> Link:
    """The longer title, since a page links a story by its picture, "Read more" and its headline."""
    return replace(
        first,
        title=max(first.title or "", other.title or "", key=len) or None,
        published=first.published or other.published,
        modified_at=first.modified_at or other.modified_at,
        language=first.language or other.language,
    )
