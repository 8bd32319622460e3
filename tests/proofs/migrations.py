"""Change the schema while a crawl writes and people read, kill -9 what changes it, and start from every old version.

    python -m tests.proofs.migrations [--stories 400]

1. Every version of the schema, filled as that version wrote, is brought to the newest: its old rows must be the same,
   the schema a fresh one's.
2. Three outlets on loopback are crawled. Until the crawl ends, migrations follow each other: columns, indexes and
   batches online, on every table that the crawl writes. Half of the time somebody holds a transaction open on articles;
   every third migration is begun by two processes at once, one of which is killed with -9. Printed: the migrations, the
   slowest of the readers' queries, how the crawl ended, what it stored. Exit 0 when the crawl exits 0 with every story,
   no query failed, every migration was applied, and no query took longer than 2 s.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path

from dateline.postgres import Server
from pipelines.database import DatabaseError, connect
from pipelines.migrating import Migration, Session, apply, migrate, migrations
from tests import schemas
from tests.commands import DATELINE
from tests.documents import Entry, article_html, prose
from tests.site import Site
from tests.waits import Readers

SLOWEST = 2.0  # seconds
OUTLETS = 3
TABLES = ("articles", "pages", "fetches", "captures", "hosts", "runs", "endpoints", "sources")
COLUMN = "alter table {table} add proof_{n} text not null default 'none'"
INDEX = "-- online\n\ncreate index concurrently if not exists proof_{n} on {table} ({column});\n"
BATCHES = """-- online

do $$
begin
    loop
        update articles set section = 'proof {n}'
        where id in (select id from articles where section is distinct from 'proof {n}' order by id limit 50);
        exit when not found;
        commit;
    end loop;
end
$$;
"""
COLUMNS = {"articles": "kind", "pages": "outcome", "fetches": "outcome", "captures": "status", "hosts": "failures",
           "runs": "outcome", "endpoints": "outcome", "sources": "failures"}  # fmt: skip
ANOTHER = """
import sys
from contextlib import closing
from pipelines.migrating import Migration, Session, apply, migrations
with closing(Session(sys.argv[1])) as session:
    apply(session, [*migrations(), Migration(sys.argv[2], sys.argv[3])])
"""


def later() -> Iterator[Migration]:
    """Migrations without an end."""
    for n in count(1):
        table = TABLES[n % len(TABLES)]
        form = BATCHES if n % 10 == 0 else (COLUMN, INDEX)[n // len(TABLES) % 2]
        yield Migration(f"9{n:04}_proof", form.format(n=n, table=table, column=COLUMNS[table]))


def history(server: Server) -> bool:
    """Bring every version up to date; whether all is as it was."""
    good = True
    for version in schemas.VERSIONS:
        server.ensure_database(f"from_{version}")
        url = server.url(f"from_{version}")
        schemas.bring_to(url, version)
        schemas.fill(url, version)
        before, began = schemas.rows(url), time.monotonic()
        migrate(url)
        seconds = time.monotonic() - began
        changed = schemas.changed(before, schemas.rows(url))
        same = schemas.dump(server, url) == schemas.SCHEMA.read_text()
        schemas.read_everything(url)
        told = f"changed in {', '.join(changed)}" if changed else "as they were"
        schema = "a fresh one's" if same else "another"
        print(f"from {version}: {seconds:.1f} s; rows {told}; schema {schema}", flush=True)
        good = good and same and not changed
    return good


@contextmanager
def outlets(stories: int, folder: Path) -> Iterator[Path]:
    """As many stories on loopback, and the sources.toml that names their outlets."""
    with ExitStack() as stack:
        lines = []
        for number in range(OUTLETS):
            site = stack.enter_context(Site())
            paths = [f"/news/a-story-about-the-harbour-{n}.html" for n in range(number, stories, OUTLETS)]
            for n, path in enumerate(paths):
                said = prose(seed=n * OUTLETS + number)
                site.page(path, article_html(f"Harbour {number}, part {n}", said, published="2026-03-04"))
            site.sitemap("/sitemap.xml", [Entry(path) for path in paths])
            lines.append(f'[[source]]\nname = "outlet-{number}"\nurl = "{site.url}"\n'
                         f'sitemaps = ["{site.at("/sitemap.xml")}"]\ndelay = 0.05\n')  # fmt: skip
        sources = folder / "sources.toml"
        sources.write_text("\n".join(lines))
        yield sources


@contextmanager
def somebody_in_the_way(url: str) -> Iterator[None]:
    """Meanwhile hold a transaction open on articles half of the time, two seconds each."""
    done = threading.Event()

    def hold() -> None:
        while not done.wait(2):
            with closing(connect(url)) as connection, connection.cursor() as cursor:
                cursor.execute("begin")
                cursor.execute("select from articles limit 1")
                done.wait(2)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def change(url: str, number: int, migration: Migration) -> list[str]:
    """Apply one migration; every third time beside another process that is killed while it does the same."""
    if number % 3 == 0:
        other = subprocess.Popen([sys.executable, "-c", ANOTHER, url, migration.name, migration.sql])
        time.sleep(random.uniform(0.2, 0.6))
        other.send_signal(signal.SIGKILL)
        other.wait()
    with closing(Session(url)) as session:
        return apply(session, [*migrations(), migration])


def beside_a_crawl(url: str, folder: Path, stories: int) -> bool:
    """Crawl, read and migrate at once; whether nothing was lost and nobody stalled."""
    with outlets(stories, folder) as sources, Readers(url) as readers, somebody_in_the_way(url):
        environment = os.environ | {
            "DATELINE_HOME": str(folder / "state"), "DATELINE_SOURCES": str(sources), "DATELINE_DATABASE_URL": url,
        }  # fmt: skip
        command = [DATELINE, "crawl", "--all", "--allow-private", "--json"]
        crawl = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        longest, begun = 0.0, []
        for number, migration in enumerate(later()):
            if crawl.poll() is not None:
                break
            began = time.monotonic()
            change(url, number, migration)
            longest = max(longest, time.monotonic() - began)
            begun.append(migration.name)
        said, _ = crawl.communicate()
    applied, stored = _counted(url)
    print(f"{len(begun)} migrations begun, {applied} recorded, the longest took {longest:.1f} s")
    print(f"{readers.queries} queries of readers, the slowest {readers.slowest:.2f} s")
    print(f"crawl: exit {crawl.returncode}, {json.loads(said)['failed']} failed; {stored} of {stories} stories stored")
    return (applied, stored, crawl.returncode) == (len(begun), stories, 0) and readers.slowest < SLOWEST


COUNTED = """
    select (select count(*) from schema_migrations where name like '9%') as applied, count(*) as stored from articles
"""


def _counted(url: str) -> tuple[int, int]:
    """Migrations of ours that are recorded, and articles."""
    with closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(COUNTED)
        applied, stored = cursor.fetchone() or (0, 0)
        return applied, stored


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--stories", type=int, default=400)
    options = cli.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-proof-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # or the user who runs the server for root could not enter
        with Server(folder / "home").running() as server:
            good = history(server)
            server.ensure_database("dateline")
            migrate(server.url("dateline"))
            return int(not (beside_a_crawl(server.url("dateline"), folder, options.stories) and good))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DatabaseError as error:
        sys.exit(f"proof: {error}")
