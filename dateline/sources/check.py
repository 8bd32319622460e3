"""`dateline sources check`: look at an outlet again, and tell what broke since it was crawled."""

from __future__ import annotations

import json
from dataclasses import asdict

from dateline.errors import BadInput, NothingUsable
from dateline.postgres import database
from dateline.settings import Settings
from dateline.sources.findings import Finding, compare
from dateline.sources.look import look
from dateline.sources.show import as_fields, show_findings
from pipelines import habits, runs
from pipelines.database import Database
from pipelines.migrating import migrate
from pipelines.outlets import Outlet, read_sources
from spiders.survey.places import ENTRY
from spiders.survey.seen import Lead, Wish

KNOWN = "the last crawls"


def check(settings: Settings, name: str, *, allow_private: bool, as_json: bool) -> None:
    """Look at an outlet and print what is fine and what is not. Raises BadInput, NothingUsable where not all is."""
    outlets = read_sources(settings.sources)
    if not (outlet := next((o for o in outlets if o.name == name), None)):
        raise BadInput(f"no outlet named {name!r} in {settings.sources}; dateline sources list shows them")
    with database(settings) as url:
        migrate(url)
        with Database(url, 1) as connection:
            source = next(s for s in runs.sync(connection, outlets) if s.outlet == outlet)
            usual = habits.habits(connection, source.id)
        survey = look(settings, url, _wish(outlet, usual), allow_private=allow_private, quiet=as_json)
    found = compare(survey, usual)
    broken = [f for f in found if not f.fine]
    if as_json:
        report = {"name": name, "fine": not broken, "findings": [asdict(f) for f in found]}
        print(json.dumps(report | as_fields(survey), ensure_ascii=False))
    else:
        show_findings(name, survey, found)
    _judge(name, broken)


def _wish(outlet: Outlet, usual: habits.Habits) -> Wish:
    """The outlet, with the endpoints that its entry names and those that were read before."""
    named = [Lead(url, "feed", ENTRY) for url in outlet.feeds] + [Lead(u, "sitemap", ENTRY) for u in outlet.sitemaps]
    known = [Lead(e.url, e.kind, KNOWN) for e in usual.endpoints if e.url != outlet.url]
    return Wish(outlet.url, (*named, *known), outlet.delay, outlet.timezone, outlet.language)


def _judge(name: str, broken: list[Finding]) -> None:
    if broken:
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        raise NothingUsable(f"{name}: {broken[0].what}: {broken[0].detail}{more}")
