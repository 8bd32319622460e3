"""What a dateline's place may be: words that stand there and name none, and cities known well enough to stand alone."""

from __future__ import annotations

from pipelines.news.calendars import fold

# Words that head paragraphs of another kind ("Photo", "Eilmeldung"), in the languages of the press.
_NO_PLACES = """
    update updated updates breaking exclusive exclusives watch video videos photo photos picture pictures image
    images gallery opinion analysis review reviews interview live news newsflash sports file warning spoiler
    spoilers note notes correction corrections editorial editor comment commentary report reporter reporters
    special explainer explained factbox timeline urgent alert flash summary highlights preview recap podcast
    poll quiz obituary column letter letters profile feature features story stories source sources published
    posted modified related read more click question answer caption credit advertisement sponsored disclaimer
    figure table part chapter section page step tip tips week season episode game round press release immediate
    contact media date time location venue event events edition copyright author authors written writer tags
    topics category key-points overview introduction background eilmeldung exklusiv bericht meldung liveticker
    ticker kommentar analyse hinweis anzeige foto fotos bild bilder quelle stand aktualisiert datum autor
    autorin redaktion lesezeit teil folge urteil nachrichten wetter fussball actualite exclusif info infos mise
    entretien tribune direct publie actualizado exclusiva ultima ultimas noticia noticias redaccion fuente
    entrevista analisis atualizado exclusivo publicado reportagem redacao aggiornamento esclusiva fonte
    intervista redazione bron bijgewerkt kalla uppdaterad kilde opdateret oppdatert zdroj zrodlo aktualizacja
    обновлено фото видео источник автор эксклюзив срочно мнение внимание опубликовано новости анализ dakika
    guncelleme fotograf kaynak juga sumber oleh penulis वीडियो फोटो अपडेट ब्रेकिंग खबर न्यूज समाचार
"""
# No place begins with one of these: "By John Smith", "Von dpa".
_NO_BEGINNINGS = """
    by from why how what who when where this that these my our your we you he she it they in on at for with if
    but and or not no yes top best old last via von vom mit par avec por con di da door av od от из
"""
# Cities that agencies and papers print without a country. Such a one may stand in capitals before a colon, have a name
# as short as initials are, or do without a comma before its date.
_KNOWN = """
    Abu Dhabi; Abuja; Accra; Addis Ababa; Ahmedabad; Alger; Algiers; Almaty; Amman; Amsterdam; Ankara; Antalya;
    Asunción; Astana; Athens; Athen; Atlanta; Auckland; Baghdad; Baku; Bamako; Bangkok; Bandung; Barcelona;
    Basel; Beijing; Beirut; Belfast; Belgrade; Bengaluru; Bangalore; Berlin; Bern; Bhopal; Bhubaneswar; Bogotá;
    Bologna; Bonn; Boston; Brasília; Bratislava; Brussels; Brussel; Brüssel; Bruxelles; Bucharest; Budapest;
    Buenos Aires; Cairo; Canberra; Cape Town; Caracas; Chandigarh; Chennai; Chicago; Chişinău; Colombo;
    Copenhagen; København; Dakar; Dallas; Damascus; Dehradun; Delhi; Den Haag; Denver; Detroit; Dhaka; Doha;
    Dubai; Dublin; Düsseldorf; Edinburgh; Firenze; Frankfurt; Gaza; Gaza City; Genève; Geneva; Genf; Genova;
    Glasgow; Göteborg; Guatemala; Guwahati; Hamburg; Hannover; Hanoi; Harare; Havana; Helsinki; Hong Kong;
    Honolulu; Houston; Hyderabad; Imphal; Islamabad; Istanbul; Izmir; Jaipur; Jakarta; Jammu; Jerusalem;
    Johannesburg; Johor Baru; Kabul; Kampala; Karachi; Kathmandu; Khartoum; Kigali; Kochi; Kolkata;
    Kota Kinabalu; Kuala Lumpur; Kuching; Kuwait; Kyiv; Kiev; Köln; La Paz; La Habana; Lagos; Lahore; Las Vegas;
    Lausanne; Leipzig; Lille; Lima; Lisboa; Lisbon; London; Londres; Los Angeles; Lucknow; Luxembourg; Lyon;
    Madrid; Mainz; Managua; Manila; Marseille; Mecca; Melbourne; Mexico City; Miami; Milan; Milano; Minneapolis;
    Minsk; Montevideo; Montreal; Montréal; Moscow; Moskau; Mumbai; Munich; München; Muscat; México; Nagpur;
    Nairobi; Napoli; Nashville; New Delhi; New Orleans; New York; Nice; Nicosia; Oslo; Ottawa; Palermo;
    Panama City; Panaji; Paris; Patna; Peking; Penang; Perth; Peshawar; Petaling Jaya; Philadelphia; Phnom Penh;
    Phoenix; Pittsburgh; Port Moresby; Prague; Praha; Pretoria; Pune; Putrajaya; Pyongyang; Quetta; Quito;
    Rabat; Raipur; Ranchi; Rawalpindi; Riga; Rio de Janeiro; Riyadh; Roma; Rome; Rotterdam; Salt Lake City;
    San Diego; San Francisco; San José; San Juan; San Salvador; Sanaa; Santiago; Santo Domingo; Sarajevo;
    Seattle; Seoul; Shah Alam; Shanghai; Shillong; Shimla; Singapore; Skopje; Sofia; Srinagar; St. Louis;
    Stockholm; Strasbourg; Stuttgart; Surabaya; Sydney; São Paulo; Taipei; Tallinn; Tashkent; Tbilisi; Tehran;
    Tel Aviv; The Hague; Thiruvananthapuram; Tirana; Tokyo; Torino; Toronto; Toulouse; Tripoli; Tunis;
    Ulaanbaatar; United Nations; Utrecht; Valencia; Varanasi; Vatican City; Venezia; Vienna; Vijayawada;
    Vilnius; Warsaw; Warszawa; Washington; Wellington; Wien; Yangon; Yerevan; Zagreb; Zürich; İstanbul; İzmir;
    Москва; Санкт-Петербург; Петербург; Киев; Київ; Минск; Баку; Ереван; Астана; Ташкент; Тбилиси; Лондон;
    Париж; Берлин; Вашингтон; Нью-Йорк; Пекин; Токио; Львів; Одеса; Харків; Брюссель; Варшава; Женева;
    नई दिल्ली; नयी दिल्ली; दिल्ली; मुंबई; लखनऊ; पटना; भोपाल; जयपुर; रांची; रायपुर; देहरादून; कोलकाता; चंडीगढ़;
    वाराणसी; श्रीनगर; इस्लामाबाद; वॉशिंगटन; वाशिंगटन; लंदन
"""
_WORDS = frozenset(fold(word) for word in _NO_PLACES.split())
_BEGINNINGS = frozenset(_NO_BEGINNINGS.split())
_CITIES = frozenset(fold(" ".join(name.split())) for name in _KNOWN.split(";"))


def is_known(place: str) -> bool:
    """Whether the city, or the first of two, is one that needs no country beside it."""
    return fold(place.partition("/")[0]) in _CITIES


def may_be(place: str) -> bool:
    """Whether nothing in it says that it heads a paragraph of another kind."""
    words = [fold(word) for word in place.replace("/", " ").split()]
    return words[0] not in _BEGINNINGS and _WORDS.isdisjoint(words)
