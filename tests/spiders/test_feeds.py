"""Feeds of every kind: what they list, in whatever state they come."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime

import pytest

from pipelines.records import Link, Unreadable
from spiders.discovery.feeds import MAX_ENTRIES, read_feed, read_json_feed

URL = "https://gazette.example/feeds/world.xml"
ONE = "https://gazette.example/world/flood.html"


def rss(item: str, attributes: str = 'version="2.0"') -> bytes:
    return f"<rss {attributes}><channel><title>Gazette</title>{item}</channel></rss>".encode()


def atom(entry: str, attributes: str = "") -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><entry>{entry}</entry></feed>'.encode()


def only(body: bytes, charset: str | None = None) -> Link:
    (link,) = read_feed(body, URL, charset).links
    return link


def test_rss() -> None:
    found = read_feed(
        b"""<?xml version="1.0" encoding="utf-8"?>
        <rss version="2.0"><channel><title>Gazette: World</title><link>https://gazette.example/</link>
        <item><title>River over its banks</title><link>https://gazette.example/world/flood.html</link>
          <pubDate>Fri, 01 Mar 2024 09:30:00 +0100</pubDate><guid isPermaLink="false">4711</guid></item>
        <item><title>Second</title><link>/world/second.html</link></item>
        </channel></rss>""",
        URL,
    )
    assert (found.kind, found.title, found.endpoints) == ("feed", "Gazette: World", ())
    assert found.links == (
        Link(ONE, "River over its banks", "Fri, 01 Mar 2024 09:30:00 +0100"),
        Link("https://gazette.example/world/second.html", "Second"),
    )


def test_rdf() -> None:
    found = read_feed(
        b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
              xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://gazette.example/"><title>Gazette</title></channel>
        <item rdf:about="https://gazette.example/world/flood.html"><title>Flood</title>
          <dc:date>2024-03-01T09:30:00+01:00</dc:date></item></rdf:RDF>""",
        URL,
    )
    assert found.title == "Gazette"
    assert found.links == (Link(ONE, "Flood", "2024-03-01T09:30:00+01:00"),)


def test_atom() -> None:
    link = only(
        atom(
            """<title type="html">Flood &amp;amp; &lt;b&gt;fire&lt;/b&gt;</title>
            <link rel="enclosure" href="/flood.mp3"/><link rel="alternate" type="application/pdf" href="/flood.pdf"/>
            <link rel="alternate" type="text/html" href="/world/flood.html"/><id>tag:gazette.example,2024:1</id>
            <published>2024-03-01T09:30:00+01:00</published><updated>2024-03-01T12:00:00+01:00</updated>"""
        )
    )
    assert link == Link(ONE, "Flood & fire", "2024-03-01T09:30:00+01:00", datetime(2024, 3, 1, 11, tzinfo=UTC))


OLD = {
    "RSS 0.90": f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>Gazette</title></channel>
        <item><title>Flood</title><link>{ONE}</link></item></rdf:RDF>""",
    "RSS 0.91": f"""<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss.dtd">
        <rss version="0.91"><channel><title>Gazette</title><item><title>Flood</title><link>{ONE}</link></item>
        </channel></rss>""",
    "RSS 1.0 with a prefix": f"""<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns:rss="http://purl.org/rss/1.0/"><rss:channel><rss:title>Gazette</rss:title></rss:channel>
        <rss:item r:about="4711"><rss:title>Flood</rss:title><rss:link>{ONE}</rss:link></rss:item></r:RDF>""",
    "RSS 2.0 in a namespace": f"""<rss version="2.0" xmlns="http://backend.userland.com/rss2"><channel>
        <title>Gazette</title><item><title>Flood</title><guid>{ONE}</guid></item></channel></rss>""",
    "Atom 0.3": f"""<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title mode="escaped">Gazette</title><entry>
        <title>Flood</title><link rel="service.edit" href="/e"/><link rel="alternate" href="{ONE}"/></entry></feed>""",
    "CDF": f"""<CHANNEL HREF="https://gazette.example/"><TITLE>Gazette</TITLE>
        <ITEM HREF="{ONE}"><TITLE>Flood</TITLE></ITEM></CHANNEL>""",
}


@pytest.mark.parametrize("version", OLD)
def test_old_versions(version: str) -> None:
    found = read_feed(OLD[version].encode(), URL)
    assert (found.title, found.links) == ("Gazette", (Link(ONE, "Flood"),))


def test_dates_of_old_versions() -> None:
    dates = "<issued>2024-03-01T09:30:00+01:00</issued><modified>2024-03-01T12:00:00Z</modified>"
    feed = f'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry>{dates}<link href="{ONE}"/></entry></feed>'
    modified = datetime(2024, 3, 1, 12, tzinfo=UTC)
    assert only(feed.encode()) == Link(ONE, None, "2024-03-01T09:30:00+01:00", modified)


def test_an_update_is_not_a_publication() -> None:
    link = only(atom('<link href="/world/flood.html"/><updated>2024-03-01T12:00:00Z</updated>'))
    assert link.published is None
    assert link.modified_at == datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "item",
    [
        "<item><guid>https://gazette.example/world/flood.html</guid></item>",
        "<item><link/><guid isPermaLink='true'>https://gazette.example/world/flood.html</guid></item>",
        "<item><link> \n https://gazette.example/world/flood.html#top\n </link></item>",
        "<item><link><![CDATA[https://gazette.example/world/flood.html]]></link></item>",
        "<item><link>mailto:desk@gazette.example</link><guid>https://gazette.example/world/flood.html</guid></item>",
        "<item xml:base='/world/'><link>flood.html</link></item>",
        "<item><a:link xmlns:a='http://www.w3.org/2005/Atom' href='/flood.json' rel='self'/>"
        "<a:link xmlns:a='http://www.w3.org/2005/Atom' href='/world/flood.html' rel='Alternate'/></item>",
        "<item><a:link xmlns:a='http://www.w3.org/2005/Atom' href='/world/flood.html'/></item>",
        "<item><link>https://tracker.example/1</link><f:origLink"
        " xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'>/world/flood.html</f:origLink></item>",
    ],
)
def test_where_an_item_says_that_its_story_is(item: str) -> None:
    assert only(rss(item)).url == ONE


def test_an_address_that_was_escaped_twice() -> None:
    assert only(rss("<item><link>/a?x=1&amp;amp;copy=2&amp;#038;z=3</link></item>")).url.endswith("/a?x=1&copy=2&z=3")


def test_an_item_without_an_address_is_no_link() -> None:
    body = rss("<item><title>a</title><guid isPermaLink='false'>https://gazette.example/1</guid></item>")
    assert read_feed(body, URL).links == ()
    assert read_feed(rss("<item><guid isPermaLink='False'>https://gazette.example/1</guid></item>"), URL).links == ()
    assert read_feed(rss("<item><guid>4711</guid></item>"), URL).links == ()


def test_a_story_listed_twice_is_one_link() -> None:
    twice = "<item><link>/a?utm_source=rss</link></item><item><link>/a</link><title>A</title></item>"
    assert only(rss(twice)) == Link("https://gazette.example/a?utm_source=rss", "A")


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("AT&amp;amp;T", "AT&T"),
        ("<![CDATA[<em>Flood</em> &amp; fire]]>", "Flood & fire"),
        ("Flood <em>and</em> fire", "Flood and fire"),
        ("5 &lt; 6", "5 < 6"),
        ("Flood\n   and\tfire", "Flood and fire"),
        ("&lt;img src='x'&gt;", None),
        ('Flood &lt;img src=x alt = "a &lt;b> c"&gt;and fire', "Flood and fire"),
        ("&lt;b&gt;Flood's&lt;/b&gt; end, &lt;i&gt;it's&lt;/i&gt; over", "Flood's end, it's over"),
        ("&lt;a href=it's&gt;Flood&lt;/a&gt;", "Flood"),
        ("Flood&lt;!-- a -- b &gt; and fire&lt;!-- c", "Flood and fire"),
        ("", None),
    ],
)
def test_titles(written: str, title: str | None) -> None:
    assert only(rss(f"<item><title>{written}</title><link>/a</link></item>")).title == title


@pytest.mark.parametrize(
    "attributes", ['mode="base64"', 'type="application/octet-stream"', 'type="text/html" mode="base64"']
)
def test_a_title_in_base64(attributes: str) -> None:
    packed = base64.b64encode("<b>Überflutet</b> &amp; verbrannt".encode()).decode()
    assert only(atom(f'<title {attributes}>\n{packed}\n</title><link href="/a"/>')).title == "Überflutet & verbrannt"


def test_a_title_that_is_said_to_be_in_base64_and_is_not() -> None:
    assert only(atom('<title mode="base64">Flood</title><link href="/a"/>')).title == "Flood"


def test_code_is_no_part_of_a_title() -> None:
    title = '<title type="xhtml"><div>Flood<script>alert(1)</script> <i>and</i> fire</div></title>'
    assert only(atom(f'{title}<link href="/a"/>')).title == "Flood and fire"
    title = "<![CDATA[Flood<script type='x'>alert(1)</script> <style>b {}</STYLE>and fire]]>"
    assert only(rss(f"<item><title>{title}</title><link>/a</link></item>")).title == "Flood and fire"


def test_an_item_of_pictures_has_the_title_that_their_namespace_gives_it() -> None:
    item = "<item xmlns:m='http://search.yahoo.com/mrss/'><m:title>Flood</m:title><link>/a</link></item>"
    assert only(rss(item)).title == "Flood"


FLOOD = "<item><title>Flood</title><link>/a</link></item>"


@pytest.mark.parametrize(
    ("body", "language"),
    [
        (rss(f"<language>en-gb</language>{FLOOD}"), "en-gb"),
        (rss(f"<language> DE_AT </language>{FLOOD}"), "de-AT"),
        (rss(f"<language>English</language>{FLOOD}"), None),
        (rss(f"<language>mul</language>{FLOOD}"), None),
        (rss(FLOOD), None),
        (rss(FLOOD, 'version="2.0" xml:lang="fr"'), "fr"),
        (rss(f"<language>de</language>{FLOOD}<p>"), "de"),
        (rss(f"<language>de</language>{FLOOD.replace('<title>', '<dc:language>it</dc:language><title>')}<p>"), "it"),
        (atom('<link href="/a"/>', 'xml:lang="es"'), "es"),
        (atom('<link href="/a"/><title xml:lang="pt-BR">Enchente</title>', 'xml:lang="es"'), "pt-BR"),
        (atom('<link href="/a"/><title xml:lang="">Enchente</title>', 'xml:lang="es"'), None),
        (atom('<link href="/a"/><content xml:lang="pt">Enchente</content>', 'xml:lang="es"'), "es"),
    ],
)
def test_languages(body: bytes, language: str | None) -> None:
    assert only(body).language == language


def test_titles_of_other_things_are_not_the_titles() -> None:
    item = "<item xmlns:m='http://search.yahoo.com/mrss/'><m:title>Photo</m:title><title>Flood</title><link>/a</link></item>"
    assert only(rss(item)).title == "Flood"


@pytest.mark.parametrize("part", ['<a b="', "<!-- >", "<script>", "<a =", "<a b='c'", "&lt;"])
def test_titles_full_of_tags_cost_little(part: str) -> None:
    start = time.process_time()
    only(rss(f"<item><title><![CDATA[{part * 2_000}]]></title><link>/a</link></item>"))
    assert time.process_time() - start < 0.5


def test_a_title_of_a_million_characters_is_cut() -> None:
    title = only(rss(f"<item><title>{'x' * 1_000_000}</title><link>/a</link></item>")).title
    assert title is not None
    assert len(title) == 500


def test_a_feed_of_many_entries_is_cut() -> None:
    items = "".join(f"<item><link>/story-{n}</link></item>" for n in range(MAX_ENTRIES + 10))
    assert len(read_feed(rss(items), URL).links) == MAX_ENTRIES


ZUERICH = "<item><title>Zürich – heute</title><link>/a</link></item>"


@pytest.mark.parametrize(
    ("declared", "encoding", "charset"),
    [
        ("", "utf-8", None),
        ('<?xml version="1.0" encoding="iso-8859-1"?>', "utf-8", "iso-8859-1"),  # it lies, twice
        ('<?xml version="1.0" encoding="windows-1252"?>', "cp1252", "utf-8"),
        ('<?xml version="1.0" encoding="utf-8"?>', "cp1252", None),
        ("", "cp1252", "windows-1252"),
        ('<?xml version="1.0" encoding="utf-16"?>', "utf-16", None),
        ('<?xml version="1.0"?>', "utf-16-le", None),
        ('\ufeff<?xml version="1.0" encoding="utf-8"?>', "utf-8", None),
        ('\n \n<?xml version="1.0" encoding="utf-8"?>', "utf-8", None),
    ],
)
def test_encodings(declared: str, encoding: str, charset: str | None) -> None:
    body = (declared + rss(ZUERICH).decode()).encode(encoding)
    assert only(body, charset).title == "Zürich – heute"


LONG = "Überschwemmung: Häuser über Nacht geräumt, Brücken für Züge gesperrt"


@pytest.mark.parametrize("charset", [None, "iso-8859-1"])
@pytest.mark.parametrize(
    "declared", ["", '<?xml version="1.0" encoding="utf-8"?>', '<?xml version="1.0" encoding="latin1"?>']
)
def test_a_character_cut_in_two_does_not_change_the_encoding(declared: str, charset: str | None) -> None:
    body = declared.encode() + rss(f"<item><title>{LONG} ü</title><link>/a</link></item>").replace(
        "ü<".encode(), b"\xc3<"
    )
    assert only(body, charset).title == f"{LONG} \ufffd"


WRITTEN = {
    "cp1251": "Река вышла из берегов: жители города эвакуированы, движение поездов остановлено до утра",
    "koi8-r": "Река вышла из берегов: жители города эвакуированы, движение поездов остановлено до утра",
    "iso-2022-jp": "川が氾濫し、住民が避難した。列車の運行は朝まで停止している。",
    "shift_jis": "川が氾濫し、住民が避難した。列車の運行は朝まで停止している。",
    "gb18030": "河水漫过堤岸，居民连夜撤离，列车停运至明晨，市长说情况正在好转。",
    "cp1253": "Το ποτάμι υπερχείλισε και οι κάτοικοι της πόλης απομακρύνθηκαν μέσα στη νύχτα",
}


@pytest.mark.parametrize("encoding", WRITTEN)
def test_an_encoding_that_nobody_names_is_guessed(encoding: str) -> None:
    body = rss(f"<item><title>{WRITTEN[encoding]}</title><link>/a</link></item>").decode().encode(encoding)
    assert only(body).title == WRITTEN[encoding]


MALFORMED = {
    "a bare ampersand": rss("<item><title>Flood & fire</title><link>/a?x=1&y=2</link></item>"),
    "an entity of HTML": rss("<item><title>Flood&nbsp;&amp; fire</title><link>/a?x=1&amp;y=2</link></item>"),
    "an element left open": rss("<item><title>Flood &amp; fire</title><link>/a?x=1&amp;y=2</link><p></item>"),
    "no end": rss("<item><title>Flood &amp; fire</title><link>/a?x=1&amp;y=2</link></item>")[:-16],
    "a prefix not declared": rss("<item><x:y/><title>Flood &amp; fire</title><link>/a?x=1&amp;y=2</link></item>"),
    "a bare ampersand beside CDATA": rss("<item><title>Flood & fire</title><link><![CDATA[/a?x=1&y=2]]></link></item>"),
    "a forbidden character": rss("<item><title>Flood &amp;\0 fire</title><link>/a?x=1&amp;y=2</link></item>"),
    "rubbish behind": rss("<item><title>Flood &amp; fire</title><link>/a?x=1&amp;y=2</link></item>") + b"<script>",
    "rubbish before": b"<b>Warning</b>: on line 3"
    + rss("<item><title>Flood &amp; fire</title><link>/a?x=1&amp;y=2</link></item>"),
}


@pytest.mark.parametrize("fault", MALFORMED)
def test_malformed_feeds_are_read(fault: str) -> None:
    link = only(MALFORMED[fault])
    assert (link.url, link.title) == ("https://gazette.example/a?x=1&y=2", "Flood & fire")


@pytest.mark.parametrize("reference", ["&#x110000;", "&#xD800;", "&#0;", "&#x1f;", "&#99999999999;"])
def test_a_reference_to_no_character_is_left_out(reference: str) -> None:
    title = only(rss(f"<item><title>Flood {reference}</title><link>/a</link></item>")).title
    assert title is not None
    assert title.startswith("Flood")


def test_a_fault_in_feedparser_is_a_feed_that_cannot_be_read() -> None:
    chapters = '<p:chapters xmlns:p="http://podlove.org/simple-chapters"><p:chapter title="x"/></p:chapters><p>'
    with pytest.raises(Unreadable, match="not_a_feed: not XML, and"):
        read_feed(rss(f"<item>{chapters}</item>"), URL)


@pytest.mark.parametrize("name", ["item", "author", "link", "a"])
@pytest.mark.parametrize("end", ["", "</{}>"])
def test_elements_inside_each_other_without_end_cost_nothing(name: str, end: str) -> None:
    tower = f"<{name}>" * 65_536 + end.format(name) * 65_536 * bool(end)
    start = time.process_time()
    found = read_feed(rss(f"{FLOOD}<item>{tower}</item>{FLOOD.replace('/a', '/b')}"), URL)
    assert time.process_time() - start < 1.5  # seconds; without a limit, feedparser takes 20 of them on a slow machine
    assert [link.url for link in found.links] == ["https://gazette.example/a"]


def test_a_malformed_feed_with_more_tags_than_feedparser_can_bear_is_cut() -> None:
    start = time.process_time()
    found = read_feed(rss(FLOOD + "<item><p></item>" * 60_000), URL)
    assert time.process_time() - start < 4
    assert [link.url for link in found.links] == ["https://gazette.example/a"]


def test_elements_left_open_in_every_item_do_not_add_up() -> None:
    items = "".join(f"<item><link>/{n}</link><br><p><!-- <b> --><![CDATA[<b>]]></item>" for n in range(400))
    assert len(read_feed(rss(items), URL).links) == 400


def test_entities_are_not_expanded_in_malformed_feeds_either() -> None:
    doctype = f'<!DOCTYPE rss [<!ENTITY a "{"ha" * 50_000}">]>'
    title = f"<title>Flood {'&a;' * 20_000}</title>"
    start = time.process_time()
    link = only(doctype.encode() + rss(f"<item>{title}<link>/a</link><p></item>"))
    assert time.process_time() - start < 1.5
    assert "haha" not in (link.title or "")


def test_dates_of_malformed_feeds() -> None:
    dates = "<pubDate>Fri, 01 Mar 2024 09:30:00 GMT</pubDate><p>"
    assert only(rss(f"<item><link>/a</link>{dates}</item>")).published == "Fri, 01 Mar 2024 09:30:00 GMT"
    body = atom('<link href="/a"/><updated>2024-03-01T12:00:00Z</updated><p>')
    assert only(body) == Link("https://gazette.example/a", None, None, datetime(2024, 3, 1, 12, tzinfo=UTC))


@pytest.mark.parametrize("date", ["soon", "0001-01-01T00:00:00+14:00", "99999-01-01", "x" * 1_000])
def test_dates_that_are_none_do_no_harm(date: str) -> None:
    link = only(atom(f'<link href="/a"/><published>{date}</published><updated>{date}</updated>'))
    assert link.modified_at is None
    assert len(link.published or "") <= 100


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(12))


@pytest.mark.parametrize(
    "doctype",
    [
        f"<!DOCTYPE rss [{ENTITIES}]>",
        '<!DOCTYPE rss [<!ENTITY e11 SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE rss [<!ENTITY e11 SYSTEM "http://127.0.0.1:9/x">]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_entities_are_not_expanded(doctype: str) -> None:
    link = only(doctype.encode() + rss("<item><title>Flood &e11;</title><link>/a</link></item>"))
    assert link.title is not None
    assert link.title.startswith("Flood")
    assert len(link.title) < 20


@pytest.mark.parametrize(
    "body", [b"<opml><outline/></opml>", b"<note>hello</note>", b"hello", b"<rss", b"\x00\x01\x02"]
)
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        read_feed(body, URL)
    assert caught.value.reason == "not_a_feed"
    assert "\n" not in caught.value.detail


def test_a_feed_without_entries_is_a_feed() -> None:
    assert read_feed(rss(""), URL).links == ()


def test_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Gazette",
        "language": "en",
        "items": [
            {"id": "1", "url": ONE, "title": "Flood", "date_published": "2024-03-01T09:30:00+01:00", "language": "de"},
            {"url": "mailto:desk@gazette.example", "external_url": "/3?x=1&amp;y=2"},
            {"id": "https://gazette.example/2", "date_modified": "2024-03-01T12:00:00Z", "title": "\ud800Fire\x00"},
            {"id": "3", "title": 3},
            "nonsense",
        ],
    }
    found = read_json_feed(json.dumps(feed).encode(), URL)
    assert found.title == "Gazette"
    assert found.links == (
        Link(ONE, "Flood", "2024-03-01T09:30:00+01:00", None, "de"),
        Link("https://gazette.example/3?x=1&y=2", language="en"),
        Link("https://gazette.example/2", "Fire", None, datetime(2024, 3, 1, 12, tzinfo=UTC), "en"),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_json_in_any_encoding_and_with_line_breaks_in_strings(encoding: str) -> None:
    body = '{"items": [{"url": "/a", "title": "Zürich\nheute"}]}'.encode(encoding)
    assert read_json_feed(body, URL, "cp1252").links == (Link("https://gazette.example/a", "Zürich heute"),)


@pytest.mark.parametrize("body", [b"{", b"{}", b'{"items": 3}', b"[1]", b'{"items":' + b"[" * 100_000, b"\xff{"])
def test_other_json_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable, match="not_a_feed"):
        read_json_feed(body, URL)
