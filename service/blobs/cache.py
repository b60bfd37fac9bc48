"""Copies of blobs on this machine's disk: fetched once, and kept while there is room."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from service.directories import make_private

Fetch = Callable[[BinaryIO], None]


class Cache:
    """Shared by all processes of a machine.

    Whoever reads or writes a copy holds a lock on it, which ends with its process: a copy that
    can be locked alone is in nobody's hands, and the oldest of these go beyond `most_bytes`.
    """

    def __init__(self, root: Path, most_bytes: int) -> None:
        self._root = root
        self._most_bytes = most_bytes

    @contextmanager
    def copy(self, name: str, fetch: Fetch) -> Iterator[Path]:
        """A file with what the name stands for, which stays while inside."""
        path = self._path(name)
        while (held := _held(path, fcntl.LOCK_SH)) is None:
            self._fetch(path, fetch)
        try:
            os.utime(held)
            self._make_room()
            yield path
        finally:
            os.close(held)

    def forget(self, name: str) -> None:
        """Remove the copy unless someone reads it."""
        _remove_if_free(self._path(name))

    def _path(self, name: str) -> Path:
        return self._root / hashlib.sha256(name.encode()).hexdigest()

    def _fetch(self, path: Path, fetch: Fetch) -> None:
        make_private(self._root)
        partial = self._root / secrets.token_hex(16)
        try:
            with partial.open("xb") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                fetch(file)
                file.flush()
                # Not a rename, which would take the file away from those who read one already
                with suppress(FileExistsError):
                    os.link(partial, path)
        finally:
            partial.unlink(missing_ok=True)

    def _make_room(self) -> None:
        newest_first = sorted(_files(self._root), key=lambda found: -found[1].st_mtime_ns)
        taken = 0
        for path, found in newest_first:
            taken += found.st_size
            if taken > self._most_bytes:
                _remove_if_free(path)


def _files(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in root.iterdir():
        with suppress(FileNotFoundError):
            yield path, path.stat()


def _remove_if_free(path: Path) -> None:
    with suppress(BlockingIOError):
        held = _held(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if held is not None:
            path.unlink(missing_ok=True)
            os.close(held)


def _held(path: Path, lock: int) -> int | None:
    """The file, open and locked; None if there is none, or it went before it was locked."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, lock)
        if os.path.samestat(os.fstat(descriptor), path.stat()):
            return descriptor
    except FileNotFoundError:
        pass
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None
