"""The DAG `reextract`: its form, and the report that becomes its XCom."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Play = Callable[[str], Path]

GOOD = {"apply": False, "outlet": None, "since": None, "limit": 0}
REPORT = {
    "extractor": "dateline 9", "applied": True, "read": 3, "changed": 2, "interrupted": False,
    "outcomes": {"revised": 2},
    "fields": {"title": {"count": 2, "samples": [{"article": 1, "old": "a", "new": "b"}]}},
    "lost": [{"article": 4, "url": "https://a.example/", "detail": "no capture was kept"}], "refused": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("apply", "yes", "apply: yes does not do; write true or false"),
        ("outlet", "-x", "outlet: '-x' begins with a dash"),
        ("since", "May", "since: 'May' is no day"),
        ("limit", -1, "limit: -1 does not do"),
        ("colour", "red", "colour: there is no such field"),
    ],
)
def test_each_bad_field_is_named(reextract: ModuleType, field: str, value: object, says: str) -> None:
    assert reextract.mistakes(GOOD) == []
    (mistake,) = reextract.mistakes({**GOOD, field: value})
    assert says in mistake


def run(reextract: ModuleType, params: dict[str, Any]) -> Any:
    return reextract.Reextract(task_id="reextract").execute({"params": params})


def test_the_form_becomes_a_command_and_its_report_counts(reextract: ModuleType, played: Play) -> None:
    folder = played(f"open('seen', 'w').write(' '.join(arguments)); print('''{json.dumps(REPORT)}''')")
    found = run(reextract, {"apply": True, "outlet": "the-courier", "since": "2026-01-01", "limit": 5})
    expected = "reextract --json --source the-courier --since 2026-01-01 --limit 5 --apply"
    assert (folder / "seen").read_text() == expected
    assert found == {
        "extractor": "dateline 9", "applied": True, "read": 3, "changed": 2, "outcomes": {"revised": 2},
        "fields": {"title": 2}, "lost": 1, "refused": 0,
    }  # fmt: skip


def test_nothing_to_read_again_is_skipped(reextract: ModuleType, played: Play) -> None:
    played("print('dateline: nothing to re-extract', file=sys.stderr); sys.exit(3)")
    with pytest.raises(reextract.AirflowSkipException, match="nothing to re-extract"):
        run(reextract, GOOD)


def test_what_was_stopped_is_tried_again(reextract: ModuleType, played: Play) -> None:
    played("sys.exit(75)")
    with pytest.raises(Exception, match="the next try goes on from there") as raised:
        run(reextract, GOOD)
    assert type(raised.value).__name__ == "AirflowException"
