"""Forget two stories and look for them in every byte that is kept; then crawl again and read the site's own log.

    python -m tests.proofs.forget [--articles 60]

Two outlets are crawled twice, with edits between. Of one story the words are of random letters, so that Postgres
stores them as they are: its sentences, headline, author and address are looked for as they stand. Of another the text
is stored compressed: the very bytes that Postgres made of it are looked for. Both are in the feed with their titles;
one has a twin, and a copy elsewhere. All files are read: of the database, its write-ahead log, its server's log,
and the captures, as they are and unpacked. Printed: in which of them each is found before, after `dateline forget
--no-scrub`, and after `dateline forget --scrub`. Exit 0 when in the end it is nowhere and was not asked for again.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import string
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dateline.postgres import Server
from pipelines.database import Database, DatabaseError
from pipelines.migrating import migrate
from tests.commands import DATELINE
from tests.documents import Entry, article_html, prose
from tests.proofs.kill_loop import reachable
from tests.site import Site

PLAIN, PACKED, TWIN, COPY = (
    "/news/the-plain-{}.html",
    "/news/the-packed-{}.html",
    "/amp/twin-{}.html",
    "/a/copy-{}.html",
)
SAMPLE = 48  # bytes of what Postgres made of a text


@dataclass(frozen=True, slots=True)
class Case:
    """What is run: the folder of the state, the server, two sites, and the environment of the command."""

    folder: Path
    server: Server
    site: Site
    other: Site
    environment: dict[str, str]
    database: Database
    secret: str

    def dateline(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run the command; another exit code ends the proof."""
        done = subprocess.run([DATELINE, *words], env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode != code:
            sys.exit(f"proof: {' '.join(words)} ended with {done.returncode}: {done.stderr}")
        return done

    def ask(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        """The rows of a query."""
        with self.database.transaction() as cursor:
            cursor.execute(query, parameters)
            return [tuple(row) for row in cursor.fetchall()]


def gibberish(choose: random.Random, words: int) -> str:
    """A sentence of words that no one ever wrote."""
    return " ".join("".join(choose.choices(string.ascii_lowercase, k=9)) for _ in range(words)).capitalize() + "."


def serve(case: Case, articles: int, edit: str) -> None:
    """Serve the stories of both outlets as they are after that edit."""
    site, secret, choose = case.site, case.secret, random.Random(case.secret)
    plain = [gibberish(choose, 40) for _ in range(8)]
    plain[3] += f" The {secret}sentence was said but once."
    title = f"The {secret}title of a story"
    pages = {f"/news/a-story-of-the-harbour-{n}.html": (f"The harbour, part {n}", prose(n, 6)) for n in range(articles)}
    pages[PLAIN.format(secret)] = (title, [*plain, f"{edit} {secret}edit."])
    pages[PACKED.format(secret)] = (f"The {secret}packed story", [*prose(secret, 40), f"{secret}packed {edit}."])
    for path, (headline, text) in pages.items():
        authors = [f"Jane {secret}author"] if secret in path else ["Ann Lee"]
        site.page(path, article_html(headline, text, published="2026-03-04", authors=authors))
    head = f"<link rel=canonical href='{site.at(PLAIN.format(secret))}'>"
    site.page(TWIN.format(secret), article_html(title, plain, published="2026-03-04", head=head))
    site.rss(
        "/feed.xml",
        [*(Entry(path, headline) for path, (headline, _) in pages.items()), Entry(TWIN.format(secret), title)],
    )
    case.other.page(COPY.format(secret), article_html(f"{title}, copied", [*plain, f"{edit} {secret}edit."]))
    case.other.rss("/feed.xml", [Entry(COPY.format(secret), f"{title}, copied")])


def needles(case: Case) -> dict[str, bytes]:
    """What is looked for, by what it is; the last is what the database's own files have of the packed story."""
    said = {"sentence": "sentence", "headline": "title", "edit": "edit", "author": "author", "packed word": "packed"}
    found = {name: f"{case.secret}{word}".encode() for name, word in said.items()}
    [(table, chunk)] = case.ask(
        "select (select reltoastrelid::regclass::text from pg_class where oid = 'articles'::regclass) as t,"
        " pg_column_toast_chunk_id(text) as c from articles where url like %s",
        f"%{PACKED.format(case.secret)}",
    )
    [(data,)] = case.ask(f"select chunk_data from {table} where chunk_id = %s and chunk_seq = 0", chunk)
    return found | {"address": f"-{case.secret}.html".encode(), "packed text": bytes(data)[100 : 100 + SAMPLE]}  # type: ignore[call-overload]


def files(case: Case) -> Iterator[tuple[str, bytes]]:
    """Every file of the state with the kind of what it holds; captures twice, as they are and unpacked."""
    rows = case.ask(
        "select pg_relation_filepath(c.oid) as file, coalesce(i.relname, t.relname, c.relname) as name, c.relkind"
        " from pg_class c"
        " left join pg_class t on t.reltoastrelid = c.oid left join pg_index x on x.indexrelid = c.oid"
        " left join pg_class i on i.oid = x.indrelid where pg_relation_filepath(c.oid) is not null"
    )
    kinds = {str(file): f"{'index of ' if kind == 'i' else ''}{name}" for file, name, kind in rows}
    for path in sorted(case.folder.rglob("*")):
        if path.is_file():
            body = path.read_bytes()
            name = str(path.relative_to(case.server.data)) if path.is_relative_to(case.server.data) else path.name
            kind = kinds.get(name.partition("_")[0] if name.startswith("base/") else name, name)
            yield ("write-ahead log" if name.startswith("pg_wal/") else kind.partition("/")[0]), body
            if path.suffix == ".gz":
                yield "WARC files", gzip.decompress(body)


def look(case: Case, wanted: Mapping[str, bytes]) -> dict[str, Counter[str]]:
    """In how many files of each kind each needle is, after all that the server has in memory is written."""
    case.ask("checkpoint; select 1")
    found = defaultdict[str, Counter[str]](Counter)
    for kind, body in files(case):
        found[kind].update(name for name, needle in wanted.items() if needle in body)
    return {kind: names for kind, names in found.items() if names}


def tell(when: str, found: Mapping[str, Counter[str]]) -> None:
    """Print where something was found."""
    print(f"{when}: found in {len(found)} kinds of files")
    for kind, names in sorted(found.items()):
        print(f"  {kind:<24} {', '.join(f'{name} ({count})' for name, count in sorted(names.items()))}")


def prove(case: Case, articles: int) -> int:
    """Run all of it; how many faults there were."""
    serve(case, articles, "Once")
    case.dateline("crawl", "--all", "--allow-private")
    serve(case, articles, "Twice")
    case.ask("update pages set due_at = now() returning id")
    case.dateline("crawl", "--all", "--allow-private")
    case.dateline("crawl", "--allow-private", case.site.at(TWIN.format(case.secret)))
    case.ask("analyze; select 1")
    stored = case.ask(
        "select count(*) as a, (select count(*) from revisions) as r, (select count(*) from captures) as c"
        " from articles"
    )
    print(f"{stored[0][0]} articles, {stored[0][1]} former states, {stored[0][2]} captures")
    wanted = needles(case)
    before = look(case, wanted)
    tell("before", before)
    plain, packed = (case.site.at(path.format(case.secret)) for path in (PLAIN, PACKED))
    began = time.monotonic()
    case.dateline("forget", plain, packed, "--copies", "--yes", "--no-scrub", "--reason", "a proof")
    print(f"forgotten in {time.monotonic() - began:.1f} s")
    tell("after --no-scrub", look(case, wanted))
    print("rows that hold any of it:", _rows(case, wanted) or "none")
    print(case.dateline("forget", "--scrub").stdout.strip())
    after = look(case, wanted)
    tell("after --scrub", after)
    again = leave_alone(case)
    left = case.ask("select count(*) as n from articles where length(text) > 500")[0][0]
    print(f"{left} of {articles} other articles are as they were; asked for again: {again or 'nothing'}")
    rows = _rows(case, wanted)
    print("rows that hold any of it after all that:", rows or "none")
    missing = set(wanted) - set().union(*before.values())
    if missing:
        print(f"never found, so nothing was proved of: {', '.join(sorted(missing))}")
    return len(after) + len(again) + len(missing) + (left != articles) + len(rows)


def _rows(case: Case, wanted: Mapping[str, bytes]) -> list[str]:
    """The tables of which a row holds a needle."""
    tables = [str(name) for (name,) in case.ask("select tablename from pg_tables where schemaname = 'public'")]
    words = [needle.decode() for name, needle in wanted.items() if name != "packed text"]
    query = (
        "select 1 as n from {} t where exists (select from unnest(%s) w where strpos(to_jsonb(t)::text, w) > 0) limit 1"
    )
    statistics = (
        "select 1 as n from pg_stats t where exists (select from unnest(%s) w where strpos(t::text, w) > 0) limit 1"
    )
    found = [name for name in tables if case.ask(query.format(name), words)]
    return found + (["pg_stats"] if case.ask(statistics, words) else [])


def leave_alone(case: Case) -> list[str]:
    """Lead crawls, by name too, and a re-extraction to the stories; the paths that were asked for all the same."""
    asked = len(case.site.requests), len(case.other.requests)
    case.ask("update pages set due_at = now() returning id")
    case.ask("update endpoints set due_at = now(), etag = null, last_modified = null returning id")
    case.dateline("crawl", "--all", "--allow-private")
    named = [case.site.at(path.format(case.secret)) for path in (PLAIN, PACKED, TWIN)]
    case.dateline("crawl", "--allow-private", *named, case.other.at(COPY.format(case.secret)), code=3)
    case.ask("update articles set extractor = 'dateline 1' returning id")
    case.dateline("reextract", "--apply")
    new = [*case.site.paths()[asked[0] :], *case.other.paths()[asked[1] :]]
    print(f"crawled again: {len(new)} requests")
    return [path for path in new if case.secret in path]


def entry(name: str, site: Site) -> str:
    """An outlet of one feed, for sources.toml."""
    facts = {"name": name, "url": site.url, "delay": 0, "feeds": [site.at("/feed.xml")], "discover": ["feed"]}
    return "[[source]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in facts.items())


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--articles", type=int, default=60)
    options = cli.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="dateline-proof-") as name,
        reachable(Path(name)) as folder,
        Server(folder / "home").running() as server,
        Site() as site,
        Site("127.0.0.2") as other,
    ):
        server.ensure_database("dateline")
        migrate(server.url("dateline"))
        sources = folder / "sources.toml"
        entries = {"the-harbour": site, "the-other": other}
        sources.write_text("".join(entry(name, one) for name, one in entries.items()))
        environment = os.environ | {
            "DATELINE_HOME": str(folder / "state"), "DATELINE_SOURCES": str(sources),
            "DATELINE_DATABASE_URL": server.url("dateline"),
        }  # fmt: skip
        with Database(server.url("dateline"), 1) as database:
            secret = "".join(random.choices(string.ascii_lowercase, k=10))
            return int(prove(Case(folder, server, site, other, environment, database, secret), options.articles) > 0)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DatabaseError as error:
        sys.exit(f"proof: {error}")
