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
def test_search_goes_by_the_index(database_url: str, ask: Ask, add: Add, filters: str) -> None:
    add("A story", published_at=None, published_precision=None)
    ask(COPIES)
    with Database(database_url, 1) as one:
        scans = [_scans(one)]
        with one.transaction() as cursor:
            cursor.execute("analyze articles")
            cursor.execute(f"select * from search_articles('word7 ferry'{filters})")
        scans.append(_scans(one))
    (indexed, whole), (indexed_then, whole_then) = scans
    assert indexed_then > indexed
    assert whole_then == whole


def _scans(database: Database) -> tuple[int, int]:
    """How often the index was searched, and the table read whole."""
    with database.transaction() as cursor:
        cursor.execute("select pg_stat_force_next_flush()")
    with database.transaction() as cursor:
        cursor.execute(
            "select idx_scan as indexed, (select seq_scan from pg_stat_user_tables where relname = 'articles') as whole"
            " from pg_stat_user_indexes where indexrelname = 'articles_search_facets'"
        )
        row = cursor.fetchone()
        return row.indexed, row.whole


MANY = """
    with page as (
        insert into pages (source_id, url, canonical_url, url_sha256)
        select source_id, n, n, sha256(n::text::bytea) from articles, generate_series(1, 6000) n returning id, url
    )
    insert into articles (source_id, page_id, url, canonical_url, url_sha256, title, text, language, word_count, kind,
        content_sha256, first_seen_at, last_seen_at, changed_at, extractor, run_id, published_at, agency)
    select a.source_id, p.id, p.url, p.url, sha256(p.url::bytea),
        case mod(n, 9) when 0 then 'A tugboat' else 'A title' end,
        case mod(n, 5) when 0 then 'The harbour bridge held' else 'The bridge in the harbour' end
        || case when mod(n, 50) = 0 then ', said the pilot' else '' end, 'en', 1, 'article', a.content_sha256,
        now(), now(), now(), 'x', a.run_id,
        case when mod(n, 100) = 1 then null when n = 77 then now() + interval '90 days'
            else now() - n * interval '7 hours' end,
        case when mod(n, 20) = 3 then 'AFP' end
    from articles a, page p, lateral (select p.url::int as n) as number returning 1
"""


@pytest.fixture
def many(ask: Ask, add: Add) -> None:
    """6,000 articles about a bridge and a harbour, one every seven hours, a hundredth of them without a date."""
    add("A buoy", published_at="2001-01-01")
    ask(MANY)


NEWEST = """
    select n.id from newest_matches(
        article_query('en', %(words)s), %(headlines)s,
        case when %(agency)s::text is null then '{}' else array['agency ' || %(agency)s] end,
        now() - %(since)s * interval '1 day', now() - %(until)s * interval '1 day', %(most)s) n
"""
ALL = """
    select a.id, published_at > now() as is_to_come from articles a
    where search @@ article_query('en', %(words)s)
        and (not %(headlines)s or to_tsvector('english', title) @@ article_query('en', %(words)s))
        and (%(agency)s::text is null or lower(agency) = %(agency)s)
        and coalesce(published_at >= now() - %(since)s * interval '1 day', %(since)s::int is null)
        and coalesce(published_at < now() - %(until)s * interval '1 day', %(until)s::int is null)
    order by coalesce(published_at < now() + interval '7 days', false) desc, published_at desc nulls last
    limit %(most)s
"""
CASES = [
    {"words": words, "headlines": headlines, "agency": agency, "since": since, "until": until, "most": most}
    for words, headlines, agency, since, until in (
        ("bridge", False, None, None, None),
        ("tugboat", True, None, None, None),
        ("tugboat -pilot", True, "afp", None, 100),
        ("tugboat bridge", False, None, None, None),
        ("pilot", False, "afp", None, None),
        ("bridge -pilot", False, None, 900, 20),
        ("bridge", False, "afp", 400, None),
        ("bridge", False, None, None, 1_200),
        ("bridge", False, None, 700, None),
        ("nowhere", False, None, None, None),
    )
    for most in (1, 20, 300, 5_000, 100_000)
]


@pytest.mark.usefixtures("many")
def test_found_week_by_week_the_newest_are_those_of_the_whole(database: Database) -> None:
    """Those to come are as if they had no date, and those without one come last, in no order."""
    wrong = []
    with database.transaction() as cursor:
        cursor.execute("select id from articles where published_at <= now()")
        dated = {row.id for row in cursor}
        for case in CASES:
            cursor.execute(NEWEST, case)
            found = [row.id for row in cursor]
            cursor.execute(ALL, case)
            expected = [row.id for row in cursor]
            if len(found) != len(expected) or dated.intersection(found) != dated.intersection(expected):
                wrong.append(case)
    assert wrong == []


@pytest.mark.usefixtures("many")
def test_an_old_headline_is_found_among_many_newer_texts(database: Database, add: Add) -> None:
    add("Harbour bridge opened", "It is open.", published_at="1999-05-01")
    assert "Harbour bridge opened" in titles(database, "bridge")
    assert "Harbour bridge opened" in titles(database, '"harbour bridge"')
    assert titles(database, "bridge", until=datetime(2000, 1, 1, tzinfo=UTC)) == ["Harbour bridge opened"]


@pytest.mark.usefixtures("many")
def test_a_phrase_is_what_stands_together(ask: Ask) -> None:
    found = ask("""select passage from search_articles('"harbour bridge"', most => 500)""")
    assert len(found) == 500
    assert all("**harbour** **bridge**" in str(passage) for (passage,) in found)
    apart = ask("""select passage from search_articles('bridge -"harbour bridge"', most => 500)""")
    assert {str(passage)[:29] for (passage,) in apart} == {"The **bridge** in the **harbo"}


STORY = """
    insert into clusters (first_article_id, first_published_at, last_published_at, size, outlets)
        select min(id), now(), now(), 3, 3 from articles where title like 'Ferry%';
    update articles set cluster_id = (select max(id) from clusters) where title like 'Ferry%'
"""


def test_one_article_a_story(database: Database, add: Add) -> None:
    add("Ferry at dawn", "The ferry came.", published_at="2026-03-04")
    add("Ferry at noon", "The ferry came.", published_at="2026-03-05")
    add("Ferry, ferry, ferry", "The ferry came.", published_at="2026-03-06")
    add("Boat", "A ferry is a boat.", published_at="2026-03-07")
    with database.transaction() as cursor:
        cursor.execute(STORY)
    each = {row["title"]: row["outlets"] for row in search(database, "ferry")}
    assert each == {"Ferry at dawn": 3, "Ferry at noon": 3, "Ferry, ferry, ferry": 3, "Boat": 1}
    assert [row["title"] for row in search(database, "ferry", stories=True)] == ["Ferry, ferry, ferry", "Boat"]
    assert [row["title"] for row in search(database, "came", stories=True)] == ["Ferry at dawn"]


def test_what_an_article_says_now_is_found_whatever_triggers_a_session_lets_rest(database: Database, add: Add) -> None:
    add("A boat", "It is blue.")
    for quiet, colour in (("origin", "green"), ("replica", "violet")):
        with database.transaction() as cursor:
            cursor.execute("set local session_replication_role = %s", (quiet,))
            cursor.execute("update articles set text = %s", (f"It is {colour}.",))
        assert titles(database, colour) == ["A boat"]
    assert titles(database, "blue") == titles(database, "green") == []


def test_an_article_seen_again_is_written_beside_itself(database: Database, add: Add) -> None:
    """The table's pages keep room for it, and no column of an index is made anew: so no index is written to."""
    add("A boat", "word " * 2000)
    with database.transaction() as cursor:
        cursor.execute("update articles set last_seen_at = now(), gone_at = null")
        cursor.execute("select n_tup_hot_upd from pg_stat_xact_user_tables where relname = 'articles'")
        assert cursor.fetchone().n_tup_hot_upd == 1
