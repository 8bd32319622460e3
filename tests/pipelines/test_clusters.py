"""Copies of a wire story find each other, whatever outlets did to them and in whichever order they come."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from pipelines import clusters, frontier, store
from pipelines.database import Database
from tests.commands import DATELINE, dateline
from tests.conftest import Ask
from tests.pipelines.builders import MOMENT, visit
from tests.pipelines.conftest import Publish


def said(name: str, count: int) -> str:
    """A text of as many words that no other name has."""
    return " ".join(f"{name}{n}" for n in range(count))


WIRE = said("wire", 200)


def stories(ask: Ask) -> set[frozenset[object]]:
    """Which articles are together; those that stand alone left out."""
    return {frozenset(ids) for (ids,) in ask("select array_agg(article_id) from cluster_articles group by cluster_id")}  # type: ignore[call-overload]


def consistent(ask: Ask) -> bool:
    """Whether articles, members and clusters say the same."""
    wrong = ask(
        """
        select a.id from articles a left join cluster_articles m on m.article_id = a.id
        where a.cluster_id is distinct from m.cluster_id
        union all
        select c.id from clusters c left join cluster_articles m on m.cluster_id = c.id
        group by c.id having count(m.article_id) <> c.size or c.size < 2
            or not coalesce(bool_or(m.article_id = c.first_article_id and m.delay = '0'), false)
        union all
        select article_id from fingerprints where article_id not in (select article_id from text_sketches)
        union all
        select article_id from text_sketches where article_id not in (select id from articles)
        """
    )
    return wrong == []


def test_a_copy_cut_and_added_to_is_the_same_story(publish: Publish, ask: Ask) -> None:
    one = publish("o1", WIRE)
    cut = publish("o2", " ".join(WIRE.split()[:90]) + "\n" + said("local", 40), hour=2)
    publish("o3", said("other", 200))
    assert stories(ask) == {frozenset({one, cut})}
    assert ask("select size, outlets, first_article_id from clusters") == [(2, 2, one)]
    assert ask("select delay from cluster_articles order by article_id") == [(timedelta(0),), (timedelta(hours=2),)]
    assert consistent(ask)


def test_the_evidence_is_written_down(publish: Publish, ask: Ask) -> None:
    one, other = publish("o1", WIRE, agency="AP"), publish("o2", WIRE, agency="AP")
    evidence = ask("select similarity, evidence from cluster_articles where article_id = %s", other)
    assert evidence == [(1.0, {"matched": one, "covered": 1.0, "same_agency": True})]


@pytest.mark.parametrize(("agency", "expected"), [("AP", 1), ("AFP", 0), (None, 0)])
def test_the_same_agency_makes_less_enough(publish: Publish, ask: Ask, agency: str | None, expected: int) -> None:
    publish("o1", WIRE, agency="AP")
    publish("o2", " ".join(WIRE.split()[:85]) + "\n" + said("local", 115), agency=agency)
    assert len(stories(ask)) == expected


def test_an_outlet_quoting_its_own_background_tells_another_story(publish: Publish, ask: Ask) -> None:
    publish("o1", WIRE)
    publish("o1", said("news", 80) + "\n" + " ".join(WIRE.split()[:120]))
    assert stories(ask) == set()


def test_short_texts_never_cluster(publish: Publish, ask: Ask) -> None:
    publish("o1", said("brief", 39))
    publish("o2", said("brief", 39))
    assert stories(ask) == set()
    assert ask("select count(*) from fingerprints") == [(0,)]
    assert ask("select count(*) from cluster_queue") == [(0,)]


def test_a_notice_under_every_article_of_an_outlet_glues_nothing(publish: Publish, ask: Ask) -> None:
    notice = said("notice", 90)
    for n in range(6):
        publish("o1", said(f"a{n}x", 60) + "\n" + notice)
    publish("o2", said("elsewhere", 60) + "\n" + notice)
    assert stories(ask) == set()


def test_a_roundup_is_none_of_its_stories_and_glues_none(publish: Publish, ask: Ask) -> None:
    groups = []
    for name in ("alpha", "beta"):
        groups.append(frozenset(publish(f"o{n}", said(name, 100)) for n in (1, 2, 3)))
    publish("o4", said("alpha", 100) + "\n" + said("beta", 100))
    publish("o5", "\n".join(said(name, 45) for name in ("alpha", "beta", "c", "d", "e", "f")))
    found = stories(ask)
    assert len(found) == 2
    assert not any(groups[0] <= story and groups[1] & story for story in found)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_two_clusters_that_turn_out_to_be_one_are_merged(publish: Publish, ask: Ask, order: tuple[int, ...]) -> None:
    words = said("long", 400).split()
    parts = (" ".join(words[:220]), " ".join(words), " ".join(words[:260] + said("extra", 100).split()))
    ids = {publish(f"o{n}", parts[n], hour=n) for n in order}
    assert stories(ask) == {frozenset(ids)}
    assert ask("select first_published_at from clusters") == [(MOMENT,)]
    assert consistent(ask)


def test_a_bridge_merges_two_clusters(publish: Publish, ask: Ask) -> None:
    words = said("long", 400).split()
    early = {publish(f"o{n}", " ".join(words[:120] + said(f"x{n}", 100).split())) for n in (1, 2)}
    late = {publish(f"o{n}", " ".join(words[90:400] + said(f"y{n}", 5).split())) for n in (3, 4)}
    assert stories(ask) == {frozenset(early), frozenset(late)}
    publish("o5", " ".join(words[:400]))
    assert len(stories(ask)) <= 2  # other passages: they stay two
    assert consistent(ask)


def test_a_changed_text_leaves_its_story_and_the_story_ends(database: Database, publish: Publish, ask: Ask) -> None:
    one, other = publish("o1", WIRE), publish("o2", WIRE)
    change(database, ask, other, said("rewritten", 200))
    assert stories(ask) == set()
    assert ask("select count(*) from clusters") == [(0,)]
    change(database, ask, other, WIRE + " more")
    assert stories(ask) == {frozenset({one, other})}
    assert consistent(ask)


def test_a_slightly_changed_text_keeps_its_cluster(database: Database, publish: Publish, ask: Ask) -> None:
    publish("o1", WIRE)
    other = publish("o2", WIRE)
    before = ask("select id from clusters")
    change(database, ask, other, WIRE + "\n" + said("correction", 30))
    assert ask("select id from clusters") == before


def test_an_outlet_that_corrects_its_date_may_become_the_first(database: Database, publish: Publish, ask: Ask) -> None:
    one, other = publish("o1", WIRE, hour=1), publish("o2", WIRE, hour=2)
    assert ask("select first_article_id from clusters") == [(one,)]
    change(database, ask, other, WIRE, published_at=MOMENT.isoformat(), published_precision="minute")
    assert ask("select first_article_id, first_published_at from clusters") == [(other, MOMENT)]
    assert ask("select delay from cluster_articles where article_id = %s", one) == [(timedelta(hours=1),)]


def change(database: Database, ask: Ask, article: int, body: str, *, assign: bool = True, **fields: Any) -> None:
    """Read the article's page again, with another text or other fields."""
    [(page_id, source, url)] = ask("select page_id, source_id, url from articles where id = %s", article)
    [(run,)] = ask("select max(id) from runs where source_id = %s", source)
    ask("update pages set due_at = now() where id = %s returning id", page_id)
    page = frontier.lease(database, int(str(run)), int(str(source)), 1)[0]
    changed = visit(page, at=datetime.now(UTC), text=body, word_count=9, title=str(url), **fields)
    assert store.write(database, int(str(run)), int(str(source)), changed) == "revised"
    if assign:
        clusters.update(database)


def test_copies_stored_at_the_same_moment_see_each_other(publish: Publish, ask: Ask) -> None:
    threads = [threading.Thread(target=publish, args=(f"o{n}", WIRE), kwargs={"title": f"t{n}"}) for n in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ask("select size, outlets from clusters") == [(3, 3)]


def test_an_outlet_that_gives_a_day_only_is_not_first_at_midnight(publish: Publish, ask: Ask) -> None:
    publish("o1", WIRE, hour=5, published_at="2026-03-04", published_precision="day")
    publish("o2", WIRE, hour=1)
    assert ask("select outlet, place, delay from wire_spread order by place") == [
        ("o2", 1, timedelta(0)),
        ("o1", 2, timedelta(hours=4)),
    ]


def test_views_tell_stories_and_first_publishers(publish: Publish, ask: Ask) -> None:
    for name, hour in (("o2", 3), ("o1", 0), ("o3", 1)):
        publish(name, WIRE, hour=hour)
    publish("o1", said("alone", 200))
    rows = ask("select first_outlet, outlets, articles, cluster_id is null from stories order by outlets desc")
    assert rows == [("o1", 3, 3, False), ("o1", 1, 1, True)]
    assert ask("select * from first_publishers order by outlet") == [
        ("o1", 1, 1, 1.0, None),
        ("o2", 1, 0, 0.0, timedelta(hours=3)),
        ("o3", 1, 0, 0.0, timedelta(hours=1)),
    ]


def test_a_rebuild_finds_what_was_found(database: Database, publish: Publish, ask: Ask) -> None:
    for name in ("o1", "o2", "o3"):
        publish(name, WIRE)
    alone = publish("o4", said("alone", 100))
    ask("update articles set cluster_id = 99 where id = %s returning id", alone)
    before = stories(ask)
    assert len(before) == 1
    assert clusters.rebuild(database, batch=2) == 4
    assert stories(ask) == before
    assert consistent(ask)


def test_the_command_rebuilds(environment: dict[str, str], publish: Publish, ask: Ask) -> None:
    expected = frozenset({publish("o1", WIRE), publish("o2", WIRE)})
    ask("delete from cluster_articles returning article_id")
    command = [DATELINE, "clusters", "rebuild"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "2 articles assigned anew\n"
    assert stories(ask) == {expected}
    assert consistent(ask)


KILLED = """
import os, signal, sys
from pipelines import clusters
from pipelines.database import Database
clusters._write = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
clusters.update(Database(sys.argv[1], 1))
"""


def test_killed_in_the_middle_of_it_nothing_is_lost(database: Database, publish: Publish, ask: Ask) -> None:
    ids = frozenset(publish(f"o{n}", WIRE, assign=False) for n in (1, 2))
    killed = subprocess.run([sys.executable, "-c", KILLED, database.url], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert ask("select count(*), (select count(*) from fingerprints) as indexed from cluster_queue") == [(2, 0)]
    assert clusters.update(database) == 2
    assert stories(ask) == {ids}
    assert consistent(ask)


def test_a_text_changed_while_it_is_assigned_is_assigned_again(database: Database, publish: Publish, ask: Ask) -> None:
    one, other = publish("o1", WIRE), publish("o2", WIRE, assign=False)
    with database.transaction() as cursor:
        cursor.execute(clusters.CLAIM, (10,))
        change(database, ask, other, said("rewritten", 100), assign=False)
        cursor.execute("delete from cluster_queue where id = any(%s)", ([row.id for row in cursor.fetchall()],))
    assert ask("select article_id from cluster_queue") == [(other,)]
    assert clusters.update(database) == 1
    assert stories(ask) == set()
    assert one != other


def test_copies_assigned_by_two_processes_at_once_see_each_other(
    environment: dict[str, str], publish: Publish, ask: Ask
) -> None:
    ids = [publish(f"o{n}", WIRE, assign=False) for n in range(10)]
    command = [DATELINE, "clusters", "update", "--batch", "1"]
    running = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[0].split()[0] for process in running]
    assert sum(map(int, said)) == 10
    assert stories(ask) == {frozenset(ids)}
    assert consistent(ask)


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_batches_of_any_size_find_the_same(database: Database, publish: Publish, ask: Ask, batch: int) -> None:
    words = said("long", 400).split()
    parts = (" ".join(words[:220]), " ".join(words), " ".join(words[:260] + said("extra", 100).split()))
    long = frozenset(publish(f"o{n}", part, hour=n, assign=False) for n, part in enumerate(parts))
    wire = frozenset(publish(f"o{n}", WIRE, assign=False) for n in range(12))
    publish("o9", said("alone", 80), assign=False)
    assert clusters.update(database, batch) == 16
    assert stories(ask) == {long, wire}
    assert consistent(ask)


def test_articles_that_are_deleted_leave_their_clusters(database: Database, publish: Publish, ask: Ask) -> None:
    ids = [publish(f"o{n}", WIRE, hour=n) for n in range(3)]
    ask("delete from articles where id = %s returning id", ids[0])
    assert ask("select first_article_id, size from clusters") == [(ids[1], 2)]
    assert consistent(ask)
    ask("delete from articles where id = any(%s) returning id", ids)
    assert ask("select count(*), (select count(*) from fingerprints) as indexed from clusters") == [(0, 0)]
    assert consistent(ask)
    publish("o5", WIRE)
    assert stories(ask) == set()


def test_the_last_of_a_cluster_stands_alone(publish: Publish, ask: Ask) -> None:
    one, other = publish("o1", WIRE), publish("o2", WIRE)
    ask("delete from articles where id = %s returning id", one)
    assert ask("select id, cluster_id from articles") == [(other, None)]
    assert consistent(ask)


def test_an_article_deleted_while_it_waits_is_passed_over(database: Database, publish: Publish, ask: Ask) -> None:
    ask("delete from articles where id = %s returning id", publish("o1", WIRE, assign=False))
    assert clusters.update(database) == 1
    assert ask("select count(*) from cluster_queue") == [(0,)]


def test_a_cluster_that_changes_is_a_change_of_its_articles(publish: Publish, ask: Ask) -> None:
    publish("o1", said("alone", 80))
    one = publish("o2", WIRE)
    [(before,)] = ask("select max(changed_xid) from articles")
    publish("o3", WIRE)
    changed = ask("select id from articles where changed_xid > %s order by id", str(before))
    assert (one,) in changed
    assert len(changed) == 2


def test_clusters_found_before_there_was_a_queue_stay(database: Database, publish: Publish, ask: Ask) -> None:
    """As after a migration: clusters without sketches, and every article in the queue."""
    one, other = publish("o1", WIRE), publish("o2", WIRE)
    before = ask("select id, first_article_id, size from clusters")
    ask("delete from fingerprints; delete from text_sketches; insert into cluster_queue (article_id)"
        " select id from articles returning id")  # fmt: skip
    assert clusters.update(database, batch=1) == 2
    assert ask("select id, first_article_id, size from clusters") == before
    assert stories(ask) == {frozenset({one, other})}


def test_the_command_assigns_what_waits(environment: dict[str, str], publish: Publish, ask: Ask) -> None:
    expected = frozenset({publish("o1", WIRE, assign=False), publish("o2", WIRE, assign=False)})
    for printed in ("2 articles assigned\n", "0 articles assigned\n"):
        done = dateline(environment, "clusters", "update")
        assert (done.code, done.out) == (0, printed)
    assert stories(ask) == {expected}


def test_without_a_database_the_command_says_so(environment: dict[str, str]) -> None:
    nowhere = environment | {"DATELINE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    done = dateline(nowhere, "clusters", "update")
    assert done.code == 4 and len(done.complaint.splitlines()) == 1
