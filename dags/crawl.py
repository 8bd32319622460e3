"""
# Crawl the outlets that are due

Every few minutes this DAG asks which outlets are due, and crawls them. How often an outlet is due is its
own affair (`cadence` in `sources.toml`), so most runs find little or nothing to do: a run with nothing
due is green, its tasks are skipped.

| task | what it does |
|---|---|
| `due` | reads `sources.toml`, and splits the outlets that are due into batches |
| `crawl_batch` | crawls one batch: `dateline crawl`, many outlets at once, each politely by itself |
| `bad_outlets` | looks for outlets that failed, gave nothing, or are not well after their crawl |
| `outlet` | a task for each of those, named after it: red, its log says why; pink, if it was not its turn |
| `articles` | says that new articles are there, with their counts, which starts `upkeep`; skipped when there are none |
| `notices` | tells people of outlets that are not well, or well again, each once a day; skipped when nothing is new |
| `summary` | the totals of the run, as its XCom |

**When something is red.** `outlet`: the outlet is at fault, its log says why: its crawl failed, or it is failing,
silent, degraded or late by what it usually gives (`dateline status` has the figures). It is red each time it was
crawled, for as long as that is so; the archive keeps what it had, and the outlet is tried again when it is next due.
What is undated, or much shorter or longer than usual, of an outlet that is degraded for that is held back in
quarantine (`dateline quarantine`), with its capture, and no row of `articles`.
`crawl_batch`: the machine is at fault (no database, no memory, a stop in the middle); it is tried again by itself,
and what was fetched is stored.

**When something is pink.** The outlet's server asked to be left alone for a while, or somebody else was crawling it.
Outlets that are well, or too new to tell, have no task of their own: their batch is green.

**When it is late.** A run that is not through after an hour (`DATELINE_LATE_AFTER`, in minutes) has missed its
deadline: Airflow notes it, and whoever is to be told of red outlets is told of it.

**To crawl something now**, use the DAG `crawl_once`, or `dateline crawl` in a terminal.

**Settings**, in the environment of Airflow: `DATELINE_SCHEDULE` (when to ask, as a cron expression; default
`*/5 * * * *`), `DATELINE_BATCH_SIZE` (outlets a batch at most, default 25; the Airflow Variable
`dateline_batch_size` goes before it), `DATELINE_COMMAND` (the command, where it is not on the PATH),
`DATELINE_ALLOW_PRIVATE=1` (fetch from private addresses too), `DATELINE_READER_URL` (where `dateline serve` is found,
for links to it). The pool `dateline` bounds how many batches run at
once. `dateline up` makes it; in an Airflow of your own: `airflow pools set dateline 2 "Crawls at once"`.
"""

from __future__ import annotations

import json
import logging
import math
import os
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import (
    DAG,
    CronTriggerTimetable,
    DeadlineAlert,
    DeadlineReference,
    SyncCallback,
    TriggerRule,
    Variable,
    task,
)
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowSkipException,
    AirflowTimetableInvalid,
)
from dateline_articles import ARTICLES, announce
from dateline_command import (
    DONE,
    NOTHING_USABLE,
    CrawlCommand,
    DatelineCommand,
    Summary,
    add_up,
    fail,
)
from dateline_notices import Notices, late
from dateline_reader import documented, outlet_page

log = logging.getLogger(__name__)

MOST_BATCHES = 200  # a mapped task of more is slow to look at; with more outlets the batches grow
MOST_SHOWN = 200  # Airflow maps a task 1,024 times at most; beyond this the last one counts the rest
DEFAULT_BATCH = 25
BAD = ("failed", "empty")  # how a crawl ends where something is wrong
ILL = ("failing", "silent", "degraded", "late")  # how an outlet is where something is wrong, as `dateline status` says
PINK = ("locked", "paused")  # it was not its turn: somebody else was crawling it; its server asked to be left alone


class DueOutlets(DatelineCommand):
    """Brings the list of outlets up to date and returns the names of those that are due, in batches."""

    def execute(self, context: Any) -> list[list[str]]:  # noqa: ARG002
        """Batches of names; none when nothing is due."""
        with tempfile.NamedTemporaryFile(prefix="dateline-due-") as file:
            ended = self.dateline("sources", "list", "--due", "--json", output=Path(file.name))
            if ended.code != DONE:
                fail(ended)
            names = [outlet["name"] for outlet in json.loads(file.read() or b"[]")]
        found = batches(names, batch_size())
        self.log.info("%d outlets are due, in %d batches", len(names), len(found))
        return found


class CrawlBatch(CrawlCommand):
    """Crawls one batch of outlets. An outlet that fails does not fail the batch: it has a task of its own."""

    def __init__(self, *, sources: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sources = sources

    def execute(self, context: Any) -> Summary:  # noqa: ARG002
        """The summary of the crawl."""
        ended, summary = self.crawl("--sources-from", self.sources, "--trigger", "schedule")
        if summary is None or ended.code not in (DONE, NOTHING_USABLE):
            fail(ended)
        return summary


def batches(names: Sequence[str], size: int) -> list[list[str]]:
    """Split evenly into parts of at most `size`, as few as there can be, and never more than MOST_BATCHES."""
    count = min(math.ceil(len(names) / size), MOST_BATCHES)
    return [list(names[i::count]) for i in range(count)]


def batch_size() -> int:
    """Outlets a batch, from the Airflow Variable or the environment."""
    said = Variable.get("dateline_batch_size", default=None) or os.environ.get("DATELINE_BATCH_SIZE")
    try:
        size = int(said or DEFAULT_BATCH)
    except ValueError:
        size = 0
    if not 1 <= size <= 1000:
        raise AirflowFailException(
            f"dateline_batch_size or DATELINE_BATCH_SIZE is {said!r}: write a number from 1 to 1000"
        )
    return size


def verdict(outlet: dict[str, Any]) -> dict[str, str] | None:
    """Name, state and reason of an outlet that gets a task: one that is not well, or was skipped; else None."""
    outcome, state = outlet["outcome"], outlet["state"]
    if outcome == "locked" or (outcome in BAD and state not in ("failing", "paused")):
        said, reason = outcome, outlet["reason"]  # the verdict is of many crawls: it may be of something else
    elif state in ILL or state == "paused":
        said, reason = state, outlet["state_reason"]
    else:
        return None
    return {"name": outlet["name"], "state": said, "reason": reason or "no reason given"}


def shown(summaries: Sequence[Summary]) -> list[dict[str, str]]:
    """Every outlet that gets a task, as `verdict` has it: the red ones first."""
    found = filter(None, (verdict(o) for summary in summaries for o in summary["outlets"]))
    bad = sorted(found, key=lambda outlet: (outlet["state"] in PINK, outlet["name"]))
    if len(bad) > MOST_SHOWN:
        first, rest = bad[: MOST_SHOWN - 1], len(bad) - (MOST_SHOWN - 1)
        name, reason = f"and {rest} more", f"{rest} more outlets: dateline status"
        return [*first, {"name": name, "state": bad[MOST_SHOWN]["state"], "reason": reason}]
    return bad


def late_after() -> timedelta:
    """How long a run may take before it is late."""
    said = os.environ.get("DATELINE_LATE_AFTER") or "60"
    if not said.isdecimal() or not 1 <= int(said) <= 10_000:
        raise ValueError(f"DATELINE_LATE_AFTER is {said!r}: write minutes, from 1 to 10000")
    return timedelta(minutes=int(said))


def schedule() -> CronTriggerTimetable:
    """When to ask. The first run comes as soon as the scheduler is up, later ones when the clock says so."""
    said = os.environ.get("DATELINE_SCHEDULE") or "*/5 * * * *"
    timetable = CronTriggerTimetable(said, timezone="UTC", run_immediately=True)
    try:
        timetable.validate()
    except AirflowTimetableInvalid as error:
        raise ValueError(f"DATELINE_SCHEDULE is {said!r}, which is no cron expression: {error}") from error
    return timetable


with DAG(
    dag_id="crawl",
    description="Crawls the outlets that are due; an outlet that fails is a red task with the reason.",
    doc_md=documented(__doc__),
    schedule=schedule(),
    catchup=False,  # what is due is due now: a missed run has nothing of its own to do
    max_active_runs=1,
    deadline=DeadlineAlert(
        name="late",
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=late_after(),
        callback=SyncCallback(late),
    ),
    default_args={"owner": "dateline"},
    tags=["dateline"],
) as crawl_dag:
    due = DueOutlets(
        task_id="due",
        retries=2,
        retry_delay=timedelta(seconds=30),
        execution_timeout=timedelta(minutes=5),
    )
    crawled = CrawlBatch.partial(
        task_id="crawl_batch",
        pool="dateline",
        map_index_template="{{ task.sources | first }}"
        "{% if task.sources | length > 1 %} and {{ task.sources | length - 1 }} more{% endif %}",
        retries=5,
        retry_delay=timedelta(seconds=10),  # what was stopped or killed goes on within a minute
        retry_exponential_backoff=2,
        max_retry_delay=timedelta(minutes=10),
        execution_timeout=timedelta(hours=1),
    ).expand(sources=due.output)

    # Not "all success": one batch that failed must not hide what the others found.
    @task(trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS)
    def bad_outlets(summaries: Sequence[Summary]) -> list[dict[str, str]]:
        """The outlets that get a task of their own."""
        return shown(summaries[:])  # all in one request

    @task(map_index_template="{{ task.op_kwargs['name'] }}")
    def outlet(name: str, state: str, reason: str) -> None:
        """Is red, or pink where the outlet was skipped, and says why."""
        if page := outlet_page(name):
            log.info("its figures and newest stories: %s", page)
        kind = AirflowSkipException if state in PINK else AirflowFailException
        raise kind(f"{name}: {state}: {reason}")

    @task(trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS, outlets=[ARTICLES])
    def articles(summaries: Sequence[Summary], *, outlet_events: Any = None) -> None:
        """Says that new articles are there."""
        totals = announce(outlet_events, add_up(summaries[:]))
        if not (totals["stored"] or totals["revised"]):
            raise AirflowSkipException("nothing new")

    # Beside `outlet`, not after it: the last tasks decide the colour of the run, and a red outlet must show.
    @task(trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS)
    def summary(batches: Sequence[Sequence[str]], summaries: Sequence[Summary], *, ti: Any = None) -> None:
        """Totals as the XCom; red when a batch never finished, since then they are not the whole."""
        finished = summaries[:]
        ti.xcom_push(key="return_value", value=add_up(finished))
        if missing := len(batches) - len(finished):
            raise AirflowException(f"{missing} of {len(batches)} batches did not finish: see crawl_batch")

    # Also where nothing was due or all failed: an outlet may be late for that very reason.
    notices = Notices(
        task_id="notices",
        trigger_rule=TriggerRule.ALL_DONE,
        retries=3,
        retry_delay=timedelta(seconds=30),
        retry_exponential_backoff=2,
        execution_timeout=timedelta(minutes=5),
    )

    outlet.expand_kwargs(bad_outlets(crawled.output))
    articles(crawled.output)
    crawled >> notices
    summary(due.output, crawled.output)
