"""Which lines are not the story's: each rule on what it must find, and on stories that only look like it."""

from __future__ import annotations

import pytest

from pipelines.extraction import engine
from pipelines.extraction.story import lines, sources
from pipelines.extraction.story.blocks import Block, BlockKind
from pipelines.extraction.story.placement import Placement
from tests.documents import prose

KINDS: dict[str, BlockKind] = {
    "p": "paragraph", "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "li": "item",
    "blockquote": "quote", "figcaption": "paragraph", "tr": "row", "pre": "code", "small": "paragraph",
}  # fmt: skip
TITLE = "Rowing club mends the old weir"


def placed(html: str, *titles: str) -> Placement:
    """Each paragraph, heading, item … of the page as a block, in its order, with its place."""
    tree = engine.parse(f"<html><body>{html}</body></html>")
    assert tree is not None
    elements = tuple(tree.iter("*"))
    said = [(KINDS[str(e.tag)], " ".join(e.text_content().split())) for e in elements if e.tag in KINDS]
    blocks = [Block(kind, line) for kind, line in said if line]
    return Placement(sources.place(elements, blocks, "a.example"), titles)


def removed(html: str, *titles: str) -> dict[str, str]:
    """The lines that are taken out, each with its rule."""
    page = placed(html, *titles)
    return {page.lines[n].block.text: rule for n, rule in lines.judge(page).items()}


def paragraphs(seed: str | int = 1, count: int = 5) -> list[str]:
    return [f"<p>{said}</p>" for said in prose(seed, count)]


def story(before: str = "", middle: str = "", after: str = "") -> str:
    """Five paragraphs in an article element, with these beside and between."""
    one, two, *others = paragraphs()
    return f"<article>{before}{one}{two}{middle}{''.join(others)}{after}</article>"


def link(said: str, href: str = "/other-story") -> str:
    return f'<a href="{href}">{said}</a>'


HEADLINE = "Ferries come back in the spring after all"
ASIDE = "All that you need to know of the harbour, every day."
PEER = "The lighthouse is painted in green and white"


def test_a_story_stays_whole() -> None:
    assert removed(story()) == {}
    assert removed(story(middle="<h2>What it cost</h2><blockquote>“Less than a boat.”</blockquote>")) == {}


@pytest.mark.parametrize(
    "echo",
    [
        TITLE,
        TITLE.upper() + ".",
        "Sport: Rowing club mends the old weir at last",
        "Rowing club mends old weir",
        "Rowing club mends the old wier",
    ],
)
def test_title_echo(echo: str) -> None:
    assert removed(story(f"<h1>{echo}</h1>"), "The Harbour Post", TITLE) == {echo: "title_echo"}
    assert removed(story(f"<h2>Sport</h2><p>{echo}</p>"), TITLE) == {echo: "title_echo"}


@pytest.mark.parametrize(
    ("echo", "title"),
    [
        ("Rowing club mends the old weir", "Bakers' guild mends the market roof"),
        ("The old weir", "Rowing club mends the old weir"),
        ("Rowing", "Rowing club mends the old weir"),
        ("Rowing club mends the old weir, and the bakers' guild has its market roof back as well", TITLE),
    ],
)
def test_what_is_no_title_echo(echo: str, title: str) -> None:
    assert removed(story(f"<h1>{echo}</h1>"), title) == {}


def test_the_headline_said_again_within_the_story_stays() -> None:
    assert removed(story() + f"<h2>{TITLE}</h2>" + "".join(paragraphs(2)), TITLE) == {}


@pytest.mark.parametrize(
    "said",
    [
        "Read more: Ferries come back", "READ ALSO | Ferries come back", "Also read: ferries", "Related articles",
        "See also – Ferries come back in the spring", "Editor's Picks", "Editors’ picks",
        "More on the ferries: all dates", "Lesen Sie auch: Die Fähre fährt wieder", "Mehr zum Thema: Hafen",
        "Das könnte Sie auch interessieren", "Lire aussi : Le bac revient", "À lire également : le bac",
        "Lea también: Vuelve el ferry", "Te puede interesar:", "Leggi anche: Torna il traghetto",
        "Leia também: A balsa volta", "Lees ook: De veerboot vaart weer", "Les også: Ferja går igjen",
        "Läs också: Färjan går igen", "Læs også: Færgen sejler igen", "Lue myös: Lautta palaa keväällä",
        "Czytaj też: Prom wraca na wiosnę", "Čtěte také: Přívoz se vrací", "Читайте также: Паром вернётся весной",
        "Читайте також: Пором повернеться", "Ayrıca okuyun: Vapur dönüyor", "Baca juga: Feri kembali beroperasi",
        "Xem thêm: Phà trở lại", "Διαβάστε επίσης: Το πλοίο επιστρέφει", "یہ بھی پڑھیں", "اقرأ أيضا: العبارة تعود",
        "קראו גם: המעבורת חוזרת", "यह भी पढ़ें: बंदरगाह फिर खुला, नाव चली", "ये भी पढ़ें- बंदरगाह फिर खुला",
        "延伸阅读：渡轮春天恢复运行，港口重新开放", "相关阅读", "関連記事：渡し船が春に戻る",
        "【関連記事】渡し船が春に戻る",
    ],
)  # fmt: skip
def test_pointer(said: str) -> None:
    assert removed(story(middle=f"<p>{said}</p>")) == {said: "pointer"}


@pytest.mark.parametrize(
    "html",
    [
        f"<p>Read more about the ferries on {link('the page of the harbour office, which knows all dates')}</p>",
        f"<blockquote>See also: {link(HEADLINE)}</blockquote>",
    ],
)
def test_a_pointer_may_be_long_where_it_is_a_link(html: str) -> None:
    assert list(removed(story(middle=html)).values()) == ["pointer"]


def test_the_links_after_a_bare_pointer_go_with_it() -> None:
    after = f"<p>Read more:</p><p>{link(HEADLINE)}</p><ul><li>{link(PEER)}</li><li>Next week</li></ul>"
    assert removed(story(middle=after)) == dict.fromkeys(("Read more:", HEADLINE, PEER), "pointer")


@pytest.mark.parametrize(
    "html",
    [
        "<blockquote>Related parties were told of it: they may appeal within a month, the club says.</blockquote>",
        "<p>Related costs have risen, the club says, and nobody can say why.</p>",
        "<p>More from the same drawer came to light in the afternoon, when the lock was broken.</p>",
        "<p>Trending upwards for a decade, the price of slate has doubled.</p>",
        "<p>Recommendations: none were made, and the council thanked the surveyor for them.</p>",
        "<blockquote>Must read letters be kept? I kept them.</blockquote>",
    ],
)
def test_what_is_no_pointer(html: str) -> None:
    assert removed(story(middle=html)) == {}


def test_labelled_link() -> None:
    assert removed(story(middle=f"<p>HARBOUR | {link(HEADLINE)}</p>")) == {f"HARBOUR | {HEADLINE}": "labelled_link"}
    assert removed(story(middle=f"<h3>Fler nyheter: {link(HEADLINE)}</h3>")) == {
        f"Fler nyheter: {HEADLINE}": "labelled_link"
    }


@pytest.mark.parametrize(
    "html",
    [
        f"<p>SOURCE | {link(HEADLINE, 'https://b.example/report')}</p>",
        f"<ul><li>HARBOUR: {link(HEADLINE)}</li></ul>",
        f"<p>The mayor: {link('the letter')} was never sent, and nobody has asked for it.</p>",
        f"<p>Said and done, in the year of the flood: {link(HEADLINE)}</p>",
    ],
)
def test_what_is_no_labelled_link(html: str) -> None:
    assert removed(story(middle=html)) == {}


def test_outside() -> None:
    appeal = "Ann Lee has written about the ports of the coast for nine years and lives in one of them."
    assert removed(f"<main>{story()}<p>{appeal}</p></main>") == {appeal: "outside"}


def test_what_is_outside_and_much_is_the_storys() -> None:
    assert removed(f"<main>{story()}<div>{''.join(paragraphs(2, 4))}</div></main>") == {}


def test_what_is_outside_and_before_is_the_storys() -> None:
    assert removed(f"<main><p>{prose(3, 1)[0]}</p>{story()}</main>") == {}


@pytest.mark.parametrize(
    "said",
    [
        "Sign up for our newsletter", "Follow us on every channel", "Advertisement", "ADVERTISEMENT - scroll down",
        "Photo: Ann Lee", "Photo:Ann Lee", "(Photo by Ann Lee)", "Copyright © 2026 The Harbour Post", "© 2026",
        "All rights reserved.", "5 min read", "12 comments", "Updated: 3 March", "Published 3 March 2026",
        "Please log in", "Melden Sie sich für den Hafenbrief an", "Foto: Ann Lee", "Anzeige",
        "2 Wochen kostenlos testen", "Abonnez-vous", "Suivez-nous", "S’abonner à la lettre du port",
        "Temps de lecture : 3 min", "Suscríbete a nuestro boletín", "Síguenos", "Iscriviti",
        "Riproduzione riservata", "Inscreva-se", "Publicidade", "Schrijf je in voor de nieuwsbrief", "Følg oss",
        "Prenumerera", "Tilaa uutiskirje", "Zapisz się", "Fot. Ann Lee", "Přihlaste se k odběru",
        "Подпишитесь на наш канал", "Фото: Анна Ли", "Підпишіться на канал", "Abone olun", "Kaynak: Liman Gazetesi",
        "Ikuti kami", "हमें फॉलो करें", "विज्ञापन", "फोटो: बंदरगाह", "编辑：张三", "来源：海港日报",
        "责任编辑：李四", "点击查看更多内容", "写真：港新聞", "この記事は有料会員限定です", "Theo dõi chúng tôi",
        "Nguồn: Báo Cảng",
    ],
)  # fmt: skip
def test_furniture(said: str) -> None:
    for html in (story(before=f"<p>{said}</p>"), story(middle=f"<p>{said}</p>"), story(after=f"<p>{said}</p>")):
        assert list(removed(html)) == [said]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Published in 1984, it sold ten copies.</p>",
        "<p>Published in 1984 with the help of the guild, the book sold ten copies in its first year.</p>",
        "<p>Updated figures are to follow in May.</p>",
        "<p>Comments were not welcome, the chair said.</p>",
        "<p>“Help us, somebody!” he called out.</p>",
        "<p>Watching it took an hour.</p>",
        "<p>विज्ञापनों में यह नहीं बताया गया था कि नाव कब चलेगी।</p>",
        "<p>关注民生是市长的承诺。</p>",
        "<p>分享旧船也是划船俱乐部的办法。</p>",
        "<pre>Video: 12 frames</pre>",
        "<table><tr><td>Photos:</td><td>12</td></tr></table>",
    ],
)
def test_what_is_no_furniture(html: str) -> None:
    assert removed(story(middle=html)) == {}


@pytest.mark.parametrize(
    "name", ["newsletter-box", "c_newsletter", "share-bar", "related", "author-bio", "poll", "ads"]
)
def test_box(name: str) -> None:
    box = f'<div class="x {name}"><h3>The morning letter</h3><p>{ASIDE}</p></div>'
    assert removed(story(middle=box)) == {"The morning letter": "box", ASIDE: "box"}
    assert removed(story(middle=box.replace("class", "id"))) == {"The morning letter": "box", ASIDE: "box"}


def test_a_form_and_a_footer_are_boxes() -> None:
    for tag in ("form", "footer"):
        assert removed(story(middle=f"<{tag}><p>{ASIDE}</p></{tag}>")) == {ASIDE: "box"}


@pytest.mark.parametrize("name", ["shared-column", "pollution", "roads", "biography", "correlated", "newsletters2"])
def test_what_is_no_box(name: str) -> None:
    assert removed(story(middle=f'<div class="{name}"><p>{ASIDE}</p></div>')) == {}


def test_a_box_that_holds_the_story_is_none() -> None:
    assert removed(f'<div class="related">{story()}</div>') == {}
    assert removed(story(middle=f'<div class="promo">{"".join(paragraphs(2, 3))}</div>')) == {}
    named = "".join(f'<div class="share">{paragraph}</div>' for paragraph in paragraphs(1, 9))
    assert removed(f"<article>{named}</article>") == {}


@pytest.mark.parametrize(
    "html",
    [
        "<figure><img><figcaption>{}</figcaption></figure>",
        "<figure><div><p>{}</p></div></figure>",
        '<div class="wp-caption-text"><p>{}</p></div>',
        '<p class="media__caption">{}</p>',
        '<p class="photo-credit">{}</p>',
    ],
)
def test_caption(html: str) -> None:
    said = "The weir, seen from the mill"
    assert removed(story(middle=html.format(said))) == {said: "caption"}


def test_the_captions_of_a_gallery_are_its_text() -> None:
    pictures = "".join(f"<figure><img><figcaption>{said[:150]}</figcaption></figure>" for said in prose(4, 9))
    assert removed(f"<article>{paragraphs(1, 1)[0]}{pictures}</article>") == {}
    assert removed(f"<figure>{''.join(paragraphs(1, 6))}</figure>") == {}


def test_link_line() -> None:
    for html in (f"<p>{link(HEADLINE)}</p>", f"<h3><b>{link(HEADLINE)}</b></h3><p>So it goes.</p>"):
        assert removed(story(middle=html)) == {HEADLINE: "link_line"}


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{link(HEADLINE, 'https://b.example/report')}</p>",
        f"<p>{link('The report')}</p>",
        f"<h2>{link(HEADLINE)}</h2>",  # and a long paragraph follows
        f"<ul><li>{link(HEADLINE)}</li></ul>",
        f"<p>{link(HEADLINE)}, says the harbour office.</p>",
        f"<p>{link(HEADLINE, '#note')}</p>",
    ],
)
def test_what_is_no_link_line(html: str) -> None:
    assert removed(story(middle=html)) == {}


def numbered_links(count: int) -> list[str]:
    return [link(f"Ferry number {n} of the harbour town", f"/ferries/{n}") for n in range(count)]


@pytest.mark.parametrize(
    "html",
    [
        "".join(f"<h2>{a}</h2>{p}" for a, p in zip(numbered_links(8), paragraphs(2, 8), strict=True)),
        paragraphs()[0] + "".join(f"<h2>{a}</h2><p>It is nine metres long.</p>" for a in numbered_links(8)),
        paragraphs()[0] + "".join(f"<p>{a}</p>" for a in numbered_links(12)),
        paragraphs()[0] + "<ul>" + "".join(f"<li>{a}</li>" for a in numbered_links(12)) + "</ul>",
        "".join(f"<h3>{a}</h3>" for a in numbered_links(8)),
    ],
)
def test_the_links_of_a_list_article_are_its_text(html: str) -> None:
    assert removed(f"<article>{html}</article>") == {}


def test_repeated() -> None:
    again = paragraphs()[0]
    assert set(removed(story(after=again)).values()) == {"repeated"}
    assert len(removed(f"<article>{''.join(paragraphs() * 2)}</article>")) == 5


def test_what_is_short_may_be_repeated() -> None:
    assert removed(story(middle="<blockquote>No.</blockquote><p>Yes, he said.</p><blockquote>No.</blockquote>")) == {}


def test_tail() -> None:
    after = f"<h3>Harbour</h3><p>{link('Ferries')}</p><p>{link('Weirs')}</p>"
    assert removed(story(after=after)) == dict.fromkeys(("Harbour", "Ferries", "Weirs"), "tail")
    assert removed(story(after="<h2>What comes next?</h2><p>Nobody knows.</p>")) == {}


@pytest.mark.parametrize("said", ["Send it to ann.lee@a.example.", "Ann Lee covers ports: @annlee", "(ann@a.example)"])
def test_contact(said: str) -> None:
    assert removed(story(after=f"<p>{said}</p>")) == {said: "contact"}


def test_what_is_no_contact() -> None:
    letter = "The letter to ann.lee@a.example was never sent, the court heard."
    assert removed(story(middle=f"<p>{letter}</p>")) == {}
    assert removed(f"<article><p>The weir is mended.</p><p>{letter}</p><p>It rained.</p></article>") == {}


@pytest.mark.parametrize(
    "said",
    ["By Ann Lee", "Von Ann Lee", "Por Ana Lima", "3 March 2026", "10:15", "Ann Lee, 2026", "3/3/2026 um 10:15 Uhr"],
)
def test_date_or_byline(said: str) -> None:
    assert removed(story(f"<p>{said}</p>")) == {said: "date_or_byline"}


@pytest.mark.parametrize(
    "html",
    [
        story(middle="<p>By then it was 2026.</p>"),
        story(before="<h2>By boat in 2026</h2>"),
        story(before="<p>Bygones are bygones, the mayor says.</p>"),
        "<article>" + "".join(f"<p>{1990 + n}: the weir is mended.</p>" for n in range(8)) + "</article>",
    ],
)
def test_what_is_no_date_or_byline(html: str) -> None:
    assert removed(html) == {}


def test_other_article() -> None:
    own, other = ("".join(paragraphs(seed)) for seed in (1, 2))
    found = removed(f"<article><h1>{TITLE}</h1>{own}</article><article><h2>{HEADLINE}</h2>{other}</article>", TITLE)
    assert found == {TITLE: "title_echo"} | dict.fromkeys((HEADLINE, *prose(2)), "other_article")


@pytest.mark.parametrize(
    "html",
    [
        "".join(f"<article><h2>At {n} o'clock</h2>{p}</article>" for n, p in enumerate(paragraphs(1, 8))),
        f"<article><h1>{TITLE}</h1>{paragraphs()[0]}<article>{''.join(paragraphs(2))}</article></article>",
        f"<article><article><h1>{TITLE}</h1>{paragraphs()[0]}</article>{''.join(paragraphs(2))}</article>",
    ],
)
def test_what_is_no_other_article(html: str) -> None:
    assert set(removed(html, TITLE)) <= {TITLE}


RECIPE = (
    ["200 g barley", "1 onion", "2 carrots, in slices", "salt", "1 bunch of parsley"],
    ["Wash the barley.", "Fry the onion until it is soft, then add the rest.", "Leave it for an hour.", "Serve hot."],
)
HINDI = "बंदरगाह के पास शुक्रवार को पुल का उद्घाटन हुआ और सैकड़ों लोग वहां पहुंचे, जिनमें से कई ने कहा कि वे वर्षों से इसका इंतजार कर रहे थे।"
CHINESE = "港口城市的划船俱乐部星期二修好了旧水坝，市长表示这项工程花了九天时间，费用不高，居民们对此感到满意。"
JAPANESE = "港町のボートクラブは火曜日に古い堰を修理した。市長によると、工事は九日間で終わり、費用はわずかだった。"
ARABIC = "أصلح نادي التجديف السد القديم يوم الثلاثاء، وقال رئيس البلدية إن العمل استغرق تسعة أيام ولم يكلف كثيرا."


@pytest.mark.parametrize(
    "html",
    [
        paragraphs(1, 1)[0] + "".join(f"<ul>{''.join(f'<li>{step}</li>' for step in part)}</ul>" for part in RECIPE),
        "<p>The rowing club has mended the weir.</p><p>It took nine days.</p><p>The mayor came to look.</p>",
        "<p>Das Wehr ist wieder dicht.</p><p>Es hat neun Tage gedauert.</p><p>Niemand wurde verletzt.</p>",
        *("".join(f"<p>{n} {said}</p>" for n in range(5)) for said in (HINDI, CHINESE, JAPANESE, ARABIC)),
        "".join(f"<p>{said}</p>" for said in ("“No,” she said.", "“Yes,” he said.", "They left.")),
    ],
)  # fmt: skip
def test_stories_that_look_like_lists(html: str) -> None:
    assert removed(f"<article><h1>{TITLE}</h1>{html}</article>", TITLE) == {TITLE: "title_echo"}


@pytest.mark.parametrize("begins", ["Read more: ", "Photo: ", "Sign up: ", "Video: "])
def test_a_rule_that_would_take_much_of_the_story_is_not_applied(begins: str) -> None:
    lines = "".join(f"<p>{begins}{said[:90]}</p>" for said in prose(5, 6))
    assert removed(f"<article>{paragraphs()[0]}{lines}</article>") == {}


def test_the_first_rule_that_finds_a_line_names_it() -> None:
    line = f"<form><p>Read more: {link(HEADLINE)}</p></form>"
    assert removed(story(after=line)) == {f"Read more: {HEADLINE}": "pointer"}


def test_nothing_is_made_of_nothing() -> None:
    assert lines.judge(Placement([])) == {}
    assert removed(f"<h1>{TITLE}</h1>", TITLE) == {TITLE: "title_echo"}
