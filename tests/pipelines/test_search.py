"""The SQL functions of search: every language at once, scripts without spaces, filters, ranking, plans."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from dateline.postgres import Server
from pipelines import store
from pipelines.database import Database, connect
from pipelines.migrating import migrate
from pipelines.search import Filters, has_source, search
from tests.conftest import Ask
from tests.pipelines.builders import leased, run_of, source, visit

Add = Callable[..., None]
NOW = datetime.now(UTC)


@pytest.fixture
def add(database: Database) -> Add:
    """Store articles by their title; the other fields are the article's."""
    owner = source(database)
    run = run_of(database, owner)

    def add(title: str, text: str = "Nothing else.", language: str | None = "en", **fields: object) -> None:
        page = leased(database, run, owner, f"{abs(hash((title, text)))}")[0]
        address = {"url": page.url, "canonical_url": page.url}
        told = {"title": title, "text": text, "language": language, **address, **fields}
        assert store.write(database, run, owner.id, visit(page, **told)) == "stored"  # type: ignore[arg-type]

    return add


def titles(database: Database, words: str, **filters: object) -> list[str]:
    return [row["title"] for row in search(database, words, 20, Filters(**filters))]  # type: ignore[arg-type]


def test_words_are_read_in_the_language_of_each_article(database: Database, add: Add) -> None:
    add("The bridges reopened")
    add("Die Häuser am Hafen", language="de")
    add("Los puentes nuevos", language="es")
    add("Мосты открыты", language="ru")
    add("A language nobody knows: zwierzęta", language="pl")
    assert titles(database, "bridge") == ["The bridges reopened"]
    assert titles(database, "haus") == ["Die Häuser am Hafen"]
    assert titles(database, "puente") == ["Los puentes nuevos"]
    assert titles(database, "мост") == ["Мосты открыты"]
    assert titles(database, "zwierzęta") == ["A language nobody knows: zwierzęta"]
    assert titles(database, "haus", language="DE") == ["Die Häuser am Hafen"]
    assert titles(database, "haus", language="es") == []


def test_a_stop_word_of_one_language_does_not_open_the_others(database: Database, add: Add) -> None:
    add("Bridge closed")
    add("Die Bridge-Partie", language="de")
    # German leaves out "die" and asks for "bridge"; that must not find the English article, which has no "die".
    assert titles(database, "die bridge") == ["Die Bridge-Partie"]


def test_an_article_without_a_language_is_found(database: Database, add: Add) -> None:
    add("Ferry", language=None)
    assert titles(database, "ferry") == ["Ferry"]
    assert titles(database, "the") == []


@pytest.mark.parametrize(
    ("language", "text", "found", "missed"),
    [
        ("zh", "市議會週一投票決定重建港口大橋。", ["大橋", "港口大橋", "橋", "投票 大橋", '"重建港口"', "議"],
         ["橋大", "口港"]),
        ("ja", "東京都は5月11日に雨が降った。", ["東京", "京都", "5月11日", "雨", "東京都は", "た"],
         ["都東", "5月12日", "降雨"]),
        ("ko", "서울시가 새 다리를 열었다", ["서울", "다리", '"새 다리"', '"서울시가 새"', "가"],
         ["리다", '"다리 서울"']),
        ("th", "น้ำท่วมใหญ่ในกรุงเทพมหานคร", ["กรุงเทพ", "น้ำท่วม", "ท่วมใหญ่"], ["เทพกรุง", "ใหญ่ท่วม"]),
        ("en", "The firm NHK東京 said so.", ["nhk", "東京", "firm 東京", "NHK東京"], ["京東"]),
    ],
)  # fmt: skip
def test_scripts_without_spaces(
    database: Database, add: Add, language: str, text: str, found: list[str], missed: list[str]
) -> None:
    add("Title", text, language)
    assert [q for q in found if not titles(database, q)] == []
    assert [q for q in missed if titles(database, q)] == []


@pytest.mark.parametrize(
    ("language", "text", "words", "passage"),
    [
        ("en", "It rained.\nThe bridges of the harbour held.", "harbour bridge",
         "It rained. The **bridges** of the **harbour** held"),
        ("ja", "昨日、東京都は雨だった。", "東京都 雨", "昨日、**東京都**は**雨**だった"),
        ("th", "วันนี้น้ำท่วมใหญ่", "น้ำท่วม", "วันนี้**น้ำท่วม**ใหญ่"),
    ],
)  # fmt: skip
def test_the_passage_shows_what_matched(
    database: Database, add: Add, language: str, text: str, words: str, passage: str
) -> None:
    add("Title", text, language)
    assert [row["passage"] for row in search(database, words)] == [passage]


def test_operators(database: Database, add: Add) -> None:
    add("City council votes")
    add("Council of the city")
    add("Football in the city")
    assert set(titles(database, "city -football")) == {"City council votes", "Council of the city"}
    assert titles(database, '"city council"') == ["City council votes"]
    assert len(titles(database, "football or council")) == 3
    assert set(titles(database, "-football")) == {"City council votes", "Council of the city"}


@pytest.mark.parametrize(
    "words",
    [
        "'",
        '"',
        "''月'",
        "月\\",
        "-",
        "!月:*",
        "a'月'b",
        "( & |",
        "or",
        "<->",
        "東\x01京",
        "http://月/x?y='月'",
        "=en",
        "%s",
    ],
)
def test_any_words_are_a_query(database: Database, add: Add, words: str) -> None:
    add("Zebra")
    assert titles(database, words) in ([], ["Zebra"])


def test_filters(database: Database, add: Add) -> None:
    add(
        "Ferry one",
        agency="Reuters",
        dateline_place="PORT ELLERY",
        published_at="2026-03-01",
        quality_flags=("undated",),
    )
    add("Ferry two", kind="gallery", published_at="2026-04-01")
    assert titles(database, "ferry", agency="reuters") == ["Ferry one"]
    assert titles(database, "ferry", place="Port Ellery") == ["Ferry one"]
    assert titles(database, "ferry", flag="undated") == ["Ferry one"]
    assert titles(database, "ferry", kind="gallery") == ["Ferry two"]
    assert titles(database, "ferry", until=datetime(2026, 4, 1, tzinfo=UTC)) == ["Ferry one"]
    assert titles(database, "ferry", since=datetime(2026, 4, 1, tzinfo=UTC)) == ["Ferry two"]
    assert len(titles(database, "ferry", source="x")) == 2
    assert titles(database, "ferry", source="y") == []
    assert (has_source(database, "x"), has_source(database, "y")) == (True, False)


def test_the_newer_of_two_alike_comes_first_and_the_better_before_both(database: Database, add: Add) -> None:
    for days in (1, 400):
        add(f"Story of {days}", "The ferry came.", published_at=f"{NOW - timedelta(days=days):%Y-%m-%d}")
    add("Ferry, ferry, and the ferry again", "The ferry came. " * 5, published_at="2001-01-01")
    add("Story without day", "The ferry came.", published_at=None, published_precision=None)
    assert titles(database, "ferry") == [
        "Ferry, ferry, and the ferry again",
        "Story of 1",
        "Story of 400",
        "Story without day",
    ]


def test_people_in_psql_leave_out_what_they_do_not_ask(ask: Ask, add: Add) -> None:
    add("The bridges reopened")
    assert ask("select title, source, language from search_articles('bridge', since => '2026-01-01')") == [
        ("The bridges reopened", "x", "en")
    ]
    assert ask("select title from articles where search @@ article_query('en', 'bridge')") == [
        ("The bridges reopened",)
    ]


def test_every_configuration_of_this_server_has_its_language(ask: Ask) -> None:
    unused = ask(
        """
        select cfgname from pg_ts_config where cfgname <> 'simple' except
        select language_config(chr(97 + a) || chr(97 + b))::text from generate_series(0, 25) a, generate_series(0, 25) b
        """
    )
    assert unused == []
    assert ask("select language_config(l)::text from unnest(array['nn', 'pt-BR', 'fil']) l") == [
        ("norwegian",),
        ("portuguese",),
        ("simple",),
    ]


def test_a_configuration_that_the_server_lacks_is_simple(server: Server) -> None:
    server.ensure_database("older")
    session = connect(server.url("older"))
    with session.cursor() as cursor:
        cursor.execute("alter text search configuration pg_catalog.estonian rename to unknown")
        migrate(server.url("older"))
        cursor.execute("select language_config('et')::text as et, language_config('fi')::text as fi")
        assert tuple(cursor.fetchone() or ()) == ("simple", "finnish")
    session.close()


@pytest.mark.parametrize("letter", ["chr(131072 + mod(n, 40000))", "chr(19968 + mod(n, 20000))", "'ก' || chr(3639)"])
def test_a_text_without_spaces_of_any_length_has_a_vector(ask: Ask, letter: str) -> None:
    body = f"select string_agg({letter} || repeat(' ', (mod(n, 7) = 0)::int), '') from generate_series(1, 120000) n"
    assert ask(f"select article_search('zh', 'x', ({body})) @@ 'x'") == [(True,)]


COPIES = """
    with page as (
        insert into pages (source_id, url, canonical_url, url_sha256)
        select source_id, n, n, sha256(n::text::bytea) from articles, generate_series(1, 3000) n returning id, url
    )
    insert into articles (source_id, page_id, url, canonical_url, url_sha256, title, text, language, word_count, kind,
        content_sha256, first_seen_at, last_seen_at, changed_at, extractor, run_id, published_at)
    select a.source_id, p.id, p.url, p.url, sha256(p.url::bytea), 'Word' || p.url, repeat(md5(p.url) || ' ', 50), 'en',
        1, 'article', a.content_sha256, now(), now(), now(), 'x', a.run_id, '2026-03-01'
    from articles a, page p returning 1
"""


@pytest.mark.parametrize(
    "filters", ["", ", source => 'x'", ", language => 'en'", ", since => '2026-01-01', kind => 'live', most => 5"]
)
def test_search_goes_by_the_index(database: Database, ask: Ask, add: Add, filters: str) -> None:
    add("A story", published_at=None, published_precision=None)
    ask(COPIES)
    with database.transaction() as cursor:
        cursor.execute("analyze articles")
    plan = "\n".join(str(line) for (line,) in ask(f"explain select * from search_articles('word7 ferry'{filters})"))
    assert "Bitmap Index Scan on articles_search" in plan
    assert "Seq Scan on articles" not in plan
