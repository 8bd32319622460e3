"""The DAG `upkeep`: its shape, what its tasks run, and what they say they did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

Play = Callable[[str], Path]
NOTE = "open('seen', 'a').write(' '.join(arguments) + '\\n')\n"


@pytest.fixture
def variables(upkeep: ModuleType, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Airflow's Variables."""
    kept: dict[str, str] = {}
    monkeypatch.setattr(upkeep.Variable, "get", lambda key, *, default: kept.get(key, default))
    monkeypatch.setattr(upkeep.Variable, "set", kept.__setitem__)
    return kept


def test_it_runs_by_articles_and_by_time(upkeep: ModuleType) -> None:
    dag = upkeep.upkeep_dag
    assert dag.timetable.asset_condition.name == "dateline_articles"
    assert dag.timetable.timetable.expression == "17 * * * *" and dag.catchup is False and dag.max_active_runs == 1
    assert dag.doc_md.strip().startswith("# Keep") and all(f"`{task}`" in dag.doc_md for task in dag.task_ids)


def test_every_task_decides_the_colour_of_a_run(upkeep: ModuleType) -> None:
    dag = upkeep.upkeep_dag
    assert {task.task_id for task in dag.leaves} == set(dag.task_ids) and dag.max_active_tasks == 1


def test_a_command_says_what_it_did(upkeep: ModuleType, played: Play) -> None:
    folder = played(NOTE + "print('3 articles assigned')")
    assert upkeep.upkeep_dag.get_task("clusters").execute({}) == "3 articles assigned"
    assert (folder / "seen").read_text() == "clusters update\n"


def test_verdicts_are_counted(upkeep: ModuleType, played: Play) -> None:
    outlets = [{"state": "silent", "name": "x", "reason": "no story"}, {"state": "well", "name": "y", "reason": None}]
    counts = {"silent": 1, "well": 1, "late": 0}
    folder = played(f"{NOTE}print(json.dumps({{'outlets': {outlets}, 'counts': {counts}}}))")
    assert upkeep.upkeep_dag.get_task("verdicts").execute({}) == {"silent": 1, "well": 1}
    assert (folder / "seen").read_text() == "status --refresh --json\n"


def test_what_is_done_daily_is_done_once(upkeep: ModuleType, played: Play, variables: dict[str, str]) -> None:
    folder = played(NOTE + "print('0 records and 0 bytes gone')")
    prune = upkeep.upkeep_dag.get_task("prune")
    assert prune.execute({}) == "0 records and 0 bytes gone"
    with pytest.raises(upkeep.AirflowSkipException, match="done at 20"):
        prune.execute({})
    variables["dateline_done_prune"] = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    prune.execute({})
    variables["dateline_done_prune"] = "yesterday"
    prune.execute({})
    assert (folder / "seen").read_text() == "captures prune\n" * 3


def test_the_log_is_kept_by_months(upkeep: ModuleType, played: Play, variables: dict[str, str]) -> None:
    folder = played(NOTE + "print('2027-04 made, 0 months dropped, 0 other rows deleted')")
    assert upkeep.upkeep_dag.get_task("log").execute({}) == "2027-04 made, 0 months dropped, 0 other rows deleted"
    assert (folder / "seen").read_text() == "fetches prune\n" and list(variables) == ["dateline_done_log"]


def test_what_failed_is_not_done(
    upkeep: ModuleType, command: ModuleType, played: Play, variables: dict[str, str]
) -> None:
    played("sys.exit(75)")
    with pytest.raises(command.AirflowException, match="interrupted"):
        upkeep.upkeep_dag.get_task("prune").execute({})
    assert variables == {}


@pytest.mark.parametrize("task", ["clusters", "verdicts", "prune", "log", "forget"])
def test_without_a_database_it_is_red(
    upkeep: ModuleType, command: ModuleType, played: Play, variables: dict[str, str], task: str
) -> None:
    played("print('dateline: no server', file=sys.stderr); sys.exit(4)")
    with pytest.raises(command.AirflowException, match="no database"):
        upkeep.upkeep_dag.get_task(task).execute({})
    assert variables == {}
