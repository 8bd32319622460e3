"""Credits of news agencies: which agency one names, which byline is one, and where one ends a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from pipelines.news import wires

_SHORT = 4  # letters up to which a form counts only in the case in which it is listed
_LONGEST = 80  # characters of a credit or byline that is worth reading
_LONGEST_TAIL = 700  # characters of copyright lines and lists of reporters that may follow one another
_MOST_PIECES = 8

# What stands before the agency's name in a credit that is more than the name.
_LEADS = (
    "(?:with |from |via |by )?(?:additional |agency )?(?:inputs?|files|reports?|reporting|material) (?:from|by)",
    "with|from|via|by|source|sources",
    "(?:mit )?(?:material|informationen|inhalten|angaben|agenturmaterial)(?: von| der)?(?: nachrichtenagentur)?",
    "mit|von|nach|agentur|nachrichtenagentur|quelle|quellen",
    "(?:avec|par)(?: les)?(?: agences)?|agence",
    "(?:con )?informaci[oó]n(?:es)? de(?: la)?(?: agencia)?|con|por|agencia|fuente|fuentes",
    "(?:com )?informaç(?:ão|ões) d[aeo]s?(?: agência)?|com|agência|fonte|fontes|agenzia",
    "met|door|bron|av|af|med|källa|kilde|lähde|z|za|źródło|zdroj|kaynak|sumber|agentschap",
    "источник|по материалам|по данным|джерело|за матеріалами|за даними|स्रोत|इनपुट",
    "来源|來源|据|據|出典",
)
_LEAD = re.compile(rf"(?:{'|'.join(_LEADS)})(?: ?[:：] ?| (?=\S)|(?<=[源据據典]))", re.IGNORECASE)
_AFTER = re.compile(r" (?:inputs?|के इनपुट के साथ|से इनपुट)$", re.IGNORECASE)
_EDGES = ' \t\n.,:;()[]{}（）［］【】〔〕—–-/|©®™*“”"«»'
_PARTS = re.compile(r"\s*[/,;&|+•·]\s*|\s(?:and|und|et|e|y|i|en|och|og|ja|и|та|[-–—])\s")
# Who else is named beside an agency: a desk's or an editor's letters ("dpa/lby", "als/AFP"), or nobody in particular.
_BESIDE = re.compile(
    r"[\w.]{1,5}|(?:own |news )?(?:agencies|agenturen|agences|agencias|agenzie|agências|staff|redaktion|web desk)", re.I
)
# Words of bylines that name a desk or a trade, and no person.
_ROLE_WORDS = """
    a an the by von par por di da door av af od autor author from via with mit avec con com met staff news
    agency agencies agentur agence agencia agência agenzia wire wires feed newswire service services desk bureau
    team newsroom editorial editors editor editing writer writers reporter reporters correspondent
    correspondents contributor business political sports sport world politics health entertainment national
    international online redaktion redazione redacción redação redactie redakcja redakce toimitus rédaction
    material der die des de la le l inputs input information información informações informationen
    nachrichtenagentur haber merkezi web syndicated reports report and live
"""
_ROLES = frozenset(_ROLE_WORDS.split())
_OUTLET = re.compile(
    r"(?i:(?:le|la|les|l['’]|the|el|los|der|die|das|il)\s?\S[^,]{0,40}|\S+)\s(?i:avec|mit|con|com|with)\s"
)
_SITE = re.compile(r"(?:www\.)?([\w-]{2,20})\.(?:com|org|net|info|it|ru|de|fr|es|pt|in|ua|at|ch|pl|be)", re.IGNORECASE)


def _forms() -> dict[str, str]:
    """Every form and its agency; a long form stands here folded, a short one as it is."""
    found: dict[str, str] = {}
    for name, listed in wires.ALL.items():
        forms = listed.removeprefix("!").split(";") + ([] if listed.startswith("!") else [name])
        found |= {_key(form.strip(_EDGES)): name for form in forms if form.strip()}
    return found


def _key(form: str) -> str:
    form = " ".join(form.replace("’", "'").split())
    return form if len(form) <= _SHORT else form.casefold()


BY_FORM = _forms()
_SHORT_FORMS, _LONG_FORMS = (
    "|".join(re.escape(form) for form in sorted(BY_FORM, key=len, reverse=True) if (len(form) <= _SHORT) is short)
    for short in (True, False)
)
_ANYWHERE = re.compile(rf"(?<!\w)(?:(?i:{_LONG_FORMS})|{_SHORT_FORMS})(?!\w)")


def canonical(credit: str | None) -> str | None:
    """The one name of the agency that a credit consists of, the first of several, or None where it names none.

    "dpa/lby", "AP, Reuters" and "(als/AFP)" are credits; "John Smith/AP" names a person and is none. This is for what
    stands where a credit stands, in brackets or alone: a short form is a word or somebody's initials elsewhere.
    """
    if not credit or len(credit) > _LONGEST:
        return None
    bare = credit.strip(_EDGES)
    return BY_FORM.get(_key(bare)) or _first_of(_PARTS.split(bare)) or _all_of(re.split("[-–]", bare))


def _first_of(parts: list[str]) -> str | None:
    known = [BY_FORM.get(_key(part.strip(_EDGES))) for part in parts]
    beside = (part for part, name in zip(parts, known, strict=True) if not name)
    return next(filter(None, known), None) if all(_BESIDE.fullmatch(part) for part in beside) else None


def _all_of(parts: list[str]) -> str | None:
    known = [BY_FORM.get(_key(part)) for part in parts]
    return known[0] if all(known) else None


def credited(byline: str | None) -> str | None:
    """The agency that a byline names instead of a person: "Reuters", "By AP Staff", "Le Monde avec AFP", "ANSA.it"."""
    if not byline or len(byline) > _LONGEST:
        return None
    named, _, city = byline.partition(",")
    name = canonical(byline) or (canonical(named) if city.isupper() else None)  # "AFP, MANILA"
    if name:
        return name
    bare = _OUTLET.sub("", byline.strip(), count=1)
    bare = _SITE.sub(r"\1", bare)
    words = [word for word in re.split(r"[\s()]+", bare) if word and word.casefold().strip(".,:") not in _ROLES]
    name = canonical(" ".join(words))
    # "AFP (AFP)", "Press Trust of India (PTI)": the parts beside the brackets say the same.
    return name or _same({canonical(part) for part in re.split(r"[()|]| [-–] ", bare) if part.strip()})


def _same(names: set[str | None]) -> str | None:
    return names.pop() if len(names) == 1 else None


class _Piece(NamedTuple):
    """A credit at the end of a text: where it starts, whose it is, and whether it is one without what precedes it."""

    start: int
    agency: str | None
    sure: bool = True


_REPORTING = (
    "(?:additional |writing and )?"
    "(?:reporting|writing|reporte|reportaje|reportage|reportagem|bericht|bearbeitet|geschrieben) (?:by|de|par|por|von) "
)
_EDITING = r"\b(?:edit(?:ing|ed)|editado|edición|édité|edição|redigiert) (?:by|por|par|de|von) "
# Last paragraphs that are a credit whole: the form, the agency ("" for the first that it names), whether it is sure.
_PARAGRAPHS = tuple(
    (re.compile(form), agency, sure)
    for form, agency, sure in (
        (rf"(?i:\(?{_REPORTING}[^\n]{{3,300}}{_EDITING}[^\n]{{3,200}})", "Reuters", True),
        (r"(?i:our standards: [^\n]{0,60}trust principles[^\n]{0,30})", "Reuters", True),
        (r"(?i:pewarta\s?: [^\n]{2,100})", "ANTARA", True),
        (r"(?i:(?:editor|uploader|penerjemah|translator)\s?: [^\n]{2,80})", None, False),
        (r"(?i:\W{0,3}(?:copyright|©|\(c\)|riproduzione riservata)[^\n]{2,400})", "", True),
        (r"[^\n]{3,250} contributed(?: reporting| to th(?:is|e) (?:report|story|article)[^\n]{0,40})?\.?", "", True),
        (
            r"(?i:\W?(?:with|includes) (?:files|reporting|reports|material|information) (?:from|by) [^\n]{2,120})",
            "",
            True,
        ),
        (r"(?:dpa-infocom, )?dpa:\d{6}[-\d/]+", "dpa", True),
        (r"autor: [^\n]{3,60}|\(?[a-z]{2,5}(?:[-/] ?[a-z]{2,5}){0,4}/?\)?", None, False),
        (r"[A-Z]{2,5} // [A-Z]{2,5}\.?", "Lusa", True),
        (r"\([^()\n]{0,200}syndicated[^()\n]{0,200}\)", None, False),
        (r"Enditem|#{2,3}|-30-", None, True),
    )
)
_IN_BRACKETS = re.compile(r"[(（\[［]([^()（）\[\]［］\n]{2,80})[)）\]］]((?: [A-Z]{2,5}){0,6})[.।。]?$")
_DASHED = re.compile(r"(?:[—–]|--|(?:(?<=\s)|(?<=[.!?…।。”\"’»)]))[-/])\s*([^—–\n()]{2,40})$")
_BARE = re.compile(r"(?<=[.!?…।。”\"’»)])\s+([^\s.!?][^.!?\n]{1,50})\.?$")
_INITIALS = re.compile(r"(?:(?: [A-Z]{2,5}){1,6}|(?: [\u0900-\u0963]{2,7}){1,4}|/[Ff]im|/)$")
_REPORTERS = re.compile(rf"\({_REPORTING}[^\n]{{3,600}}\)$", re.IGNORECASE)
_END_MARK = re.compile(r"[(（【](?i:完|end|fin|fim|ends|agencies|agenturen|agences|agencias|एजेंसी|एजेंसियां)[)）】][.।]?$")
_INITIAL = re.compile(r"(?<![\w'’])[^\W\d_]")


def cut_credit(text: str) -> tuple[str, str | None, str]:
    """The text without the credit at its end, the agency's name, and the span that was cut.

    Several may follow one another: "(PTI)", a line of editors, a copyright. What is doubtful on its own, as the letters
    of an editor are, goes only together with an agency's name before it. A text that is nothing but a credit stays.
    """
    end = cut = len(text.rstrip())
    agency = None
    for _ in range(_MOST_PIECES):
        tail = text[max(0, end - _LONGEST_TAIL) : end]
        piece = next((found for read in _READERS if (found := read(tail))), None)
        if not piece:
            break
        end += len(tail[: piece.start].rstrip()) - len(tail)
        if piece.sure:
            cut, agency = end, piece.agency or agency
    cut = len(text[:cut].rstrip(" \n_")) if agency else cut  # AP draws a line above its credits
    return _parted(text, cut, agency) if 0 < cut < len(text.rstrip()) else (text, None, "")


def _parted(text: str, cut: int, agency: str | None) -> tuple[str, str | None, str]:
    kept, span = text[:cut], text[cut:].strip()
    if span.endswith(").") and kept[-1].isalnum():  # "said the police (sda)." ends its sentence behind the credit
        return kept + ".", agency, span[:-1]
    return kept, agency, span


def _paragraph(tail: str) -> _Piece | None:
    start = tail.rfind("\n") + 1
    if not start:
        return None  # what may be the whole text, or the end of a long paragraph
    line = tail[start:]
    agency = _credit(line)
    if agency:
        return _Piece(start, agency)
    for form, given, sure in _PARAGRAPHS:
        if form.fullmatch(line):
            agency = named_in(line) if given == "" else given
            return _Piece(start, agency, sure) if agency or given is None else None
    return None


def named_in(line: str) -> str | None:
    """The first agency that a line names, for lines that are known to hold a credit."""
    found = _ANYWHERE.search(line)
    return BY_FORM[_key(found[0])] if found else None


def _credit(said: str) -> str | None:
    """The agency of a credit with what leads to it ("With inputs from", "Quelle:") and the letters that follow it."""
    bare = _AFTER.sub("", said.strip(_EDGES)[: _LONGEST + 1])
    led = _LEAD.sub("", bare, count=1) if _LEAD.match(bare) else bare
    return canonical(bare) or canonical(led) or canonical(_INITIALS.sub("", led))


def _brackets(tail: str) -> _Piece | None:
    found = _IN_BRACKETS.search(tail, max(0, len(tail) - 120))
    agency = _credit(found[1]) if found else None
    if not found or not agency or _explains(found[1], agency, tail[: found.start()].rstrip()):
        return None
    return _Piece(found.start(), agency)


def _explains(form: str, agency: str, before: str) -> bool:
    """Whether brackets give the short form of what stands before them: "the Armed Forces of the Philippines (AFP)"."""
    if before.endswith((".", "!", "?", "।", "。", "”", '"', "»", "’")):
        return False
    near = before[-80:]
    initials = "".join(letter for letter in _INITIAL.findall(near.replace("-", " ")) if letter.isupper())
    return initials.endswith(form.upper()) or any(BY_FORM[_key(f[0])] == agency for f in _ANYWHERE.finditer(near[-40:]))


def _dashed(tail: str) -> _Piece | None:
    found = _DASHED.search(tail, max(0, len(tail) - 60)) or _BARE.search(tail, max(0, len(tail) - 60))
    agency = _credit(found[1]) if found else None
    return _Piece(found.start(), agency) if found and agency else None


def _reporters(tail: str) -> _Piece | None:
    found = _REPORTERS.search(tail) if tail.endswith(")") else None
    return _Piece(found.start(), "Reuters") if found else None


def _end_mark(tail: str) -> _Piece | None:
    found = _END_MARK.search(tail, max(0, len(tail) - 20))
    return _Piece(found.start(), None) if found else None


_READERS: tuple[Callable[[str], _Piece | None], ...] = (_paragraph, _brackets, _dashed, _reporters, _end_mark)
