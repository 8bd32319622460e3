"""`dateline import`: WARC files of others, whole and broken, once and again."""

from __future__ import annotations

import gzip
import io
import json
import signal
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines import warc
from pipelines.foreign import Broken, records
from pipelines.records import Capture
from pipelines.shelf import Shelf
from pipelines.warc import Place
from tests.commands import Done, dateline, start
from tests.conftest import Ask
from tests.documents import article_html, prose

DAY = "2026-03-04T05:06:07Z"
HTML = ("Content-Type", "text/html; charset=utf-8")


def record(
    url: str,
    body: bytes,
    *,
    headers: Iterable[tuple[str, str]] = (HTML,),
    status: str = "200 OK",
    kind: str = "response",
    at: str = DAY,
    **more: str,
) -> bytes:
    """An uncompressed record as a crawler of others writes it."""
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False)
    said = {"WARC-Date": at} | {name.replace("_", "-"): value for name, value in more.items()}
    http = StatusAndHeaders(status, list(headers), protocol="HTTP/1.1")
    writer.write_record(
        writer.create_warc_record(
            url, kind, payload=io.BytesIO(body), length=len(body), http_headers=http, warc_headers_dict=said
        )
    )
    return buffer.getvalue()


def story(title: str, **said: str) -> bytes:
    return article_html(title, published="2026-03-04T04:00:00Z", **said).encode()  # type: ignore[arg-type]


def member(url: str, title: str, at: str = DAY) -> bytes:
    return gzip.compress(record(url, story(title), at=at), mtime=0)


FERRY = "https://www.courier.example/2026/ferry"
WEIR = "https://news.courier.example/2026/weir"
CLOCK = "http://observer.example/clock"


def written(path: Path, *parts: bytes) -> Path:
    path.write_bytes(b"".join(parts))
    return path


def imported(environment: dict[str, str], *arguments: object) -> Done:
    return dateline(environment, "import", *map(str, arguments), "--json")


STATE = """
    select array[(select count(*) from pages), (select count(*) from fetches), (select count(*) from captures),
            (select count(*) from revisions), (select count(*) from runs), (select sum(visits) from pages)]::text,
        (select string_agg(changed_xid::text, ' ' order by id) || max(last_seen_at) from articles) as articles,
        (select max(due_at) from pages) as due
"""


def test_pages_become_what_a_crawl_makes_of_them(environment: dict[str, str], ask: Ask, tmp_path: Path) -> None:
    noai = record(CLOCK, story("Clock"), headers=(HTML, ("X-Robots-Tag", "noai")))
    file = written(
        tmp_path / "cc.warc.gz",
        gzip.compress(
            record("https://www.courier.example/logo", b"...", headers=(("Content-Type", "image/png"),)), mtime=0
        ),
        member(FERRY, "The ferry"),
        gzip.compress(record("https://www.courier.example/no", b"no", status="404 Not Found"), mtime=0),
        member(WEIR, "The weir"),
        gzip.compress(noai, mtime=0),
    )
    done = imported(environment, file)
    assert done.code == 0, done.err
    assert done.summary["files"] == [
        {"file": str(file), "records": 5, "pages": 3, "stored": 3, "broken": 0, "broken_records": []}
    ]
    at = datetime.fromisoformat(DAY)
    assert ask(
        "select s.name, s.origin, a.url, a.title, a.opt_outs, a.first_seen_at, a.changed_at, p.outcome, r.trigger,"
        " r.outcome as ended from articles a join sources s on s.id = a.source_id join pages p on p.id = a.page_id"
        " join runs r on r.id = a.run_id order by a.url"
    ) == [
        ("observer.example", "one_off", CLOCK, "Clock", ["noai"], at, at, "stored", "import", "done"),
        ("courier.example", "one_off", WEIR, "The weir", [], at, at, "stored", "import", "done"),
        ("courier.example", "one_off", FERRY, "The ferry", [], at, at, "stored", "import", "done"),
    ]
    where = ask("select warc_file, warc_offset, warc_length from captures c join pages p on p.id = c.page_id"
                " where p.url = %s", FERRY)[0]  # fmt: skip
    body, kind = warc.read(Shelf(environment["DATELINE_HOME"] + "/captures"), Place(*where))  # type: ignore[arg-type]
    assert (body, kind) == (story("The ferry"), HTML[1])


def test_what_is_imported_is_clustered(environment: dict[str, str], ask: Ask, tmp_path: Path) -> None:
    pages = ((url, article_html(url[-5:], prose("wire"), published=DAY)) for url in (FERRY, CLOCK))
    parts = (gzip.compress(record(url, page.encode()), mtime=0) for url, page in pages)
    assert imported(environment, written(tmp_path / "cc.warc.gz", *parts)).code == 0
    assert ask("select size, outlets, (select count(*) from cluster_queue) from clusters") == [(2, 2, 0)]


def test_again_changes_nothing(environment: dict[str, str], ask: Ask, tmp_path: Path) -> None:
    file = written(
        tmp_path / "cc.warc.gz",
        member(FERRY, "The ferry"),
        member(WEIR, "The weir"),
        member(FERRY, "The ferry sank", at="2026-03-05T00:00:00Z"),
        gzip.compress(record(CLOCK, b"<html><body><p>Nothing.</p></body></html>"), mtime=0),
        gzip.compress(record(f"{CLOCK}-2", story("Not kept"), headers=(HTML, ("X-Robots-Tag", "noarchive"))), mtime=0),
    )
    first = imported(environment, file)
    assert first.code == 0, first.err
    assert {k: first.summary["files"][0][k] for k in ("stored", "revised", "skipped")} == {
        "stored": 3, "revised": 1, "skipped": 1,
    }  # fmt: skip
    before = ask(STATE)
    second = imported(environment, file)
    assert (second.code, second.summary["files"][0]["known"]) == (0, 5)
    assert ask(STATE) == before


def test_an_older_capture_leaves_the_newer_state(environment: dict[str, str], ask: Ask, tmp_path: Path) -> None:
    assert imported(environment, written(tmp_path / "new.warc.gz", member(FERRY, "New"))).code == 0
    old = written(tmp_path / "old.warc.gz", member(FERRY, "Old", at="2020-01-01T00:00:00Z"))
    assert imported(environment, old).summary["files"][0]["older"] == 1
    assert ask("select title, revision_count from articles") == [("New", 0)]


def test_what_is_broken_is_named_and_the_rest_stored(environment: dict[str, str], ask: Ask, tmp_path: Path) -> None:
    good, cut = member(FERRY, "The ferry"), member(WEIR, "The weir")
    spoiled = bytearray(member(CLOCK, "The clock"))
    spoiled[len(spoiled) // 2] ^= 0xFF
    short = gzip.compress(record(CLOCK, story("The clock"), WARC_Truncated="length"), mtime=0)
    file = written(tmp_path / "cc.warc.gz", bytes(spoiled), short, good, cut[:-40])
    done = imported(environment, file)
    assert done.code == 0, done.err
    summary = done.summary["files"][0]
    assert (summary["stored"], summary["broken"]) == (1, len(summary["broken_records"]))
    why = {b["offset"]: b["why"] for b in summary["broken_records"]}
    assert why[len(spoiled)] == "its crawler cut it short: length"
    assert why[len(spoiled) + len(short) + len(good)] == "the file ends in the middle of a record"
    assert 0 in why and f"{file} at byte 0: " in done.err
    assert ask("select url from articles") == [(FERRY,)]


def test_stopped_and_gone_on_with(environment: dict[str, str], ask: Ask, tmp_path: Path) -> None:
    pages = [member(f"https://courier.example/2026/story-{n}", f"Story number {n}") for n in range(120)]
    file = written(tmp_path / "cc.warc.gz", *pages)
    running = start(environment, "import", str(file))
    while ask("select count(*) < 10 from articles") == [(True,)]:
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    assert running.communicate(timeout=60)[1].endswith("run it again to go on\n") and running.returncode == 75
    assert ask("select distinct outcome from runs") == [("interrupted",)]
    done = imported(environment, file)
    summary = done.summary["files"][0]
    assert done.code == 0 and 10 <= summary["known"] < 120
    assert ask("select count(*) as articles, count(distinct url) as urls from articles") == [(120, 120)]


def test_source_and_limit(environment: dict[str, str], ask: Ask, tmp_path: Path) -> None:
    Path(environment["DATELINE_SOURCES"]).write_text(
        '[[source]]\nname = "mine"\nurl = "https://mine.example/"\n'
        '[[source]]\nname = "the-courier"\nurl = "https://courier.example/"\n'
    )
    due = "select name, due_at, last_outcome from sources where origin = 'configured' order by name"
    assert dateline(environment, "sources", "sync").code == 0
    before = ask(due)
    file = written(tmp_path / "cc.warc.gz", member(FERRY, "The ferry"), member(CLOCK, "The clock"))
    assert imported(environment, file, "--limit", 1).summary["files"][0]["pages"] == 1
    assert imported(environment, file, "--source", "mine").summary["files"][0]["stored"] == 1
    named = "select s.name, a.url from articles a join sources s on s.id = a.source_id order by 1"
    assert ask(named) == [("mine", CLOCK), ("the-courier", FERRY)]
    assert ask(due) == before  # an import is no crawl


@pytest.mark.parametrize(
    ("content", "arguments", "code", "complaint"),
    [
        (None, (), 2, "No such file"),
        (b"no", (), 2, "is no WARC file"),
        (member(FERRY, "a"), ("--source", "nobody"), 2, "no outlet named 'nobody'"),
        (gzip.compress(b"no record", mtime=0), (), 3, "nothing usable"),
    ],
)
def test_how_it_ends(
    environment: dict[str, str], tmp_path: Path, content: bytes | None, arguments: tuple[str, ...], code: int,
    complaint: str,
) -> None:  # fmt: skip
    file = tmp_path / "some.warc.gz"
    if content is not None:
        file.write_bytes(content)
    done = imported(environment, file, *arguments)
    assert done.code == code and complaint in done.complaint


def found(path: Path) -> list[str]:
    """What a file holds: bodies of pages, what is broken, - for what is neither."""
    return [
        f.body.decode() if isinstance(f, Capture) else f.why if isinstance(f, Broken) else "-" for f in records(path)
    ]


def test_forms_of_files_and_of_bodies(tmp_path: Path) -> None:
    one, two = record(FERRY, b"one"), record(WEIR, b"two", kind="request", status="GET / HTTP/1.1")
    assert found(written(tmp_path / "plain", one, two, one)) == ["one", "-", "one"]
    assert found(written(tmp_path / "whole", gzip.compress(one + two + one, mtime=0))) == ["one", "-", "one"]
    chunked = (HTML, ("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))
    zipped = gzip.compress(b"three", mtime=0)
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(zipped), zipped)
    decoded = (HTML, ("X-Crawler-Content-Encoding", "gzip"), ("Content-Encoding", "gzip"))
    parts = record(FERRY, body, headers=chunked), record(FERRY, b"as it is", headers=decoded)
    assert found(written(tmp_path / "coded", *parts)) == ["three", "as it is"]


@pytest.mark.parametrize(
    ("part", "why"),
    [
        (record(FERRY, b"x" * 99)[:-50], "the record is not as long as it says"),
        (b"WARC/1.0\r\nContent-Length: many\r\n\r\n\r\n\r\n", "the head of the record cannot be read"),
        (b"WARC/1.0\r\nContent-Length: 99000000\r\n\r\n", "the file ends in the middle of a record"),
        (record("ftp://x.example/a", b"x"), "-"),
        (record(FERRY, b"x", at="2300-01-01T00:00:00Z"), "WARC-Date 2300-01-01T00:00:00Z is still to come"),
        (record(FERRY, b"x", at="yesterday"), "ValueError: Invalid isoformat string: 'yesterday'"),
        (record("http://", b"x"), "BadUrl"),
        (
            record(FERRY, gzip.compress(bytes(11 << 20), mtime=0), headers=(HTML, ("Content-Encoding", "gzip"))),
            "more than 10 MB",
        ),
        (record(FERRY, b"x", headers=(HTML, ("Content-Encoding", "rot13"))), "not supported: rot13"),
    ],
)
def test_a_broken_record_and_its_neighbour(tmp_path: Path, part: bytes, why: str) -> None:
    said, *rest = found(written(tmp_path / "file", part, b"\r\n\r\n", record(WEIR, b"good")))
    assert why in said
    assert rest == ["good"]


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    bomb = gzip.compress(record(FERRY, bytes(40 << 20)), mtime=0)
    assert found(written(tmp_path / "file", bomb, gzip.compress(record(WEIR, b"good"), mtime=0))) == [
        "more than 32 MB in one gzip member", "good",
    ]  # fmt: skip


def test_a_record_that_is_too_large_is_passed_over(tmp_path: Path) -> None:
    file = written(tmp_path / "file", record(FERRY, bytes(33 << 20)), record(WEIR, b"good"))
    assert found(file) == ["more than 32 MB", "good"]


def test_a_moment_without_a_zone_is_utc(tmp_path: Path) -> None:
    page = next(iter(records(written(tmp_path / "file", record(FERRY, b"x", at="2026-03-04T05:06:07")))))
    assert isinstance(page, Capture) and page.fetched_at == datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert json.dumps(page.headers) and page.header("content-type") == HTML[1]
