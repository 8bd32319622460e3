"""What an endpoint says of a story, made fit to keep: its address, title, date, language, and moments in UTC."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pipelines.text import line
from pipelines.urls import resolve

MAX_TITLE = 500  # characters; the longest real headlines have about 300
MAX_DATE = 100
_TAG = re.compile(
    r"<(?P<code>script|style)\b[^<>]*>.*?</(?P=code)\s*>"
    r"|</?[A-Za-z](?:[^<>=]|=\s*(?:\"[^\"]*\"|'[^']*')?)*+>"  # with > and < in what is quoted
    r"|<!--(?:.*?-->|[^>]*>?)",  # one that has no end goes to the next >
    re.DOTALL | re.IGNORECASE,
)
_ESCAPED = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})((?:-[A-Za-z0-9]{2,8}){0,4})")  # BCP 47; "english" and "en, fr" are none
_NO_LANGUAGE = ("und", "mul", "mis", "zxx")  # undetermined, several, another, none
_SPACED_ZONE = re.compile(r"\s+([+-]\d\d:?\d\d|Z)\Z")


def address(base: str, written: str | None) -> str | None:
    """Where a feed or sitemap at `base` sends us, checked; None for nowhere. Ampersands may be escaped twice."""
    return resolve(base, _ESCAPED.sub("&", written)) if written else None


def plain(text: str | None) -> str | None:
    """A title in one line of at most MAX_TITLE characters, without tags and entities; None if it is empty."""
    text = html.unescape((text or "")[: 10 * MAX_TITLE])  # a title of a million characters costs nothing
    return line(html.unescape(_TAG.sub("", text)), MAX_TITLE)


def raw_date(text: str | None) -> str | None:
    """A date as it was written, in one line; None where there is none."""
    return line(text, MAX_DATE)


def language(text: str | None) -> str | None:
    """A tag as in BCP 47, "en" or "pt-BR"; None where it is none, or stands for no one language."""
    found = _LANGUAGE.fullmatch((text or "").strip().replace("_", "-"))
    return None if found is None or found[1].lower() in _NO_LANGUAGE else found[1].lower() + found[2]


def moment(text: str | None) -> datetime | None:
    """A W3C (ISO 8601) or RFC 822 date in UTC; one without a zone counts as UTC. None if it is neither.

    A year or month alone, which W3C's form allows, is its first moment.
    """
    written = raw_date(text)
    if written is None:
        return None
    for read in (_w3c, parsedate_to_datetime):
        try:
            at = read(written)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):  # OverflowError: the year 1 or 9999 moved out of the calendar
            continue
    return None


def _w3c(written: str) -> datetime:
    day_missing = {4: "-01-01", 7: "-01"}.get(len(written), "")
    return datetime.fromisoformat(_SPACED_ZONE.sub(r"\1", written) + day_missing)
