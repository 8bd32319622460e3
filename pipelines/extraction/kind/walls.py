"""What a reader meets in place of a story: an error page, a question about cookies, a login, a payment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pipelines import text

LONGEST_CONSENT = (
    4_000  # characters of a whole text; dialogs that list their partners one by one come without them here
)
WORDS_OF_A_NOTICE = 60
WORDS_OF_AN_ERROR = 150  # a text longer than this has something to say, whatever its title
WORDS_OF_A_LOGIN = 100
WORDS_OF_A_HEADING = 12  # a longer one is a sentence about something
FARTHEST_PHRASE = 25  # characters before the phrase in a heading: "Oops! Sorry, "

# What an error page has as its title or heading, or as all of its text.
NOT_FOUND = {
    "en": "page not found|page could not be found|page cannot be found|page can't be found|page can’t be found"
    "|this page doesn't exist|this page doesn’t exist|page does not exist|this page isn't available"
    "|page is no longer available|article not found|story not found|content not found|error 404|404 error"
    "|http 404|oops! that page|sorry, we couldn't find|sorry, this page"
    "|page unavailable|article is no longer available|content is no longer available"
    "|this story is no longer available",
    "de": "seite nicht gefunden|seite wurde nicht gefunden|seite konnte nicht gefunden|diese seite existiert nicht"
    "|seite existiert nicht|artikel nicht gefunden|seite nicht verfügbar|inhalt nicht gefunden"
    "|artikel nicht mehr verfügbar|fehler 404|seite ist nicht mehr verfügbar|inhalt nicht mehr verfügbar",
    "fr": "page non trouvée|page introuvable|cette page n'existe pas|cette page n’existe pas"
    "|la page demandée n'existe|la page demandée est introuvable|article introuvable|erreur 404|contenu introuvable"
    "",
    "es": "página no encontrada|no se encuentra la página|la página no existe|esta página no existe"
    "|contenido no encontrado|no se ha encontrado la página|página no existe|error 404|noticia no encontrada"
    "|no está disponible esta página",
    "it": "pagina non trovata|la pagina non esiste|la pagina richiesta non|pagina inesistente|contenuto non trovato"
    "|articolo non trovato|errore 404|questa pagina non esiste",
    "pt": "página não encontrada|a página não existe|esta página não existe|conteúdo não encontrado|erro 404"
    "|notícia não encontrada|página não foi encontrada|página inexistente",
    "nl": "pagina niet gevonden|deze pagina bestaat niet|pagina bestaat niet|artikel niet gevonden|fout 404",
    "sv": "sidan hittades inte|sidan kunde inte hittas|sidan finns inte|artikeln finns inte|hittade inte sidan"
    "|sidan du söker",
    "da": "siden blev ikke fundet|siden findes ikke|siden kunne ikke findes|siden ikke fundet|fejl 404",
    "nb": "siden ble ikke funnet|siden finnes ikke|fant ikke siden|finner ikke siden|siden eksisterer ikke|feil 404",
    "fi": "sivua ei löytynyt|sivua ei löydy|hakemaasi sivua|etsimääsi sivua|virhe 404",
    "pl": "strona nie istnieje|nie znaleziono strony|strony nie znaleziono|strona nie została znaleziona|błąd 404"
    "|artykuł nie istnieje|podana strona nie istnieje",
    "cs": "stránka nenalezena|stránka nebyla nalezena|stránka neexistuje|stránku se nepodařilo|chyba 404"
    "|článek nenalezen",
    "ru": "страница не найдена|страница не существует|страницы не существует|такой страницы нет|ошибка 404"
    "|материал не найден|статья не найдена|запрашиваемая страница",
    "uk": "сторінку не знайдено|сторінка не знайдена|сторінка не існує|такої сторінки не існує|помилка 404"
    "|сторінки не знайдено",
    "tr": "sayfa bulunamadı|aradığınız sayfa|böyle bir sayfa yok|sayfa mevcut değil|404 hatası|haber bulunamadı"
    "|içerik bulunamadı",
    "id": "halaman tidak ditemukan|halaman yang anda cari|artikel tidak ditemukan|halaman tidak tersedia",
    "hi": "पेज नहीं मिला|पृष्ठ नहीं मिला|पन्ना नहीं मिला",
    "zh": "页面不存在|頁面不存在|找不到页面|找不到頁面|页面未找到|無法找到|无法找到该页"
    "|文章不存在|内容不存在|您访问的页面",
    "ja": "ページが見つかりません|ページは見つかりません|ページは存在しません|お探しのページ"
    "|記事が見つかりません|ページが存在しません",
    "ko": "페이지를 찾을 수 없습니다|존재하지 않는 페이지|기사를 찾을 수 없습니다",
    "ar": "الصفحة غير موجودة|لم يتم العثور على الصفحة",
}
# Headings of error pages only if nothing else stands in them: "Missing hiker not found" is a story.
NOT_FOUND_ALONE = frozenset(["not found", "nothing found", "oops", "error", "404 not found"])
# What a paragraph says that asks for consent. A paragraph with one of them is one of a wall, if little else is there.
CONSENT = {
    "en": "we value your privacy|we and our|use cookies|uses cookies|accept all|your consent|cookie policy"
    "|manage your choices|manage preferences|privacy preferences|legitimate interest|store and/or access information"
    "|personalised ads|personalized ads|withdraw your consent|cookie settings|before you continue",
    "de": "wir verwenden cookies|wir und unsere|cookies und ähnliche|einwilligung|alle akzeptieren"
    "|berechtigtes interesse|mit werbung weiterlesen|weiter mit werbung|datenschutzeinstellungen"
    "|werbung und tracking|zustimmen und weiter|personalisierte anzeigen|auf einem gerät speichern",
    "fr": "nous utilisons des cookies|nos partenaires|votre consentement|tout accepter|continuer sans accepter"
    "|intérêt légitime|politique de cookies|des traceurs|publicités personnalisées|respectons votre vie privée"
    "|gérer mes choix|paramétrer les cookies",
    "es": "utilizamos cookies|usamos cookies|nuestros socios|su consentimiento|tu consentimiento|aceptar todo"
    "|aceptar y continuar|política de cookies|interés legítimo|rechazar y suscribirse|publicidad personalizada",
    "it": "utilizziamo i cookie|utilizziamo cookie|nostri partner|tuo consenso|il consenso|accetta tutto"
    "|accetta e continua|informativa sui cookie|legittimo interesse|rifiuta e abbonati|annunci personalizzati",
    "pt": "utilizamos cookies|usamos cookies|nossos parceiros|seu consentimento|aceitar todos|aceitar tudo"
    "|política de cookies|interesse legítimo|anúncios personalizados",
    "nl": "gebruiken cookies|gebruikt cookies|onze partners|toestemming|alles accepteren|cookiebeleid"
    "|cookie-instellingen|gerechtvaardigd belang|gepersonaliseerde advertenties",
    "sv": "använder cookies|använder kakor|våra partner|ditt samtycke|godkänn alla|acceptera alla|berättigat intresse",
    "da": "bruger cookies|vores partnere|dit samtykke|accepter alle|tillad alle|legitim interesse|cookiepolitik",
    "nb": "bruker cookies|bruker informasjonskapsler|våre partnere|ditt samtykke|godta alle|berettiget interesse",
    "fi": "käytämme evästeitä|kumppanimme|suostumus|hyväksy kaikki|evästeasetukset|oikeutettu etu",
    "pl": "plików cookie|pliki cookie|nasi partnerzy|naszych partnerów|twoja zgoda|wyrażam zgodę|zaakceptuj wszystko"
    "|akceptuję|przejdź do serwisu|uzasadniony interes",
    "cs": "soubory cookie|používáme cookies|naši partneři|váš souhlas|přijmout vše|souhlasím|oprávněný zájem",
    "ru": "использует файлы cookie|используем файлы cookie|файлы cookie|наши партнеры|ваше согласие|принять все",
    "uk": "використовує файли cookie|використовуємо файли cookie|наші партнери|вашу згоду|прийняти всі",
    "tr": "çerez kullan|çerezleri|çerez politikası|iş ortaklarımız|onayınız|tümünü kabul et|meşru menfaat",
    "id": "menggunakan cookie|mitra kami|persetujuan anda|terima semua|kebijakan cookie",
    "hi": "कुकीज़ का उपयोग|कुकी का उपयोग|सभी स्वीकार करें",
    "zh": "使用cookie|使用 cookie|接受所有|全部接受|隐私偏好|隱私偏好|您的同意",
    "ja": "クッキーを使用|cookieを使用|すべて同意|すべて許可|すべて受け入れる|同意する",
}
LOGIN = {
    "en": "log in to continue|log in to read|log in to view|sign in to continue|sign in to read|sign in to view"
    "|please log in|please sign in|you must be logged in|you need to log in|you need to be logged in|login required"
    "|sign in to your account|log in to your account|create a free account to|register to continue"
    "|register for free to",
    "de": "bitte melden sie sich an|bitte anmelden|bitte einloggen|melden sie sich an, um|sie müssen angemeldet sein"
    "|jetzt anmelden, um|bitte loggen sie sich|registrieren sie sich kostenlos",
    "fr": "connectez-vous pour|veuillez vous connecter|vous devez être connecté|identifiez-vous pour"
    "|créez un compte gratuit",
    "es": "inicia sesión para|inicie sesión para|debes iniciar sesión|debe iniciar sesión|regístrate para"
    "|regístrese para",
    "it": "accedi per|effettua il login|devi effettuare l'accesso|registrati per continuare|accedi o registrati",
    "pt": "faça login para|faça o login|você precisa estar logado|inicie sessão para|cadastre-se para continuar",
    "nl": "log in om|je moet ingelogd zijn|u moet ingelogd zijn|maak een gratis account|inloggen om verder",
    "sv": "logga in för att|du måste vara inloggad|skapa ett konto för att",
    "da": "log ind for at|du skal være logget ind|opret en gratis profil",
    "nb": "logg inn for å|du må være logget inn|du må logge inn",
    "fi": "kirjaudu sisään|sinun on kirjauduttava|luo tunnus",
    "pl": "zaloguj się, aby|zaloguj się aby|musisz być zalogowany|wymagane logowanie",
    "cs": "přihlaste se|musíte být přihlášeni|pro pokračování se přihlaste",
    "ru": "войдите, чтобы|авторизуйтесь|необходимо войти|необходимо авторизоваться|пожалуйста, войдите",
    "uk": "увійдіть, щоб|авторизуйтесь|необхідно увійти|будь ласка, увійдіть",
    "tr": "giriş yapın|giriş yapmalısınız|oturum açın|devam etmek için giriş",
    "id": "silakan masuk|silakan login|masuk untuk melanjutkan|login untuk",
    "hi": "लॉग इन करें|साइन इन करें",
    "zh": "请登录|請登入|請先登入|请先登录|登录后|登入後",
    "ja": "ログインしてください|ログインが必要|会員登録が必要|ログインして続き",
}
SUBSCRIBE = {
    "en": "subscribe to continue reading|subscribe to read|subscribe to continue|to continue reading, subscribe"
    "|already a subscriber|subscribe now to|this article is for subscribers|for subscribers only|subscriber-only"
    "|subscribers only|to read the full story|to keep reading|become a subscriber to|this content is for members"
    "|to read the full article|exclusive to subscribers|start your subscription|unlock this article"
    "|continue reading your article",
    "de": "weiterlesen mit|jetzt abonnieren|bereits abonnent|sie sind bereits abonnent"
    "|exklusiv für abonnenten|nur für abonnenten|jetzt weiterlesen|um diesen artikel zu lesen|artikel freischalten"
    "|jetzt testen und weiterlesen",
    "fr": "réservé aux abonnés|réservé à nos abonnés|la suite est réservée|pour lire la suite"
    "|abonnez-vous pour|déjà abonné|article réservé|lire la suite de cet article",
    "es": "suscríbete para|suscríbase para|solo para suscriptores|exclusivo para suscriptores"
    "|ya eres suscriptor|para seguir leyendo|para continuar leyendo|sigue leyendo con",
    "it": "abbonati per|riservato agli abbonati|contenuto riservato|sei già abbonato|per continuare a leggere"
    "|continua a leggere con|articolo riservato",
    "pt": "assine para|exclusivo para assinantes|já é assinante|para continuar lendo"
    "|para continuar a ler|só para assinantes|artigo exclusivo",
    "nl": "alleen voor abonnees|exclusief voor abonnees|lees verder met|abonneer je om|al abonnee|om verder te lezen"
    "|word abonnee",
    "sv": "endast för prenumeranter|bara för prenumeranter|bli prenumerant|redan prenumerant|för att läsa vidare"
    "|köp prenumeration",
    "da": "kun for abonnenter|allerede abonnent|bliv abonnent|få adgang til hele artiklen|for at læse videre",
    "nb": "kun for abonnenter|bli abonnent|allerede abonnent|kjøp abonnement|for å lese videre|saken er for abonnenter",
    "fi": "vain tilaajille|tilaajille rajattu|lue koko juttu|tilaa ja lue|jo tilaaja|jatka lukemista|osta tilaus",
    "pl": "tylko dla subskrybentów|tylko dla prenumeratorów|wykup dostęp|dalsza część artykułu|dostęp do artykułu"
    "|masz już subskrypcję|aby czytać dalej|kup prenumeratę",
    "cs": "pouze pro předplatitele|jen pro předplatitele|předplaťte si|máte předplatné|odemknout článek"
    "|zbývá vám přečíst",
    "ru": "только для подписчиков|оформите подписку|чтобы читать дальше|доступно по подписке|уже подписаны",
    "uk": "лише для передплатників|тільки для передплатників|оформіть передплату|щоб читати далі"
    "|доступно за передплатою",
    "tr": "abone ol|sadece aboneler|abonelere özel|okumaya devam etmek için",
    "id": "berlangganan untuk|khusus pelanggan|untuk melanjutkan membaca|sudah berlangganan",
    "hi": "सब्सक्राइब करें|पूरा पढ़ने के लिए|सदस्यता लें",
    "zh": "订阅后|訂閱後|仅限订阅|訂戶專享|付费阅读|付費閱讀|会员专享|會員專屬|剩余内容",
    "ja": "有料会員|会員限定|この記事は有料|続きを読むには|有料記事",
}


Phrases = tuple[str, ...]


def _phrases(table: Mapping[str, str]) -> Phrases:
    return tuple("|".join(table.values()).split("|"))


_NOT_FOUND, _CONSENT, _LOGIN, _SUBSCRIBE = map(_phrases, (NOT_FOUND, CONSENT, LOGIN, SUBSCRIBE))
_SITE_NAME = re.compile(r" [|–—-] .*")
_NUMBER_404 = re.compile(r"\W*(?:error |fehler |erreur )?404\s*(?:$|[|:–—-]|error|not|page)", re.IGNORECASE)


def _said(phrases: Phrases, lowered: str) -> list[str]:
    """Those of the phrases that occur in a text in lower case; a search for each takes less than one for all."""
    return [phrase for phrase in phrases if phrase in lowered]


def not_found(headings: Iterable[str], body: str, words: int) -> bool:
    """A page that says it is not there, in its title or first heading, or in the few words that it has."""
    if words >= WORDS_OF_AN_ERROR:
        return False
    said = any(_NUMBER_404.match(heading[:200]) or _is_not_found(heading[:200].lower()) for heading in headings)
    return said or (words < WORDS_OF_A_NOTICE and bool(_said(_NOT_FOUND, body[:1000].lower())))


def _is_not_found(heading: str) -> bool:
    """Whether a heading is one of the phrases and little else: "Page not found | The Daily", not a story about it."""
    if _SITE_NAME.sub("", heading).strip(" !.") in NOT_FOUND_ALONE:
        return True
    first = min((heading.find(phrase) for phrase in _said(_NOT_FOUND, heading)), default=-1)
    return 0 <= first < FARTHEST_PHRASE and len(text.words(heading)) < WORDS_OF_A_HEADING


def asks_consent(body: str) -> bool:
    """A text of which more than half are paragraphs that ask for consent to cookies, tracking or advertising."""
    if len(body) > LONGEST_CONSENT:
        return False
    lowered = body.lower()
    said = _said(_CONSENT, lowered)
    if len(said) < 2:
        return False
    asking = sum(len(line) for line in lowered.split("\n") if any(phrase in line for phrase in said))
    return asking * 2 > len(body)


def asks_login(headings: Iterable[str], body: str, words: int) -> bool:
    """A short text, or none, that asks its reader to log in."""
    if words >= WORDS_OF_A_LOGIN:
        return False
    return any(
        _said(_LOGIN, said.lower()) for said in (body[:LONGEST_CONSENT], *(heading[:200] for heading in headings))
    )


def asks_subscription(said: str) -> bool:
    """Whether these words, of which the first few thousand are read, ask to subscribe in order to read on."""
    return bool(_said(_SUBSCRIBE, said[:LONGEST_CONSENT].lower()))
