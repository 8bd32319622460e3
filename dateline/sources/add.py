"""`dateline sources add`: look at a site, show what a crawl would make of it, and write its entry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from dateline.errors import BadInput, NothingUsable
from dateline.postgres import database
from dateline.settings import Settings
from dateline.sources import entries
from dateline.sources.look import look
from dateline.sources.show import as_fields, show_survey
from pipelines import urls
from pipelines.database import migrate
from spiders.survey.seen import Survey, Wish

ANYWAY = "; write an entry all the same with --no-look"


def add_unseen(settings: Settings, url: str, name: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Write an entry of the address alone, without asking the site."""
    entry = entries.bare(_checked(url), name)
    entries.refuse_taken(settings.sources, entry["name"])
    _write(settings, entry, dry_run=dry_run, as_json=as_json, seen={})


def add(settings: Settings, url: str, name: str | None, *, allow_private: bool, dry_run: bool, as_json: bool) -> None:
    """Look at the site of a URL and write its entry. Raises BadInput, NothingUsable, Interrupted, DatabaseError."""
    url = _checked(url)
    entries.refuse_taken(settings.sources, entries.bare(url, name)["name"])
    with database(settings) as database_url:
        migrate(database_url)
        survey = look(settings, database_url, Wish(url), allow_private=allow_private, quiet=as_json)
    entry, fault = entries.of_survey(survey, name), why_unusable(survey)
    if fault:
        if as_json:
            _print_json({"entry": entry, "written": None, "fault": fault} | as_fields(survey))
        raise NothingUsable(f"nothing usable at {url}: {fault}{ANYWAY}")
    entries.refuse_taken(settings.sources, entry["name"])
    if not as_json:
        show_survey(survey)
    _write(settings, entry, dry_run=dry_run, as_json=as_json, seen=as_fields(survey))


def why_unusable(survey: Survey) -> str | None:
    """Why a crawl would store nothing of the site, in one line; None where it would store something."""
    if survey.articles:
        return None
    listed = sum(e.listed.stories for e in survey.endpoints if e.listed)
    if survey.robots.reason:
        front = next((e for e in survey.endpoints if e.url == survey.url and e.detail), None)
        return (front and front.detail) or survey.robots.reason
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


def _write(settings: Settings, entry: entries.Entry, *, dry_run: bool, as_json: bool, seen: dict[str, Any]) -> None:
    if not dry_run:
        entries.append(settings.sources, entry)
    if as_json:
        written = None if dry_run else str(settings.sources)
        _print_json({"entry": entry, "written": written, "fault": None} | seen)
        return
    if seen:
        print(f"{entries.as_toml(entry)}")
    if dry_run:
        print(f"not written to {settings.sources}: --dry-run")
    else:
        print(f"added {entry['name']} to {settings.sources}; crawl it with: dateline crawl --source {entry['name']}")


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False))
