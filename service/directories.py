"""Directories that only the service's user may enter."""

from __future__ import annotations

from pathlib import Path

OWNER_ONLY = 0o700


def make_private(path: Path) -> None:
    """Make the directory unless it is there, and shut others out of it either way."""
    path.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    path.chmod(OWNER_ONLY)
