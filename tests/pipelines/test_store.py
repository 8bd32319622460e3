"""One visit, one transaction: what is stored, revised, refused and logged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipelines import frontier, store
from pipelines.database import Database
from pipelines.records import Link
from pipelines.store import LeaseLost, Visit
from tests.conftest import Ask
from tests.pipelines.builders import MOMENT, STORY, leased, run_of, source, visit


def test_a_new_article(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    page = leased(database, run, owner, "a")[0]
    assert store.write(database, run, owner.id, visit(page), "Asia/Kolkata") == "stored"
    assert ask("select title, word_count, published_at::text, revision_count, first_seen_at from articles") == [
        (STORY.title, 11, "2026-03-04 00:00:00+00", 0, MOMENT)
    ]
    assert ask("select outcome, status from fetches") == [("stored", 200)]
    assert ask("select stored, fetched, bytes from runs") == [(1, 1, 3)]
    assert ask("select leased_by, outcome, visits, etag, due_at > now() from pages") == [
        (None, "stored", 1, '"1"', True)
    ]
    assert ask("select warc_file, body_bytes from captures") == [("f", 3)]


def again(database: Database, owner: object, run: int) -> frontier.Page:
    with database.transaction() as cursor:
        cursor.execute("update pages set due_at = now()")
    return frontier.lease(database, run, owner.id, 1)[0]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "outcome", "change"),
    [
        ({}, "unchanged", None),
        ({"title": "Ferry is back"}, "revised", "title"),
        ({"text": STORY.text.replace(" on Tuesday", ", on Tuesday")}, "revised", "minor"),
        ({"text": STORY.text.replace("nine", "ten")}, "revised", "substantive"),
    ],
)
def test_a_second_visit(
    database: Database, ask: Ask, changes: dict[str, object], outcome: str, change: str | None
) -> None:
    owner = source(database)
    run = run_of(database, owner)
    store.write(database, run, owner.id, visit(leased(database, run, owner, "a")[0]))
    later = MOMENT + timedelta(hours=2)
    second = visit(again(database, owner, run), b"other bytes", later, **changes)
    assert store.write(database, run, owner.id, second) == outcome
    revisions = ask("select number, change, title, text, seen_from, replaced_at from revisions")
    assert revisions == ([(1, change, STORY.title, STORY.text, MOMENT, later)] if change else [])
    assert ask("select title, text, revision_count, changed_at, last_seen_at from articles") == [
        (changes.get("title", STORY.title), changes.get("text", STORY.text), len(revisions),
         later if change else MOMENT, later)
    ]  # fmt: skip


def test_a_late_writer_writes_nothing(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    page = leased(database, run, owner, "a")[0]
    ask("update pages set lease_expires_at = now() - interval '1 second' returning id")
    second = run_of(database, owner)
    frontier.lease(database, second, owner.id, 1)
    with pytest.raises(LeaseLost):
        store.write(database, run, owner.id, visit(page))
    assert ask("select count(*) from articles") == [(0,)]
    assert ask("select count(*) from fetches") == [(0,)]
    assert store.write(database, second, owner.id, visit(page)) == "stored"


def test_writing_twice_stores_once(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    page = leased(database, run, owner, "a")[0]
    store.write(database, run, owner.id, visit(page))
    with pytest.raises(LeaseLost):
        store.write(database, run, owner.id, visit(page))
    assert ask("select count(*) from articles") == [(1,)]


def test_a_row_that_postgres_refuses_is_quarantined_and_its_neighbour_is_stored(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    bad, good = leased(database, run, owner, "a", "b")
    assert store.write(database, run, owner.id, visit(bad, published_at="0009-01-01")) == "unstorable"
    assert store.write(database, run, owner.id, visit(good)) == "stored"
    assert ask("select url, reason, capture_id is not null from quarantine") == [(bad.url, "unstorable", True)]
    assert ask("select failed, stored from runs") == [({"unstorable": 1}, 1)]
    assert ask("select due_at from pages where id = %s", bad.id) == [(None,)]


def test_text_that_a_database_cannot_keep_never_gets_there(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    page = leased(database, run, owner, "a")[0]
    assert store.write(database, run, owner.id, visit(page, title="a\x00b")) == "unstorable"


def test_failures_back_off_and_are_counted(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    page = leased(database, run, owner, "a")[0]
    store.write(database, run, owner.id, Visit(page, "http_500", "the site answered 500", failed=True, status=500))
    store.write(
        database, run, owner.id, Visit(again(database, owner, run), "http_500", "again", failed=True, status=500)
    )
    assert ask("select failed, fetched from runs") == [({"http_500": 2}, 2)]
    assert ask("select attempts, visits, outcome, detail from pages") == [(2, 0, "http_500", "again")]
    assert ask("select due_at between now() + interval '29 min' and now() + interval '30 min' from pages") == [(True,)]


def test_what_no_try_will_mend_is_not_tried(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    page = leased(database, run, owner, "a")[0]
    store.write(database, run, owner.id, Visit(page, "too_large", "large", failed=True, again=False))
    assert ask("select due_at, attempts from pages") == [(None, 1)]


def test_a_long_title_and_a_huge_text_are_searchable_rows(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    page = leased(database, run, owner, "a")[0]
    words = " ".join(f"word{n}" for n in range(300_000))
    assert store.write(database, run, owner.id, visit(page, text=words)) == "stored"
    assert ask("select count(*) from articles where search @@ article_query(null, 'word7 ferry')") == [(1,)]


def test_search_knows_the_language(database: Database, ask: Ask) -> None:
    owner = source(database)
    run = run_of(database, owner)
    frontier.add(database, run, owner.id, [Link("https://x.example/de")])
    page = frontier.lease(database, run, owner.id, 1)[0]
    store.write(database, run, owner.id, visit(page, text="Die Häfen wurden geöffnet.", language="de"))
    assert ask("select count(*) from articles where search @@ article_query('de', 'hafen')") == [(1,)]
