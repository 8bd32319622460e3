"""Export many articles to Parquet in bounded memory, read them back; then miss no row that is committed late.

    python -m tests.proofs.export [--rows 20000]

The rows are made by SQL in a database of their own. Printed: rows, seconds, megabytes of the file and of the exporting
process at its peak. Exit 0 when the file has the rows that the table has (by count, and by a hash of id and
content_sha256), when the process stayed below 200 MB, and when the increments have each row once, the one whose writer
committed during an export among them; else 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dateline.postgres import Server
from pipelines.database import Database, connect
from pipelines.migrating import migrate
from tests.commands import DATELINE

MOST_MB = 200


def fill(database: Database, rows: int) -> None:
    """Articles of some 4 KB each, of twenty outlets."""
    for statement in FILL:
        with database.transaction() as cursor:
            cursor.execute("set local statement_timeout = 0")
            cursor.execute(statement, {"rows": rows})


FILL = (
    # No export asks for words, and a million articles are quicker without them.
    "drop index articles_search_facets",
    "alter table articles disable trigger articles_note_first_words",
    """insert into sources (name, url, origin)
        select 'outlet-' || n, 'https://' || n || '.example/', 'one_off' from generate_series(0, 19) n""",
    """insert into runs (source_id, batch, trigger, worker)
        select id, gen_random_uuid(), 'cli', 'proof' from sources""",
    """insert into pages (source_id, url, canonical_url, url_sha256)
        select 1 + n %% 20, 'https://x.example/' || n, 'https://x.example/' || n, sha256(n::text::bytea)
        from generate_series(1, %(rows)s) n""",
    """insert into articles (source_id, page_id, run_id, url, canonical_url, url_sha256, title, text, word_count, kind,
            content_sha256, first_seen_at, last_seen_at, changed_at, extractor, authors, date_witnesses, opt_outs)
        select source_id, id, source_id, url, canonical_url, url_sha256, 'Title ' || id,
            repeat('Paragraph ' || md5(id::text) || ' with words of its own.' || chr(10), 65), 400, 'article',
            sha256(('text ' || id)::bytea), now(), now(), now(), 'proof', array['Ann Lee', 'Bo Li'],
            '[{"origin": "json_ld", "value": "2026-03-04"}]', case when id %% 7 = 0 then '{noai}'::text[] else '{}' end
        from pages""",
)


def exported(environment: dict[str, str], file: Path, *arguments: str) -> dict[str, Any]:
    """Export to the file; its manifest."""
    command = [DATELINE, "export", "--format", "parquet", "--output", str(file), *arguments]
    subprocess.run(command, env=environment, check=True, stderr=subprocess.DEVNULL)
    manifest = json.loads(file.with_name(f"{file.name}.manifest.json").read_text())
    assert isinstance(manifest, dict)
    return manifest


def in_file(file: Path) -> tuple[int, str]:
    """Count and hash of what the file has, a row group at a time."""
    parquet, pairs = pq.ParquetFile(file), list[tuple[int, str]]()
    for group in range(parquet.num_row_groups):
        table = parquet.read_row_group(group, columns=["id", "content_sha256"])
        pairs += zip(*(table.column(name).to_pylist() for name in ("id", "content_sha256")), strict=True)
    return len(pairs), _hash(pairs)


def in_table(database: Database) -> tuple[int, str]:
    """Count and hash of what the table has."""
    with database.transaction() as cursor:
        cursor.execute("select id, encode(content_sha256, 'hex') as sha from articles")
        pairs = [(row.id, row.sha) for row in cursor]
    return len(pairs), _hash(pairs)


def _hash(pairs: list[tuple[int, str]]) -> str:
    return hashlib.sha256("".join(f"{n} {sha}\n" for n, sha in sorted(pairs)).encode()).hexdigest()


def nothing_is_missed(database: Database, environment: dict[str, str], folder: Path, cursor: str) -> bool:
    """A writer begins, another ends, an export runs, the first commits: is each row in one increment, and one only?"""
    late = connect(database.url)
    late.autocommit = False
    with late.cursor() as session:
        session.execute("update articles set section = 'late' where id = 1")
        with database.transaction() as other:
            other.execute("update articles set section = 'early' where id = 2")
        during = exported(environment, folder / "during", "--since", cursor)
        late.commit()
    late.close()
    after = exported(environment, folder / "after", "--since", during["cursor"])
    last = exported(environment, folder / "last", "--since", after["cursor"])
    ids = [pq.read_table(folder / name, columns=["id"]).column("id").to_pylist() for name in ("during", "after")]
    print(f"increments: {ids[0]} during, {sorted(ids[1])} after, {last['rows']} at last")
    return sorted(ids[0] + ids[1]) == [1, 2] and last["rows"] == 0


def main() -> int:
    """Run the proof."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--rows", type=int, default=20_000)
    rows = cli.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="dateline-export-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the user who runs the server for root must get in
        with Server(folder, fsync="off").running() as server:
            server.ensure_database("proof")
            migrate(server.url("proof"))
            with Database(server.url("proof")) as database:
                fill(database, rows)
                return judge(database, folder, rows)


def judge(database: Database, folder: Path, rows: int) -> int:
    """Export, compare, and tell."""
    environment = os.environ | {"DATELINE_DATABASE_URL": database.url, "DATELINE_HOME": str(folder / "home")}
    started = time.monotonic()
    manifest = exported(environment, folder / "all.parquet")
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # the export is the largest child so far
    same = in_file(folder / "all.parquet") == in_table(database) and manifest["rows"] == rows
    size = (folder / "all.parquet").stat().st_size / 1e6
    print(
        f"{rows} rows in {seconds:.1f} s, {size:.1f} MB, peak {peak:.0f} MB; the file {'has' if same else 'LACKS'} them"
    )
    complete = nothing_is_missed(database, dict(environment), folder, manifest["cursor"])
    return 0 if same and complete and peak < MOST_MB else 1


if __name__ == "__main__":
    sys.exit(main())
