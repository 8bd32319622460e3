"""Hold the readers of feeds, sitemaps and robots.txt against public test data: is every file read, as its suite says?

    python -m tests.proofs.suites FOLDER

FOLDER holds feeds/feedparser-feeds.tar.gz, robots/protego-robots.tar.gz, strings/big-list-of-naughty-strings.json,
xml/ and bombs/; what is missing is said and left out. Each file is read in a worker process with a limit of time and
memory. A feed must give the entries, links, titles, languages and dates that its own comment expects; what differs
is listed with the rule that explains it. Exit 1 where something differs without a rule, fails in any other way than
Unreadable, or takes too long or too much.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from xml.sax.saxutils import escape

from dateline.postgres import Server
from pipelines.database import Database
from pipelines.migrating import migrate
from pipelines.records import Link, Unreadable
from pipelines.text import UNSTORABLE
from pipelines.urls import canonical, resolve
from pipelines.workers import Workers
from spiders.discovery.found import Found
from spiders.discovery.hints import plain
from spiders.discovery.markup import to_utf8
from spiders.discovery.read import read_endpoint
from spiders.robots import Robots
from tests.commands import dateline
from tests.proofs.expectations import COMMENT, URL, Clause, clauses, excuse, excuse_for_link, lent, said
from tests.proofs.kill_loop import reachable
from tests.site import Site

T = TypeVar("T")

MOST_SECONDS = 2.0  # of processor time, for any file
MOST_MEGABYTES = 200  # of a process that has read them all
WARM = ("spiders.discovery.read", "spiders.robots", "feedparser", "tests.proofs.suites")
AGENTS = ("dateline", "*", "Googlebot-News", "")
PATHS = ("/", "/robots.txt", "/news/2024/03/01/flood.html?page=2", "/%E2%82%AC/é;a=b?x=%zz#top", "/wp-admin/")
STORY = "https://gazette.example/world/flood.html"
FORMATS = (
    "<rss><channel><title>{title}</title><language>{title}</language>"
    "<item><title>{title}</title><pubDate>{date}</pubDate><link>{link}</link></item></channel></rss>",
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{title}"><title>{title}</title>'
    "<entry><title>{title}</title><updated>{date}</updated><published>{date}</published>"
    '<link href="{link}"/></entry></feed>',
    '<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>{link}</loc><lastmod>{date}</lastmod>'
    "<n:news><n:title>{title}</n:title><n:language>{title}</n:language>"
    "<n:publication_date>{date}</n:publication_date></n:news></url></urlset>",
    "<sitemapindex><sitemap><loc>{link}</loc><lastmod>{date}</lastmod></sitemap></sitemapindex>",
)


@dataclass(slots=True)
class Tally:
    """What one suite has shown."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    differences: dict[str, list[str]] = field(default_factory=dict)  # by the rule that explains them
    faults: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    megabytes: int = 0

    def differ(self, rule: str | None, what: str) -> None:
        """Note a difference, with the rule that explains it; without one it is a fault."""
        if rule is None:
            self.faults.append(what)
        else:
            self.differences.setdefault(rule, []).append(what)

    def took(self, seconds: float, name: str) -> None:
        """Remember the slowest, and whether it was too slow."""
        self.slowest = max(self.slowest, (seconds, name))
        if seconds > MOST_SECONDS:
            self.faults.append(f"{name}: took {seconds:.1f} s")


class Read(NamedTuple):
    """What came of reading some bytes: what was found or why not, and how dear it was."""

    found: Found | None
    refused: str
    seconds: float  # of processor time
    megabytes: int  # the most that the process has ever held


def read(body: bytes, content_type: str | None = None) -> Read:
    """Read an endpoint that is promised to be a feed. Runs in a worker."""
    start = time.process_time()
    found, refused = None, ""
    try:
        found = read_endpoint(body, URL, content_type, "feed")
    except Unreadable as error:
        refused = str(error)
    return Read(found, refused, time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)


def done(workers: Workers, tally: Tally, name: str, task: Callable[..., T], *arguments: Any) -> T | None:
    """What a worker answers; None, and a fault, where it raises anything or is lost."""
    future = workers.submit(task, *arguments)
    if error := future.exception():
        tally.faults.append(f"{name}: {type(error).__name__}: {error}")
        return None
    return future.result()


def asked(workers: Workers, tally: Tally, name: str, body: bytes, content_type: str | None = None) -> Read | None:
    """The answer of a worker; what it could not answer is a fault."""
    answer = done(workers, tally, name, read, body, content_type)
    if answer is None:
        return None
    tally.counts["read" if answer.found else "refused"] += 1
    tally.took(answer.seconds, name)
    tally.megabytes = max(tally.megabytes, answer.megabytes)
    if answer.megabytes > MOST_MEGABYTES:
        tally.faults.append(f"{name}: {answer.megabytes} MB")
    return answer


def packed(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file in a tar archive."""
    with tarfile.open(archive) as files:
        for member in files:
            if content := files.extractfile(member):
                yield member.name, content.read()


def feeds(folder: Path, workers: Workers) -> Tally:
    """Every feed of feedparser's tests."""
    tally = Tally("feeds/feedparser-feeds.tar.gz")
    for name, body in packed(folder / "feeds/feedparser-feeds.tar.gz"):
        text = to_utf8(body, None).decode()
        comment = dict(COMMENT.findall(text[:2_000]))
        content_type = dict([comment.get("Header", ":").lower().split(":", 1)]).get("content-type")
        answer = asked(workers, tally, name, body, content_type)
        if answer is None:
            continue
        judge(workers, tally, name, answer.found, list(clauses(comment["Expect"])), text)
        second(workers, tally, name, answer.found, body, text)
    return tally


def judge(workers: Workers, tally: Tally, name: str, found: Found | None, wanted: Sequence[Clause], text: str) -> None:
    """Compare what is expected of entries with the links that were found."""
    for clause in wanted:
        if clause.path in (("feed", "title"), ("feed", "title_detail", "value")):
            compare_title(tally, name, found, clause)
    wanted = [clause for clause in wanted if clause.entry is not None]
    links = found.links if found else ()
    if len(links) <= max((clause.entry or 0 for clause in wanted), default=-1):
        again = asked(workers, Tally("lent"), name, lent(text).encode())
        links = again.found.links if again and again.found else ()
    for clause in wanted:
        compare(tally, name, links, clause, text)


def compare(tally: Tally, name: str, links: Sequence[Link], clause: Clause, text: str) -> None:
    """Count a clause as met, explained or a fault."""
    if not links:
        tally.faults.append(f"{name}: no entry, where {clause.source}")
        return
    # Entries with one address are one link.
    pair = said(links[min(clause.entry or 0, len(links) - 1)], clause)
    if pair is None:
        tally.counts["expectations of what a link has not"] += 1
    elif pair[0] == pair[1]:
        tally.counts["expectations met"] += 1
    else:
        tally.differ(excuse(clause, text), f"{name}: {clause.source}; we have {pair[1]!r}")


def compare_title(tally: Tally, name: str, found: Found | None, clause: Clause) -> None:
    """The same for the title of the feed itself."""
    if found is None:
        tally.differ("a channel without items is no feed", f"{name}: {clause.source}")
    elif plain(clause.value) == found.title:
        tally.counts["titles of feeds met"] += 1
    else:
        tally.differ(None, f"{name}: {clause.source}; we have {found.title!r}")


def second(workers: Workers, tally: Tally, name: str, found: Found | None, body: bytes, text: str) -> None:
    """Compare the links with those that feedparser itself finds in the file."""
    ours = {canonical(link.url) for link in found.links} if found else set()
    for link in done(workers, tally, name, second_opinion, body) or []:
        story = resolve(URL, link)
        if story and canonical(story) in ours:
            tally.counts["links that feedparser finds too"] += 1
        else:
            tally.differ(excuse_for_link(link, text), f"{name}: feedparser finds {link!r}, we {sorted(ours)}")


def second_opinion(body: bytes) -> list[str]:
    """The links of all entries in the opinion of feedparser. Runs in a worker."""
    import feedparser

    headers = {"content-location": URL, "content-type": "application/xml"}
    entries = feedparser.parse(io.BytesIO(body), response_headers=headers).entries
    return [entry.link for entry in entries if entry.get("link")]


# robots.txt


def robots(folder: Path, workers: Workers) -> Tally:
    """Every robots.txt of Protego's tests."""
    tally = Tally("robots/protego-robots.tar.gz")
    for name, body in packed(folder / "robots/protego-robots.tar.gz"):
        seconds = done(workers, tally, name, obey, body)
        tally.counts["read"] += seconds is not None
        tally.took(seconds or 0.0, name)
    return tally


def obey(body: bytes) -> float:
    """Ask a robots.txt about some paths and agents; seconds of processor time. Runs in a worker."""
    start = time.process_time()
    rules = Robots.parse(200, body)
    for agent in AGENTS:
        rules.crawl_delay(agent)
        for path in PATHS:
            rules.allows(f"https://gazette.example{path}", agent)
    return time.process_time() - start


# Files made to hurt


def documents(folder: Path, workers: Workers) -> Tally:
    """XML with entities, external references and the like: bounded, and never expanded or fetched."""
    tally = Tally("xml/")
    for path in sorted((folder / "xml").iterdir()):
        asked(workers, tally, path.name, path.read_bytes())
    return tally


def bombs(folder: Path, workers: Workers) -> Tally:
    """Bodies that grow when they are unpacked: gzip by us, all others by the download handler, so refused here."""
    tally = Tally("bombs/")
    for path in sorted((folder / "bombs").iterdir()):
        answer = asked(workers, tally, path.name, path.read_bytes())
        if answer and answer.found:
            tally.faults.append(f"{path.name}: read as a {answer.found.kind}")
    return tally


def served_bombs(folder: Path, _workers: Workers) -> Tally:
    """The same as feeds of an outlet, with their Content-Encoding, in a real crawl: it refuses each and lives."""
    tally = Tally("bombs/, served to a crawl")
    with (
        tempfile.TemporaryDirectory(prefix="dateline-proof-") as name,
        reachable(Path(name)) as home,
        Site() as site,
        Server(home / "home").running() as server,
    ):
        paths = sorted((folder / "bombs").iterdir())
        for path in paths:
            encoding = path.stem.rpartition("-")[2]
            site.page(f"/{path.name}", path.read_bytes(), headers={"Content-Encoding": encoding})
        outcomes = crawled(tally, [site.at(f"/{path.name}") for path in paths], server, home)
    for url, outcome in outcomes.items():
        tally.counts[str(outcome)] += 1
        if outcome not in ("too_large", "not_a_feed"):
            tally.faults.append(f"{url}: {outcome}")
    return tally


def crawled(tally: Tally, feeds: list[str], server: Server, home: Path) -> dict[str, str | None]:
    """Crawl an outlet of these feeds; what became of each."""
    server.ensure_database("dateline")
    migrate(url := server.url("dateline"))
    entry = {"name": "x", "url": feeds[0], "delay": 0, "feeds": feeds}
    sources = "".join(f"{key} = {json.dumps(value)}\n" for key, value in entry.items())
    (home / "sources.toml").write_text(f"[[source]]\n{sources}")
    places = {"DATABASE_URL": url, "HOME": str(home / "home"), "SOURCES": str(home / "sources.toml")}
    environment = {**os.environ, **{f"DATELINE_{key}": place for key, place in places.items()}}
    done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
    tally.faults += [done.err[-500:]] if "Traceback" in done.err else []
    tally.megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    with Database(url, 1) as database, database.transaction() as cursor:
        cursor.execute("select url, outcome from endpoints where url = any(%s)", (feeds,))
        return dict.fromkeys(feeds) | dict(cursor.fetchall())


def towers(_folder: Path, workers: Workers) -> Tally:
    """Elements inside each other, 65,536 deep: in every element of which feedparser keeps a stack."""
    tally = Tally("towers of our own making")
    for name in ("item", "author", "id", "pubDate", "title", "content", "link", "a"):
        start, end = f"<{name}>" * 65_536, f"</{name}>" * 65_536
        for kind, text in (("open", start), ("closed", start + end)):
            asked(workers, tally, f"{name}, {kind}", f"<rss><channel><item>{text}".encode())
    return tally


def strings(folder: Path, workers: Workers) -> Tally:
    """The big list of naughty strings as titles, dates and links of feeds and sitemaps."""
    tally = Tally("strings/big-list-of-naughty-strings.json")
    for string in json.loads((folder / "strings/big-list-of-naughty-strings.json").read_text(encoding="utf-8")):
        name = repr(string[:60])
        count, faults = done(workers, tally, name, naughty, string) or (0, [])
        tally.counts["read"] += count
        tally.faults += [f"{name}: {fault}" for fault in faults]
    return tally


def naughty(string: str) -> tuple[int, list[str]]:
    """Read the string at every place of every format; how many documents, and what is wrong. Runs in a worker."""
    bodies = [*written(string, escape(string, {'"': "&quot;"})), *written(string, string)]
    faults = []
    for number, body in enumerate(bodies):
        try:
            found = read_endpoint(body, URL, None, None)
        except Unreadable as error:
            faults += [str(error)] * (number < len(bodies) // 2)
            continue
        faults += [fault for link in found.links for fault in wrong(link)]
    return len(bodies), faults


def written(string: str, xml: str) -> Iterator[bytes]:
    """Feeds and sitemaps with the string for title, date or address; `xml` is how it stands in XML."""
    for title, date, link in ((xml, "", STORY), ("", xml, STORY), ("", "", xml)):
        for format_ in FORMATS:
            yield format_.format(title=title, date=date, link=link).encode("utf-8", "replace")
    for title, date, link in ((string, "", STORY), ("", string, STORY), ("", "", string)):
        item = {"title": title, "date_published": date, "date_modified": date, "url": link}
        yield json.dumps({"title": title, "language": string, "items": [item, {"id": STORY}]}).encode()


def wrong(link: Link) -> Iterator[str]:
    """What cannot be stored of a link."""
    if not link.url.startswith(("http://", "https://")):
        yield f"url {link.url!r}"
    for value in (link.url, link.title, link.published, link.language):
        if UNSTORABLE.search(value or ""):
            yield f"not storable: {value!r}"


# All together

SUITES: dict[str, Callable[[Path, Workers], Tally]] = {
    "feeds": feeds,
    "robots": robots,
    "xml": documents,
    "bombs": bombs,
    "bombs/": served_bombs,
    "strings": strings,
    "": towers,
}


def report(tally: Tally) -> None:
    """Print what a suite has shown."""
    print(f"{tally.name}: {', '.join(f'{count:,} {what}' for what, count in tally.counts.items())}")
    if tally.slowest[1]:
        print(f"  slowest {tally.slowest[0] * 1000:.0f} ms ({tally.slowest[1]})")
    if tally.megabytes:
        print(f"  largest process {tally.megabytes} MB")
    for rule, differences in tally.differences.items():
        print(f"  {len(differences)} differ by rule: {rule}")
        for difference in differences:
            print(f"    {difference}")
    for fault in tally.faults:
        print(f"  FAULT {fault}")


def main() -> int:
    """Run the proof; 1 if anything is not as it should be."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("folder", type=Path)
    folder = cli.parse_args().folder
    faults = 0
    for name, suite in SUITES.items():
        if not (folder / name).exists():
            print(f"{name}/ is not there: left out")
            continue
        with Workers(1, warm_up=WARM) as workers:  # one process each, whose memory is the suite's
            tally = suite(folder, workers)
        report(tally)
        faults += len(tally.faults)
    print(f"{faults} faults")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
