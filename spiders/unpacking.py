"""Bodies out of gzip, deflate, br and zstd: as many bytes as are allowed, and none where the end is missing."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

import brotli
from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response
from scrapy.utils._compression import _DecompressionMaxSizeExceeded, zstd  # type: ignore[attr-defined]

from spiders.bounded import UnreadableAnswer

MOST_LAYERS = 3  # encodings of one body; nobody has a reason for two
MOST_MEMBERS = 100  # of one gzip file: each is a copy of what follows it
FAULTS = (EOFError, OSError, zlib.error, brotli.error, zstd.ZstdError)


class BadEncoding(UnreadableAnswer):
    """A body that is not in the encoding it is said to be in, or not all of it."""

    reason = "bad_encoding"


class Unpacked(NamedTuple):
    """What came out, whether its end came too, and what is left of the input."""

    body: bytes
    is_whole: bool
    rest: bytes = b""


class Decompression(HttpCompressionMiddleware):
    """Scrapy's, but for two of its ways.

    What cannot be unpacked raises errors that no caller foresees, and of a body cut in the middle it takes the half
    for the whole: a story would lose its end without a word.
    """

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - part of Scrapy's interface
    ) -> Request | Response:
        """The response unpacked. Raises BadEncoding."""
        said = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        if said.count(",") >= MOST_LAYERS:
            raise BadEncoding(f"more than {MOST_LAYERS} encodings of one body")
        try:
            return super().process_response(request, response)
        except FAULTS as error:
            raise BadEncoding(f"the body is not in the encoding that is named, {said[:100]}: {error}") from error

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        if not body:
            return body  # an error page without a word, most often
        out = bytearray()
        for _ in range(MOST_MEMBERS):
            part = UNPACK[encoding](body, max_size - len(out) + 1)
            out += part.body
            if len(out) > max_size:
                raise _DecompressionMaxSizeExceeded(len(out), max_size)
            if not part.is_whole:
                raise EOFError("it ends before its end")
            # Further members of gzip belong to it; zeros and whatever else comes after the end do not.
            if not part.rest.startswith(b"\x1f\x8b"):
                return bytes(out)
            body = part.rest
        raise EOFError(f"more than {MOST_MEMBERS} files in one")


def _gzip(body: bytes, most: int) -> Unpacked:
    return _inflated(zlib.decompressobj(wbits=31), body, most)


def _deflate(body: bytes, most: int) -> Unpacked:
    """With zlib's two bytes before it, as the standard has it, or without, as some servers send it."""
    try:
        return _inflated(zlib.decompressobj(), body, most)
    except zlib.error:
        return _inflated(zlib.decompressobj(wbits=-15), body, most)


def _inflated(decoder: Any, body: bytes, most: int) -> Unpacked:
    text = decoder.decompress(body, most)
    return Unpacked(text, decoder.eof, decoder.unused_data)


def _br(body: bytes, most: int) -> Unpacked:
    decoder = brotli.Decompressor()
    text = decoder.process(body, output_buffer_limit=most)
    return Unpacked(text, decoder.is_finished())


def _zstd(body: bytes, most: int) -> Unpacked:
    decoder = zstd.ZstdDecompressor()
    text = decoder.decompress(body, most)
    return Unpacked(text, decoder.eof)


UNPACK: dict[bytes, Callable[[bytes, int], Unpacked]] = {
    b"gzip": _gzip, b"x-gzip": _gzip, b"deflate": _deflate, b"br": _br, b"zstd": _zstd,
}  # fmt: skip
