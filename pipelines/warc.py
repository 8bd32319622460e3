"""Captures on disk: WARC 1.1 files, one gzip member a record, that any WARC tool reads."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import logging
import os
import secrets
import socket
import threading
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParserException
from warcio.warcwriter import WARCWriter

from pipelines import urls
from pipelines.records import Capture
from pipelines.shelf import CaptureError, Shelf

log = logging.getLogger(__name__)

PROFILES = "http://netpreserve.org/warc/1.1/revisit"
COMPRESSION = 3  # a third of the time of warcio's level 9 for a fifth more bytes
LARGEST_RECORD = 32 << 20  # bytes of a record of others that are read
LARGEST_PAGE = 10 << 20  # bytes of a page, decoded, as in a crawl
HTML = ("text/html", "application/xhtml")
# What no longer holds for a body that was decoded; kept under another name, as crawlers do.
TRANSFER_HEADERS = frozenset({"content-encoding", "content-length", "transfer-encoding"})
BROKEN = (EOFError, zlib.error, ValueError, ArchiveLoadFailed, StatusAndHeadersParserException)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies: name of the file, byte offset, compressed length in bytes."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Original:
    """A capture whose body a later visit met again; `url` answered. Early captures have no SHA-1."""

    id: int | None
    url: str
    fetched_at: datetime
    body_sha256: bytes
    body_sha1: bytes | None
    body_bytes: int

    @classmethod
    def of(cls, capture: Capture) -> Original:
        """A capture that has its own body, before it has an id."""
        body = capture.body
        sha1 = hashlib.sha1(body, usedforsecurity=False).digest()
        return cls(None, capture.final_url, capture.fetched_at, hashlib.sha256(body).digest(), sha1, len(body))


def kind(capture: Capture, original: Original | None) -> str:
    """What kind of record a capture is, as captures.kind names it."""
    if original is None:
        return "response"
    return "server_not_modified" if capture.status == 304 else "identical_payload"


class WarcWriter:
    """Appends captures to WARC files on a shelf; the threads of one process may share it.

    Every writer has files of its own, so two never meet in one. A file is begun with the first capture, and anew with
    each day and when it is large enough. It is put away one file later: by then all that is in it is in SQL as well.
    """

    def __init__(self, shelf: Shelf, software: str) -> None:
        self.shelf = shelf
        self.software = software
        self._lock = threading.Lock()
        self._file: io.FileIO | None = None
        self._name = ""
        self._day = ""
        self._full: list[tuple[str, io.FileIO]] = []
        self._porter = ThreadPoolExecutor(1, "captures")  # a gigabyte takes its time, and nobody is to wait for it
        self._porter.submit(self._put_away_rest)

    def write(self, capture: Capture, original: Original | None = None) -> Place:
        """Append one capture: as a response record or, where its body is that of another, as a revisit without it.

        Raises CaptureError, leaving no half record in a file.
        """
        record = _packed(_revisit_record(capture, original) if original else _response_record(capture))
        with self._lock:
            try:
                return self._append(record)
            except OSError as error:
                self._retire()
                said = error.strerror or error
                raise CaptureError(f"captures in {self.shelf.bench} cannot be written: {said}") from error

    def close(self) -> None:
        """Close the current file, and wait until all are put away."""
        with self._lock:
            self._retire()
            self._put_away_but(0)
        self._porter.shutdown()

    def _append(self, record: bytes) -> Place:
        file = self._current()
        offset = file.tell()
        try:
            write_all(file, record)
        except OSError:
            os.ftruncate(file.fileno(), offset)
            raise
        return Place(self._name, offset, len(record))

    def _current(self) -> io.FileIO:
        day = today()
        if self._file is None or day != self._day or self._file.tell() > self.shelf.rotate_bytes:
            self._retire()
            self._put_away_but(1)
            self._begin(day)
        assert self._file is not None
        return self._file

    def _begin(self, day: str) -> None:
        self._day = day
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        writer = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._name = f"{day}/dateline-{stamp}-{writer}.warc.gz"
        self._file = self.shelf.create(self._name)
        self._append(_packed(_info_record(self._name, self.software)))

    def _retire(self) -> None:
        file, self._file = self._file, None
        if file:
            self._full.append((self._name, file))

    def _put_away_but(self, newest: int) -> None:
        """Put away the complete files but for so many of the newest."""
        while len(self._full) > newest:
            self._porter.submit(self._put_away, *self._full.pop(0))

    def _put_away(self, name: str, file: io.FileIO) -> None:
        with file:  # held until it is away
            self._told(self.shelf.put_away, name)

    def _put_away_rest(self) -> None:
        self._told(self.shelf.put_away_rest)

    def _told(self, task: Callable[..., None], *arguments: str) -> None:
        try:
            task(*arguments)
        except CaptureError as error:
            log.warning("%s; what is not put away stays in %s until the next start", error, self.shelf.spool)


def today() -> str:
    """The day of files that are begun now: UTC, eight digits."""
    return datetime.now(UTC).strftime("%Y%m%d")


def write_all(file: io.FileIO, data: bytes) -> None:
    """Write every byte: a disk that fills takes a part, and refuses the next. Raises OSError."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def read(shelf: Shelf, place: Place) -> tuple[bytes, str | None]:
    """Body and content type of the response record at that place. Raises CaptureError naming what is wrong."""
    body, headers = read_answer(shelf, place)
    return body, next((value for name, value in headers if name.lower() == "content-type"), None)


def read_answer(shelf: Shelf, place: Place) -> tuple[bytes, list[tuple[str, str]]]:
    """Body and headers of the response record at that place. Raises CaptureError naming what is wrong."""
    where = f"{shelf.path(place.file)} at byte {place.offset}"
    data = shelf.read(place.file, place.offset, place.length)
    try:
        for record in ArchiveIterator(io.BytesIO(data)):
            if record.rec_type == "response" and record.http_headers:
                return record.content_stream().read(), list(record.http_headers.headers)
    except BROKEN as error:
        raise CaptureError(f"{where}: {error}") from error
    raise CaptureError(f"{where}: no record of an answer")


def parse_page(data: bytes) -> Capture | None:
    """The HTML page with status 200 in a record of others; None for any other record.

    Raises CaptureError for one that is broken, or that its crawler cut short.
    """
    try:
        loader = ArcWarcRecordLoader(verify_http=False)
        return _page(loader.parse_record_stream(io.BytesIO(data), known_format="warc"))
    except CaptureError:
        raise
    except Exception as error:  # strangers' bytes: warcio and its decompressors raise whatever they meet
        raise CaptureError(" ".join(f"{type(error).__name__}: {error}".split())[:200]) from error


def _page(record: Any) -> Capture | None:
    http, said = record.http_headers, record.rec_headers.get_header
    if record.rec_type != "response" or http is None or http.get_statuscode() != "200":
        return None
    if not (http.get_header("Content-Type") or "").strip().lower().startswith(HTML):
        return None
    if cut := said("WARC-Truncated"):
        raise CaptureError(f"its crawler cut it short: {cut}")
    url = urls.check(said("WARC-Target-URI"))
    return Capture(url, url, 200, tuple(http.headers), _decoded(record), _moment(said("WARC-Date")))


def _moment(said: str) -> datetime:
    read = datetime.fromisoformat(said)
    moment = read if read.tzinfo else read.replace(tzinfo=UTC)
    if moment > datetime.now(UTC) + timedelta(days=1):
        raise CaptureError(f"WARC-Date {said} is still to come")
    return moment


def _decoded(record: Any) -> bytes:
    """The body without its codings. Not as warcio does it: that unpacks a chunk whole, however large it becomes."""
    http, stream = record.http_headers, record.raw_stream
    if (http.get_header("Transfer-Encoding") or "").lower() == "chunked":
        stream = ChunkedDataReader(stream)
    coding = (http.get_header("Content-Encoding") or "identity").strip().lower()
    if coding != "identity":
        stream = BufferedReader(io.BytesIO(_all(stream, LARGEST_RECORD)), decomp_type=coding)
    return _all(stream, LARGEST_PAGE)


def _all(stream: Any, most: int) -> bytes:
    parts, size = [], 0
    while part := stream.read(1 << 16):
        parts.append(part)
        size += len(part)
        if size > most:
            raise CaptureError(f"more than {most >> 20} MB")
    return b"".join(parts)


def _response_record(capture: Capture) -> bytes:
    said = {"WARC-Date": _stamp(capture.fetched_at)}
    return _serialised("response", capture.final_url, capture.body, _headers(capture), said)


def _revisit_record(capture: Capture, original: Original) -> bytes:
    """A record that says by whom the body was called the same: by the site, or by its digest."""
    is_unsent = capture.status == 304
    digest = original.body_sha1 if is_unsent else hashlib.sha1(capture.body, usedforsecurity=False).digest()
    said = {
        "WARC-Date": _stamp(capture.fetched_at),
        "WARC-Profile": f"{PROFILES}/{'server-not-modified' if is_unsent else 'identical-payload-digest'}",
        "WARC-Refers-To-Target-URI": original.url,
        "WARC-Refers-To-Date": _stamp(original.fetched_at),
    }
    if digest:
        said["WARC-Payload-Digest"] = f"sha1:{base64.b32encode(digest).decode()}"
    return _serialised("revisit", capture.final_url, b"", _headers(capture), said)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _headers(capture: Capture) -> StatusAndHeaders:
    reason = HTTPStatus(capture.status).phrase if capture.status in HTTPStatus._value2member_map_ else "Status"
    return StatusAndHeaders(f"{capture.status} {reason}", list(_stored_headers(capture)), protocol="HTTP/1.1")


def _stored_headers(capture: Capture) -> Iterator[tuple[str, str]]:
    for name, value in capture.headers:
        if name.lower() in TRANSFER_HEADERS:
            yield f"X-Crawler-{name}", value
        else:
            yield name, value
    if capture.status != 304:
        yield "Content-Length", str(len(capture.body))


def _info_record(name: str, software: str, **more: str) -> bytes:
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version="1.1")
    info = {"software": software, "format": "WARC File Format 1.1", **more}
    writer.write_record(writer.create_warcinfo_record(name.rpartition("/")[2], info))
    return buffer.getvalue()


def _serialised(kind: str, url: str, body: bytes, http: StatusAndHeaders, said: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version="1.1")
    fields = {"payload": io.BytesIO(body), "length": len(body), "http_headers": http, "warc_headers_dict": said}
    writer.write_record(writer.create_warc_record(url, kind, **fields))
    return buffer.getvalue()


def _packed(record: bytes) -> bytes:
    return gzip.compress(record, COMPRESSION, mtime=0)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a row says of its record; `original_at` is when the body was fetched that a revisit refers to."""

    url: str
    fetched_at: datetime
    body_sha256: bytes
    original_at: datetime | None = None


def fault(data: bytes, expected: Expected) -> str | None:
    """What is wrong with the bytes of a record, in one line; null where they are what was expected."""
    try:
        record = next(ArchiveIterator(io.BytesIO(data), check_digests=True))
        body, member = record.content_stream().read(), gzip.decompress(data)
    except (*BROKEN, OSError, StopIteration) as error:
        return f"not a record: {' '.join(str(error).split()) or 'nothing is there'}"
    said = record.rec_headers.get_header
    wanted = {"WARC-Type": "revisit" if expected.original_at else "response", "WARC-Target-URI": expected.url,
              "WARC-Date": _stamp(expected.fetched_at)}  # fmt: skip
    if expected.original_at:
        wanted |= {"WARC-Refers-To-Date": _stamp(expected.original_at)}
    if other := next((f"{name} {said(name)!r}" for name, value in wanted.items() if said(name) != value), None):
        return f"another record: {other}"
    if record.digest_checker.passed is False:
        return ", ".join(record.digest_checker.problems)
    if said("WARC-Block-Digest") != _block_digest(member):  # warcio does not look at those of revisits
        return "block digest failed"
    if not expected.original_at and hashlib.sha256(body).digest() != expected.body_sha256:
        return "not the body that was captured"
    return None


def _block_digest(record: bytes) -> str:
    head, _, rest = record.partition(b"\r\n\r\n")
    length = int(next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))[15:])
    return f"sha1:{base64.b32encode(hashlib.sha1(rest[:length], usedforsecurity=False).digest()).decode()}"


def rewrite(source: BinaryIO, target: io.FileIO, name: str, places: Iterable[Place]) -> Iterator[Place | None]:
    """Copy the records at these places, as they are, into a new file of that name: where each lies there.

    Null for one that is not whole in the source. Raises OSError.
    """
    write_all(target, _packed(_info_record(name, "dateline", description="records of a file of which others expired")))
    for place in places:
        source.seek(place.offset)
        data = source.read(place.length)
        if len(data) < place.length:
            yield None
            continue
        offset = target.tell()
        write_all(target, data)
        yield Place(name, offset, place.length)


def filler(length: int) -> bytes:
    """A gzip member of exactly that length (400 bytes or more), with a record of blanks."""
    spare = length - len(_blanks(0))
    member = _blanks(max(0, spare - 5 * (spare // 65535 + 1) - 10))  # a gzip block each 65,535; digits of the length
    rest = length - len(member)
    # What is missing is a comment in the head of the member, which ends with a zero.
    return member if not rest else member[:3] + b"\x10" + member[4:10] + b"-" * (rest - 1) + b"\0" + member[10:]


def _blanks(count: int) -> bytes:
    head = f"WARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\nWARC-Date: {_stamp(datetime.now(UTC))}"
    said = f"WARC/1.1\r\n{head}\r\nContent-Type: text/plain\r\nContent-Length: {count}\r\n\r\n".encode()
    return gzip.compress(said + b" " * count + b"\r\n\r\n", 0, mtime=0)
