"""Lines that are the site's furniture and not the story, by how they begin or read, in many languages."""

from __future__ import annotations

import re

# A line that begins so points to another story: "Read more: …". Matched at the start, whatever the case.
POINTERS = """
read more|read also|also read|read next|read this|also on|see also|see more|see related|more from|more on|more stories
related|related articles|related stories|related content|related coverage|related topics|related posts|related news
don't miss|dont miss|must read|recommended|recommended reading|you may also like|you might also like|you may like
more must-reads|most read|most popular|trending|trending now|editor's picks|editor's pick|editors' picks|in other news
further reading|watch more|listen more|explore more|keep reading|up next|next article|previous article|more :|more:
click here to read|click to read|check out our|the latest
lesen sie auch|lesen sie mehr|lesen sie dazu|lesen sie hier|lesen sie weiter|mehr zum thema|mehr dazu|mehr lesen
mehr zu
auch interessant|das könnte sie auch interessieren|das könnte dich auch interessieren|passend dazu|siehe auch
weitere artikel|weiterlesen|weiterführende links|ähnliche artikel|ähnliche|meistgelesen|zum thema|lies auch|lies mehr
lire aussi|à lire aussi|a lire aussi|à lire également|a lire également|lire également|à lire|lire la suite
voir aussi|sur le même sujet
pour aller plus loin|nos articles|articles liés|articles similaires|a voir aussi|à voir aussi|les plus lus|retrouvez
lea también|lee también|le puede interesar|te puede interesar|también te puede interesar|leer más|leer también
ver más|ver también
noticias relacionadas|artículos relacionados|más información|más sobre|más noticias|no te pierdas|lo más leído
relacionado
leggi anche|leggi tutto|leggi di più|leggi pure|potrebbe interessarti|ti potrebbe interessare|articoli correlati
approfondisci
vedi anche|per approfondire|altre notizie|più letti
leia também|leia mais|veja também|saiba mais|veja mais|notícias relacionadas|mais lidas|confira também|leia ainda
lees ook|lees verder|lees meer|meer over|bekijk ook|gerelateerd|zie ook|meer lezen
les også|les mer|se også|les flere|saken fortsetter|flere saker|mest lest
läs också|läs även|läs mer|se även|relaterat|mest lästa|fler artiklar
læs også|læs mere|se også|mest læste
lue myös|lue lisää|katso myös|aiheesta lisää|luetuimmat
czytaj też|czytaj także|czytaj więcej|zobacz też|zobacz także|przeczytaj także|przeczytaj też|polecamy|więcej na temat
čtěte také|čtěte více|čtěte též|přečtěte si|mohlo by vás zajímat|související|více k tématu|prečítajte si|čítajte aj
читайте также|читайте ещё|читать далее|смотрите также|по теме|другие новости|подробнее|материалы по теме
самое читаемое
читайте також|дивіться також|більше новин|за темою
ayrıca okuyun|bunları da oku|ilgili haberler|ilginizi çekebilir|devamını oku|daha fazla
baca juga|baca selengkapnya|lihat juga|simak juga|artikel terkait|berita terkait|baca lainnya
यह भी पढ़ें|ये भी पढ़ें|इसे भी पढ़ें|यह भी पढे|और पढ़ें|संबंधित खबरें
延伸阅读|相关阅读|相关新闻|更多新闻|推荐阅读|延伸閱讀|相關新聞|更多報導|看更多
関連記事|あわせて読みたい|続きを読む|関連ニュース|おすすめ記事|▼関連
관련기사|관련 기사|함께 보면|함께 읽기|추천 기사|อ่านเพิ่มเติม|ข่าวที่เกี่ยวข้อง|อ่านต่อ
xem thêm|đọc thêm|tin liên quan|bài liên quan
διαβάστε επίσης|διαβάστε ακόμα|δείτε επίσης
citește și|vezi și|citiți și|прочетете още|вижте още|olvassa el|kapcsolódó
اقرأ أيضا|اقرأ أيضاً|إقرأ أيضا|شاهد أيضا|مواضيع ذات صلة|המשך קריאה|קראו גם
یہ بھی پڑھیں|مزید پڑھیں|همچنین بخوانید|بیشتر بخوانید|আরও পড়ুন|আরো পড়ুন|हेही वाचा|आणखी वाचा|આ પણ વાંચો
மேலும் படிக்க|ఇది కూడా చదవండి|pročitajte i|pročitajte još|pročitajte više|čitajte još|povezane vijesti|preberite tudi
preberite še|soma pia|basahin din|basahin rin|loe ka|lasi arī|skaitykite taip pat
"""
# A line that begins so asks the reader to do something or belongs to the page.
APPEALS = """
sign up|subscribe|subscribe to|join our|join the conversation|follow us|follow him|follow her|follow me on|follow @
like us on
get the latest|get our|get breaking|get more|get unlimited|get access to|get in touch|got a story|got a news tip
got a tip
have a story|do you have a story|do you know more|don't want to miss|keep up with|stay up to date|stay informed
download our|install the|listen to this article|watch live|watch the video|watch:|video:|photo:|photos:|image:
image credit
picture:|pic:|credit:|file photo|photo by|photograph:|photo credit|photo illustration|getty images
advertisement|advertisement -|sponsored|sponsored content|promoted|story continues below|article continues
continue reading
scroll down|scroll to continue|this article was originally|this story was originally|this article originally
originally published
this article has been|this story has been|republished|reprinted with|all rights reserved|copyright ©|copyright (c)
copyright 20|copyright 19|©|(c) 20
share this|share on|share this article|share post|share:|print this|click here|tap here|like this story|enjoying our
log in|login to|please log in|you must be logged|sign in to|register to|already a subscriber|to continue reading
thank you for|thanks for signing|thanks for reading|thanks for subscribing|sorry!|an error has occurred
there was an error|please try again
session expired|comments|view comments|leave a comment|post a comment|join the discussion|show comments
related topics|tags:|topics:|filed under|posted in
published|published:|posted|posted on|updated|updated:|last updated|date:|first published|last modified|min read
minute read|reading time
support our|support quality|support independent|donate|make a donation|become a member|help us|your support|we rely on
contact us at|write to|email us|reach the|reach him|reach her|send tips|the views expressed|opinions expressed
views expressed
our community members|by clicking|by entering|by signing up|by subscribing|terms of|privacy policy
terms and conditions|we use cookies
enable javascript|please enable|javascript is|your browser|you are using|this video|this content is|this feature
to view this
most read in|news:|read our|read the|this copy is for|order reprints|print article|write to us|for more stories like
for more news
fact-checked|proofread|editing by|reporting by|additional reporting|with additional|contributing:
includes information from
melden sie sich|abonnieren|newsletter|jetzt abonnieren|folgen sie|folge uns|fehler gefunden|haben sie einen fehler
ihre meinung
hat ihnen dieser|unterstützen sie|anzeige|werbung|lesedauer|foto:|bild:|quelle:|video:|symbolbild|mit material
mit agenturmaterial|teilen|drucken|kommentare
jetzt testen|kostenlos testen|wochen kostenlos|zum newsletter|transparenzhinweis|hinweis:|copyright
alle rechte vorbehalten|diskutieren sie|zur startseite
abonnez-vous|inscrivez-vous|s'abonner|newsletter|suivez|partager|publicité|crédit|photo :|cet article est réservé
il vous reste|commentaires|tous droits réservés
déjà abonné|recevez|rejoignez|réagir|temps de lecture|mis à jour|publié le|contenu sponsorisé
suscríbete|suscribete|suscríbase|regístrate|síguenos|siguenos|únete|compartir|publicidad|foto:|esta funcionalidad
todos los derechos|comentarios|boletín|etiquetas
iscriviti|abbonati|seguici|condividi|pubblicità|riproduzione riservata|© riproduzione|tutti i diritti|commenti|foto:
tempo di lettura|segui
inscreva-se|assine|cadastre-se|siga|compartilhe|publicidade|todos os direitos|comentários|receba|clique aqui|crédito
foto:
schrijf je in|abonneer|volg ons|deel dit|advertentie|foto:|reageer|alle rechten|meld je aan
abonner|følg oss|annonse|foto:|del artikkel|kommentarer|tips oss|prenumerera|följ oss|annons|dela|tilaa|seuraa
mainos|jaa|kuva:|følg os|annonce
zapisz się|subskrybuj|obserwuj|reklama|fot.|źródło:|udostępnij|komentarze|wszelkie prawa|dołącz
přihlaste|předplaťte|sledujte|reklama|foto:|zdroj:|sdílet|diskuse|inzerce|vstoupit do diskuze
подпишитесь|подписывайтесь|следите|реклама|фото:|источник:|поделиться|комментарии|все права|читать|подписаться
присоединяйтесь
підпишіться|підписуйтесь|реклама|фото:|джерело:|поділитися
abone ol|abone olun|takip edin|reklam|paylaş|fotoğraf:|kaynak:|yorumlar
ikuti|berlangganan|bagikan|iklan|foto:|sumber:|komentar|editor:|pewarta:|dapatkan
सब्सक्राइब|फॉलो करें|शेयर करें|विज्ञापन|फोटो:|हमें फॉलो
责任编辑|（责任编辑|编辑：|来源：|點擊|点击查看|点击进入|关注|分享|廣告|广告|版权|轉載|订阅|扫码|記者|图片来源
無断転載|会員登録|有料会員|この記事は|残り|写真：|写真=|シェア|フォロー|広告|ログイン|無料会員|購読|提供：
theo dõi|đăng ký|quảng cáo|chia sẻ|ảnh:|nguồn:
"""


# Words of the table above that a sentence may begin with as well: "Published in 1984, it sold ten copies."
SAID_TOO = """
published|posted|updated|promoted|sponsored|republished|copyright|comments|donate|help us|your support|your browser
watch live|thank you for|write to|reach the|reach him|reach her|read the|read our|like us on|the views expressed|teilen
drucken|anzeige|werbung|hinweis|partager|suivez|rejoignez|recevez|compartir|commenti|segui|siga|receba|dela|jaa|seuraa
следите|читать|sledujte|sdílet|关注|分享|विज्ञापन
"""
WIDE = re.compile(r"[\u3040-\u9fff]{3}$")  # scripts without spaces: three characters are a phrase, two may be any word
END = r"(?![\w\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0981-\u0d4d])"  # no letter follows, and no vowel sign
COUNT = r"(?:\d{1,3}[\s-])?"  # "5 min read"


def _beginning(lines: str) -> re.Pattern[str]:
    forms = {form.strip() for line in lines.strip().splitlines() for form in line.split("|") if form.strip()}
    ordered = "|".join(map(_form, sorted(forms, key=len, reverse=True)))
    return re.compile(rf"[\W_]{{0,6}}{COUNT}(?:{ordered})", re.IGNORECASE)


def _form(form: str) -> str:
    written = re.escape(form).replace(r"\ ", r"\s+").replace("'", "['’]")
    return written if WIDE.search(form) or not form[-1].isalnum() else written + END


POINTER = _beginning(POINTERS)
FURNITURE = _beginning(APPEALS)
AMBIGUOUS = _beginning(SAID_TOO)
