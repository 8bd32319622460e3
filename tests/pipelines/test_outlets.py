"""sources.toml: what it may say, and one clear line for everything else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.outlets import BadSources, parse_sources, read_sources

GOOD = """
[[source]]
name = "the-courier"
url = "https://courier.example/"

[[source]]
name = "El Observador"
url = "https://observador.example/"
language = "es"
timezone = "Europe/Madrid"
feeds = ["https://observador.example/rss"]
cadence = "15m"
delay = 2.5
limit = 50
"""


def test_a_good_list() -> None:
    courier, observador = parse_sources(GOOD)
    assert (courier.name, courier.delay, courier.cadence) == ("the-courier", 1.0, timedelta(hours=1))
    assert (observador.cadence, observador.delay, observador.limit) == (timedelta(minutes=15), 2.5, 50)
    assert observador.feeds == ("https://observador.example/rss",)


def test_no_file_is_an_empty_list(tmp_path: Path) -> None:
    assert read_sources(tmp_path / "sources.toml") == []


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes(b"# caf\xe9")
    with pytest.raises(BadSources, match=r"sources\.toml: not UTF-8 at byte 5"):
        read_sources(path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('feds = []', 'sources.toml:5: source "x": unknown key "feds"; did you mean "feeds"?'),
        ('cadence = "soon"', 'sources.toml:5: source "x": "cadence" is \'soon\': write a number and s, m, h or d'),
        ('cadence = "0m"', '"cadence" is \'0m\''),
        ("delay = -1", 'sources.toml:5: source "x": "delay" is -1: input should be greater than or equal to 0'),
        ('timezone = "Mars/Olympus"', "\"timezone\" is 'Mars/Olympus': write a name of the time zone database"),
        ('language = "Spanish"', '"language" is \'Spanish\''),
        ('feeds = ["ftp://x.example/"]', '"feeds" is \'ftp://x.example/\': not an http:// or https:// URL'),
        ("limit = 0", '"limit" is 0'),
    ],
)  # fmt: skip
def test_a_bad_entry_is_named_with_its_line(line: str, said: str) -> None:
    with pytest.raises(BadSources) as error:
        parse_sources(f'\n[[source]]\nname = "x"\nurl = "https://x.example/"\n{line}\n')
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_every_fault_is_told() -> None:
    with pytest.raises(BadSources) as error:
        parse_sources('[[source]]\nname = "a"\n[[source]]\nurl = "b"\n[other]\n')
    assert str(error.value).splitlines() == [
        'sources.toml:5: unknown key "other"; known: source',
        'sources.toml:1: source "a": "url" is missing',
        'sources.toml:3: source number 2: "name" is missing',
        "sources.toml:4: source number 2: \"url\" is 'b': not an http:// or https:// URL: 'b'",
    ]


def test_two_of_one_name() -> None:
    entry = '[[source]]\nname = "a"\nurl = "https://a.example/"\n'
    with pytest.raises(BadSources, match='two outlets are named "a"'):
        parse_sources(entry * 2)


def test_broken_toml_names_its_place() -> None:
    with pytest.raises(BadSources, match=r"sources\.toml: .*line 2"):
        parse_sources("[[source]]\nname = \n")
