"""Crawl a corpus, change the extractor, and read it all again: is what changes right, and done once, however stopped?

    python -m tests.proofs.reextract CORPUS_DIR [CORPUS_DIR ...] [--pages N]

The pages are served on loopback and crawled. Then `dateline reextract` runs as tests.proofs.other_extractor: first to
tell, then to write, stopped by SIGINT and by SIGKILL on the way, then to the end. What it should tell and write is
counted without it: the same extractor reads the files of the corpus by `dateline extract --batch`, and its records are
compared with the rows. At last the newsroom edits some pages, and they are crawled again. Printed: each claim, right or
wrong, with its figures. Exit 0 when all are right, else 1.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from dateline.postgres import Server
from pipelines.database import Database, DatabaseError
from pipelines.migrating import migrate
from tests.bench.corpus import load, sources_toml
from tests.bench.end_to_end import watch_memory
from tests.commands import DATELINE
from tests.proofs.kill_loop import reachable
from tests.site import Entry, Site

OTHER = [sys.executable, "-m", "tests.proofs.other_extractor"]
SITES = 4
EDITED = 100  # pages, at most
# What the record of a page and its row have both; what a site opts out of is read elsewhere too.
FIELDS = (
    "title", "text", "excerpt", "authors", "agency", "dateline_place", "dateline_date", "published_at",
    "published_precision", "published_origin", "date_witnesses", "modified_at", "language", "section", "tags",
    "image_url", "site_name", "word_count", "kind", "paywalled", "quality_flags", "removed",
)  # fmt: skip
SAID = ("title", "text", "revision_count")
UNTOUCHED = "revision_count, changed_at, first_seen_at, last_seen_at, gone_at, run_id, capture_id"
Row = dict[str, Any]


@dataclass
class Proof:
    """The archive, the sites it is of, and how many claims were wrong."""

    database: Database
    environment: dict[str, str]
    folder: Path
    sites: list[Site]
    bodies: dict[str, bytes]  # by URL
    wrong: int = 0
    expected: dict[str, Row] = field(default_factory=dict)  # what the other extractor reads, by URL

    def claim(self, name: str, found: object, wanted: object) -> None:
        """Print whether what was found is what was wanted."""
        self.wrong += found != wanted
        print(f"{'right' if found == wanted else 'WRONG'}  {name}: {found}", end="", flush=True)
        print("" if found == wanted else f", not {wanted}", flush=True)

    def ask(self, query: str, *parameters: object) -> list[Row]:
        """The rows of a query."""
        with self.database.transaction() as cursor:
            cursor.execute(query, parameters)
            return [row._asdict() for row in cursor]

    def number(self, query: str, *parameters: object) -> int:
        """The one number that a query gives."""
        return int(next(iter(self.ask(query, *parameters)[0].values())))

    @property
    def asked(self) -> int:
        """Requests that the sites have had."""
        return sum(len(site.requests) for site in self.sites)

    def run(self, *command: str) -> tuple[int, Row, str]:
        """Run a command to its end, and print how it went: its exit code, and its JSON."""
        started, output = time.monotonic(), self.folder / "out.json"
        with output.open("w") as out, (self.folder / "err").open("w") as err:
            running = subprocess.Popen(command, env=self.environment, stdout=out, stderr=err)
            memory = watch_memory(running)
        seconds = time.monotonic() - started
        print(f"       {' '.join(command[-4:])}: {seconds:.1f} s, {memory['crawler_mb']:.0f} MB and ", end="")
        print(f"{memory['workers_mb']:.0f} MB in workers", flush=True)
        lines = output.read_text().splitlines()
        said = json.loads(lines[-1]) if lines else {}
        return running.returncode, said | {"seconds": seconds}, (self.folder / "err").read_text()[-2000:]


def crawl(proof: Proof, *program: str) -> Row:
    """Crawl all that there is; every page is due."""
    proof.ask("update pages set due_at = now() returning id")
    code, said, err = proof.run(*program, "crawl", "--all", "--allow-private", "--json")
    if code:
        sys.exit(f"proof: the crawl ended with {code}: {err}")
    return said


def rows(proof: Proof) -> dict[str, Row]:
    """The articles by their URL, as a program would have them from JSON."""
    found = proof.ask(
        f"select id, url, extractor, {', '.join(FIELDS)}, {UNTOUCHED} from articles where capture_id is not null"
    )
    return {row["url"]: row for row in found}


def read_otherwise(proof: Proof, urls: Collection[str] | None = None) -> dict[str, Row]:
    """What the other extractor reads in the pages, or in some, by URL; with `error` where nothing."""
    orders = []
    captures = proof.ask("select distinct on (url) url, fetched_at from captures order by url, id")
    for n, capture in enumerate(c for c in captures if urls is None or c["url"] in urls):
        (proof.folder / f"{n}.html").write_bytes(proof.bodies[capture["url"]])
        facts = {"id": capture["url"], "url": capture["url"], "path": f"{n}.html"}
        orders.append(json.dumps(facts | {"fetched_at": capture["fetched_at"].isoformat()}))
    batch = proof.folder / "batch.jsonl"
    batch.write_text("\n".join(orders))
    command = [*OTHER, "extract", "--batch", str(batch)]
    done = subprocess.run(command, env=proof.environment, capture_output=True, text=True, check=True)
    return {record["id"]: record for record in map(json.loads, done.stdout.splitlines())}


def is_story(record: Row) -> bool:
    """Whether the archive would keep it."""
    return record.get("kind") in ("article", "live", "gallery", "video") and bool(record["title"])


def differing(row: Row, record: Row) -> list[str]:
    """The fields in which an article's row and a record differ."""
    return [name for name in FIELDS if plain(row[name]) != plain(record[name], name)]


def plain(value: Any, name: str = "") -> Any:
    """A value of a row or a record, comparable: moments in UTC, a bare day at midnight."""
    if name in ("published_at", "modified_at") and isinstance(value, str):
        value = datetime.fromisoformat(value)
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return value.isoformat() if isinstance(value, date) else value


def tell(proof: Proof, before: dict[str, Row], none: set[str]) -> Row:
    """Let it tell what would change, and compare; its report. `none` are the pages that were no stories."""
    asked, stories = proof.asked, {url for url, record in proof.expected.items() if is_story(record)}
    code, said, err = proof.run(*OTHER, "reextract", "--json")
    counted = Counter(name for u in before.keys() & stories for name in differing(before[u], proof.expected[u]))
    gone = {u for u in before.keys() - stories if "error" not in proof.expected[u]}
    proof.claim("exit code, and what it complains of", (code, err), (0, ""))
    proof.claim(
        "fields that differ", {k: v["count"] for k, v in sorted(said["fields"].items())}, dict(sorted(counted.items()))
    )
    changed = sum(bool(differing(before[u], proof.expected[u])) for u in before.keys() & stories)
    proof.claim("articles that change", said["changed"], changed)
    proof.claim("no longer stories", urls_of(said["no_longer_stories"]), Same(gone))
    proof.claim("stories that were none", urls_of(said["now_stories"]), Same(none & stories))
    without = proof.number("select count(*) from articles where capture_id is null")
    proof.claim("articles of which no capture was kept", said["without_capture"], without)
    proof.claim("lost or unreadable", [*said["lost"], *said["unreadable"]], [])
    proof.claim("requests meanwhile", proof.asked - asked, 0)
    now = rows(proof)
    proof.claim("rows that changed meanwhile", sum(now[u] != row for u, row in before.items()), 0)
    print(f"       {said['read']} captures, {said['read'] / said['seconds']:.1f} pages/s", flush=True)
    return said


class Same(frozenset[str]):
    """A set of URLs that says how many they are."""

    def __repr__(self) -> str:
        return f"{len(self)} pages" if len(self) > 10 else f"{len(self)} pages {sorted(self)}"


def urls_of(pages: list[Row]) -> Same:
    """The addresses of a list of the report."""
    return Same(page["url"] for page in pages)


def apply(proof: Proof, all_of_them: int) -> None:
    """Let it write, stopped on the way by SIGINT and by SIGKILL, then to the end, then once more."""
    asked, total = proof.asked, 0
    for stop, share, wanted in ((signal.SIGINT, 0.3, 75), (signal.SIGKILL, 0.6, -signal.SIGKILL)):
        running = subprocess.Popen(
            [*OTHER, "reextract", "--apply"],
            env=proof.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while running.poll() is None and done(proof) < share * all_of_them:
            time.sleep(0.05)
        running.send_signal(stop)
        proof.claim(f"exit code after {stop.name}", running.wait(), int(wanted))
        total = done(proof)
        print(f"       {total} of {all_of_them} articles read again", flush=True)
    code, said, err = proof.run(*OTHER, "reextract", "--apply", "--json")
    proof.claim("exit code of the last", (code, err), (0, ""))
    proof.claim("lost or unreadable", [*said["lost"], *said["unreadable"]], [])
    print(f"       {said['read']} captures, {said['read'] / said['seconds']:.1f} pages/s, written", flush=True)
    code, _, _ = proof.run(*OTHER, "reextract", "--apply", "--json")
    proof.claim("exit code of one more, that finds nothing", code, 3)
    proof.claim("requests meanwhile", proof.asked - asked, 0)


def done(proof: Proof) -> int:
    """Articles that another version than the first has read."""
    return proof.number("select count(*) from articles where extractor like 'dateline 99%%'")


def check(proof: Proof, before: dict[str, Row], none: set[str], runs: list[Row]) -> None:
    """Compare what was written with what the other extractor reads, row by row."""
    after, stories = rows(proof), {url for url, record in proof.expected.items() if is_story(record)}
    kept = before.keys() & stories
    edited = {u for u in kept if {"title", "text"} & {*differing(before[u], proof.expected[u])}}
    proof.claim(
        "articles that say something else than they should",
        [u for u in kept if differing(after[u], proof.expected[u])],
        [],
    )
    proof.claim(
        "articles that are no longer stories and were touched",
        [u for u in before.keys() - stories if after[u] != before[u]],
        [],
    )
    versions = Counter(after[u]["extractor"].split(",")[0] for u in kept)
    proof.claim("articles by version", len(versions), 1)
    names = UNTOUCHED.split(", ")
    moved = [u for u in kept if any(after[u][name] != before[u][name] for name in names)]
    proof.claim("articles with another count, moment, run or capture", moved, [])
    revisions = proof.ask("select a.url, r.* from revisions r join articles a on a.id = r.article_id")
    proof.claim("articles with a revision", Same(r["url"] for r in revisions), Same(edited))
    proof.claim("revisions", len(revisions), len(edited))
    proof.claim("revisions by maker", {r["made_by"] for r in revisions} or {"extractor"}, {"extractor"})
    other = [
        r["url"] for r in revisions if (r["title"], r["text"]) != tuple(before[r["url"]][k] for k in ("title", "text"))
    ]
    proof.claim("revisions that are not what was said before", other, [])
    proof.claim("runs as before", proof.ask("select * from runs order by id") == runs, True)
    twins = {r["url"] for r in proof.ask("select url from pages where outcome = 'twin'")}
    proof.claim("new articles", Same((after.keys() - before.keys()) | (none & stories & twins)), Same(none & stories))


def edit(proof: Proof, articles: dict[str, Row]) -> set[str]:
    """Add words to a paragraph of some articles' pages; their URLs."""
    chosen = set()
    for url, row in sorted(articles.items()):
        body = proof.bodies[url]
        for line in row["text"].split("\n")[2:]:
            found = line.encode()
            if len(line) > 120 and body.count(found) == 1 and row["text"].count(line) == 1 and " " in line:
                first, _, rest = line.partition(" ")
                proof.bodies[url] = body.replace(found, f"{first} corrected {rest}".encode())
                chosen.add(url)
                break
        if len(chosen) == EDITED:
            break
    return chosen


def newsroom(proof: Proof) -> None:
    """Edit some pages and crawl all of them again with the other extractor.

    Some pages are no stories for it once edited: to the other rules the length of the text matters. Of some it takes
    the text from another place than was edited. Those stay as they were.
    """
    last = proof.number("select coalesce(max(id), 0) from revisions")
    before = rows(proof)
    edited = edit(proof, {u: r for u, r in before.items() if r["extractor"].startswith("dateline 99")})
    records = read_otherwise(proof, edited)
    chosen = {u for u, record in records.items() if is_story(record) and record["text"] != before[u]["text"]}
    print(f"       {len(edited)} pages edited, {len(chosen)} of them stories in which it is read", flush=True)
    serve(proof.sites, proof.bodies)
    said = crawl(proof, *OTHER)
    after = rows(proof)
    touched = [url for url in edited - chosen if any(after[url][name] != before[url][name] for name in SAID)]
    proof.claim("articles of which no edit is to be read, and were touched", touched, [])
    proof.claim("revised by the crawl", said["revised"], len(chosen))
    new = proof.ask("select a.url, r.* from revisions r join articles a on a.id = r.article_id where r.id > %s", last)
    newsrooms = [(r["url"], r["change"]) for r in new if r["made_by"] == "newsroom"]
    proof.claim("articles with an edit of the newsroom", Same(url for url, _ in newsrooms), Same(chosen))
    proof.claim("their kinds", {change for _, change in newsrooms}, {"substantive"})
    proof.claim("revisions, one an edit", len(newsrooms), len(chosen))


def serve(sites: list[Site], bodies: dict[str, bytes]) -> None:
    """Set every page, and the sitemap of each site."""
    for site in sites:
        paths = [url.removeprefix(site.at("")) for url in bodies if url.startswith(site.url)]
        for path in paths:
            site.page(path, bodies[site.at(path)], content_type="text/html")
        site.sitemap("/sitemap.xml", [Entry(path) for path in paths])


@contextmanager
def prepared(folders: list[Path], most: int | None) -> Iterator[Proof]:
    """A fresh archive, and the corpus on a few sites."""
    pages = [body for outlet in load(folders, fewest=1).values() for _, body in outlet][:most]
    with ExitStack() as stack:
        folder = stack.enter_context(
            reachable(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dateline-proof-"))))
        )
        server = stack.enter_context(Server(folder / "home", fsync="off").running())
        server.ensure_database("dateline")
        migrate(server.url("dateline"))
        sites = [stack.enter_context(Site()) for _ in range(SITES)]
        bodies = {sites[n % SITES].at(f"/news/{n}/a-story-of-the-corpus.html"): body for n, body in enumerate(pages)}
        serve(sites, bodies)
        (folder / "sources.toml").write_text(
            sources_toml({f"outlet-{n}": s.port for n, s in enumerate(sites)}, delay=0)
        )
        environment = os.environ | {
            "DATELINE_HOME": str(folder / "state"), "DATELINE_SOURCES": str(folder / "sources.toml"),
            "DATELINE_DATABASE_URL": server.url("dateline"),
        }  # fmt: skip
        database = stack.enter_context(Database(server.url("dateline"), 1))
        yield Proof(database, environment, folder, sites, bodies)


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("corpus", nargs="+", type=Path)
    cli.add_argument("--pages", type=int, help="so many of the corpus, not all")
    options = cli.parse_args()
    with prepared(options.corpus, options.pages) as proof:
        crawl(proof, DATELINE)
        before, runs = rows(proof), proof.ask("select * from runs order by id")
        none = {row["url"] for row in proof.ask("select url from pages where outcome = 'skipped'")}
        outcomes = proof.ask("select outcome, count(*) from pages group by outcome order by outcome")
        said = ", ".join(f"{row['count']} {row['outcome']}" for row in outcomes)
        print(f"       {len(proof.bodies)} pages: {said}", flush=True)
        proof.expected = read_otherwise(proof)
        tell(proof, before, none)
        apply(proof, len(before))
        check(proof, before, none, runs)
        newsroom(proof)
    print(f"{proof.wrong} claims wrong")
    return int(proof.wrong > 0)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DatabaseError as error:
        sys.exit(f"proof: {error}")
