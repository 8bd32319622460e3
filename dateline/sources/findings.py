"""What is fine with an outlet and what broke: a survey of today compared with what the archive knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from pipelines.endpoints import Endpoint as Known
from pipelines.habits import Habits
from pipelines.records import Article
from spiders.survey.places import WELL_KNOWN
from spiders.survey.seen import Endpoint, Survey

ENOUGH = 5  # stored stories, from which on a habit is one
RARE, MOST = 0.2, 0.5  # shares: a doubt that few stored stories have and most of today's is new
MUCH_SHORTER = 3  # times
LEAST_SILENCE = timedelta(days=2)  # weekends and holidays
PATIENCE = 2  # times the longest silence so far


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and whether it is as it should be."""

    what: str
    fine: bool
    detail: str


def compare(survey: Survey, habits: Habits, now: datetime | None = None) -> list[Finding]:
    """Every finding, in the order of a crawl."""
    return [
        _robots(survey),
        *_endpoints(survey, habits),
        *_age(survey, habits, now or datetime.now(UTC)),
        *_stories(survey, habits),
        _terms(survey, habits),
    ]


def _robots(survey: Survey) -> Finding:
    robots = survey.robots
    if robots.reason:
        return Finding("robots.txt", False, f"{robots.reason}: until it can be read, all is taken to be forbidden")
    if not robots.allowed:
        return Finding("robots.txt", False, f"forbids {survey.url}")
    delay = f", asks for {robots.delay:g} s between requests" if robots.delay else ""
    return Finding("robots.txt", True, f"allows {survey.url}{delay}")


def _endpoints(survey: Survey, habits: Habits) -> Iterator[Finding]:
    known = {e.url: e for e in habits.endpoints}
    for endpoint in survey.endpoints:
        if endpoint.url in known or endpoint.kind == "front":
            yield _endpoint(endpoint, known.get(endpoint.url))
        elif endpoint.works and endpoint.found_by == WELL_KNOWN:
            yield Finding(endpoint.url, True, f"{_contents(endpoint)}; not in the entry: it may take another's place")
    if not any(e.works for e in survey.endpoints):
        yield Finding("stories", False, "no feed, sitemap or front page lists any")


def _endpoint(endpoint: Endpoint, before: Known | None) -> Finding:
    had = f"; it had {_counted(before.links, 'story', 'stories')}" if before and before.links else ""
    if endpoint.listed is None:
        return Finding(endpoint.url, False, f"{endpoint.detail or endpoint.outcome}{had}")
    lost = bool(before and before.links) and not endpoint.listed.stories
    return Finding(endpoint.url, not lost, f"{_contents(endpoint)}{had if lost else ''}")


def _contents(endpoint: Endpoint) -> str:
    listed = endpoint.listed
    if listed is None:
        return endpoint.detail or endpoint.outcome
    if listed.endpoints and not listed.stories:
        return f"points to {_counted(len(listed.endpoints), 'sitemap', 'sitemaps')}"
    newest = f", the newest of {listed.newest:%Y-%m-%d %H:%M} UTC" if listed.newest else ""
    return f"lists {_counted(listed.stories, 'story', 'stories')}{newest}"


def _age(survey: Survey, habits: Habits, now: datetime) -> Iterator[Finding]:
    newest = max((e.listed.newest for e in survey.endpoints if e.listed and e.listed.newest), default=None)
    if newest is None or habits.longest_silence is None or habits.stories < ENOUGH:
        return
    age, usual = now - newest, max(PATIENCE * habits.longest_silence, LEAST_SILENCE)
    said = f"{newest:%Y-%m-%d %H:%M} UTC; the longest silence of the last weeks was {_span(habits.longest_silence)}"
    yield Finding("newest story", age <= usual, said)


def _stories(survey: Survey, habits: Habits) -> Iterator[Finding]:
    asked = len(survey.stories)
    for story in survey.stories:
        title = story.article.title if story.article else ""
        if story.outcome != "read":
            yield Finding(story.url, bool(survey.articles), f"no story: {story.detail or story.outcome}")
        else:
            yield Finding(story.url, True, f"a story: {title}")
    if asked and not survey.articles:
        yield Finding("layout", False, f"none of {asked} pages is read as a story")
    if survey.articles and habits.stories >= ENOUGH:
        yield from _records(survey.articles, habits)


def _records(articles: tuple[Article, ...], habits: Habits) -> Iterator[Finding]:
    """The records of today beside those of the last weeks."""
    words = median(a.word_count for a in articles)
    usual = habits.words or 0
    yield Finding("text", words * MUCH_SHORTER >= usual, f"{words:.0f} words, usually {usual:.0f}")
    signed = sum(bool(a.authors) for a in articles) / len(articles)
    said = f"{signed:.0%} of stories name authors, usually {habits.signed or 0:.0%}"
    yield Finding("authors", bool(signed) or (habits.signed or 0) < 1 - RARE, said)
    dated = sum(a.published_at is not None for a in articles) / len(articles)
    doubts = list(_new_doubts(articles, habits))
    if not any(doubt.what == "undated" for doubt in doubts):
        undated = habits.flags.get("undated", 0.0)
        yield Finding("dates", True, f"{dated:.0%} of stories are dated, usually {1 - undated:.0%}")
    yield from doubts


def _new_doubts(articles: tuple[Article, ...], habits: Habits) -> Iterator[Finding]:
    """Quality flags that most of today's stories have and few stored ones had: undated, date_is_visit_day …"""
    for flag in sorted({flag for article in articles for flag in article.quality_flags}):
        share = sum(flag in article.quality_flags for article in articles) / len(articles)
        usual = habits.flags.get(flag, 0.0)
        if share > MOST and usual < RARE:
            yield Finding(flag, False, f"{share:.0%} of stories, usually {usual:.0%}")


def _terms(survey: Survey, habits: Habits) -> Finding:
    said = {name: f"{name} ({', '.join(places)})" for name, places in survey.terms.opt_outs.items()}
    # What is said of stories is compared with what was said of stories: of other paths the archive knows nothing.
    new = {name for article in survey.articles for name in article.opt_outs} - habits.opt_outs
    if habits.stories and new:
        return Finding("terms", False, f"new opt-outs: {', '.join(said[name] for name in sorted(new))}")
    return Finding("terms", True, f"opted out of: {', '.join(said.values())}" if said else "nothing is opted out of")


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _span(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} h"
