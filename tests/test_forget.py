"""`dateline forget`: nothing that was made of a story is left, and no way leads back to it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import dateline
from tests.conftest import Ask
from tests.documents import Entry, article_html, prose
from tests.faults import redirect
from tests.site import Site
from tests.test_crawl import Environment, outlet, stories

TABLES = """
    select tablename from pg_tables where schemaname = 'public'
        and tablename not in ('schema_migrations', 'tombstones', 'tombstone_key')
"""
SECRET = "quagmirrored"  # a word of the story that is forgotten, and of nothing else


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def page(site: Site, path: str, title: str, *more: str, **fields: object) -> None:
    text = [*prose(path), *more]
    site.page(path, article_html(title, text, published="2026-03-04", **fields))  # type: ignore[arg-type]


def secret_outlet(environment: Environment, site: Site, **more: str) -> str:
    """An outlet of three stories, one of which has the secret word; the path of that one."""
    others, path = stories(site, 2), "/news/the-secret-of-the-harbour.html"
    page(site, path, f"The {SECRET} harbour", f"It was {SECRET} by nine men.", authors=["Jane Doe"])
    site.rss("/feed.xml", [Entry(path, f"The {SECRET} harbour"), *(Entry(other, "A story") for other in others)])
    outlet(environment, site, "the-harbour", feeds=[site.at("/feed.xml")], **more)
    return path


def crawl(environment: Environment, *what: str) -> dict[str, object]:
    done = dateline(environment, "crawl", *(what or ("--all",)), "--allow-private", "--json")
    assert done.code in (0, 3), done.err
    return done.summary


def traces(ask: Ask, environment: Environment, *needles: str) -> set[str]:
    """The tables, and the WARC files, that hold one of the words or addresses."""
    tables = [str(name) for (name,) in ask(TABLES)]
    found = {
        name for name in tables for needle in needles
        if ask(f"select 1 from {name} t where strpos(to_jsonb(t)::text, %s) > 0 limit 1", needle)
    }  # fmt: skip
    for file in (Path(environment["DATELINE_HOME"]) / "captures").rglob("*"):
        body = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else b""
        found |= {file.name for needle in needles if needle.encode() in body}
    return found


def test_a_story_goes_with_all_that_was_made_of_it(environment: Environment, site: Site, ask: Ask) -> None:
    path = secret_outlet(environment, site)
    crawl(environment)
    page(site, path, f"The {SECRET} harbour again", f"It was {SECRET} by ten men.")
    crawl(environment, site.at(path))
    assert traces(ask, environment, SECRET, path) >= {"articles", "revisions", "pages", "captures", "fetches"}
    done = dateline(environment, "forget", site.at(path), "--yes", "--reason", "asked to", "--json")
    assert done.code == 0, done.err
    assert traces(ask, environment, SECRET, path) == set()
    [said] = done.summary["forgotten"]
    assert {k: said["counts"][k] for k in ("articles", "revisions", "captures", "fetches", "pages")} == {
        "articles": 1, "revisions": 1, "captures": 2, "fetches": 2, "pages": 1,
    }  # fmt: skip
    assert done.summary["scrubbed"]["log_renewed"]
    assert ask(
        "select kind, reason, counts ->> 'articles' as n, finished_at is null as a, scrubbed_at is null as b"
        " from forgettings"
    ) == [("story", "asked to", "1", False, False)]
    assert ask("select count(*) from articles") == [(2,)]
    assert dateline(environment, "reextract").code == 3  # the captures of the others can be read


def test_nobody_asks_for_it_again(environment: Environment, site: Site, ask: Ask) -> None:
    path = secret_outlet(environment, site)
    crawl(environment)
    assert dateline(environment, "forget", site.at(path), "--yes", "--no-scrub", "--reason", "a reason").code == 0
    before = len(site.asked(path))
    site.behave("/short", redirect(site.at(path)))
    ask("update pages set due_at = now() returning id")
    ask("update endpoints set etag = null, due_at = now() returning id")
    assert crawl(environment)["discovered"] == 0
    named = crawl(environment, site.at(path))
    assert (named["skipped"], named["stored"], named["failed"]) == (1, 0, {})
    assert "forgotten on" in str(named["outlets"])
    assert crawl(environment, site.at("/short"))["stored"] == 0
    assert len(site.asked(path)) == before
    assert traces(ask, environment, SECRET, path) == set()
    why = dateline(environment, "why", site.at(path))
    assert (why.code, "forgotten on 20" in why.out, "reason: a reason" in why.out, SECRET in why.out) == (
        0, True, True, False,
    )  # fmt: skip
    again = dateline(environment, "forget", site.at(path), "--yes", "--no-scrub")
    assert (again.code, "was forgotten before" in again.out) == (0, True)


def test_it_is_not_done_unasked(environment: Environment, site: Site, ask: Ask) -> None:
    path = secret_outlet(environment, site)
    crawl(environment)
    done = dateline(environment, "forget", site.at(path), stdin="y\n")
    assert (done.code, "--yes" in done.complaint) == (2, True)
    assert f"The {SECRET} harbour" in done.out
    assert "1 articles, 1 captures, 1 log lines, 1 addresses" in done.out
    assert ask("select count(*) as a, (select count(*) from forgettings) as b from articles") == [(3, 0)]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((), id="nothing"),
        pytest.param(("ftp://x.example/a",), id="no-url"),
        pytest.param(("https://x.example/a", "--expired"), id="two-things"),
        pytest.param(("--author", "?!"), id="no-name"),
        pytest.param(("--expired", "--copies"), id="copies-of-what"),
        pytest.param(("--author", "Jane", "--source", "nobody"), id="no-outlet"),
    ],
)
def test_bad_words(environment: Environment, words: tuple[str, ...]) -> None:
    assert dateline(environment, "forget", *words, "--yes").code == 2


def test_twins_go_too_and_copies_are_named(environment: Environment, site: Site, ask: Ask) -> None:
    path = secret_outlet(environment, site)
    twin, late = "/amp/the-secret.html", f"/m{path}"
    text = {"head": f"<link rel=canonical href='{site.at(path)}'>"}
    page(site, twin, f"The {SECRET} harbour", f"It was {SECRET} by nine men.", **text)
    crawl(environment)
    crawl(environment, site.at(twin))
    assert ask("select outcome from pages where url = %s", site.at(twin)) == [("twin",)]
    with Site("127.0.0.2") as other:
        copied = "/a/copied-story.html"
        other.page(copied, site_page(path))
        outlet(environment, other, "the-other", feeds=[other.at("/feed.xml")])
        crawl(environment, other.at(copied))
        done = dateline(environment, "forget", site.at(twin), "--yes", "--no-scrub")
        assert done.code == 0, done.err
        assert f"not touched: {other.at(copied)} (the-other, 100% of the text): the same article" in done.out
        assert ask("select url from articles where text like %s", f"%{SECRET}%") == [(other.at(copied),)]
        assert traces(ask, environment, site.at(path), site.at(twin)) == set()
        page(site, late, f"The {SECRET} harbour", f"It was {SECRET} by nine men.")
        assert crawl(environment, site.at(late))["skipped"] == 1
        done = dateline(environment, "forget", other.at(copied), "--yes", "--no-scrub")
        assert traces(ask, environment, SECRET) == set()


def site_page(path: str) -> str:
    text = [*prose(path), f"It was {SECRET} by nine men."]
    return article_html(f"The {SECRET} harbour, again", text, published="2026-03-05")


def test_copies_go_where_that_is_asked_for(environment: Environment, site: Site, ask: Ask) -> None:
    path = secret_outlet(environment, site)
    crawl(environment)
    with Site("127.0.0.2") as other:
        other.page("/a/copied-story.html", site_page(path))
        crawl(environment, other.at("/a/copied-story.html"))
        done = dateline(environment, "forget", site.at(path), "--copies", "--yes", "--no-scrub", "--json")
        assert [f["counts"]["articles"] for f in done.summary["forgotten"]] == [1, 1]
    assert traces(ask, environment, SECRET) == set()


def test_an_import_leaves_it_out(environment: Environment, site: Site, ask: Ask, tmp_path: Path) -> None:
    path = secret_outlet(environment, site)
    crawl(environment)
    [warc] = (Path(environment["DATELINE_HOME"]) / "captures").rglob("*.warc.gz")
    kept = tmp_path / "kept.warc.gz"
    kept.write_bytes(warc.read_bytes())
    assert dateline(environment, "forget", site.at(path), "--yes", "--no-scrub").code == 0
    done = dateline(environment, "import", str(kept), "--json")
    assert done.code == 0, done.err
    assert (done.summary["files"][0]["forgotten"], done.summary["files"][0]["known"]) == (1, 2)
    assert traces(ask, environment, SECRET) == set()


def test_a_name_is_struck_out_and_stays_away(environment: Environment, site: Site, ask: Ask) -> None:
    path = secret_outlet(environment, site)
    crawl(environment)
    assert ask("select authors from articles where authors <> '{}'") == [(["Jane Doe"],)]
    done = dateline(environment, "forget", "--author", "JANE DOE", "--yes", "--no-scrub", "--json")
    assert (done.code, done.summary["forgotten"][0]["counts"]["authors"]) == (0, 1), done.err
    assert ask("select authors from articles where authors <> '{}'") == []
    page(site, path, f"The {SECRET} harbour", "It was edited.", authors=["Jane Doe", "Ann Lee"])
    assert crawl(environment, site.at(path))["revised"] == 1
    assert ask("select authors from articles where authors <> '{}'") == [(["Ann Lee"],)]
    ask("update articles set extractor = 'dateline 1' returning id")
    assert dateline(environment, "reextract", "--apply").code == 0
    assert ask("select authors from articles where authors <> '{}'") == [(["Ann Lee"],)]
    assert ask("select count(*) from captures") == [(4,)]
    done = dateline(environment, "forget", "--author", "ann lee", "--captures", "--yes", "--no-scrub", "--json")
    assert (done.code, done.summary["forgotten"][0]["counts"]["captures"]) == (0, 2), done.err
    assert ask("select count(*) from captures") == [(2,)]
    assert traces(ask, environment, "Ann Lee") == set()


def test_what_has_expired_goes_and_is_not_fetched_again(environment: Environment, site: Site, ask: Ask) -> None:
    path = secret_outlet(environment, site, keep_articles="365d")
    crawl(environment)
    ask("update articles set first_seen_at = now() - interval '366 days' where url = %s returning id", site.at(path))
    done = dateline(environment, "forget", "--expired", "--json")
    assert (done.code, done.summary["scrubbed"]) == (0, None), done.err
    assert [(f["source"], f["counts"]["articles"]) for f in done.summary["forgotten"]] == [("the-harbour", 1)]
    assert traces(ask, environment, SECRET, path) == set()
    assert ask("select kind, reason, cardinality(article_ids) from forgettings") == [
        ("expired", "keep_articles: 365 days", 1)
    ]
    before = len(site.asked(path))
    ask("update endpoints set etag = null, due_at = now() returning id")
    assert (crawl(environment)["discovered"], len(site.asked(path))) == (0, before)
    assert dateline(environment, "forget", "--expired", "--json").summary["forgotten"] == []
