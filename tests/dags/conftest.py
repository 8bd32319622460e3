"""The DAG files as modules, loaded as Airflow loads them: with their folder on the path."""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

DAGS = Path(__file__).parents[2] / "dags"


@pytest.fixture(scope="session")
def load(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], ModuleType]]:
    """Import a module of the dags folder. As a library Airflow leaves logging alone and writes no configuration."""
    names = {"_AIRFLOW__AS_LIBRARY": "1", "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow"))}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in names.items():
            patch.setenv(name, value)
        for name in [n for n in os.environ if n.startswith(("AIRFLOW__", "DATELINE_"))]:
            patch.delenv(name)
        patch.syspath_prepend(str(DAGS))
        yield _import


def _import(name: str) -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Airflow's own, at import
        return importlib.import_module(name)


@pytest.fixture
def command(load: Callable[[str], ModuleType]) -> ModuleType:
    """dags/dateline_command.py."""
    return load("dateline_command")


@pytest.fixture
def crawl(load: Callable[[str], ModuleType]) -> ModuleType:
    """dags/crawl.py."""
    return load("crawl")


@pytest.fixture
def crawl_once(load: Callable[[str], ModuleType]) -> ModuleType:
    """dags/crawl_once.py."""
    return load("crawl_once")


@pytest.fixture
def backfill(load: Callable[[str], ModuleType]) -> ModuleType:
    """dags/backfill.py."""
    return load("backfill")


@pytest.fixture
def reextract(load: Callable[[str], ModuleType]) -> ModuleType:
    """dags/reextract.py."""
    return load("reextract")


@pytest.fixture
def upkeep(load: Callable[[str], ModuleType]) -> ModuleType:
    """dags/upkeep.py."""
    return load("upkeep")


@pytest.fixture
def notices(load: Callable[[str], ModuleType]) -> ModuleType:
    """dags/dateline_notices.py."""
    return load("dateline_notices")


class Events(dict[Any, Any]):
    """What a task says of its assets, as Airflow hands it in."""

    def __missing__(self, asset: Any) -> Any:
        self[asset] = SimpleNamespace(extra={})
        return self[asset]


@pytest.fixture
def context() -> dict[str, Any]:
    """What a task is handed in of Airflow's context."""
    return {"outlet_events": Events()}


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Have a script stand for the command `dateline`; the folder it works in."""

    def play(script: str) -> Path:
        file = tmp_path / "dateline.py"
        file.write_text(f"import json, os, signal, subprocess, sys, time\narguments = sys.argv[1:]\n{script}")
        monkeypatch.setenv("DATELINE_COMMAND", f"{sys.executable} {file}")
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return play
