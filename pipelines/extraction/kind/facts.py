"""What can be counted on a page to tell a story from a shop, a forum or a list: its address, types, classes, lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote, urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipelines import text
from pipelines.extraction.page import ARTICLE_TYPES, Page, types

MOST_LINES = 2_000
MOST_CHARACTERS = 200_000  # of the text
MOST_ELEMENTS = 20_000  # what a long page has; a page with more shows its kind in these
MOST_CLASS = 200  # characters of one class attribute
COUNTED = frozenset({"a", "article", "button", "figure", "form", "h1", "h2", "h3", "h4", "iframe", "time", "video"})
PROSE = 25  # words; a shorter line is more often a label, a caption or a list item than a paragraph
STORY_TYPES = ARTICLE_TYPES - {"CreativeWork"} | {"Recipe", "Review"}
DATED = (
    "article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "dcterms.date", "pubdate",
    "publishdate", "publish-date", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
)  # fmt: skip
AUTHORED = ("author", "article:author", "byl", "dc.creator", "dcterms.creator", "parsely-author")
PRICED = ("product:price:amount", "og:price:amount", "price")
# Parts of class names by what they are put on.
CLASS_FAMILIES = {
    "cart": ("add-to-cart", "add_to_cart", "addtocart", "add-to-bag", "add-to-basket", "addtobasket"),
    "price": ("price",),
    "live": ("liveblog", "live-blog", "live_blog", "liveticker", "live-ticker"),
    "byline": ("byline", "author"),
    "date": (
        "datum",
        "posted",
        "publish",
        "timestamp",
        "fecha",
        "post-date",
        "post_date",
        "entry-date",
        "article-date",
    ),
}
CALLS = {  # what a business asks of its visitors, on a button or a link of its own
    "en": "get started|get a quote|request a quote|request a demo|book a demo|get a demo|request info|learn more"
    "|apply now|book now|contact us|contact sales|call us|free quote|free trial|free estimate|enroll now"
    "|register now|sign up|shop now|buy now|order now|pricing|our services|schedule|start free|request service"
    "|request appointment|make an appointment",
    "de": "jetzt anfragen|angebot anfordern|termin vereinbaren|jetzt buchen|jetzt kaufen|mehr erfahren"
    "|kontaktieren sie uns|kostenlos testen|jetzt bestellen|unsere leistungen",
    "fr": "demander un devis|devis gratuit|contactez-nous|prendre rendez-vous|en savoir plus|réserver|acheter"
    "|nos services|essai gratuit|commander",
    "es": "solicitar presupuesto|pide presupuesto|contáctanos|reservar|comprar ahora|más información|prueba gratis"
    "|nuestros servicios|solicita información",
    "it": "richiedi un preventivo|contattaci|prenota ora|acquista ora|scopri di più|prova gratis|i nostri servizi",
    "pt": "solicitar orçamento|peça um orçamento|fale conosco|contacte-nos|reservar|comprar agora|saiba mais"
    "|teste grátis",
    "nl": "offerte aanvragen|neem contact op|afspraak maken|boek nu|meer informatie|gratis proberen|onze diensten"
    "|bestel nu",
    "sv": "begär offert|kontakta oss|boka nu|läs mer om tjänsten|prova gratis|våra tjänster|köp nu",
    "da": "få et tilbud|kontakt os|book nu|prøv gratis|vores ydelser|køb nu",
    "nb": "få et tilbud|kontakt oss|bestill nå|prøv gratis|våre tjenester|kjøp nå",
    "fi": "pyydä tarjous|ota yhteyttä|varaa aika|osta nyt|palvelumme|kokeile ilmaiseksi",
    "pl": "zamów wycenę|skontaktuj się|umów wizytę|kup teraz|wypróbuj za darmo|nasze usługi|dowiedz się więcej",
    "cs": "nezávazná poptávka|kontaktujte nás|objednat|koupit|naše služby|vyzkoušet zdarma",
    "ru": "оставить заявку|заказать звонок|связаться с нами|купить|записаться|наши услуги|попробовать бесплатно",
    "uk": "залишити заявку|замовити дзвінок|зв'язатися з нами|купити|записатися|наші послуги",
    "tr": "teklif al|teklif iste|bize ulaşın|hemen al|randevu al|ücretsiz dene|hizmetlerimiz",
    "id": "hubungi kami|minta penawaran|pesan sekarang|beli sekarang|coba gratis|layanan kami",
    "hi": "संपर्क करें|अभी खरीदें|अभी बुक करें",
    "zh": "联系我们|聯絡我們|立即购买|立即購買|免费试用|免費試用|我们的服务|立即预约",
    "ja": "お問い合わせ|資料請求|今すぐ購入|無料体験|お申し込み|見積もり",
}
_CALLS = frozenset("|".join(CALLS.values()).split("|"))
LONGEST_CALL = 40  # characters; what is longer is a sentence
PRICE = re.compile(r"[$€£¥₹]\s?\d|\d\s?(?:[€₽]|EUR\b|USD\b|kr\b|zł|Kč|руб)")
_CLASSES = XPath("//@class", smart_strings=False)
_ITEM_TYPES = XPath("//@itemtype", smart_strings=False)
_SITE_NAME = re.compile(r" [|–—-] .*")
_SUFFIX = re.compile(r"\.(?:html?|php|aspx?|jsp|shtml)$")
_WORDS = re.compile(r"[-_+ .~,]+")


@dataclass(frozen=True, slots=True)
class Facts:
    """What was counted. Word counts are those of the cleaned text, line by line."""

    path: tuple[str, ...]  # the segments of the URL's path, decoded, in lower case, without .html and the like
    host: str
    query: str
    types: frozenset[str]  # of all JSON-LD objects
    story: frozenset[str]  # of the JSON-LD object of the story
    stories: int  # JSON-LD objects of stories
    items: frozenset[str]  # microdata types, where there is no JSON-LD object of a story
    og: str
    marks: str  # the classes of the html and body elements, each with a space on both sides
    generator: str
    dated: bool
    authored: bool
    priced: bool
    site_is_title: bool
    tags: Mapping[str, int]
    classes: Mapping[str, int]
    calls: int
    headlines: int  # headings that are links
    listed: int  # those of them whose words are in the text
    words: int
    prose: int  # words in lines of at least PROSE words
    lines: int
    labels: int  # lines of fewer than eight words
    prices: int
    title: tuple[str, ...]  # its words, folded, up to what separates it from the site's name

    @property
    def slug(self) -> tuple[str, ...]:
        """The words of the path's last segment; numbers and single characters are none."""
        last = self.path[-1] if self.path else ""
        return tuple(word for word in _WORDS.split(last) if len(word) > 1 and not word.isdigit())


def gather(page: Page, title: str | None, body: str) -> Facts:
    """Count on a page what `kinds` judges it by. `body` is its cleaned text, a paragraph a line."""
    address, body = urlsplit(page.url), body[:MOST_CHARACTERS]
    headings, calls, tags = _elements(page.elements)
    lengths = _lengths(body)
    own_title, site = page.said("og:title"), page.said("og:site_name")
    kinds_of_things = [types(thing) for thing in page.things]
    return Facts(
        path=tuple(_SUFFIX.sub("", part) for part in unquote(address.path[:1000]).lower().split("/") if part),
        host=(address.hostname or "").removeprefix("www."),
        query=address.query[:200].lower(),
        types=frozenset().union(*kinds_of_things),
        story=types(page.story) & STORY_TYPES,
        stories=sum(bool(kind & STORY_TYPES) for kind in kinds_of_things),
        items=_items(page),
        og=(page.said("og:type") or "").lower(),
        marks=_marks(page.tree),
        generator=(page.said("generator") or "")[:200].lower(),
        dated=page.said(*DATED) is not None or "datePublished" in page.story,
        authored=page.said(*AUTHORED) is not None or bool(page.story.get("author")),
        priced=page.said(*PRICED) is not None,
        site_is_title=own_title is not None and own_title == site,
        tags=tags,
        classes=_classes(page.tree),
        calls=calls,
        headlines=len(headings),
        listed=sum(heading in body for heading in headings),
        words=sum(lengths),
        prose=sum(length for length in lengths if length >= PROSE),
        lines=len(lengths),
        labels=sum(length < 8 for length in lengths),
        title=tuple(word.casefold() for word in text.words(_SITE_NAME.sub("", (title or "")[:500]))),
        prices=sum(1 for _ in islice(PRICE.finditer(body[:20_000]), 500)),
    )


def _items(page: Page) -> frozenset[str]:
    if page.story:
        return frozenset()
    return frozenset(kind.rstrip("/").rsplit("/", 1)[-1] for kind in _ITEM_TYPES(page.tree)[:MOST_ELEMENTS])


def _lengths(body: str) -> list[int]:
    """The words of each line."""
    return [len(text.words(line)) for line in body.split("\n", MOST_LINES)[:MOST_LINES]] if body else []


def _marks(tree: HtmlElement) -> str:
    body = tree.find("body")
    said = [tree.get("class"), body.get("class") if body is not None else None]
    return f" {' '.join(' '.join(mark[:4000] for mark in said if mark).lower().split())} "


def _elements(elements: Iterable[HtmlElement]) -> tuple[set[str], int, Counter[str]]:
    """The headings that are links, how many links and buttons call to buy or book, and the count of each tag."""
    headings: set[str] = set()
    calls = 0
    tags: Counter[str] = Counter()
    for element in islice((element for element in elements if element.tag in COUNTED), MOST_ELEMENTS):
        tag = element.tag
        tags[tag] += 1
        if tag in ("a", "button"):
            calls += _is_call(element)
        elif tag in ("h2", "h3", "h4") and len(headings) < 100:
            headings.update(_linked(element))
    return headings, calls, tags


def _is_call(element: HtmlElement) -> bool:
    said = element.text
    if (not said or said.isspace()) and len(element):
        said = element[0].text
    return said is not None and len(said) <= LONGEST_CALL and said.strip(" \n\t\r→»›>!.").lower() in _CALLS


def _linked(heading: HtmlElement) -> Iterator[str]:
    """The words of a heading that is a link or holds one, if they are enough for a headline."""
    parent = heading.getparent()
    if next(heading.iter("a"), None) is not None or (parent is not None and parent.tag == "a"):
        words = " ".join(" ".join(islice(_texts(heading), 10)).split())[:300]
        if words.count(" ") > 1 or len(words) > 20:
            yield words


def _texts(element: HtmlElement) -> Iterator[str]:
    return (said for said in islice(element.itertext(), 20) if not said.isspace())


def _classes(tree: HtmlElement) -> Counter[str]:
    """How many elements have a class of each family."""
    attributes = Counter(_CLASSES(tree)[:MOST_ELEMENTS])
    lowered = [(attribute[:MOST_CLASS].lower(), count) for attribute, count in attributes.items()]
    all_of_them = "\n".join(attribute for attribute, _ in lowered)
    found: Counter[str] = Counter()
    for family, parts in CLASS_FAMILIES.items():
        for part in parts:
            if part in all_of_them:
                found[family] += sum(count for attribute, count in lowered if part in attribute)
    return found
