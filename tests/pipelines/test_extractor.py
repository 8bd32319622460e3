"""Whoever changes how pages are read changes the version, or `dateline reextract` would find nothing to do."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.extract import EXTRACTOR

ROOT = Path(__file__).parents[2]
RECORD = Path(__file__).with_name("extractor.json")
# Those that have a say in what is read; of trafilatura the version is in EXTRACTOR too.
LIBRARIES = (
    "babel", "charset-normalizer", "courlan", "dateparser", "htmldate", "justext", "lxml", "lxml-html-clean",
    "trafilatura", "w3lib",
)  # fmt: skip


def test_another_way_of_reading_is_another_version() -> None:
    now = {"extractor": EXTRACTOR, "digest": digest()}
    if os.environ.get("WRITE_EXTRACTOR"):
        RECORD.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    known = json.loads(RECORD.read_text(encoding="utf-8"))
    assert now["extractor"] == known["extractor"], "another version of the extractor: run make extractor"
    assert now["digest"] == known["digest"], (
        "what reads pages has changed: raise the number of EXTRACTOR in pipelines/extract.py, unless every page still "
        "reads the same, and run make extractor"
    )


def digest() -> str:
    """SHA-256 of all code that a page is read with, and of the versions of the libraries."""
    sources = [f"{path.relative_to(ROOT)} {told(path.read_text(encoding='utf-8'))}" for path in files()]
    return hashlib.sha256("\n".join([*sources, *locked()]).encode()).hexdigest()


def files() -> list[Path]:
    """pipelines/extract.py, and whatever of the project it imports, directly or not."""
    found, waiting = set[Path](), [ROOT / "pipelines" / "extract.py"]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += imported(path)
    return sorted(found)


def imported(path: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "pipelines":
            names = [f"{node.module}.{name.name}" for name in node.names]
            paths = [ROOT / f"{name.replace('.', '/')}.py" for name in (str(node.module), *names)]
            yield from (found for found in paths if found.exists())


def told(source: str) -> str:
    """What the source tells Python: the same whatever its comments, docstrings and layout."""
    return json.dumps(shape(ast.parse(source)))


def shape(node: object) -> object:
    if isinstance(node, list):
        return [shape(part) for part in node if not is_docstring(part)]
    if not isinstance(node, ast.AST):
        return repr(node)
    # What is empty is left out: newer Pythons have more such fields.
    fields = {name: shape(value) for name, value in ast.iter_fields(node) if value not in (None, [])}
    return {type(node).__name__: fields}


def is_docstring(node: object) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def locked() -> list[str]:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    versions = dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock, re.MULTILINE))
    return [f"{name}=={versions[name]}" for name in LIBRARIES]


SOURCE = 'def rule(line):\n    """Whether it goes."""\n    return len(line) < 3  # short\n'


@pytest.mark.parametrize(
    ("source", "same"),
    [
        (SOURCE.replace("# short", "# very short"), True),
        (SOURCE.replace("Whether it goes", "Whether it may go"), True),
        (SOURCE.replace("len(line) < 3", "(len(line)\n            < 3)"), True),
        (SOURCE.replace("3", "4"), False),
        (SOURCE.replace("<", "<="), False),
    ],
    ids=["comment", "docstring", "layout", "number", "operator"],
)
def test_only_what_python_is_told_counts(source: str, same: bool) -> None:
    assert (told(source) == told(SOURCE)) is same


def test_the_code_that_counts_is_what_reads_pages() -> None:
    names = {str(path.relative_to(ROOT)) for path in files()}
    assert {"pipelines/extract.py", "pipelines/extraction/story/lines.py", "pipelines/news/dates.py"} <= names
    assert not {"pipelines/store.py", "pipelines/replay.py", "pipelines/database.py"} & names
