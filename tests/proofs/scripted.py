"""Outlets whose pages only a script writes, and the world they are crawled in: what the proofs of rendering share."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import psutil

from dateline.postgres import Server
from pipelines.database import Database
from pipelines.migrating import migrate
from tests.commands import Done
from tests.documents import article_html, front_html, prose
from tests.site import Site

PUBLIC = "127.0.0.2"  # the address that stands for the Internet
COMMAND = [sys.executable, "-m", "tests.public_loopback", PUBLIC, "crawl"]
SECONDS_A_PAGE = 40.0


def scripted(body: str = "", *, seed: int = 1, title: str = "A story that only a script tells") -> str:
    """A page without a word of its story: a script asks for it and writes it."""
    return f"""<!doctype html><html lang=en><head><meta charset=utf-8><title>The Harbour</title></head><body>
<main id=story></main><script>
fetch("/api/{seed}").then(r => r.text()).then(t => {{
    document.title = "{title}"; document.getElementById("story").innerHTML = t;
}});
{body}
</script></body></html>"""


def fragment(seed: int, title: str = "A story that only a script tells") -> str:
    """The story as the script gets it."""
    page = article_html(title, prose(seed=seed), published="2026-03-04")
    return page[page.index("<body") :].partition(">")[2].partition("</body>")[0]


@dataclass
class Private:
    """Listeners on addresses that the guard keeps from the browser; `heard` has who was reached."""

    heard: list[str] = field(default_factory=list)
    sockets: list[socket.socket] = field(default_factory=list)

    def listen(self, family: socket.AddressFamily, kind: socket.SocketKind, host: str) -> int:
        """Listen there; the port."""
        listener = socket.socket(family, kind)
        listener.bind((host, 0))
        self.sockets.append(listener)
        if kind == socket.SOCK_STREAM:
            listener.listen()
        Thread(target=self._hear, args=(listener, f"{kind.name} {host}"), daemon=True).start()
        return int(listener.getsockname()[1])

    def _hear(self, listener: socket.socket, name: str) -> None:
        while True:
            try:
                if listener.type == socket.SOCK_STREAM:
                    connection, _ = listener.accept()
                    connection.close()
                else:
                    listener.recv(100)
            except OSError:
                return
            self.heard.append(name)


class Proof:
    """The claims, and whether each holds."""

    def __init__(self) -> None:
        self.failed = 0

    def claim(self, what: str, holds: bool, seen: object = "") -> None:
        """Print a claim and whether it holds."""
        self.failed += not holds
        print(f"{'holds' if holds else 'FAILS'}  {what}" + (f"  [{seen}]" if seen != "" else ""), flush=True)


@dataclass
class World:
    """A database, and the outlets that are crawled into it."""

    folder: Path
    server: Server
    number: int = 0

    def crawl(self, url: str, *words: str, render: bool, **more: str) -> tuple[Done, Database, float]:
        """Crawl one outlet into a database of its own; the command, the database and seconds of wall clock."""
        environment = self.environment(url, render=render, **more)
        began = time.monotonic()
        done = subprocess.run(
            [*COMMAND, "--all", "--json", *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        took = time.monotonic() - began
        return Done(done.returncode, done.stdout, done.stderr), Database(environment["DATELINE_DATABASE_URL"], 1), took

    def environment(self, url: str, *, render: bool, **more: str) -> dict[str, str]:
        """The environment of a crawl of that outlet."""
        self.number += 1
        name = f"proof_{self.number}"
        self.server.ensure_database(name)
        migrate(self.server.url(name))
        sources = self.folder / f"{name}.toml"
        sources.write_text(
            f'[[source]]\nname = "the-harbour"\nurl = "{url}"\ndelay = 0\nrender = {str(render).lower()}\n'
        )
        return os.environ | {
            "DATELINE_HOME": str(self.folder / name),
            "DATELINE_SOURCES": str(sources),
            "DATELINE_DATABASE_URL": self.server.url(name),
            **more,
        }


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    """What the query gives."""
    with database.transaction() as cursor:
        cursor.execute(query)
        return [tuple(row) for row in cursor.fetchall()]


def browsers(crawl: int) -> list[psutil.Process]:
    """The Chromium processes that a crawl has started."""
    return [p for p in psutil.Process(crawl).children(recursive=True) if "chrom" in p.name()]


def are_gone(processes: list[psutil.Process]) -> bool:
    """Whether these processes end within ten seconds; one that only waits to be buried has ended."""
    until = time.monotonic() + 10.0
    while any(map(lives, processes)) and time.monotonic() < until:
        time.sleep(0.2)
    return not any(map(lives, processes))


def lives(process: psutil.Process) -> bool:
    """Whether it runs."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def outlet(site: Site, pages: dict[str, str | Callable[..., None]]) -> list[str]:
    """An outlet whose front page, written by a script, lists these pages in their order."""
    paths = []
    for n, (name, page) in enumerate(pages.items()):
        path = f"/news/a-story-about-the-harbour-{n}-{name}.html"
        paths.append(path)
        site.page(path, page) if isinstance(page, str) else site.behave(path, page)
        site.page(f"/api/{n}", fragment(n, f"A story about the harbour, {name}"), headers={"Cache-Control": "no-store"})
    links = front_html({p: f"A story about the harbour, part {n} of many" for n, p in enumerate(paths)})
    inner = links[links.index("<body") :].partition(">")[2].partition("</body>")[0]
    site.page("/front", inner)
    site.page("/", "<!doctype html><title>The Harbour</title><body><script>fetch('/front').then(r => r.text())"
                   ".then(t => { document.body.innerHTML = t })</script></body>")  # fmt: skip
    return paths


def start(environment: dict[str, str]) -> subprocess.Popen[str]:
    """A crawl under way."""
    return subprocess.Popen(
        [*COMMAND, "--all"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@contextmanager
def world() -> Iterator[World]:
    """A server and a folder that live as long as the proof."""
    with tempfile.TemporaryDirectory(prefix="dateline-proof-") as name, ExitStack() as stack:
        Path(name).chmod(0o711)
        server = stack.enter_context(Server(Path(name) / "home", fsync="off").running())
        yield World(Path(name), server)
