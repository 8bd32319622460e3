"""`dateline alerts`: what people are told of an outlet, day by day, as its state changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.database import Database
from pipelines.health import alerts
from tests.commands import dateline

Environment = dict[str, str]


@pytest.fixture
def outlet(database: Database) -> int:
    """An outlet of sources.toml that is well."""
    with database.transaction() as cursor:
        cursor.execute(
            "insert into sources (name, url, origin) values ('x', 'https://x.example/', 'configured') returning id"
        )
        key = int(cursor.fetchone().id)
        cursor.execute(
            "insert into source_states (source_id, state, since, judged_at) values (%s, 'well', now(), now())", (key,)
        )
    return key


def becomes(database: Database, outlet: int, state: str) -> None:
    with database.transaction() as cursor:
        cursor.execute(
            "update source_states set state = %s, reason = %s where source_id = %s", (state, f"it is {state}", outlet)
        )


def next_day(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute("update alerts set day = day - 1, told_at = told_at - interval '1 day'")


def told(database: Database) -> list[str]:
    """The states to be told now; it is noted that they were."""
    found = alerts.untold(database)
    assert alerts.tell(database, found) == len(found)
    return [alert.state for alert in found]


def test_an_outlet_is_told_of_once_a_day_and_when_it_got_worse(database: Database, outlet: int) -> None:
    steps: list[tuple[str, list[str]]] = [
        ("well", []), ("degraded", ["degraded"]), ("degraded", []), ("failing", ["failing"]), ("degraded", []),
        ("failing", []), ("tomorrow", ["failing"]), ("failing", []), ("well", ["well"]), ("well", []), ("late", []),
        ("tomorrow", ["late"]), ("paused", []), ("fresh", ["well"]), ("fresh", []),
    ]  # fmt: skip
    for state, expected in steps:
        if state == "tomorrow":
            next_day(database)
        else:
            becomes(database, outlet, state)
        assert told(database) == expected, state


def test_the_command_says_why_and_notes_it(
    environment: Environment, database: Database, outlet: int, tmp_path: Path
) -> None:
    becomes(database, outlet, "silent")
    listed = dateline(environment, "alerts", "--json")
    (alert,) = listed.summary["alerts"]
    assert (alert["name"], alert["state"], alert["reason"], alert["was"]) == ("x", "silent", "it is silent", None)
    assert dateline(environment, "alerts").out.startswith("x is silent since 20")
    file = tmp_path / "alerts.json"
    file.write_text(listed.out)
    assert dateline(environment, "alerts", "--told", str(file)).out == "1 told\n"
    assert dateline(environment, "alerts").out == "nothing to tell\n"


@pytest.mark.parametrize("gone", ["enabled = false", "origin = 'one_off'"], ids=["left-the-list", "one-off"])
def test_of_others_nothing_is_told(database: Database, outlet: int, gone: str) -> None:
    becomes(database, outlet, "failing")
    with database.transaction() as cursor:
        cursor.execute(f"update sources set {gone}")
    assert alerts.untold(database) == []


@pytest.mark.parametrize(
    "content", ["", "[]", '{"alerts": [7]}', '{"alerts": [{"name": "x", "state": "red", "reason": null}]}'],
    ids=["empty", "list", "number", "state"],
)  # fmt: skip
def test_a_bad_file_is_named(environment: Environment, tmp_path: Path, content: str) -> None:
    file = tmp_path / "alerts.json"
    file.write_text(content)
    done = dateline(environment, "alerts", "--told", str(file))
    assert done.code == 2 and f"{file} is not what dateline alerts --json prints" in done.complaint


def test_a_missing_file_is_named(environment: Environment, tmp_path: Path) -> None:
    done = dateline(environment, "alerts", "--told", str(tmp_path / "none"))
    assert done.code == 2 and "No such file" in done.complaint
