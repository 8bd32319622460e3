"""`dateline extract` and `dateline sources add`: what they print, and what they refuse."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from tests.commands import dateline
from tests.documents import article_html, prose
from tests.test_crawl import Environment

KEYS = {
    "url", "canonical_url", "title", "text", "authors", "agency", "dateline_place", "dateline_date", "published_at",
    "published_precision", "published_origin", "date_witnesses", "modified_at", "language", "section", "tags",
    "image_url", "site_name", "word_count", "kind", "paywalled", "quality_flags", "removed", "related", "cpu_ms",
    "opt_outs", "license_url",
}  # fmt: skip


def page(folder: Path, name: str, *paragraphs: str) -> Path:
    path = folder / name
    body = article_html(f"The harbour story called {name}", [*paragraphs, *prose(seed=3)]).encode()
    path.write_bytes(gzip.compress(body) if name.endswith(".gz") else body)
    return path


def test_a_page_gives_a_record(environment: Environment, tmp_path: Path) -> None:
    file = page(tmp_path, "a.html", "PORT ELLERY, March 3 (Reuters) - The ferry came back to the harbour on Tuesday.")
    arguments = ("--url", "https://x.example/a", "--fetched-at", "2026-06-01T10:00:00+05:30")
    done = dateline(environment, "extract", *arguments, str(file))
    assert done.code == 0, done.err
    record = done.summary
    assert record.keys() >= KEYS
    assert record["text"].startswith("The ferry came back to the harbour on Tuesday.")
    assert (record["dateline_place"], record["dateline_date"], record["agency"]) == (
        "PORT ELLERY", "2026-03-03", "Reuters",
    )  # fmt: skip
    assert {"text": "PORT ELLERY, March 3 (Reuters) -", "rule": "dateline"} in record["removed"]
    assert (record["opt_outs"], record["license_url"]) == ([], None)


def test_standard_input(environment: Environment) -> None:
    done = dateline(environment, "extract", "-", stdin=article_html("From a pipe, a story", prose(seed=4)))
    assert done.summary["title"] == "From a pipe, a story"


def test_a_batch_keeps_ids_and_order(environment: Environment, tmp_path: Path) -> None:
    names = [f"{n}.html.gz" if n % 2 else f"{n}.html" for n in range(12)]
    for name in names:
        page(tmp_path, name)
    orders = [{"id": n, "url": f"https://x.example/{n}", "path": name} for n, name in enumerate(names)]
    orders.insert(5, {"id": "lost", "url": "https://x.example/lost", "path": "no-such-file.html"})
    batch = tmp_path / "batch.jsonl"
    batch.write_text("".join(json.dumps(order) + "\n" for order in orders))
    done = dateline(environment, "extract", "--batch", str(batch))
    assert done.code == 0, done.err
    records = [json.loads(line) for line in done.out.splitlines()]
    assert [r["id"] for r in records] == [o["id"] for o in orders]
    assert records[5] == {"id": "lost", "error": f"{tmp_path}/no-such-file.html: No such file or directory"}
    assert all(r["kind"] == "article" for r in records if r["id"] != "lost")


def test_the_text_as_markdown(environment: Environment, tmp_path: Path) -> None:
    one, two = prose(1, 2)
    story = f"<h1>A story of a list</h1><p>{one}</p><h2>What was found</h2><ul><li>9 * 9</li></ul><p>{two}</p>"
    file = tmp_path / "a.html"
    file.write_text(
        f"<html><head><title>A story of a list</title></head><body><article>{story}</article></body></html>"
    )
    batch = tmp_path / "batch.jsonl"
    batch.write_text(json.dumps({"id": 1, "url": "https://x.example/a", "path": "a.html"}))
    marked = f"{one}\n\n## What was found\n\n- 9 \\* 9\n\n{two}"
    for argument in ([str(file)], ["--batch", str(batch)]):
        assert dateline(environment, "extract", "--format", "markdown", *argument).summary["text"] == marked


def test_a_format_that_is_none_is_named(environment: Environment, tmp_path: Path) -> None:
    done = dateline(environment, "extract", "--format", "html", str(page(tmp_path, "a.html")))
    assert done.code == 2
    assert "'html'" in done.err
    assert "markdown" in done.err


def test_a_file_that_is_no_page_is_named_and_the_others_are_read(environment: Environment, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 9)
    done = dateline(environment, "extract", str(paper), str(page(tmp_path, "a.html")))
    assert done.code == 2
    assert "paper.pdf: unreadable" in done.complaint
    assert done.summary["title"] == "The harbour story called a.html"


def test_a_batch_that_is_none_names_its_line(environment: Environment, tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"id": 1, "path": "a"}\nnonsense\n')
    done = dateline(environment, "extract", "--batch", str(batch))
    assert done.code == 2
    assert f"{batch}:2: no JSON" in done.complaint


def test_what_is_no_article_says_so(environment: Environment) -> None:
    done = dateline(environment, "extract", "-", stdin="<html><body><h1>Nothing</h1><p>Here.</p></body></html>")
    assert done.code == 0, done.err
    assert (done.summary["kind"], done.summary["text"]) == ("none", "")


def test_an_outlet_is_added_and_the_rest_of_the_file_kept(environment: Environment) -> None:
    path = Path(environment["DATELINE_SOURCES"])
    path.write_text('# ours\n[[source]]\nname = "a"   # the first\nurl = "https://a.example/"\n')
    assert dateline(environment, "sources", "add", "--no-look", "https://www.b.example/").code == 0
    assert path.read_text() == (
        '# ours\n[[source]]\nname = "a"   # the first\nurl = "https://a.example/"\n\n'
        '[[source]]\nname = "b.example"\nurl = "https://www.b.example/"\n'
    )
    again = dateline(environment, "sources", "add", "--no-look", "https://www.b.example/")
    assert (again.code, "is there already" in again.complaint) == (2, True)
    listed = json.loads(dateline(environment, "sources", "list", "--json").out)
    assert [o["name"] for o in listed] == ["a", "b.example"]
