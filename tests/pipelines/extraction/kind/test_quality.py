"""Flags: each is raised where it must be, and not by what only looks like it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.extraction import engine
from pipelines.extraction.kind import languages, quality
from pipelines.extraction.page import Page
from pipelines.records import Hints

SENTENCE = "The council voted on Tuesday to rebuild the old bridge, which has been closed to lorries since the flood. "
STORY = "\n".join(f"{SENTENCE}{n} people came to the meeting in the town hall." for n in range(8))


def page(html: str = "", language: str | None = None) -> Page:
    tree = engine.parse(f"<html><head><title>The Daily</title></head><body><h1>Bridge</h1>{html}<p>.</p></body></html>")
    assert tree is not None
    return Page("https://a.test/news/bridge", tree, datetime(2024, 5, 3, tzinfo=UTC), Hints(language=language))


def flags(body: str, title: str = "Council votes", html: str = "", paywalled: bool | None = None) -> set[str]:
    return set(quality.flags(page(html), title, body, paywalled=paywalled))


def test_good_story_has_none() -> None:
    assert quality.flags(page(language="en"), "Council votes", STORY) == ()


def test_what_others_found_is_passed_on() -> None:
    found = quality.flags(page(), "Council votes", STORY, undated=True, date_is_visit_day=True)
    assert found == ("date_is_visit_day", "undated")


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Page not found", "Try the search."),
        ("Error 404 - The Daily", SENTENCE),
        ("Página no encontrada | El Día", "Vuelva a la portada."),
        ("Страница не найдена", "Вернитесь на главную."),
        ("Sayfa bulunamadı", ""),
        ("找不到页面", "返回首页"),
        ("The Daily", "Sorry, we couldn't find what you were looking for."),
        ("Not found", "Sorry."),
    ],
)
def test_soft_404(title: str, body: str) -> None:
    assert "soft_404" in flags(body, title)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Page not found: how a broken link became a museum piece", STORY),
        ("Missing boy not found, search goes on", SENTENCE * 3),
        ("404 jobs go at steel works", SENTENCE * 3),
    ],
)
def test_no_soft_404(title: str, body: str) -> None:
    assert "soft_404" not in flags(body, title)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("We use cookies and ask for your consent.\nAccept all", True),
        ("Nous utilisons des cookies avec nos partenaires. Votre consentement est libre.", True),
        ("Używamy plików cookie. Nasi partnerzy też.\nZaakceptuj wszystko", True),
        (STORY + "\nWe use cookies and ask for your consent. Accept all", False),
        ("The bakery uses cookies as money.\n" + SENTENCE, False),
    ],
)
def test_consent_wall(body: str, expected: bool) -> None:
    assert ("consent_wall" in flags(body)) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Please log in to read this page.", True),
        ("Bitte melden Sie sich an.", True),
        ("请先登录", True),
        (STORY + "\nPlease log in to comment.", False),
    ],
)
def test_login_wall(body: str, expected: bool) -> None:
    assert ("login_wall" in flags(body)) is expected


@pytest.mark.parametrize(
    ("body", "html", "paywalled", "expected"),
    [
        (SENTENCE * 3, "", True, True),
        (SENTENCE * 3 + "\nSubscribe to continue reading", "", None, True),
        (SENTENCE * 3 + "\nDieser Text ist nur für Abonnenten.", "", None, True),
        (SENTENCE * 3, '<div class="paywall-box">Cet article est réservé aux abonnés</div>', None, True),
        (SENTENCE * 3, '<div class="paywall-box">Log in</div>', None, False),
        (SENTENCE * 3, "<footer>Subscribe to continue reading</footer>", None, False),
        (SENTENCE * 20, "", True, False),
        (SENTENCE * 3 + "\nSubscribe to continue reading", "", False, False),
    ],
)
def test_paywalled_stub(body: str, html: str, paywalled: bool | None, expected: bool) -> None:
    assert ("paywalled_stub" in flags(body, html=html, paywalled=paywalled)) is expected


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("The mayor said that […]", True),
        ("The mayor said [...]", True),
        (SENTENCE + "The mayor then left the…", True),
        (SENTENCE + "The mayor then left the", True),
        (SENTENCE + "The mayor, who had been there all day,", True),
        (SENTENCE + "Der Bürgermeister und", True),
        ("The mayor said ... Read more", True),
        ("He paused. And then…", False),
        ("Who knows.", False),
        ("By Ann Lee", False),
        ("- bread and", False),
        (
            "Reporting by Ann Lee in Paris and Tom Poe in Lyon for the paper that you read here since 1901",
            False,
        ),
        (SENTENCE + "What are they waiting for", False),
        ("Read more: the bridge in pictures", False),
    ],
)
def test_truncated(end: str, expected: bool) -> None:
    assert ("truncated" in flags(STORY + "\n" + end)) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (SENTENCE * 2, True),
        (SENTENCE * 3, False),
        ("議会は火曜日、洪水以来通行止めになっていた古い橋を再建することを決めた。", True),
        ("議会は火曜日、洪水以来通行止めになっていた古い橋を再建することを賛成多数で決めた。" * 3, False),
    ],
)
def test_too_short(body: str, expected: bool) -> None:
    assert ("too_short" in flags(body)) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (STORY + "\n" + STORY.split("\n")[2], True),
        ("\n".join(["One small step.", "For a man alone it was a leap, they said.", "Yes."] * 2), False),
        ("\n".join(["It rained on the town for a week and more.", "No."] * 2 * 5), True),
        (STORY + "\n- It rained.\n- It rained.", False),
        (STORY + "\nRain.\nRain.", False),
        (STORY + "\n| " + SENTENCE + "|\n| " + SENTENCE + "|", False),
    ],
)
def test_duplicated_text(body: str, expected: bool) -> None:
    assert ("duplicated_text" in flags(body)) is expected


TEXTS = {
    "en": SENTENCE,
    "de": "Der Rat hat am Dienstag beschlossen, die alte Brücke zu bauen, die seit der Flut für uns gesperrt ist. ",
    "fr": "Le maire a dit que les travaux seront finis dans un an et que cette route est ouverte pour les camions. ",
    "es": "El alcalde dijo que las obras terminarán en un año y que este camino está abierto para los coches también. ",
    "nb": "Rådet sier at arbeidet ikke blir ferdig i år, men at veien skal være åpen når broen ble stengt i fjor. ",
    "ru": "Совет решил во вторник восстановить старый мост, который был закрыт для машин после паводка и не только. ",
    "uk": "Рада вирішила у вівторок відновити старий міст, який був закритий для машин після повені і не тільки це. ",
    "ja": "議会は火曜日、洪水以来通行止めになっていた古い橋を再建することを決めた。",
    "zh": "市议会周二投票决定重建自洪水以来一直对卡车关闭的旧桥。",
    "hi": "परिषद ने मंगलवार को पुराने पुल को बनाने का फैसला किया है जो बाढ़ के बाद से बंद है और यह भी कहा। ",
}
TEXTS = {code: sentence * 5 for code, sentence in TEXTS.items()}


@pytest.mark.parametrize("code", TEXTS)
def test_language_is_told(code: str) -> None:
    found = languages.detect(TEXTS[code])
    assert found is not None
    assert languages.akin(found, code)


@pytest.mark.parametrize("text", ["", "…", "12 345", "Bread, milk, eggs.", "ok " * 200, "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 " * 90])
def test_language_is_not_guessed(text: str) -> None:
    assert languages.detect(text) is None


@pytest.mark.parametrize(
    ("body", "expected_language", "wrong"),
    [
        ("en", "de", True),
        ("ja", "en", True),
        ("ru", "uk", True),
        ("en", "en-GB", False),
        ("nb", "no", False),
        ("nb", "da", False),
        ("de", "tlh", False),  # nothing is known of that language
        ("de", None, False),
    ],
)
def test_wrong_language(body: str, expected_language: str | None, wrong: bool) -> None:
    found = quality.flags(page(language=expected_language), "Council votes", TEXTS[body])
    assert ("wrong_language" in found) is wrong


def test_every_flag_has_a_known_name() -> None:
    raised = flags("Please log in…", "Page not found") | flags(STORY + "\n" + STORY, paywalled=True)
    assert raised <= set(quality.FLAGS)


def test_long_text_costs_little() -> None:
    body = "word, " * 300_000 + "\n" + "x" * 2_000_000
    assert "too_short" not in flags(body)
