"""Outlets for the proof of docker-compose.yml, each at an address of its own, as hosts are on the web.

    python -m tests.proofs.compose_outlets LOG [CORPUS_DIR ...]

Runs in a container that may give its network card addresses (the capability NET_ADMIN). Every step of the proof has
the same outlets at new addresses, 10.89.STEP.1 and up, so that nothing is known of them. What a step serves, and how
slowly, is in STEPS. LOG gets a line a request: seconds, address, method, path, status.
"""

from __future__ import annotations

import asyncio
import fcntl
import gzip
import socket
import struct
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

from tests.bench.corpus import Pages, load

PORT = 8000
SET_ADDRESS = 0x8916  # SIOCSIFADDR of Linux
OUTLETS = 40
FEWEST_PAGES = 800  # of the corpus, 20 an outlet: long enough to be killed in the middle
LIGHT_PAGES = 30  # an outlet, where the pages are made up
WORDS = (
    "harbour", "council", "bridge", "winter", "report", "market", "station", "budget", "river", "school", "museum",
    "ferry", "valley", "border", "season",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """What a step of the proof crawls."""

    name: str
    light: bool = False  # small pages made up, instead of the corpus's
    latency: float = 0.0  # seconds before each answer


STEPS = {
    1: Step("undisturbed"),
    2: Step("a worker killed"),
    3: Step("Postgres restarted"),
    4: Step("four workers"),
    5: Step("one worker", light=True, latency=0.2),
    6: Step("two workers", light=True, latency=0.2),
    7: Step("four workers", light=True, latency=0.2),
}


def address(step: int, number: int) -> str:
    """Of an outlet, numbered from 0."""
    return f"10.89.{step}.{number + 1}"


def light_pages() -> Pages:
    """Made-up stories of some 150 words, no two alike, that cost little to read."""
    stories = [(f"/news/{n}/a-story-made-up.html", story(n)) for n in range(OUTLETS * LIGHT_PAGES)]
    return {f"outlet-{n}": stories[n::OUTLETS] for n in range(OUTLETS)}


def story(number: int) -> bytes:
    """The page of one made-up story."""

    def word(place: int) -> str:
        return WORDS[place % len(WORDS)]

    sentences = [
        f"The {word(number * 7 + i)} near {word(number + i * 4)} street {number + i} has a new {word(i)} plan."
        for i in range(14)
    ]
    text = "".join(f"<p>{' '.join(sentences[i : i + 3])}</p>" for i in range(0, 14, 3))
    title = f"Plan number {number} for the {word(number)}"
    day = f"2026-11-{number % 20 + 1:02}T08:00:00Z"
    head = f'<title>{title}</title><meta property="article:published_time" content="{day}">'
    return f"<html lang=en><head>{head}</head><body><article><h1>{title}</h1>{text}</article></body></html>".encode()


def take_address(label: int, wanted: str) -> None:
    """Give the network card one more address."""
    request = struct.pack("16sH2s4s8s", f"eth0:{label}".encode(), socket.AF_INET, b"", socket.inet_aton(wanted), b"")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SET_ADDRESS, request)


def site(at: str, pages: list[tuple[str, bytes]]) -> dict[str, tuple[str, bytes]]:
    """Type and compressed body by path: the pages, and a sitemap that lists them."""
    listing = "".join(f"<url><loc>http://{at}:{PORT}{path}</loc></url>" for path, _ in pages)
    xml = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listing}</urlset>'
    found = {path: ("text/html", gzip.compress(body, 4)) for path, body in pages}
    return {**found, "/sitemap.xml": ("application/xml", gzip.compress(xml.encode()))}


async def answer(
    at: str,
    pages: Mapping[str, tuple[str, bytes]],
    latency: float,
    log: TextIO,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    """Answer requests on one connection until it ends."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            method, path, _ = head.decode("latin-1").split(" ", 2)
            kind, body = pages.get(path, ("text/plain", b""))
            status = 200 if body else 404
            log.write(f"{time.monotonic():.4f} {at} {method} {path} {status}\n")
            await asyncio.sleep(latency)
            encoding = "Content-Encoding: gzip\r\n" if body else ""
            writer.write(
                f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{encoding}Content-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def serve(corpus: Pages, log: TextIO) -> None:
    """Serve the outlets of every step, for ever."""
    light = light_pages()
    for number, step in STEPS.items():
        for n, pages in enumerate((light if step.light else corpus).values()):
            at = address(number, n)
            take_address(number * 100 + n, at)
            await asyncio.start_server(partial(answer, at, site(at, pages), step.latency, log), at, PORT)
    print("ready", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Load and serve."""
    log, *folders = map(Path, sys.argv[1:])
    corpus = load(folders, FEWEST_PAGES, OUTLETS)
    with log.open("w", buffering=1) as lines:
        asyncio.run(serve(corpus, lines))


if __name__ == "__main__":
    main()
