"""A corpus of saved pages, served on loopback as a few outlets: what benchmarks and slow proofs crawl."""

from __future__ import annotations

import asyncio
import gzip
import json
import multiprocessing
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

FEWEST_PAGES = 1000  # a corpus is served as often as it takes: a run long enough to measure
OUTLETS = 24
Pages = dict[str, list[tuple[str, bytes]]]


def load(folders: list[Path], fewest: int = FEWEST_PAGES, count: int = OUTLETS) -> Pages:
    """Pages by outlet, `count` of them: (path, HTML)."""
    bodies = []
    for folder in folders:
        rows = map(json.loads, (folder / "gold.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n"))
        files = (folder / f"{row['id']}.html.gz" for row in rows)
        bodies += [gzip.decompress(file.read_bytes()) for file in files if file.exists()]
    copies = -(-fewest // len(bodies))
    outlets: Pages = defaultdict(list)
    for number, body in enumerate(bodies * copies):
        outlets[f"outlet-{number % count}"].append((f"/news/{number}/a-story-of-the-corpus.html", body))
    return dict(outlets)


def serve(outlets: Pages, ready: Any) -> None:
    """Serve every outlet on a port of its own, for ever."""
    asyncio.run(_serve(outlets, ready))


async def _serve(outlets: Pages, ready: Any) -> None:
    ports = {}
    for name, pages in outlets.items():
        listing = "".join(f"<url><loc>http://127.0.0.1:PORT{path}</loc></url>" for path, _ in pages)
        site = {path: ("text/html", gzip.compress(body, 4)) for path, body in pages}
        server = await asyncio.start_server(partial(_answer, site), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        xml = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listing}</urlset>'
        site["/sitemap.xml"] = ("application/xml", gzip.compress(xml.replace("PORT", str(port)).encode()))
        ports[name] = port
    ready.put(ports)
    await asyncio.Event().wait()


async def _answer(site: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            kind, body = site.get(head.split(b" ", 2)[1].decode(), ("text/plain", None))
            status = "200 OK" if body else "404 Not Found"
            encoding = "Content-Encoding: gzip\r\n" if body else ""
            lines = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{encoding}Content-Length: {len(body or b'')}\r\n\r\n"
            writer.write(lines.encode() + (body or b""))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


@contextmanager
def served(outlets: Pages) -> Iterator[dict[str, int]]:
    """The outlets on loopback, each with its port."""
    context = multiprocessing.get_context("spawn")
    ready = context.Queue()
    process = context.Process(target=serve, args=(outlets, ready), daemon=True)
    process.start()
    try:
        yield ready.get(timeout=120)
    finally:
        process.terminate()
        process.join()


def sources_toml(ports: dict[str, int], delay: float) -> str:
    """The list of these outlets: one sitemap each, and that pause between two requests."""
    entry = """
[[source]]
name = "{0}"
url = "http://127.0.0.1:{1}/"
feeds = ["http://127.0.0.1:{1}/sitemap.xml"]
sitemaps = ["http://127.0.0.1:{1}/sitemap.xml"]
delay = {2}
limit = 10000
"""
    return "".join(entry.format(name, port, delay) for name, port in ports.items())
