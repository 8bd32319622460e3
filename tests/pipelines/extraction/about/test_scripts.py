"""The language of a page: what it says, checked against the script of its text."""

from __future__ import annotations

import pytest

from pipelines.extraction.about import scripts

HINDI = "बंदरगाह से द्वीपों तक नौका दो साल बाद फिर चल रही है और यात्री खुश हैं"
MARATHI = "बंदरातून बेटांपर्यंत बोट पुन्हा सुरू झाली आहे आणि प्रवासी आनंदी आहेत"
RUSSIAN = "Паром снова ходит к островам, и пассажиры этим довольны"
UKRAINIAN = "Пором знову ходить до островів, і пасажири їм задоволені"
JAPANESE = "二年ぶりに島へのフェリーが再開され、乗客は喜んでいる。港では式典も"
CHINESE = "前往岛屿的渡轮两年后恢复运营，乘客们都很高兴，港口举行了仪式。"
URDU = "جزیروں کے لیے کشتی دو سال بعد دوبارہ چل رہی ہے اور مسافر خوش ہیں"
ARABIC = "العبارة تعود إلى الجزر بعد عامين من التوقف والركاب سعداء بذلك"
ENGLISH = "The ferry runs to the islands again after two years, and passengers are glad."


@pytest.mark.parametrize(
    ("sample", "said", "language"),
    [
        (ENGLISH, ["en-GB"], "en"),
        (ENGLISH, ["de"], "de"),  # letters do not tell
        (ENGLISH, ["hi", "en"], "en"),
        (ENGLISH, ["uk"], None),
        (ENGLISH, [], None),
        (HINDI, ["en"], "hi"),
        (HINDI, ["en", "ne"], "ne"),
        (HINDI, ["mr"], "mr"),
        (MARATHI, ["en-US"], "mr"),
        (RUSSIAN, [None, "en"], "ru"),
        (RUSSIAN, ["uk"], "uk"),
        (UKRAINIAN, ["en"], "uk"),
        (JAPANESE, ["en"], "ja"),
        (CHINESE, ["en"], "zh"),
        (CHINESE, ["zh-Hant"], "zh"),
        (URDU, ["en"], "ur"),
        (ARABIC, ["en"], "ar"),
        ("서울에서 섬으로 가는 배가 이 년 만에 다시 다니고 있어 승객들이 기뻐했다", ["en"], "ko"),
        ("เรือข้ามฟากไปยังเกาะกลับมาให้บริการอีกครั้งหลังจากสองปี", [], "th"),
        ("Το πλοίο ταξιδεύει ξανά προς τα νησιά μετά από δύο χρόνια", [], "el"),
        ("המעבורת חוזרת לאיים אחרי שנתיים והנוסעים שמחים", ["en"], "he"),
        ("দুই বছর পর দ্বীপে আবার ফেরি চলছে এবং যাত্রীরা খুশি", [], "bn"),
        ("இரண்டு ஆண்டுகளுக்குப் பிறகு தீவுகளுக்கு படகு மீண்டும் ஓடுகிறது", [], "ta"),
        ("short", ["fr"], "fr"),
        ("", ["hi"], "hi"),
    ],
)
def test_language(sample: str, said: list[str | None], language: str | None) -> None:
    assert scripts.language_of(sample, said) == language


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("en", "en"), ("EN-us", "en"), ("pt_BR", "pt"), ("eng", "en"), ("English", "en"), ("iw", "he"), ("gsw", "gsw"),
        ("und", None), ("", None), (None, None), ("nonsense", None), ("{{lang}}", None),
    ],
)  # fmt: skip
def test_code(said: str | None, code: str | None) -> None:
    assert scripts.code_of(said) == code
