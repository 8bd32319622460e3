"""What kind of page it is: a story, a live blog, a gallery, a video, a list of stories, or something else.

Signs speak for a story or for one other kind of page, each with its points. A page is another kind only where that
kind's points far outweigh the story's: a story lost is worse than a shop page kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.extraction.kind import quality, walls
from pipelines.extraction.kind.facts import Facts, gather
from pipelines.extraction.kind.signs import Leaning, Sign, path, weigh
from pipelines.extraction.page import Page
from pipelines.records import Kind

Seen = Mapping[Leaning, Sequence[Sign]]
NAMES: dict[Leaning, tuple[Kind, str]] = {
    "product": ("other", "a shop page"),
    "forum": ("other", "a forum page"),
    "list": ("list", "a list of stories or goods"),
    "service": ("other", "a page about a service or an organisation"),
}
MARGIN = 5  # points by which another kind outweighs the story
SAYS_IT_IS_A_STORY = 5  # points with which a page says of itself that it is one: then a few words are a brief
FEWEST_WORDS_OF_A_STORY = 10
MOST_WORDS_OF_A_VIDEO = 150  # of a page that is a player and what it shows; an article with a video has more
MOST_WORDS_OF_A_GALLERY = 250
FEWEST_PICTURES = 5
FEWEST_ENTRIES = 3  # of a live blog


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


LIVE_PATH = re.compile(r"/live(?:/|$)|live-?blog|live-?ticker|/(?:en-direct|en-directo|ao-vivo|diretta)(?:/|-)")
VIDEO_PATHS = _words("video videos watch tv mediathek videoteca")
GALLERY_PATHS = _words(
    """gallery galleries photos photo pictures slideshow galerie galeries fotostrecke fotostrecken bilder diaporama
    photos galeria galerias fotogaleria fotogalerias fotos fotogallery galleria bildspel billeder kuvat zdjecia
    foto-galeri galeri fotogalerie"""
)
GALLERY_TYPES = _words("ImageGallery MediaGallery")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The kind of a page, and a line for people that says why."""

    kind: Kind
    detail: str


def judge(page: Page, title: str | None, body: str) -> Verdict:
    """The kind of a page. `body` is its cleaned text, a paragraph a line."""
    facts = gather(page, title, body)
    wall = _wall(page, title, body, facts.words)
    if wall:
        return Verdict("none", f"{wall}: {facts.words} words")
    signs = weigh(facts)
    if facts.words < quality.FEWEST_WORDS:
        return _short(facts, signs)
    if title is None:
        return Verdict("other", "a text without a title")
    points = {kind: sum(sign.points for sign in seen) for kind, seen in signs.items()}
    other = max(NAMES, key=lambda kind: points[kind])
    if points[other] - points["story"] >= MARGIN and not _is_live(facts):
        return _refusal(other, signs, facts)
    return _story(facts, signs)


def _wall(page: Page, title: str | None, body: str, words: int) -> str | None:
    """What stands in the way of a story on this page, if anything does."""
    if words >= walls.WORDS_OF_AN_ERROR:
        return "a question about cookies" if walls.asks_consent(body) else None
    headings = quality.headings_of(page, title)
    if walls.not_found(headings, body, words):
        return "a page that says it does not exist"
    if walls.asks_consent(body):
        return "a question about cookies"
    if words < quality.FEWEST_WORDS and walls.asks_login(headings, body, words):
        return "a login"
    return None


def _short(facts: Facts, signs: Seen) -> Verdict:
    """A page of next to no text: a video, a gallery, a brief, or nothing."""
    shown = _shown(facts)
    if shown:
        return shown
    says = sum(sign.points for sign in signs["story"] if sign.points > 0)
    against = any(sum(sign.points for sign in signs[kind]) >= MARGIN for kind in NAMES)
    if facts.words >= FEWEST_WORDS_OF_A_STORY and says >= SAYS_IT_IS_A_STORY and not against:
        return Verdict("article", f"a brief of {facts.words} words: {_names(signs['story'])}")
    return Verdict("none", f"no article text: {facts.words} words")


def _story(facts: Facts, signs: Seen) -> Verdict:
    if _is_live(facts):
        return Verdict("live", "a live blog: by its data, its address or its classes")
    return _shown(facts) or Verdict("article", f"an article: {_names(signs['story']) or 'text'}, {facts.words} words")


def _is_live(facts: Facts) -> bool:
    if "LiveBlogPosting" in facts.types:
        return True
    marked = facts.classes["live"] > 0 or LIVE_PATH.search(path(facts)) is not None
    return (
        marked
        and facts.tags["time"] >= FEWEST_ENTRIES
        and facts.classes["live"] + facts.tags["time"] > 2 * FEWEST_ENTRIES
    )


def _shown(facts: Facts) -> Verdict | None:
    """A video or a gallery, where there is little more on the page."""
    told = not facts.story or not VIDEO_PATHS.isdisjoint(facts.path[:-1])
    video = "VideoObject" in facts.types or facts.og.startswith("video")
    if video and told and facts.words < MOST_WORDS_OF_A_VIDEO:
        return Verdict("video", f"a video: {facts.words} words beside it")
    pictures = facts.tags["figure"]
    gallery = bool(facts.types & GALLERY_TYPES) or not GALLERY_PATHS.isdisjoint(facts.path)
    if gallery and pictures >= FEWEST_PICTURES and facts.words < MOST_WORDS_OF_A_GALLERY:
        return Verdict("gallery", f"a gallery: {pictures} pictures, {facts.words} words")
    return None


def _refusal(kind: Leaning, signs: Seen, facts: Facts) -> Verdict:
    if not signs[kind]:
        missing = ", ".join(sign.name for sign in signs["story"] if sign.points < 0)
        return Verdict("other", f"nothing speaks for a story: {missing}")
    name, label = NAMES[kind]
    counts = f"{facts.listed or facts.headlines} headlines in {facts.words} words, " if kind == "list" else ""
    return Verdict(name, f"{label}: {counts}{_names(signs[kind])}")


def _names(signs: Iterable[Sign]) -> str:
    strongest = sorted((sign for sign in signs if sign.points > 0), key=lambda sign: -sign.points)
    return ", ".join(sign.name for sign in strongest[:3])
