"""Links to the reader: in the documentation of the DAGs, and for a red outlet; none where there is no reader."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest


@pytest.fixture
def links(load: Callable[[str], ModuleType]) -> ModuleType:
    """dags/dateline_reader.py."""
    return load("dateline_reader")


def test_without_a_reader_there_is_no_link(links: ModuleType) -> None:
    assert links.documented("# Crawl\n") == "# Crawl\n"
    assert links.outlet_page("the-courier") is None


def test_with_a_reader_there_are_links(links: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_READER_URL", "https://reader.example/")
    assert "(https://reader.example/outlets)" in links.documented("# Crawl\n")
    assert links.outlet_page("a/b c") == "https://reader.example/outlets/a%2Fb%20c"


def test_the_plugin_links_to_it(load: Callable[[str], ModuleType]) -> None:
    plugin = load("dateline.airflow_plugin")
    assert plugin.ReaderLink.external_views == [] and plugin.views("") == []
    (view,) = plugin.views("https://reader.example")
    assert view["href"] == "https://reader.example/" and "url_route" not in view
    assert load("airflow.plugins_manager").is_valid_plugin(plugin.ReaderLink)
