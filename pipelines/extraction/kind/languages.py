"""Which language a text is in, told from its script and its commonest short words: only where that is certain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

MOST_CHARACTERS = 2_000  # of the text; a language shows in its first paragraphs
FEWEST_WORDS = 60  # fewer say too little
FEWEST_LETTERS = 40
LETTERS_OF_A_SCRIPT = 400
SHARE_OF_A_SCRIPT = 0.6
SHARE_OF_KANA = 0.1  # the rest of a Japanese text is written in Chinese characters
SHARE = 0.12  # of all words that are among a language's commonest; running text has 0.2 to 0.45
LEAD = 1.6  # times as many as those of any other language

# The commonest words of each language, most of them in no other.
COMMON = {
    "en": "the of and to in is that for it was on with as his they at be this from have by not but were their which",
    "de": "der die und das von zu mit den ist nicht ein eine auf sich dem auch für des im als es wird sind bei noch",
    "fr": "le la les des et en du une est que pour qui dans par sur au pas plus avec il ce ses aux cette sont mais ont",
    "es": "el la los las y en del que una por con para se su al es lo como más pero sus este ha fue sobre también muy",
    "it": "il di che la e per un una non sono con del della è gli nel dei le si da alla come anche più ha delle questo",
    "pt": "o que e do da em um uma os no na se por as dos para não com mais foi ao das são pelo também pela sua seu",
    "nl": "de het een van en in dat is niet op te voor met zijn die aan er ook als bij naar uit maar werd wordt om hij",
    "sv": "och att det som en på är av för med till den har inte om ett men var sig från så kan när också efter ska",
    "da": "og at det som en på er af for med til den har ikke om et men var sig fra så kan når også efter skal blev",
    "nb": "og at det som en på er av for med til den har ikke om et men var seg fra så kan når også etter skal ble",
    "fi": "ja on ei se että oli hän mutta ovat myös kun niin kuin tai jos sen ollut mukaan vain jo joka ole sitä mitä",
    "pl": "w i na z się nie do że jest to o po jak od za przez ale jego są także który oraz które czy został tym przy",
    "cs": "a se na je v že s z do o to i za by ale po od jako pro ve který jsou byl které také podle jeho při už",
    "sk": "a sa na je v že s z do o to aj za by ale po od ako pre vo ktorý sú bol ktoré tiež podľa jeho pri už",
    "hu": "a az és hogy nem is egy ez volt meg van de csak már mint ki még el szerint után amely lehet azt vagy kell",
    "ro": "și de în la a cu pe care este din nu că o pentru mai au sunt fost prin după dar sau această ale s-a într",
    "hr": "i u je na se da su za od s ne kako što će bi koji iz o nije biti te ili koje sve nakon kao prema samo",
    "tr": "ve bir bu için de da ile çok olarak olan daha gibi ne var en kadar sonra ancak oldu değil göre ise dedi",
    "id": "yang dan di ini dengan untuk dari dalam tidak itu pada akan juga ke karena oleh ada mereka saat telah sudah",
    "vi": "và của là có không cho được trong các với một này người đã những khi từ để ở như ra nhiều cũng đến về",
    "ca": "el la els les i de del que una per amb en és no al com més però va seva ser dels aquest també han",
    "ru": "и в не на что с он по как это но из за для от так его к же был только или еще также который после",
    "uk": "і в не на що з він та як це до за для від у його є але або про також який було після вже ще року",
    "bg": "и на в се да от за не с е че по са си до като но ще има това или след който само към още беше",
    "sr": "и у је на се да су за од с не како што ће би који из о није бити те или које све након",
    "el": "και το να του η της με για την από τα στο που των δεν είναι στην θα ο οι τον μια σε ότι τη",
    "ar": "في من على إلى أن عن التي ما هذا مع كان الذي هذه بعد كما قد لا بين كل خلال",
    "fa": "در و به از که این را با است برای آن یک تا بر می شد شده خود کرد های",
    "ur": "کے میں کی ہے اور سے کا کو اس نے پر کہ ہیں یہ ایک بھی نہیں تھا گیا ہو",
    "he": "של על את לא הוא כי זה עם גם היא כל יש או אם אני היה אבל רק מה בין",
    "hi": "के में की है और से का को पर ने कि यह हैं भी नहीं एक इस लिए हो था",
    "mr": "आहे आणि या ते हे च्या होते यांनी असे केली आहेत तर मात्र त्यांनी नाही होता झाले करण्यात म्हणून एक",
}  # fmt: skip
# Scripts of one language, or few: the code that stands for all of them.
SCRIPTS = {
    "ja": "\u3040-\u30ff",
    "ko": "\uac00-\ud7a3\u1100-\u11ff",
    "zh": "\u4e00-\u9fff",
    "th": "\u0e00-\u0e7f",
    "bn": "\u0980-\u09ff",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "gu": "\u0a80-\u0aff",
    "kn": "\u0c80-\u0cff",
    "ml": "\u0d00-\u0d7f",
    "pa": "\u0a00-\u0a7f",
    "ka": "\u10a0-\u10ff",
    "hy": "\u0530-\u058f",
    "my": "\u1000-\u109f",
    "km": "\u1780-\u17ff",
}
# Languages that a count of words cannot tell apart for sure, or that share what stands above.
KIN = ("da nb no nn", "hr sr bs me sh cnr", "id ms", "cs sk", "es gl ca ast", "pt gl", "bg mk", "zh yue ja", "hi mr ne",
       "fa ps prs", "ru be", "en sco", "bn as", "ro mo", "nl af")  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:[ऀ-ः\u093a-\u094f]+[^\W\d_]*)*")
_OF_SCRIPT = {code: re.compile(f"[{letters}]") for code, letters in SCRIPTS.items()}
_LETTER = re.compile(r"[^\W\d_]")
_COUNTED = re.compile(r"[a-zà-ɏа-яёіїєґα-ωא-ת\u0600-\u06ff\u0900-\u097f]", re.IGNORECASE)  # told apart by words


def _by_word() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, words in COMMON.items():
        for word in set(words.split()):
            found[word] = (*found.get(word, ()), code)
    return found


_CODES = _by_word()


def detect(text: str) -> str | None:
    """The ISO 639-1 code of the language of a text, None where that is not certain."""
    sample = text[:MOST_CHARACTERS]
    if sample.isascii() or not _is_of_another_script(sample):
        return _of_words(_WORD.findall(sample.lower()))
    return _of_script(sample)


def _is_of_another_script(sample: str) -> bool:
    """Whether less than half of the letters are of a script whose languages are told apart by their words."""
    letters = "".join(_LETTER.findall(sample[:LETTERS_OF_A_SCRIPT]))
    return len(_COUNTED.findall(letters)) * 2 < len(letters)


def _of_script(sample: str) -> str | None:
    letters = len(_LETTER.findall(sample))
    if letters < FEWEST_LETTERS:
        return None
    shares = {code: len(pattern.findall(sample)) / letters for code, pattern in _OF_SCRIPT.items()}
    if shares["ja"] > SHARE_OF_KANA:
        return "ja"
    code = max(shares, key=lambda code: shares[code])
    return code if shares[code] > SHARE_OF_A_SCRIPT else None


def _of_words(words: list[str]) -> str | None:
    if len(words) < FEWEST_WORDS:
        return None
    counts: Counter[str] = Counter()
    for word, times in Counter(words).items():
        for code in _CODES.get(word, ()):
            counts[code] += times
    (first, most), *others = counts.most_common() or [("", 0)]
    rivals = [count for code, count in others if not akin(code, first)]
    certain = most >= SHARE * len(words) and most >= LEAD * max(rivals, default=0)
    return first if certain else None


def akin(one: str, other: str) -> bool:
    """Whether two codes stand for languages that `detect` would not tell apart."""
    return one == other or any({one, other} <= kin for kin in _KIN)


def known(code: str) -> bool:
    """Whether `detect` could find this language."""
    return code in COMMON or code in SCRIPTS or any(akin(code, other) for other in COMMON)


def _kin(groups: Iterable[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(group.split()) for group in groups)


_KIN = _kin(KIN)
