"""Spans of time as people write them: 15m, 12h, 30d."""

from __future__ import annotations

import re
from datetime import timedelta

WRITTEN = re.compile(r"(\d{1,7})\s*([smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse(value: str) -> timedelta:
    """The span that was written, longer than nothing. Raises ValueError saying what to write."""
    match = WRITTEN.fullmatch(value.strip())
    if match is None or not int(match[1]):
        raise ValueError('write a number and s, m, h or d, such as "15m"')
    return timedelta(**{UNITS[match[2]]: int(match[1])})
