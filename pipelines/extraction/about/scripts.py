"""The language that a page says it is in, believed only where the script of its text allows it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.extraction.plain import listed

MOST_CHARACTERS = 1500  # of a text that are looked at
FEWEST_LETTERS = 20  # fewer say nothing
MOSTLY = 0.5  # share of the letters that makes a script the text's own
SOME_KANA = 0.03  # share of kana among East Asian characters above which they are Japanese

# Script -> its letters, and the languages written in it, the most read first.
SCRIPTS: dict[str, tuple[str, str]] = {
    "Latin": ("A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ", ""),
    "Cyrillic": ("Ѐ-ӿ", "ru uk bg sr be mk kk ky tg mn tt ba cv ce os bs ab sah uz az tk tyv"),
    "Greek": ("Ͱ-Ͽἀ-῿", "el grc"),
    "Arabic": ("\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff", "ar fa ur ps ckb ku sd ug pnb ks az arz prs"),
    "Hebrew": ("\u0590-\u05ff", "he yi"),
    "Devanagari": ("\u0900-\u097f", "hi mr ne sa bho mai kok awa doi new"),
    "Bengali": ("\u0980-\u09ff", "bn as mni"),
    "Gurmukhi": ("\u0a00-\u0a7f", "pa"),
    "Gujarati": ("\u0a80-\u0aff", "gu"),
    "Odia": ("\u0b00-\u0b7f", "or"),
    "Tamil": ("\u0b80-\u0bff", "ta"),
    "Telugu": ("\u0c00-\u0c7f", "te"),
    "Kannada": ("\u0c80-\u0cff", "kn tcy"),
    "Malayalam": ("\u0d00-\u0d7f", "ml"),
    "Sinhala": ("\u0d80-\u0dff", "si"),
    "Thai": ("\u0e00-\u0e7f", "th"),
    "Lao": ("\u0e80-\u0eff", "lo"),
    "Tibetan": ("\u0f00-\u0fff", "bo dz"),
    "Burmese": ("\u1000-\u109f", "my shn mnw"),
    "Khmer": ("\u1780-\u17ff", "km"),
    "Georgian": ("\u10a0-\u10ff", "ka xmf"),
    "Armenian": ("\u0530-\u058f", "hy hyw"),
    "Ethiopic": ("\u1200-\u139f", "am ti om"),
    "Mongolian": ("\u1800-\u18af", "mn"),
    "Hangul": ("\u1100-\u11ff\uac00-\ud7a3", "ko"),
    "Kana": ("\u3040-\u30ff", "ja"),
    "Han": ("\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff", "zh yue ja wuu nan"),
}
# Letters and words that only one of the languages of a script has, for where the page says none of them.
OWN_LETTERS = (
    ("Cyrillic", re.compile("[ґєїҐЄЇ]"), "uk"),
    ("Cyrillic", re.compile("[ўЎ]"), "be"),
    ("Cyrillic", re.compile("[ђћЂЋ]"), "sr"),
    ("Cyrillic", re.compile("[ѓќЃЌ]"), "mk"),
    ("Cyrillic", re.compile("[ұқҰҚ]"), "kk"),
    ("Cyrillic", re.compile("[ыэЫЭ]"), "ru"),
    ("Cyrillic", re.compile("[ъЪ]"), "bg"),
    ("Arabic", re.compile("[ٹڈڑے]"), "ur"),
    ("Arabic", re.compile("[ښځټډ]"), "ps"),
    ("Arabic", re.compile("[ڵڕێۆ]"), "ckb"),
    ("Arabic", re.compile("[پچژگ]"), "fa"),
    ("Bengali", re.compile("[ৰৱ]"), "as"),
    ("Devanagari", re.compile("आहे|आणि"), "mr"),
    ("Devanagari", re.compile("छन्|गर्न|भएको"), "ne"),
)
# What pages write for a language, and its code.
ALIASES = {
    "iw": "he", "ji": "yi", "in": "id", "mo": "ro", "sh": "sr", "cn": "zh", "jp": "ja", "kr": "ko", "cz": "cs",
    "dk": "da", "gr": "el", "ua": "uk", "vn": "vi", "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr",
    "spa": "es", "ita": "it", "por": "pt", "rus": "ru", "ara": "ar", "zho": "zh", "chi": "zh", "jpn": "ja", "kor": "ko",
    "hin": "hi", "nld": "nl", "dut": "nl", "pol": "pl", "tur": "tr", "ukr": "uk", "swe": "sv", "nor": "no", "dan": "da",
    "fin": "fi", "ces": "cs", "cze": "cs", "ell": "el", "gre": "el", "heb": "he", "ind": "id", "vie": "vi", "tha": "th",
    "ben": "bn",
}  # fmt: skip
NAMES = {
    "english": "en", "deutsch": "de", "german": "de", "français": "fr", "french": "fr", "español": "es",
    "spanish": "es", "italian": "it", "italiano": "it", "portuguese": "pt", "português": "pt", "hindi": "hi",
    "bengali": "bn", "tamil": "ta", "arabic": "ar", "russian": "ru", "chinese": "zh", "japanese": "ja", "korean": "ko",
    "turkish": "tr", "dutch": "nl",
}  # fmt: skip
NOT_LANGUAGES = listed("und mul zxx mis xx us gb www null div")
# Languages that newspapers write in no Latin letters.
NEVER_LATIN = listed(
    """ru uk bg be mk el he yi ar fa ur ps hi mr ne bn as pa gu or ta te kn ml si th lo bo my km ka hy am ti ko ja zh
    yue ckb sd ug"""
)
CODE = re.compile(r"\s{0,20}([A-Za-z]{2,3})(?![A-Za-z])")
SCRIPT_LETTERS = {script: re.compile(f"[{letters}]") for script, (letters, _) in SCRIPTS.items()}
LANGUAGES = {script: tuple(languages.split()) for script, (_, languages) in SCRIPTS.items()}


def language_of(sample: str, said: Iterable[str | None]) -> str | None:
    """The ISO 639 code of a text: the first that is said of it and that its script allows, else what its script tells.

    A text in Latin letters of which nothing fitting is said has None: letters do not tell English from Dutch. Where a
    script has several languages and nothing tells which, it is the most read of them.
    """
    script = script_of(sample)
    codes = (code for one in said if (code := code_of(one)))
    fitting = next((code for code in codes if _fits(code, script)), None)
    return fitting or (_told_by(script, sample) if script else None)


def code_of(said: str | None) -> str | None:
    """The code in "en", "en-GB", "pt_BR", "ENG" or "English"; None for what names no language."""
    if not said:
        return None
    match = CODE.match(said)
    code = match[1].lower() if match else NAMES.get(said.strip().lower(), "")
    return ALIASES.get(code, code) if code and code not in NOT_LANGUAGES else None


def script_of(sample: str) -> str | None:
    """The script that most letters of a text are in; Kana for Japanese; None where there are too few to tell."""
    sample = sample[:MOST_CHARACTERS]
    total = sum(map(str.isalpha, sample))
    if total < FEWEST_LETTERS:
        return None
    if len(SCRIPT_LETTERS["Latin"].findall(sample)) > total * MOSTLY:
        return "Latin"
    counts = {script: len(letters.findall(sample)) for script, letters in SCRIPT_LETTERS.items()}
    japanese = counts["Kana"] + counts["Han"]
    if japanese > total * MOSTLY:
        return "Kana" if counts["Kana"] > japanese * SOME_KANA else "Han"
    script = max(counts, key=lambda name: counts[name])
    return script if counts[script] > total * MOSTLY else None


def _fits(code: str, script: str | None) -> bool:
    if script is None:
        return True
    return code not in NEVER_LATIN if script == "Latin" else code in LANGUAGES[script]


def _told_by(script: str, sample: str) -> str | None:
    own = (code for name, letters, code in OWN_LETTERS if name == script and letters.search(sample[:MOST_CHARACTERS]))
    return next(own, next(iter(LANGUAGES[script]), None))
