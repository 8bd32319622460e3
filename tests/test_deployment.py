"""What docker-compose.yml and the Dockerfile promise, read from the files: no engine is needed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from dateline import dotenv
from dateline.reader import PORT

ROOT = Path(__file__).parent.parent
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
FILE = yaml.safe_load(COMPOSE)
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
LASTING = [name for name, service in SERVICES.items() if service["restart"] != "no"]
VARIABLE = re.compile(r"\$\{(\w+)(:[-?][^}]*)?\}")
SECRET = re.compile(r"PASSWORD|KEY|SECRET")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PINNED = re.compile(r"^(\S+==\S+?)(?: ;.*)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


def variables() -> set[tuple[str, str]]:
    """Every variable that the file reads, and what it says for when there is none."""
    return set(VARIABLE.findall(COMPOSE))


def test_every_secret_is_required() -> None:
    secrets = {(name, otherwise) for name, otherwise in variables() if SECRET.search(name)}
    assert len(secrets) >= 8
    assert not {name for name, otherwise in secrets if not otherwise.startswith(":?run make env")}


def test_what_is_required_is_what_make_env_writes() -> None:
    required = {name for name, otherwise in variables() if otherwise.startswith(":?")}
    assert required == set(re.findall(r"^(\w+)=", dotenv.ENV, re.MULTILINE))


def test_what_make_env_names_as_a_setting_is_one_with_that_default() -> None:
    named = dict(re.findall(r"^#(\w+)=(.*)$", dotenv.ENV, re.MULTILINE))
    assert named.items() <= {name: otherwise.removeprefix(":-") for name, otherwise in variables()}.items()


def test_no_secret_is_written_out() -> None:
    settings = [s.get("environment", {}) for s in SERVICES.values()]
    found = {(name, value) for s in settings for name, value in s.items() if SECRET.search(name.removesuffix("_FILE"))}
    assert not {name for name, value in found if "${" not in value and not name.endswith("PASSWORDS_FILE")}
    assert not re.search(r"://\w*:[^$@/]+@", COMPOSE)


def test_the_workers_know_no_secret_of_airflow() -> None:
    known = " ".join(SERVICES["airflow-worker"]["environment"].values())
    asked = {name for name, _ in VARIABLE.findall(known) if SECRET.search(name)}
    assert asked == {"REDIS_PASSWORD", "DATELINE_DB_PASSWORD"}


def test_the_reader_knows_a_password_that_lets_it_read_alone() -> None:
    known = " ".join(SERVICES["reader"]["environment"].values())
    assert {name for name, _ in VARIABLE.findall(known) if SECRET.search(name)} == {"READER_DB_PASSWORD"}
    assert "READER_DATABASE_URL" in SERVICES["prepare"]["environment"]
    assert not SERVICES["reader"].get("volumes")


def test_the_reader_is_where_everybody_is_told() -> None:
    reader, port = SERVICES["reader"], str(PORT)
    assert reader["command"][-2:] == ["--port", port] and reader["ports"][0].endswith(f"-{port}}}:{port}")
    assert f":{port}/health" in reader["healthcheck"]["test"][-1]
    told = {s["environment"].get("DATELINE_READER_URL") for n, s in SERVICES.items() if n not in ("postgres", "redis")}
    assert told == {f"${{READER_URL:-http://127.0.0.1:{port}}}"}


def test_ports_are_of_this_machine_alone() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports and all(port.startswith("127.0.0.1:") for port in ports)


def test_what_keeps_data_is_out_of_reach() -> None:
    assert FILE["networks"]["state"]["internal"] is True
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["state"]


@pytest.mark.parametrize("name", LASTING)
def test_a_lasting_service_is_watched_and_bounded(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_right_that_it_does_not_need(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("read_only") or name == "postgres"
    assert not service.get("privileged") and not service.get("user")
    assert not service.get("cap_add") or name in ("postgres", "redis")


@pytest.mark.parametrize(
    "name", [n for n, s in SERVICES.items() if n != "prepare" and "prepare" in s.get("depends_on", {})]
)
def test_a_service_starts_when_the_ground_is_laid(name: str) -> None:
    waited_for = {of: how["condition"] for of, how in SERVICES[name]["depends_on"].items()}
    assert waited_for["prepare"] == "service_completed_successfully"
    assert waited_for.get("redis") == (None if name == "reader" else "service_healthy")


def test_the_last_stage_has_no_root_and_no_tools() -> None:
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert re.findall(r"^USER (.*)$", last, re.MULTILINE) == ["dateline"]
    assert not re.search(r"\b(apt|apt-get|pip|uv)\b", last)


def test_the_image_is_built_from_what_is_locked() -> None:
    assert "--require-hashes" in DOCKERFILE and "celery.lock" in DOCKERFILE
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (version,) = re.findall(r"^UV_VERSION := (\S+)$", makefile, re.MULTILINE)
    assert f"ARG UV_VERSION={version}\n" in DOCKERFILE


def test_the_locks_agree() -> None:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "celery.lock")]
    ours, image = [{pin for pin, _ in PINNED.findall(text)} for text in texts]
    assert [text.count("==") for text in texts] >= [len(ours), len(image)]
    assert "://" not in texts[1]
    versions = dict(pin.split("==") for pin in sorted(ours))
    assert {"celery", "redis", "apache-airflow-providers-celery"} <= {pin.split("==")[0] for pin in image}
    assert not {pin for pin in image if pin not in ours and pin.split("==")[0] in versions}


@pytest.mark.parametrize("lock", ["requirements.lock", "celery.lock"])
def test_what_is_needed_is_locked(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[=<>\[ ]", line)[0].replace("_", "-") for line in project["dependencies"]}
    locked = {pin.split("==")[0] for pin, _ in PINNED.findall((ROOT / lock).read_text(encoding="utf-8"))}
    assert needed <= locked
