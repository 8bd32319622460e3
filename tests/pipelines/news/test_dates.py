"""The rules that weigh the witnesses of a date, each with what only looks like its case."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from pipelines.news import dates
from pipelines.records import Witness

VISIT = datetime(2024, 5, 20, 9, 30, tzinfo=UTC)


def said(*pairs: str) -> list[Witness]:
    """Witnesses written as "origin value"."""
    return [Witness(*pair.split(" ", 1)) for pair in pairs]


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2024-05-03", date(2024, 5, 3)),
        ("2024-05-03T14:05:09Z", datetime(2024, 5, 3, 14, 5, 9, tzinfo=UTC)),
        ("2024-05-03T14:05:09.1234567+02:00", datetime(2024, 5, 3, 14, 5, 9, 123456, timezone(timedelta(hours=2)))),
        ("2024-05-03 14:05:09 +0200", datetime(2024, 5, 3, 14, 5, 9, tzinfo=timezone(timedelta(hours=2)))),
        ("2024-5-3 9:05", datetime(2024, 5, 3, 9, 5)),  # noqa: DTZ001 - none is written
        ("2024-05-03 14:05 CEST", datetime(2024, 5, 3, 14, 5, tzinfo=timezone(timedelta(hours=2)))),
        ("2024-05-03T14:05Z[Europe/Paris]", datetime(2024, 5, 3, 14, 5, tzinfo=UTC)),
        ("20240503", date(2024, 5, 3)),
        ("20240503T140509Z", datetime(2024, 5, 3, 14, 5, 9, tzinfo=UTC)),
        ("2024/05/03", date(2024, 5, 3)),
        ("1714745109", datetime(2024, 5, 3, 14, 5, 9, tzinfo=UTC)),
        ("1714745109123", datetime(2024, 5, 3, 14, 5, 9, tzinfo=UTC)),
        ("Fri, 03 May 2024 14:05:09 +0200", datetime(2024, 5, 3, 14, 5, 9, tzinfo=timezone(timedelta(hours=2)))),
        (
            "Fri May 03 2024 14:05:09 GMT+0200 (CEST)",
            datetime(2024, 5, 3, 14, 5, 9, tzinfo=timezone(timedelta(hours=2))),
        ),
        ("Fri May 3 14:05:09 GMT 2024", datetime(2024, 5, 3, 14, 5, 9, tzinfo=UTC)),
        ("May 3, 2024", date(2024, 5, 3)),
        ("", None),
        ("today", None),
        ("2024-02-30", None),
        ("2024-05", None),
        ("12345", None),
        ("99999999999", None),
    ],
)
def test_parse(value: str, moment: date | datetime | None) -> None:
    assert dates.parse(value) == moment


@pytest.mark.parametrize(
    ("witnesses", "value", "precision", "origin"),
    [
        # the order of belief
        (["jsonld 2024-05-03T14:05:09+02:00", "meta 2024-05-04"], "2024-05-03T14:05:09+02:00", "second", "jsonld"),
        (["text 2024-05-04", "meta 2024-05-03T14:05+02:00"], "2024-05-03T14:05:00+02:00", "minute", "meta"),
        (["endpoint 2024-05-02", "jsonld 2024-05-03"], "2024-05-02", "day", "endpoint"),
        (["meta_date 2024-05-09", "text 2024-05-03"], "2024-05-03", "day", "text"),
        (["updated 2024-05-09", "dateline 2024-05-03"], "2024-05-03", "day", "dateline"),
        (["updated 2024-05-09"], "2024-05-09", "day", "updated"),
        (["jsonld May 9, 2024", "text 2024-05-03"], "2024-05-03", "day", "text"),
        # nothing to believe
        ([], None, None, None),
        (["jsonld soon", "meta 0000-00-00"], None, None, None),
        (["jsonld 1970-01-01T00:00:00Z", "time 2024-05-03"], "2024-05-03", "day", "time"),
        (["jsonld 2024-06-03", "url 2024/05/03"], "2024-05-03", "day", "url"),
        (["jsonld 2024-05-21T01:00:00+12:00"], "2024-05-21T01:00:00+12:00", "minute", "jsonld"),
        # the time, from whoever has it
        (["jsonld 2024-05-03", "text 2024-05-03T14:05:00"], "2024-05-03T14:05:00+00:00", "minute", "jsonld"),
        (["meta 2024-05-03T00:00:00Z", "time 2024-05-03T14:05+02:00"], "2024-05-03T14:05:00+02:00", "minute", "meta"),
        (["jsonld 2024-05-03T00:00:00Z"], "2024-05-03", "day", "jsonld"),
        (["jsonld 2024-05-03T00:00:00+02:00"], "2024-05-03T00:00:00+02:00", "minute", "jsonld"),
        (["jsonld 2024-05-03", "text 2024-05-04T14:05:00"], "2024-05-03", "day", "jsonld"),
        (["jsonld 2024-05-03", "updated 2024-05-03T19:05:00"], "2024-05-03", "day", "jsonld"),
        # the page's own clock
        (["meta 2024-05-03T02:10:20Z", "time 2024-05-02T22:10:20-04:00"],
         "2024-05-02T22:10:20-04:00", "second", "meta"),
        (["jsonld 2024-05-03T02:10:20Z", "text 2024-05-02T22:10:00"], "2024-05-02T22:10:20-04:00", "second", "jsonld"),
        (["jsonld 2024-05-03T02:10:20Z", "url 2024/05/02"], "2024-05-02", "day", "url"),
        (["meta 2024-05-02T22:00Z", "text 2024-05-03"], "2024-05-03", "day", "text"),
        (["jsonld 2024-05-02T22:10:20Z", "text 2024-05-03"], "2024-05-02T22:10:20+00:00", "second", "jsonld"),
        (
            ["jsonld 2024-05-03T02:10:20Z", "text 2024-05-03T02:10:00", "text 2024-05-02T22:10:00"],
            "2024-05-03T02:10:20+00:00", "second", "jsonld",
        ),
        (["jsonld 2024-05-03T02:10:20Z", "text 2024-05-02T22:17:00"], "2024-05-03T02:10:20+00:00", "second", "jsonld"),
        (["jsonld 2024-05-03T02:10:20+02:00", "url 2024/05/02"], "2024-05-03T02:10:20+02:00", "second", "jsonld"),
        # the permalink of an imported page
        (["jsonld 2019-06-17T18:28:00+02:00", "url 2017/07/12"], "2017-07-12", "day", "url"),
        (["jsonld 2024-05-09T18:28:00+02:00", "url 2024/05/03"], "2024-05-09T18:28:00+02:00", "minute", "jsonld"),
        (["jsonld 2019-06-17T18:28:00+02:00", "url 2017-07-12"], "2019-06-17T18:28:00+02:00", "minute", "jsonld"),
        # a month in the URL
        (["url 2024-04"], "2024-04-01", "month", "url"),
        (["url 2024-04", "htmldate 2023-11-02"], "2024-04-01", "month", "url"),
        (["url 2024-04", "text 2023-11-02", "text 2024-04-07"], "2024-04-07", "day", "text"),
        (["url 2024-04", "text 2024-05-01"], "2024-05-01", "day", "text"),
        (["url 2024-13"], None, None, None),
        (["url 2025-01"], None, None, None),
    ],
)  # fmt: skip
def test_settle(witnesses: list[str], value: str | None, precision: str | None, origin: str | None) -> None:
    published = dates.settle(said(*witnesses), VISIT)
    assert (published.value, published.precision, published.origin) == (value, precision, origin)
    assert published.witnesses == tuple(said(*witnesses))


@pytest.mark.parametrize(
    ("witnesses", "value", "origin", "suspect"),
    [
        # a page with the day of the visit in its header, and a date in its dateline alone
        (["htmldate 2024-05-20", "dateline 2022-09-30"], "2022-09-30", "dateline", False),
        (["text 2024-05-20", "dateline 2022-09-30"], "2022-09-30", "dateline", False),
        (["time 2024-05-20", "dateline 2022-09-30"], "2022-09-30", "dateline", False),
        (["htmldate 2024-05-20"], "2024-05-20", "htmldate", True),
        (["relative 2024-05-20"], "2024-05-20", "relative", True),
        (["text 2024-05-20", "dateline 2024-05-20"], "2024-05-20", "text", True),
        # a story of today
        (["time 2024-05-20T08:00:00Z", "dateline 2024-05-19"], "2024-05-20T08:00:00+00:00", "time", False),
        (["text 2024-05-20", "meta 2024-05-20"], "2024-05-20", "meta", False),
        (["meta 2024-05-20T08:00:00Z", "text 2024-05-19"], "2024-05-20T08:00:00+00:00", "meta", False),
        # a page built again today
        (["jsonld 2024-05-20T09:30:00Z", "text 2024-03-02"], "2024-03-02", "text", False),
        (["jsonld 2024-05-20T09:30:00Z", "url 2024/03/02"], "2024-03-02", "url", False),
        (["meta 2024-05-20T09:30:00Z", "text 2024-03-02", "text 2024-05-20"],
         "2024-05-20T09:30:00+00:00", "meta", False),
    ],
)  # fmt: skip
def test_the_day_of_the_visit(witnesses: list[str], value: str, origin: str, suspect: bool) -> None:
    published = dates.settle(said(*witnesses), VISIT)
    assert (published.value, published.origin, published.suspect) == (value, origin, suspect)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-03T14:05:00", "2024-05-03T14:05:00+02:00"),
        ("2024-01-03T14:05:00", "2024-01-03T14:05:00+01:00"),
        ("2024-05-03T14:05:00-04:00", "2024-05-03T14:05:00-04:00"),
        ("2024-05-03", "2024-05-03"),
    ],
)
def test_the_outlets_time_zone_is_for_times_without_one(value: str, expected: str) -> None:
    assert dates.settle(said(f"meta {value}"), VISIT.date(), "Europe/Berlin").value == expected


@pytest.mark.parametrize(
    ("published", "modified", "expected"),
    [
        ("2024-05-03T14:05:00Z", ["jsonld 2024-05-04T10:00:00Z"], "2024-05-04T10:00:00+00:00"),
        ("2024-05-03T14:05:00Z", ["jsonld 2024-05-03T14:05:00Z"], "2024-05-03T14:05:00+00:00"),
        ("2024-05-03T14:05:00Z", ["jsonld 2024-05-03T14:04:00Z"], None),
        ("2024-05-03T14:05:00Z", ["jsonld 2024-05-01", "meta 2024-05-07"], "2024-05-07"),
        ("2024-05-03", ["jsonld 2024-05-03T14:04:00Z"], "2024-05-03T14:04:00+00:00"),
        ("2024-05-03", ["jsonld 2024-06-03"], None),
        ("2024-05-03", ["jsonld never"], None),
        ("unknown", ["jsonld 2024-05-04"], "2024-05-04"),
    ],
)
def test_modified(published: str, modified: list[str], expected: str | None) -> None:
    first = dates.settle(said(f"jsonld {published}"), VISIT)
    assert dates.settle_modified(said(*modified), first, VISIT) == expected
