"""The data dictionary says what the database says."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.database import Database
from tests import dictionary

PAGE = Path(__file__).parents[1] / "docs" / "dictionary.md"


def test_the_comments_give_the_committed_dictionary(database: Database) -> None:
    found = dictionary.written(database)
    if os.environ.get("WRITE_SCHEMA"):
        PAGE.write_text(found)
    assert found == PAGE.read_text(), "run: make schema"


def test_it_has_what_people_ask_for() -> None:
    text = PAGE.read_text()
    assert text.index("## articles (table)") < text.index("## revisions (table)") < text.index("## Functions")
    assert "| `kind` | text | article, live (live blog), gallery, video. |" in text
    assert "`search_articles(query text, source text DEFAULT NULL" in text
    assert "## hosts" not in text
