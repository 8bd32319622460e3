"""Captures on disk, read back by warcio's own reader."""

from __future__ import annotations

import os
import resource
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipelines import warc
from pipelines.records import Capture
from pipelines.shelf import CaptureError, Shelf

MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def capture(body: bytes, url: str = "https://x.example/a") -> Capture:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"))
    return Capture(url, url, 200, headers, body, MOMENT)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    writer = warc.WarcWriter(Shelf(str(tmp_path)), "test")
    bodies = [b"<p>one</p>", b"", "zwölf".encode() * 1000]
    places = [writer.write(capture(body)) for body in bodies]
    writer.close()
    assert [warc.read(Shelf(str(tmp_path)), place)[0] for place in places] == bodies
    assert warc.read(Shelf(str(tmp_path)), places[0])[1] == "text/html; charset=utf-8"


def test_the_file_is_a_warc_file(tmp_path: Path) -> None:
    writer = warc.WarcWriter(Shelf(str(tmp_path)), "test")
    place = writer.write(capture(b"body"))
    writer.close()
    with (tmp_path / place.file).open("rb") as file:
        records = [
            (r.rec_type, r.rec_headers, r.http_headers, r.content_stream().read())
            for r in ArchiveIterator(file, check_digests="raise")
        ]
    assert [r[0] for r in records] == ["warcinfo", "response"]
    _, headers, http, body = records[1]
    assert headers.get_header("WARC-Target-URI") == "https://x.example/a"
    assert headers.get_header("WARC-Date").startswith("2026-03-04T05:06:07")
    assert (http.get_statuscode(), http.get_header("X-Crawler-Content-Encoding"), body) == ("200", "gzip", b"body")
    assert http.get_header("Content-Encoding") is None


def test_two_writers_have_two_files(tmp_path: Path) -> None:
    writers = [warc.WarcWriter(Shelf(str(tmp_path)), "test") for _ in range(2)]
    places = [w.write(capture(body)) for w, body in zip(writers, (b"a", b"b"), strict=True)]
    assert places[0].file != places[1].file
    assert [warc.read(Shelf(str(tmp_path)), p)[0] for p in places] == [b"a", b"b"]
    for writer in writers:
        writer.close()


def test_a_folder_that_cannot_be_written_is_one_line() -> None:
    writer = warc.WarcWriter(Shelf("/dev/null/captures"), "test")
    with pytest.raises(CaptureError, match="captures in /dev/null/captures cannot be written: Not a directory"):
        writer.write(capture(b"x"))


def test_a_disk_that_fills_leaves_no_half_record(tmp_path: Path) -> None:
    writer = warc.WarcWriter(Shelf(str(tmp_path)), "test")
    first = writer.write(capture(b"first"))
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (first.offset + first.length + 100, limit[1]))
    try:
        with pytest.raises(CaptureError, match="cannot be written: File too large"):
            writer.write(capture(os.urandom(10_000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    second = writer.write(capture(b"second"))
    writer.close()
    for place, body in ((first, b"first"), (second, b"second")):
        assert warc.read(Shelf(str(tmp_path)), place)[0] == body
        with (tmp_path / place.file).open("rb") as file:
            assert [r.rec_type for r in ArchiveIterator(file)] == ["warcinfo", "response"]


def test_a_lost_or_broken_file_is_named(tmp_path: Path) -> None:
    writer = warc.WarcWriter(Shelf(str(tmp_path)), "test")
    place = writer.write(capture(b"body"))
    writer.close()
    path = tmp_path / place.file
    path.write_bytes(path.read_bytes()[: place.offset + 20])
    with pytest.raises(CaptureError, match=str(path)):
        warc.read(Shelf(str(tmp_path)), place)
    path.unlink()
    with pytest.raises(CaptureError, match="No such file"):
        warc.read(Shelf(str(tmp_path)), place)
