"""Datelines: the forms that are read in each language, the year that is found, and text that only looks like one."""

from __future__ import annotations

import time
from datetime import date

import pytest

from pipelines.news import datelines

VISIT = date(2024, 12, 24)
GOES_ON = " ferry came back to its harbour."


@pytest.mark.parametrize(
    ("head", "place", "day", "agency"),
    [
        # English
        ("New Delhi, November 28 : ", "New Delhi", "2024-11-28", None),
        ("Melbourne, Dec 23: ", "Melbourne", "2024-12-23", None),
        ("BERLIN, 30 December 2022 -- ", "BERLIN", "2022-12-30", None),
        ("PORT ELLERY, March 3 (Reuters) - ", "PORT ELLERY", "2024-03-03", "Reuters"),
        ("LONDON (AP) — ", "LONDON", None, "AP"),
        ("DUBAI, United Arab Emirates (AP) — ", "DUBAI, United Arab Emirates", None, "AP"),
        ("PORT ELLERY, Calif. (AP) — ", "PORT ELLERY, Calif.", None, "AP"),
        ("ST. ELLERY, S.D. – ", "ST. ELLERY, S.D.", None, None),
        ("McELLERY, Texas (AP) — ", "McELLERY, Texas", None, "AP"),
        ("GENEVA — ", "GENEVA", None, None),
        ("ROME — ", "ROME", None, None),
        ("LAHORE: ", "LAHORE", None, None),
        ("LONDON and PARIS (AP) — ", "LONDON and PARIS", None, "AP"),
        ("New Delhi [India], March 5 (ANI): ", "New Delhi", "2024-03-05", "ANI"),
        ("Mumbai (Maharashtra) [India], March 5 (ANI): ", "Mumbai", "2024-03-05", "ANI"),
        ("New Delhi, Mar 5 (PTI) ", "New Delhi", "2024-03-05", "PTI"),
        ("ISLAMABAD, Mar 05 (APP): ", "ISLAMABAD", "2024-03-05", "APP"),
        ("BEIJING, March 5 (Xinhua) -- ", "BEIJING", "2024-03-05", "Xinhua"),
        ("ABU DHABI, 5th March, 2024 (WAM) -- ", "ABU DHABI", "2024-03-05", "WAM"),
        ("TEHRAN, Mar. 05 (MNA) – ", "TEHRAN", "2024-03-05", "Mehr"),
        ("Accra, March 5, GNA – ", "Accra", "2024-03-05", "GNA"),
        ("Kyiv, 5 March. /Ukrinform/. ", "Kyiv", "2024-03-05", "Ukrinform"),
        ("BAKU, Azerbaijan, March 5. ", "BAKU, Azerbaijan", "2024-03-05", None),
        ("WASHINGTON (January 24, 2017) — ", "WASHINGTON", "2017-01-24", None),
        ("NEW YORK, March 5, 2024 /PRNewswire/ -- ", "NEW YORK", "2024-03-05", "PR Newswire"),
        ("PORT ELLERY, Special to The Herald — ", "PORT ELLERY", None, None),
        ("PORT ELLERY (KELL) -- ", "PORT ELLERY", None, None),
        ("(Reuters) - ", None, None, "Reuters"),
        ("March 5 (Reuters) - ", None, "2024-03-05", "Reuters"),
        ("LONDON, 31 February (Reuters) - ", "LONDON", None, "Reuters"),
        ("LONDON, March 5, 2031 (Reuters) - ", "LONDON", None, "Reuters"),
        ("LONDON, 5/3/2024 (Reuters) - ", "LONDON", "2024-03-05", "Reuters"),
        # German
        ("Berlin (dpa) - ", "Berlin", None, "dpa"),
        ("Hannover (dpa/lni) - ", "Hannover", None, "dpa"),
        ("Wien (APA/dpa) - ", "Wien", None, "APA"),
        ("FRANKFURT (dpa-AFX) - ", "FRANKFURT", None, "dpa-AFX"),
        ("Frankfurt a.M. (epd). ", "Frankfurt a.M.", None, "epd"),
        ("BERLIN/PARIS, 3. März (AFP) – ", "BERLIN/PARIS", "2024-03-03", "AFP"),
        # Romance languages
        ("Paris, 5 mars 2024 (AFP) - ", "Paris", "2024-03-05", "AFP"),
        ("Paris, le 1er mars – ", "Paris", "2024-03-01", None),
        ("Genève (awp/ats) - ", "Genève", None, "awp"),
        ("Madrid, 3 mar (EFE).- ", "Madrid", "2024-03-03", "EFE"),
        ("MADRID, 5 Mar. (EUROPA PRESS) - ", "MADRID", "2024-03-05", "Europa Press"),
        ("Ciudad de México, 5 de marzo de 2024 (EFE).- ", "Ciudad de México", "2024-03-05", "EFE"),
        ("(ANSA) - ROMA, 05 MAR - ", "ROMA", "2024-03-05", "ANSA"),
        ("Roma, 5 mar. (askanews) - ", "Roma", "2024-03-05", "Askanews"),
        ("Roma, 05 mar - (Agenzia_Nova) - ", "Roma", "2024-03-05", "Agenzia Nova"),
        ("DAL NOSTRO INVIATO ROMA - ", "ROMA", None, None),
        ("Lisboa, 12 mar 2024 (Lusa) — ", "Lisboa", "2024-03-12", "Lusa"),
        ("SÃO PAULO, SP (FOLHAPRESS) - ", "SÃO PAULO, SP", None, "Folhapress"),
        ("Bucureşti, 5 mar /Agerpres/ - ", "Bucureşti", "2024-03-05", "Agerpres"),
        # The Low Countries and the North
        ("DEN HAAG (ANP) - ", "DEN HAAG", None, "ANP"),
        ("’s-Hertogenbosch (ANP) - ", "’s-Hertogenbosch", None, "ANP"),
        ("STOCKHOLM (TT)\n", "STOCKHOLM", None, "TT"),
        ("Oslo (NTB): ", "Oslo", None, "NTB"),
        ("KØBENHAVN /ritzau/ - ", "KØBENHAVN", None, "Ritzau"),
        ("Helsinki, 5. maaliskuuta (STT) - ", "Helsinki", "2024-03-05", "STT"),
        # Slavic languages, Hungarian, Turkish, Indonesian
        ("Warszawa (PAP) – ", "Warszawa", None, "PAP"),
        ("Warszawa, 05.03.2024 (PAP) - ", "Warszawa", "2024-03-05", "PAP"),
        ("Praha 5. března (ČTK) - ", "Praha", "2024-03-05", "ČTK"),
        ("МОСКВА, 5 марта. /ТАСС/. ", "МОСКВА", "2024-03-05", "TASS"),
        ("Москва. 5 марта. INTERFAX.RU - ", "Москва", "2024-03-05", "Interfax"),
        ("МОСКВА, 5 мар — РИА Новости. ", "МОСКВА", "2024-03-05", "RIA Novosti"),
        ("5 марта, Минск /Корр. БЕЛТА/. ", "Минск", "2024-03-05", "BelTA"),
        ("Київ. 5 березня. УНІАН. ", "Київ", "2024-03-05", "UNIAN"),
        ("Budapest, 2024. március 5., kedd (MTI) - ", "Budapest", "2024-03-05", "MTI"),
        ("İSTANBUL (AA) - ", "İSTANBUL", None, "Anadolu"),
        ("Jakarta (ANTARA) - ", "Jakarta", None, "ANTARA"),
        ("JAKARTA, KOMPAS.com - ", "JAKARTA", None, None),
        ("TEMPO.CO, Jakarta - ", "Jakarta", None, None),
        ("JAKARTA, Selasa (5/3/2024) – ", "JAKARTA", "2024-03-05", None),
        # Hindi
        ("नई दिल्ली, 28 अप्रैल (भाषा) ", "नई दिल्ली", "2024-04-28", "PTI"),
        ("नयी दिल्ली, 28 अप्रैल (आईएएनएस)। ", "नयी दिल्ली", "2024-04-28", "IANS"),
        ("नई दिल्ली, एएनआई। ", "नई दिल्ली", None, "ANI"),
        # Chinese, Japanese, Korean
        ("新华社北京3月5日电（记者张三 李四）", "北京", "2024-03-05", "Xinhua"),
        ("中新社北京3月5日电 ", "北京", "2024-03-05", "China News Service"),
        ("（北京3日讯）", "北京", "2024-12-03", None),
        ("（中央社記者王小明台北25日電）", "台北", "2024-12-25", "Central News Agency"),
        ("（路透社伦敦26日电）", "伦敦", "2024-11-26", "Reuters"),
        ("【北京＝山田太郎】", "北京", None, None),
        ("【ワシントン時事】", "ワシントン", None, "Jiji"),
        ("【ロンドン共同】", "ロンドン", None, "Kyodo"),
        ("【3月5日 AFP】", None, "2024-03-05", "AFP"),
        ("［東京 ５日 ロイター］ － ", "東京", "2024-12-05", "Reuters"),
        ("〔記者王小明／台北報導〕", "台北", None, None),
        ("(서울=연합뉴스) 홍길동 기자 = ", "서울", None, "Yonhap"),
    ],
)
def test_a_dateline_is_read(head: str, place: str | None, day: str | None, agency: str | None) -> None:
    found = datelines.read(f"{head}The{GOES_ON}", VISIT)
    assert found is not None
    assert (found.place, str(found.day) if found.day else None, found.agency) == (place, day, agency)
    assert found.length == len(head)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "LONDON (AP) — ",
        "Update: the ferry is back.",
        "Update: The ferry is back.",
        "Analysis: The ferry and its harbour.",
        "NEW: The ferry is back.",
        "WATCH — The ferry is back.",
        "BREAKING NEWS — The ferry is back.",
        "Breaking News (Updated) - The ferry is back.",
        "FERRY ROW: Port Ellery waits for an answer.",
        "NATO: what it is",
        "NASA — The agency of the ferry.",
        "LONDON — a city of bridges and ferries.",
        "Paris – What to see in two days.",
        "Paris: What to see in two days.",
        "Port Ellery – a small town – has a ferry",
        "By John Smith (Reuters)",
        "Photo (AP) - The ferry",
        "Apple (AAPL) - The maker of the ferry",
        "AP Photo/John Smith - The ferry",
        "Reuters, AFP and others said the ferry is back.",
        "The Associated Press reported that the ferry is back.",
        "May 5: the day that the ferry came back.",
        "May 5: The day that the ferry came back.",
        "1. Februar 2022, Jana Muster\nThe ferry is back.",
        "Jana Muster, 1. Februar 2022\nThe ferry is back.",
        "Monday, March 3 - The ferry is back.",
        "Updated March 3, 2024 - The ferry is back.",
        "On March 3 the ferry came back.",
        "The ferry came back on 3 March - late.",
        "Police said: the ferry is back",
        "Smith: I think that it is back.",
        "Smith, 34, said: it is back.",
        "SHELTER\n- Tent\n- Rain cover",
        "10:30: The ferry leaves.",
        "Messi 7, Suárez 8",
        "Ingredients: 2 eggs",
        "【速報】東京の船",
        "船は5日、東京に戻った。",
        "नई दिल्ली में शुक्रवार को",
    ],
)
def test_what_only_looks_like_one_is_left_alone(text: str) -> None:
    assert datelines.read(text, VISIT) is None


def test_a_known_city_before_a_colon_opens_a_story_and_not_a_title() -> None:
    assert datelines.read("New Delhi: The minister" + GOES_ON * 5, VISIT) is not None
    assert datelines.read("New Delhi: The minister" + GOES_ON, VISIT) is None
    assert datelines.read("Port Ellery: The minister" + GOES_ON * 5, VISIT) is None


@pytest.mark.parametrize(
    ("head", "language", "day"),
    [
        ("LONDON, 5/3/2024 (Reuters) - ", "en", None),
        ("LONDON, 3/25/2024 (Reuters) - ", "en", date(2024, 3, 25)),
        ("JAKARTA, Selasa (5/3/2024) – ", "id", date(2024, 3, 5)),
        ("Berlin, 5. März (dpa) - ", "en", date(2024, 3, 5)),
    ],
)
def test_the_language_settles_a_doubt_and_no_more(head: str, language: str, day: date | None) -> None:
    found = datelines.read(f"{head}The{GOES_ON}", VISIT, language)
    assert found is not None and found.day == day


@pytest.mark.parametrize(
    ("text", "visit", "day"),
    [
        ("New Delhi, April 28 : The minister on Friday met", VISIT, date(2023, 4, 28)),
        ("Berlin, 28. April (dpa) - Am Freitag kam", VISIT, date(2023, 4, 28)),
        ("Paris, 28 avril (AFP) - Le ministre a vendredi", VISIT, date(2023, 4, 28)),
        ("МОСКВА, 28 апреля. /ТАСС/. Министр в пятницу", VISIT, date(2023, 4, 28)),
        ("नई दिल्ली, 28 अप्रैल (भाषा) मंत्री ने शुक्रवार को", VISIT, date(2023, 4, 28)),
        ("新华社北京4月28日电 部长周五", VISIT, date(2023, 4, 28)),
        ("LONDON, April 28 (Reuters) - The ferry is back", VISIT, date(2024, 4, 28)),
        ("LONDON, Friday, April 28 (Reuters) - On Sunday the ferry", VISIT, date(2023, 4, 28)),
        ("LONDON, Dec 23 (Reuters) - On Saturday the ferry", VISIT, date(2024, 12, 23)),
        ("LONDON, Dec 25 (Reuters) - The ferry", VISIT, date(2024, 12, 25)),
        ("LONDON, Dec 26 (Reuters) - The ferry", VISIT, date(2023, 12, 26)),
        ("LONDON, Feb 29 (Reuters) - The ferry", date(2023, 6, 1), date(2020, 2, 29)),
    ],
)
def test_the_year_is_found(text: str, visit: date, day: date) -> None:
    found = datelines.read(text, visit)
    assert found is not None and found.day == day


def test_a_dateline_below_a_title_is_found() -> None:
    title = "The ferry is back\n"
    found = datelines.find(f"{title}PORT ELLERY (AP) — The{GOES_ON}", VISIT)
    assert found is not None
    assert found[0] == len(title) and found[1].agency == "AP"
    assert datelines.find(f"{title}HARBOUR — The{GOES_ON}", VISIT) is None
    assert datelines.find(f"HARBOUR — The{GOES_ON}", VISIT) is not None


@pytest.mark.parametrize(
    "text", ["A-" * 100_000, "A, " * 100_000, "A'" * 100_000, "(" * 1_000_000, "\n" * 1_000_000, "新" * 100_000]
)
def test_hostile_text_takes_no_time(text: str) -> None:
    started = time.process_time()
    datelines.find(text, VISIT)
    assert time.process_time() - started < 0.5
