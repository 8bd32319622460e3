"""The bytes of a page as text."""

from __future__ import annotations

import pytest

from pipelines.extraction.encodings import decode


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(encoding: str) -> None:
    page = "<p>Über den Hafen, 新華社</p>"
    assert decode(page.encode(encoding), "text/html; charset=utf-16") == page
