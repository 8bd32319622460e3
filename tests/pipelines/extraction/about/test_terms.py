"""What a page opts out of, and which of the licences it names is the page's."""

from __future__ import annotations

from datetime import UTC, datetime
from json import dumps
from typing import Any

import pytest
from lxml.html import document_fromstring

from pipelines.extraction.about import terms
from pipelines.extraction.page import Page
from pipelines.rights import NOTHING, Rights

VISIT = datetime(2026, 3, 1, tzinfo=UTC)
URL = "https://post.example/news/weir"
BY = "https://creativecommons.org/licenses/by/4.0/"
BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/"


def read(head: str = "", body: str = "", **story: Any) -> Rights:
    things = dumps({"@type": "NewsArticle", "headline": "Weir", **story})
    ld = f'<script type="application/ld+json">{things}</script>' if story else ""
    html = f"<html><head><title>Weir</title>{head}{ld}</head><body><p>The weir is mended.</p>{body}</body></html>"
    return terms.read(Page(URL, document_fromstring(html), VISIT))


def test_a_page_that_says_nothing() -> None:
    assert read() == NOTHING


def test_meta_elements() -> None:
    head = (
        '<META NAME="Robots" CONTENT="NOARCHIVE, unavailable_after: 2026-02-27">'
        '<meta name="googlebot" content="noindex"><meta name="tdm-reservation" content="1">'
        '<meta name="tdm-policy" content="/tdm.json">'
    )
    assert read(head) == Rights(
        frozenset({"noarchive", "unavailable", "tdm"}), policy_url="https://post.example/tdm.json"
    )


def test_an_rsl_licence() -> None:
    head = f'<link rel="license" href="{BY}"><link rel="license" type="application/rsl+xml" href="/license.xml">'
    assert read(head) == Rights(frozenset({"rsl"}), "https://post.example/license.xml")


def test_the_head_goes_before_json_ld_and_that_before_the_text() -> None:
    link, anchor = f'<link rel="license" href="{BY}">', f'<a rel="LICENSE noopener" href="{BY_SA}">CC</a>'
    assert read(link, anchor, license=BY_SA).license_url == BY
    assert read("", anchor, license=BY).license_url == BY
    assert read("", anchor).license_url == BY_SA


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        (BY, BY),
        ({"@type": "CreativeWork", "url": BY}, BY),
        ({"@id": BY}, BY),
        (["© Post", {"url": BY}], BY),
        ("All rights reserved", None),
        ("/terms", None),
        (7, None),
    ],
)
def test_the_licence_of_json_ld(said: Any, licence: str | None) -> None:
    assert read(license=said) == Rights(license_url=licence)


def test_a_licence_of_a_picture_in_json_ld_is_not_the_storys() -> None:
    assert read(image={"@type": "ImageObject", "license": BY}) == NOTHING
