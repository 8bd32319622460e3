"""The rules of health: an outlet's figures and gates in, a verdict with its reasons out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, get_args

State = Literal["failing", "silent", "degraded", "late", "paused", "fresh", "well", "disabled"]
STATES: tuple[State, ...] = get_args(State)  # the worst first
ILL: tuple[State, ...] = ("failing", "silent", "degraded", "late")  # of these somebody wants to know

ENOUGH = 5  # stories or pages from which on a share says something
ENOUGH_REQUESTS = 10
DAYS_OF_A_HABIT = 14  # good days after which an outlet is no longer fresh
# How far from the usual is beyond chance, in standard deviations: at one in several hundred, day after day, a thousand
# healthy outlets would raise an alarm or two each morning.
CHANCE = 3.5
# The expected is a median of eight days and itself uncertain: its variance is about 1.57 / 8 of one day's.
UNCERTAIN = 1.2
COLLAPSE = 0.5  # of the gate least_volume: what one whole day has to be under to be told at once
LEAST_SILENCE = timedelta(days=1)
PATIENCE = 2  # times the longest silence so far
LEAST_LATENESS = timedelta(hours=1)
STALE = timedelta(days=2)  # the newest story of an outlet that publishes daily may be as old after a weekend
STORIES_OF_A_LENGTH = 10  # a median of fewer moves by itself


@dataclass(frozen=True, slots=True)
class Gates:
    """What an outlet has to pass; the rows of the table `gates`, where each is explained. Shares are of 1."""

    floor: float = 0
    least_volume: float = 0.6
    most_undated: float = 0.3
    most_dates_today: float = 0.5
    least_words: float = 0
    least_length: float = 0.5
    most_blocked: float = 0.3
    most_empty: float = 0.5
    most_failures: float = 3
    silent_after: float = 0
    late_after: float = 2


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of an outlet at a moment: a row of the SQL function source_figures, where the windows are said.

    Without a suffix: of the recent days; `_before`: of the weeks before these; `asked` and `blocked` have a window of
    their own; `whole_`: of the last whole days; `last_`: of the very last. `own_gates` are the gates that
    the outlet's entry sets itself.
    """

    name: str
    enabled: bool = True
    gates: Gates = Gates()
    own_gates: frozenset[str] = frozenset()
    origin: str = "configured"
    cadence: timedelta = timedelta(hours=1)
    due_at: datetime | None = None
    last_crawled_at: datetime | None = None
    last_outcome: str | None = None
    last_reason: str | None = None
    failures: int = 0
    running_since: datetime | None = None
    paused_until: datetime | None = None
    pause_reason: str | None = None
    days: int = 0
    good_days: int = 0
    first_day: date | None = None
    crawls: int = 0
    recent_days: int = 0
    stories: int = 0
    undated: int = 0
    dates_today: int = 0
    words: float | None = None
    stored: int = 0
    empty: int = 0
    skipped: int = 0
    stories_before: int = 0
    undated_before: int = 0
    dates_today_before: int = 0
    words_before: float | None = None
    stored_before: int = 0
    empty_before: int = 0
    asked_days: int = 0
    asked: int = 0
    blocked: int = 0
    asked_before: int = 0
    blocked_before: int = 0
    whole_days: int = 0
    whole_stories: int = 0
    whole_expected: float | None = None
    whole_variance: float | None = None
    last_day: date | None = None
    last_stories: int | None = None
    last_expected: float | None = None
    last_variance: float | None = None
    last_story_at: datetime | None = None
    longest_silence: timedelta | None = None
    newest_at: datetime | None = None
    held: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One gate that an outlet did not pass; `reason` is one line with figures."""

    gate: str
    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an outlet is, and why: its findings, the worst first; none where it is well."""

    name: str
    state: State
    findings: tuple[Finding, ...] = field(default=())

    @property
    def reason(self) -> str | None:
        """The findings of the verdict's own state in one line; None where it is well."""
        return "; ".join(f.reason for f in self.findings if f.state == self.state) or None


def judge(figures: Figures, now: datetime) -> Verdict:
    """The verdict on an outlet at that moment."""
    if not figures.enabled:
        return _verdict(figures, Finding("enabled", "disabled", "it left sources.toml"))
    found = [*crawls(figures, now), *quality(figures), *volume(figures), *silence(figures)]
    if not found or all(f.state == "late" for f in found):
        found += _paused(figures, now)
    if not found and figures.good_days < DAYS_OF_A_HABIT:
        found = [Finding("history", "fresh", _history(figures))]
    return _verdict(figures, *found)


def _verdict(figures: Figures, *found: Finding) -> Verdict:
    ordered = tuple(sorted(found, key=lambda finding: STATES.index(finding.state)))
    return Verdict(figures.name, ordered[0].state if ordered else "well", ordered)


def crawls(figures: Figures, now: datetime) -> Iterator[Finding]:
    """Whether its crawls come when they are due, and succeed."""
    why = f": {figures.last_reason}" if figures.last_reason else ""
    never = bool(figures.crawls) and not figures.good_days and figures.last_outcome in ("failed", "empty")
    if figures.failures and (never or figures.failures >= figures.gates.most_failures):
        times = _counted(figures.failures, "crawl in a row", "crawls in a row")
        yield Finding("most_failures", "failing", f"{times} {figures.last_outcome or 'failed'}{why}")
    if figures.origin != "configured" or figures.due_at is None or figures.running_since:
        return
    overdue = now - figures.due_at
    if overdue > max(LEAST_LATENESS, figures.cadence * figures.gates.late_after):
        last = f"last crawled {_moment(figures.last_crawled_at)}" if figures.last_crawled_at else "never crawled"
        yield Finding("late_after", "late", f"due for {_span(overdue)}, {last}")


def quality(figures: Figures) -> Iterator[Finding]:
    """Whether what it gives is as it should be: dated, as long as usual, not refused, not empty."""
    f, gates = figures, figures.gates
    days = _days(f.recent_days)
    if _is_more(f, "most_undated", f.undated, f.stories, f.undated_before, f.stories_before):
        said = _share(f.undated, f.stories, "stories", days, f.undated_before, f.stories_before)
        yield Finding("most_undated", "degraded", f"undated {said}{_held(f, 'held_undated')}")
    if _is_more(f, "most_dates_today", f.dates_today, f.stories, f.dates_today_before, f.stories_before):
        said = _share(f.dates_today, f.stories, "stories", days, f.dates_today_before, f.stories_before)
        said = f"dated to the day of the visit {said}{_held(f, 'held_dates_today')}"
        yield Finding("most_dates_today", "degraded", said)
    yield from _length(f)
    if f.asked >= ENOUGH_REQUESTS and f.blocked / f.asked > gates.most_blocked:
        said = _share(f.blocked, f.asked, "requests", _days(f.asked_days), f.blocked_before, f.asked_before)
        yield Finding("most_blocked", "degraded", f"refused {said}")
    new, new_before = f.stored + f.empty, f.stored_before + f.empty_before
    if _is_more(f, "most_empty", f.empty, new, f.empty_before, new_before):
        yield Finding(
            "most_empty", "degraded", f"no text on {_share(f.empty, new, 'pages', days, f.empty_before, new_before)}"
        )


def _length(f: Figures) -> Iterator[Finding]:
    if f.words is None or f.stories < ENOUGH:
        return
    days = _days(f.recent_days)
    if f.words < f.gates.least_words:
        said = f"{f.words:.0f} words a story in {days}, at least {f.gates.least_words:g} are wanted"
        yield Finding("least_words", "degraded", said + _held(f, "held_short"))
    least = f.gates.least_length
    if not (f.words_before and least and min(f.stories, f.stories_before) >= STORIES_OF_A_LENGTH):
        return
    if not least <= f.words / f.words_before <= 1 / least:
        change = "shorter" if f.words < f.words_before else "longer"
        said = f"stories are {change}: {f.words:.0f} words in {days}, {f.words_before:.0f} before"
        yield Finding("least_length", "degraded", said + _held(f, "held_short" if change == "shorter" else "held_long"))


def volume(figures: Figures) -> Iterator[Finding]:
    """Whether it gives as many stories as it should: its floor, and what it usually gives on these weekdays."""
    f = figures
    if f.last_stories is not None and f.last_stories < f.gates.floor:
        stories = _counted(f.last_stories, "story", "stories")
        yield Finding("floor", "degraded", f"{stories} on {f.last_day}, at least {f.gates.floor:g} are wanted")
    if _is_less(f.whole_stories, f.whole_expected, f.whole_variance, f.gates.least_volume):
        days = _days(f.whole_days, "whole ")
        said = f"{_counted(f.whole_stories, 'story', 'stories')} in {days}, usually {f.whole_expected:.0f}"
        yield Finding("least_volume", "degraded", said)
    elif _is_less(f.last_stories, f.last_expected, f.last_variance, f.gates.least_volume * COLLAPSE):
        stories = _counted(f.last_stories or 0, "story", "stories")
        yield Finding("least_volume", "degraded", f"{stories} on {f.last_day}, usually {f.last_expected:.0f}")


def _is_less(stories: int | None, expected: float | None, variance: float | None, least: float) -> bool:
    """Whether it is under that share of the expected, and by more than chance."""
    if stories is None or expected is None or variance is None:
        return False
    return stories < least * expected and stories < expected - CHANCE * math.sqrt(UNCERTAIN * variance)


def silence(figures: Figures) -> Iterator[Finding]:
    """Whether it has said nothing, or nothing new, for much longer than it used to, while it was crawled."""
    f = figures
    if f.last_crawled_at is None or not f.good_days:
        return
    if f.last_story_at is None:
        if f.good_days > 1 or f.gates.floor:
            others = f"; {f.skipped} pages were no stories" if f.skipped else ""
            yield Finding("silent_after", "silent", f"no story in {_counted(f.crawls, 'crawl', 'crawls')}{others}")
        return
    usual = f"its longest silence was {_span(f.longest_silence)}" if f.longest_silence else "it had no such silence"
    most = timedelta(days=f.gates.silent_after)
    if not most and f.longest_silence is None and f.good_days < DAYS_OF_A_HABIT:
        return
    most = most or max(LEAST_SILENCE, PATIENCE * (f.longest_silence or LEAST_SILENCE))
    quiet = f.last_crawled_at - f.last_story_at
    if quiet > most:
        said = f"nothing new since {_moment(f.last_story_at)}, for {_span(quiet)}; {usual}"
        yield Finding("silent_after", "silent", said)
    elif f.newest_at and f.last_story_at - f.newest_at > max(most, STALE):
        said = f"its newest story is of {_moment(f.newest_at)}, {_span(f.last_story_at - f.newest_at)} old when it came"
        yield Finding("newest", "late", said)


def _paused(f: Figures, now: datetime) -> list[Finding]:
    if f.paused_until is None or f.paused_until <= now:
        return []
    why = f" ({f.pause_reason})" if f.pause_reason else ""
    return [Finding("paused", "paused", f"its server asks to be left alone until {_moment(f.paused_until)}{why}")]


def _is_more(f: Figures, gate: str, some: int, of: int, some_before: int, of_before: int) -> bool:
    """Whether the share is over the gate and, unless the outlet's entry sets that, over its habit beyond chance."""
    if of < ENOUGH or some / of <= getattr(f.gates, gate):
        return False
    if gate in f.own_gates or of_before < ENOUGH:
        return True
    # One is added to both sides: a habit of never is known only as well as it was watched.
    usual = (some_before + 1) / (of_before + 2)
    return some > of * usual + CHANCE * math.sqrt(of * usual * (1 - usual) * (1 + of / of_before))


def _share(some: int, of: int, what: str, days: str, some_before: int, of_before: int) -> str:
    before = f", {some_before / of_before:.0%} before" if of_before >= ENOUGH else ""
    return f"{some / of:.0%} of {of} {what} in {days}{before}"


def _held(f: Figures, reason: str) -> str:
    count = f.held.get(reason, 0)
    return f", {count:,} held in quarantine" if count else ""


def _history(f: Figures) -> str:
    if not f.days:
        return "not crawled yet"
    stories = _counted(f.stories + f.stories_before, "new story", "new stories")
    return f"crawled on {_counted(f.days, 'day', 'days')}, {stories}"


def _days(count: int, kind: str = "") -> str:
    return f"the last {kind}day" if count == 1 else f"the last {count} {kind}days"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _span(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    if hours < 2:
        return f"{hours * 60:.0f} min"
    return f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} h"
