"""The command line: what each command is called, what it takes, and how errors end it."""

from __future__ import annotations

import os
import signal
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from dateline.errors import BadInput, CommandError, Interrupted, NoDatabase
from dateline.settings import Settings

EXIT_CODES = "Exit codes: 0 done, 2 bad input, 3 nothing usable was got, 4 no database, 75 interrupted."

app = typer.Typer(
    name="dateline",
    help="Keep a clean, dated, de-duplicated archive of the news in your own Postgres.",
    epilog=f"{EXIT_CODES} State is kept in DATELINE_HOME; DATELINE_DATABASE_URL names a Postgres of your own; "
    "DATELINE_SOURCES another list of outlets than ./sources.toml.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
sources_app = typer.Typer(help="The outlets: list them, add one, bring the database up to date with the file.")
app.add_typer(sources_app, name="sources", no_args_is_help=True)
clusters_app = typer.Typer()
app.add_typer(clusters_app, name="clusters", no_args_is_help=True)
roles_app = typer.Typer()
app.add_typer(roles_app, name="roles", no_args_is_help=True)
captures_app = typer.Typer()
app.add_typer(captures_app, name="captures", no_args_is_help=True)


class TextForm(StrEnum):
    """What the text of a record is written in."""

    text = "text"
    markdown = "markdown"


class ExportForm(StrEnum):
    """What an export is written in."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Private = Annotated[bool, typer.Option("--allow-private", help="Also fetch from private addresses, such as 127.0.0.1.")]


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


@app.command(epilog="Example:\n\n  dateline migrate")
def migrate() -> None:
    """Bring the schema of the database up to date; doing it again changes nothing."""
    from dateline import roles

    roles.migrate(Settings.from_environment())


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

    request = queries.SearchRequest(query, source, agency, place, language, since, until, flag, kind, limit, stories)
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


@app.command(epilog="Example:\n\n  dateline why https://example.org/a-story.html")
def why(url: Annotated[str, typer.Argument(help="A story's address.")], as_json: Json = False) -> None:
    """Tell what became of a URL: where it was found, each visit, and why it is or is not stored."""
    from dateline.why import why as tell

    tell(Settings.from_environment(), url, as_json=as_json)


@app.command(
    epilog="Examples:\n\n  dateline status\n\n  dateline status the-courier --json\n\n"
    f"  dateline status --refresh --days 70\n\n{EXIT_CODES}"
)
def status(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="An outlet; all of them unless given.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also all that are well, and sites met in one-off crawls.")
    ] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="First count what has changed, and write the verdicts to the database.")
    ] = False,
    days: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="With --refresh: count all of the last N days anew.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell which outlets are silent, late, degraded or failing, and why: the worst first."""
    from dateline.status import Request
    from dateline.status import status as tell

    if days and not refresh:
        raise BadInput("--days goes with --refresh")
    tell(Settings.from_environment(), Request(name, every, refresh, days), as_json=as_json)


@app.command(
    epilog="Examples:\n\n  dateline alerts\n\n"
    f"  dateline alerts --json >alerts.json && dateline alerts --told alerts.json\n\n{EXIT_CODES}"
)
def alerts(
    told: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Note that what this file lists, as --json printed it, was told."),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the outlets that are not well, or well again, and that nobody was told of today. The DAG crawl does that."""
    from dateline import alerts as untold

    settings = Settings.from_environment()
    if told:
        untold.told(settings, told, as_json=as_json)
    else:
        untold.alerts(settings, as_json=as_json)


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
    epilog="Examples:\n\n  dateline forget https://example.org/2026/11/a-story.html --reason 'court order 12/26'\n\n"
    '  dateline forget --author "Jane Doe" --yes\n\n'
    f"  dateline forget --expired\n\n{EXIT_CODES}"
)
def forget(
    urls: Annotated[list[str] | None, typer.Argument(metavar="[URL]...", help="Stories, by any of their URLs.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. Needed where there is no terminal.")] = False,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why; kept in the audit.")] = None,
    copies: Annotated[bool, typer.Option("--copies", help="Also the same article at other outlets.")] = False,
    author: Annotated[str | None, typer.Option(metavar="NAME", help="A name, wherever it is an author's.")] = None,
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help="That name, or what has expired, at this outlet alone.")
    ] = None,
    captures: Annotated[
        bool, typer.Option("--captures", help="Also the captures of the articles signed by that name.")
    ] = False,
    expired: Annotated[
        bool, typer.Option("--expired", help="Articles that their outlet's keep_articles no longer keeps.")
    ] = False,
    scrub: Annotated[
        bool | None,
        typer.Option(
            "--scrub/--no-scrub",
            help="Write the database's files anew, so that no byte is left; tables are locked meanwhile. "
            "[default: up to 1 GB of tables, and not with --expired]",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Delete stories for good: text, revisions, captures, index, and all that leads back to them.

    They are not fetched, imported or re-extracted again; dateline why tells when and why they went.
    """
    from dateline.forget import Request
    from dateline.forget import forget as delete

    request = Request(urls or [], author, source, expired, yes, reason, copies, captures, scrub)
    delete(Settings.from_environment(), request, as_json=as_json)


@app.command(epilog="Example:\n\n  dateline up")
def up() -> None:
    """Run everything on this machine: embedded Postgres, Airflow and the schedule, until Ctrl-C."""
    from dateline.up import up as run_all

    raise typer.Exit(run_all(Settings.from_environment()))


@sources_app.command("list", epilog="Examples:\n\n  dateline sources list\n\n  dateline sources list --due --json")
def sources_list(
    due: Annotated[bool, typer.Option("--due", help="Only those the schedule would crawl now.")] = False,
    as_json: Json = False,
) -> None:
    """List the outlets, and how the newest crawl of each ended."""
    from dateline.sources import listed

    listed.show(Settings.from_environment(), due=due, as_json=as_json)


@sources_app.command("sync", epilog="Example:\n\n  dateline sources sync")
def sources_sync() -> None:
    """Check sources.toml and bring the database up to date with it."""
    from dateline.sources import listed

    listed.sync(Settings.from_environment())


@sources_app.command(
    "add",
    epilog="Examples:\n\n"
    "  dateline sources add https://example.org/ --name the-example\n\n"
    f"  dateline sources add https://example.org/feed.xml --dry-run\n\n{EXIT_CODES}",
)
def sources_add(
    url: Annotated[str, typer.Argument(help="Front page, feed, or any page of the outlet.")],
    name: Annotated[str | None, typer.Option(help="Name of the outlet; from its host unless given.")] = None,
    allow_private: Private = False,
    delay: Annotated[
        float | None, typer.Option(min=0, max=3600, help="Seconds between two requests, here and in the entry; 1.")
    ] = None,
    no_look: Annotated[bool, typer.Option("--no-look", help="Write the entry without asking the site.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the entry, and write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Look at a site: its feeds and sitemaps, three of its stories, what it permits. Then add it to sources.toml.

    No article is stored.
    """
    from dateline.sources.add import Request, add

    request = Request(url, name, delay, allow_private, no_look, dry_run, as_json)
    add(Settings.from_environment(), request)


@sources_app.command("check", epilog=f"Example:\n\n  dateline sources check the-example\n\n{EXIT_CODES}")
def sources_check(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An outlet of sources.toml.")],
    allow_private: Private = False,
    as_json: Json = False,
) -> None:
    """Look at an outlet again and tell what broke: feeds, robots.txt, layout, dates, terms. No article is stored."""
    from dateline.sources.check import check

    check(Settings.from_environment(), name, allow_private=allow_private, as_json=as_json)


@clusters_app.callback()
def clusters_group() -> None:
    """Stories that several outlets have: the same text is one cluster."""


@clusters_app.command("rebuild", epilog="Example:\n\n  dateline clusters rebuild")
def clusters_rebuild(
    batch: Annotated[int, typer.Option(min=1, max=10_000, help="Articles a transaction; crawls wait for one.")] = 100,
) -> None:
    """Forget all clusters and assign every stored article anew; they get new ids. Crawls may go on meanwhile."""
    from dateline.clusters import rebuild

    rebuild(Settings.from_environment(), batch)


@clusters_app.command("update", epilog="Example:\n\n  dateline clusters update")
def clusters_update(
    batch: Annotated[int, typer.Option(min=1, max=10_000, help="Articles a transaction; others wait for one.")] = 100,
) -> None:
    """Assign what is stored and has no cluster yet: what a crawl that was killed left, or a rebuild."""
    from dateline.clusters import update

    update(Settings.from_environment(), batch)


@roles_app.callback()
def roles_group() -> None:
    """Users of the database who may read the archive, or write to it."""


@roles_app.command("add", epilog="Examples:\n\n  dateline roles add anna\n\n  dateline roles add crawler --writer")
def roles_add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the user, made unless there.")],
    writer: Annotated[bool, typer.Option("--writer", help="May crawl too, but not change the schema.")] = False,
) -> None:
    """Let a user of the database read the archive, each query for a minute at most."""
    from dateline import roles

    roles.add(Settings.from_environment(), name, writer=writer)


@captures_app.callback()
def captures_group() -> None:
    """The pages as they were fetched, in WARC files: verify them, end those that had their time."""


@captures_app.command(
    "check",
    epilog="Examples:\n\n  dateline captures check\n\n  dateline captures check --json\n\n"
    "Exit codes: 0 all can be read, 2 bad input, 3 some are lost or broken, 4 no database, 75 interrupted.",
)
def captures_check(as_json: Json = False) -> None:
    """Read every capture: does each row lead to its record, is every digest right? Names what is lost or broken."""
    from dateline import captures

    captures.check(Settings.from_environment(), as_json=as_json)


@captures_app.command(
    "prune",
    epilog=f"Examples:\n\n  dateline captures prune --dry-run\n\n  dateline captures prune --json\n\n{EXIT_CODES}",
)
def captures_prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would end, and change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Remove the captures that their outlets no longer keep (keep_captures, DATELINE_KEEP_CAPTURES). Articles stay.

    Crawls may go on meanwhile: files that are being written are left for the next time.
    """
    from dateline import captures

    captures.prune(Settings.from_environment(), dry_run=dry_run, as_json=as_json)


def run() -> NoReturn:
    """Entry point: run the command, and turn each known error into its line and exit code."""
    # Here, not above: worker processes load this module too, and pydantic takes a third of a second.
    from pipelines.database import DatabaseError
    from pipelines.outlets import BadSources

    _follow_parent()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stopped)
    try:
        app()
    except (CommandError, BadSources, DatabaseError) as error:
        sys.exit(_complain(error))
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - or Python complains at exit
    sys.exit(0)


def _complain(error: Exception) -> int:
    print("\n".join(f"dateline: {line}" for line in str(error).splitlines()), file=sys.stderr)
    if isinstance(error, CommandError):
        return error.exit_code
    from pipelines.database import DatabaseError

    return NoDatabase.exit_code if isinstance(error, DatabaseError) else BadInput.exit_code


def _stopped(_signal: int, _frame: object) -> NoReturn:
    raise Interrupted("interrupted")


def _follow_parent() -> None:
    """End with the process that started us, where it asks for that: the schedule's operator does."""
    if os.environ.pop("DATELINE_DIE_WITH_PARENT", "") == "1":
        from pipelines.workers import die_with_parent

        die_with_parent(os.getppid())


def _lines(path: Path | None) -> list[str]:
    try:
        return [line.strip() for line in path.read_text().splitlines() if line.strip()] if path else []
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
