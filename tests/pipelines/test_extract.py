"""From the bytes of a page to its record, end to end: stories, what is none, every encoding, and hostile bytes."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from markdown_it import MarkdownIt

from pipelines.extract import EXTRACTOR, read_page
from pipelines.extraction import engine
from pipelines.extraction.encodings import decode
from pipelines.extraction.page import Page
from pipelines.extraction.story import body, lines
from pipelines.records import Article, Hints, Link, Removed, Unreadable
from pipelines.text import UNSTORABLE
from tests.documents import article_html, prose

URL = "https://post.example/news/rowing-club-mends-the-old-weir"
TITLE = "Rowing club mends the old weir"
VISIT = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
FIRST = "The rowing club has mended the weir above the mill, nine years after the flood that broke it."


def read(html: str | bytes, url: str = URL, **given: Any) -> Article:
    return read_page(html.encode() if isinstance(html, str) else html, url, VISIT, **given)


def story(first: str = FIRST, last: str = "", **given: Any) -> str:
    """An article page whose text begins and ends with these."""
    paragraphs = [first, *prose(TITLE, 4), *([last] if last else [])]
    return article_html(TITLE, paragraphs, **({"published": "2026-03-12T08:30:00+01:00"} | given))


def test_a_story_and_all_that_it_says() -> None:
    head = (
        '<link rel="canonical" href="https://post.example/weir?utm_source=x">'
        '<meta property="og:description" content="Nine years after the flood.">'
        '<meta property="og:site_name" content="Post"><meta property="article:section" content="Sport">'
        '<meta property="og:image" content="/weir.jpg"><meta property="og:type" content="article">'
        '<meta name="robots" content="nosnippet, noarchive"><link rel="license" href="/terms">'
    )
    html = story(
        f"PORT ELLERY, March 11 (Reuters) - {FIRST}",
        "(Reporting by Ann Lee; Editing by Bo Ek)",
        authors=["Ann Lee"],
        modified="2026-03-12T09:00:00+01:00",
        head=head,
        related={"/ferry": "The ferry comes back in spring"},
    )
    found = read(html)
    assert found.text.split("\n") == [FIRST, *prose(TITLE, 4)]
    assert replace(found, text="", excerpt="", word_count=0, detail="", cpu_ms=0.0, date_witnesses=()) == Article(
        url=URL,
        canonical_url="https://post.example/weir",
        title=TITLE,
        text="",
        kind="article",
        extractor=EXTRACTOR,
        excerpt="",
        authors=("Ann Lee",),
        agency="Reuters",
        dateline_place="PORT ELLERY",
        dateline_date=date(2026, 3, 11),
        published_at="2026-03-12T08:30:00+01:00",
        published_precision="minute",
        published_origin="jsonld",
        modified_at="2026-03-12T09:00:00+01:00",
        language="en",
        section="Sport",
        image_url="https://post.example/weir.jpg",
        site_name="Post",
        opt_outs=("noarchive", "nosnippet"),
        license_url="https://post.example/terms",
        removed=found.removed,
        related=(Link("https://post.example/ferry", "The ferry comes back in spring"),),
    )
    assert found.excerpt == "Nine years after the flood."
    assert found.word_count > 250
    assert found.cpu_ms > 0
    assert {(r.text, r.rule) for r in found.removed} == {
        (TITLE, "title_echo"),
        ("PORT ELLERY, March 11 (Reuters) -", "dateline"),
        ("(Reporting by Ann Lee; Editing by Bo Ek)", "furniture"),
    }


@pytest.mark.parametrize(
    ("first", "text", "place", "day", "agency"),
    [
        (f"PORT ELLERY (AP) — {FIRST}", FIRST, "PORT ELLERY", None, "AP"),
        (f"New Delhi, April 28 : {FIRST}", FIRST, "New Delhi", date(2025, 4, 28), None),
        (f"Hamburg (dpa) - {FIRST}", FIRST, "Hamburg", None, "dpa"),
        (f"PARIS, 3 mars (AFP) - {FIRST}", FIRST, "PARIS", date(2026, 3, 3), "AFP"),
        (FIRST, FIRST, None, None, None),
        (f"Update: {FIRST}", f"Update: {FIRST}", None, None, None),
    ],
)
def test_datelines(first: str, text: str, place: str | None, day: date | None, agency: str | None) -> None:
    found = read(story(first))
    assert found.text.split("\n")[0] == text
    assert (found.dateline_place, found.dateline_date, found.agency) == (place, day, agency)
    assert any(r.rule == "dateline" for r in found.removed) is (place is not None)


@pytest.mark.parametrize(
    ("last", "agency", "rule"),
    [
        ("(PTI)", "PTI", "credit"),
        ("(With inputs from ANI)", "ANI", "credit"),
        ("Quelle: dpa", "dpa", "furniture"),
        ("(Reporting by Bo Ek in Port Ellery; Editing by Una Berg)", "Reuters", "furniture"),
        ("Copyright 2026 The Associated Press. All rights reserved.", "AP", "furniture"),
        ("Photo: AP", None, "furniture"),
        ("© 2026 The Harbour Post", None, "furniture"),
    ],
)
def test_credits(last: str, agency: str | None, rule: str) -> None:
    found = read(story(last=last))
    assert found.agency == agency
    assert Removed(last, rule) in found.removed
    assert found.text.split("\n") == [FIRST, *prose(TITLE, 4)]


def test_a_credit_at_the_end_of_a_sentence() -> None:
    found = read(story(last="The mayor came to look, and it rained. (AFP)"))
    assert found.text.endswith("and it rained.")
    assert (found.agency, found.removed[-1]) == ("AFP", Removed("(AFP)", "credit"))


def test_a_byline_of_an_agency_is_no_author() -> None:
    found = read(story(authors=["Reuters", "Ann Lee"]))
    assert (found.authors, found.agency) == (("Ann Lee",), "Reuters")


def test_the_text_as_markdown() -> None:
    one, two = prose(1, 2)
    inner = f"<p>{one}</p><h2>What # it cost</h2><ul><li>9 days</li><li>*much*</li></ul><p>{two}</p>"
    html = f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>{inner}</article></body></html>"
    as_markdown, plain = read(html, markdown=True), read(html)
    assert plain.text == f"{one}\nWhat # it cost\n- 9 days\n- *much*\n{two}"
    assert as_markdown.text == f"{one}\n\n## What # it cost\n\n- 9 days\n- \\*much\\*\n\n{two}"
    assert replace(as_markdown, text="") == replace(plain, text="")
    assert "<em>" not in MarkdownIt("commonmark").render(as_markdown.text)


@pytest.mark.parametrize(
    ("bar", "published", "expected"),
    [
        ("Saturday, March 14, 2026", "2026-03-12", ("2026-03-12", "jsonld", False)),
        ("Saturday, March 14, 2026", None, ("2026-03-14", "text", True)),
        ("Thursday, March 12, 2026", None, ("2026-03-12", "text", False)),
    ],
)
def test_the_day_of_the_visit_in_the_bar_is_suspect(
    bar: str, published: str | None, expected: tuple[str | None, str | None, bool]
) -> None:
    found = read(article_html(TITLE, date_bar=bar, published=published))
    assert (found.published_at, found.published_origin, "date_is_visit_day" in found.quality_flags) == expected


def test_the_dateline_decides_where_only_the_bar_speaks_beside_it() -> None:
    paragraphs = [f"New Delhi, April 28 : {FIRST[:-1]} on Friday.", *prose(TITLE, 4)]
    found = read(article_html(TITLE, paragraphs, date_bar="Saturday, March 14, 2026"))
    assert (found.published_at, found.published_origin) == ("2023-04-28", "dateline")


def test_hints_speak_where_the_page_does_not() -> None:
    found = read(article_html(TITLE), hints=Hints(published="Thu, 12 Mar 2026 08:30:00 GMT", timezone="Europe/Berlin"))
    assert found.published_at == "2026-03-12T08:30:00+00:00"


def test_related_are_headlines_of_the_same_site() -> None:
    links = {
        "/a": "The ferry comes back in spring",
        "https://post.example/b#top": "The lighthouse is green and white",
        "https://other.example/c": "The bakers have their own roof",
        "/sport": "Sport",
        "/a?utm_source=x": "The ferry comes back in spring",
    }
    found = read(story(related=links))
    assert [link.title for link in found.related][:2] == list(links.values())[:2]
    assert {link.url.split("?")[0].split("#")[0] for link in found.related} == {
        "https://post.example/a",
        "https://post.example/b",
    }


def test_the_language_of_the_text_goes_before_the_template() -> None:
    german = "Der Ruderverein hat am Dienstag das alte Wehr repariert, und der Bürgermeister kam, um es anzusehen. " * 3
    paragraphs = [f"{n} Jahre danach: {german}" for n in range(4)]
    assert read(article_html("Das alte Wehr ist dicht", paragraphs, language="en")).language == "de"


def page(title: str, text: str, language: str = "en") -> str:
    return article_html(title, [text * 3] * 4, language=language)


LATIN = page(
    "Überfähre zurück – „Königin“", "Größe über alles: Die Fähre fährt wieder, sagte die Hafenbehörde am Dienstag. "
)
CZECH = page(
    "Starý jez opraven",
    "Veslařský klub opravil starý jez, práce trvaly devět dní a přívoz jezdí. ",
    language="cs",
)
RUSSIAN = page("Старую плотину починили", "Гребной клуб починил старую плотину во вторник, работы заняли девять дней. ")
GREEK = page("Επισκευάστηκε το φράγμα", "Ο ναυτικός όμιλος επισκεύασε την Τρίτη το παλιό φράγμα, είπε ο δήμαρχος. ")
JAPANESE = page("港町の古い堰が直る", "港町のボートクラブは火曜日に古い堰を修理した。工事は九日間で終わった。")
CHINESE = page("港口旧水坝修好了", "港口城市的划船俱乐部星期二修好了旧水坝，市长表示这项工程花了九天时间，费用不高。")
WRITTEN = {
    "utf-8": LATIN, "utf-8-sig": LATIN, "utf-16": JAPANESE, "cp1252": LATIN, "cp1250": CZECH, "cp1251": RUSSIAN,
    "koi8-r": RUSSIAN, "iso-8859-7": GREEK, "shift_jis": JAPANESE, "euc-jp": JAPANESE, "iso-2022-jp": JAPANESE,
    "gb18030": CHINESE,
}  # fmt: skip


@pytest.mark.parametrize("encoding", WRITTEN)
@pytest.mark.parametrize(
    ("in_page", "in_header"),
    [("{}", None), (None, "{}"), ("{}", "utf-8"), ("utf-8", None), (None, None), ("no-such", "nor-this")],
    ids=["page", "header", "header is wrong", "page is wrong", "undeclared", "unknown"],
)
def test_encodings(encoding: str, in_page: str | None, in_header: str | None) -> None:
    given = WRITTEN[encoding]
    meta = f'<meta charset="{in_page.format(encoding)}">' if in_page else ""
    bytes_ = given.replace('<meta charset="utf-8">', meta).encode(encoding)
    assert decode(bytes_, f"text/html; charset={in_header.format(encoding)}" if in_header else None) == given.replace(
        '<meta charset="utf-8">', meta
    )


def test_valid_utf8_is_believed_before_any_header() -> None:
    found = read(LATIN.replace("utf-8", "iso-8859-1"), content_type="text/html; charset=iso-8859-1")
    assert found.title == "Überfähre zurück – „Königin“"


def test_a_broken_byte_spoils_one_letter() -> None:
    found = read(LATIN.encode().replace("Fähre".encode(), b"F\xe4hre", 1))
    assert found.text.count("\ufffd") == 1
    assert found.title == "Überfähre zurück – „Königin“"


noise = random.Random(1).randbytes


@pytest.mark.parametrize(
    "given",
    [
        b"", b" \n\t ", b"\0" * 100, b"\xef\xbb\xbf", b"<!doctype html>", b"<!-- nothing -->", b"<html></html>",
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + noise(5000), b"\x89PNG\r\n\x1a\n" + noise(5000),
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + noise(5000), b"PK\x03\x04" + noise(5000),
        gzip.compress(noise(9000), mtime=0), noise(5000), b"GIF89a" + noise(500),
    ],
)  # fmt: skip
def test_what_is_no_page_is_unreadable(given: bytes) -> None:
    with pytest.raises(Unreadable) as error:
        read(given)
    assert error.value.reason == "unreadable"


@pytest.mark.parametrize(
    "given",
    [
        "Just some text.", "<", "<p", "{}", '{"a": [1, 2]}', "<html><body></body></html>", "<p>.</p>",
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title></channel></rss>',
        '<?xml version="1.0" encoding="utf-8"?><urlset><url><loc>https://post.example/</loc></url></urlset>',
        "<html><head><title>Post</title></head><frameset><frame src='a'></frameset></html>",
        "<html><head><title>Not found</title></head><body><h1>404</h1><p>This page does not exist.</p></body></html>",
    ],
)  # fmt: skip
def test_what_is_no_story_says_so(given: str) -> None:
    found = read(given)
    assert (found.kind, found.text, found.word_count, found.removed) == ("none", "", 0, ())
    assert found.detail
    assert not found.is_story


def test_text_without_markup_is_no_story() -> None:
    assert not read("\n\n".join(prose(1))).is_story


def test_a_page_of_too_many_elements_is_too_large() -> None:
    with pytest.raises(Unreadable, match="too_large"):
        read("<p>" + "<span>x</span>" * 60_000)


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        (story(), "article"),
        (story().replace("NewsArticle", "LiveBlogPosting"), "live"),
        (story().replace("NewsArticle", "Product"), "article"),
        (article_html("Sport", [], related={f"/{n}": f"Headline number {n} of the day" for n in range(40)}), "none"),
    ],
)
def test_kinds(html: str, kind: str) -> None:
    assert read(html).kind == kind


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from strings(member)
    elif isinstance(value, (list, tuple)):
        for member in value:
            yield from strings(member)


VILE = "Ann\0 \ud83d Lee\udc00 \ufffe\x07"
VILE_HTML = "Ann&#0; &#xD83D; Lee\0&#xDC00;&#xFFFE;\x07&#7;\ufdd0\x9f &amp;#0;&amp;#xd800;"


def test_no_field_holds_what_cannot_be_stored() -> None:
    keys = "headline name description articleSection keywords inLanguage datePublished dateModified articleBody"
    people = {"author": {"@type": "Person", "name": VILE}, "publisher": {"@type": "Organization", "name": VILE}}
    thing = {"@type": "NewsArticle", **dict.fromkeys(keys.split(), VILE), **people, "image": f"/{VILE}.jpg"}
    names = (
        "author", "description", "keywords", "news_keywords", "og:title", "og:description", "og:image", "og:site_name",
        "og:url", "article:section", "article:tag", "article:author", "article:published_time", "og:locale", "date",
    )  # fmt: skip
    metas = (f'<meta name="{name}" property="{name}" content="{VILE_HTML}">' for name in names)
    parts = (
        f'<html lang="{VILE_HTML}"><head><title>{VILE_HTML}</title>',
        *metas,
        f'<link rel="canonical" href="/{VILE_HTML}">',
        f'<script type="application/ld+json">{json.dumps(thing)}</script></head><body><article>',
        f"<h1>{VILE_HTML}</h1><p>By {VILE_HTML}</p><p>PORT ELLERY, March 3 (Reuters) - {VILE_HTML} {FIRST}</p>",
        *(f"<p>{VILE_HTML} {said}</p>" for said in prose(1)),
        f'<h2><a href="/{VILE_HTML}">{VILE_HTML} comes back in spring</a></h2></article></body></html>',
    )
    for url in (URL, f"{URL}?q=\ud83d\0"):
        for hints in (Hints(), Hints(title="a\0\ud83d", published="\ud83d\0", language="\ud83d", timezone="\0")):
            found = asdict(read("".join(parts), url, hints=hints))
            del found["url"]  # it is the crawler's own
            assert not [said for said in strings(found) if UNSTORABLE.search(said)]


def letters(*texts: str) -> Counter[str]:
    return Counter("".join("".join(texts).split()))


@pytest.mark.parametrize(
    "html",
    [
        story(f"PORT ELLERY, March 11 (Reuters) - {FIRST}", "(Reporting by Ann Lee; Editing by Bo Ek)"),
        story(last="It rained. (AFP)", related={"/a": "The ferry comes back in spring"}),
        story(last="Ann Lee"),
        story(f"New Delhi, April 28 : {FIRST}", "With inputs from PTI"),
        story(last="Sign up for our newsletter", date_bar="Saturday, March 14, 2026"),
    ],
)
def test_nothing_vanishes_untold(html: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found, tree = read(html), engine.parse(html)
    assert tree is not None
    with monkeypatch.context() as patch:
        patch.setattr(lines, "judge", lambda _: {})
        everything = body.read(Page(URL, tree, VISIT), TITLE)
    assert letters(found.text, *(removed.text for removed in found.removed)) == letters(everything.text)
