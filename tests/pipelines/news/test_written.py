"""Dates in words and numbers, and what only looks like one."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from pipelines.news import written


@pytest.mark.parametrize(
    ("text", "locale", "moment"),
    [
        ("Published 3 May 2024 14:05 CET by A. Writer", "en", "2024-05-03T14:05:00+01:00"),
        ("May 3rd, 2024 at 2:05 p.m. EDT", "en", "2024-05-03T14:05:00-04:00"),
        ("May 3, 2024 12:05 am", "en", "2024-05-03T00:05:00"),
        ("3-May-2024", "en", "2024-05-03"),
        ("3rd of May, 2024", "en", "2024-05-03"),
        ("vendredi 3 mai 2024 à 14h05", "fr", "2024-05-03T14:05:00"),
        ("3. Mai 2024, 14:05 Uhr", "de", "2024-05-03T14:05:00"),
        ("3 de mayo de 2024", "es", "2024-05-03"),
        ("3 de març del 2024", "ca", "2024-03-03"),
        ("2024. május 3.", "hu", "2024-05-03"),
        ("2024 m. gegužės 3 d.", "lt", "2024-05-03"),
        ("3 พ.ค. 2567", "th", "2024-05-03"),
        ("3 मई 2024", "hi", "2024-05-03"),
        ("3 ΜΑΪΟΥ 2024", "el", "2024-05-03"),
        ("3 Ağustos 2024", "en", "2024-08-03"),
        ("3. listopada 2024", "hr", "2024-10-03"),
        ("3 listopada 2024", "pl", "2024-11-03"),
        ("2024年5月3日 14時05分", "ja", "2024-05-03T14:05:00"),
        ("2024년 5월 3일", "ko", "2024-05-03"),
        ("2024/05/03 | 14:05", "", "2024-05-03T14:05:00"),
        ("03/05/2024", "en-US", "2024-03-05"),
        ("03/05/2024", "en-GB", "2024-05-03"),
        ("31/05/2024", "en-US", "2024-05-31"),
        ("03.05.24", "en-US", "2024-05-03"),
        ("03/05/2024", "no-such-locale", "2024-05-03"),
    ],
)
def test_a_written_date(text: str, locale: str, moment: str) -> None:
    assert [found.moment.isoformat() for found in written.find(text, locale)] == [moment]


@pytest.mark.parametrize(
    "text",
    [
        "3 May",
        "in May 2024",
        "since 2024",
        "30 February 2024",
        "version 1.9.22_1171",
        "example.org/2017/01/21/a-story",
        "call 030 12 12 2024 5",
        "3 Mayors 2024",
        "14:05",
    ],
)
def test_no_date(text: str) -> None:
    assert written.find(text, "en") == []


def test_all_dates_in_their_order() -> None:
    found = written.find("Published: 3 May 2024 | Updated: 2024-05-04 | Event: June 1, 2024", "en")
    assert [w.moment for w in found] == [date(2024, 5, 3), date(2024, 5, 4), date(2024, 6, 1)]
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(("text", "hours"), [("CEST", 2), ("-0400", -4), ("+05:30", 5.5), ("Z", 0)])
def test_offset(text: str, hours: float) -> None:
    zone = written.offset(text)
    assert zone is not None
    assert zone.utcoffset(None).total_seconds() == hours * 3600


@pytest.mark.parametrize("text", ["", "IST", "CST", "+2", "XYZ"])
def test_no_offset(text: str) -> None:
    assert written.offset(text) is None
