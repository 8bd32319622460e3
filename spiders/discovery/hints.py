"""What an endpoint says about a story, made fit to keep: one-line text, and moments in UTC."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_TITLE = 500  # characters; the longest real headlines have about 300
MAX_DATE = 100
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)
_UNSTORABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")  # what neither UTF-8 nor PostgreSQL takes


def plain(text: str | None) -> str | None:
    """A title in one line of at most MAX_TITLE characters, without tags and entities; None if it is empty."""
    if not text:
        return None
    text = text[: 10 * MAX_TITLE]  # before anything else: a title of a million characters costs nothing
    text = html.unescape(_TAG.sub("", html.unescape(text)))
    return " ".join(_UNSTORABLE.sub("", text).split())[:MAX_TITLE] or None


def raw_date(text: str | None) -> str | None:
    """A date as it was written, without the space around it; None for what is too long to be one."""
    text = _UNSTORABLE.sub("", text or "").strip()
    return text if 0 < len(text) <= MAX_DATE else None


def moment(text: str | None) -> datetime | None:
    """A W3C (ISO 8601) or RFC 822 date in UTC; one without a zone counts as UTC. None if it is neither."""
    written = raw_date(text)
    if written is None:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(written)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):  # OverflowError: the year 1 or 9999 moved out of the calendar
            continue
    return None
