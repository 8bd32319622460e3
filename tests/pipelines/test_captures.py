"""Captures that end: what is left in SQL and in the files, and what a stop in the middle leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipelines import captures, warc
from pipelines.database import Database
from pipelines.shelf import Shelf
from pipelines.warc import Place
from tests.conftest import Ask
from tests.pipelines.keeping import Keeper


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(str(tmp_path / "captures"))


@pytest.fixture
def keeper(database: Database, shelf: Shelf) -> Iterator[Keeper]:
    keeper = Keeper(database, shelf)
    yield keeper
    keeper.close()


Bodies = Callable[[], dict[str, bytes]]


@pytest.fixture
def bodies(ask: Ask, shelf: Shelf) -> Bodies:
    """What each row's pointer leads to, by address."""

    def bodies() -> dict[str, bytes]:
        rows = ask("select url, warc_file, warc_offset, warc_length from captures where expired_at is null")
        return {str(url): warc.read(shelf, Place(*place))[0] for url, *place in rows}  # type: ignore[arg-type]

    return bodies


def files(shelf: Shelf) -> list[Path]:
    return sorted(path for path in Path(shelf.where).rglob("*") if path.is_file())


def records(path: Path) -> list[tuple[str, str | None, bytes]]:
    with path.open("rb") as file:
        return [
            (r.rec_type, r.rec_headers.get_header("WARC-Target-URI"), r.content_stream().read())
            for r in ArchiveIterator(file, check_digests="raise")
        ]


def ids(ask: Ask, *paths: str) -> list[int]:
    urls = [f"https://x.example/{path}" for path in paths]
    return [int(str(row[0])) for row in ask("select id from captures where url = any(%s)", urls)]


def test_dropped_records_leave_the_file_and_the_rest_is_found(
    database: Database, keeper: Keeper, shelf: Shelf, ask: Ask, bodies: Bodies
) -> None:
    keeper.keep("a", "b", "c")
    keeper.close()
    before, kept = files(shelf), {u: b for u, b in bodies().items() if not u.endswith("/b")}
    dropped = captures.drop(database, shelf, ids(ask, "b"))
    assert (dropped.records, dropped.rewritten, dropped.removed, dropped.pending) == (1, 1, 0, [])
    assert [path.name for path in files(shelf)] == [before[0].name.replace(".warc.gz", ".r1.warc.gz")]
    assert [r[:2] for r in records(files(shelf)[0])] == [
        ("warcinfo", None), ("response", "https://x.example/a"), ("response", "https://x.example/c"),
    ]  # fmt: skip
    assert bodies() == kept
    assert ask("select url from articles where capture_id is null") == [("https://x.example/b",)]
    assert ask("select count(*) from fetches where capture_id is null") == [(1,)]
    captures.drop(database, shelf, ids(ask, "a"))
    assert files(shelf)[0].name.endswith(".r2.warc.gz")
    assert list(bodies()) == ["https://x.example/c"]
    assert captures.drop(database, shelf, ids(ask, "c")).removed == 1
    assert (files(shelf), ask("select count(*) from captures")) == ([], [(0,)])


def test_a_file_being_written_loses_the_bytes_and_nothing_else(
    database: Database, keeper: Keeper, shelf: Shelf, ask: Ask, bodies: Bodies
) -> None:
    keeper.keep("a", "b")
    dropped = captures.drop(database, shelf, ids(ask, "a"))
    assert (dropped.records, dropped.rewritten, dropped.removed) == (1, 0, 0)
    keeper.keep("c")
    keeper.close()
    assert sorted(bodies()) == ["https://x.example/b", "https://x.example/c"]
    [path] = files(shelf)
    assert [r[0] for r in records(path)] == ["warcinfo", "metadata", "response", "response"]
    assert not any(b"/a" in (url or "").encode() + body for _, url, body in records(path))


@pytest.mark.parametrize("length", [*range(400, 430), 65_700, 131_400, 131_405, 300_000, 5_000_000])
def test_a_filler_is_as_long_as_it_must_be(length: int, tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(warc.filler(length) * 2)
    assert path.stat().st_size == 2 * length
    assert [r[0] for r in records(path)] == ["metadata", "metadata"]


@pytest.mark.parametrize("step", ["_rewrite", "remove", "_forget_places"])
def test_whatever_stops_it_the_next_time_goes_on(
    database: Database,
    keeper: Keeper,
    shelf: Shelf,
    ask: Ask,
    bodies: Bodies,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keeper.keep("a", "b", "c")
    keeper.close()
    kept = {u: b for u, b in bodies().items() if not u.endswith("/b")}
    with monkeypatch.context() as patch:
        holder = Shelf if step == "remove" else captures
        patch.setattr(holder, step, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            captures.drop(database, shelf, ids(ask, "b"))
    assert bodies() == kept
    assert ask("select count(*) from captures where expired_at is not null") == [(1,)]
    captures.clean(database, shelf)
    assert bodies() == kept
    assert len(files(shelf)) == 1
    assert captures.drop(database, shelf, ids(ask, "b")).pending == []
    assert ask("select count(*) from captures") == [(2,)]


def test_a_record_that_was_lost_before_stays_lost_and_harms_no_other(
    database: Database, keeper: Keeper, shelf: Shelf, ask: Ask, bodies: Bodies
) -> None:
    keeper.keep("a", "b", "c")
    keeper.close()
    good = bodies()
    ask("update captures set warc_offset = 1000000 where id = any(%s) returning id", ids(ask, "c"))
    captures.drop(database, shelf, ids(ask, "a"))
    [(file,)] = ask("select warc_file from captures where id = any(%s)", ids(ask, "c"))
    assert not shelf.exists(str(file))
    ask("delete from fetches returning id")
    captures.drop(database, shelf, ids(ask, "c"))
    assert bodies() == {"https://x.example/b": good["https://x.example/b"]}
