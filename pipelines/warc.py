"""Captures on disk: WARC 1.1 files, one gzip member a record, that any WARC tool reads."""

from __future__ import annotations

import gzip
import io
import os
import secrets
import socket
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParserException
from warcio.warcwriter import WARCWriter

from pipelines import urls
from pipelines.records import Capture

ROTATE_BYTES = 1 << 30  # the customary size of a WARC file
COMPRESSION = 3  # a third of the time of warcio's level 9 for a fifth more bytes
LARGEST_RECORD = 32 << 20  # bytes of a record of others that are read
LARGEST_PAGE = 10 << 20  # bytes of a page, decoded, as in a crawl
HTML = ("text/html", "application/xhtml")
# What no longer holds for a body that was decoded; kept under another name, as crawlers do.
TRANSFER_HEADERS = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class CaptureError(Exception):
    """A capture could not be written or read back; the message is one line."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies: file relative to the captures folder, byte offset, compressed length in bytes."""

    file: str
    offset: int
    length: int


class WarcWriter:
    """Appends captures to WARC files in `folder`; the threads of one process may share it.

    Every writer has files of its own, so two never meet in one. A file is begun with the first capture, and
    anew with each day and each ROTATE_BYTES.
    """

    def __init__(self, folder: Path, software: str) -> None:
        self.folder = folder
        self.software = software
        self._lock = threading.Lock()
        self._file: io.FileIO | None = None
        self._name = ""
        self._day = ""

    def write(self, capture: Capture) -> Place:
        """Append one capture as a response record. Raises CaptureError, leaving no half record in a file."""
        record = gzip.compress(_response_record(capture), COMPRESSION, mtime=0)
        with self._lock:
            try:
                return self._append(record)
            except OSError as error:
                self._drop()
                raise CaptureError(f"captures in {self.folder} cannot be written: {error.strerror or error}") from error

    def close(self) -> None:
        """Close the current file."""
        with self._lock:
            self._drop()

    def _append(self, record: bytes) -> Place:
        file = self._current()
        offset = file.tell()
        try:
            rest = memoryview(record)
            while rest:  # a disk that fills takes a part, and refuses the next
                rest = rest[file.write(rest) :]
        except OSError:
            os.ftruncate(file.fileno(), offset)
            raise
        return Place(self._name, offset, len(record))

    def _current(self) -> io.FileIO:
        day = datetime.now(UTC).strftime("%Y%m%d")
        if self._file is None or day != self._day or self._file.tell() > ROTATE_BYTES:
            self._drop()
            self._begin(day)
        assert self._file is not None
        return self._file

    def _begin(self, day: str) -> None:
        self._day = day
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        writer = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._name = f"{day}/dateline-{stamp}-{writer}.warc.gz"
        path = self.folder / self._name
        path.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered: a failed write must not come back when the file is closed.
        self._file = path.open("xb", buffering=0)
        self._append(gzip.compress(_info_record(path.name, self.software), COMPRESSION, mtime=0))

    def _drop(self) -> None:
        file, self._file = self._file, None
        if file:
            file.close()


def read(folder: Path, place: Place) -> tuple[bytes, str | None]:
    """Body and content type of the response record at that place. Raises CaptureError naming what is wrong."""
    body, headers = read_answer(folder, place)
    return body, next((value for name, value in headers if name.lower() == "content-type"), None)


def read_answer(folder: Path, place: Place) -> tuple[bytes, list[tuple[str, str]]]:
    """Body and headers of the response record at that place. Raises CaptureError naming what is wrong."""
    path = folder / place.file
    try:
        with path.open("rb") as file:
            file.seek(place.offset)
            for record in ArchiveIterator(io.BytesIO(file.read(place.length))):
                if record.rec_type == "response" and record.http_headers:
                    return record.content_stream().read(), list(record.http_headers.headers)
    except OSError as error:
        raise CaptureError(f"{path} at byte {place.offset}: {error.strerror or error}") from error
    except (EOFError, zlib.error, ValueError, ArchiveLoadFailed, StatusAndHeadersParserException) as error:
        raise CaptureError(f"{path} at byte {place.offset}: {error}") from error
    raise CaptureError(f"{path} at byte {place.offset}: no record of an answer")


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
    reason = HTTPStatus(capture.status).phrase if capture.status in HTTPStatus._value2member_map_ else "Status"
    headers = StatusAndHeaders(f"{capture.status} {reason}", list(_stored_headers(capture)), protocol="HTTP/1.1")
    moment = capture.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return _serialised(
        "response",
        capture.final_url,
        capture.body,
        http_headers=headers,
        warc_headers_dict={"WARC-Date": moment},
    )


def _stored_headers(capture: Capture) -> Iterator[tuple[str, str]]:
    for name, value in capture.headers:
        if name.lower() in TRANSFER_HEADERS:
            yield f"X-Crawler-{name}", value
        else:
            yield name, value
    yield "Content-Length", str(len(capture.body))


def _info_record(name: str, software: str) -> bytes:
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version="1.1")
    info = {"software": software, "format": "WARC File Format 1.1"}
    writer.write_record(writer.create_warcinfo_record(name, info))
    return buffer.getvalue()


def _serialised(kind: str, url: str, body: bytes, **fields: object) -> bytes:
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version="1.1")
    writer.write_record(writer.create_warc_record(url, kind, payload=io.BytesIO(body), length=len(body), **fields))
    return buffer.getvalue()
