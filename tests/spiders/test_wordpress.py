"""The REST interface of WordPress: found, asked, and read."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import pytest
from lxml import html

from pipelines.records import EndpointLink, Link, Unreadable
from spiders.discovery.wordpress import find_api, posts_url, read_posts

SITE = "https://gazette.example/"
ROOT = f"{SITE}wp-json/"
URL = f"{ROOT}wp/v2/posts?per_page=100"
STORY = f"{SITE}2024/03/council-votes-on-bridge/"
POST: dict[str, object] = {
    "link": STORY,
    "title": {"rendered": "Council votes on &#8220;bridge&#8221; &amp; road"},
    "date": "2024-03-01T10:30:00",
    "date_gmt": "2024-03-01T09:30:00",
    "modified_gmt": "2024-03-02T08:00:00",
    "_embedded": {"author": [{"code": "rest_user_invalid_id"}], "wp:term": [[{"name": "Local"}]]},
}


def read(*posts: object, url: str = URL, headers: tuple[tuple[str, str], ...] = ()) -> tuple[Link, ...]:
    return read_posts(json.dumps(posts).encode(), url, headers).links


def following(url: str, *headers: tuple[str, str]) -> list[EndpointLink]:
    return list(read_posts(json.dumps([POST]).encode(), url, headers).endpoints)


def test_a_post_is_a_link_with_its_title_and_dates() -> None:
    assert read(POST) == (
        Link(
            STORY,
            "Council votes on “bridge” & road",
            "2024-03-01T09:30:00Z",
            datetime(2024, 3, 2, 8, tzinfo=UTC),
        ),
    )


@pytest.mark.parametrize("gmt", [None, "", "0000-00-00T00:00:00", 20240301])
def test_without_a_moment_the_sites_own_time_is_kept_as_it_is(gmt: object) -> None:
    link = read({**POST, "date_gmt": gmt, "modified_gmt": gmt})[0]
    assert (link.published, link.modified_at) == ("2024-03-01T10:30:00", None)


@pytest.mark.parametrize("zone", ["Z", "+00:00"])
def test_a_zone_that_is_written_stays(zone: str) -> None:
    assert read({**POST, "date_gmt": f"2024-03-01T09:30:00{zone}"})[0].published == f"2024-03-01T09:30:00{zone}"


def test_posts_of_odd_shape_cost_only_themselves() -> None:
    odd = [None, 7, {}, {"link": 7}, {"link": "mailto:desk@gazette.example"}, {**POST, "link": "/short", "title": "No"}]
    assert [link.url for link in read(*odd, POST, POST)] == [f"{SITE}short", STORY]


def test_no_posts_are_an_answer() -> None:
    assert read_posts(b" [] ", URL, [("X-WP-TotalPages", "9")]).endpoints == ()
    assert read() == ()


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        (
            b'{"code":"rest_no_route","message":"No route &amp; no\\n way","data":{"status":404}}',
            "wordpress_refused",
            "rest_no_route: No route & no way",
        ),
        (b'{"code":"rest_forbidden"}', "wordpress_refused", "rest_forbidden: None"),
        (b'{"items": []}', "not_wordpress", "JSON that is no list of posts"),
        (b'[{"id": 1}, "x"]', "not_wordpress", "a JSON list without a post in it"),
        (b"<html>", "not_wordpress", "not JSON"),
        (b"[" * 200_000, "not_wordpress", "not JSON"),
        (b"\xff\xfe\xff", "not_wordpress", "not JSON"),
    ],
)
def test_what_lists_no_posts_is_named(body: bytes, reason: str, detail: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_posts(body, URL)
    assert caught.value.reason == reason
    assert caught.value.detail.startswith(detail)


def test_the_next_page_by_the_number_of_pages() -> None:
    assert following(URL) == []
    assert following(URL, ("X-WP-TotalPages", "1")) == []
    assert following(f"{URL}&page=3", ("x-wp-totalpages", "3")) == []
    assert following(URL, ("X-WP-TotalPages", "9" * 5_000)) == following(URL, ("X-WP-TotalPages", "many")) == []
    assert following(URL, ("X-WP-TotalPages", "3")) == [EndpointLink(f"{URL}&page=2", "wordpress", "pagination")]
    assert following(f"{URL}&page=2", ("X-WP-TotalPages", "3"))[0].url == f"{URL}&page=3"
    route = f"{SITE}?rest_route=/wp/v2/posts"
    query = urlsplit(following(route, ("X-WP-TotalPages", "2"))[0].url).query
    assert dict(parse_qsl(query)) == {"rest_route": "/wp/v2/posts", "page": "2"}


def test_the_next_page_by_the_link_header() -> None:
    header = f'<{ROOT}wp/v2/posts?page=1>; rel="prev", <{ROOT}wp/v2/posts?page=3>; rel="next"'
    assert following(f"{URL}&page=2", ("Link", header))[0].url == f"{ROOT}wp/v2/posts?page=3"
    assert following(URL, ("Link", f"<{ROOT}wp/v2/posts?page=1>; rel=prev")) == []
    assert following(URL, ("Link", "<http://[>; rel=next")) == []


@pytest.mark.parametrize(
    "header",
    [
        f'<{ROOT}>; rel="https://api.w.org/"',
        f'<{SITE}?p=7>; rel=shortlink, <{ROOT}>; rel="alternate https://api.w.org/"; title="a, b"',
        "</wp-json/>; rel=https://api.w.org/",
    ],
)
def test_the_root_in_a_header(header: str) -> None:
    assert find_api(header, SITE) == ROOT


def test_the_root_in_a_page() -> None:
    page = "<html><head><link rel='stylesheet' href='/a.css'><link rel='https://api.w.org/' href='{}'></head></html>"
    assert find_api(html.document_fromstring(page.format("/wp-json/")), SITE) == ROOT
    assert find_api(html.document_fromstring(page.format(f"{SITE}?rest_route=/")), SITE) == f"{SITE}?rest_route=/"
    assert find_api(html.document_fromstring("<html><link rel=next href=/2>"), SITE) is None
    assert find_api("nonsense", SITE) is None


@pytest.mark.parametrize("root", [ROOT, ROOT.rstrip("/")])
def test_the_newest_posts_have_one_address(root: str) -> None:
    assert posts_url(root) == (
        f"{ROOT}wp/v2/posts?orderby=date&per_page=100&_fields=link,title,date,date_gmt,modified_gmt"
    )


def test_a_window_is_asked_for_in_utc() -> None:
    noon = datetime(2024, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    url = posts_url(f"{SITE}?rest_route=/", since=noon, until=noon + timedelta(days=1), page=2, per_page=500)
    assert url.startswith(f"{SITE}?rest_route=/wp/v2/posts&")
    query = dict(parse_qsl(urlsplit(url).query))
    assert (query["after"], query["before"]) == ("2024-03-01T10:00:00Z", "2024-03-02T10:00:00Z")
    assert (query["page"], query["per_page"], query["orderby"]) == ("2", "100", "date")
    changed = dict(parse_qsl(urlsplit(posts_url(ROOT, modified_after=noon)).query))
    assert (changed["modified_after"], changed["orderby"]) == ("2024-03-01T10:00:00Z", "modified")


def test_what_was_found_comes_back_from_a_worker() -> None:
    found = read_posts(json.dumps([POST]).encode(), URL, (("X-WP-TotalPages", "2"),))
    assert pickle.loads(pickle.dumps(found)) == found
