"""Take the whole past of an outlet, killed on the way and resumed: python -m tests.proofs.backfill [--articles 20000]

One outlet on loopback lists its articles in an index of sitemaps, a month each. `dateline crawl --since` is killed with
SIGKILL at random moments, then left alone. Exit 0 when every article of the window is stored once, none from outside,
none is left over, and no process of the crawl took more memory than BOUND.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from dateline.postgres import Server
from pipelines.database import Database
from pipelines.migrating import migrate
from tests.commands import DATELINE
from tests.documents import article_html
from tests.proofs.kill_loop import count, reachable

FIRST = date(2010, 1, 1)
A_MONTH = 200  # articles in one sitemap
OUTSIDE = 400  # older articles that the window leaves out
BOUND = 400  # MB
INDEX = "/sitemap.xml"


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--articles", type=int, default=20_000)
    cli.add_argument("--kills", type=int, default=3)
    options = cli.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="dateline-proof-") as name,
        reachable(Path(name)) as folder,
        Server(folder / "home").running() as server,
        served(options.articles + OUTSIDE) as port,
    ):
        server.ensure_database("dateline")
        migrate(server.url("dateline"))
        sources = folder / "sources.toml"
        sources.write_text(f'[[source]]\nname = "past"\nurl = "http://127.0.0.1:{port}/"\ndelay = 0\n')
        environment = os.environ | {
            "DATELINE_HOME": str(folder / "state"),
            "DATELINE_SOURCES": str(sources),
            "DATELINE_DATABASE_URL": server.url("dateline"),
        }
        command = [DATELINE, "crawl", "--source", "past", "--since", month(OUTSIDE // A_MONTH).isoformat()]
        with Database(server.url("dateline"), 1) as database:
            started, most = time.monotonic(), 0.0
            for number in range(options.kills + 1):
                until = None if number == options.kills else options.articles * (number + random.random()) / 4
                most = max(most, crawl([*command, "--allow-private"], environment, database, until))
                print(f"{'end' if until is None else 'kill -9'}: {stored(database)} stored", flush=True)
            spent = time.monotonic() - started
            twice = count(database, "select count(*) - count(distinct url) as n from articles")
            left = count(database, "select count(*) as n from pages where outcome is null or leased_by is not null")
            found = stored(database)
    rate = found / spent
    print(f"{options.articles} in the window, {found} stored, {twice} twice, {left} left over, {rate:.1f} a second")
    print(f"most memory of one process of the crawl: {most:.0f} MB")
    return int(found != options.articles or twice > 0 or left > 0 or most > BOUND)


def crawl(command: list[str], environment: dict[str, str], database: Database, kill_at: float | None) -> float:
    """Run the crawl, killed when that many articles are stored; the most memory of its processes, in MB."""
    most = 0.0
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        while running.poll() is None:
            most = max(most, *_memory(running.pid))
            if kill_at is not None and stored(database) >= kill_at:
                running.kill()
            time.sleep(0.5)
    return most


def _memory(pid: int) -> Iterator[float]:
    yield 0.0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        yield from (process.memory_info().rss / 2**20 for process in family)
    except psutil.NoSuchProcess:
        return


def stored(database: Database) -> int:
    """How many articles there are."""
    return count(database, "select count(*) as n from articles")


def month(number: int) -> date:
    """The first day of a sitemap's month."""
    years, months = divmod(number, 12)
    return FIRST.replace(year=FIRST.year + years, month=months + 1)


@contextmanager
def served(articles: int) -> Iterator[int]:
    """The outlet, on a port of its own."""
    context = multiprocessing.get_context("spawn")
    ready = context.Queue()
    process = context.Process(target=_serve, args=(articles, ready), daemon=True)
    process.start()
    try:
        yield ready.get(timeout=60)
    finally:
        process.terminate()
        process.join()


def _serve(articles: int, ready: Any) -> None:
    asyncio.run(_serving(articles, ready))


async def _serving(articles: int, ready: Any) -> None:
    server = await asyncio.start_server(partial(_answer, articles), "127.0.0.1", 0)
    ready.put(server.sockets[0].getsockname()[1])
    await asyncio.Event().wait()


async def _answer(articles: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
            host = head.lower().partition("\r\nhost:")[2].partition("\r\n")[0].strip()
            body = _body(articles, head.split(" ", 2)[1], f"http://{host}").encode()
            status = "200 OK" if body else "404 Not Found"
            kind = "application/xml" if body.startswith(b"<?xml") else "text/html; charset=utf-8"
            writer.write(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode())
            writer.write(body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


def _body(articles: int, path: str, here: str) -> str:
    months = -(-articles // A_MONTH)
    if path == "/robots.txt":
        return f"User-agent: *\nAllow: /\nSitemap: {here}{INDEX}\n"
    if path == INDEX:
        rows = "".join(
            f"<sitemap><loc>{here}/sitemap-{n}.xml</loc><lastmod>{month(n)}</lastmod></sitemap>" for n in range(months)
        )
        return f'<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'
    if path.startswith("/sitemap-"):
        first = int(path.removeprefix("/sitemap-").removesuffix(".xml")) * A_MONTH
        rows = "".join(
            f"<url><loc>{here}/news/{n}-a-story.html</loc><lastmod>{_day(n)}</lastmod></url>"
            for n in range(first, min(first + A_MONTH, articles))
        )
        return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    if path.startswith("/news/"):
        number = int(path.removeprefix("/news/").partition("-")[0])
        return article_html(f"Story number {number} of the past", published=f"{_day(number)}T10:00:00Z")
    return ""


def _day(number: int) -> date:
    return month(number // A_MONTH) + timedelta(days=number % 25)


if __name__ == "__main__":
    sys.exit(main())
