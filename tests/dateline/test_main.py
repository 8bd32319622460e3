"""The command line starts in a blink, and lists every command."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

from dateline import main
from pipelines.extract import EXTRACTOR
from tests.commands import dateline

HEAVY = ("scrapy", "twisted", "lxml", "trafilatura", "pydantic", "psycopg2", "pyarrow", "airflow", "starlette", "rich")


def test_loading_the_command_line_loads_nothing_heavy() -> None:
    code = f"import sys, dateline.main; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_lists_every_command_in_order(environment: dict[str, str]) -> None:
    done = dateline(environment, "--help")
    assert done.code == 0, done.err
    named = [line.split()[1] for line in done.out.splitlines() if line.startswith("│ ") and line[2] not in " -"]
    assert named == list(main.ORDER)


def test_the_versions(environment: dict[str, str]) -> None:
    done = dateline(environment, "--version")
    assert (done.code, done.out) == (0, f"Dateline {version('dateline')}, extractor: {EXTRACTOR}\n"), done.err
