"""What a site calls itself, and which words of a page are that name and nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines import urls
from pipelines.extraction.page import Page, types
from pipelines.extraction.plain import folded, listed, plain, squashed, strings

# Meta names in which a site says its own name, the surest first.
NAME_META = ("og:site_name", "application-name", "apple-mobile-web-app-title", "cre", "dc.publisher", "publisher")
HANDLE_META = ("twitter:site", "article:publisher")
SITE_TYPES = frozenset({"WebSite", "NewsMediaOrganization"})
# Labels of a host that name no site.
COMMON_LABELS = listed("www m mobile amp news com co org net gov edu ac blog en de fr es it uk us")
LONGEST_NAME = 80  # characters; longer is a slogan or a description


@dataclass(frozen=True, slots=True)
class Site:
    """The site's name as it writes it, None where it does not, and all its forms in lower case without spaces."""

    name: str | None
    forms: frozenset[str]

    def is_named(self, words: str) -> bool:
        """Whether these words are the site's name: as written, as in its host, or as initials."""
        squash = squashed(words)
        bare = squash.removeprefix("the")
        return bool(squash) and (squash in self.forms or bare in self.forms or "the" + squash in self.forms)

    def is_like(self, words: str) -> bool:
        """Whether these words hold the site's name or are a part of it: enough at the edge of a title."""
        squash = squashed(words)
        if self.is_named(words):
            return True
        return any(
            (len(form) > 3 and form in squash and len(form) * 3 > len(squash)) or (len(squash) > 3 and squash in form)
            for form in self.forms
        )


def site(page: Page) -> Site:
    """What the page says of the site it belongs to."""
    names = [name for said in _names(page) if (name := plain(said, 200)) and len(name) <= LONGEST_NAME]
    handles = [value.rstrip("/").rpartition("/")[2] for key in HANDLE_META for value in page.meta.get(key, ())]
    forms = {squashed(form) for form in (*names, *handles, *_host_forms(page.url))}
    forms |= {"".join(word[0] for word in words) for name in names if len(words := folded(name).split()) > 2}
    return Site(names[0] if names else None, frozenset(form for form in forms if len(form) > 1))


def _names(page: Page) -> Iterator[str]:
    for key in NAME_META[:2]:
        yield from page.meta.get(key, ())
    yield from strings(page.story.get("publisher"))
    for thing in page.things[:50]:
        if types(thing) & SITE_TYPES:
            yield from strings(thing.get("name"))
    for key in NAME_META[2:]:
        yield from page.meta.get(key, ())


def _host_forms(url: str) -> Iterator[str]:
    """The host and its domains, and of each the label that is its own."""
    labels = [label for label in urls.host(url).split(".") if label]
    while labels and labels[0] in ("www", "m", "amp", "mobile"):
        labels.pop(0)
    yield ".".join(labels)
    while len(labels) > 1:
        if labels[0] not in COMMON_LABELS:
            yield ".".join(labels)
            if len(labels[0]) > 2:
                yield labels[0]
        labels.pop(0)
