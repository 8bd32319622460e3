"""What travels with the wheel: beside the code, everything that it reads from files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parent.parent


def test_it_holds_all_that_is_read_from_files(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("dateline-*.whl")
    held = set(ZipFile(wheel).namelist())
    rooms = ("dags", "migrations", "pipelines", "spiders", "dateline")
    listed = subprocess.run(["git", "ls-files", *rooms], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert not set(listed.splitlines()) - held
    assert any(name.endswith("entry_points.txt") for name in held)
