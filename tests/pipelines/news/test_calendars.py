"""Months and weekdays: the tables against CLDR, and the days that a text names."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest
from babel import Locale

from pipelines.news import calendars

VISIT = date(2024, 12, 24)


@pytest.mark.parametrize("language", calendars.LANGUAGES)
def test_the_names_of_cldr_are_known(language: str) -> None:
    locale = Locale(language)
    for context in ("format", "stand-alone"):
        for number, name in locale.months[context]["wide"].items():
            assert calendars.MONTHS[calendars.fold(name)] == number
        for number, name in locale.days[context]["wide"].items():
            assert calendars.WEEKDAYS[calendars.fold(name)] == number


@pytest.mark.parametrize("tables", [calendars.MONTH_NAMES, calendars.WEEKDAY_NAMES])
def test_no_name_means_two_things_in_two_languages(tables: dict[str, str]) -> None:
    meanings = defaultdict(set)
    for names in tables.values():
        for number, forms in enumerate(names.split()):
            for form in forms.split("/"):
                meanings[calendars.fold(form)].add(number)
    assert not {form for form, numbers in meanings.items() if len(numbers) > 1}
    assert {len(names.split()) for names in tables.values()} <= {7, 12}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("The minister on Friday met", [4]),
        ("am Freitag", [4]),
        ("ce vendredi", [4]),
        ("na sexta-feira (28)", [4]),
        ("på fredagen", [4]),
        ("perjantaina", [4]),
        ("в пятницу", [4]),
        ("у п'ятницю", [4]),
        ("Cuma günü", [4]),
        ("शुक्रवार को", [4]),
        ("金曜日に", [4]),
        ("周五", [4]),
        ("星期天", [6]),
        ("금요일", [4]),
        ("next Friday", []),
        ("vendredi prochain", []),
        ("on Black Friday", []),
        ("Fridays", []),
        ("x" * 700 + " on Friday", []),
    ],
)
def test_the_weekdays_of_a_text(text: str, days: list[int]) -> None:
    assert [said.weekday for said in calendars.weekdays(text)] == days


def test_a_weekday_may_come_with_its_date() -> None:
    assert list(calendars.weekdays("On Friday, April 28, and vendredi 3 mars")) == [(4, (4, 28)), (4, (3, 3))]


@pytest.mark.parametrize(
    ("month", "number", "text", "expected"),
    [
        (4, 28, "", date(2024, 4, 28)),
        (4, 28, "on Friday", date(2023, 4, 28)),
        (4, 27, "on Friday", date(2024, 4, 27)),  # a Saturday: yesterday's news, not that of 2018
        (6, 3, "on Saturday, May 20", date(2023, 6, 3)),
        (12, 20, "on Monday", date(2024, 12, 20)),
        (2, 30, "on Monday", None),
    ],
)
def test_the_likeliest_year(month: int, number: int, text: str, expected: date | None) -> None:
    assert calendars.likeliest(month, number, VISIT, text) == expected


@pytest.mark.parametrize(
    ("number", "visit", "expected"),
    [
        (5, date(2024, 12, 24), date(2024, 12, 5)),
        (25, date(2024, 12, 24), date(2024, 12, 25)),
        (26, date(2024, 12, 24), date(2024, 11, 26)),
        (31, date(2024, 3, 3), date(2024, 1, 31)),
        (5, date(2024, 1, 3), date(2023, 12, 5)),
        (1, date(2023, 12, 31), date(2024, 1, 1)),
        (32, date(2024, 3, 3), None),
    ],
)
def test_the_newest_day_of_that_number(number: int, visit: date, expected: date | None) -> None:
    assert calendars.newest_numbered(number, visit) == expected
