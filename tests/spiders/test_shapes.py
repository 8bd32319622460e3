"""Shapes of addresses: what they leave out, what is learned from them, and when they keep silent."""

from __future__ import annotations

import json
import pickle

import pytest

from pipelines.urls import BadUrl
from spiders.discovery.shapes import MOST_SHAPES, Shapes, shape

HOST = "gazette.example"
URL = f"https://www.{HOST}/"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", ""),
        ("politics", "{word}"),
        ("World-News/", "{words}"),
        ("politics/council-votes-on-bridge", "{word}/{slug}"),
        ("politics/council_votes_on_bridge-4711.html", "{word}/{slug}-{number}.html"),
        ("Politics/Bridge-Vote-1.7287711.HTML", "{word}/{words}.{number}.html"),
        ("2024/03/01/bridge-vote/", "{yyyy}/{mm}/{dd}/{words}"),
        ("2024/mar/1/bridge-vote", "{yyyy}/{mm}/{dd}/{words}"),
        ("2024/film/news/bridge-vote", "{yyyy}/{word}/news/{words}"),
        ("story/2024-03-01/4711082-bridge", "story/{date}/{number}-{word}"),
        ("news/20240301-harbour-bridge", "news/{date}-{words}"),
        ("20240301-QBJP5I25BBIG5", "{date}-{id}"),
        ("20240301", "{date}"),
        ("5-things-to-know-about-the-2024-vote", "{slug}"),
        ("bridge-vote-of-november-2024", "{slug}"),
        ("article/c0dn1zv1w1wo", "article/{id}"),
        ("article_8d875330-a0e5-11ee-864f-bf96b936750e.html", "{word}_{id}.html"),
        ("bridge-art4711", "{word}-{id}"),
        ("Br%C3%BCcken/!5928990/", "{word}/{number}"),
        ("tag/council-votes-on-bridge", "tag/{slug}"),
        ("page/2", "page/{number}"),
        ("市議会が橋の再建を可決", "{slug}"),
        ("社会", "{word}"),
        ("-/--/...x", "{word}/{word}/{word}"),
        ("covid19-cases/covid19", "{words}/{word}"),
        ("a.b/photo.jpg", "{words}/{word}.jpg"),
        ("index.php?P=7&id=4711&utm_source=x&b", "index.php?b&id&p"),
        ("?p=4711", "?p"),
        ("?20240301&%00=1&http%3A%2F%2Felsewhere.example%2F=2&ids%5B%5D=3", "?ids[]&…"),
        ("/".join("abcdefghij"), "/".join(["{word}"] * 8) + "/…"),
    ],
)
def test_shapes(path: str, expected: str) -> None:
    assert shape(URL + path) == f"{HOST}/{expected}"


def test_hosts_differ_but_for_www() -> None:
    assert shape("https://sport.gazette.example:8080/derby") == "sport.gazette.example:8080/{word}"
    assert shape(f"http://{HOST}/derby") == shape(f"https://www.{HOST}/match")


def test_what_is_no_url_has_no_shape() -> None:
    with pytest.raises(BadUrl):
        shape("mailto:desk@gazette.example")


def test_a_hostile_address_costs_nothing() -> None:
    assert shape(URL + "1-" * 900) == f"{HOST}/{{slug}}"
    assert shape(URL + "-." * 900 + "a").startswith(HOST)
    assert shape(URL + "12ab" * 450) == f"{HOST}/{{id}}"


def stories(count: int) -> list[str]:
    return [f"{URL}local/council-votes-on-bridge-number-{n}" for n in range(1_000, 1_000 + count)]


def sections(count: int) -> list[str]:
    return [f"{URL}section{n}" for n in range(count)]


def test_a_shape_needs_evidence() -> None:
    another = f"{URL}sport/derby-ends-in-a-draw-4711"
    assert Shapes().verdict(another) is None
    assert Shapes.learned(stories(2), []).verdict(another) is None
    assert Shapes.learned(stories(3), []).verdict(another) is True
    assert Shapes.learned([], sections(9)).verdict(f"{URL}politics") is None
    assert Shapes.learned([], sections(10)).verdict(f"{URL}politics") is False


def test_a_shape_of_both_says_nothing() -> None:
    assert Shapes.learned(sections(9), sections(1)).verdict(f"{URL}politics") is None
    assert Shapes.learned(sections(10), sections(1)).verdict(f"{URL}politics") is True
    assert Shapes.learned(sections(1), sections(19)).verdict(f"{URL}politics") is None
    assert Shapes.learned(sections(1), sections(20)).verdict(f"{URL}politics") is False


def test_what_is_kept_can_be_read_and_shown() -> None:
    shapes = Shapes.learned(stories(3), sections(10))
    kept = json.loads(json.dumps(shapes.as_json()))
    assert list(kept.items()) == [
        (f"{HOST}/{{word}}", [0, 10]),
        (f"{HOST}/{{word}}/{{slug}}-{{number}}", [3, 0]),
    ]
    assert Shapes.from_json(kept) == shapes == pickle.loads(pickle.dumps(shapes))
    assert Shapes.from_json(None) == Shapes()


def test_what_is_kept_is_bounded() -> None:
    endless = (f"https://{n}.{HOST}/calendar" for n in range(3 * MOST_SHAPES))
    shapes = Shapes.learned(stories(3), endless)
    assert len(shapes.counts) <= 2 * MOST_SHAPES
    assert len(shapes.as_json()) == MOST_SHAPES
    assert shapes.verdict(stories(9)[8]) is True
