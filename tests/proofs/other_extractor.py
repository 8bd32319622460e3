"""Dateline with an extractor as a newer version would be one: what proofs of re-extraction run instead of `dateline`.

    python -m tests.proofs.other_extractor reextract --apply

Another version, headlines of an even length in capitals, one rule about lines less, some lists taken for stories and
some stories for lists. It is so as soon as this module is loaded, and every worker process loads it too: a spawned
process begins with the main module of the one that spawned it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from dateline.main import run
from pipelines import extract
from pipelines.extraction.about import metadata
from pipelines.extraction.kind import kinds
from pipelines.extraction.story import lines

VERSION = extract.EXTRACTOR.replace("dateline ", "dateline 99", 1)
LESS = "pointer"  # the rule that takes out "Read more: …"
MANY = 7  # of so many lists one is taken for a story
FEW = 29  # of so many stories one is taken for a list


def _headline(read: Any, *arguments: Any) -> Any:
    about = read(*arguments)
    return replace(about, title=about.title.upper()) if about.title and len(about.title) % 2 == 0 else about


def _kind(judge: Any, page: Any, title: str | None, body: str) -> Any:
    verdict, length = judge(page, title, body), len(body)
    if verdict.kind == "list" and length % MANY == 0:
        return replace(verdict, kind="article")
    return replace(verdict, kind="list", detail="by the other rule") if length % FEW == 0 else verdict


setattr(extract, "EXTRACTOR", VERSION)  # noqa: B010 - it is a constant to everybody else
metadata.read = partial(_headline, metadata.read)
kinds.judge = partial(_kind, kinds.judge)
lines.judge = partial(lines.judge, rules=tuple(rule for rule in lines.RULES if rule.__name__ != LESS))

if __name__ == "__main__":
    run()
