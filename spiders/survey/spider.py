"""The spider that looks at one site and stores nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from pipelines.archive import Archive
from spiders.fetching import FetchingSpider
from spiders.survey.ask import Surveyor
from spiders.survey.seen import Survey, Wish


@dataclass
class Visit:
    """A survey under way: what is asked, and what came of it."""

    wish: Wish
    archive: Archive
    say: Callable[[str], None] = lambda _line: None
    survey: Survey | None = None
    error: Exception | None = None


class SurveySpider(FetchingSpider):
    """Looks at one site. It needs a `visit`, which the commands `dateline sources add` and `check` build."""

    name = "survey"

    def __init__(self, visit: Visit | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if visit is None:
            raise ValueError("this spider is started by: dateline sources add")
        self.visit = visit
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> AsyncIterator[Any]:
        """Look at the site; there are no items."""
        self._looking = asyncio.ensure_future(self._look())
        await asyncio.wait([self._looking])
        for item in tuple[Any]():
            yield item

    def stop(self) -> None:
        """Stop asking and end."""
        if self._looking and not self._looking.done():
            self.stopped = True
            self._looking.cancel()

    async def _look(self) -> None:
        visit, fetcher = self.visit, self.fetcher(self.visit.archive, afresh=True)
        surveyor = Surveyor(visit.wish, fetcher, visit.archive.workers, self.settings["USER_AGENT"], visit.say)
        try:
            visit.survey = await surveyor.survey()
        except Exception as error:  # noqa: BLE001 - the command raises it where its reader is
            visit.error = error
