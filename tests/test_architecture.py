"""The rules of the house that a machine can check: who imports whom, and what no file may hold."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# The arrow: engine ← service ← worker, and cli above all three. The client stands apart.
MAY_IMPORT: dict[str, set[str]] = {
    "engine": set(),
    "service": {"engine"},
    "worker": {"engine", "service"},
    "cli": {"engine", "service", "worker", "descentd_client"},
    "migrations": {"service"},
    "chaos": {"service"},
    "client": {"descentd_client"},
    "examples": {"descentd_client"},
}
PARTS = {*MAY_IMPORT, "descentd_client", "tests", "benchmarks"}

# What would let the numeric core read, write or talk.
WAYS_OUT = {
    "http",
    "os",
    "pathlib",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "urllib",
}
WEB = {"flask", "werkzeug", "granian"}

MOST_LINES = 300
MOST_LINES_OF_A_FUNCTION = 50
CODE = {".py", ".sh", ".js", ".css", ".html"}

# In pieces, so that this file does not hold what it forbids.
REGISTRIES = [
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("registry", "npmjs", "org"),
    ("deb", "debian", "org"),
    ("download", "pytorch", "org"),
]


@pytest.mark.parametrize("part", sorted(MAY_IMPORT))
def test_imports_follow_the_one_arrow(part: str) -> None:
    allowed = MAY_IMPORT[part] | {part}
    strays = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files(part)
        for name in imports(path)
        if top(name) in PARTS - allowed
    }
    assert not strays


def test_the_engine_needs_numpy_and_the_standard_library_alone() -> None:
    allowed = (set(sys.stdlib_module_names) | {"numpy", "engine"}) - WAYS_OUT
    assert {top(name) for path in python_files("engine") for name in imports(path)} <= allowed


def test_the_verbs_of_a_user_know_a_service_by_its_client_alone() -> None:
    remote = [path for path in python_files("cli") if path.is_relative_to(ROOT / "cli" / "remote")]
    own = {name for path in remote for name in imports(path) if top(name) in PARTS}
    assert {top(name) for name in own if not name.startswith("cli.remote")} == {"descentd_client"}


def test_no_import_leads_from_a_worker_to_the_web() -> None:
    met = reachable({module_name(path) for path in python_files("worker")})
    assert met, "there is a worker"
    assert not {top(name) for name in met} & WEB


def test_the_client_needs_httpx_and_the_standard_library_alone() -> None:
    allowed = set(sys.stdlib_module_names) | {"httpx", "descentd_client"}
    used = {top(name) for path in python_files("client") for name in imports(path)}
    assert "httpx" in used
    assert used <= allowed


def test_examples_run_with_the_standard_library_the_client_and_one_with_flask() -> None:
    shop = ROOT / "examples" / "integrations" / "shop"
    used = {
        top(name)
        for path in python_files("examples")
        for name in imports(path)
        if not (path.is_relative_to(shop) and top(name) in WEB | {"click"})
    }
    neighbours = {path.stem for path in python_files("examples")}
    assert used <= set(sys.stdlib_module_names) | neighbours | {
        "descentd_client",
        "descentd_api",  # which is generated
        "examples",
    }


def test_no_file_is_too_long_to_read_at_once() -> None:
    lengths = {
        path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines())
        for path in project_files()
        if path.suffix in CODE and "vendor" not in path.parts
    }
    assert {path: length for path, length in lengths.items() if length > MOST_LINES} == {}


def test_no_function_is_too_long_to_hold_in_mind() -> None:
    functions = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in project_files()
        if path.suffix == ".py"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    }
    assert functions
    assert {
        name for name, length in functions.items() if length > MOST_LINES_OF_A_FUNCTION
    } == set()


def test_no_file_names_a_package_registry() -> None:
    hosts = re.compile("|".join(r"\.".join(pieces) for pieces in REGISTRIES))
    named = {path.relative_to(ROOT) for path in project_files() if hosts.search(text_of(path))}
    assert named == set()


def test_test_folders_have_no_init_file() -> None:
    """Half of them would shadow the packages they test."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_the_walk_sees_every_kind_of_import(tmp_path: Path) -> None:
    source = tmp_path / "source.py"
    source.write_text(
        "import numpy.linalg\n"
        "def late():\n    from service import app, jobs\n"
        "if TYPE_CHECKING:\n    import flask as web\n"
    )
    assert set(imports(source)) == {
        "numpy.linalg",
        "service",
        "service.app",
        "service.jobs",
        "flask",
    }


def imports(path: Path) -> Iterator[str]:
    """Every name a file imports, wherever in it; of `from a import b` both a and a.b."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(filter(None, [package_of(path, node.level), node.module]))
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def package_of(path: Path, level: int) -> str:
    return ".".join(path.relative_to(ROOT).parts[:-level]) if level else ""


def reachable(modules: set[str]) -> set[str]:
    """All names met when `modules` are imported, through the project's own files."""
    files = {module_name(path): path for part in MAY_IMPORT for path in python_files(part)}
    met: set[str] = set()
    waiting = set(modules)
    while waiting:
        name = waiting.pop()
        met.add(name)
        if name in files:
            waiting |= set(imports(files[name])) - met
    return met


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def top(name: str) -> str:
    return name.partition(".")[0]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def python_files(part: str) -> list[Path]:
    return [
        path
        for path in project_files()
        if path.suffix == ".py" and path.is_relative_to(ROOT / part)
    ]


@cache
def project_files() -> tuple[Path, ...]:
    """What the repository holds, told without git, which a machine may lack."""
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split()] + [".git"]

    def walk(folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            if any(fnmatch(path.name, pattern) for pattern in ignored):
                continue
            if path.is_dir():
                yield from walk(path)
            else:
                yield path

    return tuple(walk(ROOT))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="ignore")
