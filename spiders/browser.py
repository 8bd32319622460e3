"""Pages as a browser shows them: a page's own bytes are loaded into a headless Chromium, which runs its scripts.

The page itself was fetched by spiders/fetch.py before, under robots.txt, with its redirects; the browser is handed that
answer instead of asking again, and may navigate nowhere else. What its scripts load goes through spiders/gate.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

from scrapy import Request
from scrapy.http import Response

from pipelines.records import Capture
from spiders.failures import FetchFailed
from spiders.gate import Gate

NAMES = ("chromium", "chromium-browser", "google-chrome")
VARIABLE = "DATELINE_CHROMIUM"  # the path of another one
HOW = 'pip install "dateline[render]" and a system Chromium (Debian: apt install chromium)'
MOST_PAGES = 2  # at once, over all outlets: each takes some 150 MB and a core
MOST_BYTES = 10 << 20  # of a page as it is written out, as of a plain answer
MOST_SECONDS = 30.0  # from the empty page to the written one
QUIET_SECONDS = 14.0  # to wait until a page loads nothing more; then it is taken as it is
CLOSE_SECONDS = 5.0
MARK = "x-dateline-rendered"  # header of captures that a browser has written

PAGES = ("text/html", "application/xhtml+xml")
LISTS = (b"<?xml", b"<rss", b"<feed", b"<urlset", b"<sitemapindex")  # said to be HTML, and none
NOT_LOADED = frozenset({"image", "media", "font"})
# Of the answer as it was sent, not of the page that became of it; validators would call it unchanged when it is not.
OF_THE_WIRE = frozenset({
    "content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive", "set-cookie", "etag",
    "last-modified", "content-type",
})  # fmt: skip

SWITCHES = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--blink-settings=imagesEnabled=false",
    "--js-flags=--max-old-space-size=512",  # MB
    # Whatever is not sent through a page's gate leads nowhere: port 9 is nobody's, and no name means anything.
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--dns-prefetch-disable",
    "--disable-quic",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",  # Chromium's; the next is the headless shell's name for it
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
# Read in a world of its own, where the page's scripts cannot tell lies about its length.
WRITE = f"""(() => {{
    const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) + "\\n" : "";
    const page = document.documentElement ? document.documentElement.outerHTML : "";
    return page.length > {MOST_BYTES} ? null : type + page;
}})()"""

Download = Callable[[Request], Awaitable[Response]]


class Shown(Exception):
    """Ends a download with the page as it is written, None where it is too large: not an error, but the answer.

    The download handler would ask the page for its content itself, however large it has become.
    """

    def __init__(self, text: str | None) -> None:
        super().__init__("shown")
        self.text = text


def missing() -> bool:
    """Whether there is no browser to show pages with."""
    return find_spec("scrapy_playwright") is None or chromium() is None


def chromium() -> str | None:
    """The path of the Chromium to use, where there is one."""
    named = os.environ.get(VARIABLE)
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


def settings() -> dict[str, Any]:
    """What Scrapy needs to be told for crawls with a browser."""
    handler = "spiders.rendering.RenderingHandler"
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}  # no secrets of ours
    launch = {
        "executable_path": str(Path(__file__).with_name("chromium.sh")),
        "args": list(SWITCHES),
        "chromium_sandbox": os.geteuid() != 0,  # Chromium has none for root
        "env": kept | {VARIABLE: chromium() or ""},
        "handle_sigint": False,
        "handle_sigterm": False,
    }
    return {
        "DOWNLOAD_HANDLERS": {"data": None, "file": None, "ftp": None, "s3": None, "http": handler, "https": handler},
        "PLAYWRIGHT_LAUNCH_OPTIONS": launch,
        "PLAYWRIGHT_PROCESS_REQUEST_HEADERS": None,
    }


def is_page(capture: Capture) -> bool:
    """Whether an answer is one that a browser would show: HTML, and no feed or sitemap under its name."""
    kind = (capture.header("content-type") or "text/html").lower()
    return capture.status == 200 and kind.startswith(PAGES) and not capture.body.lstrip()[:20].startswith(LISTS)


class Browser:
    """Shows pages. The browser itself starts with the first, and is the download handler's to end."""

    def __init__(self, download: Download, user_agent: str, *, allow_private: bool) -> None:
        self._download = download
        self._user_agent = user_agent
        self._allow_private = allow_private
        self._free = asyncio.Semaphore(MOST_PAGES)

    async def show(self, capture: Capture, proxy: str | None) -> Capture:
        """The capture with the page that its bytes become in a browser. Raises FetchFailed."""
        async with self._free, Gate(allow_private=self._allow_private, named=proxy) as gate:
            visit = _Visit(capture)
            try:
                async with asyncio.timeout(MOST_SECONDS):
                    text = await self._text(visit, gate)
            except TimeoutError as error:
                raise FetchFailed("render_timeout", f"not shown within {MOST_SECONDS:g} s") from error
            finally:
                await visit.close()
        body = (text or "").encode("utf-8", "replace")
        if text is None or len(body) > MOST_BYTES:
            raise FetchFailed("too_large", "the page as shown is larger than the limit", again=False)
        return replace(capture, body=body, headers=_headers(capture, visit.version))

    async def _text(self, visit: _Visit, gate: Gate) -> str | None:
        from playwright.async_api import Error as PlaywrightError

        context = {
            "proxy": {"server": gate.url, "bypass": "<-loopback>"},
            "user_agent": self._user_agent,
            "service_workers": "block",
            "accept_downloads": False,
        }
        try:
            await self._download(visit.request(context))
        except Shown as shown:
            return shown.text
        except PlaywrightError as error:
            reason = "render_crashed" if "crash" in str(error) else "render_failed"
            raise FetchFailed(reason, str(error).splitlines()[0][:300]) from error
        raise FetchFailed("render_failed", "the browser showed nothing")


class _Visit:
    """One page in a browser context of its own."""

    def __init__(self, capture: Capture) -> None:
        self.capture = capture
        self.version = ""
        self._page: Any = None
        self._is_handed_over = False

    def request(self, context: dict[str, Any]) -> Request:
        from scrapy_playwright.page import PageMethod

        meta = {
            "playwright": True,
            "playwright_include_page": True,  # we close it, whatever happens
            "playwright_context": uuid4().hex,
            "playwright_context_kwargs": context,
            "playwright_page_init_callback": self._prepare,
            "playwright_page_goto_kwargs": {"wait_until": "commit", "timeout": MOST_SECONDS * 1000},
            "playwright_page_methods": [PageMethod(_write)],
        }
        return Request(self.capture.final_url, dont_filter=True, meta=meta)

    async def close(self) -> None:
        from playwright.async_api import Error as PlaywrightError

        if self._page:
            with contextlib.suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._page.context.close()

    async def _prepare(self, page: Any, _request: Request) -> None:
        # Prepared anew where the browser died under the page: the handler then starts another.
        self._page, self.version, self._is_handed_over = page, page.context.browser.version, False
        await page.add_init_script("window.open = () => null; delete window.RTCPeerConnection;")
        await page.context.route("**/*", lambda route: route.abort())  # other windows, which are closed at once
        page.context.on("page", lambda other: other.close())
        await page.route("**/*", self._route)

    async def _route(self, route: Any) -> None:
        """Hand over the page; let it load what it needs to be read, and go nowhere else."""
        request = route.request
        if request.is_navigation_request():
            await self._navigate(route)
        elif request.resource_type in NOT_LOADED:
            await route.abort()
        else:
            await route.continue_()

    async def _navigate(self, route: Any) -> None:
        if self._is_handed_over:
            await route.abort("aborted")  # as if it was not asked for: the page stays
            return
        self._is_handed_over = True
        kind = self.capture.header("content-type") or "text/html"
        headers = {k.lower(): v for k, v in self.capture.headers if k.lower() not in OF_THE_WIRE}
        await route.fulfill(status=200, headers=headers | {"content-type": kind}, body=self.capture.body)


async def _write(page: Any) -> None:
    """Wait until the page loads nothing more, and raise what it is then."""
    from playwright.async_api import TimeoutError as PlaywrightTimeout

    with contextlib.suppress(PlaywrightTimeout):
        await page.wait_for_load_state("networkidle", timeout=QUIET_SECONDS * 1000)
    session = await page.context.new_cdp_session(page)
    frame = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
    world = await session.send("Page.createIsolatedWorld", {"frameId": frame})
    where = {"contextId": world["executionContextId"], "returnByValue": True}
    result = await session.send("Runtime.evaluate", {"expression": WRITE, **where})
    raise Shown(result["result"].get("value"))


def _headers(capture: Capture, version: str) -> tuple[tuple[str, str], ...]:
    kept = tuple((k, v) for k, v in capture.headers if k.lower() not in OF_THE_WIRE)
    return (*kept, ("content-type", "text/html; charset=utf-8"), (MARK, f"chromium/{version}"))
