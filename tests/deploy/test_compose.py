"""The Compose file keeps its schema, and its commands are a service that trains a job."""

from __future__ import annotations

import compileall
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import yaml
from jsonschema import Draft202012Validator

from chaos.servers import free_port, until
from cli.serve import GRACE_SECONDS as SERVE_SECONDS
from worker.leaving import GRACE_SECONDS as HAND_BACK_SECONDS

from .manifests import KUBERNETES, ROOT, compose

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "compose.json").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
CHOSEN = {"POSTGRES_PASSWORD": "chosen"}
FILE = compose(CHOSEN)
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
OWN = sorted(name for name, service in SERVICES.items() if "build" in service)
PINNED = re.compile(r"^[a-z]+:\d+\.\d+[\w.-]*$")


def faults(made: dict[str, Any]) -> list[str]:
    return [error.json_path for error in Draft202012Validator(SCHEMA).iter_errors(made)]


def test_the_file_is_valid_by_the_schema_of_the_compose_specification() -> None:
    assert faults(FILE) == []


def test_a_fault_would_be_found_by_the_schema() -> None:
    broken = {**SERVICES["api"], "read_onyl": True}
    assert faults({**FILE, "services": {"api": broken}}) == ["$.services.api"]


def test_a_password_is_asked_for_and_none_is_in_the_file() -> None:
    with pytest.raises(KeyError, match="POSTGRES_PASSWORD"):
        compose({})
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    passwords = re.findall(r"PASSWORD: (.+)$|//descentd:(.+?)@", text, re.MULTILINE)
    assert len(passwords) == 2
    assert all("".join(found).startswith("${POSTGRES_PASSWORD:?") for found in passwords)
    address = SERVICES["api"]["environment"]["DESCENTD_DATABASE_URL"]
    assert address.split("@")[0].endswith(
        f":{SERVICES['postgres']['environment']['POSTGRES_PASSWORD']}"
    )


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_closed(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in service["tmpfs"] or name == "redis"
    assert name in OWN or service["user"] != "root"
    assert name in OWN or PINNED.match(service["image"])


def test_the_image_is_pinned_and_runs_as_no_root() -> None:
    assert re.findall(r"^ARG PYTHON=\d+\.\d+\.\d+\S+$", DOCKERFILE, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"python:${PYTHON}"}
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (\w+)$", last, re.MULTILINE) == ["descentd"]


def test_only_the_api_is_reached_and_that_from_this_machine_alone() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"api"}
    assert SERVICES["api"]["ports"] == ["127.0.0.1:8000:8000"]
    assert FILE["networks"]["inside"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]


def test_what_is_long_running_is_checked_or_says_that_it_cannot_be() -> None:
    unchecked = {
        name
        for name, service in SERVICES.items()
        if service.get("healthcheck", {}).get("disable", False)
    }
    assert unchecked == {"migrate", "scheduler", "worker"}
    assert "HEALTHCHECK" in DOCKERFILE
    assert {"postgres", "redis"} <= {
        name for name, service in SERVICES.items() if "test" in service.get("healthcheck", {})
    }


def test_containers_have_time_to_stop_in_order() -> None:
    seconds = {
        name: int(service["stop_grace_period"].removesuffix("s"))
        for name, service in SERVICES.items()
        if "stop_grace_period" in service
    }
    assert seconds["worker"] >= 2 * HAND_BACK_SECONDS
    assert seconds["api"] > SERVE_SECONDS
    assert seconds["postgres"] >= 60


@dataclass
class Composed:
    """The parts as processes, in a folder that holds what the image would."""

    image: Path
    environ: dict[str, str]
    log: Path
    url: str

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-P", "-m", "cli", *words]

    def run(self, *words: str) -> str:
        done = subprocess.run(
            self.command(*words),
            cwd=self.image,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, service: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(
                self.command(*SERVICES[service]["command"]),
                cwd=self.image,
                env=self.environ,
                stdout=output,
                stderr=output,
            )

    def is_healthy(self) -> bool:
        """By the very command that the image declares."""
        (found,) = re.findall(r"HEALTHCHECK .*CMD \\\n\s+(\[.+\])", DOCKERFILE)
        words = json.loads(found)
        command = [sys.executable, *words[1:]]
        asked = subprocess.run(command, env=self.environ, capture_output=True, check=False)
        return asked.returncode == 0


def image(folder: Path) -> Path:
    """What the Dockerfile copies out of what .dockerignore lets through."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    let_through = {line[1:] for line in ignored if line.startswith("!")}
    build = (
        DOCKERFILE.partition("\nFROM ")[0]
        + DOCKERFILE.partition("\nFROM ")[2].partition("\nFROM ")[0]
    )
    for line in re.findall(r"^COPY (?!--)(.+)$", build, re.MULTILINE):
        *sources, _ = shlex.split(line)
        for source in sources:
            allowed = [source] if source in let_through else below(source, let_through)
            assert allowed, f"{source} is copied, but .dockerignore keeps it out"
            for path in allowed:
                copy(ROOT / path, folder / path)
    return folder


def below(folder: str, paths: set[str]) -> list[str]:
    return sorted(path for path in paths if path.startswith(f"{folder}/"))


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


@pytest.fixture
def composed(tmp_path: Path, postgres_url: str, redis_url: str) -> Composed:
    """The settings of the file, with the addresses of this machine's servers and folders."""
    port = free_port()
    settings = {
        **{name: str(value) for name, value in SERVICES["api"]["environment"].items()},
        "DESCENTD_DATABASE_URL": postgres_url,
        "DESCENTD_BROKER_URL": redis_url,
        "DESCENTD_DATA_DIR": str(tmp_path / "data"),
        "DESCENTD_PORT": str(port),
    }
    folder = image(tmp_path / "image")
    assert compileall.compile_dir(folder, quiet=1)  # as the image is, so that each start is fast
    environ = {"PATH": "", "PYTHONPATH": f"{folder}:{folder / 'client'}", **settings}
    return Composed(folder, environ, tmp_path / "log", f"http://127.0.0.1:{port}")


@pytest.fixture
def parts(composed: Composed) -> Iterator[ExitStack]:
    with ExitStack() as running:
        yield running


def start(parts: ExitStack, composed: Composed, service: str) -> None:
    process = composed.start(service)
    parts.callback(process.wait, 30)
    parts.callback(process.terminate)


def to_do(composed: Composed) -> int:
    """What the autoscaler would be told."""
    (made,) = yaml.safe_load_all((KUBERNETES / "autoscaled/scaled-workers.yaml").read_text())
    query = made["spec"]["triggers"][0]["metadata"]["query"]
    with psycopg.connect(composed.environ["DESCENTD_DATABASE_URL"]) as connection:
        (count,) = connection.execute(query).fetchone() or (None,)
    assert isinstance(count, int)
    return count


def test_the_commands_of_the_file_run_from_what_is_in_the_image_and_train(
    composed: Composed, parts: ExitStack
) -> None:
    composed.run(*SERVICES["migrate"]["command"])
    start(parts, composed, "api")
    until(composed.is_healthy, 30, f"not healthy: {composed.log}")
    key = composed.run("keys", "create").split()[-1]
    with httpx.Client(
        base_url=composed.url,
        headers={"Authorization": f"Bearer {key}"},
        trust_env=False,
        timeout=70,
    ) as http:
        job = http.post("/v1/jobs", json={"dataset": "iris", "epochs": 20}).json()
        assert to_do(composed) == 1
        for service in ("worker", "scheduler"):
            start(parts, composed, service)
        done = http.get(f"/v1/jobs/{job['id']}", params={"wait": 60}).json()
    assert done["status"] == "succeeded", composed.log.read_text()
    assert to_do(composed) == 0
