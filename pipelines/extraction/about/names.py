"""From a byline as it is printed or declared to the names of the people in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.extraction.plain import folded, listed, plain

MOST_CHARACTERS = 1500  # of one byline
MOST_NAMES = 20
LONGEST_NAME = 60  # characters
MOST_WORDS = 6
MOST_SIGNED = 80  # characters of a line that is a signature

# What a byline begins with. Longer forms stand before the shorter ones that they begin with.
BEGINNINGS = """written by|words by|text by|story by|posted by|published by|submitted by|reported by|report by
contributed by|authored by|created by|compiled by|analysis by|opinion by|review by|column by|commentary by|comment by
as told to|by|from our correspondent
ein gastbeitrag von|gastbeitrag von|ein kommentar von|kommentar von|ein interview von|interview von|analyse von
eine analyse von|ein essay von|aufgezeichnet von|geschrieben von|text und fotos|texte und fotos|protokoll|von
propos recueillis par|écrit par|publié par|rédigé par|article de|un article de|par
escrito por|publicado por|texto de|por|scritto da|a cura di|articolo di|testo di|di|door|geschreven door|av|af
skrivet av|skrevet af|text|texte|texto|testo|tekst|autor|autorin|autoren|auteur|auteurs|autore|autori|author|authors
writer|byline|redaktion|redaktor|szöveg|szerző|kirjoittaja|от|автор|текст|автори|文|記者|记者|作者|撰文"""
# From here on a byline speaks of others or of other things.
ENDINGS = """updated|last updated|published|posted|reviewed by|medically reviewed|fact[- ]checked|fact checker|edited by
photographs? by|photography by|photos? by|video by|illustrations? by|graphics by|additional reporting|contributions from
full bio|view bio|about the author|more by|see more|read more|follow|min read|minutes? read|aktualisiert|veröffentlicht
publié le|mis à jour|actualizado|publicado el|pubblicato|aggiornato"""
# A word that says what somebody does: the name stands before it.
ROLES = """reporter|correspondent|editor|editors|writer|journalist|columnist|producer|anchor|presenter|contributor
critic|author|photographer|blogger|analyst|researcher|strategist|specialist|expert|manager|director|founder|co-founder|ceo|cto|cmo
president|chief|senior|junior|staff|freelance|freelancer|deputy|managing|associate|assistant|special|guest|contributing
political|business|sports|chairman|professor|redakteur|redakteurin|redaktor|redaktorin|reporterin|journalistin
korrespondent|korrespondentin|volontär|volontärin|autor|autorin|chefredakteur|chefredakteurin|ressortleiter
ressortleiterin|leiter|leiterin|journaliste|correspondant|correspondante|rédacteur|rédactrice|envoyé|envoyée|chroniqueur
corresponsal|periodista|redactor|redactora|colaborador|colaboradora|enviado|enviada|giornalista|corrispondente
inviato|inviata|jornalista|repórter|correspondente|redator|redatora|journalista|verslaggever|redacteur|correspondente
корреспондент|журналист|обозреватель|profesor|profesora|consultant|engineer|developer|designer|marketer|owner|head
coordinator|officer|lead|nutritionist|dietitian|therapist|attorney|lawyer|vice"""
# A word that no person is called: an office, a house, or a button.
NOBODY = """admin|administrator|webmaster|root|user|unknown|anonymous|anonym|none|null|undefined|n/a|na|nan|test|default
staff|team|desk|newsdesk|webdesk|newsroom|editorial|editors|editor|newswire|wire|wires|web|agency|agencies|agencias|agenzia
agentur|agenturen|agence|agences|bureau|redaktion|redaktionen|redaktionsteam|redacción|redaccion|redacció|redação|redacao
rédaction|redazione|redactie|redaksjonen|redaktionen|redakcja|redakce|redakcia|toimitus|szerkesztőség|редакция|редакція
news|newspaper|media|online|digital|press|presse|prensa|network|networks|tv|radio|magazine|website|blog|channel|studio
studios|services|service|solutions|group|company|corp|corporation|inc|ltd|llc|gmbh|co|association|society|foundation
institute|university|universität|college|council|committee|commission|ministry|department|office|school|hospital|clinic
center|centre|zentrum|store|shop|store|partners|publishing|publisher|publications|software|technologies|labs|lab
share|follow|subscribe|newsletter|comments?|comment|facebook|twitter|instagram|linkedin|whatsapp|email|e-mail|mail|print
login|sign|log|view|profile|posts?|articles?|published|updated|written|reviewed|minutes|min|read|am|pm|today|yesterday|ago
january|february|march|july|september|october|november|december|monday|tuesday|wednesday|thursday
friday|saturday|sunday|advertisement|sponsored|contents?|copyright|contributors|contributor|guest|and|with|the|our|this
your|more|all|about|home|search|menu|photo|photos|image|video|source|quelle|foto|exclusive|special|correspondent
reporter|writer|author|authors|autor|autoren|journalist|columnist|contact|tips|staffer|syndication|bot|ai|reports"""
# Letters after a name that belong to it as the page prints it.
DEGREES = listed(
    """md m.d. phd ph.d. ph.d do d.o. dds dmd dvm edd ed.d. jd j.d. mba ma m.a. ms m.s. msc m.sc. mph bs b.s. ba b.a.
    bsc rn r.n. rd r.d. rdn ldn np lpc lcsw lmft psyd psy.d. cfa cfp cpa cpp psp facp faan cscs cissp esq esq.
    sr sr. ii iii iv cpt pmp dpt pt pharmd facs"""
)  # fmt: skip
PARTICLES = listed(
    """van von der den de da di del della dell do dos das du des la le les los el al bin ibn ben ter ten te zu zum zur
    af av y e i und and of st"""
)
SMALL_IN_NAMES = PARTICLES - {"i", "and", "und", "st", "al", "el"}


def _alternatives(table: str) -> str:
    return "|".join(sorted({word for line in table.split("\n") for word in line.split("|")}, key=len, reverse=True))


BEGINNING = re.compile(rf"(?:{_alternatives(BEGINNINGS)})(?![^\W_])\s*[:：\-–]?\s*|[:·•|,;&–—-]\s*", re.IGNORECASE)
ENDING = re.compile(rf"\b(?:{_alternatives(ENDINGS)})(?![^\W_])", re.IGNORECASE)
ADDRESS = re.compile(r"\S{1,100}@\S{1,100}|@\w{1,50}|https?://\S{0,300}|www\.\S{1,300}")
IN_BRACKETS = re.compile(r"\([^()]{0,100}\)|\[[^\[\]]{0,100}\]")
BETWEEN = re.compile(r"\s*[;|/·•、，]\s*|\s+[–—]\s+")
JOINED = re.compile(r"\s+(?:and|AND|und|UND|et|ET|y|og|och|en|e|ja|i|и|with|mit|avec|con|[&+])\s+")
JOINTS = listed("and und et y og och en e ja i и with mit by von par por di av af written posted")
# Words of the short lines that end a text and are no name, though they look like one.
NEVER_SIGNED = listed(
    """thank thanks you happy new year day good luck best wishes merry stories story related next end here see also part
    chapter verse season week north south east west united states city street park"""
)
COMMA = re.compile(r"\s*,\s*")
AGENCY_AFTER = re.compile(r"(?<=\S)\s+(?:(?:The )?Associated Press|Reuters|Bloomberg(?: News)?|Agence France-Presse)$")
LETTER = re.compile(r"[^\W\d_]")
ODD = re.compile(r"[\d<>{}\[\]=#$%^*~\\/?!:\"“”„@|_…]")
ROLE_WORDS = frozenset(_alternatives(ROLES).split("|"))
BEGINNING_WORDS = frozenset(_alternatives(BEGINNINGS).split("|"))
NOBODY_WORDS = frozenset(_alternatives(NOBODY).replace("?", "").split("|"))
VOWEL = re.compile("[AEIOUYÄÖÜÁÉÍÓÚ]")
MC = re.compile(r"\b(Mc|O['’])([a-z])")


def names(credit: str | None, strictly: bool = False) -> list[str]:
    """The people named in a byline, in its order, each once, at most 20.

    Strictly: as it is read off a page, where what looks like a name may be a role, a section or a button.
    """
    found: dict[str, str] = {}
    for part in parts(credit):
        if is_person(part) and not (strictly and _may_be_none(part)):
            found.setdefault(folded(part), recased(part))
        if len(found) >= MOST_NAMES:
            break
    named = list(found.values())
    return [name for name in named if not _is_letters(name)] if len(named) > 1 else named


def signature(line: str) -> tuple[str, ...]:
    """The people whose names a short line is and nothing more: "By Jane Doe and John Roe"; else none."""
    if len(line) > MOST_SIGNED or line.endswith((".", "!", "?", "…")):
        return ()
    signed = names(line, strictly=True)
    told = set(folded(line).split()) - {word for name in signed for word in folded(name).split()}
    words = set(folded(line).split())
    return tuple(signed) if told <= JOINTS and not words & NEVER_SIGNED else ()


def _is_letters(name: str) -> bool:
    """A word of a few capitals beside a name is where somebody works, or a degree."""
    return name.isupper() and " " not in name and len(name) <= 5


def _may_be_none(name: str) -> bool:
    bare = name.split(",", maxsplit=1)[0]
    return " " not in bare or name.islower() or has_role(bare)


def has_role(line: str) -> bool:
    """Whether a line says what somebody does."""
    return not ROLE_WORDS.isdisjoint(folded(line[:MOST_CHARACTERS]).split())


def is_joint(line: str) -> bool:
    """Whether a line only joins names: "and", ",", "By"."""
    return not LETTER.search(line) or folded(line) in JOINTS


def parts(credit: str | None) -> Iterator[str]:
    """The members of a byline, without what it begins with, addresses, brackets, roles, and what follows the names."""
    for line in (credit or "")[:MOST_CHARACTERS].split("\n"):
        bare = IN_BRACKETS.sub(" ", ADDRESS.sub(" ", plain(line, MOST_CHARACTERS) or ""))
        bare = without_beginning(bare)
        if end := ENDING.search(bare):
            bare = bare[: end.start()]
        for several in BETWEEN.split(bare):
            yield from _of_list(several)


def _of_list(several: str) -> Iterator[str]:
    members = JOINED.split(several)
    if len(members) > 1 and all(" " not in member.strip() for member in members):
        yield several.strip()  # "Anna & Paul" go by that name
        return
    for member in members:
        yield from _with_degrees(member)


def _with_degrees(several: str) -> Iterator[str]:
    """The members of a list with commas; a degree stays with the name before it."""
    held = ""
    for member in COMMA.split(several):
        if held and member and all(word.casefold() in DEGREES for word in member.split()):
            held += f", {member}"
            continue
        if held and has_role(member) and _without_role(member) == member.strip():
            continue  # "Jane Doe, Shipping Expert"
        if held:
            yield held
        held = _without_role(without_beginning(member))
    if held:
        yield held


def without_beginning(credit: str) -> str:
    """The byline without "By", "Text:" and the like, however many stand there."""
    credit = credit.strip(" \t\n.,;:|-–—·•*'\"")
    for _ in range(3):
        match = BEGINNING.match(credit)
        if not match or match.end() == len(credit):
            break
        credit = credit[match.end() :]
    return credit.strip()


def _without_role(member: str) -> str:
    """ "Jane Doe Senior Reporter" -> "Jane Doe"; a role without a name before it is left as it is."""
    member = AGENCY_AFTER.sub("", member)
    words = member.split()
    role = next((n for n, word in enumerate(words) if word.casefold().strip(".,") in ROLE_WORDS), 0)
    return " ".join(words[:role]) if role >= 2 else member.strip(" .,;:-–—'\"")


def is_person(name: str) -> bool:
    """Whether this can be somebody's name: a few words, capitals, and no word that offices and buttons have."""
    words = name.split(",", maxsplit=1)[0].split()
    if not 1 <= len(words) <= MOST_WORDS or not 2 <= len(name) <= LONGEST_NAME or ODD.search(name):
        return False
    small = [word.casefold().strip(".'’") for word in words]
    if NOBODY_WORDS & set(small) or folded(name) in BEGINNING_WORDS or not LETTER.match(words[0].strip("'’")):
        return False
    if " " not in name and ("." in name or small[0] in ROLE_WORDS):
        return False  # a host, or what somebody does
    if name.islower():
        return len(words) > 1
    return all(word[0].isupper() or not LETTER.match(word) or _may_be_small(word) for word in words)


def _may_be_small(word: str) -> bool:
    return (
        word.casefold() in PARTICLES or not (word[0].isupper() or word[0].islower()) or word[:2] in ("d'", "d’", "al")
    )


def recased(name: str) -> str:
    """A name in capitals or small letters as names are written; any other as it is."""
    bare, comma, degrees = name.partition(",")
    if " " not in bare or not (bare.isupper() or bare.islower()):
        return name
    words = [_recased_word(word, n) for n, word in enumerate(bare.split())]
    return MC.sub(lambda match: match[1] + match[2].upper(), " ".join(words)) + comma + degrees


def _recased_word(word: str, position: int) -> str:
    small = word.lower()
    if position and small in SMALL_IN_NAMES:
        return small
    if word.isupper() and ("." in word or (len(word) < 4 and not VOWEL.search(word))):
        return word  # initials
    return "-".join(part[:1].upper() + part[1:] for part in small.split("-"))
