"""Commands that ask the archive: find articles, show them, tell why one is not there, take them along."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dateline.commands.options import EXIT_CODES, Json
from dateline.settings import Settings

app = typer.Typer()


class ExportForm(StrEnum):
    """What an export is written in."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"


@app.command(
    epilog='Examples:\n\n  dateline search "harbour bridge"\n\n'
    "  dateline search '\"city council\" -football' --since 2026-11-01 --limit 5 --json\n\n"
    f"  dateline search 東京 --agency Reuters --kind gallery\n\n{EXIT_CODES}"
)
def search(
    query: Annotated[str, typer.Argument(help='Words; "phrases", -without, or.')],
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Only of this outlet.")] = None,
    agency: Annotated[str | None, typer.Option(metavar="A", help="Only with this agency's credit.")] = None,
    place: Annotated[str | None, typer.Option(metavar="P", help="Only with this place in the dateline.")] = None,
    language: Annotated[str | None, typer.Option(metavar="L", help="Only in this language, such as de.")] = None,
    since: Annotated[str | None, typer.Option(metavar="T", help="Published from this day or moment on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="T", help="Published before this day or moment.")] = None,
    flag: Annotated[str | None, typer.Option(metavar="F", help="Only with this quality flag, such as undated.")] = None,
    kind: Annotated[str | None, typer.Option(metavar="K", help="article, live, gallery or video.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most this many.")] = 20,
    stories: Annotated[
        bool, typer.Option("--stories", help="One article a story, however many outlets have it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Find articles by their words, each in its own language: best first, the newer before the older."""
    from dateline import query as queries
    from dateline.searching import SearchRequest

    request = SearchRequest(query, source, agency, place, language, since, until, flag, kind, limit, stories)
    queries.search(Settings.from_environment(), request, as_json=as_json)


@app.command(epilog="Examples:\n\n  dateline show 12\n\n  dateline show https://example.org/a-story.html --json")
def show(
    article: Annotated[str, typer.Argument(metavar="ID", help="Id or URL of an article.")], as_json: Json = False
) -> None:
    """Show one article as it is stored."""
    from dateline import query as queries

    queries.show(Settings.from_environment(), article, as_json=as_json)


@app.command(
    epilog="Examples:\n\n  dateline diff 12\n\n  dateline diff 12 --revision 1\n\n"
    "  dateline diff https://example.org/a-story.html --all --json"
)
def diff(
    article: Annotated[str, typer.Argument(metavar="ID|URL", help="Id or URL of an article.")],
    revision: Annotated[
        int | None, typer.Option(metavar="N", help="The change of that number; the newest unless given.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every change, the oldest first.")] = False,
    as_json: Json = False,
) -> None:
    """Show word by word what changed in an article since it was first seen."""
    from dateline import diff as differences

    differences.diff(Settings.from_environment(), article, revision, every=every, as_json=as_json)


@app.command(epilog="Example:\n\n  dateline why https://example.org/a-story.html")
def why(url: Annotated[str, typer.Argument(help="A story's address.")], as_json: Json = False) -> None:
    """Tell what became of a URL: where it was found, each visit, and why it is or is not stored."""
    from dateline.why import why as tell

    tell(Settings.from_environment(), url, as_json=as_json)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    epilog='Example:\n\n  dateline psql -c "select title, published_at from articles limit 5"',
)
def psql(context: typer.Context) -> None:
    """Open psql on the archive; arguments are psql's own."""
    from dateline import query as queries

    raise typer.Exit(queries.psql(Settings.from_environment(), context.args))


@app.command(
    epilog="Examples:\n\n"
    "  dateline export --format parquet --output articles.parquet\n\n"
    "  dateline export --format parquet --since x1:12345 --output more.parquet\n\n"
    f"  dateline export --format jsonl --since 2026-11-01 --source the-courier\n\n{EXIT_CODES}"
)
def export(
    form: Annotated[ExportForm, typer.Option("--format", help="What it is written in.")],
    since: Annotated[
        str | None,
        typer.Option(metavar="T|CURSOR", help="Articles changed from this day or moment on, or after that export."),
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="T", help="Articles changed before this day or moment.")] = None,
    source: Annotated[
        list[str] | None, typer.Option("--source", metavar="NAME", help="An outlet of the archive; repeatable.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write here, with a manifest beside; else standard output.")
    ] = None,
) -> None:
    """Write articles to a file: all of them, or those that changed since the last export."""
    from dateline.export import Request
    from dateline.export import export as write

    write(Settings.from_environment(), Request(form.value, since, until, source or [], output))
