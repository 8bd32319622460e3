"""The headline of a page: what the page prints, made sure of by what its head says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml.etree import XPath

from pipelines.extraction.about.sites import Site
from pipelines.extraction.page import Page, types
from pipelines.extraction.plain import folded, plain, squashed, strings

# Meta names that hold a headline, the most carefully written first.
TITLE_META = (
    "og:title", "twitter:title", "parsely-title", "sailthru.title", "headline", "dc.title", "dcterms.title",
    "citation_title", "fb_title", "rbtitle", "title",
)  # fmt: skip
HEADINGS = XPath("//h1[not(ancestor::nav or ancestor::footer)]")
MOST_HEADINGS = 40
LONGEST = 500  # characters
# What stands between a headline and the name of the site or the section.
SEPARATOR = re.compile(r"\s+(?:[|–—\-·•»«›‹~/:⋆⁄*]|::|\|\|)\s+|\s*[|｜]\s*|\s*：\s*|:\s+")
CUT_SHORT = re.compile(r"\s*(?:\.\.\.|…)\s*$")
MOST_OF_A_NAME = 60  # characters
CUT_FROM = 90  # characters; where systems cut a headline without saying so it is about 110
ALIKE = 0.34  # share of the shorter one's words that makes a heading the headline
LONGER = 0.25  # and share of the longer one's


def headline(page: Page, site: Site) -> str | None:
    """The headline as printed, without the site's name, its section and a kicker; None where the page has none.

    The h1 that the head of the page bears out is the headline; JSON-LD, OpenGraph and the title element decide where
    there is none, and what the feed said is the last to be asked.
    """
    heads = tuple(dict.fromkeys(_heads(page, site)))
    printed = tuple(dict.fromkeys(_printed(page, site)))
    chosen = _choose(heads, printed) or plain(page.hints.title, LONGEST)
    if chosen and (shared := _written_for_sharing(page, site, chosen)):
        return shared
    return _completed(chosen, (*printed, *heads)) if chosen else None


def _heads(page: Page, site: Site) -> Iterator[str]:
    """The headlines that the head of the page gives, without the site's name."""
    said = [*strings(page.story.get("headline"))[:1]]
    said += [page.meta[name][0] for name in TITLE_META if name in page.meta]
    said += [title.text_content() for title in page.tree.iterfind(".//head/title")][:1]
    for value in said:
        bare = _bare(value, site)
        if bare and not site.is_named(bare):
            yield bare


def _bare(value: str, site: Site) -> str:
    """What the head says as headline, without the site's name and section."""
    return _without_section(_without_site(plain(value, LONGEST) or "", site))


def _printed(page: Page, site: Site) -> Iterator[str]:
    for heading in HEADINGS(page.tree)[:MOST_HEADINGS]:
        if (title := plain(" ".join(heading.itertext()), LONGEST)) and not site.is_named(title):
            yield _without_site(title, site, surely=True)


def _written_for_sharing(page: Page, site: Site, chosen: str) -> str | None:
    """The og:title of a news story where it alone differs from h1, title element and JSON-LD.

    Those three are one field of the newsroom's system; the fourth was then written by a person who knew the story.
    """
    shared = plain(page.said("og:title"), LONGEST)
    element = next((title.text_content() for title in page.tree.iterfind(".//head/title")), None)
    fields = [*strings(page.story.get("headline"))[:1], element]
    same = all(value and squashed(_bare(value, site)) == squashed(chosen) for value in fields)
    if not shared or len(fields) < 2 or not same or not any(kind.endswith("NewsArticle") for kind in types(page.story)):
        return None
    bare = _bare(shared, site)
    return bare if squashed(bare) and squashed(bare) != squashed(chosen) and not CUT_SHORT.search(bare) else None


def _choose(heads: Sequence[str], printed: Sequence[str]) -> str | None:
    if not heads or not printed:
        return next(iter((*heads, *printed)), None)
    by_letters = {squashed(head): head for head in reversed(heads)}
    return (
        _borne_out(printed, by_letters)
        or _after_kicker(printed, by_letters)
        or _segment(heads, printed, by_letters)
        or _likest(heads, printed)
        or heads[0]
    )


def _borne_out(printed: Sequence[str], heads: Mapping[str, str]) -> str | None:
    """The first heading that the head of the page has too; where only the spaces differ, those of the head."""
    for title in printed:
        if head := heads.get(squashed(title)):
            return title if folded(title) == folded(head) else head
    return None


def _after_kicker(printed: Sequence[str], heads: Mapping[str, str]) -> str | None:
    """The headline at the end of a heading that begins with a kicker or a section."""
    for title in printed:
        whole = squashed(title)
        for letters, head in heads.items():
            if whole.endswith(letters) and len(folded(head).split()) > 2:
                return head
    return None


def _segment(heads: Sequence[str], printed: Sequence[str], by_letters: Mapping[str, str]) -> str | None:
    """Where a heading is one part of what the head has: the heading, unless the other part is a headline too."""
    parts = {squashed(title): title for title in reversed(printed)}
    for head in heads:
        for cut in SEPARATOR.finditer(head):
            first, second = squashed(head[: cut.start()]), squashed(head[cut.end() :])
            for one, other in ((first, second), (second, first)):
                if one in parts and other:
                    return by_letters.get(other, parts[one])
    return None


def _likest(heads: Sequence[str], printed: Sequence[str]) -> str | None:
    """The heading that shares the most words with the head's, the first of several, if they are enough."""
    likeness = {title: max(_alike(title, head) for head in heads) for title in reversed(printed)}
    best = max(reversed(likeness), key=lambda title: likeness[title])
    if likeness[best] >= ALIKE:
        return best
    return None


def _alike(a: str, b: str) -> float:
    """The share of words that two titles have in common, of the shorter one's; 0 where one is much shorter."""
    first, second = set(folded(a).split()), set(folded(b).split())
    common, (shorter, longer) = len(first & second), sorted((len(first), len(second)))
    return common / shorter if shorter and common >= longer * LONGER else 0.0


def _without_site(title: str, site: Site, surely: bool = False) -> str:
    """The title without the site's name at its end or beginning, and the section that stands before it there."""
    for _ in range(3):
        cuts = list(SEPARATOR.finditer(title))
        if not cuts:
            break
        ending = title[cuts[-1].end() :]
        if site.is_named(ending) if surely else site.is_like(ending):
            title = title[: cuts[-1].start()]
        elif site.is_named(title[: cuts[0].start()]):
            title = title[cuts[0].end() :]
        elif len(cuts) > 1 and site.is_named(title[cuts[-2].end() : cuts[-1].start()]):
            title = title[: cuts[-2].start()]  # "Headline | The Paper | by Jane Doe"
        else:
            break
    return title.strip()


def _without_section(title: str) -> str:
    """The title without a word or two after a bar at its end: a section of the site, not a part of the headline."""
    head, bar, tail = title.rpartition("|")
    return head.strip() if bar and len(folded(tail).split()) <= 2 and len(folded(head).split()) > 4 else title


def _completed(title: str, others: Sequence[str]) -> str:
    """A title that was cut short, as one of the others has it in full."""
    mark = CUT_SHORT.search(title)
    if not mark and len(title) < CUT_FROM:
        return title
    beginning = title[: mark.start()] if mark else title
    whole = (o for o in others if squashed(o).startswith(squashed(beginning)) and not CUT_SHORT.search(o))
    return next((o for o in whole if mark or o[len(title) :].lstrip()[:1].isalnum()), title)


def beside(page: Page, title: str | None) -> str | None:
    """What stands beside the headline in the title element: the site's name, where the page gives it nowhere else."""
    for element in page.tree.iterfind(".//head/title"):
        whole = plain(element.text_content(), LONGEST) or ""
        cuts = [cut for cut in SEPARATOR.finditer(whole) if squashed(whole[: cut.start()]) == squashed(title)]
        last = list(SEPARATOR.finditer(whole))[-1:]
        if cuts and last and len(name := whole[last[0].end() :].strip()) <= MOST_OF_A_NAME:
            return name or None
    return None
