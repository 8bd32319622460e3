"""The signs by which a story is told from a shop, a forum, a list or a service, and how much each weighs.

The points were set by hand, after how often each sign is seen on stories and on other pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from pipelines.extraction.kind.facts import Facts

Leaning = Literal["story", "product", "forum", "list", "service"]
WORDS_A_HEADLINE = 60  # a text that holds a headline for every so many words is a list


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that speaks for a kind of page, or with negative points against it."""

    kind: Leaning
    points: float
    name: str
    seen: Callable[[Facts], bool]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Segments of an address, by what stands below them.
STORY_PATHS = _set(
    """blog blogs blog-posts news article articles story stories post posts insights newsroom magazine press features
    column columns opinion press-release press-releases news-release resources guides guide learn review reviews
    recipe nachrichten artikel magazin aktuelles aktuell actualites actualite noticias noticia notizie nieuws
    nyheter nyheder uutiset aktualnosci haber haberler berita novosti"""
)
SHOP_PATHS = _set(
    """product products shop store p dp ip pr pd item items sku buy cart collections c catalog catalogue produkt
    produkte produit produits producto productos prodotto prodotti producten tienda boutique loja negozio winkel butik
    sklep obchod urun tovar"""
)
LIST_PATHS = _set(
    """category categories tag tags topic topics author authors archive archives search hub hubs section browse list
    lists chart page kategorie kategorien rubrik schlagwort thema themen autor rubrique etiquette auteur categoria
    etiqueta tema temas argomento onderwerp kategori emne tagi kategoria stitek"""
)
FORUM_PATHS = _set(
    """forum forums thread threads viewtopic showthread viewthread forumdisplay discussion discussions questions board
    boards community foro foros fora"""
)
SERVICE_WORDS = _set(
    """service services solution solutions pricing about contact careers career jobs job platform software program
    programs course courses training certificate certificates certification locations location coupons quote
    products testimonials faq industries rental insurance package packages leistungen dienstleistungen kontakt
    preise servicios contacto servizi contatti servicos diensten tjanster tjenester palvelut uslugi sluzby"""
)
# Words in the titles of guides, reviews and explanations; those of one meaning in many languages together.
GUIDE_WORDS = _set(
    """how what why when which who guide tips best top ways things vs versus review reasons steps ideas explained wie
    warum wann welche welcher ratgeber tipps beste besten anleitung comment pourquoi quel quelle quels conseils
    meilleur meilleurs meilleures cómo qué cuál cuáles guía consejos mejores come perché quale guida consigli
    migliori como quais guia dicas melhores hoe wat waarom welke gids beste hur vad varför bästa hvordan hvad hva
    hvorfor bedste miten mitä miksi parhaat jak co dlaczego poradnik najlepsze proč návod nejlepší как что почему
    лучшие советы як що чому найкращі поради nasıl nedir neden rehberi cara apa mengapa panduan tips terbaik कैसे
    क्या क्यों"""
)
PRODUCT_TYPES = _set("Product ProductGroup IndividualProduct ProductModel")
FORUM_TYPES = _set("DiscussionForumPosting QAPage")
LIST_TYPES = _set("CollectionPage SearchResultsPage ProfilePage")
SERVICE_TYPES = _set(
    """Service Course CourseInstance ProfessionalService JobPosting Event SoftwareApplication WebApplication
    FinancialService FinancialProduct AboutPage ContactPage HomeAndConstructionBusiness MovingCompany"""
)
NEWS_TYPES = _set(
    """NewsArticle AnalysisNewsArticle BackgroundNewsArticle OpinionNewsArticle ReportageNewsArticle ReviewNewsArticle
    BlogPosting LiveBlogPosting"""
)
FORUM_SOFTWARE = ("discourse", "xenforo", "vbulletin", "phpbb", "mybb", "invision", "vanilla", "flarum", "nodebb",
                  "smf")  # fmt: skip
FORUM_MARKS = (" ipsapp", "section-viewtopic", " question-page", " page-topic", " bbpress", "section-discussion")
SHOP_MARKS = ("single-product", "product-template", " page-product", "template-product", "type-product")
LIST_MARKS = (" archive ", " category ", " tag ", " author ", " search ", "path-taxonomy", "path-frontpage",
              "-collection ", "page-category", "tag-template", "author-template", "home-template")  # fmt: skip
STORY_MARKS = ("single-post", "post-template", "hs-blog-post", "template-article", "node-type-article",
               "node-type-blog", "node-type-news", "node-type-story")  # fmt: skip
NUMBER = re.compile(r"\d{3}")
STORY_NUMBER = re.compile(r"\d{5}")
DATE_IN_PATH = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2])(?:[/-]|$)")
THREAD = re.compile(
    r"/t/[^/]+/\d|/topic/\d|/threads?[-/][^/]*\d|/(?:showthread|viewtopic)\b|/questions/\d|\?(?:topic|tid)=\d"
)


def path(facts: Facts) -> str:
    """The path of the address in lower case, without the suffixes of files."""
    return "/" + "/".join(facts.path)


def _marked(facts: Facts, marks: Iterable[str]) -> bool:
    return any(mark in facts.marks for mark in marks)


def _bare(facts: Facts) -> bool:
    return not (facts.dated or facts.authored or facts.story or facts.tags["time"])


def _headings(facts: Facts) -> int:
    """Headings that are no links: those of related stories and of menus are."""
    return facts.tags["h1"] + facts.tags["h2"] + facts.tags["h3"] + facts.tags["h4"] - facts.headlines


SIGNS: tuple[Sign, ...] = (
    Sign("story", 4, "schema.org news article or blog posting", lambda f: bool(f.story & NEWS_TYPES)),
    Sign("story", 3, "schema.org article", lambda f: bool(f.story) and not f.story & NEWS_TYPES),
    Sign("story", 2, "microdata article", lambda f: not f.items.isdisjoint(NEWS_TYPES | {"Article"})),
    Sign("story", 1, "og:type article", lambda f: f.og == "article"),
    Sign("story", -1, "og:type website", lambda f: f.og == "website"),
    Sign("story", 1.5, "a date of publication", lambda f: f.dated),
    Sign("story", 1.5, "an author", lambda f: f.authored),
    Sign("story", 1, "a byline", lambda f: f.classes["byline"] > 0),
    Sign("story", 1, "one time element or a few", lambda f: 0 < f.tags["time"] <= 3),
    Sign("story", 3, "a template for posts", lambda f: _marked(f, STORY_MARKS)),
    Sign("story", 2, "a date in the address", lambda f: DATE_IN_PATH.search(path(f)) is not None),
    Sign("story", 3, "an address below that of stories", lambda f: not STORY_PATHS.isdisjoint(f.path[:-1])),
    Sign("story", 1.5, "a number in the address", lambda f: STORY_NUMBER.search(path(f) + f.query) is not None),
    Sign("story", 1, "an address of four words", lambda f: len(f.slug) >= 4),
    Sign("story", 1, "an address of six words", lambda f: len(f.slug) >= 6),
    Sign(
        "story",
        -1.5,
        "an address of one word",
        lambda f: len(f.slug) <= 1 and not NUMBER.search(f"{f.path[-1:]}{f.query}"),
    ),
    Sign("story", 1.5, "a title of a guide", lambda f: not GUIDE_WORDS.isdisjoint(f.title)),
    Sign("story", -1, "a title of three words", lambda f: len(f.title) <= 3),
    Sign("story", 1, "300 words of prose", lambda f: f.prose >= 300),
    Sign("story", 1, "1,000 words of prose", lambda f: f.prose >= 1000),
    Sign("story", 1, "2,500 words of prose", lambda f: f.prose >= 2500),
    Sign("story", -1, "under 100 words of prose", lambda f: f.prose < 100),
    Sign("story", -1, "more labels than lines of text", lambda f: f.labels * 2 > f.lines),
    Sign("story", -1.5, "no author, date or time", _bare),
    Sign("story", 1, "a figure", lambda f: f.tags["figure"] > 0),
    Sign("story", -1, "forty buttons", lambda f: f.tags["button"] >= 40),
    Sign("story", -1.5, "a hundred buttons", lambda f: f.tags["button"] >= 100),
    Sign("story", -1.5, "more links than words", lambda f: f.tags["a"] > f.words),
    Sign("story", -1, "little prose", lambda f: f.prose * 5 < f.words * 2),
    Sign("story", -1.5, "schema.org questions and no article", lambda f: "FAQPage" in f.types and not f.story),
    Sign("story", -1, "a heading for every thirty words", lambda f: _headings(f) * 30 > max(f.words, 200)),
    Sign("story", -1, "a heading for every fifty words", lambda f: _headings(f) * 50 > max(f.words, 200)),
    Sign("story", -1, "a price for every hundred words", lambda f: f.prices * 100 > f.words),
    Sign("story", -1.5, "ten elements for prices", lambda f: f.classes["price"] >= 10),
    Sign("product", 5, "schema.org product", lambda f: bool(f.types & PRODUCT_TYPES)),
    Sign("product", 4, "og:type product", lambda f: "product" in f.og),
    Sign("product", 5, "a template for products", lambda f: _marked(f, SHOP_MARKS)),
    Sign("product", 3, "an address in a shop", lambda f: not SHOP_PATHS.isdisjoint(f.path)),
    Sign("product", 2, "a shop's host", lambda f: f.host.startswith(("shop.", "store."))),
    Sign("product", 2.5, "a button for the cart", lambda f: f.classes["cart"] > 0),
    Sign("product", 1.5, "a price in its head", lambda f: f.priced),
    Sign("forum", 10, "schema.org discussion", lambda f: bool(f.types & FORUM_TYPES or FORUM_TYPES & f.items)),
    Sign(
        "forum",
        6,
        "the software of forums",
        lambda f: f.generator.startswith(FORUM_SOFTWARE) or _marked(f, FORUM_MARKS),
    ),
    Sign("forum", 5, "an address in a forum", lambda f: not FORUM_PATHS.isdisjoint(f.path)),
    Sign("forum", 6, "the address of a thread", lambda f: THREAD.search(f"{path(f)}?{f.query}") is not None),
    Sign(
        "forum",
        3,
        "a forum's host",
        lambda f: f.host.startswith(("forum.", "forums.", "community.", "discuss.", "board.")),
    ),
    Sign("list", 5, "the site's front page", lambda f: not f.path and not f.query),
    Sign("list", 3, "an address of lists", lambda f: not LIST_PATHS.isdisjoint(f.path[-3:-1]) and len(f.slug) < 4),
    Sign(
        "list", 3, "an address that names a section", lambda f: bool(f.path) and f.path[-1] in STORY_PATHS | LIST_PATHS
    ),
    Sign("list", 3, "a template for lists", lambda f: _marked(f, LIST_MARKS)),
    Sign("list", 2.5, "schema.org list of items", lambda f: "ItemList" in f.types),
    Sign("list", 5, "schema.org collection", lambda f: bool(f.types & LIST_TYPES)),
    Sign("list", 3, "one line of hundreds of words", lambda f: f.words > 300 and f.words > 150 * f.lines),
    Sign("list", 4, "headlines in the text", lambda f: f.listed >= 3 and f.words < f.listed * WORDS_A_HEADLINE),
    Sign("list", 1.5, "eight articles", lambda f: f.tags["article"] >= 8),
    Sign("list", 1, "ten headlines", lambda f: f.headlines >= 10),
    Sign("service", 1.5, "schema.org service, course, event or organisation", lambda f: bool(f.types & SERVICE_TYPES)),
    Sign("service", 2, "an address among services", lambda f: not SERVICE_WORDS.isdisjoint(f.path)),
    Sign("service", 1.5, "an address that names a service", lambda f: not SERVICE_WORDS.isdisjoint(f.slug)),
    Sign("service", 1.5, "a title that names a service", lambda f: not SERVICE_WORDS.isdisjoint(f.title)),
    Sign("service", 1.5, "four calls to buy or book", lambda f: f.calls >= 4),
    Sign("service", 1, "eight calls to buy or book", lambda f: f.calls >= 8),
    Sign("service", 1, "a page that is no post", lambda f: " page-id-" in f.marks or "node-type-page" in f.marks),
)


def weigh(facts: Facts) -> dict[Leaning, list[Sign]]:
    """The signs that were seen, by what they speak for."""
    found: dict[Leaning, list[Sign]] = {"story": [], "product": [], "forum": [], "list": [], "service": []}
    for sign in SIGNS:
        if sign.seen(facts):
            found[sign.kind].append(sign)
    return found
