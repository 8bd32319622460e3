"""The one door to trafilatura: a page parsed as it wants it, and its main content found."""

from __future__ import annotations

import re
from importlib.metadata import version

from lxml.etree import ElementDefaultClassLookup, ParserError, _Element
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HTMLParser, HtmlProcessingInstruction, document_fromstring
from trafilatura import bare_extraction
from trafilatura.meta import reset_caches
from trafilatura.settings import Document

VERSION = f"trafilatura {version('trafilatura')}"
__all__ = ["VERSION", "main_content", "parse", "reset_caches"]

# What trafilatura mends before it parses, done on bytes: a doctype that libxml2 stumbles over, <html/>, and what no XML
# may hold (its functions refuse such strings later).
HEAD = 4096  # characters in which the first two are looked for
DOCTYPE = re.compile(r"<! ?DOCTYPE[^>]*>", re.IGNORECASE)
SELF_CLOSED = re.compile(r"(<html[^>]*)/>", re.IGNORECASE)
CONTROLS = bytes(set(range(32)) - set(b"\t\n\r")) + b"\x7f"
NONCHARACTERS = re.compile("\ufffe|\uffff".encode())

# trafilatura's settings. lxml.html would choose the class of each element in Python, every time one is met: a sixth of
# all the time a page takes. All of them are HtmlElement here, and nobody needs the classes of forms and inputs.
_PARSER = HTMLParser(
    collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True
)  # fmt: skip
_PARSER.set_element_class_lookup(
    ElementDefaultClassLookup(
        element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity
    )
)  # fmt: skip


def parse(html: str) -> HtmlElement | None:
    """The tree of the page, or None where nothing in it can be read as HTML."""
    head = SELF_CLOSED.sub(r"\1>", DOCTYPE.sub("", html[:HEAD], count=1), count=1)
    page = (head + html[HEAD:]).encode("utf-8", "replace").translate(None, CONTROLS)
    if b"\xef\xbf" in page:
        page = NONCHARACTERS.sub(b"", page)
    try:
        tree = document_fromstring(page, parser=_PARSER)
    except ParserError:  # nothing in it
        return None
    return tree if len(tree) else None


def main_content(tree: HtmlElement, url: str, fast: bool = False) -> _Element | None:
    """trafilatura's main content as its own XML (p, head, list/item, quote, table …). The tree is left as it is.

    `fast` leaves out its comparison with readability and justext, which is a third of the time.
    """
    document = bare_extraction(
        tree,
        url=url,
        fast=fast,
        include_comments=False,
        with_metadata=False,
    )
    assert document is None or isinstance(document, Document)  # as_dict was not asked for
    return document.body if document else None
