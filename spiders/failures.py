"""Why there is no usable answer, by name: what Scrapy and Twisted raise and what sites answer, in our words."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost
from twisted.web.client import ResponseFailed

from pipelines import urls
from spiders.bounded import UnreadableAnswer
from spiders.guard import GuardedResolver

PASSING = frozenset({500, 502, 503, 504, 520, 521, 522, 523, 524})  # the last five are Cloudflare's
MAYBE_PASSING = PASSING | {403, 408, 425, 429}


class FetchFailed(Exception):
    """No usable answer. `reason` is a short name, `detail` one line; `again` says whether trying later may help.

    `until` set: nobody is at fault, `host` (with its port) asks to be asked after that moment.
    """

    def __init__(
        self,
        reason: str,
        detail: str,
        *,
        status: int | None = None,
        again: bool = True,
        until: datetime | None = None,
        host: str = "",
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail, self.status, self.again = reason, detail, status, again
        self.until, self.host = until, host


class HostPaused(FetchFailed):
    """The host asked to be left alone for longer than a crawl waits; nothing was asked."""

    def __init__(self, host: str, until: datetime, why: str) -> None:
        super().__init__(
            "host_paused", f"{host} asks to be left alone until {clock(until)} ({why})", until=until, host=host
        )


def clock(moment: datetime) -> str:
    """A moment as people read it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


FAILURES = (
    CannotResolveHostError, DownloadCancelledError, DownloadConnectionRefusedError, DownloadFailedError,
    DownloadTimeoutError, IgnoreRequest, NotSupported, ResponseDataLossError, UnsupportedURLSchemeError,
    ConnectError, ConnectionDone, ConnectionLost, ResponseFailed, TunnelError, OSError, ValueError,
)  # fmt: skip


def failure(error: Exception, url: str) -> FetchFailed:
    """What a request to this URL failed of, out of one of FAILURES."""
    host = urls.host(url)
    match error:
        case CannotResolveHostError() if host in GuardedResolver.refused:
            return FetchFailed("private_address", f"{host} is not on the public Internet", again=False)
        case CannotResolveHostError():
            return FetchFailed("no_such_host", f"{host} does not resolve")
        case DownloadTimeoutError():
            return FetchFailed("timeout", f"{host} took too long")
        case DownloadConnectionRefusedError():
            return FetchFailed("refused", f"{urlsplit(url).netloc} refuses connections")
        case DownloadCancelledError() | IgnoreRequest():
            return FetchFailed("too_large", "the answer is larger than the limit", again=False)
        case UnreadableAnswer():
            return FetchFailed(error.reason, _one_line(error), again=error.reason != "headers_too_large")
        case TunnelError():
            return FetchFailed("proxy", f"the proxy opens no way to {host}")
        case ResponseDataLossError():
            return FetchFailed("truncated", "the answer ended before its end")
    return FetchFailed("connection_lost", _one_line(error))


def of_status(status: int, url: str, until: datetime | None) -> FetchFailed:
    """The failure that a status other than 2xx and 304 is."""
    asked = f", and asks to be left alone until {clock(until)}" if until else ""
    return FetchFailed(
        f"http_{status}", f"the site answered {status}{asked}",
        status=status, again=status in MAYBE_PASSING, until=until, host=urlsplit(url).netloc,
    )  # fmt: skip


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
