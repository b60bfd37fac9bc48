"""The client as others install it: a wheel that is typed, and needs httpx alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

CLIENT = Path(__file__).resolve().parents[2] / "client"
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built beside the repository, which stays as it is."""
    source = tmp_path_factory.mktemp("source") / "client"
    kept = shutil.ignore_patterns("build", "*.egg-info", "__pycache__")
    shutil.copytree(CLIENT, source, ignore=kept)
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-c", BUILD, str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=60)
    (path,) = target.iterdir()
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
    return message_from_bytes(wheel.read(name))


def test_it_holds_the_package_and_says_that_it_is_typed(wheel: zipfile.ZipFile) -> None:
    sources = {path.name for path in (CLIENT / "descentd_client").glob("*.py")}
    held = {name.rpartition("/")[2] for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == sources | {"py.typed"}


def test_it_needs_httpx_alone(metadata: Message) -> None:
    required = metadata.get_all("Requires-Dist") or []
    always = [line for line in required if "extra ==" not in line]
    assert [line.split("<")[0].split(">")[0] for line in always] == ["httpx"]
    assert set(metadata.get_all("Provides-Extra") or []) == {"pandas", "polars", "progress"}
    assert metadata["Requires-Python"] == ">=3.11"


def test_it_brings_its_readme_and_licence(wheel: zipfile.ZipFile, metadata: Message) -> None:
    assert "descentd-client" in str(metadata.get_payload())
    assert any(name.endswith("LICENSE") for name in wheel.namelist())


def test_importing_it_brings_neither_frames_nor_the_service() -> None:
    script = (
        "import sys, descentd_client; "
        "print({'pandas', 'polars', 'numpy', 'service', 'engine'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
