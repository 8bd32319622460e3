"""Words by which sites of any language name the kinds of their pages in addresses."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.replace("\n", "|").split("|") if phrase.strip())


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


PAGE_WORDS = _words(  # before the number of a page of a list, in a path or as a parameter
    "page paged pg pageno page_no pagenum seite pagina page-no strona sida side sivu sayfa stranka oldal halaman trang"
)
ARCHIVES = _words(  # before a date, where a site keeps its lists by date
    "archive archives archiv archivo archivos archivio arquivo arquivos archief archiwum arkiv arsiv arhiv arhiva"
    " sitemap calendar kalender calendario calendrier news day date"
)
MONTHS = {  # as their names begin, in the languages that write them in addresses
    beginning: number
    for number, beginnings in enumerate(
        (
            "jan ene gen",
            "feb fev fév",
            "mar mär mae maa mrt",
            "apr abr avr",
            "may mai mag maj mei",
            "jun juin giu",
            "jul juil lug",
            "aug ago aou aoû",
            "sep set",
            "oct okt out ott",
            "nov",
            "dec dez dic déc",
        ),
        start=1,
    )
    for beginning in beginnings.split()
}
NEXT = _phrases(  # texts of links to the next page of a list, the newest being on the first
    """
    next|next page|next posts|older|older posts|older entries|older stories|older articles|previous posts|more posts
    more stories|more news|load more|show more|view more|see more
    weiter|nächste|nächste seite|ältere beiträge|ältere artikel|ältere einträge|ältere|mehr laden|mehr anzeigen
    suivant|suivante|page suivante|articles plus anciens|articles précédents|plus anciens|voir plus|charger plus
    siguiente|página siguiente|siguientes|entradas anteriores|entradas antiguas|anteriores|ver más|cargar más
    próxima|próximo|próxima página|seguinte|posts mais antigos|postagens mais antigas|mais antigas|ver mais
    carregar mais|successivo|successiva|avanti|pagina successiva|articoli precedenti|articoli meno recenti
    post più vecchi|volgende|volgende pagina|oudere berichten|następna|następna strona|starsze wpisy|starsze
    další|další stránka|starší příspěvky|nästa|äldre inlägg|neste|eldre innlegg|næste|ældre indlæg|seuraava|vanhemmat
    következő|régebbi bejegyzések|următoarea|articole mai vechi|sonraki|sonraki sayfa|önceki yazılar|eski yazılar
    следующая|следующая страница|далее|вперёд|вперед|предыдущие записи|старые записи|показать еще|показать ещё
    наступна|далі|старіші записи|επόμενη|παλαιότερα|παλαιότερα άρθρα
    التالي|التالية|الصفحة التالية|المقالات القديمة|הבא|הבאה|پست های قدیمی تر|بعدی|अगला|अगला पृष्ठ
    下一页|下一頁|下页|更多|次へ|次のページ|以前の投稿|もっと見る|다음|다음 페이지|이전 글|더보기
    berikutnya|selanjutnya|pos sebelumnya|tiếp|trang sau|bài cũ hơn|ถัดไป
    """
)
NEXT_CLASSES = _words(  # of such links, in the systems and libraries that many sites are made with
    "next next-page nextpage page-next next_page pagination-next pagination__next pager-next pager__item--next"
    " nextpostslink older-posts older nav-previous load-more loadmore blog-pager-older-link"
)
