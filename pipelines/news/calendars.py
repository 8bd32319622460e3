"""Names of months and weekdays in the languages of the press, and where a text says a day of the week.

The names are CLDR's, with what papers add: other cases, the abbreviations of agencies. They stand here since
reading them out of CLDR would cost every worker a quarter of a second at its start; a test compares the two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

# The months in their order; "/" parts the forms of one. Abbreviations go without their dot.
MONTH_NAMES = {
    "en": "january/jan february/feb/febr march/mar april/apr may june/jun july/jul august/aug september/sept/sep "
    "october/oct november/nov december/dec",
    "de": "januar/jan/jänner februar/feb/febr/feber märz/mär/maerz/mrz april/apr mai juni/jun juli/jul august/aug "
    "september/sept/sep oktober/okt november/nov dezember/dez",
    "fr": "janvier/janv février/févr/fév mars avril/avr mai juin juillet/juil août septembre/sept octobre/oct "
    "novembre/nov décembre/déc",
    "es": "enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago "
    "septiembre/setiembre/sept/sep/set octubre/oct noviembre/nov diciembre/dic",
    "it": "gennaio/gen febbraio/feb marzo/mar aprile/apr maggio/mag giugno/giu luglio/lug agosto/ago "
    "settembre/set/sett ottobre/ott novembre/nov dicembre/dic",
    "pt": "janeiro/jan fevereiro/fev março/mar abril/abr maio/mai junho/jun julho/jul agosto/ago setembro/set "
    "outubro/out novembro/nov dezembro/dez",
    "nl": "januari/jan februari/feb/febr maart/mrt april/apr mei juni/jun juli/jul augustus/aug september/sept/sep "
    "oktober/okt november/nov december/dec",
    "sv": "januari/jan februari/feb/febr mars april/apr maj juni juli augusti/aug september/sept/sep oktober/okt "
    "november/nov december/dec",
    "da": "januar/jan februar/feb marts/mar april/apr maj juni/jun juli/jul august/aug september/sep/sept oktober/okt "
    "november/nov december/dec",
    "nb": "januar/jan februar/feb mars april/apr mai juni/jun juli/jul august/aug september/sep/sept oktober/okt "
    "november/nov desember/des",
    "fi": "tammikuuta/tammikuu helmikuuta/helmikuu maaliskuuta/maaliskuu huhtikuuta/huhtikuu toukokuuta/toukokuu "
    "kesäkuuta/kesäkuu heinäkuuta/heinäkuu elokuuta/elokuu syyskuuta/syyskuu lokakuuta/lokakuu "
    "marraskuuta/marraskuu joulukuuta/joulukuu",
    "pl": "stycznia/styczeń/sty lutego/luty/lut marca/marzec/mar kwietnia/kwiecień/kwi maja/maj czerwca/czerwiec/cze "
    "lipca/lipiec/lip sierpnia/sierpień/sie września/wrzesień/wrz października/październik/paź "
    "listopada/listopad/lis grudnia/grudzień/gru",
    "cs": "ledna/leden února/únor března/březen dubna/duben května/květen června/červen července/červenec srpna/srpen "
    "září října/říjen listopadu/listopad prosince/prosinec",
    "sk": "januára/január februára/február marca/marec apríla/apríl mája/máj júna/jún júla/júl augusta/august "
    "septembra/september októbra/október novembra/november decembra/december",
    "hu": "január/jan február/febr március/márc április/ápr május/máj június/jún július/júl augusztus/aug "
    "szeptember/szept október/okt november/nov december/dec",
    "ro": "ianuarie/ian februarie/feb martie/mar aprilie/apr mai iunie/iun iulie/iul august/aug septembrie/sept "
    "octombrie/oct noiembrie/nov/noi decembrie/dec",
    "ru": "января/январь/янв февраля/февраль/фев/февр марта/март/мар апреля/апрель/апр мая/май июня/июнь/июн "
    "июля/июль/июл августа/август/авг сентября/сентябрь/сен/сент октября/октябрь/окт ноября/ноябрь/ноя/нояб "
    "декабря/декабрь/дек",
    "uk": "січня/січень/січ лютого/лютий/лют березня/березень/бер квітня/квітень/квіт травня/травень/трав "
    "червня/червень/черв липня/липень/лип серпня/серпень/серп вересня/вересень/вер жовтня/жовтень/жовт "
    "листопада/листопад/лист грудня/грудень/груд",
    "tr": "ocak/oca şubat/şub mart/mar nisan/nis mayıs/may haziran/haz temmuz/tem ağustos/ağu eylül/eyl ekim/eki "
    "kasım/kas aralık/ara",
    "id": "januari/jan februari/feb/pebruari maret/mar april/apr mei juni/jun juli/jul agustus/agu/agt "
    "september/sep/sept oktober/okt november/nov/nop desember/des",
    "hi": "जनवरी/जन फ़रवरी/फरवरी/फ़र मार्च अप्रैल मई जून जुलाई/जुल अगस्त/अग सितंबर/सितम्बर/सित अक्टूबर/अक्तूबर/अक्टू "
    "नवंबर/नवम्बर/नव दिसंबर/दिसम्बर/दिस",
}
# Monday first, whole words only: "sun", "sat", "so" and "ma" are words of their own.
WEEKDAY_NAMES = {
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "de": "montag dienstag mittwoch donnerstag freitag samstag/sonnabend sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "sv": "måndag/måndagen/måndags/måndagens tisdag/tisdagen/tisdags/tisdagens onsdag/onsdagen/onsdags/onsdagens "
    "torsdag/torsdagen/torsdags/torsdagens fredag/fredagen/fredags/fredagens lördag/lördagen/lördags/lördagens "
    "söndag/söndagen/söndags/söndagens",
    "da": "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "fi": "maanantaina/maanantai tiistaina/tiistai keskiviikkona/keskiviikko torstaina/torstai perjantaina/perjantai "
    "lauantaina/lauantai sunnuntaina/sunnuntai",
    "pl": "poniedziałek wtorek środa/środę czwartek piątek sobota/sobotę niedziela/niedzielę",
    "cs": "pondělí úterý středa/středu čtvrtek pátek sobota/sobotu neděle/neděli",
    "sk": "pondelok utorok streda/stredu štvrtok piatok sobota/sobotu nedeľa/nedeľu",
    "hu": "hétfő/hétfőn kedd/kedden szerda/szerdán csütörtök/csütörtökön péntek/pénteken szombat/szombaton vasárnap",
    "ro": "luni marți/marţi miercuri joi vineri sâmbătă duminică",
    "ru": "понедельник вторник среда/среду четверг пятница/пятницу суббота/субботу воскресенье",
    "uk": "понеділок вівторок середа/середу четвер п’ятниця/п’ятницю субота/суботу неділя/неділю",
    "tr": "pazartesi salı çarşamba perşembe cuma cumartesi pazar",
    "id": "senin selasa rabu kamis jumat sabtu minggu",
    "hi": "सोमवार मंगलवार बुधवार गुरुवार/बृहस्पतिवार शुक्रवार शनिवार रविवार",
}
# A weekday beside one of these is another week's, a feast or a newspaper.
_NOT_THIS_WEEK = """
    next coming upcoming following every each until black good cyber super ash holy maundy palm easter blue giving
    times telegraph night nächsten nächster nächste kommenden kommender jeden bis prochain prochaine chaque
    próximo próxima cada prossimo prossima ogni volgende komende elke nästa varje næste hver neste przyszły każdy
    příští každý следующий следующую каждый каждую наступний gelecek her depan lalu अगले
"""

_ACCENTS = re.compile("[\u0300-\u036f]")
_ALIKE = str.maketrans("ıʼ'", "i’’")
_WORD = re.compile(r"[^\W\d_][\w\u0900-\u0963’-]*")
_DATED = re.compile(
    r"[\s,(]{1,3}(?:(?P<day>\d{1,2})\.?(?:st|nd|rd|th)?\s(?:de\s)?(?P<month>[^\W\d_]{3,12})\b"
    r"|(?P<month2>[^\W\d_]{3,12})\.?\s(?P<day2>\d{1,2})\b)"
)
_EASTERN = re.compile("(?:周|週|星期|礼拜|禮拜)([一二三四五六日天])|([月火水木金土日])曜|([월화수목금토일])요일")
_EASTERN_DAYS = {
    sign: n for signs in ("一二三四五六日", "月火水木金土天", "월화수목금토일") for n, sign in enumerate(signs)
}
_OPENING = 600  # characters in which a story says when it happened
_FRESH = timedelta(days=7)  # every weekday lies within a week of a page as new as that
_MOST_YEARS = 8
_YEAR_BEFORE = 0.5  # how likely a story is a year older, compared with one of this year
# The shares of news stories dated on the weekday that they name, a day after it, and so on: counted on 86.
_DAYS_AFTER = (0.55, 0.19, 0.12, 0.07, 0.03, 0.02, 0.02)


class Said(NamedTuple):
    """A weekday that a text names, Monday being 0, with the month and day that it gives to it, or None."""

    weekday: int
    dated: tuple[int, int] | None = None


def fold(word: str) -> str:
    """The word as it is looked up here: lower case, no accents on European letters, no dot at its ends."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFD", word.casefold()))
    return unicodedata.normalize("NFC", plain).translate(_ALIKE).strip(".॰")


def _numbered(tables: Iterable[str], first: int) -> dict[str, int]:
    return {
        fold(form): number
        for names in tables
        for number, forms in enumerate(names.split(), first)
        for form in forms.split("/")
    }


LANGUAGES = tuple(MONTH_NAMES)  # ISO 639; Chinese, Japanese and Korean have their own signs
MONTHS = _numbered(MONTH_NAMES.values(), 1)
WEEKDAYS = _numbered(WEEKDAY_NAMES.values(), 0)
_OTHERS = frozenset(map(fold, _NOT_THIS_WEEK.split()))


def weekdays(text: str) -> Iterator[Said]:
    """The weekdays on which the opening of a text says something happened: "on Friday met", "в пятницу", "金曜日"."""
    opening = fold(text[:_OPENING])
    words = list(_WORD.finditer(opening))
    for before, word, after in zip([None, *words], words, [*words[1:], None], strict=False):
        number = WEEKDAYS.get(word[0])
        if number is not None and not {before and before[0], after and after[0]} & _OTHERS:
            yield Said(number, _dated(opening, word.end()))
    yield from (Said(_EASTERN_DAYS[sign]) for found in _EASTERN.findall(opening) for sign in found if sign)


def _dated(text: str, start: int) -> tuple[int, int] | None:
    """The date right behind a weekday: "Friday, April 28", "vendredi 28 avril"."""
    found = _DATED.match(text, start)
    month = MONTHS.get(found["month"] or found["month2"]) if found else None
    return (month, int(found["day"] or found["day2"])) if found and month else None


def day(year: int, month: int, number: int) -> date | None:
    """That day, or None where the calendar has none."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def likeliest(month: int, number: int, visit: date, text: str, weekday: int | None = None) -> date | None:
    """The date up to the visit that a text without a year means, or None where the calendar has none.

    Each year further back is half as likely, times how often a story is dated as many days after the weekday that it
    names; what the text gives with month and day must agree. `weekday` is one that stands beside the date itself.
    A day of grace is given, since it may be tomorrow already where the story was written.
    """
    years = range(visit.year + 1, visit.year - _MOST_YEARS, -1)
    days = [found for year in years if (found := day(year, month, number)) and found <= visit + timedelta(days=1)]
    if not days or (weekday is None and visit - days[0] <= _FRESH):
        return days[0] if days else None
    said = list(weekdays(text)) if weekday is None else [Said(weekday, (month, number))]
    named = {said_weekday for said_weekday, dated in said if not dated}
    sure = [found for found in days if _agrees(found.year, said)]
    return max(sure or days, key=lambda found: _YEAR_BEFORE ** (visit.year - found.year) * _share(found, named))


def _share(found: date, named: set[int]) -> float:
    return max((_DAYS_AFTER[(found.weekday() - weekday) % 7] for weekday in named), default=1.0)


def _agrees(year: int, said: list[Said]) -> bool:
    """Whether in that year every date that the text gives with its weekday fell on that weekday."""
    dates = ((day(year, *dated), weekday) for weekday, dated in said if dated)
    return all(found is None or found.weekday() == weekday for found, weekday in dates)


def newest_numbered(number: int, visit: date) -> date | None:
    """The newest day with that number in its month up to the visit, with a day of grace, or None."""
    this = visit.year * 12 + visit.month - 1
    days = (day(n // 12, n % 12 + 1, number) for n in range(this + 1, this - 3, -1))
    return next((found for found in days if found and found <= visit + timedelta(days=1)), None)
