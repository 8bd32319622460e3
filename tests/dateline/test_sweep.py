"""The sweep of Airflow's logs; its rows are swept in test_up_airflow.py, by an Airflow."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dateline import sweep
from dateline.errors import BadInput


def test_old_logs_go_and_others_stay(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    logs = {"dag_id=crawl/run_id=a/task_id=due/attempt=1.log": 40, "dag_id=crawl/run_id=b/attempt=1.log": 20,
            "scheduler.log": 0, "other.txt": 40}  # fmt: skip
    for name, age in logs.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("said")
        moment = (now - timedelta(days=age)).timestamp()
        os.utime(path, (moment, moment))
    assert sweep.delete_logs(tmp_path, now - timedelta(days=30)) == 1
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")}
    assert left == {
        "dag_id=crawl", "dag_id=crawl/run_id=b", "dag_id=crawl/run_id=b/attempt=1.log", "scheduler.log", "other.txt",
    }  # fmt: skip


def test_the_folder_of_logs_is_airflows(tmp_path: Path) -> None:
    assert sweep.logs({"AIRFLOW_HOME": str(tmp_path)}) == tmp_path / "logs"
    assert sweep.logs({"AIRFLOW_HOME": "/x", "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(tmp_path)}) == tmp_path


@pytest.mark.parametrize("said", ["0", "-3", "a month", "1.5"])
def test_a_bad_setting_is_named(said: str) -> None:
    assert sweep.days({}) == 30
    with pytest.raises(BadInput, match="DATELINE_AIRFLOW_DAYS is"):
        sweep.days({"DATELINE_AIRFLOW_DAYS": said})
