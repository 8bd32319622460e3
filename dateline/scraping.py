"""Spiders run in this process: the archive they fetch with, Scrapy around them, and how they are stopped."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dateline.errors import Interrupted
from dateline.settings import Settings

if TYPE_CHECKING:  # Scrapy takes a second to import, and wrong words should be told at once
    from pipelines.archive import Archive
    from spiders.fetching import FetchingSpider

HARD_STOP = 4.0  # seconds after a request to stop; Airflow kills after 5


def user_agent(settings: Settings) -> str:
    """Who we are, and where whoever runs us can be reached."""
    from spiders.settings import USER_AGENT

    return f"{USER_AGENT} (+{settings.contact})"


@contextmanager
def open_archive(settings: Settings, url: str, workers: int) -> Iterator[Archive]:
    """The archive in the database of that URL, with so many workers that read for it."""
    from pipelines.archive import Archive
    from pipelines.workers import Workers

    with (
        Workers(workers, warm_up=("pipelines.extract:warm_up", "spiders.discovery.read")) as pool,
        Archive(url, settings.captures, pool, user_agent(settings)) as archive,
    ):
        yield archive


def run_spider(
    spider: type[FetchingSpider], settings: Settings, *, allow_private: bool, render: bool = False, **arguments: Any
) -> None:
    """Run a spider in this process until it ends, or is asked to by SIGINT or SIGTERM; `render` with a browser."""
    from scrapy import signals
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings as ScrapySettings

    from spiders import browser

    scrapy_settings = ScrapySettings()
    scrapy_settings.setmodule("spiders.settings", priority="project")
    scrapy_settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")
    scrapy_settings.set("USER_AGENT", user_agent(settings), priority="cmdline")
    scrapy_settings.set("ALLOW_PRIVATE_ADDRESSES", allow_private, priority="cmdline")
    if render:
        scrapy_settings.setdict(browser.settings(), priority="cmdline")
    process = AsyncCrawlerProcess(scrapy_settings)
    _show_warnings(spider.name)
    crawler = process.create_crawler(spider)
    crawler.signals.connect(_obey_signals, signal=signals.spider_opened)
    process.crawl(crawler, **arguments)
    process.start(install_signal_handlers=False)


def _show_warnings(spider: str) -> None:
    """Our own warnings on standard error, Scrapy's only when they are errors. A spider's logger has its name."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("dateline: %(message)s"))
    for name in ("pipelines", spider):
        logging.getLogger(name).addHandler(handler)
    logging.getLogger("scrapy").setLevel(logging.ERROR)
    logging.getLogger("scrapy-playwright").setLevel(logging.CRITICAL)  # tells what we tell better


def _obey_signals(spider: FetchingSpider) -> None:
    def stop() -> None:
        if not spider.stopped:
            # Whatever hangs, we are gone before the schedule kills us; what was stored stays.
            timer = threading.Timer(HARD_STOP, os._exit, (Interrupted.exit_code,))
            timer.daemon = True
            timer.start()
        spider.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
