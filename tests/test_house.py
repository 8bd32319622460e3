"""The house holds: imports run one way, and the heavy libraries have one door each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("pipelines", "spiders", "dateline", "dags", "migrations")
# What each room may import of the others.
MAY_IMPORT = {
    "pipelines": {"pipelines"},
    "spiders": {"pipelines", "spiders"},
    "dateline": {"pipelines", "spiders", "dateline"},
    "dags": {"dags"},
    "migrations": set[str](),
}
DOORS = {
    "psycopg2": {"pipelines/database.py"},
    "trafilatura": {"pipelines/extract.py"},
    "warcio": {"pipelines/warc.py"},
    "pebble": {"pipelines/workers.py"},
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


FILES = {str(p.relative_to(ROOT)): set(imports(p)) for room in ROOMS for p in (ROOT / room).rglob("*.py")}


def module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_one_way(room: str) -> None:
    forbidden = set(ROOMS) - MAY_IMPORT[room]
    found = {(p, i) for p, names in FILES.items() if p.startswith(f"{room}/") for i in names}
    assert not {(p, i) for p, i in found if i.split(".")[0] in forbidden}


@pytest.mark.parametrize("library", DOORS)
def test_a_heavy_library_has_one_door(library: str) -> None:
    assert {p for p, names in FILES.items() if any(n.split(".")[0] == library for n in names)} == DOORS[library]


def test_airflow_is_known_to_the_dags_alone() -> None:
    users = {p for p, names in FILES.items() if any(n.split(".")[0] == "airflow" for n in names)}
    assert all(p.startswith("dags/") for p in users)


def test_dags_import_nothing_heavy() -> None:
    heavy = {"scrapy", "trafilatura", "psycopg2", "lxml", "twisted", "sqlalchemy"}
    assert not {
        (p, n) for p, names in FILES.items() if p.startswith("dags/") for n in names if n.split(".")[0] in heavy
    }


def test_no_circle() -> None:
    modules = {module(p): set(names) for p, names in FILES.items()}
    arrows = {m: {n for n in names if n in modules and n != m} for m, names in modules.items()}
    while arrows:
        leaves = {m for m, targets in arrows.items() if not targets & arrows.keys()}
        assert leaves, f"imports go in a circle among {sorted(arrows)}"
        arrows = {m: targets for m, targets in arrows.items() if m not in leaves}


ORDER = (
    ("records", "text", "urls"),
    ("outlets", "agencies", "datelines", "dates", "workers", "database"),
    ("extract", "warc", "frontier", "runs"),
    ("store", "queries"),
    ("archive",),
)


def test_pipelines_are_layered() -> None:
    level = {f"pipelines.{name}": n for n, names in enumerate(ORDER) for name in names}
    seen = {module(p) for p in FILES if p.startswith("pipelines/")} - {"pipelines"}
    assert seen == level.keys(), "a new file: give it its place in ORDER"
    upward = {
        (module(p), n)
        for p, names in FILES.items()
        for n in names
        if module(p) in level and level.get(n, -1) > level[module(p)]
    }
    assert not upward
