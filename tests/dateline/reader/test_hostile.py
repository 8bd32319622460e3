"""What outlets write is hostile, and so may visitors be: nothing of it runs, writes, or gets in by another name."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline.reader.app import HEADERS
from dateline.reader.archive import Archive
from pipelines.database import Database, DatabaseError, Forbidden
from tests import newsstand
from tests.reading import Visitor, served

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
TEMPLATES = Path(__file__).parents[3] / "dateline/reader/templates"


@pytest.fixture(scope="module")
def evil(archive_url: str) -> Iterator[Visitor]:
    """The reader of an archive in which an outlet has put markup wherever text goes."""
    with Database(archive_url) as database:
        fill(database)
    with served(archive_url) as visitor:
        yield visitor


def fill(database: Database) -> None:
    """An article of the valley's with markup in it, with an address that is a program, and edited once."""
    fields = {
        "authors": (EVIL,), "agency": EVIL, "dateline_place": EVIL, "section": EVIL, "tags": (EVIL,), "language": EVIL,
        "excerpt": None, "license_url": "javascript:alert(3)", "quality_flags": ("undated",),
    }  # fmt: skip
    owner = newsstand.listed(database)["the-harbour-courier"]
    told = newsstand.Told("the-harbour-courier", "evil", EVIL, newsstand.HOSTILE, 0.2, fields)
    newsstand.write(database, owner, [told])
    newsstand.edit(database, owner, told, newsstand.HOSTILE + EVIL, EVIL * 2)
    with database.transaction() as cursor:
        cursor.execute("update articles set url = 'javascript:alert(4)' where url like '%%/evil'")
        cursor.execute("update sources set last_reason = %s, url = 'data:text/html,x' where name = 'al-marfa'", (EVIL,))
        cursor.execute(
            "insert into quarantine (page_id, run_id, source_id, url, reason, detail, held_for)"
            " select id, (select max(id) from runs), source_id, %s, %s, %s, '{held_short}' from pages"
            " where url like '%%valley-observer%%/map'",
            (f"https://al-marfa.example/{EVIL}", EVIL, EVIL),
        )
        cursor.execute("update source_states set reason = %s", (EVIL,))


PATHS = (
    *("/", "/?q=words", "/articles/{evil}", "/articles/{evil}/revisions/1", "/outlets", "/outlets/al-marfa"),
    *("/outlets/valley-observer", "/why?url=https://the-harbour-courier.example/evil"),
)


@pytest.mark.parametrize("path", PATHS)
def test_markup_in_stored_text_stays_text(evil: Visitor, archive_url: str, path: str) -> None:
    with Database(archive_url, 1) as database, database.transaction() as cursor:
        cursor.execute("select id from articles where url = 'javascript:alert(4)'")
        answer = evil.get(path.format(evil=cursor.fetchone().id))
    assert answer.status == 200
    assert not answer.page.xpath("//script | //img | //iframe | //object | //base | //style")
    assert not answer.page.xpath("//@*[starts-with(name(), 'on')] | //@style | //@srcdoc")
    links = answer.all("//@href | //@src | //@action")
    assert all(re.match(r"/(?!/)|#main$|https://", link) for link in links), links
    assert "alert(1)" in answer.body  # it is shown, as text


def test_what_was_typed_stays_text(evil: Visitor) -> None:
    for field in ("q", "source", "agency", "place", "language", "since", "until", "flag", "kind", "page", "before"):
        answer = evil.get("/", **{field: EVIL})
        assert not answer.page.xpath("//script | //img"), field
    assert not evil.get("/why", url=EVIL).page.xpath("//script | //img")


def test_asterisks_of_the_text_make_no_markup(evil: Visitor) -> None:
    answer = evil.get("/", q="mark")
    assert not answer.page.xpath("//script | //mark/*")


def test_no_template_trusts_what_is_stored() -> None:
    texts = [path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html")]
    assert len(texts) > 5
    assert not [text for text in texts if re.search(r"\|\s*safe|autoescape|Markup|<script|style=|https?:", text)]


@pytest.mark.parametrize("path", ["/", "/nothing", "/static/style.css", "/health", "/?page=x", "/why"])
def test_every_answer_says_what_browsers_may_do(reader: Visitor, path: str) -> None:
    answer = reader.get(path)
    assert {name.lower(): value for name, value in HEADERS.items()}.items() <= answer.headers.items()
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers and "set-cookie" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/", "/articles/1", "/why", "/health", "/static/style.css"])
def test_it_is_only_read(reader: Visitor, method: str, path: str) -> None:
    assert reader.get(path, method).status in (400, 405)  # what is no method at all is refused before us


def test_head_is_get_without_a_body(reader: Visitor) -> None:
    answer = reader.get("/outlets", "HEAD")
    assert (answer.status, answer.body) == (200, "")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("localhost:1234", 200),
        ("LOCALHOST", 200),
        ("[::1]:8090", 200),
        ("reader.example", 200),
        ("evil.example", 400),
        ("evil.example:8090", 400),
        ("reader.example.evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("localhost@evil.example", 400),
        ("", 400),
    ],
)
def test_only_its_own_names_are_answered_to(reader: Visitor, host: str, status: int) -> None:
    answer = reader.get("/health", host=host or " ")
    assert answer.status == status


def test_nothing_can_be_written(archive_url: str) -> None:
    archive = Archive(archive_url)

    def ask(query: str) -> object:
        def asked(database: Database) -> object:
            with database.transaction() as cursor:
                cursor.execute(query)
                return cursor.fetchone()[0]

        return archive.ask(asked)

    assert ask("select current_user::text") == "dateline_reader"
    for query in ("delete from articles returning id", f"create table t_{uuid.uuid4().hex} ()"):
        with pytest.raises(DatabaseError, match=r"read-only|permission denied"):
            ask(query)
    with pytest.raises(Forbidden):
        ask("select count(*) from tombstone_key")
    archive.close()
