"""
# Keep the archive in order

Runs after new articles have come (the asset `dateline_articles`, which every crawl, backfill and re-extraction
announces) and every hour, so that quiet days are seen too. Its tasks are commands that a person can type as well;
none needs another, they run one at a time, and each has what it did as its XCom.

| task | command | what it does |
|---|---|---|
| `clusters` | `dateline clusters update` | finds the stories that several outlets have, where crawls left that |
| `verdicts` | `dateline status --refresh` | counts and judges every outlet: some are ill by what did not happen |
| `prune` | `dateline captures prune` | ends the captures that had their time (`keep_captures`); once a day |
| `forget` | `dateline forget --expired` | deletes the articles that had theirs (`keep_articles`); once a day |
| `log` | `dateline fetches prune` | makes the months of the log of requests, ends those that had theirs; once a day |

**When something is red**, its log says why; nothing is lost, and it is done the next time. A command that is not
done yet when it is stopped goes on where it was. What an outlet lacks is not red here but in `crawl`.

**When something is pink**, it was done within a day: the Airflow Variable `dateline_done_TASK` says when. Delete it
to have it done again.

`log` needs the owner of the database's tables, the others only who may write.

Airflow's own rows and logs are not cleaned here, since tasks may not reach its metadata: `dateline up` and
`docker-compose.yml` run `python -m dateline.sweep` beside the scheduler, once a day.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, AssetOrTimeSchedule, CronTriggerTimetable, Variable
from airflow.sdk.exceptions import AirflowSkipException
from dateline_articles import ARTICLES
from dateline_command import DONE, DatelineCommand, fail, shortened
from dateline_reader import documented

DAY = timedelta(hours=23)  # a little less, or what is done daily would be an hour later each day


class Upkeep(DatelineCommand):
    """Runs one command; its XCom is the last line it said."""

    def __init__(self, *, arguments: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arguments = arguments

    def execute(self, context: Any) -> str | None:  # noqa: ARG002
        """What it did."""
        return self.run_command()

    def run_command(self) -> str | None:
        """The last line that the command said."""
        ended = self.dateline(*self.arguments)
        if ended.code != DONE:
            fail(ended)
        return shortened(ended.said)


class Daily(Upkeep):
    """The same, once a day."""

    def execute(self, context: Any) -> str | None:  # noqa: ARG002
        """What it did; skipped where it was done within a day."""
        key = f"dateline_done_{self.task_id}"
        done = moment(Variable.get(key, default=None))
        if done and datetime.now(UTC) - done < DAY:
            raise AirflowSkipException(f"done at {done:%Y-%m-%d %H:%M}, as the Variable {key} says")
        said = self.run_command()
        Variable.set(key, datetime.now(UTC).isoformat(timespec="seconds"))
        return said


class Verdicts(DatelineCommand):
    """Judges every outlet."""

    def execute(self, context: Any) -> dict[str, int]:  # noqa: ARG002
        """How many outlets there are in each state; those that are not well go to the log."""
        with tempfile.NamedTemporaryFile(prefix="dateline-status-") as file:
            ended = self.dateline("status", "--refresh", "--json", output=Path(file.name))
            if ended.code != DONE:
                fail(ended)
            found = json.loads(file.read())
        for outlet in found["outlets"]:
            if outlet["reason"]:
                self.log.info("%s %s: %s", outlet["state"], outlet["name"], shortened(outlet["reason"]))
        return {state: count for state, count in found["counts"].items() if count}


def moment(said: str | None) -> datetime | None:
    """The moment that a Variable holds; None where it holds none."""
    try:
        found = datetime.fromisoformat(said or "")
    except ValueError:
        return None
    return found if found.tzinfo else None


with DAG(
    dag_id="upkeep",
    description="Keeps the archive in order: clusters, verdicts, what had its time.",
    doc_md=documented(__doc__),
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("17 * * * *", timezone="UTC"), assets=ARTICLES),
    catchup=False,
    max_active_runs=1,
    max_active_tasks=1,  # one at a time and none after another: each of them decides the colour of the run
    default_args={
        "owner": "dateline",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(hours=2),
    },
    tags=["dateline"],
) as upkeep_dag:
    Upkeep(task_id="clusters", arguments=("clusters", "update"))
    Verdicts(task_id="verdicts")
    Daily(task_id="prune", arguments=("captures", "prune"))
    Daily(task_id="log", arguments=("fetches", "prune"))
    Daily(task_id="forget", arguments=("forget", "--expired", "--yes", "--json"))
