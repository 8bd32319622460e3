"""From the bytes of a page to an article, or the reason why it is none."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version

from lxml.html import HtmlElement
from trafilatura import bare_extraction, load_html
from trafilatura.meta import reset_caches
from trafilatura.settings import Document
from w3lib.encoding import html_to_unicode

from pipelines import agencies, datelines, dates, text, urls
from pipelines.records import Article, Hints, Link, NotAnArticle, Removed, Unreadable, Witness

EXTRACTOR = f"dateline 1, trafilatura {version('trafilatura')}"
FEWEST_WORDS = 40  # a text shorter than this is a teaser, a notice or an error message
WORDS_A_HEADLINE = 60  # a text that holds a headline for every so many words is a list of stories
MOST_CHARACTERS = 2_000_000
PAGES_BETWEEN_RESETS = 200  # trafilatura and htmldate keep caches that only grow

_pages_read = 0


def read_page(
    body: bytes,
    url: str,
    fetched_at: datetime | None = None,
    content_type: str | None = None,
    hints: Hints | None = None,
) -> Article | NotAnArticle:
    """Read one page. `url` is the address that answered; `fetched_at` when. Raises Unreadable."""
    started = time.process_time()
    _reset_caches_now_and_then()
    try:
        tree = _parse(body, content_type)
        result = _read(tree, url, fetched_at or datetime.now(UTC), hints or Hints())
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # strangers' markup finds every hole in a parser; none may end the crawl
        raise Unreadable("unreadable", f"{type(error).__name__}: {' '.join(str(error).split())[:300]}") from error
    if isinstance(result, Article):
        return replace(result, cpu_ms=round((time.process_time() - started) * 1000, 1))
    return result


def _reset_caches_now_and_then() -> None:
    global _pages_read  # noqa: PLW0603 - a counter of this process, as the caches are
    _pages_read += 1
    if _pages_read % PAGES_BETWEEN_RESETS == 0:
        reset_caches()


def _parse(body: bytes, content_type: str | None) -> HtmlElement:
    tree = load_html(text.storable(decode(body, content_type)))
    if tree is None:
        raise Unreadable("unreadable", "no HTML: nothing in it can be read as a page")
    return tree


def decode(body: bytes, content_type: str | None) -> str:
    """The page as text: UTF-8 where it is valid, whatever the page says; else as header, meta or guess have it."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return html_to_unicode(content_type, body)[1]


def _read(tree: HtmlElement, url: str, fetched_at: datetime, hints: Hints) -> Article | NotAnArticle:
    document = bare_extraction(tree, url=url, with_metadata=True, include_comments=False)
    assert document is None or isinstance(document, Document)  # as_dict was not asked for
    body = text.body(document.text[:MOST_CHARACTERS]) if document and document.text else ""
    title = text.line(document.title if document else None) or text.line(hints.title)
    words = len(text.words(body))
    if document is None or words < FEWEST_WORDS:
        return NotAnArticle("none", f"no article text: {words} words", _headlines(tree, url))
    if title is None:
        return NotAnArticle("other", "a text without a title", _headlines(tree, url))
    related = _headlines(tree, url)
    listed = sum(link.title in body for link in related if link.title and link.title != title)
    if listed >= 3 and words < listed * WORDS_A_HEADLINE:
        return NotAnArticle("list", f"a list of stories: {listed} headlines in {words} words", related)
    body, echo = _without_title(body, title)
    head = datelines.read(body, fetched_at.date())
    stripped, credit, tail = agencies.cut_credit(body[head.length :] if head else body)
    published = dates.settle(_witnesses(document.date, hints, head), fetched_at.date(), hints.timezone)
    return Article(
        url=url,
        canonical_url=urls.canonical(url),
        title=title,
        text=stripped,
        kind="article",
        extractor=EXTRACTOR,
        excerpt=text.line(document.description, 2000),
        authors=_people(document.author),
        agency=credit or (head.agency if head else None),
        dateline_place=head.place if head else None,
        dateline_date=head.day if head else None,
        published_at=published.value,
        published_precision=published.precision,
        published_origin=published.origin,
        date_witnesses=published.witnesses,
        language=_language(hints, tree),
        section=next(_lines(document.categories), None),
        tags=tuple(_lines(document.tags)),
        image_url=urls.resolve(url, document.image) if document.image else None,
        site_name=text.line(document.sitename, 200),
        word_count=len(text.words(stripped)),
        quality_flags=("undated",) if published.value is None else (),
        removed=tuple(_removed(echo, body[: head.length] if head else "", tail)),
        related=related,
    )


def _language(hints: Hints, tree: HtmlElement) -> str | None:
    """ISO 639-1 or -3 code: the page's own, or else the outlet's."""
    said = re.match(r"[A-Za-z]{2,3}(?![A-Za-z])", tree.get("lang") or hints.language or "")
    return said[0].lower() if said else None


def _witnesses(page: str | None, hints: Hints, head: datelines.Dateline | None) -> Iterator[Witness]:
    if hints.published:
        yield Witness("endpoint", hints.published)
    if page:
        yield Witness("page", page)
    if head and head.day:
        yield Witness("dateline", head.day.isoformat())


def _without_title(body: str, title: str) -> tuple[str, str]:
    """The text without the headline as its first paragraph, and that paragraph."""
    first, _, rest = body.partition("\n")
    same = [w.casefold() for w in text.words(first)] == [w.casefold() for w in text.words(title)]
    return (rest, first) if same and rest else (body, "")


def _removed(echo: str, head: str, tail: str) -> Iterator[Removed]:
    if echo:
        yield Removed(echo, "title_echo")
    if head:
        yield Removed(head.strip(), "dateline")
    if tail:
        yield Removed(tail, "credit")


def _people(author: str | None) -> tuple[str, ...]:
    names = (text.line(name, 200) for name in (author or "").split(";"))
    return tuple(dict.fromkeys(n for n in names if n and not agencies.canonical(n)))


def _lines(values: list[str] | None) -> Iterator[str]:
    seen = (text.line(value, 200) for joined in values or [] for value in re.split(r"[,;]", joined))
    return iter(dict.fromkeys(v for v in seen if v))


def _headlines(tree: HtmlElement, url: str) -> tuple[Link, ...]:
    """Links of the same site that are headlines: in a heading, and of several words."""
    found: dict[str, Link] = {}
    for anchor in tree.xpath("//a[@href][ancestor::h2 or ancestor::h3 or ancestor::h4 or h2 or h3 or h4]"):
        title = text.line(anchor.text_content(), 300)
        target = urls.resolve(url, anchor.get("href"))
        if title and target and len(text.words(title)) > 2 and urls.same_site(url, target):
            found.setdefault(target, Link(target, title))
    return tuple(found.values())
