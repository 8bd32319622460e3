"""Who wrote a story: the people that its page names as authors, and the agency that it credits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pipelines.extraction.about import bylines, names
from pipelines.extraction.about.sites import Site
from pipelines.extraction.page import Page, Thing, types
from pipelines.extraction.plain import folded, plain, squashed, strings
from pipelines.news import agencies

MOST_CREDITS = 60  # of one kind that are looked at
MOST_THINGS = 200  # JSON-LD objects that are looked at for an author
LONGEST_HOUSE = 60  # characters

# Meta names that hold authors, the most carefully written first.
AUTHOR_META = (
    "parsely-author", "sailthru.author", "byl", "cxenseparse:author", "dcsext.author", "article:author_name", "author",
    "article:author", "og:author", "og:article:author", "authors", "author.name", "citation_author", "dc.creator",
    "dc:creator", "dcterms.creator", "creator", "rbauthors", "shareaholic:article_author_name",
)  # fmt: skip
FAMILY_NAME_FIRST = frozenset({"citation_author", "dc.creator", "dc:creator", "dcterms.creator"})
PERSON_TYPES = frozenset({"Person", "person"})
# What a page may call itself in JSON-LD besides an article, and still name the author.
PAGE_TYPES = frozenset(
    {"WebPage", "AboutPage", "ItemPage", "FAQPage", "MedicalWebPage", "VideoObject", "Review", "Recipe"}
)
# Where a story says in JSON-LD and in meta elements whose report it is, besides its author.
SOURCE_KEYS = ("creditText", "sourceOrganization", "provider", "copyrightHolder")
SOURCE_META = ("source", "article:source", "dc.source", "dcterms.source", "news_source", "agency")


@dataclass(frozen=True, slots=True)
class Credits:
    """Who is credited: people in the page's order, the house where it names nobody, the agency's canonical name."""

    people: tuple[str, ...] = ()
    house: str | None = None
    agency: str | None = None


def read(page: Page, site: Site) -> Credits:
    """Who is credited. JSON-LD is believed first, then meta elements, then the byline that the page prints."""
    persons = {thing["@id"]: thing for thing in page.things if isinstance(thing.get("@id"), str) and "name" in thing}
    declared = list(islice(_declared(page, persons), MOST_CREDITS))
    said = list(islice(_in_meta(page), MOST_CREDITS))
    people = _people(declared, site)
    if not people and not any(_is_a_team(name, site) for name in strings(_declared_persons(page))):
        people = _people(said, site) or _without_houses(bylines.read(page), site)
    house = None if people else next(_houses((*declared, *said)), None)
    return Credits(people, house, _agency(page, site, (*declared, *said)))


def _people(credited: Iterable[str], site: Site) -> tuple[str, ...]:
    return _without_houses((name for credit in credited for name in names.names(credit)), site)


def _without_houses(found: Iterable[str], site: Site) -> tuple[str, ...]:
    """The names that are neither the site's nor an agency's, each once whatever its case and spaces."""
    by_letters: dict[str, str] = {}
    for name in found:
        if not site.is_named(name) and not agencies.canonical(name):
            by_letters.setdefault(squashed(name), name)
    return tuple(by_letters.values())[: names.MOST_NAMES]


def _houses(credited: Iterable[str]) -> Iterator[str]:
    """The credits that name a house: not an agency, an address, a number or nothing but "Admin" or "Web Desk"."""
    for credit in credited:
        house = names.without_beginning(plain(credit, 200) or "")
        words = folded(house).split()
        named = any(letter.isalpha() for letter in house) and not names.NOBODY_WORDS.issuperset(words)
        if named and len(house) <= LONGEST_HOUSE and not set("/@") & set(house) and not agencies.credited(house):
            yield house


def _is_a_team(name: str, site: Site) -> bool:
    """Whether what is declared as a person is "The Paper's Foreign Desk": then nobody else wrote it."""
    return len(name.split()) > 1 and any(letter.isalpha() for letter in name) and not site.is_named(name)


def _declared_persons(page: Page) -> list[Thing]:
    said = page.story.get("author")
    credited = (said if isinstance(said, list) else [said])[:MOST_CREDITS]
    return [one for one in credited if isinstance(one, Mapping) and types(one) & PERSON_TYPES]


def _declared(page: Page, persons: Mapping[str, Thing]) -> Iterator[str]:
    """The authors that JSON-LD gives the story, else its page, as credits."""
    pages = (thing for thing in page.things[:MOST_THINGS] if types(thing) & PAGE_TYPES)
    for thing in (page.story, *pages):
        for key in ("author", "creator"):
            if found := list(islice(_credits(thing.get(key), persons, 0), MOST_CREDITS)):
                yield from found
                return


def _credits(value: Any, persons: Mapping[str, Thing], depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value[: names.MOST_CHARACTERS]
    elif isinstance(value, list) and depth < 4:
        for member in value[:MOST_CREDITS]:
            yield from _credits(member, persons, depth + 1)
    elif isinstance(value, Mapping) and depth < 4:
        yield from _credits(_name(value, persons), persons, depth + 1)


def _name(thing: Mapping[str, Any], persons: Mapping[str, Thing]) -> Any:
    """What a JSON-LD object is called, by itself or by the object that its @id stands for."""
    if thing.get("name"):
        return thing["name"]
    if isinstance(thing.get("familyName"), str):
        return f"{thing.get('givenName') or ''} {thing['familyName']}"
    said = thing.get("@id")
    return persons[said].get("name") if isinstance(said, str) and said in persons else None


def _in_meta(page: Page) -> Iterator[str]:
    """The credits of the first meta name that names people, else the first of each that has any."""
    for key in AUTHOR_META:
        said = [value[: names.MOST_CHARACTERS] for value in page.meta.get(key, ())[:MOST_CREDITS] if "://" not in value]
        if any(names.names(value) for value in said):
            yield from (_turned(value) if key in FAMILY_NAME_FIRST else value for value in said)
            return
    for key in AUTHOR_META:
        yield from (value for value in page.meta.get(key, ())[:1] if "://" not in value)


def _turned(name: str) -> str:
    """ "Doe, Jane" -> "Jane Doe"."""
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and "," not in given else name


def _agency(page: Page, site: Site, credited: Iterable[str]) -> str | None:
    """The agency that is credited as author, or else as source by a site that is not the agency's own."""
    sources = [value for key in SOURCE_KEYS for value in strings(page.story.get(key))[:MOST_CREDITS]]
    sources += [value for key in SOURCE_META for value in page.meta.get(key, ())[:1]]
    others = (source for value in sources if (source := plain(value, 200)) and not site.is_named(source))
    authors = (plain(value, 200) for value in credited)
    return next(filter(None, map(agencies.credited, (*authors, *others))), None)
