"""Lead the crawler towards private addresses in every way there is: does it ever connect to one?

    python -m tests.proofs.ssrf

One address of loopback, 127.77.0.1, is taken for public in the process that crawls, and a resolver of our own gives it
to the names of hostile outlets; the guard is otherwise as it always is, and --allow-private is not given. Private
addresses in every form of tests.addresses, and names that resolve to them, stand in seeds, links, feeds, sitemaps,
redirects, robots.txt and its redirects; some names are public at first and private from then on. What connects is seen
twice: by listeners on all of 127.0.0.0/8 and ::1, and by Python's own audit of every connection of the crawling
process. Exit 0 when nobody was connected to but 127.77.0.1, and every hostile story is accounted for; else 1.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

from dateline.postgres import Server
from pipelines.database import Database, DatabaseError
from pipelines.migrating import migrate
from pipelines.urls import BadUrl, check
from tests.addresses import PRIVATE, hosts
from tests.documents import Entry, article_html, front_html, prose, rss, sitemap
from tests.faults import redirect
from tests.proofs.hostile_outlets import rows
from tests.site import Exchange, Site, status

PUBLIC = "127.77.0.1"
AT_ONCE = 40  # forms in one robots.txt or sitemap: an outlet asks fifty endpoints at most


# In the process that crawls


def crawl_as_child(log: Path) -> None:
    """Become `dateline`, in a world where one address of loopback is public; note every connection."""
    addresses = {f"private-{n}.test": address.partition("%")[0] for n, address in enumerate(PRIVATE)}
    real, seen = socket.getaddrinfo, Counter[str]()

    def resolve(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        name = (host.decode() if isinstance(host, bytes) else str(host)).lower().rstrip(".")
        if not name.endswith(".test"):
            return real(host, port, *more, **named)
        seen[name] += 1
        own = name.removesuffix(".public.test") + ".test" if name.endswith(".public.test") else name
        if own.startswith("rebind-"):
            public = seen[name] <= int(own.removeprefix("rebind-").partition(".")[0])
            return real(PUBLIC if public else "127.0.0.1", port, *more, **named)
        if own.startswith("both-"):
            return [entry for a in ("127.0.0.1", PUBLIC, "::1") for entry in real(a, port, *more, **named)]
        return real(addresses.get(own, PUBLIC), port, *more, **named)

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect" and isinstance(arguments[1], tuple):
            with log.open("a") as file:
                file.write(f"{arguments[1][0]}\n")
            if not arguments[1][0].startswith(("127.", "::1")):
                raise PermissionError("nothing leaves this machine")

    sys.addaudithook(note)

    from twisted.internet._resolver import GAIResolver

    from dateline.main import run
    from spiders import guard

    really_public, really_init = guard.is_public, guard.GuardedResolver.__init__

    def init(self: guard.GuardedResolver, reactor: Any, allow_private: bool) -> None:
        really_init(self, reactor, allow_private)
        self.original = GAIResolver(reactor, getaddrinfo=resolve)

    guard.GuardedResolver.__init__ = init  # type: ignore[method-assign]
    guard.is_public = lambda address: address == PUBLIC or really_public(address)
    run()


# Around it


class Listeners:
    """The hostile outlets on one address, and on all others of loopback somebody who notes who comes."""

    def __init__(self) -> None:
        self.intruders: list[str] = []
        self.site = Site("0.0.0.0", door=self._door)
        self.port = self.site.port
        self._six = socket.create_server(("::1", self.port), family=socket.AF_INET6)
        self._stopping = Event()
        self._thread = Thread(target=self._listen)

    def __enter__(self) -> Listeners:
        self.site.__enter__()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._six.close()
        self.site.__exit__(None, None, None)

    def _door(self, connection: socket.socket, _stopping: Event) -> None:
        address = connection.getsockname()[0]
        if address != PUBLIC:
            self.intruders.append(address)
            raise ConnectionAbortedError("nobody is to come here")

    def _listen(self) -> None:
        self._six.settimeout(0.2)
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                connection, _ = self._six.accept()
                connection.close()
                self.intruders.append("::1")


def forms(port: int) -> list[str]:
    """URLs of private addresses that the command takes for URLs: all others end there, which the tests show."""
    taken = []
    for host in [*hosts(), *(f"private-{n}.test" for n in range(len(PRIVATE)))]:
        with suppress(BadUrl):
            taken.append(check(f"http://{host}:{port}/a-secret-story.html"))
    return list(dict.fromkeys(taken))


class World:
    """What the outlets serve, by host name and path, and the entries of those that are on schedule."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.urls = forms(port)
        self.entries: list[str] = []
        self.pages: dict[tuple[str, str], tuple[str, str]] = {}
        self.redirects: dict[tuple[str, str], str] = {}
        self._build()

    def answer(self, exchange: Exchange) -> None:
        """Answer as the host does that was asked for."""
        host = exchange.request.headers.get("host", "").partition(":")[0]
        path = exchange.request.path
        if to := self.redirects.get((host, path)):
            redirect(to)(exchange)
        elif page := self.pages.get((host, path)):
            exchange.keep = False  # the next request asks the resolver again
            exchange.reply(200, page[1].encode(), [("Content-Type", page[0]), ("Connection", "close")])
        elif "story" in path:
            exchange.keep = False
            body = article_html(f"An honest story, {host}{path}", prose(host + path), published="2026-03-04")
            exchange.reply(200, body.encode(), [("Content-Type", "text/html"), ("Connection", "close")])
        else:
            status(404)(exchange)

    def _build(self) -> None:
        inside = [f"http://private-{n}.public.test:{self.port}/a-secret-story.html" for n in range(len(PRIVATE))]
        self._outlet("front.public.test", front=self._front(self.urls + inside))
        self._outlet("feed.public.test", feed=rss(Entry(u, "A secret story") for u in [*self.urls, *inside]))
        self._outlet("map.public.test", map=sitemap(map(Entry, [*self.urls, *inside])))
        self._outlet("redirects.public.test", feed=self._redirecting())
        for start in range(0, len(self.urls), AT_ONCE):
            lines = [f"Sitemap: {url}" for url in self.urls[start : start + AT_ONCE]]
            self._outlet(f"robots-{start}.public.test", front=self._front([]), robots="\n".join(lines))
        for count in range(1, 6):
            stories = [f"http://rebind-{count}.test:{self.port}/a-story-of-the-day-{n}.html" for n in range(4)]
            self._outlet(f"rebind-{count}.test", feed=rss(Entry(story, "A story of the day") for story in stories))
        self._outlet("both-1.test", feed=rss([Entry(f"http://both-1.test:{self.port}/a-story.html", "A story")]))

    def seeds(self) -> list[str]:
        """What is named by hand: the forms, and sites whose robots.txt leads to them."""
        for n, url in enumerate(self.urls):
            self.redirects[f"r{n}.test", "/robots.txt"] = url
        return [*self.urls, *(f"http://r{n}.test:{self.port}/a-story.html" for n in range(len(self.urls)))]

    def _outlet(self, host: str, **lists: str) -> None:
        paths = {"front": ("/", "text/html"), "feed": ("/feed.xml", "application/xml"),
                 "map": ("/map.xml", "application/xml"), "robots": ("/robots.txt", "text/plain")}  # fmt: skip
        for kind, text in lists.items():
            path, content_type = paths[kind]
            self.pages[host, path] = (content_type, text)
        url = f"http://{host}:{self.port}"
        more = {f"{k}s": [url + paths[v][0]] for k, v in (("feed", "feed"), ("sitemap", "map")) if v in lists}
        more |= {"feeds": more["sitemaps"]} if "map" in lists else {}
        keys = {"name": host, "url": f"{url}/", "delay": 0, "limit": 2000} | more
        self.entries.append("[[source]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in keys.items()))

    def _front(self, urls: Sequence[str]) -> str:
        own = {f"/news/an-honest-story-of-the-day-{n}.html": f"An honest story of the day {n}" for n in range(2)}
        return front_html(own | dict.fromkeys(urls, "A secret story of the machine"))

    def _redirecting(self) -> str:
        """A feed of stories that redirect to the forms, with honest ones between: failures in a row end a crawl."""
        host, listed = "redirects.public.test", []
        for n, url in enumerate(self.urls):
            self.redirects[host, f"/moved/story-{n}.html"] = url
            listed.append(Entry(f"http://{host}:{self.port}/moved/story-{n}.html", f"A story that has moved, {n}"))
            if n % 3 == 0:
                listed.append(Entry(f"http://{host}:{self.port}/here/story-{n}.html", f"An honest story, {n}"))
        return rss(listed)


def crawl(folder: Path, environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Run the command as the child; its exit code and what it said."""
    command = [sys.executable, "-m", "tests.proofs.ssrf", "--as-child", str(folder / "connections"), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=400, check=False)
    return done.returncode, done.stderr


def main() -> int:
    """Run the proof."""
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="dateline-proof-") as name, Listeners() as listeners:
        folder = Path(name)
        folder.chmod(0o711)
        world = World(listeners.port)
        listeners.site.behave("*", world.answer)
        sources = folder / "sources.toml"
        sources.write_text("\n".join(world.entries))
        seeds = folder / "seeds"
        seeds.write_text("\n".join(world.seeds()))
        with Server(folder / "home", fsync="off").running() as server:
            server.ensure_database("dateline")
            migrate(server.url("dateline"))
            # What is asked for through a proxy is another rule, with tests of its own: tests/spiders/test_proxies.py.
            direct = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
            environment = direct | {
                "DATELINE_HOME": str(folder / "state"), "DATELINE_SOURCES": str(sources),
                "DATELINE_DATABASE_URL": server.url("dateline"),
            }  # fmt: skip
            began = time.monotonic()
            for arguments in (["--all"], ["--urls-from", str(seeds)]):
                code, said = crawl(folder, environment, "crawl", "--json", *arguments)
                print(f"dateline crawl {arguments[0]}: exit {code} after {time.monotonic() - began:.0f} s", flush=True)
                if "Traceback" in said or code not in (0, 3):
                    faults.append(said[-1000:])
            with Database(server.url("dateline"), 1) as database:
                faults += accounted(database, world)
        faults += connected(folder / "connections", listeners)
    for fault in faults:
        print(f"FAULT: {fault}")
    return int(bool(faults))


def accounted(database: Database, world: World) -> list[str]:
    """Faults in what came of the hostile addresses; prints the outcomes."""
    faults = []
    for table in ("pages", "endpoints"):
        found = rows(database, f"select outcome, count(*) as n from {table} group by 1 order by 2 desc")
        print(f"{table}:", *(f"{row.outcome} {row.n}," for row in found))
    honest = rows(database, "select count(*) as n from articles where title like 'An honest story%%'")[0].n
    secret = rows(database, "select count(*) as n from articles where title not like 'An honest story%%'")[0].n
    moved = rows(database, "select outcome, count(*) as n from pages where url like '%%/moved/%%' group by 1")
    refused = sum(row.n for row in moved if row.outcome in ("private_address", "no_such_host", "bad_redirect"))
    rebound = rows(
        database, "select count(*) as n from fetches where url like '%%rebind-%%' and outcome = 'private_address'"
    )
    print(f"{len(hosts())} forms of private addresses, {len(world.urls)} URLs of them taken; {honest} honest stories "
          f"stored; {refused} redirects refused; {rebound[0].n} names that turned private refused")  # fmt: skip
    if secret:
        faults.append(f"{secret} articles that are not the outlets' own")
    if refused != len(world.urls):
        faults.append(f"{refused} of {len(world.urls)} redirects were refused: {[(r.outcome, r.n) for r in moved]}")
    if honest < 100 or rebound[0].n < 4:
        faults.append("the outlets were not crawled as they should be")
    return faults


def connected(log: Path, listeners: Listeners) -> list[str]:
    """Faults in who was connected to."""
    tried = Counter(log.read_text().split())
    print(f"connections: {dict(tried)}; at other doors: {dict(Counter(listeners.intruders))}")
    elsewhere = sorted(set(tried) - {PUBLIC})
    faults = [f"the crawler connected to {elsewhere}"] if elsewhere else []
    return faults + ([f"somebody came to {sorted(set(listeners.intruders))}"] if listeners.intruders else [])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--as-child"]:
        connections = Path(sys.argv[2])
        sys.argv[1:] = sys.argv[3:]
        crawl_as_child(connections)
    else:
        try:
            sys.exit(main())
        except DatabaseError as error:
            sys.exit(f"proof: {error}")
