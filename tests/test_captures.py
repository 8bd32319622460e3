"""Captures as people meet them: `dateline captures`, revisits of a crawl, other tools, and what is lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipelines import warc
from pipelines.database import Database
from pipelines.shelf import Shelf
from tests.commands import dateline
from tests.conftest import Ask
from tests.documents import Entry, article_html, prose
from tests.pipelines.keeping import LONG_AGO, Keeper
from tests.site import Site
from tests.test_crawl import Environment, outlet, stories

NOW = datetime.now(UTC)
WARCIO = str(Path(sys.executable).with_name("warcio"))


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def shelf(environment: Environment) -> Shelf:
    return Shelf(environment["DATELINE_HOME"] + "/captures", rotate_bytes=900)


@pytest.fixture
def keeper(database: Database, shelf: Shelf) -> Iterator[Keeper]:
    keeper = Keeper(database, shelf)
    yield keeper
    keeper.close()


def files(shelf: Shelf) -> list[Path]:
    return sorted(Path(shelf.where).glob("*/*.warc.gz"))


def types(paths: list[Path]) -> list[str]:
    found = []
    for path in paths:
        with path.open("rb") as file:
            found += [record.rec_type for record in ArchiveIterator(file, check_digests="raise")]
    return found


def test_other_tools_read_what_is_written(
    keeper: Keeper, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = keeper.keep("a", "b", "c")
    keeper.again(pages[0], 304, NOW)
    monkeypatch.setattr(warc, "today", lambda: "20991231")
    keeper.again(pages[1], 200, NOW)
    keeper.close()
    paths = files(shelf)
    assert len(paths) > 2  # by size, and by day
    assert len({path.parent for path in paths}) == 2
    assert types(paths) == [*types(paths[:-1]), "warcinfo", "revisit"]
    assert sorted(set(types(paths))) == ["response", "revisit", "warcinfo"]
    checked = subprocess.run([WARCIO, "check", "-v", *paths], capture_output=True, text=True, check=True)
    assert checked.stdout.count("digest pass") == len(paths) + 3
    assert checked.stdout.count("not checked (revisit)") == 2
    indexed = subprocess.run(
        [WARCIO, "index", "-f", "offset,warc-type,warc-target-uri", *paths], capture_output=True, text=True, check=True
    )
    assert indexed.stdout.count('"revisit"') == 2
    for path in paths:
        packed = tmp_path / path.name
        done = subprocess.run([WARCIO, "recompress", path, packed], capture_output=True, text=True, check=True)
        assert "No Errors Found!" in done.stdout
        assert types([packed]) == types([path])


def test_a_revisit_says_whose_body_it_is_in_a_few_hundred_bytes(keeper: Keeper, shelf: Shelf, ask: Ask) -> None:
    [page] = keeper.keep("a")
    keeper.again(page, 304, NOW)
    keeper.again(page, 200, NOW)
    keeper.close()
    rows = ask("select kind, refers_to, status, body_bytes, warc_length < 600 from captures order by id")
    [(first,)] = ask("select min(id) from captures")
    length = len(f"<p>body of {page.url}")
    assert rows == [
        ("response", None, 200, length, True),
        ("server_not_modified", first, 304, length, True),
        ("identical_payload", first, 200, length, True),
    ]
    assert ask("select count(distinct body_sha256), count(distinct body_sha1) as sha1 from captures") == [(1, 1)]
    revisits, digests = [], set()
    for path in files(shelf):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type != "warcinfo":
                    digests.add(record.rec_headers.get_header("WARC-Payload-Digest"))
                if record.rec_type == "revisit":
                    revisits.append(record.rec_headers.get_header)
    profiles = {said("WARC-Profile").rpartition("/")[2] for said in revisits}  # of two files, in no order
    assert profiles == {"server-not-modified", "identical-payload-digest"} and len(revisits) == 2
    assert {said("WARC-Refers-To-Target-URI") for said in revisits} == {page.url}
    assert {said("WARC-Refers-To-Date") for said in revisits} == {"2026-03-04T05:06:07.000089Z"}
    assert len(digests) == 1


def test_each_visit_of_a_crawl_leaves_a_record(environment: Environment, site: Site, ask: Ask) -> None:
    [tagged] = stories(site, 1)
    site.page("/news/untagged.html", article_html("Another story of the boats", prose(seed=7)), etag=False)
    site.sitemap("/sitemap.xml", [Entry(tagged), Entry("/news/untagged.html")])
    outlet(environment, site, sitemaps=[site.at("/sitemap.xml")], feeds=[site.at("/sitemap.xml")])
    for _ in range(3):
        done = dateline(environment, "crawl", "--all", "--allow-private", "--json")
        assert done.code == 0, done.err
        ask("update pages set due_at = now() returning id")
    assert done.summary["unchanged"] == 2
    assert ask("select url, kind, count(*), max(refers_to) = min(o) from captures c cross join lateral"
               " (select min(id) as o from captures f where f.url = c.url) f group by 1, 2 order by 1, 2") == [
        (site.at(tagged), "response", 1, None), (site.at(tagged), "server_not_modified", 2, True),
        (site.at("/news/untagged.html"), "identical_payload", 2, True),
        (site.at("/news/untagged.html"), "response", 1, None),
    ]  # fmt: skip
    assert (
        "capture without body, which the site says is as before, in "
        in dateline(environment, "why", site.at(tagged)).out
    )
    assert dateline(environment, "captures", "check").out == "6 captures in 3 files read, 0 have expired\n"


def test_what_a_page_forbids_to_keep_leaves_no_revisit_either(environment: Environment, site: Site, ask: Ask) -> None:
    path = "/news/not-kept.html"
    site.page(path, article_html("A story about the harbour", prose(3)), headers={"X-Robots-Tag": "noarchive"})
    for _ in range(2):
        assert dateline(environment, "crawl", site.at(path), "--allow-private").code == 0
    assert ask("select outcome from fetches where page_id is not null order by id") == [("stored",), ("unchanged",)]
    assert ask("select count(*) from captures") == [(0,)]


Configure = Callable[[str], None]


@pytest.fixture
def configure(environment: Environment) -> Configure:
    def configure(keys: str) -> None:
        entry = f'[[source]]\nname = "x"\nurl = "https://x.example/"\n{keys}\n'
        Path(environment["DATELINE_SOURCES"]).write_text(entry)

    return configure


def test_what_had_its_time_is_pruned(
    environment: Environment, keeper: Keeper, shelf: Shelf, ask: Ask, configure: Configure
) -> None:
    configure('keep_captures = "30d"')
    old, visited, _ = keeper.keep("old", "visited", "more")
    keeper.keep("young", at=NOW)
    keeper.again(old, 304, LONG_AGO + timedelta(days=5))
    keeper.again(visited, 304, NOW)
    keeper.close()
    dry = dateline(environment, "captures", "prune", "--dry-run", "--json")
    assert (dry.code, dry.summary["expired"][0]["outlet"], dry.summary["expired"][0]["captures"]) == (0, "x", 3), (
        dry.err
    )
    assert ask("select count(*) from captures where expired_at is not null") == [(0,)]
    done = dateline(environment, "captures", "prune", "--json")
    assert (done.code, done.summary["records"], done.summary["pending"]) == (0, 3, []), done.err
    assert dry.summary["expired"] == done.summary["expired"]
    assert ask("select url, kind from captures where expired_at is null order by id") == [
        ("https://x.example/visited", "response"), ("https://x.example/young", "response"),
        ("https://x.example/visited", "server_not_modified"),
    ]  # fmt: skip
    assert types(files(shelf)).count("response") == 2
    assert dateline(environment, "captures", "check").out.endswith("3 have expired\n")
    told = dateline(environment, "why", "https://x.example/old").out
    assert told.count(f"capture expired by retention on {NOW:%Y-%m-%d}") == 2
    assert "expired by retention" in dateline(environment, "show", "https://x.example/old").out
    again = dateline(environment, "captures", "prune")
    assert (again.code, again.out.splitlines()[0][:32]) == (0, "no capture has had its time (kee")
    read = dateline(environment, "reextract", "--json").summary
    assert (read["without_capture"], read["read"], read["lost"]) == (2, 2, [])


@pytest.mark.parametrize(
    ("entry", "default", "left"),
    [("", "", 1), ("", "30d", 0), ('keep_captures = "forever"', "30d", 1), ('keep_captures = "9000d"', "30d", 1)],
    ids=["nothing", "default", "forever", "longer"],
)
def test_how_long_by_outlet_and_by_default(
    environment: Environment, keeper: Keeper, ask: Ask, configure: Configure, entry: str, default: str, left: int
) -> None:
    configure(entry)
    keeper.keep("a")
    keeper.close()
    assert dateline(environment | {"DATELINE_KEEP_CAPTURES": default}, "captures", "prune").code == 0
    assert ask("select count(*) from captures where expired_at is null") == [(left,)]


def test_a_file_being_written_is_left_for_the_next_time(
    environment: Environment, keeper: Keeper, shelf: Shelf, configure: Configure
) -> None:
    configure('keep_captures = "30d"')
    keeper.keep("a")
    done = dateline(environment, "captures", "prune")
    assert (done.code, "left for the next time" in done.err) == (0, True)
    assert types(files(shelf)).count("response") == 1
    keeper.close()
    assert dateline(environment, "captures", "prune", "--json").summary["removed"] == 1
    assert files(shelf) == []


def test_lost_and_broken_captures_are_named_everywhere(
    environment: Environment, keeper: Keeper, shelf: Shelf, ask: Ask
) -> None:
    keeper.keep("a", "b", "c", "d", "e", "f")
    keeper.close()
    rows = ask("select warc_file from captures order by id")
    first, second = [Path(shelf.where, str(row[0])) for row in rows][::5]
    data = bytearray(second.read_bytes())
    data[-30] ^= 1
    second.write_bytes(data)
    first.unlink()
    done = dateline(environment, "captures", "check", "--json")
    faults = {fault["state"]: fault for fault in done.summary["faults"]}
    assert (done.code, sorted(faults)) == (3, ["broken", "lost"]), done.err
    assert "No such file" in faults["lost"]["why"]
    printed = dateline(environment, "captures", "check")
    assert printed.code == 3
    assert f"{second.parent.name}/{second.name} at byte" in printed.out
    assert "cannot be read as they were written" in printed.complaint
    told = dateline(environment, "why", "https://x.example/a")
    assert (told.code, f"lost, there is no {first}" in told.out) == (0, True)
    assert "lost" in dateline(environment, "show", "https://x.example/a").out
    assert dateline(environment, "export", "--format", "jsonl").out.count("\n") == 6
    assert len(dateline(environment, "reextract", "--json").summary["lost"]) == 1 + len(faults["lost"]["captures"])
