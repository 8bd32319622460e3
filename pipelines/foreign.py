"""WARC files of others, record by record: whatever is wrong with one is told, and the next one read."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

from pipelines.records import Capture
from pipelines.shelf import CaptureError
from pipelines.warc import LARGEST_RECORD, parse_page

GZIP, WARC = b"\x1f\x8b\x08", b"WARC/"
LONGEST_HEAD = 1 << 16  # bytes
CHUNK = 1 << 14  # bytes inflated at a time: a thousand times that is what they may become
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that cannot be read: the byte of the file where it begins, and why, in one line."""

    offset: int
    why: str


def is_warc(path: Path) -> bool:
    """Whether the file begins as a WARC file does, compressed or not. Raises OSError."""
    with path.open("rb") as file:
        return file.read(5).startswith((GZIP, WARC))


def records(path: Path) -> Iterator[Capture | Broken | None]:
    """The HTML pages of a WARC file, in its order; None for a record of another kind. Raises OSError."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        for offset, found in _members(data) if data[:3] == GZIP else _plain(data):
            if isinstance(found, str):
                yield Broken(offset, found)
                continue
            try:
                yield parse_page(found)
            except CaptureError as error:
                yield Broken(offset, str(error))


def _members(data: mmap) -> Iterator[tuple[int, bytes | str]]:
    """The records in a file of gzip members; after a broken member it goes on with what looks like the next."""
    at = 0
    while 0 <= at < len(data):
        try:
            member, end = _inflated(data, at)
        except (zlib.error, CaptureError) as error:
            yield at, " ".join(str(error).split())
            at = data.find(GZIP, at + 1)
        else:
            yield from ((at, record) for _, record in _plain(member))
            at = end


def _inflated(data: mmap, start: int) -> tuple[bytes, int]:
    """A gzip member, and where the next begins. Raises zlib.error, and CaptureError for one cut short or too large."""
    inflater, parts, size, at = zlib.decompressobj(wbits=31), [], 0, start
    while not inflater.eof:
        chunk = data[at : at + CHUNK]
        if not chunk:
            raise CaptureError("the file ends in the middle of a record")
        parts.append(inflater.decompress(chunk))
        size, at = size + len(parts[-1]), at + len(chunk)
        if size > LARGEST_RECORD + LONGEST_HEAD:
            raise CaptureError(f"more than {LARGEST_RECORD >> 20} MB in one gzip member")
    return b"".join(parts), at - len(inflater.unused_data)


def _plain(data: bytes | mmap) -> Iterator[tuple[int, bytes | str]]:
    """The records in uncompressed bytes: where each begins, and the record or what is wrong with it."""
    at = 0
    while data[at : at + LONGEST_HEAD].strip():
        start = data.find(WARC, at)
        if start < 0 or data[at : min(start, at + LONGEST_HEAD)].strip():
            yield at, "no WARC record begins here"
        if start < 0:
            return
        head = data.find(b"\r\n\r\n", start, start + LONGEST_HEAD)
        length = LENGTH.search(data[start : head + 2]) if head > 0 else None
        end = head + 4 + int(length[1]) if length else 0
        wrong = _wrong(data, end)
        is_large = not wrong and end - start > LARGEST_RECORD
        yield start, wrong or (f"more than {LARGEST_RECORD >> 20} MB" if is_large else data[start:end])
        at = _next(data, start + 1) if wrong else end  # a wrong length says nothing of where the next one begins


def _next(data: bytes | mmap, at: int) -> int:
    found = data.find(WARC, at)
    return len(data) if found < 0 else found


def _wrong(data: bytes | mmap, end: int) -> str | None:
    if not end:
        return "the head of the record cannot be read"
    if end > len(data):
        return "the file ends in the middle of a record"
    return None if data[end : end + 2] in (b"\r\n", b"") else "the record is not as long as it says"
