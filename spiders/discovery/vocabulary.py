"""Words by which sites of any language name the kinds of their pages in addresses."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LISTS = _words(  # segments under which sites keep lists, accounts and tools, never a story
    """
    search suche recherche buscar busca buscador cerca zoeken szukaj sok hledani arama
    login signin sign-in logout register registration signup sign-up account my-account profile user users
    subscribe subscription subscriptions abo newsletter newsletters
    tag tags author authors autor auteur autore byline contributor contributors category categories kategorie
    categoria rss feed feeds share print comments cart basket checkout wishlist wp-content wp-admin
    wp-json cgi-bin cdn-cgi
    """
)
ABOUT = _words(  # last segments of the pages that every site has and nobody counts as news
    """
    about about-us contact contact-us kontakt contacto impressum imprint legal-notice aviso-legal
    mentions-legales privacy privacy-policy privacy-notice datenschutz datenschutzerklaerung terms terms-of-use
    terms-of-service terms-and-conditions terms-conditions agb cookies cookie-policy cookie-settings advertise
    advertise-with-us advertising media-kit jobs careers help faq feedback sitemap site-map accessibility
    editorial-standards code-of-conduct masthead our-team archive archives most-read latest-news
    """
)
TOOLS = _words("share replytocom print add-to-cart")  # parameters of what can be done with a page
PAGE_ENDINGS = _words("html htm shtml xhtml php asp aspx jsp cfm ece amp")
MEDIA_ENDINGS = _words(
    """
    jpg jpeg png gif webp avif svg ico bmp tif tiff pdf doc docx xls xlsx ppt pptx odt epub csv zip gz tar rar 7z
    mp3 m4a ogg wav mp4 m4v webm mov avi m3u8 exe dmg apk xml rss atom rdf json js css txt ics
    """
)
KINDS = _words(  # segments that tell one kind of stories from another, or name the place where all of them are
    """
    article articles artikel articolo articoli artigo artigos articulo articulos artykul story stories news noticia
    noticias noticias-de nachrichten nachricht actualite actualites actu notizie notizia nieuws nyheter nyhed
    wiadomosci novosti novost haber haberler post posts blog blogs live liveblog ticker video videos watch
    gallery galleries galerie galerien galeria fotos photos bilder bilderstrecke pictures slideshow audio podcast
    podcasts play episode episodes quiz quizzes games game weather wetter meteo topic topics thema themen tema temas
    sujet sujets dossier dossiers collection collections product products shop store event events forum forums
    thread threads docs wiki press-release press-releases pressemitteilung opinion opinions review reviews recipe
    recipes page archiv amp index default
    """
)
