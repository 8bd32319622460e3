"""Pages made to break whoever reads them: huge, deep, repetitive, or full of what cannot be kept. None is a story's."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.documents import prose

TITLE = "Nobody meant this page to be read"


def page(head: str = "", body: str = "", title: str = TITLE) -> bytes:
    """A short story with these things in its head and behind its text."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in prose(seed=7))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body><article><h1>{title}</h1>{text}{body}</article></body></html>"
    ).encode("utf-8", "surrogatepass")


def inside(opening: str, times: int, closing: str = "", within: str = "Here.") -> bytes:
    """A page with elements nested so deep."""
    return page(body=opening * times + within + closing * times)


def data(value: object) -> bytes:
    """A page whose JSON-LD is this."""
    return page(head=f'<script type="application/ld+json">{json.dumps(value)}</script>')


def story(**said: object) -> bytes:
    """A page whose JSON-LD says this of its story."""
    return data({"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE, **said})


def authors(size: int) -> bytes:
    """So many bytes of JSON-LD authors."""
    return story(author=[{"@type": "Person", "name": f"Jane Q. Doe-{n}"} for n in range(size // 46)])


def numbered(form: str, times: int) -> str:
    """The form so often, with another number in the place of each #."""
    return "".join(form.replace("#", str(n)) for n in range(times))


def paragraphs(size: int) -> bytes:
    """Honest prose of so many bytes."""
    told: list[str] = []
    length = 0
    while length < size:
        told += [f"<p>{len(told)}. {paragraph}</p>\n" for paragraph in prose(seed=len(told))]
        length += sum(map(len, told[-5:]))
    return page(body="".join(told))


MARKS = "\u0301\u0316"  # an accent above and one below: to be put in order wherever they meet
Make = Callable[[], bytes]

# What a worker reads or gives up in a moment each, at a size that shows what grows faster than the page.
QUICK: dict[str, Make] = {
    "24 kB of authors": lambda: authors(24_000),
    "96 kB of authors": lambda: authors(96_000),
    "authors in lists in lists": lambda: story(author=json.loads("[" * 500 + '"Jane Doe"' + "]" * 500)),
    "JSON-LD too deep": lambda: page(head='<script type="application/ld+json">' + "[" * 100_000 + "</script>"),
    "JSON-LD with a number without end": lambda: page(
        head='<script type="application/ld+json">{"@type": "NewsArticle", "wordCount": ' + "9" * 50_000 + "}</script>"
    ),
    "JSON-LD of 20,000 objects": lambda: data(
        [{"@type": "NewsArticle", "headline": f"No. {n}"} for n in range(20_000)]
    ),
    "JSON-LD of commas": lambda: page(head=f'<script type="application/ld+json">{{"a": [{", " * 100_000}</script>'),
    "2,000 spans": lambda: page(body=numbered("<span>word #</span> ", 2_000)),
    "10,000 divs inside each other": lambda: inside("<div>", 10_000, "</div>"),
    "10,000 b never closed": lambda: inside("<b>", 10_000),
    "2,000 lists inside each other": lambda: inside("<ul><li>", 2_000, "</li></ul>"),
    "2,000 quotes inside each other": lambda: inside("<blockquote><p>So.", 2_000, "</p></blockquote>"),
    "300 tables inside each other": lambda: inside("<table><tr><td>", 300, "</td></tr></table>"),
    "10,000 attributes on one element": lambda: page(body="<p " + numbered('a#="1" ', 10_000) + ">So.</p>"),
    "20,000 attributes over many": lambda: page(body=("<p " + numbered('a#="1" ', 200) + ">So.</p>") * 100),
    "one line of a million characters": lambda: page(body=f"<p>{'word ' * 200_000}</p>"),
    "one word of a million characters": lambda: page(body=f"<p>{'x' * 1_000_000}</p>"),
    "a title of a million characters": lambda: page(title="Long " * 200_000),
    "a title of separators": lambda: page(title="a | " * 25_000),
    "100,000 ideographs": lambda: page(body=f"<p>{'新华社北京' * 20_000}</p>"),
    "50,000 marks on one letter": lambda: page(body=f"<p>Say e{MARKS * 25_000} if you can.</p>"),
    "50,000 marks in the title": lambda: page(title=f"Say e{MARKS * 25_000}"),
    "2,000 links": lambda: page(body=numbered('<a href="/news/a-story-no-#.html">A story with number #</a> ', 2_000)),
    "2,000 headlines": lambda: page(body=numbered('<h2><a href="/a/story-#">A story of number #</a></h2>', 2_000)),
    "2,000 h1": lambda: page(body=numbered("<h1>A heading of number #</h1>", 2_000)),
    "a link of a million characters": lambda: page(
        head=f'<link rel="canonical" href="/{"x" * 1_000_000}">', body=f'<h2><a href="/{"x" * 1_000_000}">One</a></h2>'
    ),
    "10,000 time elements": lambda: page(body=numbered('<time datetime="2024-05-03T10:00:00Z">No. #</time>', 10_000)),
    "5,000 dates in words": lambda: page(body="<p>3 May 2024, 10:00, 4.5.2024, May 5, 2024</p>" * 1_250),
    "digits and dots": lambda: page(body=f"<p>{'1.' * 50_000}</p><p>{'1/' * 50_000}</p>"),
    "1,000 bylines": lambda: page(body=numbered('<p class="byline">By Jane Doe #</p>', 1_000)),
    "5,000 bylines inside each other": lambda: inside('<div class="author">By Jane Doe ', 5_000, "</div>"),
    "20,000 meta elements": lambda: page(head=numbered('<meta name="n#" content="value #">', 20_000)),
    "20,000 times the same meta": lambda: page(head=numbered('<meta name="author" content="Jane Doe #">', 20_000)),
    "a meta of a million characters": lambda: page(head=f'<meta name="keywords" content="{"a tag, " * 150_000}">'),
    "2,000 microdata": lambda: page(body='<span itemprop="datePublished" itemtype="x">2024</span>' * 2_000),
    "a table of 50 by 50": lambda: page(body=f"<table>{('<tr>' + '<td>1,0</td>' * 50 + '</tr>') * 50}</table>"),
    "2,000 br": lambda: page(body=f"<p>{'So it goes.<br>' * 2_000}</p>"),
    "50,000 entities": lambda: page(body=f"<p>{'&amp;lt; &#x2019; &notanentity; &' * 12_500}</p>"),
    "an entity without end": lambda: page(body=f"<p>&amp;#{'9' * 50_000}; &#{'9' * 50_000};</p>"),
    "20,000 comments and scripts": lambda: page(body="<!-- so --><script>so()</script>" * 10_000),
    "a comment never closed": lambda: page(body="<!-- " + "so - -" * 100_000),
    "100,000 tags never ended": lambda: page(body="<a " * 100_000),
    "100,000 closing tags": lambda: page(body="</div>" * 100_000),
    "2,000 paragraphs of a word": lambda: page(body="<p>So.</p>" * 2_000),
    "500 times the same paragraph": lambda: page(body=f"<p>{prose(seed=3)[0]}</p>" * 500),
    "a class of a million characters": lambda: page(body=f'<p class="{"author " * 150_000}">So.</p>'),
    "brackets and dashes": lambda: page(body=f"<p>{'(' * 50_000}</p><p>{'— ' * 50_000}</p><p>{'[/' * 50_000}</p>"),
    "spaces": lambda: page(body=f"<p>So{' ' * 500_000}it goes{chr(0xA0) * 500_000}</p>{' ' * 500_000}"),
    "nothing but NUL": lambda: b"\x00" * 1_000_000,
    "surrogates and NUL": lambda: page(body="<p>\ud800 and \x00 and &#xD800; and &#0; and \uffff</p>" * 1_000),
    "bytes that are no text": lambda: bytes(range(256)) * 500,
    "frames, forms and objects": lambda: page(body="<form><select><option>So<object><iframe>" * 5_000),
}
# A worker's end each: of its time and of its memory.
DEADLY: dict[str, Make] = {
    "100,000 attributes on one element": lambda: page(body="<p " + numbered('a#="1" ', 100_000) + ">So.</p>"),
    "2.5 million attributes": lambda: page(body=f"<p {numbered('a# ', 100)}>" * 25_000),
}
# What only the proof reads: of sizes up to what is fetched, and beyond it.
HEAVY: dict[str, Make] = {
    "5 MB of authors": lambda: authors(5_000_000),
    "20,000 spans": lambda: page(body=numbered("<span>word #</span> ", 20_000)),
    "49,000 spans": lambda: page(body=numbered("<span>word #</span> ", 49_000)),
    "200,000 spans": lambda: page(body=numbered("<span>word #</span> ", 200_000)),
    "100,000 divs inside each other": lambda: inside("<div>", 100_000, "</div>"),
    "100,000 spans inside each other": lambda: inside("<span>", 100_000, "</span>"),
    "100,000 attributes over many": lambda: page(body=("<p " + numbered('a#="1" ', 1_000) + ">So.</p>") * 100),
    "1 MB of honest prose": lambda: paragraphs(1_000_000),
    "3 MB of honest prose": lambda: paragraphs(3_000_000),
    "10 MB of honest prose": lambda: paragraphs(10_000_000),
    "20 MB of honest prose": lambda: paragraphs(20_000_000),
    "20 MB in one paragraph": lambda: page(body=f"<p>{'word ' * 4_000_000}</p>"),
    "10 MB of script": lambda: page(body=f"<script>{'so(); ' * 1_600_000}</script>"),
    "a picture of 9 MB in an attribute": lambda: page(body=f'<img src="data:image/png;base64,{"A" * 9_000_000}">'),
    "10,000 h1": lambda: page(body=numbered("<h1>A heading of number #</h1>", 10_000)),
    "20,000 links": lambda: page(body=numbered('<a href="/news/a-story-no-#.html">A story no. #</a> ', 20_000)),
    "100,000 links": lambda: page(body=numbered('<a href="/news/a-story-no-#.html">A story no. #</a> ', 100_000)),
    "100,000 time elements": lambda: page(body=numbered('<time datetime="2024-05-03">No. #</time>', 100_000)),
    "50,000 headings": lambda: page(body=numbered("<h2>A heading of number #</h2>", 50_000)),
    "50,000 headlines": lambda: page(body=numbered('<h2><a href="/a/story-#">A story of number #</a></h2>', 50_000)),
    "50,000 h1": lambda: page(body=numbered("<h1>A heading of number #</h1>", 50_000)),
    "200,000 meta elements": lambda: page(head=numbered('<meta name="n#" content="value #">', 200_000)),
    "a table of 500 by 500": lambda: page(body=f"<table>{('<tr>' + '<td>1,0</td>' * 500 + '</tr>') * 500}</table>"),
    "3,000 tables inside each other": lambda: inside("<table><tr><td>", 3_000, "</td></tr></table>"),
    "20,000 br": lambda: page(body=f"<p>{'So it goes.<br>' * 20_000}</p>"),
    "100,000 br": lambda: page(body=f"<p>{'So it goes.<br>' * 100_000}</p>"),
    "a million entities": lambda: page(body=f"<p>{'&amp;lt; &#x2019; &notanentity; &' * 250_000}</p>"),
    "100,000 paragraphs of a word": lambda: page(body="<p>So.</p>" * 100_000),
    "100,000 list items": lambda: page(body="<ul>" + numbered("<li>An item of number #", 100_000) + "</ul>"),
    "a million marks on one letter": lambda: page(body=f"<p>Say e{MARKS * 500_000} if you can.</p>"),
    "a million ideographs": lambda: page(body=f"<p>{'新华社北京' * 200_000}</p>"),
    "JSON-LD of 5 MB": lambda: story(articleBody="word " * 1_000_000),
    "10 MB of JSON-LD in 100 scripts": lambda: page(
        head=f'<script type="application/ld+json">{{"@type": "Article", "author": [{"[[]]," * 19_000}1]}}</script>'
        * 100
    ),
}
