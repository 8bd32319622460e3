"""Commands that turn pages into articles: fetched now, out of files, or read again."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dateline.commands.options import EXIT_CODES, Json, Private
from dateline.errors import BadInput
from dateline.settings import Settings

app = typer.Typer()


class TextForm(StrEnum):
    """What the text of a record is written in."""

    text = "text"
    markdown = "markdown"


@app.command(
    epilog="Examples:\n\n"
    "  dateline crawl https://example.org/2026/11/a-story.html\n\n"
    "  dateline crawl https://example.org/ --depth 1 --limit 50\n\n"
    "  dateline crawl --source the-courier --source the-observer\n\n"
    "  dateline crawl --source the-courier --since 2026-01-01 --until 2026-02-01\n\n"
    f"  dateline crawl --all --json\n\n{EXIT_CODES}"
)
def crawl(
    urls: Annotated[
        list[str] | None, typer.Argument(metavar="[URL]...", help="Articles, feeds, sitemaps or front pages.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option("--source", metavar="NAME", help="An outlet of sources.toml; repeatable.")
    ] = None,
    all_outlets: Annotated[bool, typer.Option("--all", help="Every outlet of sources.toml.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many pages an outlet.")] = None,
    depth: Annotated[int, typer.Option(min=0, max=10, help="Follow links of given URLs this far.")] = 0,
    since: Annotated[
        str | None, typer.Option(metavar="T", help="Also the past: stories published from this day or moment on.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="T", help="Stories published before this day or moment.")] = None,
    allow_private: Private = False,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON summary on standard output.")] = False,
    summary: Annotated[Path | None, typer.Option(hidden=True)] = None,
    trigger: Annotated[str, typer.Option(hidden=True)] = "cli",
    urls_from: Annotated[Path | None, typer.Option(hidden=True)] = None,
    sources_from: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Discover, fetch and store: the URLs given, the outlets named, or all of them."""
    from dateline.crawl import Request, crawl_now

    request = Request(
        urls=(urls or []) + _lines(urls_from),
        names=(source or []) + _lines(sources_from),
        all_outlets=all_outlets,
        limit=limit,
        depth=depth,
        since=since,
        until=until,
        allow_private=allow_private,
        trigger=trigger,
    )
    crawl_now(Settings.from_environment(), request, as_json=as_json, summary=summary)


@app.command(
    epilog="Examples:\n\n"
    "  dateline extract --url https://example.org/a-story.html page.html\n\n"
    "  curl -s https://example.org/a-story.html | dateline extract --url https://example.org/a-story.html -\n\n"
    "  dateline extract --batch pages.jsonl > records.jsonl"
)
def extract(
    files: Annotated[list[str] | None, typer.Argument(metavar="[FILE]...|-", help="HTML files, or - .")] = None,
    url: Annotated[str | None, typer.Option(help="Address the page came from.")] = None,
    fetched_at: Annotated[str | None, typer.Option(metavar="T", help="When it was fetched, ISO 8601.")] = None,
    batch: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.jsonl", help='Lines {"id", "url", "path", "fetched_at"}; a record a line comes out.'
        ),
    ] = None,
    form: Annotated[
        TextForm, typer.Option("--format", help="What the text of the record is written in.")
    ] = TextForm.text,
) -> None:
    """Print the record of each page as JSON, one a line. Needs no database and no network."""
    from dateline.extract import extract_batch, extract_files

    if batch and files:
        raise BadInput("give either FILEs or --batch, not both")
    if batch:
        extract_batch(batch, form is TextForm.markdown)
    else:
        extract_files(files or [], url, fetched_at, form is TextForm.markdown)


@app.command(
    "import",
    epilog="Examples:\n\n"
    "  dateline import CC-NEWS-20261101020202-00042.warc.gz\n\n"
    f"  dateline import courier-*.warc.gz --source the-courier --json\n\n{EXIT_CODES}",
)
def import_warc(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.warc.gz...", help="WARC files, such as CC-NEWS.")],
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help="The outlet of sources.toml of every page; else by domain.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many pages.")] = None,
    as_json: Json = False,
) -> None:
    """Read WARC files of others, and store their pages as a crawl would have. Asks no site for anything."""
    from dateline.importing import Request, import_files

    import_files(Settings.from_environment(), Request(files, source, limit), as_json=as_json)


@app.command(
    epilog="Examples:\n\n  dateline reextract --limit 100\n\n  dateline reextract --source the-courier --apply\n\n"
    "  dateline reextract --since 2026-01-01 --extractor-older-than 2 --json\n\n"
    "Exit codes: 0 done, 2 bad input, 3 nothing to re-extract, 4 no database, 75 interrupted."
)
def reextract(
    source: Annotated[
        str | None, typer.Option("--source", metavar="NAME", help="Articles of this outlet alone.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="T", help="Stories published from this day or moment on (found, if undated).")
    ] = None,
    older_than: Annotated[
        str | None, typer.Option("--extractor-older-than", metavar="V", help="Read by a version before this one.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many captures.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Write what changed; else it is only shown.")] = False,
    as_json: Json = False,
) -> None:
    """Read kept captures again with this version's extractor: what would change? Nothing is fetched.

    Articles that this version has read already are left out.
    """
    from dateline.reextract import Request
    from dateline.reextract import reextract as run_all

    request = Request(source, since, older_than, limit, apply)
    run_all(Settings.from_environment(), request, as_json=as_json)


def _lines(path: Path | None) -> list[str]:
    try:
        return [line.strip() for line in path.read_text().splitlines() if line.strip()] if path else []
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
