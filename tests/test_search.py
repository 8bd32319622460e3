"""`dateline search`: what it prints, and what it refuses."""

from __future__ import annotations

import json

import pytest

from pipelines import store
from pipelines.database import Database
from tests.commands import dateline
from tests.pipelines.builders import leased, run_of, source, visit
from tests.test_crawl import Environment


def test_articles_are_found_and_shown(environment: Environment, database: Database) -> None:
    owner = source(database)
    run = run_of(database, owner)
    page = leased(database, run, owner, "a")[0]
    store.write(database, run, owner.id, visit(page, language="en", agency="Reuters", dateline_place="PORT ELLERY"))
    done = dateline(environment, "search", "ferries", "--source", "x", "--since", "2026-03-04", "--until", "2026-03-05")
    assert (done.code, done.err) == (0, "")
    title, facts, passage = done.out.splitlines()
    assert title.split(maxsplit=1)[1] == "Ferry returns to the harbour"
    assert facts.strip() == "x · 2026-03-04 · Reuters · PORT ELLERY · en"
    assert passage.strip().startswith("The **ferry** came back on Tuesday")
    found = json.loads(dateline(environment, "search", "ferries", "--language", "en", "--json").out)
    assert [(row["title"], row["agency"], row["kind"]) for row in found] == [
        ("Ferry returns to the harbour", "Reuters", "article")
    ]
    stories = json.loads(dateline(environment, "search", "ferries", "--stories", "--json").out)
    assert [(row["title"], row["outlets"]) for row in stories] == [("Ferry returns to the harbour", 1)]
    none = dateline(environment, "search", "ferries", "--place", "Elsewhere")
    assert (none.code, none.err) == (3, "dateline: no article has 'ferries' and passes the filters\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([""], "an empty query: give words"),
        ([" \u200b\t"], "an empty query: give words"),
        (["a" * 1001], "a query of 1,001 characters, more than 1,000"),
        (["ferry", "--source", "nobody"], "no outlet named 'nobody' in the archive"),
        (["ferry", "--since", "yesterday"], "--since: 'yesterday' is no date; write 2026-01-31"),
        (["ferry", "--until", ""], "--until: '' is no date"),
        (["ferry", "--since", "2026-02-01", "--until", "2026-01-01"], "--since: 2026-02-01 is not before 2026-01-01"),
        (["ferry", "--kind", "poem"], "--kind: 'poem' is none of article, gallery, live, video"),
        (["ferry", "--flag", "short"], "--flag: 'short' is none of soft_404, consent_wall"),
        (["ferry", "--language", "german"], "--language: 'german' is no language; write its code, such as de"),
    ],
)
def test_bad_input_is_one_line(environment: Environment, arguments: list[str], said: str) -> None:
    done = dateline(environment, "search", *arguments)
    assert (done.code, len(done.err.splitlines())) == (2, 1), done.err
    assert done.err.startswith(f"dateline: {said}")
