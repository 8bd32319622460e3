"""What a robots.txt may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests import faults
from tests.faults import bare, raw, redirect, stall
from tests.proofs.behaviours.bodies import bomb, coded, typed
from tests.proofs.behaviours.hostile import (
    ALL_STORED,
    FEED,
    FIRST,
    NONE_FETCHED,
    ODD,
    ROBOTS,
    Hostile,
    at,
    late,
    stories,
)  # fmt: skip
from tests.site import Behaviour, Site, status

FORBIDS = f"User-agent: *\nDisallow: {ODD}\n".encode()
OBEYED = stories("stored", "skipped", "stored")
TEXT = "text/plain"


def robots(name: str, behaviour: Behaviour, outcomes: Mapping[str, str], **more: Any) -> Hostile:
    """An outlet with that robots.txt, whose stories come to that."""
    return Hostile(f"robots.txt: {name}", at(ROBOTS, behaviour), {FEED: "read", **outcomes}, **more)


def deferred(name: str, behaviour: Behaviour) -> Hostile:
    """An outlet that cannot be asked for anything yet."""
    expected = {FEED: "robots_unreachable", **NONE_FETCHED}
    return Hostile(f"robots.txt: {name}", at(ROBOTS, behaviour), expected, run="failed", most=20)


def elsewhere() -> Hostile:
    """A robots.txt that is under another path of the host."""

    def lay(site: Site) -> None:
        site.behave(ROBOTS, redirect("/where-robots.txt-is"))
        site.behave("/where-robots.txt-is", typed(TEXT, FORBIDS))

    return Hostile("robots.txt: redirects to another path", lay, {FEED: "read", **OBEYED})


def many_sitemaps(site: Site) -> None:
    """10,000 sitemaps, all of them under this one's address."""
    site.robots(*(f"Sitemap: {site.at(f'/map-{n}.xml')}" for n in range(10_000)))


ALL = (
    robots("forbids a story", typed(TEXT, FORBIDS), OBEYED),
    robots("empty", typed(TEXT, b""), ALL_STORED),
    *(robots(str(code), status(code), ALL_STORED) for code in (400, 401, 403, 404, 410, 451)),
    *(deferred(str(code), status(code)) for code in (429, 500, 502, 503)),
    deferred("stalls", stall()),
    deferred("a byte a second", faults.drip(FORBIDS * 100, every=1)),
    deferred("resets", faults.reset()),
    deferred("closes without a word", raw(b"")),
    deferred("ends early", faults.truncated(FORBIDS)),
    deferred("headers without end", faults.huge_headers()),
    elsewhere(),
    robots("redirects to itself", redirect(ROBOTS), ALL_STORED, most=20),
    robots("rubbish", typed(TEXT, bytes(range(256)) * 2000), ALL_STORED),
    robots("HTML", typed("text/html", b"<!doctype html><html><body><p>Not found</p></body></html>"), ALL_STORED),
    robots("called a picture", typed("image/png", FORBIDS), OBEYED),
    robots("forbids beyond 500 KiB", typed(TEXT, b"# so it goes\n" * 46_000 + FORBIDS), ALL_STORED),
    robots("forbids at its beginning, 600 KB", typed(TEXT, FORBIDS + b"# so it goes\n" * 46_000), OBEYED),
    deferred("11 MB", typed(TEXT, FORBIDS + b"# so it goes\n" * 900_000)),
    deferred("a bomb", late(lambda: coded("gzip", bomb("gzip")))),
    robots("gzip", faults.gzipped(FORBIDS, TEXT), OBEYED),
    robots("UTF-16", typed(TEXT, FORBIDS.decode().encode("utf-16")), OBEYED),
    robots("a byte order mark", typed(TEXT, b"\xef\xbb\xbf" + FORBIDS), OBEYED),
    robots("NUL bytes", typed(TEXT, b"# a\0b\n\0\n" + FORBIDS), OBEYED),
    robots("lines that end in CR", typed(TEXT, FORBIDS.replace(b"\n", b"\r")), OBEYED),
    robots("one line of 400 KB", typed(TEXT, FORBIDS + b"Disallow: /" + b"a*" * 200_000), OBEYED),
    robots("20,000 rules of stars", typed(TEXT, FORBIDS + b"Disallow: /*a*a*a*a*a*a$\n" * 20_000), OBEYED),
    robots("10,000 agents", typed(TEXT, b"".join(b"User-agent: a%d\n" % n for n in range(10_000)) + FORBIDS), OBEYED),
    robots("Crawl-delay of an hour", typed(TEXT, b"User-agent: *\nCrawl-delay: 3600\n"),
           {FIRST: "stored"}, entry={"feeds": [FEED], "limit": 1}),
    robots("Crawl-delay below nothing", typed(TEXT, b"User-agent: *\nCrawl-delay: -5\n"), ALL_STORED),
    robots("Crawl-delay that is none", typed(TEXT, b"User-agent: *\nCrawl-delay: soon\n"), ALL_STORED),
    robots("204", raw(bare(b"", status_line="HTTP/1.1 204 No Content")), ALL_STORED),
    Hostile("robots.txt: names 10,000 sitemaps", many_sitemaps, {FEED: "read", **ALL_STORED}),
    Hostile("robots.txt: names itself as a sitemap", lambda site: site.robots(f"Sitemap: {site.at(ROBOTS)}"),
            {FEED: "read", ROBOTS: "not_a_sitemap", **ALL_STORED}),
)  # fmt: skip
