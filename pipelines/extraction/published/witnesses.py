"""Everything a page says about when it was published and modified, a witness each; `news.dates` weighs them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from itertools import chain, islice
from urllib.parse import urlsplit

from htmldate import find_date
from htmldate.extractors import get_external_parser, try_date_expr
from lxml.etree import XPath
from lxml.html import HtmlElement

from pipelines import text
from pipelines.extraction.page import Page
from pipelines.extraction.published import headline_dates
from pipelines.news import dates, written
from pipelines.records import Witness

LONGEST_VALUE = 100  # characters
MOST_THINGS = 20  # JSON-LD objects whose dates are read; the story's come first
MOST_TIMES = 50
# htmldate copies, serialises and searches the tree several times: it is not asked about pages beyond these.
MOST_ELEMENTS = 20_000
MOST_CHARACTERS = 1_000_000
MOST_ATTRIBUTES = 500  # of one element; reading them is quadratic in lxml

# Names of meta elements, in lower case, by who made them up. Those that say publication in so many words:
META_PUBLISHED = {
    "Open Graph": "article:published_time og:article:published_time article:published og:published_time published_time",
    "schema.org": "datepublished date_published",
    "analytics and mail": "parsely-pub-date sailthru.date cxenseparse:recs:publishtime bt:pubdate rbpubdate"
    " mediator_published_time vr:published_time twt-published-at shareaholic:article_published_time",
    "systems of papers": "article:published_date article:post_date article:publicationdate article_date_original"
    " article.published originalpublicationdate publication_date publication-date publish-date publish_date publishdate"
    " publish_time published-date published_date publisheddate pubdate pub_date lp.article:published_time"
    " og:pubdate og:publish_date og:datepublished rnews:datepublished",
    "Dublin Core": "dcterms.issued dc.date.issued dc.date.publication dc.publishdate",
    "journals": "citation_publication_date citation_online_date",
}
# Those that say a date and not of what, or that of a file, and one of an analytics product that is often stale:
META_DATE = {
    "HTML": "date created timestamp",
    "Dublin Core": "dc.date dc:date dcterms.date dcterms.created dc.date.created dc.created dc:created",
    "systems of papers": "datecreated date_created article.created content_create_date displaydate dateposted doc_date"
    " pdate ptime gentime citation_date release_date og:regdate",
    "Webtrends": "dcsext.articlefirstpublished",
}
META_MODIFIED = {
    "Open Graph": "article:modified_time og:article:modified_time og:updated_time article:modified modified_time"
    " updated_time article:modified_date",
    "schema.org": "datemodified date_modified",
    "analytics": "bt:moddate cxenseparse:recs:modifiedtime",
    "Dublin Core": "dcterms.modified dc.modified dc.date.modified dc:modified",
    "systems of papers": "modified lastmod lastmodified last-modified last_updated_date revision_date",
}

_TIMES = XPath("//time[not(ancestor::aside or ancestor::nav or ancestor::footer)]")
_TEXT_LENGTH = XPath("string-length(.)")
_ATTRIBUTES = XPath("//@*", smart_strings=False)
_OVERLOADED = XPath(f"boolean(//*[@*[{MOST_ATTRIBUTES}]])")
# /2024/05/03/, /2024/5/3/, 2024-05-03, 20240503 (no longer number: those are ids); /2024/may/03/; /2024/05/ alone.
_URL_DAY = re.compile(
    r"(?<!\d)(?P<year>19\d\d|20\d\d)(?:(?P<mark>[/_-])(?P<month>0?[1-9]|1[0-2])(?P=mark)(?P<day>0?[1-9]|[12]\d|3[01])"
    r"|(?P<month2>0[1-9]|1[0-2])(?P<day2>0[1-9]|[12]\d|3[01]))(?!\d)"
)
_URL_NAMED = re.compile(r"/(?P<year>19\d\d|20\d\d)/(?P<name>[a-z]{3,9})/(?P<day>0?[1-9]|[12]\d|3[01])(?!\d)")
_URL_MONTH = re.compile(r"/(?P<year>19\d\d|20\d\d)[/_-]?(?P<month>0[1-9]|1[0-2])/")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?(?![A-Za-z])")


def published(page: Page) -> Iterator[Witness]:
    """The witnesses of the publication, by origin; their values are as written where a machine can read them.

    Origins: endpoint, jsonld, meta, microdata, url, meta_date (a meta element that says date and not of what), time
    and text (beside the headline), updated (said there to be an update's), relative ("2 hours ago"), htmldate.
    The last two cost the most and are asked only where no other gives a day that can be.
    """
    found: dict[Witness, None] = {}
    for origin, value in chain(_of_machines(page), _of_readers(page)):
        found.setdefault(Witness(origin, _legible(value, page)))
    yield from (witness for witness in found if witness.value)
    if dates.settle(found, page.visit).precision in (None, "month"):
        yield from _last_resorts(page)


def modified(page: Page) -> Iterator[Witness]:
    """The witnesses of the last modification, in the order in which they are believed; the later the dearer."""
    values = chain(_modified_for_machines(page), _modified_beside(page))
    found = (Witness(origin, _legible(value, page)) for origin, value in values)
    return (witness for witness in found if witness.value)


def locale(page: Page) -> str:
    """The language and country that the page is written in and for, as far as it says, as in "de" or "en-GB"."""
    said = _LANGUAGE.match(page.tree.get("lang") or page.hints.language or "")
    language, country = (said[1].lower(), said[2]) if said else ("", None)
    ending = page.url.split("/", 3)[2].rpartition(".")[2] if page.url.count("/") > 1 else ""
    if not country and re.fullmatch("[a-z]{2}", ending):
        country = "gb" if ending == "uk" else ending
    return f"{language}-{country.upper()}" if language and country else language


def _of_machines(page: Page) -> Iterator[tuple[str, str]]:
    if page.hints.published:
        yield "endpoint", page.hints.published
    yield from (("jsonld", value) for value in _of_things(page, "datePublished"))
    yield from (("meta", value) for value in _of_meta(page, META_PUBLISHED))
    marks = chain(_of_marks(page.marked, "datePublished"), _of_marks(page.marked, "dateCreated"))
    yield from (("microdata", value) for value in islice(marks, 1))  # further ones are comments'
    yield from (("url", value) for value in _of_url(page.url))
    yield from (("meta_date", value) for value in _of_meta(page, META_DATE))


def _of_things(page: Page, key: str) -> Iterator[str]:
    others = (thing for thing in page.things[:MOST_THINGS] if thing is not page.story)
    for thing in chain([page.story], others):
        value = thing.get(key)
        if isinstance(value, str):
            yield value


def _of_meta(page: Page, names: Mapping[str, str]) -> Iterator[str]:
    return (page.meta[name][0] for name in " ".join(names.values()).split() if name in page.meta)


def _of_marks(elements: Iterable[HtmlElement], name: str) -> Iterator[str]:
    """The values of microdata, outside of meta elements, in page order. `pubdate` is an early HTML 5's."""
    for element in elements:
        if element.get("itemprop") == name or (name == "datePublished" and "pubdate" in element.attrib):
            said = (element.get(key) for key in ("content", "datetime", "title"))
            yield next((value for value in said if value and value.strip()), None) or _text(element)


def _of_url(url: str) -> Iterator[str]:
    """The day in the path, with its slashes; else the month."""
    path = urlsplit(url).path.lower()
    if match := _URL_DAY.search(path):
        mark = "/" if match["mark"] == "/" else "-"
        month, day = match["month"] or match["month2"], match["day"] or match["day2"]
        yield mark.join((match["year"], month.zfill(2), day.zfill(2)))
    elif (named := _URL_NAMED.search(path)) and (number := written.month(named["name"])):
        yield f"{named['year']}/{number:02}/{named['day'].zfill(2)}"
    elif match := _URL_MONTH.search(path):
        yield f"{match['year']}-{match['month'].zfill(2)}"


def _modified_for_machines(page: Page) -> Iterator[tuple[str, str]]:
    yield from (("jsonld", value) for value in _of_things(page, "dateModified"))
    yield from (("meta", value) for value in _of_meta(page, META_MODIFIED))
    yield from (("microdata", value) for value in islice(_of_marks(page.marked, "dateModified"), 1))


def _modified_beside(page: Page) -> Iterator[tuple[str, str]]:
    yield from (("updated", date.value) for date in headline_dates.read(page, locale(page)) if date.updated)


def _of_readers(page: Page) -> Iterator[tuple[str, str]]:
    """What stands beside the headline; without any, the first `time` element of the page."""
    beside = headline_dates.read(page, locale(page))
    yield from (("updated" if date.updated else date.origin, date.value) for date in beside)
    if not beside:
        times = (element.get("datetime") or _text(element) for element in _TIMES(page.tree)[:MOST_TIMES])
        yield from (("time", value) for value in islice((v for v in times if v.strip()), 1))


def _text(element: HtmlElement) -> str:
    return "".join(islice(element.itertext(), 20))[: 3 * LONGEST_VALUE]


def _legible(value: str, page: Page) -> str:
    """The value on one line; in ISO 8601 where only the page's language tells what 03/05/2024 or 3 mai is."""
    value = " ".join(text.storable(value[: 3 * LONGEST_VALUE]).split())[:LONGEST_VALUE]  # JSON escapes hide NUL
    if value[:4].isdigit() or not value:
        return value
    found = written.find(value, locale(page))
    return found[0].moment.isoformat() if found and "/" in value else value


def _last_resorts(page: Page) -> Iterator[Witness]:
    relative = headline_dates.relative(page, locale(page))
    if relative:
        yield Witness("relative", relative.isoformat())
    elif guess := _guess(page):
        yield Witness("htmldate", guess)


def _guess(page: Page) -> str | None:
    """htmldate's search of the whole page, without its last resort, the first of January of a copyright line."""
    if _is_too_much(page.tree):
        return None
    # To try all of the 200 languages it knows, its parser would compile them first: more than a second a worker.
    get_external_parser().languages = headline_dates.languages(locale(page))
    try_date_expr.cache_clear()  # it remembers lines, and not in which languages they were read
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dateutil's, about abbreviations of time zones
        found = find_date(
            page.tree,
            original_date=True,
            url=page.url,
            min_date=datetime.combine(dates.OLDEST, time.min),
            max_date=datetime.combine(page.visit, time.max),
        )
    return None if found is None or found.endswith("-01-01") else found


def _is_too_much(tree: HtmlElement) -> bool:
    elements = sum(1 for _ in islice(tree.iter(), MOST_ELEMENTS + 1))
    if elements > MOST_ELEMENTS or _OVERLOADED(tree):
        return True
    return bool(_TEXT_LENGTH(tree) + sum(map(len, _ATTRIBUTES(tree))) > MOST_CHARACTERS)
