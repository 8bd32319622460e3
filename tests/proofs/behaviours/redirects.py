"""Where a redirect may lead, and what else it may ask for."""

from __future__ import annotations

import itertools

from tests.faults import bare, chain, raw, redirect
from tests.proofs.behaviours.hostile import ALL_STORED, FEED, FIRST, LAST, ODD, Hostile, body, lay_honest, page, stories
from tests.site import Behaviour, Exchange, Site, content, status

STORY = content(body(), {"Content-Type": "text/html"}, {})
ELSEWHERE = "/news/where-the-story-is-now.html"


def no_location() -> Behaviour:
    """A redirect that does not say where to."""
    return raw(bare(b"", "Content-Length: 0", status_line="HTTP/1.1 302 Found"))


def growing() -> Behaviour:
    """A redirect to itself with a longer query each time."""

    def behave(exchange: Exchange) -> None:
        path = exchange.request.path
        redirect(f"{path}{'&' if '?' in path else '?'}a=b")(exchange)

    return behave


def wants_cookie() -> Behaviour:
    """Sends a cookie and the visitor back, until the visitor has it."""

    def behave(exchange: Exchange) -> None:
        if "cookie" in exchange.request.headers:
            STORY(exchange)
        else:
            status(302, {"Location": ODD, "Set-Cookie": "seen=1"})(exchange)

    return behave


def moved(name: str, to: str, outcome: str = "stored") -> Hostile:
    """The odd story is moved: to the new address as it is given, `SITE` standing for the site's own."""

    def lay(site: Site) -> None:
        site.behave(ELSEWHERE, STORY)
        site.behave("/news/die-lange-stra%C3%9Fe.html", STORY)
        site.behave(ODD, redirect(to.replace("SITE", f"{site.host}:{site.port}")))

    return Hostile(name, lay, {FEED: "read", **stories("stored", outcome, "stored")})


def to_another_port() -> Hostile:
    """The story is on another port of the host, which is another site with a robots.txt of its own."""
    other = Site("127.2.255.1")

    def lay(site: Site) -> None:
        other.__enter__()
        other.behave(ODD, STORY)
        other.robots("User-agent: *", f"Disallow: {LAST}")
        site.behave(ODD, redirect(other.at(ODD)))
        site.behave(LAST, redirect(other.at(LAST)))

    def check(_site: Site) -> str | None:
        other.__exit__(None, None, None)
        return "asked for what the other site forbids" if other.asked(LAST) else None

    expected = {FEED: "read", **stories("stored", "stored", "skipped")}
    return Hostile("a redirect to another site", lay, expected, check=check)


def storm() -> Hostile:
    """Everything leads to everything else."""

    def lay(site: Site) -> None:
        lay_honest(site)
        for path, other in itertools.pairwise([FIRST, ODD, LAST, FIRST]):
            site.behave(path, redirect(other))

    expected = {FEED: "read", **dict.fromkeys(ALL_STORED, "too_many_redirects")}
    return Hostile("stories that redirect to each other", lay, expected, run="done|failed")


BAD = {
    "a file": "file:///etc/hostname", "data": "data:text/html,<p>So</p>", "FTP": "ftp://127.0.0.1/a",
    "a script": "javascript:alert(1)", "a letter": "mailto:a@x.example", "brackets that do not close": "http://[::1",
    "a port out of range": "http://127.0.0.1:99999/", "no host": "http:///a", "nothing": "", "a number": "http://2130706433/",
    "a name and password": "http://a:b@127.0.0.1/", "10,000 characters": "/" + "a" * 10_000, "a gopher": "gopher://127.0.0.1/",
}  # fmt: skip
ALL = (
    *(page(f"a redirect to {name}", redirect(to), "bad_redirect") for name, to in BAD.items()),
    page("a redirect to nowhere", no_location(), "bad_redirect"),
    page("a redirect to itself", redirect(ODD), "too_many_redirects", most=20),
    page("a redirect to itself with a growing query", growing(), "too_many_redirects", most=20),
    page("a chain of 5 redirects", chain(5, ODD, STORY), "stored"),
    page("a chain of 6 redirects", chain(6, ODD, STORY), "too_many_redirects"),
    page("a chain without end", chain(10**9, ODD, STORY), "too_many_redirects", most=20),
    page("300 with a choice", status(300, {"Location": LAST}), "http_300"),
    page("a redirect that wants a cookie", wants_cookie(), "too_many_redirects"),
    page("a redirect to a closed port", redirect("http://127.2.255.2:1/"), "robots_unreachable"),
    page("a redirect to a name that does not exist", redirect("http://no-such-host.invalid/"), "no_such_host"),
    page("a redirect to an IDN that does not exist", redirect("http://zeitung-straße.invalid/"), "no_such_host"),
    page("a redirect to the front page", redirect("/"), "http_404|skipped"),
    moved("a redirect to a path", ELSEWHERE),
    moved("a redirect to a path in UTF-8", "/news/die-lange-straße.html"),
    moved("a redirect to a relative path", ELSEWHERE.rpartition("/")[2]),
    moved("a redirect without a scheme", f"//SITE{ELSEWHERE}"),
    moved("a redirect with backslashes", ELSEWHERE.replace("/", "\\")),
    moved("a redirect with spaces around it", f"   http://SITE{ELSEWHERE}   "),
    moved("a redirect with a fragment", f"http://SITE{ELSEWHERE}#top"),
    to_another_port(),
    storm(),
)
