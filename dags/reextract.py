"""
# Read kept pages again

After a new version of Dateline, what would its extractor make of the pages that an older one read? This DAG
reads their captures again, on all cores, and fetches nothing. It reports, field by field, what would change;
with `apply` it writes that down, as the extractor's change and never the newsroom's.

| field | what it means |
|---|---|
| `apply` | write what changed; without it nothing is written |
| `outlet` | articles of this outlet alone; empty: of all |
| `since` | stories published from this day on; empty: all |
| `limit` | at most this many captures; 0: all |

The task's log has samples of each field, its XCom the counts. A run with nothing to read again is green, its
task is skipped. Stopped or killed in the middle, it goes on where it was when it is run again.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowSkipException
from dateline_articles import ARTICLES
from dateline_command import DONE, NOTHING_USABLE, DatelineCommand, fail
from dateline_form import optional, refuse, unknown, wrong_choice, wrong_day, wrong_name, wrong_number
from dateline_reader import documented

FIELDS = ("apply", "outlet", "since", "limit")
MOST = 100_000_000
NAMED = 50  # pages of each list that go to the log


class Reextract(DatelineCommand):
    """Checks the form, then reads captures again."""

    def execute(self, context: Any) -> dict[str, Any]:
        """What changed: counts by field and by outcome."""
        params = dict(context["params"])
        refuse(mistakes(params))
        with tempfile.NamedTemporaryFile(prefix="dateline-reextract-") as file:
            ended = self.dateline("reextract", "--json", *options(params), output=Path(file.name))
            report = file.read()
        if ended.code == NOTHING_USABLE:
            raise AirflowSkipException(ended.said)
        if ended.code != DONE:
            fail(ended)
        return self.told(json.loads(report))

    def told(self, report: dict[str, Any]) -> dict[str, Any]:
        """The counts of a report; its samples and lists go to the log."""
        for name, field in report["fields"].items():
            self.log.info("%s: %d", name, field["count"])
            for sample in field["samples"]:
                self.log.info("    %s", json.dumps(sample, ensure_ascii=False))
        lists = {name: pages for name, pages in report.items() if isinstance(pages, list)}
        for name, pages in lists.items():
            for page in pages[:NAMED]:
                self.log.info("%s: %s: %s", name, page["url"], page["detail"])
        fields = {name: field["count"] for name, field in report["fields"].items()}
        kept = {key: report[key] for key in ("extractor", "applied", "read", "changed", "outcomes")}
        return {**kept, "fields": fields, **{name: len(pages) for name, pages in lists.items()}}


def mistakes(params: Mapping[str, Any]) -> list[str]:
    """What is wrong with the form, field by field."""
    return [
        *unknown(params, FIELDS),
        *wrong_choice("apply", params.get("apply")),
        *optional(wrong_name, "outlet", params.get("outlet")),
        *optional(wrong_day, "since", params.get("since")),
        *wrong_number("limit", params.get("limit"), 0, MOST),
    ]


def options(params: Mapping[str, Any]) -> list[str]:
    """The form as options of the command."""
    said = {"--source": params["outlet"], "--since": params["since"], "--limit": params["limit"]}
    given = [part for option, value in said.items() if value for part in (option, str(value))]
    return [*given, *(["--apply"] if params["apply"] else [])]


with DAG(
    dag_id="reextract",
    description="Reads kept pages again with the present extractor; nothing is fetched.",
    doc_md=documented(__doc__),
    schedule=None,
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "dateline"},
    tags=["dateline"],
    params={
        "apply": Param(False, type="boolean", title="Apply", description="Write what changed; else only show it."),
        "outlet": Param(None, type=["null", "string"], title="Outlet", description="Of this outlet alone."),
        "since": Param(
            None,
            type=["null", "string"],
            format="date",
            title="From",
            description="Stories published from this day on.",
        ),
        "limit": Param(
            0, type="integer", minimum=0, maximum=MOST, title="Limit", description="At most this many captures; 0: all."
        ),
    },
) as reextract_dag:
    Reextract(
        task_id="reextract",
        pool="dateline",
        outlets=[ARTICLES],
        retries=5,
        retry_delay=timedelta(seconds=30),
        execution_timeout=timedelta(hours=12),
    )
