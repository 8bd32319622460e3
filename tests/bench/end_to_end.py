"""Pages a second from request to row, beside trafilatura alone on the same pages in the same run.

    python -m tests.bench.end_to_end CORPUS_DIR [CORPUS_DIR ...]

A corpus folder holds gold.jsonl (one JSON a line with id and url) and <id>.html.gz. The pages are served on loopback by
a few outlets, politeness off; then trafilatura with metadata reads the same pages in as many processes as there are
cores. Printed: both rates, their ratio, the memory of the crawling process and of its workers, and by how many
milliseconds the event loop was ever late.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from tests.bench.corpus import Pages, load, served, sources_toml


def crawl(ports: dict[str, int], folder: Path) -> dict[str, Any]:
    """Crawl them all with an empty database; pages a second, memory in MB, loop lag in ms."""
    sources = folder / "sources.toml"
    sources.write_text(sources_toml(ports, delay=0))
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
