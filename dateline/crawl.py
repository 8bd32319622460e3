"""`dateline crawl`: from the words of the command to a crawl under way, and from its end to an exit code."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dateline import moments
from dateline.errors import BadInput, CommandError, Interrupted, NoDatabase, NothingUsable
from dateline.postgres import database
from dateline.scraping import open_archive, run_spider
from dateline.settings import Settings
from pipelines import runs, urls
from pipelines.database import Database
from pipelines.migrating import migrate
from pipelines.outlets import Outlet, read_sources

if TYPE_CHECKING:  # Scrapy takes a second to import, and wrong words should be told at once
    from spiders.news import Crawl, Task
    from spiders.window import Window

Asked = tuple[runs.Source, tuple[str, ...]]  # an outlet, and the URLs of it named by hand
COUNTS = ("discovered", "fetched", "stored", "revised", "unchanged", "skipped")


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for."""

    urls: Sequence[str] = ()
    names: Sequence[str] = ()
    all_outlets: bool = False
    limit: int | None = None
    depth: int = 0
    since: str | None = None
    until: str | None = None
    allow_private: bool = False
    trigger: str = "cli"


@dataclass
class Outcome:
    """The summary of a crawl, as `--json` prints it."""

    results: Sequence[runs.RunResult]
    seconds: float
    summary: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        failed: Counter[str] = Counter()
        held: Counter[str] = Counter()
        for result in self.results:
            failed.update(result.failed)
            held.update(result.held)
        totals = {name: sum(getattr(r, name) for r in self.results) for name in COUNTS}
        outlets = [asdict(r) for r in sorted(self.results, key=lambda r: r.name)]
        self.summary = {
            **totals, "failed": dict(failed), "held": dict(held), "seconds": round(self.seconds, 1), "outlets": outlets,
        }  # fmt: skip


def crawl_now(settings: Settings, request: Request, *, as_json: bool = False, summary: Path | None = None) -> None:
    """Run one crawl to its end, print what came of it, and raise what its exit code is to be."""
    targets = _checked(request)
    window = _window(request)
    outlets = read_sources(settings.sources)
    chosen = _chosen(outlets, request, settings)
    with database(settings) as url:
        migrate(url)
        with Database(url, 1) as connection:
            configured = {s.outlet.name: s for s in runs.sync(connection, outlets)} if outlets else {}
            asked: list[Asked] = [(configured[o.name], ()) for o in chosen]
            asked += _one_off(connection, outlets, configured, targets)
        _can_be_asked([source.outlet for source, _ in asked])
        outcome, crawl = _run(settings, url, asked, request, window, as_json=as_json)
    _publish(outcome, as_json=as_json, file=summary)
    _judge(outcome, crawl)


def _checked(request: Request) -> list[str]:
    if not (request.urls or request.names or request.all_outlets):
        raise BadInput("nothing to crawl: give URLs, --source NAME or --all")
    try:
        return list(dict.fromkeys(urls.check(u) for u in request.urls))
    except urls.BadUrl as error:
        raise BadInput(str(error)) from error


def _window(request: Request) -> Window | None:
    if not (request.since or request.until):
        return None
    from spiders.window import Window

    return Window(*moments.span(request.since, request.until))


def _chosen(outlets: Sequence[Outlet], request: Request, settings: Settings) -> list[Outlet]:
    if request.all_outlets:
        if not outlets:
            raise BadInput(f"no outlets in {settings.sources}: add one with dateline sources add URL")
        return list(outlets)
    known = {o.name: o for o in outlets}
    if unknown := [n for n in request.names if n not in known]:
        raise BadInput(f"no outlet named {unknown[0]!r} in {settings.sources}; dateline sources list shows them")
    return [known[n] for n in dict.fromkeys(request.names)]


def _one_off(
    connection: Database, outlets: Sequence[Outlet], configured: dict[str, runs.Source], targets: Sequence[str]
) -> list[Asked]:
    """URLs named by hand, by outlet: the one of sources.toml on that site, or one of their own."""
    by_outlet: dict[str, tuple[Outlet, list[str]]] = {}
    for target in targets:
        outlet = next((o for o in outlets if urls.same_site(o.url, target)), None) or _site_of(target)
        by_outlet.setdefault(outlet.name, (outlet, []))[1].append(target)
    added = runs.add_one_off(connection, [o for o, _ in by_outlet.values() if o.name not in configured])
    sources = configured | {s.outlet.name: s for s in added}
    return [(sources[name], tuple(found)) for name, (_, found) in by_outlet.items()]


def _can_be_asked(outlets: Sequence[Outlet]) -> None:
    """Raises BadInput where an entry wants a browser or a proxy that is not there."""
    from spiders import browser, proxies

    for outlet in outlets:
        if outlet.render and browser.missing():
            raise BadInput(f"{outlet.name}: render = true needs a browser: {browser.HOW}")
        try:
            proxies.named(outlet)
        except proxies.BadProxy as error:
            raise BadInput(str(error)) from error


def _site_of(url: str) -> Outlet:
    parts = urlsplit(url)
    return Outlet(name=parts.netloc, url=f"{parts.scheme}://{parts.netloc}/")


def _run(
    settings: Settings, url: str, asked: Sequence[Asked], request: Request, window: Window | None, *, as_json: bool
) -> tuple[Outcome, Crawl]:
    from dateline.progress import Progress
    from spiders.lane import Order
    from spiders.news import Crawl, NewsSpider, Task

    tasks = [Task(source, targets) for source, targets in asked]
    order = Order(request.trigger, bool(request.urls), request.limit, request.depth, window)
    started = time.monotonic()
    with (
        open_archive(settings, url, _worker_count(tasks, window)) as archive,
        Progress(len(tasks), quiet=as_json) as progress,
    ):
        crawl = Crawl(tasks, order, archive, progress.event)
        render = any(source.outlet.render for source, _ in asked)
        run_spider(NewsSpider, settings, allow_private=request.allow_private, render=render, crawl=crawl)
    return Outcome(crawl.results, time.monotonic() - started), crawl


def _worker_count(tasks: Sequence[Task], window: Window | None) -> int:
    """One a core, but no more than there are outlets: a worker costs a second to start, and reads the pages of an
    outlet faster than politeness lets them come. One for a few pages named by hand. An outlet's past may be in a hurry.
    """
    from pipelines.workers import cores

    few = sum(len(t.targets) or 10 for t in tasks) < 10
    return 1 if few else cores() if window else min(cores(), len(tasks))


def _publish(outcome: Outcome, *, as_json: bool, file: Path | None) -> None:
    text = json.dumps(outcome.summary, ensure_ascii=False)
    if file:
        unfinished = file.with_name(f".{file.name}.{os.getpid()}")
        unfinished.write_text(text)
        unfinished.replace(file)
    if as_json:
        print(text, flush=True)
    else:
        from dateline.progress import print_summary

        print_summary(outcome.summary)


def _judge(outcome: Outcome, crawl: Crawl) -> None:
    """Raise the error that the crawl as a whole ended with, if it did."""
    reasons = [f"{r.name}: {r.reason}" for r in outcome.results if r.reason]
    error: CommandError | None = None
    if crawl.error:
        error = NoDatabase(str(crawl.error))
    elif crawl.stopped:
        error = Interrupted("interrupted; what was fetched is stored, run it again to go on")
    elif interrupted := [r for r in outcome.results if r.outcome == "interrupted"]:
        error = Interrupted(f"{interrupted[0].name}: {interrupted[0].reason}")
    elif not any(r.outcome == "done" for r in outcome.results):
        more = f" (and {len(reasons) - 1} outlets more)" if len(reasons) > 1 else ""
        error = NothingUsable(f"nothing usable: {reasons[0] if reasons else 'no outlet was crawled'}{more}")
    if error:
        raise error
