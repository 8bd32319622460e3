"""`dateline sources add`: look at a site, show what a crawl would make of it, and write its entry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dateline.errors import BadInput, NothingUsable
from dateline.postgres import database
from dateline.settings import Settings
from dateline.sources import entries
from dateline.sources.look import look
from dateline.sources.show import as_fields, show_survey
from pipelines import urls
from pipelines.migrating import migrate
from spiders.survey.seen import Survey, Wish

ANYWAY = "; write an entry all the same with --no-look"


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for."""

    url: str
    name: str | None = None
    delay: float | None = None
    allow_private: bool = False
    no_look: bool = False
    dry_run: bool = False
    as_json: bool = False


def add(settings: Settings, request: Request) -> None:
    """Look at the site of a URL and write its entry. Raises BadInput, NothingUsable, Interrupted, DatabaseError."""
    asked = entries.bare(_checked(request.url), request.name, request.delay)
    entries.refuse_taken(settings.sources, asked["name"])
    if request.no_look:
        _write(settings, request, asked, {})
        return
    survey = _look(settings, request, asked["url"])
    entry = entries.of_survey(survey, request.name, request.delay)
    entries.refuse_taken(settings.sources, entry["name"])  # where the address leads elsewhere it is another's
    if fault := why_unusable(survey):
        if request.as_json:
            _print_json({"entry": entry, "written": None, "fault": fault} | as_fields(survey))
        raise NothingUsable(f"nothing usable at {asked['url']}: {fault}{ANYWAY}")
    if not request.as_json:
        show_survey(survey)
    _write(settings, request, entry, as_fields(survey))


def _look(settings: Settings, request: Request, url: str) -> Survey:
    wish = Wish(url) if request.delay is None else Wish(url, delay=request.delay)
    with database(settings) as database_url:
        migrate(database_url)
        return look(settings, database_url, wish, allow_private=request.allow_private, quiet=request.as_json)


def why_unusable(survey: Survey) -> str | None:
    """Why a crawl would store nothing of the site, in one line; None where it would store something."""
    if survey.articles:
        return None
    details = {e.detail for e in survey.endpoints}
    if len(details) == 1 and (detail := details.pop()):
        return detail  # no such host, no connection: the same whatever is asked
    listed = sum(e.listed.stories for e in survey.endpoints if e.listed)
    if survey.robots.reason:
        return survey.robots.reason
    if not survey.robots.allowed and not listed:
        return f"robots.txt of {urls.host(survey.url)} forbids it"
    if not listed:
        return f"nothing there lists a story; tried {'; '.join(_tried(survey))}"
    pages = "; ".join(f"{s.url}: {s.detail or s.outcome}" for s in survey.stories)
    return f"of {listed} links none that was tried is a story: {pages}"


def _tried(survey: Survey) -> Iterator[str]:
    for endpoint in survey.endpoints:
        yield f"{urlsplit(endpoint.url).path}: {endpoint.detail or 'no story in it'}"


def _checked(url: str) -> str:
    try:
        return urls.check(url)
    except urls.BadUrl as error:
        raise BadInput(str(error)) from error


def _write(settings: Settings, request: Request, entry: entries.Entry, seen: dict[str, Any]) -> None:
    """Write the entry, unless it is not to be, and say so; `seen` is what the site showed, empty if nobody looked."""
    if not request.dry_run:
        entries.append(settings.sources, entry)
    if request.as_json:
        written = None if request.dry_run else str(settings.sources)
        _print_json({"entry": entry, "written": written, "fault": None} | seen)
        return
    if seen or request.dry_run:
        print(entries.as_toml(entry))
    if request.dry_run:
        print(f"not written to {settings.sources}: --dry-run")
    else:
        print(f"added {entry['name']} to {settings.sources}; crawl it with: dateline crawl --source {entry['name']}")


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False))
