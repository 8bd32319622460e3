"""Bodies are unpacked whole or not at all, and never beyond their bound."""

from __future__ import annotations

import gzip
import time
import zlib

import brotli
import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils._compression import zstd  # type: ignore[attr-defined]
from scrapy.utils.test import get_crawler

from spiders.unpacking import BadEncoding, Decompression

TEXT = b"<p>And so it goes, with a comma here and there.</p>\n" * 1000
RAW = zlib.compressobj(wbits=-15)
PACKED = {
    "gzip": gzip.compress(TEXT, mtime=0),
    "x-gzip": gzip.compress(TEXT[:100], mtime=0) + gzip.compress(TEXT[100:], mtime=0) + b"\0\0\0",
    "deflate": zlib.compress(TEXT),
    "Deflate": RAW.compress(TEXT) + RAW.flush(),
    "br": brotli.compress(TEXT),
    "zstd": zstd.compress(TEXT),
    "gzip, br": brotli.compress(gzip.compress(TEXT, mtime=0)),
}
BOMBS = {
    "gzip": gzip.compress(bytes(50 << 20), mtime=0), "deflate": zlib.compress(bytes(50 << 20)),
    "br": brotli.compress(bytes(50 << 20), quality=5), "zstd": zstd.compress(bytes(50 << 20)),
}  # fmt: skip


def unpack(encoding: str, body: bytes) -> bytes:
    middleware = Decompression.from_crawler(get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": 10 << 20}))
    response = Response("https://x.example/", headers={"Content-Encoding": encoding}, body=body)
    unpacked = middleware.process_response(Request("https://x.example/"), response)
    assert isinstance(unpacked, Response)
    return unpacked.body


@pytest.mark.parametrize("encoding", PACKED)
def test_every_encoding_is_read(encoding: str) -> None:
    assert unpack(encoding, PACKED[encoding]) == TEXT


@pytest.mark.parametrize("encoding", sorted(set(PACKED) - {"x-gzip"}))
def test_half_a_body_is_none(encoding: str) -> None:
    with pytest.raises(BadEncoding, match="not in the encoding"):
        unpack(encoding, PACKED[encoding][: len(PACKED[encoding]) // 2])


@pytest.mark.parametrize("encoding", PACKED)
def test_a_lie_is_told(encoding: str) -> None:
    with pytest.raises(BadEncoding, match="not in the encoding"):
        unpack(encoding, TEXT)


@pytest.mark.parametrize("encoding", BOMBS)
def test_a_bomb_does_not_go_off(encoding: str) -> None:
    with pytest.raises(IgnoreRequest):
        unpack(encoding, BOMBS[encoding])


def test_no_body_and_unknown_encodings_stay() -> None:
    assert unpack("gzip", b"") == b""
    assert unpack("klingon", TEXT) == TEXT


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", gzip.compress(b"x", mtime=0) * 400_000), (", ".join(["gzip"] * 9000), PACKED["gzip"])],
)
def test_layers_and_members_are_counted(encoding: str, body: bytes) -> None:
    began = time.process_time()
    with pytest.raises(BadEncoding):
        unpack(encoding, body)
    assert time.process_time() - began < 2
