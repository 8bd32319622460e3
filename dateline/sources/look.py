"""A survey from the command line: the site is looked at in Scrapy, with the archive's politeness."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from dateline.errors import Interrupted
from dateline.scraping import open_archive, run_spider
from dateline.settings import Settings
from spiders.survey.seen import Survey, Wish


def look(settings: Settings, url: str, wish: Wish, *, allow_private: bool, quiet: bool) -> Survey:
    """Look at a site; `url` is the database's. Raises Interrupted, DatabaseError."""
    from spiders.survey.spider import SurveySpider, Visit

    with open_archive(settings, url, 1) as archive, _progress(quiet=quiet) as say:
        visit = Visit(wish, archive, say)
        run_spider(SurveySpider, settings, allow_private=allow_private, visit=visit)
    if visit.error:
        raise visit.error
    if visit.survey is None:
        raise Interrupted("interrupted; nothing was written")
    return visit.survey


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """What to tell of each request: on a terminal it is shown as long as it lasts."""
    if quiet or not sys.stderr.isatty():
        yield lambda _url: None
        return
    with Console(stderr=True).status("looking at the site") as status:
        yield lambda url: status.update(Text(f"asking {url}", overflow="ellipsis", no_wrap=True))
