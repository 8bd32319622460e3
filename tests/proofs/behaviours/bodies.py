"""What may be wrong with a body that came whole: its encodings, its type, its size, and what it says."""

from __future__ import annotations

import gzip
import zlib
from functools import cache
from typing import Any

import brotli
from scrapy.utils._compression import zstd  # type: ignore[attr-defined]

from tests import hostile as pages
from tests.documents import article_html
from tests.proofs.behaviours.hostile import ALL_STORED, FEED, FIRST, LAST, ODD, Hostile, body, html, late, page
from tests.site import Behaviour, Site, content

RUSSIAN = ["Городской совет согласился починить башенные часы до весны, пока паромы не ушли на ремонт."] * 6
LARGE = 200_000_000  # bytes of nothing in each bomb


def coded(encoding: str, packed: bytes) -> Behaviour:
    """A body that is said to be in that encoding."""
    return content(packed, {"Content-Type": "text/html", "Content-Encoding": encoding}, {})


def typed(content_type: str, data: bytes) -> Behaviour:
    """A body that is said to be of that type."""
    return content(data, {"Content-Type": content_type}, {})


@cache
def bomb(encoding: str) -> bytes:
    """200 MB of nothing, in that encoding, made a piece at a time."""
    piece = bytes(1_000_000)
    if encoding == "zstd":
        packer: Any = zstd.ZstdCompressor()
        made = [*(packer.compress(piece) for _ in range(LARGE // len(piece))), packer.flush()]
        return b"".join(made)
    if encoding == "br":
        broad: Any = brotli.Compressor(quality=1)
        made = [*(broad.process(piece) for _ in range(LARGE // len(piece))), broad.finish()]
        return b"".join(made)
    deflate = zlib.compressobj(level=1, wbits=31 if encoding == "gzip" else 15)
    return b"".join(deflate.compress(piece) for _ in range(LARGE // len(piece))) + deflate.flush()


def explodes(encoding: str) -> Behaviour:
    """Sends a bomb, which is made when it is first asked for."""
    return late(lambda: coded(encoding, bomb(encoding)))


def heavy(name: str) -> Behaviour:
    """One of the pages that no worker reads to its end."""
    return late(lambda: typed("text/html", built(name)))


@cache
def built(name: str) -> bytes:
    """That page, made once."""
    return pages.HEAVY[name]()


def canonical(**to: str) -> Hostile:
    """An outlet whose pages say that their address is another: by the name of the path, `site` for the front page."""
    paths = {"first": FIRST, "odd": ODD, "last": LAST, "site": "/"}

    def lay(site: Site) -> None:
        for path, named in to.items():
            link = f'<link rel="canonical" href="{site.at(paths[named])}">'
            site.page(paths[path], html(paths[path]).replace("</head>", f"{link}</head>"))

    kind = "the front page" if "site" in to.values() else "each other"
    return Hostile(f"canonical links to {kind}", lay, {FEED: "read", **ALL_STORED})


WORDS = (
    "We value your privacy. We and our 842 partners store and access information on a device, such as cookies. "
    "Accept all. Reject all. Manage preferences."
)
ENCODINGS = (
    page("HTML that is called gzip", coded("gzip", body()), "bad_encoding"),
    page("HTML that is called deflate", coded("deflate", body()), "bad_encoding"),
    page("HTML that is called br", coded("br", body()), "bad_encoding"),
    page("HTML that is called zstd", coded("zstd", body()), "bad_encoding"),
    page("HTML in an encoding nobody knows", coded("klingon", body()), "stored"),
    page("gzip cut in the middle", coded("gzip", gzip.compress(body())[:900]), "bad_encoding"),
    page("br cut in the middle", coded("br", brotli.compress(body())[:400]), "bad_encoding"),
    page("gzip twice, and said twice", coded("gzip, gzip", gzip.compress(gzip.compress(body()))), "stored"),
    page("gzip twice, and said once", coded("gzip", gzip.compress(gzip.compress(body()))), "unreadable"),
    page("gzip 9,000 times", coded(", ".join(["gzip"] * 9000), gzip.compress(body())), "bad_encoding"),
    page("gzip in 100,000 pieces", coded("gzip", gzip.compress(b"x") * 100_000), "bad_encoding"),
    page("a bomb in gzip", explodes("gzip"), "too_large"),
    page("a bomb in deflate", explodes("deflate"), "too_large"),
    page("a bomb in br", explodes("br"), "too_large"),
    page("a bomb in zstd", explodes("zstd"), "too_large"),
    page("a bomb in a bomb", late(lambda: coded("gzip, gzip", gzip.compress(bomb("gzip")))), "too_large"),
)
TYPES = (
    page("HTML that is called a picture", typed("image/png", body()), "skipped"),
    page("HTML that is called text", typed("text/plain", body()), "stored|skipped"),
    page("HTML that is called a download", typed("application/octet-stream", body()), "skipped"),
    page("HTML of no type", lambda e: e.reply(200, body()), "stored"),
    page("HTML of a type that is none", typed(";;;//", body()), "skipped|stored"),
    page("a PDF", typed("application/pdf", b"%PDF-1.7\n" + bytes(5000)), "skipped"),
    page("a PDF that is called HTML", typed("text/html", b"%PDF-1.7\n" + bytes(range(256)) * 50), "unreadable|skipped"),
    page("a picture that is called HTML", typed("text/html", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50),
         "unreadable|skipped"),
    page("cp1251 that is called UTF-8", typed("text/html; charset=utf-8",
         article_html("Башенные часы", RUSSIAN).replace('<meta charset="utf-8">', "").encode("cp1251")), "stored",
         says={ODD: "Городской совет"}),
    page("a charset that nobody knows", typed("text/html; charset=klingon-8", body()), "stored"),
    page("UTF-7", typed("text/html; charset=utf-7", body()), "stored"),
    page("UTF-16 without a mark", typed("text/html; charset=utf-16", html().encode("utf-16-le")), "stored",
         says={ODD: "the"}),
    page("NUL between all letters", typed("text/html", b"\0".join(bytes([b]) for b in body())), "stored|unreadable"),
)  # fmt: skip
SIZES = (
    page("20 MB of prose", heavy("20 MB of honest prose"), "too_large"),
    page("3 MB of prose", heavy("3 MB of honest prose"), "timeout|too_large|memory|stored"),
    page("200,000 spans", heavy("200,000 spans"), "too_large|timeout"),
    page("100,000 attributes", heavy("100,000 attributes over many"), "timeout|skipped|stored"),
    page("100,000 boxes inside each other", heavy("100,000 divs inside each other"),
         "stored|unreadable|skipped|too_large|timeout|memory"),
)  # fmt: skip


def says(title: str, text: str, head: str = "") -> bytes:
    """A page that says this and nothing else."""
    return article_html(title, [text], head=head).encode()


WORDLESS = (
    page("an error page that answers 200", typed("text/html", says("Page not found",
         "Sorry, the page you were looking for does not exist. Error 404.")), "skipped"),
    page("a consent wall", typed("text/html", says("Before you continue", WORDS)), "skipped"),
    page("a login wall", typed("text/html", says("Log in",
         'Please log in or subscribe to continue reading. Forgot your password?')), "skipped"),
    page("a page that refreshes elsewhere", typed("text/html", b"<html><head><meta http-equiv='refresh' content="
         b"'0; url=/'><title>Moved</title></head><body></body></html>"), "skipped|unreadable"),
    page("a page that refreshes itself by script", typed("text/html",
         b"<html><head><title>One moment</title></head><body><script>location.reload()</script>"
         b"Checking your browser before accessing the site.</body></html>"), "skipped|unreadable"),
    canonical(first="site", odd="site", last="site"),
    canonical(first="odd", odd="first"),
)  # fmt: skip
ALL = (*ENCODINGS, *TYPES, *SIZES, *WORDLESS)
