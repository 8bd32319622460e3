"""How a survey is shown: in colour on a terminal, plain elsewhere, and as the fields of a JSON object."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from dateline.sources.findings import Finding
from pipelines.records import Article
from spiders.survey.seen import Endpoint, Guess, Permission, Story, Survey, Terms

FIRST_WORDS = 30
MINUTE, HOUR, DAY = 60, 3600, 86_400  # seconds


def as_fields(survey: Survey) -> dict[str, Any]:
    """Everything that was seen, for JSON: times in ISO 8601, spans in seconds, endpoints without their links."""
    fields = asdict(survey) | {"title": survey.title}
    for endpoint in fields["endpoints"]:
        if endpoint["listed"]:
            endpoint["listed"].pop("links")
            endpoint["listed"]["endpoints"] = [inner["url"] for inner in endpoint["listed"]["endpoints"]]
    plain: dict[str, Any] = json.loads(json.dumps(fields, default=_json_value))
    return plain


def show_survey(survey: Survey) -> None:
    """Print what was seen of a site."""
    title = Text.assemble((survey.title or survey.url, "bold"), f"  {survey.url}" if survey.title else "")
    stories: list[RenderableType] = [part for story in survey.stories for part in (Text(), *_story(story))]
    endpoints: list[RenderableType] = [_endpoints(e for e in survey.endpoints if e.listed), *_in_vain(survey.endpoints)]
    _print(title, _facts(_rules(survey)), Text(), *endpoints, *stories, Text(), _facts(_guesses(survey)), Text())


def show_findings(name: str, survey: Survey, findings: Iterable[Finding]) -> None:
    """Print what is fine with an outlet and what is not."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in findings:
        mark = ("fine", "green") if finding.fine else ("BROKEN", "bold red")
        table.add_row(Text(*mark), Text(finding.what, overflow="fold"), Text(finding.detail, overflow="fold"))
    _print(Text.assemble((name, "bold"), f"  {survey.url}"), table)


def _print(*parts: RenderableType) -> None:
    """Print as wide as the terminal; without the spaces at the ends of lines with which tables are filled up."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    with console.capture() as captured:
        console.print(Group(*parts))
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def _rules(survey: Survey) -> Iterator[tuple[str, str]]:
    yield "robots.txt", _permission(survey.robots)
    yield "terms", _terms(survey.terms)
    if survey.terms.opt_outs:
        yield "", "all are recorded with each article; `honour` in the entry names those to obey, noarchive without it"
    if survey.terms.license_url:
        yield "licence", survey.terms.license_url
    if survey.terms.policy_url:
        yield "policy", survey.terms.policy_url


def _permission(robots: Permission) -> str:
    if robots.reason:
        return f"{robots.reason}: until it can be read, all is taken to be forbidden"
    said = "allows the front page" if robots.allowed else "forbids the front page"
    return said + (f"; asks for {robots.delay:g} s between requests" if robots.delay else "")


def _terms(terms: Terms) -> str:
    said = (f"{name} ({', '.join(places)})" for name, places in terms.opt_outs.items())
    return f"opted out of: {', '.join(said)}" if terms.opt_outs else "nothing is opted out of"


def _guesses(survey: Survey) -> Iterator[tuple[str, str]]:
    yield "language", _guess(survey.language)
    yield "time zone", _guess(survey.timezone)


def _guess(guess: Guess) -> str:
    return f"{guess.value}: {guess.why}" if guess.value else f"left out: {guess.why}"


def _endpoints(endpoints: Iterable[Endpoint]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("endpoint", "kind", "stories", "newest", "changes", "found by"):
        table.add_column(column, justify="right" if column == "stories" else "left", overflow="fold")
    for endpoint in endpoints:
        table.add_row(*_endpoint(endpoint))
    return table


def _endpoint(endpoint: Endpoint) -> list[RenderableType]:
    listed = endpoint.listed
    kind, newest = (listed.kind, listed.newest) if listed else (endpoint.kind, None)
    pace = _pace(listed.every) if listed else ""
    return [
        Text(endpoint.url), kind or "", _count(endpoint), f"{newest:%Y-%m-%d %H:%M}" if newest else "", pace,
        endpoint.found_by,
    ]  # fmt: skip


def _in_vain(endpoints: Iterable[Endpoint]) -> Iterator[Text]:
    """The endpoints that could not be read, a line a reason."""
    by_reason: dict[str, list[str]] = {}
    for endpoint in endpoints:
        if endpoint.listed is None:
            by_reason.setdefault(endpoint.detail or endpoint.outcome, []).append(endpoint.url)
    for reason, urls in by_reason.items():
        yield Text.assemble(("in vain: ", "yellow"), f"{reason}: {', '.join(urls)}")


def _count(endpoint: Endpoint) -> str:
    listed = endpoint.listed
    if listed is None or (listed.kind == "wordpress" and not listed.stories):
        return ""
    if listed.endpoints and listed.kind == "sitemap" and not listed.stories:
        return f"{len(listed.endpoints)} sitemaps"
    return f"{listed.stories}" + (f" and {listed.elsewhere} of other sites" if listed.elsewhere else "")


def _pace(every: timedelta | None) -> str:
    """How often something new comes."""
    if every is None:
        return ""
    seconds = every.total_seconds()
    for unit, name in ((DAY, "days"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= 2 * unit:
            return f"every {seconds / unit:.0f} {name}"
    return "every minute"


def _story(story: Story) -> Iterator[RenderableType]:
    article = story.article
    if article is None or story.outcome != "read":
        yield Text.assemble(("no story  ", "yellow"), story.url)
        yield _facts([("because", story.detail or story.outcome), ("listed by", story.endpoint)])
        return
    yield Text(article.title, "bold")
    yield _facts([("url", story.url), ("listed by", story.endpoint), *_record(article)])


def _record(article: Article) -> Iterator[tuple[str, str]]:
    yield "published", _published(article)
    yield "kind", article.kind if article.kind != "article" else ""
    yield "authors", ", ".join(article.authors)
    yield "agency", article.agency or ""
    yield "dateline", ", ".join(str(part) for part in (article.dateline_place, article.dateline_date) if part)
    words = article.text.split()
    yield "text", f"{article.word_count} words: {' '.join(words[:FIRST_WORDS])}{' …' * (len(words) > FIRST_WORDS)}"
    yield "doubts", ", ".join(article.quality_flags)


def _published(article: Article) -> str:
    others = [f"{w.origin} says {w.value}" for w in article.date_witnesses if w.origin != article.published_origin]
    if article.published_at is None:
        return "; ".join(["no date that can be believed", *others])
    said = f"{article.published_at} (to the {article.published_precision}), from {article.published_origin}"
    return "; ".join([said, *others])


def _facts(facts: Iterable[tuple[str, str]]) -> Table:
    """Names and what they are, those without a value left out."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", min_width=11)
    table.add_column(overflow="fold")
    for name, value in facts:
        if value:
            table.add_row(f"  {name}", Text(value, "yellow" if name == "doubts" else ""))
    return table


def _json_value(value: Any) -> Any:
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"{type(value).__name__} in a survey that is printed as JSON")
