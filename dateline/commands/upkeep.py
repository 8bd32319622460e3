"""Commands that keep the archive in order: schema, users, captures, log, clusters, and what must go."""

from __future__ import annotations

from typing import Annotated

import typer

from dateline.commands.options import EXIT_CODES, Json
from dateline.settings import Settings

app = typer.Typer()
clusters_app = typer.Typer()
app.add_typer(clusters_app, name="clusters", no_args_is_help=True)
roles_app = typer.Typer()
app.add_typer(roles_app, name="roles", no_args_is_help=True)
captures_app = typer.Typer()
app.add_typer(captures_app, name="captures", no_args_is_help=True)
fetches_app = typer.Typer()
app.add_typer(fetches_app, name="fetches", no_args_is_help=True)


@app.command(epilog="Example:\n\n  dateline migrate")
def migrate() -> None:
    """Bring the schema of the database up to date; doing it again changes nothing."""
    from dateline import roles

    roles.migrate(Settings.from_environment())


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


@fetches_app.callback()
def fetches_group() -> None:
    """The log of requests, kept by months."""


@fetches_app.command(
    "prune",
    epilog=f"Examples:\n\n  dateline fetches prune --dry-run\n\n  dateline fetches prune --json\n\n{EXIT_CODES}",
)
def fetches_prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Make the months to come, and end those that are no longer kept (DATELINE_KEEP_FETCHES, 400d unless set).

    Crawls and readers go on meanwhile. Only the owner of the tables may do it. Articles and daily figures stay.
    """
    from dateline import fetches

    fetches.prune(Settings.from_environment(), dry_run=dry_run, as_json=as_json)
