"""Where WARC files lie: a store that cannot append, what a kill leaves in the spool, and what a bad URL is told."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from pipelines import captures, warc
from pipelines.database import Database
from pipelines.shelf import CaptureError, Shelf
from pipelines.warc import Place, WarcWriter
from tests.conftest import Ask
from tests.pipelines.keeping import Keeper
from tests.pipelines.test_warc import capture


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A shelf in fsspec's store in memory, which is one for the whole process."""
    where = f"memory://{uuid.uuid4().hex}"
    yield Shelf.at(where, tmp_path / "spool", rotate_bytes=10)
    fsspec.filesystem("memory").rm(where, recursive=True)


def stored(shelf: Shelf) -> list[str]:
    found = fsspec.filesystem("memory").find(shelf.where)
    return sorted("/".join(path.split("/")[-2:]) for path in found)


def spooled(shelf: Shelf) -> list[str]:
    assert shelf.spool
    return sorted(str(path.relative_to(shelf.spool)) for path in shelf.spool.rglob("*") if path.is_file())


def test_a_file_is_put_away_one_file_later_and_read_all_the_while(shelf: Shelf) -> None:
    writer = WarcWriter(shelf, "test")
    bodies = [b"one", b"two", b"three"]
    places = []
    for body in bodies:
        places.append(writer.write(capture(body)))
        assert [warc.read(shelf, place)[0] for place in places] == bodies[: len(places)]
    writer.close()
    assert (stored(shelf), spooled(shelf)) == (sorted(place.file for place in places), [])
    assert [warc.read(shelf, place)[0] for place in places] == bodies


def test_what_a_kill_left_is_put_away_at_the_next_start(shelf: Shelf) -> None:
    killed = WarcWriter(shelf, "test")
    place = killed.write(capture(b"body"))
    assert killed._file
    living = WarcWriter(shelf, "test")
    other = living.write(capture(b"other"))
    assert set(spooled(shelf)) == {place.file, other.file}  # nobody takes what another is writing
    killed._file.close()  # as the kernel does
    WarcWriter(shelf, "test").close()
    assert (stored(shelf), spooled(shelf)) == ([place.file], [other.file])
    living.close()
    assert [warc.read(shelf, p)[0] for p in (place, other)] == [b"body", b"other"]


def test_a_store_that_is_away_costs_nothing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("the store is away")

    with monkeypatch.context() as patch:
        patch.setattr(fsspec.get_filesystem_class("memory"), "put_file", refuse)
        writer = WarcWriter(shelf, "test")
        place = writer.write(capture(b"body"))
        writer.close()
    assert "the store is away; what is not put away stays in" in caplog.text
    assert warc.read(shelf, place)[0] == b"body"
    WarcWriter(shelf, "test").close()
    assert stored(shelf) == [place.file]


def test_dropped_from_a_store(database: Database, tmp_path: Path, shelf: Shelf, ask: Ask) -> None:
    wide = Shelf(shelf.where, shelf.spool)
    keeper = Keeper(database, wide)
    keeper.keep("a", "b", "c")
    keeper.close()
    [(first,)] = ask("select id from captures where url like '%%/a'")
    dropped = captures.drop(database, wide, [int(str(first))])
    assert (dropped.records, dropped.rewritten, dropped.pending, spooled(shelf)) == (1, 1, [], [])
    assert [name.endswith(".r1.warc.gz") for name in stored(shelf)] == [True]
    for url, *place in ask("select url, warc_file, warc_offset, warc_length from captures"):
        assert warc.read(wide, Place(*place))[0] == f"<p>body of {url}".encode()  # type: ignore[arg-type]


def test_a_file_that_another_machine_may_have_stays_pending(database: Database, shelf: Shelf, ask: Ask) -> None:
    wide = Shelf(shelf.where, shelf.spool)
    keeper = Keeper(database, wide)
    keeper.keep("a")
    keeper.close()
    fsspec.filesystem("memory").rm(f"{shelf.where}/{stored(shelf)[0]}")
    ids = [int(str(row[0])) for row in ask("select id from captures")]
    [pending] = captures.drop(database, wide, ids).pending
    assert "no such file, here or in the store" in pending
    assert ask("select expired_at is not null, warc_file is not null as place from captures") == [(True, True)]
    fsspec.filesystem("memory").touch(f"{shelf.where}/x")  # for the fixture to remove


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("captures", "'captures' is a relative path; write an absolute one, or a URL such as s3://bucket/prefix"),
        ("/etc/hostname", "/etc/hostname is not a folder"),
        ("http://x.example/captures", "http:// is no store that can be written to; known: file, s3, gs"),
        ("az://box/captures", "az:// needs the package adlfs: install it beside Dateline"),
        ("ftp:///captures", "'ftp:///captures' names no host; write ftp://NAME/prefix"),
    ],
    ids=["relative", "file", "unknown", "no-driver", "no-host"],
)
def test_a_place_that_cannot_be_is_told(where: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="^" + said.replace("(", "\\(")):
        Shelf.at(where, tmp_path)


@pytest.mark.parametrize("where", ["/captures", "file:///captures", "/captures/"])
def test_a_folder_needs_no_spool(where: str, tmp_path: Path) -> None:
    assert Shelf.at(where, tmp_path) == Shelf("/captures")


def test_what_is_missing_is_one_line(shelf: Shelf) -> None:
    with pytest.raises(CaptureError, match=r"^memory://\w+/day/none at byte 0: [^\n]+$"):
        shelf.read("day/none", 0, 10)
    assert not shelf.exists("day/none")
    fsspec.filesystem("memory").touch(f"{shelf.where}/x")
