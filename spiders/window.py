"""A window of the past: which links and sitemaps of an outlet fall into it, as far as they say when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from pipelines.news.dates import OLDEST
from pipelines.records import EndpointLink, Link
from spiders.discovery.hints import moment
from spiders.discovery.pages import Period

DAY = timedelta(days=1)  # what a date without a time or zone may be off by
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-]?(0?[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-](0[1-9]|1[0-2])(?!\d)")


@dataclass(frozen=True, slots=True)
class Window:
    """From `since`, up to and without `until`; None is no bound."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, link: Link) -> bool:
        """Whether the story may have been published in the window; one that says nothing of when may have been."""
        earliest, latest = published_between(link)
        return self._reaches(earliest, latest)

    def holds_sitemap(self, sitemap: EndpointLink) -> bool:
        """Whether a sitemap may list such stories, by the month in its name and the moment it last changed."""
        earliest, latest = _in_address(sitemap.url)
        return self._reaches(earliest, min(filter(None, (latest, sitemap.modified_at)), default=None))

    def follows(self, link: Link) -> bool:
        """Whether the story was published before the window for certain: a list by date has passed it."""
        _, latest = published_between(link)
        return bool(self.since and latest and latest + DAY < self.since)

    def period(self, today: date) -> Period:
        """The days that the window touches, up to today."""
        first = self.since.date() if self.since else OLDEST
        return Period(first, min(self.until.date(), today) if self.until else today)

    def _reaches(self, earliest: datetime | None, latest: datetime | None) -> bool:
        if self.since and latest and latest + DAY < self.since:
            return False
        return not (self.until and earliest and earliest - DAY >= self.until)


def published_between(link: Link) -> tuple[datetime | None, datetime | None]:
    """Between which moments a story was published, None where nothing says so: it was not after its last change."""
    if published := moment(link.published):
        return published, published
    earliest, latest = _in_address(link.url)
    return earliest, latest or link.modified_at


def _in_address(url: str) -> tuple[datetime | None, datetime | None]:
    """The day or month that an address names."""
    path = urlsplit(url).path
    if day := _DAY.search(path):
        return _span(int(day[1]), int(day[2]), int(day[3]))
    if month := _MONTH.search(path):
        return _span(int(month[1]), int(month[2]))
    return None, None


def _span(year: int, month: int, day: int | None = None) -> tuple[datetime | None, datetime | None]:
    try:
        start = datetime(year, month, day or 1, tzinfo=UTC)
    except ValueError:  # 31 February is a number, not a day
        return None, None
    return start, start + (timedelta(days=31) if day is None else DAY)
