"""Pages a second from request to row, beside trafilatura alone on the same pages in the same run.

    python -m tests.bench.end_to_end CORPUS_DIR [CORPUS_DIR ...]

A corpus folder holds gold.jsonl (one JSON a line with id and url) and <id>.html.gz. The pages are served on loopback by
a few outlets, politeness off; then trafilatura with metadata reads the same pages in as many processes as there are
cores. Printed: both rates, their ratio, the memory of the crawling process and of its workers, and by how many
milliseconds the event loop was ever late.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil

FEWEST_PAGES = 1000  # a corpus is served as often as it takes: a run long enough to measure
OUTLETS = 24
Pages = dict[str, list[tuple[str, bytes]]]


def load(folders: list[Path]) -> Pages:
    """Pages by outlet: (path, HTML)."""
    bodies = []
    for folder in folders:
        rows = map(json.loads, (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines())
        files = (folder / f"{row['id']}.html.gz" for row in rows)
        bodies += [gzip.decompress(file.read_bytes()) for file in files if file.exists()]
    copies = -(-FEWEST_PAGES // len(bodies))
    outlets: Pages = defaultdict(list)
    for number, body in enumerate(bodies * copies):
        outlets[f"outlet-{number % OUTLETS}"].append((f"/news/{number}/a-story-of-the-corpus.html", body))
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


def crawl(ports: dict[str, int], folder: Path) -> dict[str, Any]:
    """Crawl them all with an empty database; pages a second, memory in MB, loop lag in ms."""
    entry = '[[source]]\nname = "{0}"\nurl = "http://127.0.0.1:{1}/"\ndelay = 0\nlimit = 10000\n'
    more = 'feeds = ["http://127.0.0.1:{1}/sitemap.xml"]\nsitemaps = ["http://127.0.0.1:{1}/sitemap.xml"]\n'
    sources = folder / "sources.toml"
    sources.write_text("\n".join((entry + more).format(name, port) for name, port in ports.items()))
    home = folder / "home"
    environment = os.environ | {"DATELINE_HOME": str(home), "DATELINE_SOURCES": str(sources)}
    environment.pop("DATELINE_DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.bench.lag", str(folder / "lag.json")]
    out, err = folder / "summary.json", folder / "events"  # a pipe would fill while memory is watched
    with out.open("w") as stdout, err.open("w") as stderr:
        running = subprocess.Popen(command, env=environment, stdout=stdout, stderr=stderr)
        peak = watch_memory(running)
    if running.returncode:
        sys.exit(err.read_text()[-2000:])
    summary = json.loads((folder / "summary.json").read_text())
    answered = summary["stored"] + summary["skipped"] + sum(summary["failed"].values())
    lag = json.loads((folder / "lag.json").read_text())
    return {"pages": answered, "seconds": summary["seconds"], "failed": summary["failed"], "lag_ms": lag} | peak


def watch_memory(running: subprocess.Popen[bytes]) -> dict[str, float]:
    """Peak resident memory in MB of the process, and of its workers together, until it ends."""
    crawler, peak = psutil.Process(running.pid), {"crawler_mb": 0.0, "workers_mb": 0.0}
    while running.poll() is None:
        try:
            own = crawler.memory_info().rss
            workers = sum(p.memory_info().rss for p in crawler.children(recursive=True))
        except psutil.NoSuchProcess:
            break
        peak = {"crawler_mb": max(peak["crawler_mb"], own / 1e6), "workers_mb": max(peak["workers_mb"], workers / 1e6)}
        time.sleep(0.2)
    return peak


def read_alone(body: bytes) -> None:
    """What a user would write instead."""
    import trafilatura

    trafilatura.bare_extraction(body, with_metadata=True, include_comments=False)


def trafilatura_alone(outlets: Pages) -> float:
    """Pages a second of trafilatura with metadata, in a process a core, nothing fetched and nothing stored."""
    bodies = [body for pages in outlets.values() for _, body in pages]
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        pool.map(read_alone, bodies[:20])
        started = time.monotonic()
        pool.map(read_alone, bodies, chunksize=8)
        return len(bodies) / (time.monotonic() - started)


def main() -> None:
    """Measure and print."""
    folders = [Path(name) for name in sys.argv[1:]]
    if not folders:
        sys.exit(__doc__)
    outlets = load(folders)
    print(f"{sum(map(len, outlets.values()))} pages of {len(outlets)} outlets, {os.cpu_count()} cores", flush=True)
    alone = trafilatura_alone(outlets)
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder, served(outlets) as ports:
        Path(folder).chmod(0o711)
        figures = crawl(ports, Path(folder))
    rate = figures["pages"] / figures["seconds"]
    alone = (alone + trafilatura_alone(outlets)) / 2  # before and after: the machine may have changed its mind
    print(f"trafilatura alone  {alone:6.1f} pages/s")
    print(f"dateline, to row   {rate:6.1f} pages/s   ratio {rate / alone:.2f}   failed {figures['failed']}")
    print(f"memory             {figures['crawler_mb']:.0f} MB crawler, {figures['workers_mb']:.0f} MB workers")
    print(f"event loop         {figures['lag_ms']} ms")


if __name__ == "__main__":
    main()
