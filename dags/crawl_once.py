"""
# Crawl something now

Give it addresses, one a line: an article, a feed (RSS or Atom), a sitemap, or a front page. The stories
behind them are fetched and stored like any other, and show up in `articles`. The site joins no schedule;
for that add it to `sources.toml` (`dateline sources add URL`).

| field | what it means |
|---|---|
| `urls` | 1 to 200 addresses that begin with `http://` or `https://`, one a line |
| `depth` | links to follow from a page that is given, 0 to 5; 0 takes what the addresses are or list |
| `limit` | stop after so many pages, 1 to 100000 |

The task is green when something was stored or known already, and red with the reason when nothing usable
was got or a field is wrong.

From a program, `POST /api/v2/dags/crawl_once/dagRuns` with

    {"logical_date": null, "conf": {"urls": ["https://example.org/feed"], "depth": 0, "limit": 50}}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowFailException
from dateline_articles import ARTICLES, announce
from dateline_command import DONE, NOTHING_USABLE, CrawlCommand, Summary, fail, reasons
from dateline_form import refuse, shown, unknown, wrong_number
from dateline_reader import documented

MOST_URLS = 200
LONGEST_URL = 2000
DEEPEST = 5
MOST_PAGES = 100_000
FIELDS = ("urls", "depth", "limit")


class CrawlOnce(CrawlCommand):
    """Checks the form, then crawls what it asks for."""

    def execute(self, context: Any) -> Summary:
        """The summary of the crawl."""
        params = dict(context["params"])
        refuse(mistakes(params))
        limits = ("--depth", str(params["depth"]), "--limit", str(params["limit"]), "--trigger", "once")
        ended, summary = self.crawl("--urls-from", addresses(params["urls"]), *limits)
        if ended.code == NOTHING_USABLE:
            raise AirflowFailException(f"nothing usable was got: {reasons(summary) or ended.said}")
        if summary is None or ended.code != DONE:
            fail(ended)
        announce(context["outlet_events"], summary)
        return summary


def mistakes(params: Mapping[str, Any]) -> list[str]:
    """What is wrong with the form, field by field."""
    return [
        *unknown(params, FIELDS),
        *_wrong_urls(params.get("urls")),
        *wrong_number("depth", params.get("depth"), 0, DEEPEST),
        *wrong_number("limit", params.get("limit"), 1, MOST_PAGES),
    ]


def addresses(value: Any) -> list[str]:
    """The addresses in the field: from a list or from lines, without empty ones and repetitions."""
    texts = [value] if isinstance(value, str) else value
    lines = (line for text in texts for line in text.splitlines())
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))


def _wrong_urls(value: Any) -> list[str]:
    if not isinstance(value, (str, list)) or not all(isinstance(item, str) for item in value):
        return ["urls: write addresses, one a line"]
    urls = addresses(value)
    if not 1 <= len(urls) <= MOST_URLS:
        return [f"urls: {len(urls) or 'no'} addresses; write 1 to {MOST_URLS}, one a line"]
    return [f"urls: {shown(url)!r} {wrong}" for url in urls if (wrong := _wrong_url(url))][:5]


def _wrong_url(url: str) -> str | None:
    if len(url) > LONGEST_URL:
        return f"has {len(url)} characters; an address may have {LONGEST_URL}"
    if any(c.isspace() or not c.isprintable() for c in url):
        return "has a space or a control character in it; write one address a line"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is no address; copy it from the browser"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return "is no web address; it must begin with http:// or https:// and name a site"
    return "carries a user name; write it without" if parts.username is not None else None


with DAG(
    dag_id="crawl_once",
    description="Crawls the addresses you give it, now.",
    doc_md=documented(__doc__),
    schedule=None,
    catchup=False,
    default_args={"owner": "dateline"},
    tags=["dateline"],
    params={
        # Without a type the form shows a box with one address a line, and a program may send a list or lines.
        "urls": Param([], title="Addresses", description="One a line: articles, feeds, sitemaps or front pages."),
        "depth": Param(
            0,
            type="integer",
            minimum=0,
            maximum=DEEPEST,
            title="Depth",
            description="Links to follow from a page that is given. 0: only what the addresses are or list.",
        ),
        "limit": Param(
            100,
            type="integer",
            minimum=1,
            maximum=MOST_PAGES,
            title="Limit",
            description="Stop after so many pages.",
        ),
    },
) as once_dag:
    CrawlOnce(
        task_id="crawl",
        outlets=[ARTICLES],
        retries=4,
        retry_delay=timedelta(seconds=10),  # what was stopped or killed goes on within a minute
        retry_exponential_backoff=2,
        execution_timeout=timedelta(hours=1),
    )
