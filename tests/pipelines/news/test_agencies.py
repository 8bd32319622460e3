"""Agencies: their names, bylines that are one, and the credits that are cut from the end of a text."""

from __future__ import annotations

import time

import pytest

from pipelines.news import agencies, wires


@pytest.mark.parametrize(
    ("credit", "name"),
    [
        ("Reuters", "Reuters"),
        ("REUTERS", "Reuters"),
        ("(AP)", "AP"),
        ("the associated press", "AP"),
        ("dpa/lby", "dpa"),
        ("dpa-AFX", "dpa-AFX"),
        ("AP, Reuters", "AP"),
        ("als/AFP/dpa", "AFP"),
        ("TT-AFP", "TT"),
        ("AFP and staff", "AFP"),
        ("ТАСС", "TASS"),
        ("पीटीआई", "PTI"),
        ("भाषा", "PTI"),
        ("共同通信", "Kyodo"),
        ("時事", "Jiji"),
        ("新华社", "Xinhua"),
        ("中新社", "China News Service"),
        ("路透社", "Reuters"),
        ("연합뉴스", "Yonhap"),
        ("Iranian Students’ News Agency", "ISNA"),
        ("aa", None),
        ("Map", None),
        ("uni", None),
        ("mehr", None),
        ("Trend", None),
        ("John Smith/AP", None),
        ("AAPL", None),
        ("", None),
        (None, None),
        ("x" * 1000, None),
    ],
)
def test_a_credit_has_one_name(credit: str | None, name: str | None) -> None:
    assert agencies.canonical(credit) == name


@pytest.mark.parametrize(
    ("byline", "name"),
    [
        ("Reuters", "Reuters"),
        ("By AP Staff", "AP"),
        ("By The Associated Press", "AP"),
        ("AP Sports Writer", "AP"),
        ("PTI", "PTI"),
        ("dpa/lby", "dpa"),
        ("mit Material der dpa", "dpa"),
        ("ANSA.it", "ANSA"),
        ("Redacción EFE", "EFE"),
        ("Af Ritzau", "Ritzau"),
        ("Le Monde avec AFP", "AFP"),
        ("Press Trust of India (PTI)", "PTI"),
        ("AFP - Agence France Presse", "AFP"),
        ("AFP, MANILA", "AFP"),
        ("Jean Dupont avec AFP", None),
        ("John Smith, AP", None),
        ("John Smith | AP", None),
        ("JOHN SMITH Associated Press", None),
        ("News Desk", None),
        ("Ani", None),
        ("", None),
        (None, None),
    ],
)
def test_a_byline_may_be_an_agency(byline: str | None, name: str | None) -> None:
    assert agencies.credited(byline) == name


@pytest.mark.parametrize(
    ("credit", "agency"),
    [
        ("(IANS)", "IANS"),
        ("[IANS]", "IANS"),
        ("(The Associated Press)", "AP"),
        ("(dpa/AFP)", "dpa"),
        ("(Agenzia ANSA)", "ANSA"),
        ("(PTI) ABC XYZ", "PTI"),
        ("(With inputs from PTI)", "PTI"),
        ("(With PTI inputs)", "PTI"),
        ("(Mit Material der dpa)", "dpa"),
        ("(Agencies)", None),
        ("— Reuters", "Reuters"),
        ("– BERNAMA", "Bernama"),
        ("-- Bernama", "Bernama"),
        ("/ANI", "ANI"),
        ("ANI/", "ANI"),
        ("/ritzau/", "Ritzau"),
        ("PTI", "PTI"),
        ("PTI ABC DEF DEF", "PTI"),
        ("Xinhua", "Xinhua"),
        ("(भाषा)", "PTI"),
        ("（完）", None),
        ("（新华社）", "Xinhua"),
        ("\ndpa", "dpa"),
        ("\nTT", "TT"),
        ("\n--IANS\nabc/def", "IANS"),
        ("\nAvec AFP", "AFP"),
        ("\nQuelle: dpa", "dpa"),
        ("\nFuente: EFE", "EFE"),
        ("\nИсточник: ТАСС", "TASS"),
        ("\n来源：新华社", "Xinhua"),
        ("\nभाषा अबक", "PTI"),
        ("\n© Agence France-Presse", "AFP"),
        ("\n© dpa-infocom, dpa:240305-99-123456/3", "dpa"),
        ("\nCopyright 2024 The Associated Press. All rights reserved.", "AP"),
        ("(Reporting by Jane Doe in London; Editing by John Smith)", "Reuters"),
        (
            "\nReporting by Jane Doe; Editing by John Smith\nOur Standards: The Thomson Reuters Trust Principles.",
            "Reuters",
        ),
        ("\n___\nAssociated Press writer Jane Doe in London contributed to this report.", "AP"),
        ("\nWith files from The Canadian Press and Jane Doe", "The Canadian Press"),
        ("\nPewarta: Budi\nEditor: Ani\nCopyright © ANTARA 2024", "ANTARA"),
        ("(PAP)\nautor: Jan Kowalski\nabc/ def/", "PAP"),
        ("\nABC // XYZ\nLusa/Fim", "Lusa"),
        ("(PTI)\n(This story is published from a syndicated feed.)", "PTI"),
    ],
)
def test_a_credit_is_cut_from_the_end(credit: str, agency: str | None) -> None:
    text = "The ferry left.\n“It is over.”"
    assert agencies.cut_credit(f"{text} {credit}") == (text, agency, credit.strip())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dpa",
        "Copyright 2024 The Associated Press.",
        "He works for Reuters",
        "He works for Reuters.",
        "He likes the AP",
        "It is over (at last)",
        "It is over — at last",
        "It is over.\nabc",
        "It is over.\nEditor: Jane Doe",
        "It is over.\nCopyright 2024 The Ellery Herald.",
        "He flew to the U.S. Bloomberg said so",
        "He joined the Armed Forces of the Philippines (AFP).",
        "It trades in the Middle East and North Africa (MENA)",
        "So says the Anadolu Agency (AA).",
        "Photo: John Smith/AP",
    ],
)
def test_what_only_looks_like_a_credit_stays(text: str) -> None:
    assert agencies.cut_credit(text) == (text, None, "")


def test_a_sentence_that_ends_behind_its_credit_keeps_its_full_stop() -> None:
    assert agencies.cut_credit("Das teilte die Polizei mit (sda).") == (
        "Das teilte die Polizei mit.",
        "Keystone-SDA",
        "(sda)",
    )


def test_no_form_belongs_to_two_agencies() -> None:
    forms = [(form.strip(), name) for name, listed in wires.ALL.items() for form in listed.removeprefix("!").split(";")]
    assert all(agencies.canonical(form) == name for form, name in forms if form)
    assert all(agencies.canonical(name) == name for name, listed in wires.ALL.items() if not listed.startswith("!"))
    assert len(wires.ALL) >= 150


@pytest.mark.parametrize(
    "text", ["(PTI)\n" * 100_000, "a/ " * 100_000, "x\n" + "(Reporting by " * 50_000 + ")", "x — " * 100_000]
)
def test_hostile_text_takes_no_time(text: str) -> None:
    started = time.process_time()
    agencies.cut_credit(text)
    agencies.credited(text)
    assert time.process_time() - started < 0.5
