"""What the environment says: which database, which state folder, which list of outlets."""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from dateline.errors import BadInput
from pipelines import spans
from pipelines.shelf import ROTATE_BYTES, Shelf

LOG_KEPT = timedelta(days=400)  # the log of requests, unless said otherwise: a year and a month, to compare with
LOG_KEPT_AT_LEAST = timedelta(days=90)  # `dateline status --refresh` may sum the last ten weeks anew, out of the log


@dataclass(frozen=True, slots=True)
class Settings:
    """Where Dateline keeps its state and finds its outlets.

    `database_url` is None for the embedded server. `home` holds the embedded database, the captures and
    Airflow's home. `sources` is the list of outlets; it need not exist. `contact` is where sites can reach whoever
    crawls them: an address of the web or of mail. `captures_at` is another folder for the captures, or the URL of a
    store; `rotate_bytes` how large one of their files may become. `keep_captures` is how long
    those of outlets are kept that do not say, `keep_fetches` how long the log of requests is; None: for ever.
    `reader_url` is where browsers find the reader.
    """

    database_url: str | None
    home: Path
    sources: Path
    contact: str = "mailto:nobody@localhost"
    captures_at: str | None = None
    rotate_bytes: int = ROTATE_BYTES
    keep_captures: timedelta | None = None
    keep_fetches: timedelta | None = LOG_KEPT
    reader_url: str | None = None

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read the variables that begin with DATELINE_; a bad value raises BadInput."""
        return cls(
            database_url=_database_url(env.get("DATELINE_DATABASE_URL", "")),
            home=_home(env.get("DATELINE_HOME", "")),
            sources=_sources(env.get("DATELINE_SOURCES", "")),
            contact=_contact(env.get("DATELINE_CONTACT", "")),
            captures_at=_captures(env.get("DATELINE_CAPTURES", "")),
            keep_captures=_keep_captures(env.get("DATELINE_KEEP_CAPTURES", "")),
            keep_fetches=_keep_fetches(env.get("DATELINE_KEEP_FETCHES", "")),
            rotate_bytes=_rotate_bytes(env.get("DATELINE_CAPTURES_FILE_MB", "")),
            reader_url=_reader_url(env.get("DATELINE_READER_URL", "")),
        )

    @property
    def captures(self) -> Shelf:
        """Where the WARC files lie."""
        return Shelf.at(self.captures_at or str(self.home / "captures"), self.home / "spool", self.rotate_bytes)


def _database_url(value: str) -> str | None:
    if not value:
        return None
    if urlsplit(value).scheme not in ("postgresql", "postgres"):
        raise BadInput(
            f"DATELINE_DATABASE_URL: {value.rsplit('@', maxsplit=1)[-1]!r} is no Postgres address; "
            "write postgresql://user@host:5432/database, or unset it to use the embedded server"
        )
    return value


def _home(value: str) -> Path:
    path = Path(value).expanduser() if value else _default_home()
    if not path.is_absolute():
        raise BadInput(f"DATELINE_HOME: {value!r} is a relative path; write an absolute one")
    if path.exists() and not path.is_dir():
        raise BadInput(f"DATELINE_HOME: {path} is not a folder")
    return path.resolve()


def _default_home() -> Path:
    # As root the embedded server runs as a user of its own, who must be able to reach its files: not in /root.
    return Path("/var/lib/dateline") if os.geteuid() == 0 else platformdirs.user_data_path("dateline")


def _sources(value: str) -> Path:
    if not value:
        return Path("sources.toml").resolve()
    path = Path(value).expanduser().resolve()
    if not path.is_file():
        raise BadInput(f"DATELINE_SOURCES: there is no file {path}")
    return path


def _contact(value: str) -> str:
    if not value:
        return f"mailto:{getpass.getuser()}@{socket.getfqdn()}"
    if not re.fullmatch(r"(https?://|mailto:)[!-~]+", value) or set(value) & set("()<>;"):
        raise BadInput(f"DATELINE_CONTACT: {value!r} is no address; write https://… or mailto:…")
    return value


def _reader_url(value: str) -> str | None:
    if value and not re.fullmatch(r"https?://[!-~]+", value):
        raise BadInput(f"DATELINE_READER_URL: {value!r} is no address; write https://…")
    return value.rstrip("/") or None


def _captures(value: str) -> str | None:
    try:
        return Shelf.at(value, Path()).where if value else None
    except ValueError as error:
        raise BadInput(f"DATELINE_CAPTURES: {error}") from error


def _rotate_bytes(value: str) -> int:
    if not value:
        return ROTATE_BYTES
    if not value.isdecimal() or not 1 <= int(value) <= 1 << 20:
        raise BadInput(
            f"DATELINE_CAPTURES_FILE_MB: {value!r} is no size in megabytes; write a whole number, such as 1024"
        )
    return int(value) << 20


def _keep_captures(value: str) -> timedelta | None:
    try:
        return spans.parse(value) if value else None
    except ValueError as error:
        raise BadInput(f"DATELINE_KEEP_CAPTURES: {value!r} is no span of time; write one such as 90d") from error


def _keep_fetches(value: str) -> timedelta | None:
    if value in ("", "forever"):
        return LOG_KEPT if not value else None
    try:
        kept = spans.parse(value)
    except ValueError as error:
        raise BadInput(f"DATELINE_KEEP_FETCHES: {value!r} is no span of time; write 400d, or forever") from error
    if kept < LOG_KEPT_AT_LEAST:
        raise BadInput(f"DATELINE_KEEP_FETCHES: {value!r} is too short; write {LOG_KEPT_AT_LEAST.days}d or more")
    return kept
