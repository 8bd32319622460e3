"""Datelines and credits: the forms that are read, and text that only looks like one."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines import agencies, datelines

VISIT = date(2024, 12, 24)


@pytest.mark.parametrize(
    ("text", "place", "day", "agency"),
    [
        ("New Delhi, April 28 : The minister on Friday met", "New Delhi", date(2023, 4, 28), None),
        ("PORT ELLERY, March 3 (Reuters) - The ferry", "PORT ELLERY", date(2024, 3, 3), "Reuters"),
        ("LONDON (AP) — The ferry", "LONDON", None, "AP"),
        ("DUBAI, United Arab Emirates (AP) — The ferry", "DUBAI, United Arab Emirates", None, "AP"),
        ("Melbourne, Dec 23: The team", "Melbourne", date(2024, 12, 23), None),
        ("BERLIN, 30 December 2022 -- The ferry", "BERLIN", date(2022, 12, 30), None),
        ("GENEVA — The ferry", "GENEVA", None, None),
    ],
)
def test_a_dateline_is_read(text: str, place: str, day: date | None, agency: str | None) -> None:
    found = datelines.read(text, VISIT)
    assert found is not None
    assert (found.place, found.day, found.agency) == (place, day, agency)
    assert text[found.length :].startswith(("The ", "the "))


@pytest.mark.parametrize(
    "text",
    [
        "Update: the ferry is back.",
        "On March 3 the ferry came back.",
        "Police said: the ferry is back",
        "Port Ellery – a small town – has a ferry",
        "NATO: what it is",
        "The ferry came back on 3 March - late.",
        "",
    ],
)
def test_what_only_looks_like_one_is_left_alone(text: str) -> None:
    assert datelines.read(text, VISIT) is None


@pytest.mark.parametrize(
    ("text", "agency", "left"),
    [
        ("“It is over.”(IANS)", "IANS", "“It is over.”"),
        ("It is over. (The Associated Press)", "AP", "It is over."),
        ("It is over. — Reuters", "Reuters", "It is over."),
        ("It is over. /ANI", "ANI", "It is over."),
        ("He works for Reuters", None, "He works for Reuters"),
        ("It is over (at last)", None, "It is over (at last)"),
    ],
)
def test_a_credit_is_cut(text: str, agency: str | None, left: str) -> None:
    assert agencies.cut_credit(text)[:2] == (left, agency)
