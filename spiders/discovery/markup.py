"""XML from strangers: unpacked, decoded and parsed without entities, network or unbounded memory."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from typing import Any

from w3lib.encoding import resolve_encoding

from pipelines.records import Unreadable

MAX_UNPACKED = 50 * 1024 * 1024  # bytes; sitemaps.org allows no sitemap to be larger
MAX_AMPERSANDS = 500_000  # ten for each URL of the largest sitemap
SAFE: dict[str, Any] = {  # for etree.XMLParser
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "encoding": "utf-8",  # to_utf8 has seen to it, and the declaration may still say otherwise
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"{\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
)
_JAPANESE = b"\x1b$"  # by which ISO-2022-JP, in ASCII to the eye, begins to write Japanese
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_FORBIDDEN = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})  # characters that XML 1.0 cannot hold
_AMPERSAND = re.compile(
    rb"(?P<cdata><!\[CDATA\[.*?(?:\]\]>|\Z))|&#(?:(?P<decimal>\d{1,9})|[xX](?P<hex>[0-9A-Fa-f]{1,8}));|&(?:amp;)?",
    re.DOTALL,
)


def unpacked(body: bytes) -> bytes:
    """The body, out of gzip if it begins like it, whatever its name or headers say.

    A file that is cut short or ends in rubbish gives what comes before. Raises Unreadable for more than
    MAX_UNPACKED bytes, and where not even the beginning can be unpacked.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    text = bytearray()
    stream = gzip.GzipFile(fileobj=io.BytesIO(body))
    try:
        while chunk := stream.read1(1_048_576):  # read() would lose what precedes a fault
            text += chunk
            if len(text) > MAX_UNPACKED:
                raise Unreadable("too_large", f"more than {MAX_UNPACKED:,} bytes once unpacked")
    except (EOFError, OSError, zlib.error) as error:
        if not text:
            raise Unreadable("broken_gzip", f"begins like gzip and is not: {error}") from error
    return bytes(text)


def to_utf8(body: bytes, charset: str | None) -> bytes:
    """The same text in UTF-8, without byte order mark, leading space and characters that XML forbids.

    What decodes as UTF-8 is UTF-8, whatever it claims: no other encoding looks like it by chance, and a cut
    character does not make it another. Otherwise the declaration comes before the server's charset, because
    servers send their default, and what neither names is guessed.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            body = body.decode(encoding, "replace").removeprefix("\ufeff").encode("utf-8", "replace")
            break
    if not _is_utf8(body):
        body = _decoded(body, charset).encode("utf-8", "replace")
    return body.translate(None, delete=_FORBIDDEN).lstrip()


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return _JAPANESE not in body


def _decoded(body: bytes, charset: str | None) -> str:
    from pipelines.extraction.encodings import decode  # it brings charset_normalizer, which few feeds need

    text = body.decode("utf-8", "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    if 2 * text.count("\ufffd") < beyond_ascii:
        return text
    claimed = _claimed(body, charset)
    return decode(body, f"text/xml; charset={claimed}" if claimed else None)


def _claimed(body: bytes, charset: str | None) -> str | None:
    declared = _DECLARED.search(body[:1_024])
    labels = [declared[1].decode() if declared else None, charset]
    known = (resolve_encoding(label) for label in labels if label)
    return next((name for name in known if name and name != "utf-8"), None)


def without_entities(body: bytes) -> bytes:
    """The same document with no reference left that could be undefined, outside CDATA.

    `&amp;` and a bare `&` become `&#38;`; so `&nbsp;` becomes text that `hints.plain` understands. Numbers of
    no character go. Once libxml2 has met a fault it drops named references, even `&amp;`, so this comes
    before any attempt to recover. A document with more than MAX_AMPERSANDS is left as it is.
    """
    return _AMPERSAND.sub(_reference, body) if body.count(b"&") <= MAX_AMPERSANDS else body


def _reference(found: re.Match[bytes]) -> bytes:
    match found.lastgroup:
        case "cdata":
            return found[0]
        case "decimal":
            return found[0] if _is_character(int(found["decimal"])) else b""
        case "hex":
            return found[0] if _is_character(int(found["hex"], 16)) else b""
    return b"&#38;"


def _is_character(code: int) -> bool:
    """XML 1.0, section 2.2."""
    return code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
