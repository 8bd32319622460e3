"""Pages behind the first one, and archives by date: found for a backfill, and never outside its window."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import html

from pipelines.records import EndpointLink
from spiders.discovery.front import read_front
from spiders.discovery.pages import MAX_ARCHIVES, Period, archive_period, archives, next_page, numbered
from spiders.discovery.read import read_endpoint

URL = "https://gazette.example/"
SPRING = Period(date(2024, 3, 1), date(2024, 5, 31))


def following(body: str, url: str = URL) -> str | None:
    found = next_page(html.document_fromstring(f"<html><body>{body}</body></html>"), url)
    return found.removeprefix(URL) if found else None


def dated(body: str, url: str = URL) -> list[str]:
    found = archives(html.document_fromstring(f"<html><body>{body}</body></html>"), url, SPRING)
    return [address.removeprefix(URL) for address in found]


@pytest.mark.parametrize(
    "body",
    [
        '<link rel="next" href="/cursor/x">',
        '<a rel="nofollow next" href="/cursor/x">→</a>',
        '<base href="/cursor/"><a rel="NEXT" href="x">2</a>',
        '<a href="/page/2/">2</a><link rel="next" href="/cursor/x">',
    ],
)
def test_a_page_may_say_what_comes_next(body: str) -> None:
    assert following(body) == "cursor/x"


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("", "page/2/"),
        ("local/", "local/page/2"),
        ("local/page/2/", "local/page/3/"),
        ("local", "local/page-2"),
        ("stadt/", "stadt/seite/2/"),
        ("local", "local?page=2"),
        ("local?page=9", "local?page=10"),
        ("?paged=2", "?paged=3"),
        ("local?sort=new&page=2", "local?page=3&sort=new"),
        ("local/", "local/2/"),
        ("local/2/", "local/3/"),
        ("2024/03/", "2024/03/page/2/"),
    ],
)
def test_a_number_says_what_comes_next(here: str, there: str) -> None:
    others = '<a href="/page/7/">7</a><a href="/sport/page/2/">2</a><a href="/local/1">1</a><a href="#">Next</a>'
    assert following(f'{others}<a href="/{there}">»</a>', URL + here) == there


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/?after=x7">Older posts →</a>',
        '<a href="/?after=x7">« <b>Ältere</b> Beiträge</a>',
        '<a href="/?after=x7">अगला पृष्ठ</a>',
        '<a href="/?after=x7" aria-label="Next page"><svg/></a>',
        '<a href="/?after=x7" class="btn load-more"></a>',
        '<li class="pager__item--next"><a href="/?after=x7">&gt;</a></li>',
    ],
)
def test_a_text_or_a_class_says_what_comes_next(link: str) -> None:
    assert following(link) == "?after=x7"


def test_older_posts_of_a_front_page_may_be_a_list_elsewhere() -> None:
    assert following('<a href="/news/page/2/">Older posts</a>') == "news/page/2/"


@pytest.mark.parametrize(
    "body",
    [
        "<p>Nothing</p>",
        '<a class="next" href="#">Next</a>',
        '<a class="next" href="/local/council-votes-on-bridge">Next</a>',
        '<a href="/?sort=oldest">Oldest first</a>',
        '<a rel="next" href="https://elsewhere.example/page/2">Next</a>',
        '<a rel="next" href="/">Next</a>',
        '<a href="/page/3/">3</a>',
        '<a rel="next" href="/page/1001/">Next</a>',
        '<a rel="next" href="http://[">Next</a>',
    ],
)
def test_what_is_no_next_page(body: str) -> None:
    assert following(body) is None


def test_the_last_page_has_none() -> None:
    body = '<a href="/page/2/">Previous</a><a href="/page/3/" class="next">3</a><a href="/2024/2">x</a>'
    assert following(body, f"{URL}page/3/") is None
    assert following('<a href="/2024/2">2</a>', f"{URL}2024") is None


def test_numbers_of_pages() -> None:
    assert numbered(f"{URL}Local/Page/7/") == ("gazette.example/local", 7)
    assert numbered(f"{URL}local?b=1&page=7&a=2") == ("gazette.example/local?a=2&b=1", 7)
    assert numbered(f"{URL}local?page={'9' * 50}") == ("gazette.example/local", 1)


@pytest.mark.parametrize(
    ("path", "first", "last"),
    [
        ("2024/", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024/02", date(2024, 2, 1), date(2024, 2, 29)),
        ("local/2024/2/3/", date(2024, 2, 3), date(2024, 2, 3)),
        ("archive/2024-02-03.html", date(2024, 2, 3), date(2024, 2, 3)),
        ("archiv-2024-02/index.html", date(2024, 2, 1), date(2024, 2, 29)),
        ("sitemap/20240203", date(2024, 2, 3), date(2024, 2, 3)),
        ("2024/february", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024/m%C3%A4rz/", date(2024, 3, 1), date(2024, 3, 31)),
        ("2024/ago/31", date(2024, 8, 31), date(2024, 8, 31)),
        ("2024/02/page/3/", date(2024, 2, 1), date(2024, 2, 29)),
        ("?m=202402", date(2024, 2, 1), date(2024, 2, 29)),
        ("archive.php?date=2024-02-03&page=2", date(2024, 2, 3), date(2024, 2, 3)),
        ("archive?day=3&year=2024&month=2", date(2024, 2, 3), date(2024, 2, 3)),
    ],
)
def test_the_period_of_an_archive(path: str, first: date, last: date) -> None:
    assert archive_period(URL + path) == Period(first, last)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "local/",
        "2024/02/03/bridge-vote",
        "best-of-2024",
        "tag/2024",
        "local/council-votes-on-bridge/2024/03",
        "article/20261",
        "article/20241340",
        "2024/13",
        "2024/02/30",
        "1824/02",
        "2024/harbour",
        "story.php?id=7&date=2024-02-03",
        "?month=2",
        "?m=7",
    ],
)
def test_what_is_no_archive(path: str) -> None:
    assert archive_period(URL + path) is None


def test_archives_of_the_window_alone_the_newest_first() -> None:
    paths = "2023/12 2024 2024/02 2024/03 2024/05 2024/06 archive/2024-05-31 archive/2024-06-01 2024/04/02/bridge-vote"
    body = "".join(f'<a href="/{path}">x</a>' * 2 for path in paths.split())
    elsewhere = '<a href="https://elsewhere.example/2024/04">x</a>'
    assert dated(body + elsewhere) == ["archive/2024-05-31", "2024/05", "2024/03", "2024"]


def test_a_calendar_without_end_comes_to_one() -> None:
    seen: set[str] = set()
    todo = [f"{URL}calendar/2024-05-30"]
    while todo:
        here = todo.pop()
        seen.add(here)
        period = archive_period(here)
        assert period is not None
        days = [date.fromordinal(period.first.toordinal() + step) for step in (-1, 1)]
        body = "".join(f'<a href="/calendar/{day}">{day}</a>' for day in days) + f'<link rel=next href="{days[1]}">'
        found = read_front(f"<html>{body}</html>".encode(), here, backfill=SPRING)
        todo += [link.url for link in found.endpoints if link.url not in seen]
    assert len(seen) == 92


def test_the_archives_of_one_page_are_bounded() -> None:
    body = "".join(f'<a href="/{section}/2024/04/{day}">x</a>' for section in range(100) for day in range(1, 29))
    assert len(dated(body)) == MAX_ARCHIVES


def test_older_pages_are_endpoints_of_a_backfill_alone() -> None:
    body = b'<html><a href="/page/2/">2</a><a href="/2024/03/">March</a><a href="/2024/07/">July</a></html>'
    assert read_front(body, URL).endpoints == read_endpoint(body, URL).endpoints == ()
    expected = (
        EndpointLink(f"{URL}page/2/", "front", "pagination"),
        EndpointLink(f"{URL}2024/03/", "front", "pagination"),
    )
    assert read_front(body, URL, backfill=SPRING).endpoints == expected
    assert read_endpoint(body, URL, backfill=SPRING).endpoints == expected


def test_the_next_month_is_read_only_if_it_is_asked_for() -> None:
    body = b'<html><link rel="next" href="/2024/06/"><a href="/2024/05/">May</a></html>'
    assert [link.url for link in read_front(body, f"{URL}2024/04/", backfill=SPRING).endpoints] == [f"{URL}2024/05/"]


def test_further_posts_of_wordpress_are_an_endpoint_of_a_backfill_alone() -> None:
    posts, url = b'[{"link": "/council-votes-on-bridge"}]', f"{URL}wp-json/wp/v2/posts"
    headers = [("X-WP-TotalPages", "2")]
    assert read_endpoint(posts, url, headers=headers).endpoints == ()
    assert [link.url for link in read_endpoint(posts, url, headers=headers, backfill=SPRING).endpoints] == [
        f"{url}?page=2"
    ]
