"""Authors and agency of a page, from JSON-LD, meta elements and the printed byline."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from json import dumps
from typing import Any

import pytest
from lxml.html import document_fromstring

from pipelines.extraction.about import people, sites
from pipelines.extraction.page import Page

VISIT = datetime(2026, 3, 1, tzinfo=UTC)
JANE = {"@type": "Person", "name": "Jane Roe"}
TOM = {"@type": "Person", "givenName": "Tom", "familyName": "Berg"}
REUTERS = {"@type": "Organization", "name": "Reuters"}
POST = {"@type": "Organization", "name": "Harbour Post"}


def credited(body: str = "", ld: Any = None, head: str = "") -> people.Credits:
    things = f'<script type="application/ld+json">{dumps(ld)}</script>' if ld is not None else ""
    html = f"<html><head>{head}{things}</head><body><h1>Ferry runs again</h1>{body}<p>The ferry.</p></body></html>"
    page = Page("https://www.harbourpost.example/city/ferry", document_fromstring(html), VISIT)
    return people.read(page, sites.site(page))


def authors_of(found: people.Credits) -> tuple[str, ...]:
    return found.people or ((found.house,) if found.house else ())


def story(**said: Any) -> dict[str, Any]:
    return {"@type": "NewsArticle", "headline": "Ferry runs again", **said}


@pytest.mark.parametrize(
    ("ld", "authors"),
    [
        (story(author=JANE), ("Jane Roe",)),
        (story(author=[JANE, TOM]), ("Jane Roe", "Tom Berg")),
        (story(author="By Jane Roe and Tom Berg"), ("Jane Roe", "Tom Berg")),
        (story(author=["Jane Roe", "Tom Berg"]), ("Jane Roe", "Tom Berg")),
        (story(author={"@type": "Person", "name": ["Jane Roe", "Tom Berg"]}), ("Jane Roe", "Tom Berg")),
        (story(author={"@type": "Person", "name": "Jane Roe, Tom Berg"}), ("Jane Roe", "Tom Berg")),
        (story(author=[[JANE]]), ("Jane Roe",)),
        (story(creator=JANE), ("Jane Roe",)),
        (story(author=[JANE, {"@type": "Person", "name": "JANE ROE"}]), ("Jane Roe",)),
        ([story(author={"@id": "#jane"}), {"@id": "#jane", **JANE}], ("Jane Roe",)),
        ([{"@type": "WebPage", "author": JANE}], ("Jane Roe",)),
        (story(author=[JANE, POST]), ("Jane Roe",)),
        (story(author=POST), ("Harbour Post",)),
        (story(author={"@type": "Person", "name": "Admin"}), ()),
        (story(author={"@type": "Organization", "name": "Web Desk"}), ()),
        (story(author=None), ()),
        (story(author=[{"@type": "Person"}, 7, None, {"name": {"@value": 3}}]), ()),
    ],
)
def test_declared(ld: Any, authors: tuple[str, ...]) -> None:
    assert authors_of(credited(ld=ld)) == authors


@pytest.mark.parametrize(
    ("head", "authors"),
    [
        ('<meta name="author" content="Jane Roe">', ("Jane Roe",)),
        ('<meta name="author" content="Web Desk"><meta property="article:author" content="Jane Roe">', ("Jane Roe",)),
        ('<meta property="article:author" content="https://social.example/jane">', ()),
        ('<meta name="byl" content="By JANE ROE">', ("Jane Roe",)),
        ('<meta name="citation_author" content="Roe, Jane"><meta name="citation_author" content="Berg, Tom">',
         ("Jane Roe", "Tom Berg")),
        ('<meta name="twitter:creator" content="@janeroe">', ()),
    ],
)  # fmt: skip
def test_in_meta_elements(head: str, authors: tuple[str, ...]) -> None:
    assert authors_of(credited(head=head)) == authors


@pytest.mark.parametrize(
    ("body", "authors"),
    [
        ('<div class="byline">By Jane Roe</div>', ("Jane Roe",)),
        ('<div class="byline">By <a href="/1">Jane Roe</a> and <a href="/2">Tom Berg</a></div>',
         ("Jane Roe", "Tom Berg")),
        ('<div class="byline"><b class="author-name">Jane Roe</b><i class="author-role">City Hall</i></div>',
         ("Jane Roe",)),
        ('<div class="Byline"><b>Jane Roe</b><i>Harbour Correspondent</i><i>Green Lane</i></div>', ("Jane Roe",)),
        ('<div class="author">Jane Roe<time>3 March 2026</time></div>', ("Jane Roe",)),
        ('<a rel="author" href="/x">Jane Roe</a>', ("Jane Roe",)),
        ('<span itemprop="author"><span itemprop="name">Jane Roe</span></span>', ("Jane Roe",)),
        ("<p>By Jane Roe</p>", ("Jane Roe",)),
        ("<p>By <b>Jane Roe</b></p>", ("Jane Roe",)),
        ('<p><a href="/author/jane-roe">Jane Roe</a></p>', ("Jane Roe",)),
        ('<div class="comment"><span class="author">Jane Roe</span></div>', ()),
        ('<div class="related-stories"><span class="author">Jane Roe</span></div>', ()),
        ('<figure><span class="author">Jane Roe</span></figure>', ()),
        ('<footer><span class="author">Jane Roe</span></footer>', ()),
        ("<p>By Thursday the Harbour Board will decide whether the ferry may run on for another whole year, as it said"
         " on Monday.</p>", ()),
        ("<p>By sending this form you accept our Privacy Policy.</p>", ()),
        ('<div class="author">Follow Us</div>', ()),
        ('<div class="author">By Staff Reporter</div>', ()),
    ],
)  # fmt: skip
def test_in_print(body: str, authors: tuple[str, ...]) -> None:
    assert authors_of(credited(body)) == authors


def test_what_is_declared_goes_before_what_is_printed() -> None:
    assert authors_of(credited('<p class="byline">By Tom Berg</p>', story(author=JANE))) == ("Jane Roe",)


def test_a_house_gives_way_to_a_printed_name() -> None:
    assert credited('<p class="byline">By Tom Berg</p>', story(author=POST)) == people.Credits(("Tom Berg",))


@pytest.mark.parametrize(
    ("ld", "agency", "named"),
    [
        (story(author={"@type": "Person", "name": "Reuters"}), "Reuters", ()),
        (story(author=[JANE, REUTERS]), "Reuters", ("Jane Roe",)),
        (story(author=JANE, creditText="Reuters"), "Reuters", ("Jane Roe",)),
        (story(author=JANE, sourceOrganization=REUTERS), "Reuters", ("Jane Roe",)),
        (story(author=JANE, publisher=REUTERS, provider=REUTERS), None, ("Jane Roe",)),
        (story(author=JANE), None, ("Jane Roe",)),
    ],
)
def test_agency(ld: Any, agency: str | None, named: tuple[str, ...]) -> None:
    found = credited(ld=ld)
    assert (found.agency, found.people) == (agency, named)


@pytest.mark.parametrize(
    "body",
    ['<span class="author">By </span>' * 20_000, "<p>By <b>x</b></p>" * 20_000, '<a href="/author/x">x</a>' * 20_000],
)
def test_many_elements_cost_little(body: str) -> None:
    started = time.process_time()
    credited(body)
    assert time.process_time() - started < 2


def test_many_authors_cost_little() -> None:
    authors = [{"@type": "Person", "name": f"Jane {'ABCDEFGHIJ'[n % 10]}oe"} for n in range(20_000)]
    started = time.process_time()
    assert len(authors_of(credited(ld=story(author=authors)))) == 10
    assert time.process_time() - started < 2
