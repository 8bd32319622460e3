"""What is put into pages to spoil them: tags, values, entities, dates and characters that readers stumble over."""

from __future__ import annotations

from typing import Any

TAGS = (
    b"div span p a b i ul li ol dl dt dd table tr td th tbody article section aside nav header footer main figure"
    b" figcaption blockquote h1 h2 h3 h4 time img video audio iframe object embed form input button select option"
    b" textarea script style noscript template svg math br hr pre code title head body html meta link base frameset"
    b" plaintext xmp"
).split()
OPENINGS = (
    b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?xml version='1.0' encoding='utf-16'?>", b"<?", b"<!", b"</", b"<",
    b">",
    b"<script>", b"<style>", b"<textarea>", b"<plaintext>", b"<title>", b"<svg><p>", b"<math><mi>", b"<template>",
    b"<noscript>", b"<base href='http://[::1'>", b"<base href='javascript:0'>", b"<frameset>", b"<body class='x'>",
    b"<html lang='xx-YY-zz'>", b"<select>", b"<p/><p//>", b"<a href=", b"<a href='x' href='y'>", b"<:x:y>",
    b"<a:b c:d='e'>",
)  # fmt: skip
VALUES = (
    b"", b" ", b"\x00", b"0", b"-1", b"NaN", b"null", b"true", b"9" * 400, b"x" * 5_000, b"http://", b"http://[::1",
    b"http://[::1]:99999/", b"//", b"://", b"http://a:b@c/", b"HTTP://EXAMPLE.COM:80/%zz/../..",
    b"javascript:alert(1)",
    b"data:text/html,x", b"mailto:x", b"?", b"#", b"\\\\host\\path", "http://münchen.example/ü".encode(),
    "http://xn--a\u202eb.example/".encode(), b"http://" + b"a." * 200, b"/" + b"../" * 300, b"%00%ff%ed%a0%80",
    b"&#0;&#xD800;&#x110000;&#99999999999;", b"&amp;amp;amp;lt;", b"\xed\xa0\x80", b"\xff\xfe", b"author byline",
    b"paywall premium", b"related newsletter", b"en", b"zz", b"application/ld+json", b"article:published_time",
    b"datePublished", b"author", b"og:title", b"canonical", b"utf-7", b"text/html; charset=utf-16",
)  # fmt: skip
ENTITIES = (
    b"&#0;", b"&#xD800;", b"&#xDFFF;", b"&#xFFFF;", b"&#x110000;", b"&#xFFFFFFFFFF;", b"&#99999999999999999999;",
    b"&#x202E;", b"&#x200B;", b"&#128;", b"&amp;#xD800;", b"&amp;#0;", b"&amp;#" + b"9" * 300 + b";", b"&", b"&#",
    b"&#x",
    b"&lt;", b"&lt;p&gt;", b"&nbsp;", b"&bogus;", b"&amp;amp;amp;", b"&NotEqualTilde;", b"&shy;", b"&zwj;", b"&#1;",
    b"&#13;", b"&#x85;", b"&#xFDD0;", b"&#x1FFFE;",
)  # fmt: skip
DATES = (
    b"9999-12-31", b"9999-12-31T23:59:59-12:00", b"9999-12-31T23:59:59Z", b"0000-00-00", b"0000-00-00 00:00:00",
    b"0001-01-01T00:00:00+14:00", b"-2024-05-03", b"-0001-11-30T00:00:00+00:00", b"10000-01-01", b"2024-02-30",
    b"2024-13-45T25:61:61", b"2024-05-03T10:00:00+99:99", b"2024-05-03T24:00:00", b"2024-05-03T23:59:60Z",
    b"1969-12-31",
    b"2999-01-01", b"31/12/9999", b"99/99/9999", b"99999999999999", b"1714730400000000", b"-62135596800", b"20240230",
    b"2024-W53-9", b"2024-366", b"Thu, 31 Dec 9999 23:59:59 GMT", b"Mon, 99 Foo 2024 10:00:00 +9999", b"0/0/0",
    b"2024-05-03T10:00:00.123456789123456789Z", b"2024-05-03T10:00:00 Europe/Nowhere", b"2567-05-03", b"1 hour ago",
    b"999999999999 years ago", b"in 99999999999 days", b"99999999999999999999 minutes ago", b"31 February 2024",
)  # fmt: skip
STRANGE = [
    character.encode("utf-8", "surrogatepass")
    for character in (
        "\u202e", "\u202d", "\u2066", "\u2069", "\u200b", "\u200d", "\u200f", "\ufeff", "\u2060", "\u00ad", "\u2028",
        "\u2029", "\u0085", "\x0b", "\x0c", "\x1c", "\x7f", "\x00", "\ufffe", "\uffff", "\ufdd0", "\U0001fffe",
        "\U0010ffff", "\ud800", "\udfff", "\ud83d\ude00", "\U000e0001", "\u0301" * 40, "\u0316\u0301" * 400,
        "\u1100\u1161",
        "\u3164", "ﷺ" * 5, "ß", "İ", "ŉ", "ǅ", "ﬃ", "ａ", "①", "½", "\u0e33" * 20, "\U0001f468\u200d\U0001f469", "𝒜",
    )
]  # fmt: skip
DIGITS = ["٣", "۴", "५", "３", "²", "³", "①", "Ⅷ", "𝟗", "〇", "௧", "𐒠"]
WORDS = (
    b"By", b"By Jane Doe and John Roe", b"(Reuters) -", b"(AP) \xe2\x80\x94", b"LONDON, May 3 (AP) -- ",
    b"BERLIN (dpa) -",
    b"Read more:", b"LIRE AUSSI", b"Subscribe", b"3 May 2024", b"May 3rd, 2024 10:00 PM", b"3 hours ago", b"gestern",
    b"Updated", b"Published", "［東京　５日　ロイター］".encode(), "新华社北京5月3日电".encode(), b"(" * 50, b"[/" * 50,
    b"- " * 60, b"|" * 40, b"..." * 40, b"\n" * 200, b"\xc2\xa0" * 200, b"404", b"cookies", b"http://x" * 50,
    b"@" * 99,
)  # fmt: skip
CHARSETS = (
    b"utf-16", b"utf-16le", b"utf-32", b"utf-7", b"shift_jis", b"iso-2022-jp", b"iso-2022-kr", b"hz", b"gb18030",
    b"big5",
    b"euc-kr", b"windows-1251", b"koi8-r", b"latin-1", b"ascii", b"cp037", b"x-user-defined", b"nonsense", b"",
    b"base64",
    b"zlib", b"rot13", b"idna", b"punycode", b"unicode_escape", b"raw_unicode_escape", b"undefined", b"mbcs",
    b"utf-8-sig",
)  # fmt: skip
ENCODINGS = (
    "utf-16",
    "utf-16-be",
    "utf-32",
    "cp1251",
    "shift_jis",
    "gb18030",
    "latin-1",
    "utf-7",
    "utf-8-sig",
    "cp037",
)
LEAVES: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 10**30, "", " ", [], {}, [[]], [None], {"@type": None},
    {"name": {"name": {"name": "x"}}},
    [["x"] * 3] * 3, "\x00", "\ud800", "x" * 3000, {"@type": ["Person", 3], "name": ["Jane Doe", None, 5]},
    {"@id": "#x"},
    "9999-12-31T23:59:59-12:00", "0000-00-00", ["2024-05-03", {}], {"@value": "2024-05-03"}, "http://[",
    {"url": [{}]},
)  # fmt: skip
