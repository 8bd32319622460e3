"""`dateline export`: formats, filters, manifests, and increments that miss nothing."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dateline.errors import Interrupted
from dateline.export import whole
from pipelines import store
from pipelines.database import Database, connect
from pipelines.exporting import rows
from pipelines.exporting.columns import COLUMNS, NAMES
from pipelines.exporting.parquet import schema
from pipelines.exporting.rows import Selection
from pipelines.records import Removed, Witness
from tests.commands import DATELINE, dateline, start
from tests.conftest import Ask
from tests.pipelines.builders import MOMENT, leased, run_of, source, visit

SAID: dict[str, Any] = {
    "authors": ('Ann "A" Lee', "Bo; Li"),
    "date_witnesses": (Witness("json_ld", "2026-03-04"),),
    "removed": (Removed("Read more", "furniture"),),
    "opt_outs": ("noai",),
    "license_url": "https://x.example/licence",
    "text": 'One, with "quotes".\nTwo …',
}


@pytest.fixture
def archive(database: Database) -> Database:
    """An archive of three articles of two outlets; one changed a day after the others."""
    for name, paths in (("x", "ab"), ("y", "c")):
        owner = source(database, name)
        run = run_of(database, owner)
        for path in paths:
            at = MOMENT + timedelta(days=path == "b")
            page = leased(database, run, owner, path)[0]
            story = visit(page, path.encode(), at, **SAID, canonical_url=page.canonical_url)
            assert store.write(database, run, owner.id, story) == "stored"
    return database


def lines(environment: Mapping[str, str], *arguments: str) -> list[dict[str, Any]]:
    done = dateline(environment, "export", "--format", "jsonl", *arguments)
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_the_three_formats_say_the_same(archive: Database, environment: dict[str, str], tmp_path: Path) -> None:
    said = lines(environment)
    assert [tuple(row) for row in said] == [NAMES] * 3
    assert (said[0]["source"], said[0]["authors"], said[0]["text"]) == ("x", list(SAID["authors"]), SAID["text"])
    assert said[0]["changed_at"] == MOMENT.isoformat() and said[0]["gone_at"] is None
    for form in ("csv", "parquet"):
        done = dateline(environment, "export", "--format", form, "--output", str(tmp_path / form))
        assert (done.code, done.out) == (0, ""), done.err
    with (tmp_path / "csv").open(newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert [row["text"] for row in table] == [row["text"] for row in said]
    assert [json.loads(row["removed"]) for row in table] == [row["removed"] for row in said]
    parquet = pq.read_table(tmp_path / "parquet")
    assert parquet.schema.equals(schema())
    again = [{k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in r.items()} for r in parquet.to_pylist()]
    assert again == said


def test_parquet_may_go_into_a_pipe(archive: Database, environment: dict[str, str]) -> None:
    done = subprocess.run([DATELINE, "export", "--format", "parquet"], env=environment, capture_output=True, check=True)
    assert pq.read_table(io.BytesIO(done.stdout)).column("url").to_pylist()[0] == "https://x.example/a"
    assert done.stderr.startswith(b"3 articles exported; go on with --since x1:")


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        ((), "abc"),
        (("--source", "x"), "ab"),
        (("--source", "x", "--source", "y"), "abc"),
        (("--since", "2026-03-05"), "b"),
        (("--until", "2026-03-05T00:00+00:00"), "ac"),
        (("--since", "2026-03-06"), ""),
    ],
)
def test_filters(archive: Database, environment: dict[str, str], arguments: tuple[str, ...], paths: str) -> None:
    assert [row["url"][-1] for row in lines(environment, *arguments)] == list(paths)


def test_a_file_has_a_manifest(archive: Database, environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "out" / "articles.jsonl"
    file.parent.mkdir()
    done = dateline(environment, "export", "--format", "jsonl", "--source", "x", "--output", str(file))
    assert done.code == 0, done.err
    assert sorted(p.name for p in file.parent.iterdir()) == ["articles.jsonl", "articles.jsonl.manifest.json"]
    manifest = json.loads((file.parent / "articles.jsonl.manifest.json").read_text())
    assert manifest["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert manifest["query"] == {"since": None, "until": None, "sources": ["x"]}
    counts = {name: manifest[name] for name in ("rows", "by_source", "extractors", "opt_outs", "licences")}
    assert counts == {
        "rows": 2, "by_source": {"x": 2}, "extractors": {"test": 2}, "opt_outs": {"noai": 2},
        "licences": {SAID["license_url"]: 2},
    }  # fmt: skip
    assert manifest["schema"] >= "0004_export" and manifest["cursor"] in done.err


def test_increments(archive: Database, environment: dict[str, str], ask: Ask, tmp_path: Path) -> None:
    cursor = _cursor_of(environment, tmp_path)
    assert lines(environment, "--since", cursor) == []
    ask("update articles set last_seen_at = now() returning id")
    assert lines(environment, "--since", cursor) == []
    ask("update articles set gone_at = now() where url like '%%c' returning id")
    assert [row["url"][-1] for row in lines(environment, "--since", cursor)] == ["c"]


def test_a_row_committed_late_is_in_the_next_increment(archive: Database, ask: Ask) -> None:
    """A writer that began before an export and commits after it, while others come and go."""
    late = connect(archive.url)
    late.autocommit = False
    with late.cursor() as session:
        session.execute("update articles set section = 'late' where url like '%a'")
        ask("update articles set section = 'early' where url like '%%b' returning id")
        first, cursor = _exported(archive, Selection())
        assert "https://x.example/b" not in first  # finished, but younger than one that is not
        late.commit()
    late.close()
    second, cursor = _exported(archive, Selection(cursor=cursor))
    assert sorted(second) == ["https://x.example/a", "https://x.example/b"]
    assert _exported(archive, Selection(cursor=cursor))[0] == []


UNNOTED = {"id", "source", "last_seen_at"}  # `source` is another table's


def _changes() -> Iterator[tuple[str, str]]:
    values = {
        "whole": "coalesce({0}, 0) + 1", "text": "'live'", "texts": "{0} || array['more']",
        "flag": "not coalesce({0}, false)", "day": "'2026-01-01'", "moment": "'2026-01-01'",
        "witnesses": "'[]'", "removed": "'[]'",
    }  # fmt: skip
    for column in COLUMNS:
        if column.name not in UNNOTED:
            yield column.name, values[column.kind].format(column.name)
    yield "content_sha256", "sha256('')"
    yield "published_precision", "'month'"


@pytest.mark.parametrize(("column", "value"), dict(_changes()).items())
def test_a_change_of_any_exported_column_is_noted(archive: Database, ask: Ask, column: str, value: str) -> None:
    changed = "select changed_xid::text::bigint from articles where id = 1"
    before = ask(changed)
    ask(f"update articles set {column} = {value} where id = 1 returning id")
    assert ask(changed) > before
    assert ask("select count(*) from articles where changed_xid < pg_current_xact_id()") == [(3,)]


def test_an_archive_from_another_server_says_so(archive: Database, environment: dict[str, str], ask: Ask) -> None:
    ask("update articles set changed_xid = '900000000000' where id = 2 returning id")
    done = dateline(environment, "export", "--format", "jsonl")
    assert (done.code, done.out) == (4, "") and "restored from another server" in done.complaint


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--format", "jsonl", "--since", "soon"), "--since: 'soon' is no date"),
        (("--format", "jsonl", "--since", "x1:9000000000000"), "is no cursor of this archive"),
        (("--format", "jsonl", "--until", "x1:1"), "--until: 'x1:1' is no date"),
        (("--format", "jsonl", "--since", "2026-02-01", "--until", "2026-01-01"), "is not before --until"),
        (("--format", "jsonl", "--source", "nobody"), "no outlet named 'nobody'"),
        (("--format", "csv", "--output", "/nowhere/file"), "/nowhere/file cannot be written: No such file"),
    ],
)
def test_bad_input_is_one_line(environment: dict[str, str], arguments: tuple[str, ...], complaint: str) -> None:
    done = dateline(environment, "export", *arguments)
    assert (done.code, done.out) == (2, "")
    assert complaint in done.complaint and len(done.complaint.splitlines()) == 1


def test_a_failed_export_leaves_the_file_that_was_there(
    archive: Database, environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text("as it was")
    done = dateline(environment, "export", "--format", "jsonl", "--since", "x1:9000000000000", "--output", str(file))
    assert done.code == 2 and file.read_text() == "as it was"
    assert [p for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_reader_that_is_slow_and_a_stop(archive: Database, environment: dict[str, str], ask: Ask) -> None:
    ask("update articles set text = repeat('long ', 100000) returning id")
    running = start(environment, "export", "--format", "jsonl")
    assert running.stdout and running.stdout.read(1) == "{"  # the rest does not fit into a pipe
    running.send_signal(signal.SIGTERM)
    assert running.communicate(timeout=30)[1] == "dateline: interrupted\n"
    assert running.returncode == 75


def test_half_a_file_gets_no_name(tmp_path: Path) -> None:
    with pytest.raises(Interrupted), whole(tmp_path / "file") as file:
        file.write(b"half")
        raise Interrupted("interrupted")
    assert list(tmp_path.iterdir()) == []


def _cursor_of(environment: Mapping[str, str], tmp_path: Path) -> str:
    file = tmp_path / "first.jsonl"
    assert dateline(environment, "export", "--format", "jsonl", "--output", str(file)).code == 0
    return str(json.loads((tmp_path / "first.jsonl.manifest.json").read_text())["cursor"])


def _exported(archive: Database, selection: Selection) -> tuple[list[str], str]:
    with rows.snapshot(archive, selection) as snapshot:
        return [row.url for batch in snapshot.batches for row in batch], snapshot.cursor
