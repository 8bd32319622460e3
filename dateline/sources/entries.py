"""Entries of sources.toml: what a survey is worth naming in one, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit

from dateline.errors import BadInput
from pipelines import urls
from pipelines.outlets import parse_sources, read_sources
from spiders.survey.places import FOUND_BY_CRAWLS
from spiders.survey.seen import Endpoint, Survey

Entry = dict[str, Any]


def bare(url: str, name: str | None, delay: float | None = None) -> Entry:
    """An entry of a name, the host's unless given, an address, and a delay if one is given."""
    entry: Entry = {"name": name or re.sub(r"^www\.", "", urls.host(url)), "url": url}
    return entry if delay is None else entry | {"delay": delay}


def of_survey(survey: Survey, name: str | None, delay: float | None = None) -> Entry:
    """An entry with what a crawl would not find by itself; all else is left to the defaults."""
    feeds, sitemaps = _of_kind(survey, "feed"), _of_kind(survey, "sitemap")
    found: Entry = {"language": survey.language.value, "timezone": survey.timezone.value}
    if named := any(e.found_by not in FOUND_BY_CRAWLS for e in feeds):
        found["feeds"] = [e.url for e in feeds]  # all: with one of them named, the front page is not asked for others
    if any(e.found_by not in FOUND_BY_CRAWLS or (named and e.found_by == "the front page") for e in sitemaps):
        found["sitemaps"] = [e.url for e in sitemaps]
    return bare(survey.url, name, delay) | {key: value for key, value in found.items() if value}


def _of_kind(survey: Survey, kind: str) -> list[Endpoint]:
    return [e for e in survey.working if e.kind == kind and e.found_by != "a sitemap index"]


def refuse_taken(path: Path, name: str) -> None:
    """Raise BadInput where an outlet of that name is listed; BadSources where the file is at fault."""
    if any(o.name == name for o in read_sources(path)):
        raise BadInput(f"an outlet named {name!r} is there already; choose another with --name")


def as_toml(entry: Mapping[str, Any]) -> str:
    """The entry as it stands in the file."""
    return f"[[source]]\n{tomlkit.dumps(entry)}"


def append(path: Path, entry: Mapping[str, Any]) -> None:
    """Add the entry to the file, everything else in it left as it is. Raises BadSources."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    text = f"{text.rstrip()}\n\n{as_toml(entry)}".lstrip()
    parse_sources(text, path.name)
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
