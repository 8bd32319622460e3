"""The bytes of a page as text, whatever the page and its server say of the encoding."""

from __future__ import annotations

import re
from collections.abc import Iterator

from charset_normalizer import from_bytes
from w3lib.encoding import html_to_unicode

from pipelines.text import UNSTORABLE

# Bytes that are valid UTF-8 and yet another encoding: the escapes of ISO-2022-JP, the zeros of UTF-16.
NOT_UTF8 = re.compile(rb"\x1b\$|<\x00|\x00<")
UNMARKED = {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}  # how a page begins that forgot its byte order mark
HEAD = 4096  # bytes in which a page shows what it is
SAMPLE = 20_000  # bytes of text that are enough to tell an encoding by
BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
# Guessed are the encodings that web pages have been written in, and no relatives of theirs.
GUESSED = (
    "cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874", "cp932",
    "euc_jp", "gb18030", "big5", "euc_kr", "iso8859_2",
)  # fmt: skip
# A text in Spanish or Norwegian may look like one in the other alphabet of the same letters: the page's language tells.
CENTRAL_EUROPE = re.compile(rb"lang\s*=\s*[\"']?(?:cs|sk|pl|hu|sl|hr|ro|sq|bs|sr)\b", re.IGNORECASE)
MARKUP = re.compile(r"<[A-Za-z!?/]")


def decode(body: bytes, content_type: str | None) -> str:
    """The page as text: UTF-8 where it is valid, else as a byte order mark, header or page have it, or as is likely."""
    if unmarked := UNMARKED.get(body[:2]):
        return body.decode(unmarked, "replace")
    if not NOT_UTF8.search(body[:HEAD]):
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    readings = list(_readings(body, content_type))
    return min(readings, key=_nonsense)


def is_binary(html: str) -> bool:
    """Whether what was decoded is no text at all: a document, an image, an archive."""
    head = html[:HEAD]
    if head.startswith("%PDF-"):
        return True
    return len(UNSTORABLE.findall(head)) + head.count("\ufffd") > 0.05 * len(head) and not MARKUP.match(head.lstrip())


def _readings(body: bytes, content_type: str | None) -> Iterator[str]:
    """What is declared, as long as it makes sense; then what the page alone says; then the likeliest."""
    for declared in (content_type, None):
        try:
            reading = html_to_unicode(declared, body, auto_detect_fun=_likeliest)[1]
        except (LookupError, UnicodeError):  # "base64", "idna": encodings of Python's, and of no page
            continue
        yield reading
        if not _nonsense(reading):
            return
    yield body.decode(_likeliest(body) or "utf-8", "replace")


def _nonsense(reading: str) -> int:
    """How many characters could not be read, where they are more than those beyond ASCII that could."""
    unread = reading.count("\ufffd") + reading.count("\x1b$")
    read = sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", reading[: 5 * SAMPLE])))
    return unread if unread > read else 0


def _likeliest(body: bytes) -> str | None:
    first = BEYOND_ASCII.search(body)
    if not first:
        return "iso2022_jp" if b"\x1b$" in body[:SAMPLE] else None
    begin = max(0, first.start() - SAMPLE // 10)
    sample = body[begin : begin + SAMPLE]
    found = from_bytes(sample[: sample.rfind(b"<") + 1] or sample, cp_isolation=list(GUESSED)).best()
    if not found:
        return None
    western = found.encoding == "cp1250" and not CENTRAL_EUROPE.search(body[:HEAD])
    return "cp1252" if western else found.encoding
