"""The download handler: Scrapy's own, but headers have an end, and who goes beyond it is named."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Response
from twisted.internet.error import ConnectionDone
from twisted.web._newclient import ParseError
from twisted.web.client import ResponseFailed

MOST_HEADER_BYTES = 64 << 10  # of one answer, the interim ones before it included; browsers stop at 256 KB


class UnreadableAnswer(DownloadFailedError):
    """An answer that is not taken; `reason` is a short name."""

    reason = "unreadable_answer"


class HeadersTooLarge(UnreadableAnswer):
    """More headers than anybody needs."""

    reason = "headers_too_large"


class BoundedParser(_LenientHTTPClientParser):
    """Ends an answer whose headers do not end; Twisted bounds each line, but neither their number nor their sum."""

    MAX_LENGTH = MOST_HEADER_BYTES  # of one line, which Twisted would otherwise end at 16 KB without saying why
    heard = 0  # header bytes; class state, since Scrapy gives a parser its class when it is made already

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's name
        """Count, and read on."""
        self.heard += len(line) + len(self.delimiter)
        if self.heard > MOST_HEADER_BYTES:
            raise HeadersTooLarge(f"more than {MOST_HEADER_BYTES:,} bytes of headers")
        super().lineReceived(line)

    def statusReceived(self, status: bytes) -> None:  # noqa: N802
        """Twisted takes any number for a status."""
        super().statusReceived(status)  # type: ignore[no-untyped-call]
        if not 100 <= self.response.code <= 999:
            raise ParseError("not a status of three digits", status)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: ARG002, N802
        """One line is longer than all may be."""
        raise HeadersTooLarge(f"a header of more than {MOST_HEADER_BYTES:,} bytes")


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """A connection whose answers are read by BoundedParser."""

    transport: Any
    _parser: Any

    def request(self, request: Any) -> Any:
        """As Scrapy's, with another class for the parser that it has just made."""
        answer = super().request(request)
        self._parser.__class__ = BoundedParser
        return answer

    def _giveUp(self, reason: Any) -> None:  # noqa: N802
        if not reason.check(ConnectionDone):
            # Twisted says goodbye: over TLS that waits for a last word of someone who may never stop talking.
            self.transport.abortConnection()
        super()._giveUp(reason)  # type: ignore[no-untyped-call]


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Makes BoundedProtocols."""

    def buildProtocol(self, addr: Any) -> BoundedProtocol:  # noqa: ARG002, N802
        """One for each connection."""
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class BoundedHandler(HTTP11DownloadHandler):
    """Scrapy's handler of http and https, over BoundedProtocols."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = BoundedFactory

    async def download_request(self, request: Request) -> Response:
        """As Scrapy's; raises UnreadableAnswer where ours is the reason."""
        try:
            return await super().download_request(request)
        except DownloadFailedError as error:
            raise _ours(error) from error


def _ours(error: DownloadFailedError) -> DownloadFailedError:
    cause = error.__cause__
    reasons = (failure.value for failure in cause.reasons) if isinstance(cause, ResponseFailed) else ()
    return next((reason for reason in reasons if isinstance(reason, UnreadableAnswer)), error)
