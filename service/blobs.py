"""Bytes kept outside the database. A name is used once: what it names never changes."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

ASIDE = "aside"
NAME = re.compile(r"[a-z0-9_]+(/[a-z0-9_]+)*(\.[a-z0-9]+)?")


class Blobs(Protocol):
    """Where bytes are kept under names such as `datasets/ds_….json`."""

    def put(self, name: str, content: bytes) -> None:
        """Keep the bytes; once this returns they survive a power cut."""

    def open(self, name: str) -> BinaryIO:
        """The bytes, to read; raises FileNotFoundError."""

    def delete(self, name: str) -> None:
        """Forget the bytes, if there are any."""

    def names(self) -> Iterator[str]:
        """Every name that is in use, those of puts that were cut off too."""


class FileBlobs:
    """Blobs as files below one directory, which only the service's user can read."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, content: bytes) -> None:
        path = self._path(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A reader sees the whole file or none: it is written aside, then takes its name
        aside = self._root / ASIDE / secrets.token_hex(16)
        aside.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            _write_through(aside, content)
            aside.rename(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        self._sync_directories(path.parent)

    def open(self, name: str) -> BinaryIO:
        return self._path(name).open("rb")

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        for path in self._root.rglob("*"):
            if path.is_file():
                yield path.relative_to(self._root).as_posix()

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not the name of a blob")
        return self._root / name

    def _sync_directories(self, directory: Path) -> None:
        # A directory made just now is itself an entry that a power cut can take
        _sync_directory(directory)
        if directory != self._root:
            self._sync_directories(directory.parent)


def _write_through(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
