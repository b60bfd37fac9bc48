"""Folders for what is on its way in. A process that dies leaves none behind for long."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.directories import make_private

LOCK = ".lock"


class Spool:
    """Gives folders below one directory, which all processes of a machine may share.

    A folder is locked while it is in use, and the lock ends with its process: one that is not
    locked was left by a process that died, and goes when the next folder is made.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """An empty folder, gone with all that is in it afterwards."""
        folder = self._root / secrets.token_hex(16)
        with self._alone():
            self._clear()
            folder.mkdir(mode=0o700)
            held = os.open(folder, os.O_RDONLY)
            fcntl.flock(held, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(held)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # Else a folder might be taken for a left one before its maker has locked it
        make_private(self._root)
        with (self._root / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _clear(self) -> None:
        for folder in self._root.iterdir():
            if folder.is_dir() and _is_free(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_free(folder: Path) -> bool:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
