"""The house holds: imports run one way, and the heavy libraries have one door each."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
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
    "trafilatura": {"pipelines/extraction/engine.py"},
    "htmldate": {"pipelines/extraction/published/witnesses.py"},
    "warcio": {"pipelines/warc.py"},
    "pebble": {"pipelines/workers.py"},
    "pyarrow": {"pipelines/exporting/parquet.py"},
    "fsspec": {"pipelines/shelf.py"},
    "starlette": {"dateline/reader/app.py"},
    "uvicorn": {"dateline/serve.py"},
}


def imports(path: Path) -> Iterator[str]:
    yield from named(path, ast.walk(parsed(path)))


def imports_on_loading(path: Path) -> Iterator[str]:
    yield from named(path, parsed(path).body)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def named(path: Path, nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
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


def test_airflow_is_known_to_the_dags_and_its_plugin_alone() -> None:
    users = {p for p, names in FILES.items() if any(n.split(".")[0] == "airflow" for n in names)}
    assert {p for p in users if not p.startswith("dags/")} == {"dateline/airflow_plugin.py"}
    loaded = {n for n in FILES["dateline/airflow_plugin.py"] if n.startswith(("dateline", "pipelines", "spiders"))}
    assert not loaded  # each process of Airflow loads it, workers too


def test_dags_need_nothing_but_airflow() -> None:
    known = sys.stdlib_module_names | {path.stem for path in (ROOT / "dags").glob("*.py")}
    imported = {(p, n) for p, names in FILES.items() if p.startswith("dags/") for n in names}
    assert not {(p, n) for p, n in imported if n.split(".")[0] not in known and not n.startswith("airflow.sdk")}


def test_what_the_dags_share_is_not_taken_for_dags() -> None:
    ignored = (ROOT / "dags/.airflowignore").read_text(encoding="utf-8").splitlines()
    files = [path for path in (ROOT / "dags").glob("*.py") if "DAG(" not in path.read_text(encoding="utf-8")]
    assert files and all(any(path.match(pattern) for pattern in ignored) for path in files)


def test_commands_import_what_does_the_work_only_when_they_run() -> None:
    files = [*(ROOT / "dateline/commands").glob("*.py"), ROOT / "dateline/main.py"]
    loaded = {(path.name, n) for path in files for n in imports_on_loading(path) if n.startswith("dateline.")}
    light = ("dateline.commands", "dateline.errors", "dateline.settings", "dateline.reader.PORT")
    loaded -= {("running.py", "dateline.reader")}  # which is a port, and nothing else
    assert files and not {(name, n) for name, n in loaded if not n.startswith(light)}
    assert all(len(path.read_text(encoding="utf-8").splitlines()) <= 250 for path in files)


def test_what_the_reader_shows_is_made_without_asking() -> None:
    asking = ("pipelines.database", "dateline.reader.questions", "dateline.reader.archive", "dateline.reader.app")
    for name in ("views", "charts"):
        assert not {n for n in FILES[f"dateline/reader/{name}.py"] if n.startswith(asking)}


def test_no_circle() -> None:
    modules = {module(p): set(names) for p, names in FILES.items()}
    arrows = {m: {n for n in names if n in modules and n != m} for m, names in modules.items()}
    while arrows:
        leaves = {m for m, targets in arrows.items() if not targets & arrows.keys()}
        assert leaves, f"imports go in a circle among {sorted(arrows)}"
        arrows = {m: targets for m, targets in arrows.items() if m not in leaves}


# Files and folders of pipelines/, from those that know nothing to those that know the most.
ORDER = (
    ("amp", "tracking", "spans"),
    ("records", "text", "urls", "robotstxt"),
    ("outlets", "fingerprints", "workers", "database", "news", "rights", "twins", "shelf"),
    ("extraction", "copies"),
    ("tombstones",),
    (
        "clusters",
        "extract",
        "warc",
        "frontier",
        "endpoints",
        "hosts",
        "health",
        "quarantine",
        "runs",
        "revisions",
        "roles",
        "migrating",
    ),
    ("articles", "foreign", "captures", "following", "fetches"),
    (
        "store",
        "queries",
        "search",
        "habits",
        "exporting",
        "held",
        "replay",
        "tracing",
        "forgetting",
        "retention",
        "inspection",
    ),
    ("archive",),
    ("importing",),
)
# The same in pipelines/extraction; the folders of one line know nothing of each other.
EXTRACTION = (("encodings", "engine", "page", "plain"), ("story", "about", "published", "kind", "related"))


def levels(package: str, order: tuple[tuple[str, ...], ...]) -> dict[str, tuple[int, str]]:
    """The level and the file or folder of each module below a package, by the module's name."""
    found = {}
    for name in (module(p) for p in FILES if p.startswith(package.replace(".", "/") + "/")):
        if name == package:
            continue
        entry = name.removeprefix(f"{package}.").split(".")[0]
        level = next((n for n, entries in enumerate(order) if entry in entries), None)
        assert level is not None, f"a new file, {name}: give it its place in the order"
        found[name] = (level, entry)
    return found


@pytest.mark.parametrize(("package", "order"), [("pipelines", ORDER), ("pipelines.extraction", EXTRACTION)])
def test_pipelines_are_layered(package: str, order: tuple[tuple[str, ...], ...]) -> None:
    level = levels(package, order)
    arrows = {(module(p), n) for p, names in FILES.items() for n in names if module(p) in level and n in level}
    assert not {(a, b) for a, b in arrows if level[b][0] > level[a][0]}


def test_the_readers_of_a_page_know_nothing_of_each_other() -> None:
    level = levels("pipelines.extraction", EXTRACTION)
    arrows = {(module(p), n) for p, names in FILES.items() for n in names if module(p) in level and n in level}
    sideways = {(a, b) for a, b in arrows if level[a][0] == level[b][0] == 1 and level[a][1] != level[b][1]}
    assert not sideways
