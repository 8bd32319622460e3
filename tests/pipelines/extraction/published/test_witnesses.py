"""What a page says about its dates: each witness, in the forms that sites have, and what is none."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from pipelines.extraction import engine
from pipelines.extraction.page import Page
from pipelines.extraction.published import witnesses
from pipelines.news import dates
from pipelines.records import Hints, Witness

VISIT = datetime(2024, 5, 20, 9, 30, tzinfo=UTC)
TITLE = "Harbour bridge closes for repairs"
PROSE = "<p>" + "The bridge over the harbour will be closed for as long as it takes to mend the rails. " * 5 + "</p>"


def page(
    body: str = "",
    head: str = "",
    url: str = "https://paper.example/news/harbour",
    lang: str = "en",
    hints: Hints | None = None,
) -> Page:
    html = f"<html lang='{lang}'><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    tree = engine.parse(html)
    assert tree is not None
    return Page(url, tree, VISIT, hints or Hints())


def story(before: str = "", after: str = "") -> str:
    return f"<article>{before}<h1>{TITLE}</h1>{after}{PROSE}</article>"


def found(of: Page, origin: str) -> list[str]:
    return [witness.value for witness in witnesses.published(of) if witness.origin == origin]


def test_the_endpoint() -> None:
    hints = Hints(published="Fri, 03 May 2024 14:05:00 +0200")
    assert found(page(story(), hints=hints), "endpoint") == ["Fri, 03 May 2024 14:05:00 +0200"]


@pytest.mark.parametrize(
    ("script", "values"),
    [
        ('{"@type": "NewsArticle", "datePublished": "2024-05-03T14:05:00+02:00"}', ["2024-05-03T14:05:00+02:00"]),
        ('{"@graph": [{"@type": ["BlogPosting"], "datePublished": "2024-05-03"}]}', ["2024-05-03"]),
        ('[{"@type": "WebPage", "datePublished": "2024-05-01"}, {"@type": "Article", "datePublished": "2024-05-03"}]',
         ["2024-05-03", "2024-05-01"]),
        ('{"@type": "NewsArticle", "datePublished": 20240503}', []),
        ('{"@type": "NewsArticle", "dateModified": "2024-05-03"}', []),
    ],
)  # fmt: skip
def test_jsonld(script: str, values: list[str]) -> None:
    assert found(page(story(), f'<script type="application/ld+json">{script}</script>'), "jsonld") == values


@pytest.mark.parametrize(
    ("element", "origin", "value"),
    [
        ('<meta property="article:published_time" content=" 2024-05-03T14:05:00Z ">', "meta", "2024-05-03T14:05:00Z"),
        ('<meta name="parsely-pub-date" content="2024-05-03T14:05:00Z">', "meta", "2024-05-03T14:05:00Z"),
        ('<meta name="Sailthru.Date" content="Fri, 03 May 2024 14:05:00 +0000">', "meta",
         "Fri, 03 May 2024 14:05:00 +0000"),
        ('<meta itemprop="datePublished" content="2024-05-03">', "meta", "2024-05-03"),
        ('<meta name="DC.date.issued" content="2024-05-03">', "meta", "2024-05-03"),
        ('<meta name="date" content="2024-05-03">', "meta_date", "2024-05-03"),
        ('<meta property="article:modified_time" content="2024-05-03">', "meta", None),
        ('<meta name="expires" content="2024-05-03">', "meta_date", None),
    ],
)  # fmt: skip
def test_meta(element: str, origin: str, value: str | None) -> None:
    assert found(page(story(), element), origin) == ([value] if value else [])


@pytest.mark.parametrize(
    ("lang", "url", "expected"),
    [
        ("en-US", "https://paper.example/a", "2024-03-05"),
        ("en-GB", "https://paper.example/a", "2024-05-03"),
        ("en", "https://paper.example.uk/a", "2024-05-03"),
        ("fr", "https://paper.example/a", "2024-05-03"),
    ],
)
def test_a_date_in_figures_is_read_as_the_page_is_written(lang: str, url: str, expected: str) -> None:
    of = page(story(), '<meta name="publish-date" content="03/05/2024">', url=url, lang=lang)
    assert found(of, "meta") == [expected]


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ('<span itemprop="datePublished" content="2024-05-03T14:05">3 May</span>', "2024-05-03T14:05"),
        ('<time itemprop="datePublished" datetime="2024-05-03">3 May</time>', "2024-05-03"),
        ('<p itemprop="datePublished">3  May\n2024</p>', "3 May 2024"),
        ('<time pubdate datetime="2024-05-03">3 May</time>', "2024-05-03"),
        ('<i itemprop="dateCreated" content="2024-05-02"></i><i itemprop="datePublished" content="2024-05-03"></i>',
         "2024-05-03"),
        ('<span itemprop="dateModified" content="2024-05-03"></span>', None),
    ],
)  # fmt: skip
def test_microdata(element: str, value: str | None) -> None:
    comment = '<div><span itemprop="datePublished" content="2024-05-09"></span></div>' if value else ""
    assert found(page(story(after=element) + comment), "microdata") == ([value] if value else [])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/2024/05/03/harbour", "2024/05/03"),
        ("/2024/5/3/harbour", "2024/05/03"),
        ("/news/2024-05-03-harbour.html", "2024-05-03"),
        ("/news/20240503/harbour", "2024-05-03"),
        ("/news/2024/may/03/harbour", "2024/05/03"),
        ("/2024/05/harbour", "2024-05"),
        ("/harbour-202405031", None),
        ("/harbour-20241399", None),
        ("/news/2024/13/40/harbour", None),
        ("/best-of-2024", None),
        ("/archive?day=2024-05-03", None),
    ],
)
def test_url(path: str, value: str | None) -> None:
    assert found(page(story(), url=f"https://paper.example{path}"), "url") == ([value] if value else [])


@pytest.mark.parametrize(
    ("lang", "byline", "witness"),
    [
        ("en", "<p>By A. Writer</p><p>Published 3 May 2024, 14:05</p>", Witness("text", "2024-05-03T14:05:00")),
        ("en", "<div>By A. Writer | <span>May 3, 2024</span> | 5 min read</div>", Witness("text", "2024-05-03")),
        ("de", "<p>Veröffentlicht am 3. Mai 2024 um 14:05 Uhr</p>", Witness("text", "2024-05-03T14:05:00")),
        ("cs", "<footer>3. května 2024</footer>", Witness("text", "2024-05-03")),
        ("en", "<p><b>3</b> <b>May</b> <b>2024</b></p>", Witness("text", "2024-05-03")),
        ("en", "<time datetime='2024-05-03T14:05+02:00'>2 weeks ago</time>", Witness("time", "2024-05-03T14:05+02:00")),
        ("en", "<p>Last updated 3 May 2024</p>", Witness("updated", "2024-05-03")),
        ("fr", "<p>Mis à jour le 3 mai 2024</p>", Witness("updated", "2024-05-03")),
    ],
)
def test_beside_the_headline(lang: str, byline: str, witness: Witness) -> None:
    assert list(witnesses.published(page(story(after=byline), lang=lang))) == [witness]


def test_published_and_updated_in_one_line() -> None:
    said = list(witnesses.published(page(story(after="<p>Updated 5 May 2024, first published 3 May 2024</p>"))))
    assert said == [Witness("text", "2024-05-03"), Witness("updated", "2024-05-05")]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "<p>The bridge, which was opened after many years of work by the king on 3 May 2024, is the oldest of all.</p>",
        "<p>On 3 May 2024 the council of the town decided that the bridge is to be closed for as long as it takes, and"
        " that there is no other way.</p>",
        "<aside><p>3 May 2024</p></aside>",
        "<div class='related-stories'><p>Another story</p><p>3 May 2024</p></div>",
        "<figure><figcaption>The bridge, 3 May 2024</figcaption></figure>",
    ],
)
def test_not_beside_the_headline(elsewhere: str) -> None:
    assert found(page(story(after=elsewhere)), "text") == []


def test_a_date_above_the_headline_and_no_date_bar() -> None:
    body = '<div class="header_date">Monday, May 20, 2024</div>' + story(before="<p>3 May 2024</p>")
    assert found(page(body), "text") == ["2024-05-03"]


def test_the_headline_is_the_heading_that_the_title_names() -> None:
    body = "<div><h1>The Example Paper</h1><p>1 May 2024</p></div>" + story(after="<p>3 May 2024</p>")
    assert found(page(body), "text")[0] == "2024-05-03"


def test_the_dateline_alone_dates_a_page_with_a_date_bar() -> None:
    body = '<div class="bar_header_date">Monday, May 20, 2024</div>' + story(after="<p>Date:</p><p>Share post:</p>")
    said = [*witnesses.published(page(body)), Witness("dateline", "2022-09-30")]
    published = dates.settle(said, VISIT)
    assert (published.value, published.precision, published.origin) == ("2022-09-30", "day", "dateline")
    assert not published.suspect


def test_the_whole_page_is_searched_where_nothing_else_speaks() -> None:
    body = story() + "<div class='post-meta'>Posted 3 May 2024</div>" + PROSE * 3
    assert list(witnesses.published(page(body.replace("<h1>", "<h5>").replace("</h1>", "</h5>")))) == [
        Witness("htmldate", "2024-05-03")
    ]


@pytest.mark.parametrize(
    ("lang", "guessed"),
    [("pl", [Witness("htmldate", "2019-11-20")]), ("hr", [Witness("htmldate", "2019-10-20")]), ("en", []), ("xx", [])],
)
def test_a_month_is_what_it_is_in_the_language_of_the_page(lang: str, guessed: list[Witness]) -> None:
    body = f"<h5>{TITLE}</h5>{PROSE * 3}<div class='post-meta'>Listopad 20 15:23 2019</div>"
    assert list(witnesses.published(page(body, lang=lang))) == guessed


def test_a_date_that_cannot_be_is_none() -> None:
    body = story() + "<div class='post-meta'>Posted 3 May 2024</div>"
    of = page(body.replace("h1>", "h5>"), '<meta property="article:published_time" content="2048-01-01">')
    assert [witness.origin for witness in witnesses.published(of)] == ["meta", "htmldate"]


def test_a_copyright_year_is_no_date() -> None:
    assert list(witnesses.published(page(story() + "<footer>© 2023 The Example Paper</footer>"))) == []


@pytest.mark.parametrize(
    ("lang", "text", "value"),
    [
        ("en", "2 hours ago", "2024-05-20"),
        ("en", "Posted: 3 days ago | 5 min read", "2024-05-17"),
        ("de", "vor 3 Tagen", "2024-05-17"),
        ("es", "hace 2 semanas", "2024-05-06"),
        ("en", "in 3 days", None),
        ("en", "5 min read", None),
        ("xx", "3 days ago", "2024-05-17"),
    ],
)
def test_a_relative_date_counts_from_the_visit(lang: str, text: str, value: str | None) -> None:
    assert found(page(story(after=f"<p>{text}</p>"), lang=lang), "relative") == ([value] if value else [])


def test_modified() -> None:
    script = '<script type="application/ld+json">{"@type": "NewsArticle", "dateModified": "2024-05-04"}</script>'
    head = script + '<meta property="article:modified_time" content="2024-05-05">'
    of = page(story(after='<p>Updated 6 May 2024</p><i itemprop="dateModified" content="2024-05-07"></i>'), head)
    assert [f"{w.origin} {w.value}" for w in witnesses.modified(of)] == [
        "jsonld 2024-05-04",
        "meta 2024-05-05",
        "microdata 2024-05-07",
        "updated 2024-05-06",
    ]


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>{TITLE}</h1>" + "<span>12 13 2024 x</span>" * 30_000,
        f"<h1>{TITLE}</h1>" + "<time datetime='soon'>x</time>" * 30_000,
        f"<h1>{TITLE}</h1>" * 20_000,
        f"<h1 {' '.join(f'a{n}=1' for n in range(20_000))}>{TITLE}</h1>",
        f"<h1>{TITLE}</h1><p>{'1 2 3 May 20 ' * 200_000}</p>",
        f"<h1>{TITLE}</h1><time datetime='{'9' * 1_000_000}'>x</time>",
    ],
    ids=["spans", "times", "headlines", "attributes", "text", "value"],
)
def test_hostile_pages_are_read_in_time(body: str) -> None:
    of = page(body)
    started = time.process_time()
    said = list(witnesses.published(of))
    assert time.process_time() - started < 3
    assert all(len(witness.value) <= witnesses.LONGEST_VALUE for witness in said)
