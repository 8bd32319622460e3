"""What an entry may say of a site, guessed from a few of its stories: its language and its time zone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from pipelines import urls
from pipelines.records import Article
from spiders.survey.seen import Guess

FEWEST = 2  # stories, or dates, that must agree
COUNTRIES = {"uk": "GB"}  # all other top-level domains of two letters are ISO 3166's
# Sold to everyone, so that they say nothing of a country.
VANITY = frozenset(["ai", "cc", "co", "eu", "fm", "gg", "io", "ly", "me", "sh", "to", "tv", "ws"])


def language(articles: Sequence[Article]) -> Guess:
    """The language that all stories are in."""
    found = {a.language for a in articles}
    said = " and ".join(sorted(name or "an unknown language" for name in found))
    if len(articles) < FEWEST:
        return Guess(None, f"{len(articles) or 'no'} {'story is' if len(articles) == 1 else 'stories are'} too few")
    if len(found) > 1 or None in found:
        return Guess(None, f"the stories are in {said}")
    return Guess(said, f"{len(articles)} of {len(articles)} stories")


def timezone(url: str, articles: Sequence[Article], now: datetime) -> Guess:
    """The zone of the country whose domain the site has, where it has only one and the dates of the stories agree.

    An offset alone is no proof, since half a dozen zones share each; one of zero is not even evidence, since many
    sites write UTC wherever they are.
    """
    domain = urls.host(url).rpartition(".")[2]
    zones = () if domain in VANITY else zones_of(COUNTRIES.get(domain, domain.upper()))
    if not zones:
        return Guess(None, f"the address {urls.host(url)} names no country")
    if len({clock(zone, now.year) for zone in zones}) > 1:
        return Guess(None, f".{domain} has several time zones")
    dates = [date for date in offset_dates(articles) if date.utcoffset()]
    if len(dates) < FEWEST:
        return Guess(None, f"too few dates say their offset to tell whether {zones[0]} is right")
    if other := [d for d in dates if d.astimezone(ZoneInfo(zones[0])).utcoffset() != d.utcoffset()]:
        return Guess(None, f"dates are written {other[0]:%z}, which is not {zones[0]}")
    return Guess(zones[0], f".{domain} has one time zone, and {len(dates)} dates agree")


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """The zones of a country by its ISO 3166 code, the most populous first."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return tuple(row[2] for row in rows if row[0] == country)


def clock(zone: str, year: int) -> tuple[timedelta | None, ...]:
    """The offsets of a zone through a year: two zones with the same ones are one to us."""
    months = (datetime(year, month, 1, tzinfo=UTC) for month in range(1, 13))
    return tuple(month.astimezone(ZoneInfo(zone)).utcoffset() for month in months)


def offset_dates(articles: Iterable[Article]) -> Iterator[datetime]:
    """The moments that witnesses of the stories' dates wrote with an offset."""
    for witness in (w for article in articles for w in article.date_witnesses):
        for read in (datetime.fromisoformat, parsedate_to_datetime):
            try:
                moment = read(witness.value)
            except (ValueError, OverflowError):
                continue
            if moment.tzinfo:
                yield moment
            break
