"""What is imported is required by name, what is required is used, and every lock has hashes."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"
RUNNING = ("engine", "service", "worker", "client", "cli", "migrations")
TESTING = ("tests",)
NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)", re.MULTILINE)

# Modules of another name than their requirement, or of one that another stands for: made for it,
# released with it.
COMPANIONS = {
    "billiard": "celery",
    "botocore": "boto3",
    "httpcore": "httpx",
    "kombu": "celery",
    "mlflow": "mlflow-skinny",
    "opentelemetry": "opentelemetry-sdk",
    "pydantic_core": "pydantic",
    "redis": "celery",
    "sklearn": "scikit-learn",
    "typing_extensions": "pydantic",
    "werkzeug": "flask",
    "yaml": "pyyaml",
}
# Named in an address or started as a command, or imported by a name that another stands for.
UNIMPORTED = {"psycopg", "opentelemetry-exporter-otlp-proto-http"}


def test_the_service_imports_what_it_requires_and_nothing_else() -> None:
    assert imported(RUNNING) | UNIMPORTED == required("runtime") | extras()


def test_what_an_extra_brings_is_there_for_the_tests() -> None:
    assert extras() <= required("development")


def test_the_tests_import_nothing_that_is_not_required() -> None:
    assert imported(TESTING) <= required("runtime") | required("development")


@pytest.mark.parametrize("path", sorted(REQUIREMENTS.glob("*.lock")), ids=lambda path: path.stem)
def test_every_locked_version_is_exact_and_has_hashes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    entries = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
    assert "://" not in text, "a lock installs from wherever a machine is set to"


@pytest.mark.parametrize("path", sorted(REQUIREMENTS.glob("*.in")), ids=lambda path: path.stem)
def test_a_lock_holds_all_that_is_asked_for(path: Path) -> None:
    assert names_in(path) <= names_in(path.with_suffix(".lock"))


def imported(folders: tuple[str, ...]) -> set[str]:
    """The requirements that stand for the foreign modules imported below `folders`."""
    modules = {
        name.partition(".")[0]
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        for name in imports(path)
    }
    own = {path.name for folder in (ROOT, ROOT / "client") for path in folder.iterdir()}
    own |= {path.stem for path in (ROOT / "tests").rglob("*.py") if "tests" in folders}
    foreign = modules - own - set(sys.stdlib_module_names) - {"_typeshed"}
    return {COMPANIONS.get(name, name).replace("_", "-") for name in foreign}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def extras() -> set[str]:
    """What is imported only where an operator asks for it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {name for names in project["optional-dependencies"].values() for name in names}


def required(name: str) -> set[str]:
    return names_in(REQUIREMENTS / f"{name}.in")


def names_in(path: Path) -> set[str]:
    return {name.lower() for name in NAME.findall(path.read_text(encoding="utf-8"))}
