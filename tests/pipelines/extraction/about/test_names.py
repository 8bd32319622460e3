"""The names of people in bylines as they are printed."""

from __future__ import annotations

import time

import pytest

from pipelines.extraction.about import names


@pytest.mark.parametrize(
    ("credit", "people"),
    [
        ("Jane Roe", ["Jane Roe"]),
        ("By Jane Roe", ["Jane Roe"]),
        ("BY JANE ROE AND TOM VAN DER BERG", ["Jane Roe", "Tom van der Berg"]),
        ("Von: Jana Röhe und Tim Ost", ["Jana Röhe", "Tim Ost"]),
        ("Par Jeanne Rohe et Luc d'Est", ["Jeanne Rohe", "Luc d'Est"]),
        ("Texte : Jeanne Rohe", ["Jeanne Rohe"]),
        ("Di Anna Rossi e Carlo Bo", ["Anna Rossi", "Carlo Bo"]),
        ("Por Ana Ruiz, Luis Gil y Eva Sanz", ["Ana Ruiz", "Luis Gil", "Eva Sanz"]),
        ("Kommentar von Jana Röhe", ["Jana Röhe"]),
        ("Jane Roe, Staff Writer", ["Jane Roe"]),
        ("Jane Roe Senior Political Correspondent", ["Jane Roe"]),
        ("Jana Röhe, Redakteurin", ["Jana Röhe"]),
        ("Jane Roe (jar)", ["Jane Roe"]),
        ("Jane Roe jane.roe@post.example", ["Jane Roe"]),
        ("Jane Roe @janeroe", ["Jane Roe"]),
        ("Jane Roe https://post.example/jane", ["Jane Roe"]),
        ("Jane Roe | WXYZ", ["Jane Roe"]),
        ("Jane Roe The Associated Press", ["Jane Roe"]),
        ("By Jane Roe Updated March 3, 2026", ["Jane Roe"]),
        ("Jane Roe; Tom Berg", ["Jane Roe", "Tom Berg"]),
        ("Jane Roe; jane roe; JANE ROE", ["Jane Roe"]),
        ("Jane Roe, MD, PhD", ["Jane Roe, MD, PhD"]),
        ("Anna & Paul", ["Anna & Paul"]),
        ("Jane Roe &amp;amp; Tom Berg", ["Jane Roe", "Tom Berg"]),
        ("jean-luc mcdonald", ["Jean-Luc McDonald"]),
        ("SHAUN O'CONNOR", ["Shaun O'Connor"]),
        ("J.R. ROE", ["J.R. Roe"]),
        ("Ronan McDonald", ["Ronan McDonald"]),
        ("Андрей Иванов", ["Андрей Иванов"]),
        ("渡辺洋介", ["渡辺洋介"]),
        ("May Roe", ["May Roe"]),
        ("Byron Dilworth", ["Byron Dilworth"]),
        ("Vonda Parr", ["Vonda Parr"]),
        ("Ferdinand de Roe", ["Ferdinand de Roe"]),
    ],
)
def test_people(credit: str, people: list[str]) -> None:
    assert names.names(credit) == people


@pytest.mark.parametrize(
    "credit",
    [
        "", "By", "Admin", "admin", "Editor", "Staff", "Redaktion", "Newsroom", "Web Desk", "News Team", "post.example",
        "@janeroe", "jane.roe@post.example", "https://post.example/jane", "12 March 2026", "3 min read", "Follow us",
        "the city council", "Updated", None, "4711", "Comments", "Posted by",
    ],
)  # fmt: skip
def test_nobody(credit: str | None) -> None:
    assert names.names(credit) == []


@pytest.mark.parametrize("credit", ["World News Editor", "Founder", "Politics", "sign in", "Deputy Head"])
def test_what_is_read_off_a_page_is_read_strictly(credit: str) -> None:
    assert names.names(credit, strictly=True) == []


def test_no_more_than_twenty() -> None:
    assert len(names.names(", ".join(f"Jane {chr(65 + n)}oe" for n in range(26)))) == 20


@pytest.mark.parametrize(
    "credit", ["Jane Roe, " * 100_000, "by " * 300_000, "a@" * 300_000, "(" * 300_000, " - " * 300_000]
)
def test_a_long_one_costs_nothing(credit: str) -> None:
    started = time.process_time()
    names.names(credit)
    assert time.process_time() - started < 0.5
