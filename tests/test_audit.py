"""The audit fails for what is known against a package, and only says so where nobody can tell."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

AUDIT = Path(__file__).resolve().parents[1] / "requirements" / "audit.sh"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of programs that stand for those of an environment whose packages fit."""
    folder = tmp_path / "bin"
    folder.mkdir()
    _make(folder, "uv", "exit 0")
    return folder


def _make(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def audit(programs: Path, *locks: str) -> subprocess.CompletedProcess[str]:
    command = [str(AUDIT), str(programs), *locks]
    environ = {"PATH": os.environ["PATH"]}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_nothing_known_says_nothing(programs: Path) -> None:
    _make(programs, "pip-audit", "exit 0")
    done = audit(programs, "a.lock", "b.lock")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_is_known_against_a_package_of_any_lock_fails_and_is_told(programs: Path) -> None:
    _make(programs, "pip-audit", 'case "$*" in *b.lock*) echo "jinja2 PYSEC-1"; exit 1;; esac')
    done = audit(programs, "a.lock", "b.lock")
    assert (done.returncode, done.stderr) == (1, "jinja2 PYSEC-1\n")


def test_advisories_out_of_reach_are_told_and_no_fault(programs: Path) -> None:
    _make(programs, "pip-audit", "echo 'requests.exceptions.ConnectionError: …' >&2; exit 1")
    done = audit(programs, "a.lock")
    assert (done.returncode, done.stderr) == (0, "")
    assert "were not looked up" in done.stdout


def test_an_audit_that_breaks_otherwise_fails(programs: Path) -> None:
    _make(programs, "pip-audit", "echo 'no such option' >&2; exit 2")
    assert audit(programs, "a.lock").returncode == 1


def test_packages_that_do_not_fit_each_other_fail(programs: Path) -> None:
    _make(programs, "uv", "echo 'a needs b>2' >&2; exit 1")
    _make(programs, "pip-audit", "exit 0")
    done = audit(programs, "a.lock")
    assert (done.returncode, done.stderr) == (1, "a needs b>2\n")
