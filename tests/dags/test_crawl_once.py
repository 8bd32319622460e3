"""The DAG `crawl_once`: its form, and what becomes of a wrong one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Play = Callable[[str], Path]

GOOD = {"urls": ["https://example.org/feed"], "depth": 0, "limit": 50}


@pytest.mark.parametrize(
    "urls",
    [
        ["https://example.org/a"],
        "https://example.org/a\n\n  http://example.org:8080/b?c=d#e \n",
        ["https://example.org/ä", "https://xn--mnchen-3ya.example/", "http://[::1]:80/"],
        ["https://example.org/" + "a" * 1980],
        [f"https://example.org/{n}" for n in range(200)],
    ],
)
def test_good_addresses_pass(crawl_once: ModuleType, urls: object) -> None:
    assert crawl_once.mistakes({**GOOD, "urls": urls}) == []


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("urls", [], "urls: no addresses; write 1 to 200"),
        ("urls", "  \n ", "urls: no addresses"),
        ("urls", None, "urls: write addresses, one a line"),
        ("urls", 7, "urls: write addresses"),
        ("urls", {"a": 1}, "urls: write addresses"),
        ("urls", [["https://example.org/"]], "urls: write addresses"),
        ("urls", [f"https://example.org/{n}" for n in range(201)], "urls: 201 addresses; write 1 to 200"),
        ("urls", "example.org", "urls: 'example.org' is no web address; it must begin with http:// or https://"),
        ("urls", "ftp://example.org/a", "is no web address"),
        ("urls", "file:///etc/hostname", "is no web address"),
        ("urls", "https:///a", "is no web address"),
        ("urls", "https://example.org:99999/", "is no address"),
        ("urls", "https://[::1/", "is no address"),
        ("urls", "https://a.example/ https://b.example/", "has a space"),
        ("urls", "https://a.example/\x00", "control character"),
        ("urls", "https://me:secret@a.example/", "carries a user name"),
        ("urls", "https://example.org/" + "a" * 1981, "has 2001 characters; an address may have 2000"),
        ("depth", -1, "depth: -1 does not do; write a whole number from 0 to 5"),
        ("depth", 6, "depth: 6 does not do"),
        ("depth", "1", "depth: 1 does not do"),
        ("depth", True, "depth: True does not do"),
        ("depth", None, "depth: None does not do"),
        ("limit", 0, "limit: 0 does not do; write a whole number from 1 to 100000"),
        ("limit", 1.5, "limit: 1.5 does not do"),
        ("limit", 10**9, "limit: 1000000000 does not do"),
        ("colour", "red", "colour: there is no such field, there are urls, depth, limit"),
    ],
)
def test_each_bad_field_is_named(crawl_once: ModuleType, field: str, value: object, says: str) -> None:
    (mistake,) = crawl_once.mistakes({**GOOD, field: value})
    assert says in mistake and mistake.startswith(f"{field}: ")


def test_all_faults_are_named_at_once(crawl_once: ModuleType) -> None:
    found = crawl_once.mistakes({"urls": "nonsense", "depth": 9, "limit": 0})
    assert [mistake.partition(":")[0] for mistake in found] == ["urls", "depth", "limit"]


Run = Callable[[dict[str, Any]], Any]


@pytest.fixture
def run(crawl_once: ModuleType, context: dict[str, Any]) -> Run:
    """Run the task with a form."""
    return lambda params: crawl_once.CrawlOnce(task_id="crawl").execute({**context, "params": params})


def test_nothing_starts_with_a_bad_field(crawl_once: ModuleType, run: Run, played: Play) -> None:
    folder = played("open('started', 'w').close()")
    with pytest.raises(crawl_once.AirflowFailException, match=r"nothing was run\. depth: 9"):
        run({**GOOD, "depth": 9})
    assert not (folder / "started").exists()


def test_the_form_becomes_a_command(run: Run, played: Play, context: dict[str, Any]) -> None:
    folder = played(
        "open('seen', 'w').write(' '.join([*arguments[5:], open(arguments[2]).read()]))\n"
        "open(arguments[4], 'w').write('{\"stored\": 1}')"
    )
    assert run({**GOOD, "depth": 2})["stored"] == 1
    (event,) = context["outlet_events"].values()
    assert event.extra == {"stored": 1, "revised": 0, "unchanged": 0}
    assert (folder / "seen").read_text() == "--depth 2 --limit 50 --trigger once https://example.org/feed\n"


def test_nothing_usable_is_red_with_the_reason(crawl_once: ModuleType, run: Run, played: Play) -> None:
    outlet = '{"name": "example.org", "outcome": "failed", "reason": "robots.txt forbids it"}'
    played(f"open(arguments[4], 'w').write('''{{\"outlets\": [{outlet}]}}'''); sys.exit(3)")
    with pytest.raises(crawl_once.AirflowFailException, match=r"nothing usable was got: robots\.txt forbids it"):
        run(GOOD)


def test_the_form_explains_itself(crawl_once: ModuleType) -> None:
    params = crawl_once.once_dag.params
    assert set(params) == {"urls", "depth", "limit"}
    assert all(params.get_param(name).description and params.get_param(name).schema["title"] for name in params)
