"""The DAG `backfill`: its form, its months, and what each of them becomes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Play = Callable[[str], Path]

GOOD = {"outlet": "the-courier", "since": "2026-01-10", "until": "2026-03-02"}


def test_a_good_form_passes(backfill: ModuleType) -> None:
    assert backfill.mistakes(GOOD) == []
    assert backfill.mistakes({**GOOD, "until": None}) == [] == backfill.mistakes({**GOOD, "until": ""})


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("outlet", "", "outlet: write the name of an outlet"),
        ("outlet", None, "outlet: write the name"),
        ("outlet", 7, "outlet: write the name"),
        ("outlet", "a\nb", "outlet: write the name"),
        ("outlet", "x" * 101, "outlet: write the name"),
        ("outlet", "--all", "outlet: '--all' begins with a dash"),
        ("since", None, "since: 'None' is no day; write it as 2026-01-31"),
        ("since", "yesterday", "since: 'yesterday' is no day"),
        ("since", "2026-02-30", "since: '2026-02-30' is no day"),
        ("since", "1889-01-01", "since: 1889-01-01 is not between 1990-01-01 and today"),
        ("until", "2926-01-01", "until: 2926-01-01 is not between"),
        ("until", "2026-01-10", "until: 2026-01-10 is not after 2026-01-10, the first day"),
        ("to", "2026-01-10", "to: there is no such field, there are outlet, since, until"),
    ],
)
def test_each_bad_field_is_named(backfill: ModuleType, field: str, value: object, says: str) -> None:
    (mistake,) = backfill.mistakes({**GOOD, field: value})
    assert mistake.startswith(f"{field}: ") and says in mistake


def test_the_window_is_taken_by_months_the_newest_first(backfill: ModuleType) -> None:
    assert list(backfill.months(date(2026, 1, 10), date(2026, 3, 2))) == [
        {"since": "2026-03-01", "until": "2026-03-02"},
        {"since": "2026-02-01", "until": "2026-03-01"},
        {"since": "2026-01-10", "until": "2026-02-01"},
    ]
    assert list(backfill.months(date(2025, 12, 1), date(2026, 1, 1))) == [
        {"since": "2025-12-01", "until": "2026-01-01"},
    ]


def test_every_month_is_one_task_and_one_at_a_time(backfill: ModuleType) -> None:
    month = backfill.backfill_dag.get_task("month")
    assert month.pool == "dateline" and month.max_active_tis_per_dag == 1 and month.retries


def month(backfill: ModuleType) -> Any:
    return backfill.BackfillMonth(task_id="month", outlet="the-courier", since="2026-01-01", until="2026-02-01")


def writes(outcome: str, code: int) -> str:
    outlets = [{"name": "the-courier", "outcome": outcome, "reason": "run 7 has it"}]
    said = json.dumps({"stored": 3, "outlets": outlets})
    return (
        "open('seen', 'w').write(' '.join([*arguments[5:], open(arguments[2]).read()]))\n"
        f"open(arguments[4], 'w').write('''{said}'''); sys.exit({code})"
    )


def test_a_month_becomes_a_command(backfill: ModuleType, played: Play) -> None:
    folder = played(writes("done", 0))
    assert month(backfill).execute({})["stored"] == 3
    expected = "--since 2026-01-01 --until 2026-02-01 --trigger backfill the-courier\n"
    assert (folder / "seen").read_text() == expected


@pytest.mark.parametrize(
    ("outcome", "kind", "says"),
    [
        ("locked", "AirflowException", "its turn comes later: run 7 has it"),
        ("empty", "AirflowSkipException", "nothing of 2026-01-01 to 2026-02-01: run 7 has it"),
        ("failed", "AirflowFailException", "nothing usable was got: run 7 has it"),
    ],
)
def test_a_month_without_stories(backfill: ModuleType, played: Play, outcome: str, kind: str, says: str) -> None:
    played(writes(outcome, 3))
    with pytest.raises(getattr(backfill, kind), match=says) as raised:
        month(backfill).execute({})
    # What is tried again must be no kind of failure for good.
    assert type(raised.value) is getattr(backfill, kind)


def test_an_unknown_outlet_is_not_tried_again(backfill: ModuleType, played: Play) -> None:
    played("print(\"dateline: no outlet named 'x'\", file=sys.stderr); sys.exit(2)")
    with pytest.raises(backfill.AirflowFailException, match="no outlet named 'x'"):
        month(backfill).execute({})
