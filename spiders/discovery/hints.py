"""What an endpoint says about a story, made fit to keep: titles and dates in one line, and moments in UTC."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pipelines.text import line

MAX_TITLE = 500  # characters; the longest real headlines have about 300
MAX_DATE = 100
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)


def plain(text: str | None) -> str | None:
    """A title in one line of at most MAX_TITLE characters, without tags and entities; None if it is empty."""
    text = html.unescape((text or "")[: 10 * MAX_TITLE])  # a title of a million characters costs nothing
    return line(html.unescape(_TAG.sub("", text)), MAX_TITLE)


def raw_date(text: str | None) -> str | None:
    """A date as it was written, in one line; None where there is none."""
    return line(text, MAX_DATE)


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
