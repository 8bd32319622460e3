"""Each page of the reader as a browser gets it: what it shows, and what it says to wrong words."""

from __future__ import annotations

import pytest

from pipelines import tombstones
from pipelines.database import Database
from tests.reading import Visitor


def key(archive_url: str, query: str) -> int:
    """The one number that a query gives."""
    with Database(archive_url, 1) as database, database.transaction() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


@pytest.fixture
def bridge(archive_url: str) -> int:
    """The article that was edited twice and that three others have."""
    return key(archive_url, "select id from articles where url = 'https://the-harbour-courier.example/bridge'")


def test_without_words_there_are_the_newest_articles(reader: Visitor) -> None:
    answer = reader.get("/")
    assert answer.status == 200
    assert answer.all("//h3/a") == [
        "Swing bridge lifted for the first time in two months",
        "Swing bridge lifted, bearing drawn out",
        "Stuck bridge at Port Ellery comes off its bearing",
        "Swing bridge lifted, to close by the weekend",
        "港の旋回橋、二か月ぶりに動く",
        "السوق القديم يفتح أبوابه من جديد",
        "Neue Fähre verbindet Norderhaven mit Port Ellery",
    ]
    assert answer.all("//h1") == ["Newest articles"]
    assert "4 outlets" in answer.text and not answer.all("//mark")


def test_what_was_looked_for_is_marked(reader: Visitor) -> None:
    answer = reader.get("/", q="barges")
    assert answer.all("//h1") == ["Best answers to barges"]
    assert {*answer.all("//mark")} == {"barge"}
    assert len(answer.all("//li[@class='hit']")) == 4


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"source": "al-marfa"}, ["السوق القديم يفتح أبوابه من جديد"]),
        ({"agency": "DPA"}, ["Neue Fähre verbindet Norderhaven mit Port Ellery"]),
        ({"place": "norderhaven"}, ["Neue Fähre verbindet Norderhaven mit Port Ellery"]),
        ({"language": "JA"}, ["港の旋回橋、二か月ぶりに動く"]),
        ({"kind": "gallery"}, ["港の旋回橋、二か月ぶりに動く"]),
        ({"flag": "undated"}, ["First wheels of hill cheese sell out before noon"]),
        ({"since": "2000-01-01", "until": "2001-01-01"}, []),
        ({"agency": "Reuters", "stories": "1"}, ["Swing bridge lifted, to close by the weekend"]),
        ({"agency": "Reuters", "source": "sallow-gazette"}, ["Swing bridge lifted, bearing drawn out"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
@pytest.mark.parametrize("words", ["", "bridge or Fähre or 旋回橋 or السوق or cheese"], ids=["newest", "words"])
def test_filters(reader: Visitor, words: str, query: dict[str, str], titles: list[str]) -> None:
    answer = reader.get("/", q=words, **query)
    assert answer.status == 200
    if words and "stories" in query:  # of a story, the article that answers best
        assert len(answer.all("//h3/a")) == 1
    else:
        assert answer.all("//h3/a") == titles
    kept = {name: value for name, value in query.items() if name != "stories"}
    for name, value in kept.items():
        assert answer.all(f"//input[@name='{name}']/@value | //select[@name='{name}']/option[@selected]") == [value]
    assert answer.page.xpath("//details/@open")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"q": "a" * 1001}, "a query of 1,001 characters, more than 1,000"),
        ({"source": "nobody"}, "no outlet named 'nobody' in the archive"),
        ({"source": "a\0b"}, "no outlet named 'ab' in the archive"),
        ({"language": "german"}, "'german' is no language; write its code, such as de"),
        ({"since": "yesterday"}, "'yesterday' is no date; write 2026-01-31 or 2026-01-31T12:00+01:00"),
        ({"until": "2026-13-01"}, "'2026-13-01' is no date"),
        ({"until": "9999-12-31T23:59:59-23:59"}, "'9999-12-31T23:59:59-23:59' is no date"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "2026-02-01 is not before 2026-01-01"),
        ({"flag": "<b>"}, "'<b>' is none of soft_404, consent_wall"),
        ({"kind": "poem"}, "'poem' is none of article, gallery, live, video"),
        ({"page": "0"}, "there are pages 1 to 10, and no '0'"),
        ({"page": "11"}, "there are pages 1 to 10, and no '11'"),
        ({"page": "-1 union select"}, "there are pages 1 to 10, and no '-1 union select'"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_wrong_word_is_told_at_its_field(reader: Visitor, query: dict[str, str], said: str) -> None:
    answer = reader.get("/", **query)
    assert answer.status == 400
    (shown,) = answer.all("//*[@class='wrong']")
    assert shown.startswith(said)
    assert not answer.all("//li[@class='hit']")
    described = answer.all("//*[@aria-invalid]/@aria-describedby")
    assert described == answer.all("//span[@class='wrong']/@id")


@pytest.mark.parametrize(
    "query",
    [
        {"q": "'; drop table articles; --"},
        {"q": '"'},
        {"q": "\0"},
        {"q": "\u202e\ud83d\ude00"},
        {"q": "-"},
        {"q": "<<>> & | ! :*"},
        {"agency": "%' or 1=1 --"},
        {"place": "x" * 5000},
        {"since": "0001-01-01", "until": "9999-12-31T23:59:59"},
        {"before": "9" * 18},
        {"before": "9" * 30},
        {"before": "x"},
        {"stories": "maybe"},
        {"colour": "red"},
    ],
    ids=lambda query: "-".join(f"{k}-{v[:8]!r}" for k, v in query.items()),
)
def test_strange_words_find_nothing_or_something_and_break_nothing(reader: Visitor, query: dict[str, str]) -> None:
    answer = reader.get("/", **{k: v.encode("utf-16", "surrogatepass").decode("utf-16") for k, v in query.items()})
    assert answer.status == 200
    assert answer.all("//h1")


def test_nothing_found_is_said(reader: Visitor, archive_url: str) -> None:
    oldest = key(archive_url, "select id from articles order by published_at limit 1")
    assert reader.get("/", q="zyzzyva").all("//h1") == ["No article has zyzzyva"]
    assert reader.get("/", agency="Tass").all("//h1") == ["No article passes the filters"]
    assert reader.get("/", before=oldest).all("//h1") == ["No article is older"]


def test_an_article(reader: Visitor, bridge: int) -> None:
    answer = reader.get(f"/articles/{bridge}")
    assert answer.status == 200
    assert answer.all("//h1") == ["Swing bridge lifted, to close by the weekend"]
    assert answer.all("//div[@class='text']/p")[0].startswith("PORT ELLERY Engineers have begun to lift")
    assert len(answer.all("//div[@class='text']/p")) == 4
    assert "known to the minute, said by json-ld" in answer.text
    for fact in (" GMT", "Nora Whitlow", "Reuters", "extractor test", "at byte 4711"):
        assert fact in answer.text
    assert "4 articles of 4 outlets, first at the-harbour-courier" in answer.text
    assert len(answer.all("//td[@data-of='alike']")) == 3
    (elsewhere,) = answer.page.xpath("//a[starts-with(@href, 'https:')]")
    assert (elsewhere.get("href"), elsewhere.get("rel")) == (
        "https://the-harbour-courier.example/bridge",
        "noreferrer noopener",
    )
    assert answer.all("//a[contains(@href, '/revisions/')]") == [
        "2: a title change by the newsroom",
        "1: a substantive change by the newsroom",
    ]


@pytest.mark.parametrize(
    ("number", "deleted", "inserted"),
    [(1, "nine, four", "ten, five"), (2, "lifted for first time in two months", "lifted, to close by weekend")],
    ids=["text", "title"],
)
def test_a_revision(reader: Visitor, bridge: int, number: int, deleted: str, inserted: str) -> None:
    answer = reader.get(f"/articles/{bridge}/revisions/{number}")
    assert answer.status == 200
    assert (" ".join(answer.all("//del")), " ".join(answer.all("//ins"))) == (deleted, inserted)


def test_a_story_in_the_order_in_which_it_spread(reader: Visitor, archive_url: str) -> None:
    story = key(archive_url, "select id from clusters where outlets > 1")
    answer = reader.get(f"/stories/{story}")
    assert answer.all("//td[1]/a") == ["the-harbour-courier", "valley-observer", "sallow-gazette", "norderhavener-bote"]
    assert answer.all("//td[@data-of='after the first']")[:2] == ["first", "78 min"]
    assert answer.all("//circle/@cx")[0] == "0.0" and answer.all("//circle/@cx")[-1] == "100.0"


def test_outlets_with_the_worst_first(reader: Visitor) -> None:
    answer = reader.get("/outlets")
    named = answer.all("//ul[@class='outlets']//h2/a")
    assert {*named[:2]} == {"sallow-gazette", "valley-observer"} and len(named) == 6
    assert "2 degraded" in answer.text and "4 well" in answer.text
    drawn = answer.all("//svg/path[@class='crawled']/@d")
    assert [path.count("z") for path in drawn] == [28] * 6
    assert "usually" in answer.all("//svg/@aria-label")[0]
    assert len(reader.get("/outlets", state="degraded").all("//ul[@class='outlets']//h2/a")) == 2
    assert reader.get("/outlets", state="failing").text.count("No outlet is failing") == 1
    assert len(reader.get("/outlets", all="1").all("//ul[@class='outlets']//h2/a")) == 6


def test_an_outlet(reader: Visitor) -> None:
    answer = reader.outlet("valley-observer")
    assert answer.status == 200
    assert answer.all("//h1") == ["valley-observer degraded"]
    assert "usually" in answer.all("//ul[@class='findings']/li")[0]
    assert len(answer.page.xpath("//figure//rect")) == 70
    assert answer.all("//h3/a") == ["Stuck bridge at Port Ellery comes off its bearing"]
    assert "timeout: took more than 2 s of a processor" in answer.text
    assert "held_short: 7 words" in answer.text and "held back until the next crawl has ended" in answer.text
    assert sorted(answer.all("//a[starts-with(@href, '/why?')]")) == [
        "https://valley-observer.example/brief",
        "https://valley-observer.example/map",
    ]


def test_why(reader: Visitor) -> None:
    answer = reader.get("/why", url="https://the-harbour-courier.example/bridge")
    assert answer.status == 200
    for said in ("found for the-harbour-courier", "revision 2: a title change by the newsroom", "one of 4 articles"):
        assert said in answer.text
    assert answer.all("//p[@class='more']/a") == ["The article", "Its outlet, the-harbour-courier"]
    assert "was never found" in reader.get("/why", url="https://al-marfa.example/nothing").text
    wrong = reader.get("/why", url="javascript:alert(1)")
    assert wrong.status == 400 and wrong.all("//*[@class='wrong']")[0].startswith("not an http:// or https:// URL")
    assert reader.get("/why").status == 200


def test_why_tells_of_what_was_forgotten(reader: Visitor, archive_url: str) -> None:
    url = "https://al-marfa.example/forgotten"
    with Database(archive_url, 1) as database, database.transaction() as cursor:
        cursor.execute("insert into forgettings (kind, os_user, reason) values ('story', 'x', 'why') returning id")
        tombstones.lay(cursor, cursor.fetchone().id, "address", tombstones.of_address(url))
    answer = reader.get("/why", url=url)
    assert answer.status == 200 and "forgotten on 20" in answer.text
    assert "was never found" not in answer.text and "not listed by" not in answer.text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/nothing", "There is nothing at this address."),
        ("/articles/999999", "There is no article 999999."),
        ("/articles/x", "The address names no article: its number is wanted."),
        ("/articles/1%27", "The address names no article: its number is wanted."),
        ("/articles/" + "9" * 40, "The address names no article: its number is wanted."),
        ("/articles/1/revisions/999999999999999999", "Article 1 has no revision 999999999999999999."),
        ("/articles/1/revisions/x", "The address names no revision: its number is wanted."),
        ("/stories/999999", "There is no story 999999. Stories get new numbers when they are found anew."),
        ("/outlets/nobody", "There is no such outlet."),
        ("/outlets/..%2f..%2fetc%2fpasswd", "There is no such outlet."),
        ("/outlets?state=ill", "There is no such list of outlets."),
        ("/outlets?page=0", "There is no such list of outlets."),
        ("/outlets?page=999999999999999999", "There is no such list of outlets."),
        ("/static/../app.py", "There is nothing at this address."),
        ("/static/%2e%2e/app.py", "There is nothing at this address."),
    ],
)
def test_what_is_not_there_is_a_page_with_one_line(reader: Visitor, path: str, said: str) -> None:
    answer = reader.get(path)
    assert answer.status == 404
    assert answer.all("//h1") == [said]


def test_what_no_row_can_have_is_refused(reader: Visitor) -> None:
    answer = reader.get("/outlets/a%00b")
    assert (answer.status, answer.all("//h1")) == (400, ["The address has something in it that no row can have."])


def test_languages_and_directions(reader: Visitor, archive_url: str) -> None:
    souq = key(archive_url, "select id from articles where language = 'ar'")
    answer = reader.get(f"/articles/{souq}")
    assert answer.all("//div[@class='text']/@lang") == ["ar"] and answer.all("//h1/@lang") == ["ar"]
    assert {*answer.all("//h1/@dir | //div[@class='text']/@dir | //div[@class='text']/p/@dir")} == {"auto"}
    assert answer.all("//html/@lang") == ["en"]
    assert "أربعين متجراً" in answer.text
    assert "旋回" in reader.get("/", q="旋回").all("//mark")


def test_every_field_has_a_label(reader: Visitor) -> None:
    for path in ("/", "/why"):
        page = reader.get(path).page
        fields = page.xpath("//input | //select")
        assert fields
        assert all(one.xpath("ancestor::label") or page.xpath(f"//label[@for='{one.get('id')}']") for one in fields)
