"""What the demo outlets publish: their stories as data, and a story as it reads on a given day."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from jinja2 import Environment, StrictUndefined

# The stories are plain text with a few words that depend on the day; only the pages around them are escaped.
_WORDS = Environment(undefined=StrictUndefined, autoescape=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One story as its file has it. `body` is a template: the day of publication decides its dates.

    A notice is a page that is no news. An undated story has a date in its dateline and nowhere else. A
    corrected one has a second edition. `also_read` is the slug of a story to promote between the paragraphs.
    """

    slug: str
    title: str
    body: str
    language: str
    kind: Literal["article", "notice"] = "article"
    path: str | None = None
    section: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    days_ago: int = 1
    time: time = time(12)
    dated: bool = True
    corrected: bool = False
    also_read: str | None = None

    def words(self, published: date, *, corrected: bool) -> list[str]:
        """The paragraphs as they read in a story published on that day."""

        def day(pattern: str, offset: int = 0) -> str:
            """That many days later, in the story's language; a pattern of Unicode's, such as "MMM d"."""
            return format_date(published + timedelta(days=offset), pattern, locale=self.language)

        text = _WORDS.from_string(self.body).render(day=day, corrected=corrected)
        return [line for line in map(str.strip, text.split("\n")) if line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One outlet as its folder has it. `announced`: whether the sources file lists its feed and sitemap."""

    name: str
    title: str
    motto: str
    language: str
    timezone: str
    permalink: str
    feed: str
    sitemap: str
    announced: bool
    picture: str
    colour: str
    stories: tuple[Story, ...]

    @property
    def zone(self) -> ZoneInfo:
        """Where its clocks are."""
        return ZoneInfo(self.timezone)

    def published(self, story: Story, day: date) -> datetime:
        """When the story appeared, for a demo begun on that day: the same however often it is restarted."""
        return datetime.combine(day - timedelta(days=story.days_ago), story.time, self.zone)

    def path(self, story: Story, day: date) -> str:
        """Where the story is. Each day has addresses of its own: tomorrow's demo rewrites no story."""
        published = self.published(story, day)
        number = published.toordinal()
        return story.path or self.permalink.format(published=published, slug=story.slug, number=number)


def outlets() -> list[Outlet]:
    """The outlets of the demo, by name."""
    folders = [f for f in files(__package__).joinpath("outlets").iterdir() if f.is_dir()]
    return [_outlet(folder) for folder in sorted(folders, key=lambda f: f.name)]


def _outlet(folder: Traversable) -> Outlet:
    about = tomllib.loads(folder.joinpath("outlet.toml").read_text(encoding="utf-8"))
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".md"))
    stories = [_story(folder.joinpath(name), about["language"]) for name in names]
    stories.sort(key=lambda s: (s.days_ago, -s.time.hour))
    return Outlet(name=folder.name, stories=tuple(stories), **about)


def _story(file: Traversable, language: str) -> Story:
    _, head, body = file.read_text(encoding="utf-8").split("+++\n", 2)
    said = tomllib.loads(head).items()
    about: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in said}
    return Story(**{"slug": file.name.removesuffix(".md"), "body": body, "language": language, **about})
