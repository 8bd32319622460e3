"""
# Fetch the past of an outlet

Takes the stories that an outlet published between two days, as far as its sitemaps, archive pages and
WordPress interface still list them, and stores them like any other. The outlet is one of `sources.toml`.

| field | what it means |
|---|---|
| `outlet` | its name, as in `sources.toml` |
| `since` | the first day, such as `2026-01-01` |
| `until` | the first day that is too late; empty: up to now |

The window is taken month by month, the newest first, one at a time: between two months the schedule gets its
turn at the outlet, so the news does not wait for the past. Each month is a task named after it.

| a month is | when |
|---|---|
| green | stories of it were stored, or were there already |
| skipped | the outlet lists none of that month |
| red | it failed; its log says why. Clear the task to try it again |

It is as polite as any crawl (one request at a time, the pause of the outlet's entry, robots.txt), so 10,000
stories take about three hours. Stop it whenever you like, and start it again with the same days: what is
stored is not fetched again.

From a program, `POST /api/v2/dags/backfill/dagRuns` with

    {"logical_date": null, "conf": {"outlet": "the-courier", "since": "2026-01-01", "until": "2026-03-01"}}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, Param, TriggerRule, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from dateline_articles import ARTICLES, announce
from dateline_command import DONE, NOTHING_USABLE, CrawlCommand, Summary, add_up, fail, reasons
from dateline_form import day, optional, refuse, unknown, wrong_day, wrong_name
from dateline_reader import documented

FIELDS = ("outlet", "since", "until")


class BackfillMonth(CrawlCommand):
    """Takes one month, or what of it is in the window."""

    def __init__(self, *, outlet: str, since: str, until: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outlet, self.since, self.until = outlet, since, until

    def execute(self, context: Any) -> Summary:  # noqa: ARG002
        """The summary of the crawl."""
        window = ("--since", self.since, "--until", self.until, "--trigger", "backfill")
        ended, summary = self.crawl("--sources-from", [self.outlet], *window)
        if ended.code == NOTHING_USABLE and summary:
            self.nothing(summary)
        if summary is None or ended.code != DONE:
            fail(ended)
        return summary

    def nothing(self, summary: Summary) -> None:
        """Skip a month without stories, and try again where the schedule is crawling the outlet."""
        outcomes = {outlet["outcome"] for outlet in summary["outlets"]}
        if "locked" in outcomes:
            raise AirflowException(f"its turn comes later: {reasons(summary)}")
        if outcomes == {"empty"}:
            raise AirflowSkipException(f"nothing of {self.since} to {self.until}: {reasons(summary)}")
        raise AirflowFailException(f"nothing usable was got: {reasons(summary)}")


def mistakes(params: Mapping[str, Any]) -> list[str]:
    """What is wrong with the form, field by field."""
    wrong = [
        *unknown(params, FIELDS),
        *wrong_name("outlet", params.get("outlet")),
        *wrong_day("since", params.get("since")),
        *optional(wrong_day, "until", params.get("until")),
    ]
    since, until = day(params.get("since")), day(params.get("until"))
    if not wrong and since and until and since >= until:
        wrong.append(f"until: {until} is not after {since}, the first day")
    return wrong


def months(since: date, until: date) -> Iterator[dict[str, str]]:
    """The window in parts of a month at most, the newest first; each ends where the next begins."""
    end = until
    while end > since:
        start = max(since, (end - timedelta(days=1)).replace(day=1))
        yield {"since": start.isoformat(), "until": end.isoformat()}
        end = start


with DAG(
    dag_id="backfill",
    description="Fetches what an outlet published between two days, month by month.",
    doc_md=documented(__doc__),
    schedule=None,
    catchup=False,
    render_template_as_native_obj=True,
    default_args={"owner": "dateline"},
    tags=["dateline"],
    params={
        # Without a default: Airflow asks for them.
        "outlet": Param(type="string", minLength=1, title="Outlet", description="Its name, as in sources.toml."),
        "since": Param(type="string", format="date", title="From", description="The first day."),
        "until": Param(
            None, type=["null", "string"], format="date", title="To", description="The first day that is too late."
        ),
    },
) as backfill_dag:

    @task
    def window(*, params: dict[str, Any]) -> list[dict[str, str]]:
        """The parts of the window; fails where the form is wrong."""
        refuse(mistakes(params))
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        parts = months(day(params["since"]) or tomorrow, day(params["until"]) or tomorrow)
        return [{"outlet": params["outlet"].strip(), **part} for part in parts]

    taken = BackfillMonth.partial(
        task_id="month",
        pool="dateline",
        max_active_tis_per_dag=1,  # of one outlet there is one crawl at a time
        map_index_template="{{ task.outlet }} {{ task.since[:7] }}",
        retries=20,  # each stop, and each time that the schedule is crawling the outlet
        retry_delay=timedelta(minutes=1),
        execution_timeout=timedelta(hours=6),
    ).expand_kwargs(window())

    @task(trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS, outlets=[ARTICLES])
    def summary(summaries: Sequence[Summary], *, outlet_events: Any = None) -> dict[str, Any]:
        """Totals as the XCom."""
        return announce(outlet_events, add_up(summaries[:]))

    summary(taken.output)
