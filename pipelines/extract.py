"""From the bytes of a page to its record: what it is, and if it is a story, all that it says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from lxml.html import HtmlElement

from pipelines import text
from pipelines.extraction import engine, related
from pipelines.extraction.about import metadata, names, terms
from pipelines.extraction.encodings import decode, is_binary
from pipelines.extraction.kind import kinds, languages, quality
from pipelines.extraction.page import Page
from pipelines.extraction.published import witnesses
from pipelines.extraction.story import body as bodies
from pipelines.extraction.story.body import Body
from pipelines.news import agencies, datelines, dates
from pipelines.records import Article, Hints, Unreadable, Witness

# Its number is raised whenever some page may read otherwise: what other versions read can be read again then.
EXTRACTOR = f"dateline 3, {engine.VERSION}"
# Of thousands of news pages the largest has 10,000; with many more than these a page is beyond its time for certain.
MOST_ELEMENTS = 50_000
MOST_LOST = 8  # lines of the page's furniture, from its end, among which a credit is looked for
PAGES_BETWEEN_RESETS = 200  # trafilatura and htmldate keep caches that only grow

_pages_read = 0


def read_page(
    body: bytes,
    url: str,
    fetched_at: datetime | None = None,
    content_type: str | None = None,
    hints: Hints | None = None,
    markdown: bool = False,
) -> Article:
    """Read one page, whatever it is: `kind` of the record tells. Raises Unreadable.

    `url` is the address that answered; `fetched_at` when. With `markdown` the text is CommonMark.
    """
    started = time.process_time()
    _reset_caches_now_and_then()
    try:
        page = Page(url, _parse(body, content_type), fetched_at or datetime.now(UTC), hints or Hints())
        article = _read(page, markdown)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # strangers' markup finds every hole in a parser; none may end the crawl
        raise Unreadable("unreadable", f"{type(error).__name__}: {' '.join(str(error).split())[:300]}") from error
    return replace(article, cpu_ms=round((time.process_time() - started) * 1000, 1))


def warm_up() -> None:
    """Load what the first pages would wait for, tables of trafilatura, htmldate and dateparser: a third of a second."""
    page = "<html><body><main><h1>Warm</h1><p>3 hours ago</p><p>12 October</p></main></body></html>"
    read_page(page.encode(), "https://example.invalid/")


def _reset_caches_now_and_then() -> None:
    global _pages_read  # noqa: PLW0603 - a counter of this process, as the caches are
    _pages_read += 1
    if _pages_read % PAGES_BETWEEN_RESETS == 0:
        engine.reset_caches()


def _parse(body: bytes, content_type: str | None) -> HtmlElement:
    html = decode(body, content_type)
    tree = None if is_binary(html) else engine.parse(html)
    if tree is None:
        raise Unreadable("unreadable", "no HTML: nothing in it can be read as a page")
    return tree


def _read(page: Page, markdown: bool) -> Article:
    if len(page.elements) > MOST_ELEMENTS:  # met once here, and kept alive for all that follows
        raise Unreadable("too_large", f"{len(page.elements):,} elements, more than {MOST_ELEMENTS:,}")
    about, rights = metadata.read(page), terms.read(page)
    body = bodies.read(page, about.title)
    language = _language(about.language, body)
    body, head = _without_dateline(body, page, language)
    body, credit = _without_credit(body)
    body, signed = _without_signature(body, about.authors)
    published = dates.settle([*witnesses.published(page), *_dateline(head)], page.visit, page.hints.timezone)
    modified = dates.settle_modified(witnesses.modified(page), published, page.visit, page.hints.timezone)
    plain = body.text
    verdict = kinds.judge(page, about.title, plain)
    words = sum(len(text.words(line)) for line in plain.split("\n"))
    flags = quality.flags(
        page, about.title, plain, paywalled=about.paywalled, undated=published.value is None,
        date_is_visit_day=published.suspect, language=about.language or page.hints.language, words=words,
    )  # fmt: skip
    if verdict.kind == "none":  # what a wall or an error page says is nobody's text
        body, words = Body(), 0
    return Article(
        url=page.url,
        canonical_url=about.canonical_url,
        title=about.title or "",
        text=body.markdown if markdown else body.text,
        kind=verdict.kind,
        detail=verdict.detail,
        extractor=EXTRACTOR,
        excerpt=about.excerpt,
        authors=about.authors or signed or ((about.house,) if about.house else ()),
        agency=credit or (head.agency if head else None) or _lost_credit(body) or about.agency,
        dateline_place=head.place if head else None,
        dateline_date=head.day if head else None,
        published_at=published.value,
        published_precision=published.precision,
        published_origin=published.origin,
        date_witnesses=published.witnesses,
        modified_at=modified,
        language=language,
        section=about.section,
        tags=about.tags,
        image_url=about.image_url,
        site_name=about.site_name,
        word_count=words,
        paywalled=about.paywalled,
        opt_outs=tuple(sorted(rights.opt_outs)),
        license_url=rights.license_url,
        quality_flags=flags,
        removed=body.removed,
        related=related.read(page),
    )


def _language(said: str | None, body: Body) -> str | None:
    """What the page says, unless its text is certainly in another language: many templates say "en" of everything."""
    found = languages.detect(body.text)
    return said if found is None or (said and languages.akin(found, said)) else found


def _without_dateline(body: Body, page: Page, language: str | None) -> tuple[Body, datelines.Dateline | None]:
    found = datelines.find(body.text, page.visit.date(), language)
    if not found:
        return body, None
    start, head = found
    return body.without(start, start + head.length, "dateline"), head


def _without_credit(body: Body) -> tuple[Body, str | None]:
    stripped, credit, cut = agencies.cut_credit(body.text)
    return body.ending(stripped, cut, "credit"), credit


def _lost_credit(body: Body) -> str | None:
    """The agency of a credit that went with the furniture of the page: of a line that is nothing else."""
    lines = [removed.text for removed in body.removed if removed.rule in ("furniture", "outside", "box", "tail")]
    cut = (agencies.cut_credit(f"…\n{line}") for line in lines[-MOST_LOST:])  # as the last line of a text
    return next((agency for rest, agency, _ in cut if agency and rest == "…"), None)


def _without_signature(body: Body, authors: tuple[str, ...]) -> tuple[Body, tuple[str, ...]]:
    """The body without a name that stands alone below it, and that name: the author's, where the page names none."""
    line = body.blocks[-1].text if body.blocks and body.blocks[-1].kind == "paragraph" else ""
    signed = names.signature(line)
    if not signed or (authors and not {name.casefold() for name in signed} <= {name.casefold() for name in authors}):
        return body, ()
    return body.ending("\n".join(body.text.split("\n")[:-1]), line, "signature"), signed


def _dateline(head: datelines.Dateline | None) -> Iterator[Witness]:
    if head and head.day:
        yield Witness("dateline", head.day.isoformat())
