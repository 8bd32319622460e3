"""`make env`: secrets nobody else can read, made once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[2]


def make_env(folder: Path, *contact: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dateline.dotenv", *contact]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )


def read(folder: Path) -> dict[str, str]:
    lines = (folder / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_it_writes_secrets_for_their_owner_alone(tmp_path: Path) -> None:
    done = make_env(tmp_path, "mailto:desk@example.org")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    said = read(tmp_path)
    assert said.pop("DATELINE_CONTACT") == "mailto:desk@example.org"
    assert len(set(said.values())) == len(said) and all(len(value) >= 16 for value in said.values())
    assert Fernet(said["AIRFLOW_FERNET_KEY"])
    assert not any(value in done.stdout for value in said.values())


def test_it_never_overwrites(tmp_path: Path) -> None:
    make_env(tmp_path, "mailto:desk@example.org")
    before = (tmp_path / ".env").read_bytes()
    (tmp_path / "outlets" / "sources.toml").write_text("mine")
    assert make_env(tmp_path, "mailto:other@example.org").returncode == 0
    assert (tmp_path / ".env").read_bytes() == before
    assert (tmp_path / "outlets" / "sources.toml").read_text() == "mine"


@pytest.mark.parametrize("contact", [[], [""], ["nobody"], ["mailto:a b"], ["https://example.org/\nX=1"], ["ftp://a"]])
def test_it_asks_whom_sites_can_turn_to(tmp_path: Path, contact: list[str]) -> None:
    done = make_env(tmp_path, *contact)
    assert done.returncode == 1 and "make env CONTACT=mailto:" in done.stderr
    assert not list(tmp_path.iterdir())


def test_two_archives_share_no_secret(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        make_env(tmp_path / name, "https://example.org/crawler")
    one, other = read(tmp_path / "a"), read(tmp_path / "b")
    assert {name for name in one if one[name] == other[name]} == {"DATELINE_CONTACT"}
