"""Outlets as data: what an entry of sources.toml may say, read and checked."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from pipelines import spans, urls
from pipelines.records import EndpointKind
from pipelines.rights import OptOut

ENTRY_HEAD = re.compile(r"^\s*\[\[\s*source\s*\]\]")
VARIABLE = re.compile(r"\$[A-Za-z_][A-Za-z0-9_]*")
SECRET = frozenset({"proxy"})  # keys whose value is never shown


class BadSources(Exception):
    """A list of outlets that cannot be used; the message has one line a fault, each with file and line."""


def _duration(value: Any) -> timedelta:
    return value if isinstance(value, timedelta) else spans.parse(value if isinstance(value, str) else "")


def _keep(value: Any) -> timedelta | str:
    try:
        return "forever" if value == "forever" else _duration(value)
    except ValueError as error:
        raise ValueError('write a number and s, m, h or d, such as "90d", or "forever"') from error


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError('write a name of the time zone database, such as "Europe/Madrid"') from error
    return value


def _url(value: str) -> str:
    try:
        return urls.check(value)
    except urls.BadUrl as error:
        raise ValueError(str(error)) from error


def _proxy(value: SecretStr) -> SecretStr:
    said = value.get_secret_value()
    try:
        is_good = bool(VARIABLE.fullmatch(said)) or is_proxy(said)
    except ValueError:  # a port out of range, brackets that do not close
        is_good = False
    if not is_good:
        raise ValueError('write "http://host:port", or "$NAME" for the environment variable that has it')
    return value


def is_proxy(url: str) -> bool:
    """Whether it is http://host:port, with or without user:password@. Raises ValueError for what is no URL."""
    parts = urlsplit(url)
    is_bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    return parts.scheme == "http" and bool(parts.hostname) and bool(parts.port) and is_bare and url.isprintable()


Url = Annotated[str, AfterValidator(_url)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Share = Annotated[float, Field(ge=0, le=1)]
Keep = Annotated[timedelta | Literal["forever"], BeforeValidator(_keep)]
KINDS: tuple[EndpointKind, ...] = get_args(EndpointKind)


class Outlet(BaseModel):
    """One news site, as its entry in sources.toml describes it.

    `sections` are pages that link to stories, beside the front page. `delay` is the pause in seconds between the end
    of one request to a host and the start of the next; `limit` is the number of pages fetched in one crawl, the rest
    waiting for the next one. An endpoint that lists nothing new is asked less and less often, from every `cadence`
    down to every `slowest`. `discover` names the kinds of endpoints that are looked for, `honour` the opt-outs of
    pages that are obeyed. `render` has pages read as a browser shows them; `proxy` is the HTTP proxy that all is asked
    through, or "$NAME" for an environment variable with it. Captures older than `keep_captures` end with the next
    `dateline captures prune`; None: after DATELINE_KEEP_CAPTURES. Articles first seen longer ago than
    `keep_articles` are deleted for good by `dateline forget --expired`; None: never. `hold` has stories against a
    habit of the outlet held back in quarantine while it fails the gate. From `floor` on: gates of health, see the
    table `gates`; None for the default there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$")]
    url: Url
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")] | None = None
    timezone: Annotated[str, AfterValidator(_zone)] | None = None
    feeds: tuple[Url, ...] = ()
    sitemaps: tuple[Url, ...] = ()
    sections: tuple[Url, ...] = ()
    discover: tuple[EndpointKind, ...] = KINDS
    cadence: Duration = timedelta(hours=1)
    slowest: Duration = timedelta(days=1)
    honour: tuple[OptOut, ...] = ("noarchive",)
    render: bool = False
    proxy: Annotated[SecretStr, AfterValidator(_proxy)] | None = None
    keep_captures: Keep | None = None
    keep_articles: Duration | None = None
    delay: Annotated[float, Field(ge=0, le=3600)] = 1.0
    limit: Annotated[int, Field(ge=1, le=1_000_000)] = 500
    hold: bool = True
    floor: Annotated[int, Field(ge=0)] | None = None
    least_volume: Share | None = None
    most_undated: Share | None = None
    most_dates_today: Share | None = None
    least_words: Annotated[int, Field(ge=0)] | None = None
    least_length: Share | None = None
    most_blocked: Share | None = None
    most_empty: Share | None = None
    most_failures: Annotated[int, Field(ge=1)] | None = None
    silent_after: Annotated[float, Field(ge=0)] | None = None
    late_after: Annotated[float, Field(ge=0)] | None = None


def read_sources(path: Path) -> list[Outlet]:
    """The outlets of a sources.toml; an empty list where there is no such file. Raises BadSources."""
    if not path.exists():
        return []
    try:
        return parse_sources(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise BadSources(f"{path.name}: not UTF-8 at byte {error.start}") from error


def parse_sources(text: str, name: str = "sources.toml") -> list[Outlet]:
    """The outlets that the text of a sources.toml lists. Raises BadSources naming every fault with its line."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSources(f"{name}: {error}") from error
    lines = text.splitlines()
    faults = [f"{name}:{_line_of(lines, key)}: {_unknown(key, ['source'])}" for key in table if key != "source"]
    entries = table.get("source", [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise BadSources(f"{name}: write each outlet as a table headed [[source]]")
    outlets = []
    for number, entry in enumerate(entries):
        try:
            outlets.append(Outlet.model_validate(entry))
        except ValidationError as error:
            faults += [f"{name}:{_fault(lines, number, entry, e)}" for e in error.errors()]
    faults += [f'{name}: two outlets are named "{n}"' for n, c in Counter(o.name for o in outlets).items() if c > 1]
    if faults:
        raise BadSources("\n".join(faults))
    return outlets


def _fault(lines: list[str], number: int, entry: dict[str, Any], error: Any) -> str:
    key = str(error["loc"][0])
    start, end = _block(lines, number)
    line = next((i for i in range(start, end) if re.match(rf"\s*[\"']?{re.escape(key)}\b", lines[i])), start)
    who = f'source "{entry["name"]}"' if isinstance(entry.get("name"), str) else f"source number {number + 1}"
    if error["type"] == "extra_forbidden":
        return f"{line + 1}: {who}: {_unknown(key, list(Outlet.model_fields))}"
    if error["type"] == "missing":
        return f'{line + 1}: {who}: "{key}" is missing'
    said = str(error["msg"]).removeprefix("Value error, ")
    value = "wrong" if key in SECRET else _short(error["input"])
    return f'{line + 1}: {who}: "{key}" is {value}: {said[:1].lower()}{said[1:]}'


def _block(lines: list[str], number: int) -> tuple[int, int]:
    """First line of the entry of that number, and the line after its last, counted from 0."""
    heads = [i for i, line in enumerate(lines) if ENTRY_HEAD.match(line)] or [0]
    start = heads[min(number, len(heads) - 1)]
    return start, next((h for h in heads if h > start), len(lines))


def _line_of(lines: list[str], key: str) -> int:
    return next((i for i, line in enumerate(lines, 1) if re.match(rf"\s*\[*\s*{re.escape(key)}\b", line)), 1)


def _unknown(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f'unknown key "{key}"' + (f'; did you mean "{close[0]}"?' if close else f"; known: {', '.join(known)}")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
