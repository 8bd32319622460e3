"""The DAG `crawl`: its shape, its batches, and which outlets it shows red."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Play = Callable[[str], Path]


@pytest.mark.filterwarnings("ignore:GitWildMatchPattern:DeprecationWarning")  # Airflow reads .airflowignore so
def test_the_folder_loads(load: Callable[[str], ModuleType], crawl: ModuleType) -> None:
    bag = load("airflow.dag_processing.dagbag").DagBag(str(Path(crawl.__file__ or "").parent))
    assert bag.import_errors == {}
    assert bag.dags.keys() == {"backfill", "crawl", "crawl_once", "reextract", "upkeep"}


def test_what_it_looks_like(crawl: ModuleType) -> None:
    dag = crawl.crawl_dag
    assert dag.doc_md.strip().startswith("# Crawl") and dag.description and "dateline" in dag.tags
    assert dag.max_active_runs == 1 and dag.catchup is False and dag.timetable.run_immediately is True
    batch = dag.get_task("crawl_batch")
    assert batch.pool == "dateline" and batch.retries == 5 and batch.execution_timeout


def test_the_last_tasks_decide_the_colour_of_a_run(crawl: ModuleType) -> None:
    # A green task after a red outlet would make the run green.
    assert {t.task_id for t in crawl.crawl_dag.leaves} == {"outlet", "articles", "notices", "summary"}
    for name in ("bad_outlets", "articles", "summary"):
        assert crawl.crawl_dag.get_task(name).trigger_rule == "all_done_min_one_success"


@pytest.mark.parametrize(
    ("outlets", "size", "expected"), [(0, 25, []), (1, 25, [1]), (25, 25, [25]), (26, 25, [13, 13])]
)
def test_batches_are_few_and_even(crawl: ModuleType, outlets: int, size: int, expected: list[int]) -> None:
    names = [f"outlet-{n}" for n in range(outlets)]
    found = crawl.batches(names, size)
    assert [len(batch) for batch in found] == expected
    assert sorted(name for batch in found for name in batch) == sorted(names)


def test_batches_grow_before_they_are_too_many(crawl: ModuleType) -> None:
    found = crawl.batches([str(n) for n in range(10_000)], 25)
    assert len(found) == 200 and {len(batch) for batch in found} == {50}


@pytest.mark.parametrize("said", ["0", "-1", "many", "1001", "2.5"])
def test_a_bad_batch_size_is_named(crawl: ModuleType, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setattr(crawl.Variable, "get", lambda *_, **__: None)
    monkeypatch.setenv("DATELINE_BATCH_SIZE", said)
    with pytest.raises(crawl.AirflowFailException, match=f"DATELINE_BATCH_SIZE is '{said}'"):
        crawl.batch_size()


def test_due_outlets_come_in_batches(crawl: ModuleType, played: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = played("open('seen', 'w').write(' '.join(arguments)); print(json.dumps([{'name': n} for n in 'abc']))")
    monkeypatch.setattr(crawl.Variable, "get", lambda *_, **__: "2")
    assert crawl.DueOutlets(task_id="due").execute({}) == [["a", "c"], ["b"]]
    assert (folder / "seen").read_text() == "sources list --due --json"


def test_a_bad_list_of_outlets_is_not_tried_again(crawl: ModuleType, played: Play) -> None:
    played("print('dateline: sources.toml:3: unknown key', file=sys.stderr); sys.exit(2)")
    with pytest.raises(crawl.AirflowFailException, match=r"sources\.toml:3: unknown key"):
        crawl.DueOutlets(task_id="due").execute({})


@pytest.mark.parametrize("said", ["now and then", "61 * * * *"])
def test_a_bad_schedule_is_named(crawl: ModuleType, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("DATELINE_SCHEDULE", said)
    with pytest.raises(ValueError, match=f"DATELINE_SCHEDULE is '{re.escape(said)}', which is no cron expression"):
        crawl.schedule()


def batch(crawl: ModuleType) -> Any:
    return crawl.CrawlBatch(task_id="crawl_batch", sources=["a", "b"])


def outlet(name: str, outcome: str, state: str | None = None) -> dict[str, Any]:
    reasons = {"reason": "it answers 500", "state_reason": "undated 90%"}
    return {"name": name, "outcome": outcome, "state": state, **reasons}


def summary(*outlets: tuple[str, str]) -> dict[str, Any]:
    return {"failed": {}, "outlets": [outlet(name, outcome) for name, outcome in outlets]}


def writes(content: dict[str, Any], code: int) -> str:
    return f"open(arguments[4], 'w').write('''{json.dumps(content)}'''); sys.exit({code})"


@pytest.mark.parametrize("code", [0, 3])
def test_an_outlet_that_fails_does_not_fail_its_batch(crawl: ModuleType, played: Play, code: int) -> None:
    played(writes(summary(("a", "failed"), ("b", "failed")), code))
    assert [o["outcome"] for o in batch(crawl).execute({})["outlets"]] == ["failed", "failed"]


@pytest.mark.parametrize("code", [1, 2, 4, 75])
def test_a_batch_that_ends_badly_is_red_whatever_it_wrote(crawl: ModuleType, played: Play, code: int) -> None:
    played(writes(summary(("a", "interrupted")), code))
    with pytest.raises(crawl.AirflowException):
        batch(crawl).execute({})


def test_outlets_that_went_wrong_or_were_skipped_get_a_task(crawl: ModuleType) -> None:
    found = crawl.shown([summary(("a", "locked"), ("b", "done")), summary(("c", "empty"), ("d", "failed"))])
    assert found == [
        {"name": "c", "state": "empty", "reason": "it answers 500"},
        {"name": "d", "state": "failed", "reason": "it answers 500"},
        {"name": "a", "state": "locked", "reason": "it answers 500"},
    ]


@pytest.mark.parametrize(
    ("outcome", "state", "said"),
    [
        ("done", "well", None),
        ("done", "fresh", None),
        ("done", None, None),
        ("done", "failing", "failing: undated 90%"),
        ("done", "silent", "silent: undated 90%"),
        ("done", "degraded", "degraded: undated 90%"),
        ("done", "late", "late: undated 90%"),
        ("failed", "paused", "paused: undated 90%"),
        ("failed", "failing", "failing: undated 90%"),
        ("failed", "degraded", "failed: it answers 500"),
        ("empty", "fresh", "empty: it answers 500"),
        ("locked", None, "locked: it answers 500"),
    ],
)
def test_the_verdict_counts_beside_the_crawl(
    crawl: ModuleType, outcome: str, state: str | None, said: str | None
) -> None:
    found = crawl.verdict(outlet("the-courier", outcome, state))
    assert (found and f"{found['state']}: {found['reason']}") == said


def test_the_red_ones_come_first(crawl: ModuleType) -> None:
    outlets = [outlet("a", "failed", "paused"), outlet("b", "locked"), outlet("d", "done", "silent"),
               outlet("c", "done", "well"), outlet("e", "failed", "fresh")]  # fmt: skip
    assert [o["name"] for o in crawl.shown([{"outlets": outlets}])] == ["d", "e", "a", "b"]


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("failed", "AirflowFailException"),
        ("empty", "AirflowFailException"),
        ("degraded", "AirflowFailException"),
        ("locked", "AirflowSkipException"),
        ("paused", "AirflowSkipException"),
    ],
)
def test_their_colour_tells_which(crawl: ModuleType, state: str, kind: str) -> None:
    show = crawl.outlet.function
    with pytest.raises(getattr(crawl, kind), match=f"the-courier: {state}: it answers 500"):
        show("the-courier", state, "it answers 500")


def test_they_are_not_too_many_to_show(crawl: ModuleType) -> None:
    found = crawl.shown([summary(*((str(n), "failed") for n in range(1000)))])
    assert len(found) == 200 and found[-1]["name"] == "and 801 more" and found[-1]["state"] == "failed"
    assert len(crawl.shown([summary(*((str(n), "failed") for n in range(200)))])) == 200


@pytest.mark.parametrize(("stored", "revised"), [(2, 0), (0, 1)])
def test_new_articles_are_announced(
    crawl: ModuleType, command: ModuleType, context: dict[str, Any], stored: int, revised: int
) -> None:
    task = crawl.crawl_dag.get_task("articles")
    totals = {**dict.fromkeys(command.COUNTS, 0), "stored": stored, "revised": revised, "failed": {}, "outlets": []}
    task.python_callable([totals], **context)
    (event,) = context["outlet_events"].values()
    assert event.extra == {"stored": stored, "revised": revised, "unchanged": 0}
    assert [asset.name for asset in task.outlets] == ["dateline_articles"]


def test_where_nothing_is_new_nothing_is_announced(crawl: ModuleType, context: dict[str, Any]) -> None:
    with pytest.raises(crawl.AirflowSkipException):
        crawl.crawl_dag.get_task("articles").python_callable([], **context)


@pytest.mark.parametrize("said", ["0", "-5", "soon", "1e3", "10001"])
def test_a_bad_deadline_is_named(crawl: ModuleType, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("DATELINE_LATE_AFTER", said)
    with pytest.raises(ValueError, match=f"DATELINE_LATE_AFTER is '{said}'"):
        crawl.late_after()
