"""Commands about outlets: the list of them, and which are not well."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dateline.commands.options import EXIT_CODES, Json, Private
from dateline.errors import BadInput
from dateline.settings import Settings

app = typer.Typer()
sources_app = typer.Typer(help="The outlets: list them, add one, bring the database up to date with the file.")
app.add_typer(sources_app, name="sources", no_args_is_help=True)


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
