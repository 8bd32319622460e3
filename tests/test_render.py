"""Outlets that need a browser, where there is none: one clear line. What a browser does is proven in tests/proofs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from pipelines.records import Capture
from spiders import browser
from tests.commands import dateline
from tests.site import Site
from tests.test_crawl import Environment, outlet, whole_outlet

HAS_EXTRA = find_spec("scrapy_playwright") is not None
LINE = (
    'dateline: the-harbour: render = true needs a browser: pip install "dateline[render]" and a system Chromium '
    "(Debian: apt install chromium)"
)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        whole_outlet(site)
        yield site


@pytest.mark.skipif(HAS_EXTRA, reason="the extra is installed")
@pytest.mark.parametrize("words", [("--all",), ("URL",)])
def test_without_the_extra_nothing_is_asked(environment: Environment, site: Site, words: tuple[str, ...]) -> None:
    outlet(environment, site, render=True)
    done = dateline(environment, "crawl", *(site.url if w == "URL" else w for w in words), "--allow-private")
    assert (done.code, done.err.strip(), site.requests) == (2, LINE, [])


def test_without_chromium_nothing_is_asked(environment: Environment, site: Site) -> None:
    outlet(environment, site, render=True)
    done = dateline(environment | {"DATELINE_CHROMIUM": "/no/such/chromium"}, "crawl", "--all", "--allow-private")
    assert (done.code, done.err.strip(), site.requests) == (2, LINE, [])


def test_outlets_that_need_none_are_crawled(environment: Environment, site: Site) -> None:
    outlet(environment, site)
    done = dateline(environment | {"DATELINE_CHROMIUM": "/no/such/chromium"}, "crawl", "--all", "--allow-private")
    assert done.code == 0, done.err


def test_chromium_is_found_on_the_path_or_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    assert browser.chromium() is None
    for name in ("google-chrome", "chromium"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
        assert browser.chromium() == str(tmp_path / name)
    monkeypatch.setenv(browser.VARIABLE, str(tmp_path / "google-chrome"))
    assert browser.chromium() == str(tmp_path / "google-chrome")


def test_the_browser_is_started_with_limits_and_without_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_DATABASE_URL", "postgresql://me:secret@x/y")
    launch = browser.settings()["PLAYWRIGHT_LAUNCH_OPTIONS"]
    script = Path(launch["executable_path"])
    assert script.stat().st_mode & 0o100
    assert "ulimit -d" in script.read_text()
    assert "secret" not in str(launch)


@pytest.mark.parametrize(("status", "kind", "body", "is_page"), [
    (200, "text/html; charset=utf-8", b"<!doctype html>", True), (200, None, b"<p>", True),
    (200, "application/xhtml+xml", b"<html>", True), (404, "text/html", b"<p>", False),
    (304, "text/html", b"", False), (200, "application/rss+xml", b"<rss>", False),
    (200, "text/html", b"\n<?xml version='1.0'?><rss>", False), (200, "text/html", b"<urlset>", False),
    (200, "image/png", b"", False),
])  # fmt: skip
def test_what_a_browser_is_given(status: int, kind: str | None, body: bytes, is_page: bool) -> None:
    headers = (("Content-Type", kind),) if kind else ()
    capture = Capture("http://x/", "http://x/", status, headers, body, datetime.now(UTC))
    assert browser.is_page(capture) is is_page
