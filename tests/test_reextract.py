"""`dateline reextract`: captures read again, what would change, and what is written."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest

from dateline import replaying
from dateline.reextract import Request, reextract
from dateline.settings import Settings
from pipelines import store, warc
from pipelines.database import Database
from pipelines.extract import EXTRACTOR
from pipelines.health.holding import Bounds
from pipelines.records import Capture
from pipelines.shelf import Shelf
from pipelines.workers import Workers
from tests.commands import dateline, start
from tests.conftest import Ask
from tests.documents import article_html, front_html, prose
from tests.pipelines.builders import MOMENT, leased, run_of, source, visit
from tests.site import Site
from tests.test_crawl import Environment, outlet, stories

OLD = "dateline 1, trafilatura 2.0.0"
Keep = Callable[..., None]


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def keep(database: Database, environment: Environment) -> Iterator[Keep]:
    """Keep pages: their bodies as captures, each read badly by an old extractor, quarantined, held, or no story."""
    owner = source(database)
    run = run_of(database, owner)
    writer = warc.WarcWriter(Shelf(environment["DATELINE_HOME"] + "/captures"), "test")

    def keep(*bodies: str, quarantine: bool = False, held: bool = False, skipped: str | None = None) -> None:
        pages = leased(database, run, owner, *(f"story-{n}" for n in range(len(bodies))))
        for page, body in zip(pages, bodies, strict=True):
            said = {"title": title(body), "text": "Menu\nRead badly.", "canonical_url": page.url, "extractor": OLD}
            brought = visit(page, body.encode(), **said)  # type: ignore[arg-type]
            assert brought.capture
            capture: Capture = replace(brought.capture, headers=(("Content-Type", "text/html"),))
            brought = replace(brought, capture=capture, place=writer.write(capture))
            if quarantine:
                facts = {"article": None, "outcome": "unreadable", "detail": "no HTML"}
                brought = replace(brought, failed=True, quarantine=True, again=False, **facts)  # type: ignore[arg-type]
            if held:
                assert brought.article
                undated = replace(brought.article, published_at=None)
                brought = replace(brought, article=undated, bounds=Bounds(undated=True))
            if skipped:
                none = {"article": None, "outcome": "skipped", "detail": skipped, "no_story_by": OLD}
                brought = replace(brought, **none)  # type: ignore[arg-type]
            store.write(database, run, owner.id, brought)

    yield keep
    writer.close()


def title(body: str) -> str:
    return body.partition("<h1>")[2].partition("</h1>")[0] or "Untitled"


def story(number: int) -> str:
    return article_html(f"A story about the harbour, part {number}", prose(number), published="2026-03-04")


def test_what_would_change_is_told_and_nothing_written(environment: Environment, keep: Keep, ask: Ask) -> None:
    keep(*map(story, range(5)))
    done = dateline(environment, "reextract", "--json")
    assert done.code == 0, done.err
    said = done.summary
    assert (said["read"], said["changed"], said["applied"], said["outcomes"]) == (5, 5, False, {})
    assert said["fields"]["text"]["count"] == 5
    assert len(said["fields"]["text"]["samples"]) == 3
    assert said["fields"]["text"]["samples"][0]["old"] == "Menu Read badly."
    assert "title" not in said["fields"]
    assert ask("select distinct text, extractor from articles") == [("Menu\nRead badly.", OLD)]
    printed = dateline(environment, "reextract", "--limit", "2")
    assert printed.out.startswith(f"2 captures read by {EXTRACTOR}; 2 articles would change\n")
    assert "run it again with --apply" in printed.err


def test_applied_it_is_the_extractors_change_and_done_once(environment: Environment, keep: Keep, ask: Ask) -> None:
    keep(*map(story, range(3)))
    done = dateline(environment, "reextract", "--apply", "--json")
    assert (done.code, done.summary["outcomes"]) == (0, {"revised": 3}), done.err
    assert ask("select distinct made_by, text, extractor from revisions") == [("extractor", "Menu\nRead badly.", OLD)]
    assert ask("select distinct revision_count, changed_at, last_seen_at, extractor from articles") == [
        (0, MOMENT, MOMENT, EXTRACTOR)
    ]
    assert ask("select count(*) from articles where text like '%%harbour%%' or word_count > 50") == [(3,)]
    again = dateline(environment, "reextract", "--apply")
    assert (again.code, ask("select count(*) from revisions")) == (3, [(3,)])
    assert "nothing to re-extract" in again.complaint


def test_what_is_read_again_finds_its_cluster(environment: Environment, keep: Keep, ask: Ask) -> None:
    keep(story(1), story(1), story(2))
    assert dateline(environment, "reextract", "--apply").code == 0
    assert ask("select size, (select count(*) from cluster_queue) from clusters") == [(2, 0)]


def test_what_is_no_story_by_now_stays_and_is_named(environment: Environment, keep: Keep, ask: Ask) -> None:
    links = {f"/news/a-story-about-the-harbour-{n}": f"A story about the harbour, part {n}" for n in range(40)}
    keep(front_html(links))
    done = dateline(environment, "reextract", "--apply", "--json")
    assert [page["article"] for page in done.summary["no_longer_stories"]] == [ask("select id from articles")[0][0]]
    assert ask("select text, extractor from articles") == [("Menu\nRead badly.", OLD)]
    assert dateline(environment, "reextract", "--apply").code == 3  # that version has tried it


def test_lost_and_broken_captures_are_named(environment: Environment, keep: Keep, ask: Ask) -> None:
    keep(story(1), story(2), story(3), story(4))
    ids = [row[0] for row in ask("select id from articles order by id")]
    ask("update captures set warc_file = 'gone.warc.gz' where id = %s returning id", ask_capture(ask, ids[0]))
    ask("update captures set warc_offset = warc_offset + 7 where id = %s returning id", ask_capture(ask, ids[1]))
    ask("update captures set body_sha256 = '\\x00' where id = %s returning id", ask_capture(ask, ids[2]))
    done = dateline(environment, "reextract", "--apply", "--json")
    assert done.code == 0, done.err
    lost = {page["article"]: page["detail"] for page in done.summary["lost"]}
    assert sorted(lost) == ids[:3]
    assert "gone.warc.gz at byte" in lost[ids[0]]
    assert "not the body that was captured" in lost[ids[2]]
    assert done.summary["without_capture"] == 0
    assert done.summary["outcomes"] == {"revised": 1}


def test_articles_of_which_no_capture_was_kept_are_counted(environment: Environment, keep: Keep, ask: Ask) -> None:
    keep(story(1), story(2))
    ask("update articles set capture_id = null where url like '%%-0' returning id")
    shown = dateline(environment, "reextract", "--json").summary
    assert (shown["read"], shown["without_capture"], shown["lost"]) == (1, 1, [])
    assert "1 articles stay as they are: no capture of them is kept\n" in dateline(environment, "reextract").out
    assert dateline(environment, "reextract", "--apply").code == 0
    assert dateline(environment, "reextract", "--apply").code == 3


def ask_capture(ask: Ask, article: object) -> object:
    return ask("select capture_id from articles where id = %s", article)[0][0]


def test_a_quarantined_page_that_can_be_read_is_stored(environment: Environment, keep: Keep, ask: Ask) -> None:
    keep(story(1), "", quarantine=True)
    shown = dateline(environment, "reextract", "--json").summary
    assert [page["detail"] for page in shown["now_readable"]] == ["A story about the harbour, part 1"]
    assert len(shown["still_unreadable"]) == 1
    assert ask("select count(*) from articles") == [(0,)]
    done = dateline(environment, "reextract", "--apply", "--json")
    assert done.summary["outcomes"] == {"stored": 1}, done.err
    assert ask("select title, first_seen_at from articles") == [("A story about the harbour, part 1", MOMENT)]
    assert ask("select outcome from pages order by outcome") == [("stored",), ("unreadable",)]
    assert dateline(environment, "reextract", "--apply").code == 3


def test_a_held_story_is_stored_where_a_newer_extractor_reads_a_date(
    environment: Environment, keep: Keep, ask: Ask
) -> None:
    keep(story(1), article_html("A story about the harbour, part 2", prose(2)), held=True)
    assert ask("select detail, retried_by from quarantined") == [("undated", OLD)] * 2
    done = dateline(environment, "reextract", "--apply", "--json")
    assert done.summary["outcomes"] == {"stored": 1}, done.err
    assert [page["detail"] for page in done.summary["still_unreadable"]] == ["undated"]
    assert ask("select title, published_at::date::text from articles") == [
        ("A story about the harbour, part 1", "2026-03-04")
    ]
    assert ask("select url, retried_by from quarantined") == [("https://x.example/story-1", EXTRACTOR)]
    assert dateline(environment, "reextract", "--apply").code == 3


LIST = front_html({f"/news/a-story-about-boats-{n}": f"A story about boats, part {n}" for n in range(40)})


def test_a_page_that_was_no_story_and_is_one_now_is_stored(environment: Environment, keep: Keep, ask: Ask) -> None:
    keep(story(1), LIST, skipped="list: 40 links")
    shown = dateline(environment, "reextract", "--json").summary
    assert [page["detail"] for page in shown["now_stories"]] == ["A story about the harbour, part 1"]
    assert (shown["read"], shown["still_no_stories"], shown["changed"]) == (2, 1, 0)
    assert ask("select distinct no_story_by from captures") == [(OLD,)]
    printed = dateline(environment, "reextract")
    assert "1 were taken for no stories and are some:\n  https://x.example/story-0: A story about" in printed.out
    assert "1 pages are still no stories\n" in printed.out
    assert "run it again with --apply" in printed.err
    done = dateline(environment, "reextract", "--apply", "--json")
    assert (done.code, done.summary["outcomes"]) == (0, {"stored": 1}), done.err
    assert ask("select first_seen_at, changed_at, revision_count, extractor from articles") == [
        (MOMENT, MOMENT, 0, EXTRACTOR)
    ]
    assert ask("select outcome, due_at is not null from pages order by url") == [("stored", True), ("skipped", True)]
    assert ask("select no_story_by from captures order by id") == [(OLD,), (EXTRACTOR,)]
    assert dateline(environment, "reextract", "--apply").code == 3


@pytest.mark.parametrize(
    "change",
    [
        "update pages set detail = 'robots.txt forbids https://x.example/story-0'",
        "update pages set detail = 'opt_out: the site says noindex'",
        "update pages set body_sha256 = '\\x00'",  # it says something else since, of which nothing was kept
        "update pages set outcome = 'http_404'",
        "update captures set no_story_by = '" + EXTRACTOR + "'",
    ],
    ids=["robots", "opt-out", "changed", "gone", "tried"],
)
def test_a_page_that_was_no_story_is_left_alone(environment: Environment, keep: Keep, ask: Ask, change: str) -> None:
    keep(story(1), skipped="list: 40 links")
    ask(f"{change} returning id")
    assert dateline(environment, "reextract").code == 3


def test_an_outlet_may_honour_what_a_page_opts_out_of(environment: Environment, keep: Keep, ask: Ask) -> None:
    keep(story(1).replace("<head>", "<head><meta name='robots' content='noai'>"), skipped="list: 40 links")
    ask("""update sources set settings = settings || '{"honour": ["noai"]}' returning id""")
    done = dateline(environment, "reextract", "--apply", "--json").summary
    assert (done["now_stories"], done["still_no_stories"]) == ([], 1)


def test_a_crawl_notes_which_version_found_no_story(environment: Environment, site: Site, ask: Ask) -> None:
    site.page("/news/a-list-of-the-harbour.html", LIST)
    outlet(environment, site)
    crawl = ("crawl", site.at("/news/a-list-of-the-harbour.html"), "--allow-private", "--limit", "2")
    dateline(environment, *crawl)
    assert ask("select no_story_by from captures") == [(EXTRACTOR,)]
    dateline(environment, *crawl)  # it says what it said
    assert ask("""
        select p.detail like 'a list of stories%%' as listed, p.body_sha256 = c.body_sha256 as same, c.kind
        from pages p join captures c on c.page_id = p.id order by c.id
    """) == [(True, True, "response"), (True, True, "identical_payload")]
    assert dateline(environment, "reextract").code == 3
    ask("update captures set no_story_by = %s returning id", OLD)
    assert dateline(environment, "reextract", "--json").summary["still_no_stories"] == 1


def test_chosen_by_version_outlet_and_day(database: Database, environment: Environment, keep: Keep) -> None:
    keep(story(1))
    source(database, "y")
    for arguments, code in (
        (("--extractor-older-than", "1"), 3), (("--source", "y"), 3), (("--since", "2026-03-05"), 3),
        (("--extractor-older-than", "2", "--source", "x", "--since", "2026-03-04"), 0),
    ):  # fmt: skip
        done = dateline(environment, "reextract", *arguments)
        assert done.code == code, (arguments, done.err)


def test_bad_words_are_one_line(environment: Environment) -> None:
    for arguments, said in (
        (("--source", "nobody"), "no outlet named 'nobody' in the archive"),
        (("--since", "yesterday"), "--since: 'yesterday' is no date"),
        (("--extractor-older-than", "new"), "--extractor-older-than: 'new' has no number"),
    ):
        done = dateline(environment, "reextract", *arguments)
        assert (done.code, len(done.err.splitlines())) == (2, 1), done.err
        assert said in done.complaint


def test_an_interrupted_apply_goes_on_where_it_stopped(environment: Environment, keep: Keep, ask: Ask) -> None:
    keep(*map(story, range(150)))
    running = start(environment, "reextract", "--apply", "--json")
    while ask("select count(*) from revisions") == [(0,)] and running.poll() is None:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert (running.returncode, len(err.splitlines())) == (75, 1), err
    [(written,)] = ask("select count(*) from revisions")
    assert isinstance(written, int)
    assert 0 < written < 150
    rest = dateline(environment, "reextract", "--apply", "--json")
    assert (rest.code, rest.summary["read"]) == (0, 150 - written)
    assert ask("select count(*), count(distinct article_id) as articles from revisions") == [(150, 150)]


def test_a_crawl_tells_the_extractors_change_from_the_newsrooms(environment: Environment, site: Site, ask: Ask) -> None:
    same, edited = stories(site, 2)
    crawl = ("crawl", site.at(same), site.at(edited), "--allow-private")
    assert dateline(environment, *crawl).code == 0
    ask("update articles set text = 'Menu' || text, extractor = %s returning id", OLD)
    for number, path in enumerate((same, edited)):
        text = [*prose(seed=number), *(["Correction: it was dredged last year."] if path == edited else [])]
        moved = {"/news/another-story-about-boats.html": "Another story about the boats"}
        site.page(path, article_html(f"A story about the harbour, part {number}", text, related=moved))
    done = dateline(environment, *crawl, "--json")
    assert (done.summary["revised"], done.summary["unchanged"]) == (1, 1), done.err
    assert ask("select a.url, r.made_by from revisions r join articles a on a.id = article_id order by 1, number") == [
        (site.at(same), "extractor"), (site.at(edited), "extractor"), (site.at(edited), "newsroom"),
    ]  # fmt: skip


def test_what_a_busy_machine_left_unread_is_read_the_next_time(
    environment: Environment, keep: Keep, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(article_html("A long story about the harbour", prose(1, paragraphs=1500), published="2026-03-04"))
    with monkeypatch.context() as busy:  # a machine so busy that the page does not come through before its deadline
        busy.setattr(replaying, "Workers", partial(Workers, deadline=0.01))
        reextract(Settings.from_environment(environment), Request(apply=True), as_json=True)
    assert ask("select extractor from articles") == [(OLD,)]
    done = dateline(environment, "reextract", "--apply", "--json")
    assert (done.code, done.summary["outcomes"]) == (0, {"revised": 1}), done.err
