"""Which lines of the extracted text are not the story's, and by which rule.

Lines are taken out of what the extractor returned, never out of the page before: a page without a node can make it
choose another container and lose half the story. Each rule is named after what it finds; the name is kept with the
removed line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from itertools import takewhile

from lxml.html import HtmlElement

from pipelines import text
from pipelines.extraction.story.blocks import Block
from pipelines.extraction.story.phrases import AMBIGUOUS, FURNITURE, POINTER
from pipelines.extraction.story.placement import Placement, weight

SMALL = 0.15  # of the words: a box beside the story holds less
ASTRAY = 0.35  # of the words: a rule that looks at single lines and finds more has taken the story for furniture
MOST = 0.5  # of the words
BESIDE = 0.25  # of the words: what comes after the story's own element and is more belongs to it
BOX = re.compile(
    r"(?:^|[\s_-])(?:related|newsletters?|sign-?up|subscribe|promo\w*|share|sharing|recommend(?:ed|ations?)|trending"
    r"|most-?read|most-?popular|outbrain|taboola|also-?read|read-?also|see-?also|comments|disclaimer"
    r"|author-?(?:bio|box|info)|bio|breadcrumbs?|paywall|consent|cookies?|advert\w*|ads?|player|poll|quiz|survey"
    r"|feedback|cta|call-?to-?action|footer|donat\w*|recirc\w*)(?:$|[\s_-])",
    re.IGNORECASE,
)
CAPTION = re.compile(
    r"(?:^|[\s_-])(?:\w*caption\w*|credits?|(?:photo|image)-?credit|legend|bildunterschrift)(?:$|[\s_-])", re.IGNORECASE
)
LABEL = re.compile(r"[^\s:|,.]+(?: [^\s:|,.]+){0,4} ?[:|]\s")  # "READ NEXT: ", "Fler nyheter | "
SHORT_LABEL = re.compile(r"[^:|：｜\n]{2,40}[:|：｜]")
SEPARATOR = re.compile(r"\s*[:|：｜】–—-]|\W*$")
SENTENCE = re.compile(r"[.!?…।。][”\"’»]?$")
FEWEST_SAID = 4  # words of a sentence; fewer are a label
MAIL = re.compile(r"\b[\w.+-]{1,60}@[\w-]{1,60}\.\w|(?:^|\s)@\w{3}")
YEAR_OR_TIME = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}:\d\d")
BY = re.compile(r"(?:by|von|par|por|di|av|af|door|od)\b", re.IGNORECASE)


def title_echo(page: Placement) -> Iterator[int]:
    """The headline once more, before the story begins."""
    titles = [folded(title) for title in page.titles]
    for n in range(min(len(page.lines), max(page.first + 1, 3), 12)):
        said = folded(page.lines[n].block.text)
        if said and len(said) < 400 and any(same_headline(said, title) for title in titles):
            yield n


def pointer(page: Placement) -> Iterator[int]:
    """ "Read more: …" and the links that follow a bare "Read more"."""
    for n, line in enumerate(page.lines):
        begins = POINTER.match(line.block.text)
        if not begins:
            continue
        words = page.weights[n]
        if words <= 4 or line.linked > 0.3 or (words <= 25 and _is_label(line.block, begins.end())):
            yield n
            if words <= 6 and line.linked < 0.3:
                yield from _links_from(page, n + 1)


def labelled_link(page: Placement) -> Iterator[int]:
    """ "LABEL | Headline" in any language: a few words, then a link inside the site to the end of the line."""
    for n, line in enumerate(page.lines):
        label = LABEL.match(line.block.text)
        if label and line.inside and line.linked > 0.5 and line.block.kind in ("paragraph", "heading"):
            rest = 1 - _letters(label[0]) / _letters(line.block.text)
            if line.linked > 0.95 * rest:
                yield n


def outside(page: Placement) -> Iterator[int]:
    """What comes after the element that holds the story: appeals, authors, other stories."""
    if page.home is None:
        return
    within = [n for n, line in enumerate(page.lines) if page.home in line.ancestors()]
    after = [n for n in range(within[-1] + 1, len(page.lines)) if page.lines[n].element is not None]
    if page.share(after) < BESIDE:
        yield from after


def furniture(page: Placement) -> Iterator[int]:
    """Appeals, credits and buttons: by their words, and surer where they are short, linked or at the edge."""
    for n, line in enumerate(page.lines):
        words = page.weights[n]
        if words > 40 or line.block.kind in ("code", "row") or not FURNITURE.match(line.block.text):
            continue
        at_the_edge = not page.first <= n <= page.last
        if (
            (words <= 8 and not _is_said(line.block.text))
            or at_the_edge
            or line.linked > 0.15
            or line.block.kind == "heading"
        ):
            yield n


def box(page: Placement) -> Iterator[int]:
    """What stands in a small element that is called a newsletter, a share bar, a poll …"""
    names = {element: _box_name(element) for element, share in page.shares.items() if share < SMALL}
    found: dict[str, list[int]] = defaultdict(list)
    for n, line in enumerate(page.lines):
        name = next((names[element] for element in line.ancestors() if names.get(element)), None)
        if name:
            found[name].append(n)
    for numbers in found.values():  # a name that much of the story stands under says nothing on this page
        if page.share(numbers) < SMALL:
            yield from numbers


def caption(page: Placement) -> Iterator[int]:
    """What is written under a picture."""
    for n, line in enumerate(page.lines):
        if page.weights[n] > 60 or line.block.kind == "row":
            continue
        for level, element in enumerate(line.ancestors()):
            if page.shares[element] > SMALL:
                break
            if element.tag in ("figure", "figcaption") or (
                level < 4 and CAPTION.search(element.get("class", "")[:200])
            ):
                yield n
                break


def link_line(page: Placement) -> Iterator[int]:
    """A headline that is a link inside the site and nothing else; not in a text that is made of links."""
    links = [n for n, line in enumerate(page.lines) if line.linked > 0.8]
    if len(links) > 0.25 * len(page.lines):
        return
    for n in links:
        line = page.lines[n]
        heads_prose = line.block.kind == "heading" and n + 1 in page.prose
        alone = line.linked > 0.9 and line.inside and line.block.kind in ("paragraph", "heading")
        if alone and page.weights[n] >= 4 and not heads_prose:
            yield n


def repeated(page: Placement) -> Iterator[int]:
    """The same sentence for the second time."""
    seen: set[str] = set()
    for n, line in enumerate(page.lines):
        said = folded(line.block.text)
        if said in seen and page.weights[n] >= 8 and line.block.kind in ("paragraph", "item", "quote"):
            yield n
        seen.add(said)


def tail(page: Placement) -> Iterator[int]:
    """Headings and links that nothing follows; where they are most of the text, they are what it is about."""
    after = range(len(page.lines) - 1, page.last, -1)
    found = list(takewhile(lambda n: page.lines[n].block.kind == "heading" or page.lines[n].linked > 0.8, after))
    if page.share(found) < MOST:
        yield from found


def contact(page: Placement) -> Iterator[int]:
    """How to write to the author, at the end."""
    for n in range(max(0, len(page.lines) - 4, page.last - 1), len(page.lines)):
        if page.weights[n] < 60 and MAIL.search(page.lines[n].block.text):
            yield n


def date_or_byline(page: Placement) -> Iterator[int]:
    """Who and when, in short lines before the story begins."""
    for n in range(page.first):
        said = page.lines[n].block.text
        if (
            page.lines[n].block.kind != "heading"
            and page.weights[n] <= 8
            and (YEAR_OR_TIME.search(said) or BY.match(said))
        ):
            yield n


def other_article(page: Placement) -> Iterator[int]:
    """Stories that the page appends to its own, each in an article element of its own."""
    homes = [next((up for up in line.ancestors() if up.tag == "article"), None) for line in page.lines]
    articles = list(dict.fromkeys(homes[n] for n in page.prose if homes[n] is not None))
    titles = [folded(title) for title in page.titles]
    own = next((a for a in articles if len(articles) > 1 and a is not None and _is_headed(a, titles)), None)
    if own is None:
        return
    around = {own, *own.iterancestors(), *own.iter("article")}
    for n, home in enumerate(homes):
        if home is not None and home not in around:
            yield n


Rule = Callable[[Placement], Iterator[int]]
# These look at a line by itself; the others see what is around it, or have a bound of their own.
OF_SINGLE_LINES: tuple[Rule, ...] = (pointer, labelled_link, furniture, caption, contact, date_or_byline)
RULES: tuple[Rule, ...] = (
    title_echo, pointer, labelled_link, outside, furniture, box, caption, link_line, repeated, tail, contact,
    date_or_byline, other_article,
)  # fmt: skip


def judge(page: Placement, rules: tuple[Rule, ...] = RULES) -> dict[int, str]:
    """The numbers of the lines that are not the story's, with the name of the first rule that says so."""
    found: dict[int, str] = {}
    for rule in rules:
        numbers = list(rule(page))
        if rule in OF_SINGLE_LINES and page.share(numbers) > ASTRAY:
            continue
        for n in numbers:
            found.setdefault(n, rule.__name__)
    return found


def folded(line: str) -> str:
    """The words of a line, in one case, with single spaces."""
    return " ".join(text.words(line)).casefold()


def same_headline(one: str, other: str) -> bool:
    """Whether two folded lines are the same headline: one may lack a kicker or a few words of the other."""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) <= 20 or len(shorter) < 0.6 * len(longer):
        return False
    if shorter in longer:
        return True
    likeness = SequenceMatcher(None, one, other)
    # The two quick ones are upper bounds of the dear one.
    return all(ratio() > 0.9 for ratio in (likeness.real_quick_ratio, likeness.quick_ratio, likeness.ratio))


def _is_headed(article: HtmlElement, titles: list[str]) -> bool:
    headings = (folded(heading.text_content()[:400]) for heading in article.iter("h1", "h2"))
    return any(same_headline(heading, title) for heading in headings for title in titles)


def _is_label(block: Block, begins: int) -> bool:
    """Whether what begins the line, up to that character, is set off from the rest: "Read also - ", "More on it: "."""
    return bool(SEPARATOR.match(block.text, begins)) or (block.kind != "quote" and bool(SHORT_LABEL.match(block.text)))


def _is_said(line: str) -> bool:
    """Whether a line that begins like an appeal may be a sentence of the story all the same."""
    return bool(AMBIGUOUS.match(line) and SENTENCE.search(line)) and weight(line) > FEWEST_SAID


def _links_from(page: Placement, number: int) -> Iterator[int]:
    for n in range(number, len(page.lines)):
        line = page.lines[n]
        if line.linked <= 0.8 and not (line.block.kind == "item" and line.linked):
            return
        yield n


def _box_name(element: HtmlElement) -> str:
    if element.tag in ("footer", "form"):
        return str(element.tag)
    match = BOX.search(f"{element.get('class', '')} {element.get('id', '')}"[:300])
    return match[0].strip(" _-").lower() if match else ""


def _letters(line: str) -> int:
    return max(1, len("".join(line.split())))
