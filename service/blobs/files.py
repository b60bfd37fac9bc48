"""Blobs as files below one directory, which only the service's user can read."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from service.blobs.interface import ASIDE, checked

PRIVATE = 0o600
PRIVATE_DIRECTORY = 0o700
PIECE_BYTES = 1024 * 1024


class FileBlobs:
    """A reader sees a whole file or none: it is written elsewhere, then takes its name."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, content: bytes) -> None:
        self._put(name, lambda file: file.write(content))

    def put_file(self, name: str, source: Path) -> None:
        path = self._place(name)
        try:
            source.chmod(PRIVATE)
            _sync(source)
            source.rename(path)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            # Of another file system, from which nothing can be moved
            with source.open("rb") as content:
                self._put(name, lambda file: shutil.copyfileobj(content, file, PIECE_BYTES))
            source.unlink()
        else:
            self._sync_directories(path.parent)

    def open(self, name: str) -> BinaryIO:
        return self._path(name).open("rb")

    @contextmanager
    def path(self, name: str) -> Iterator[Path]:
        self.size(name)
        yield self._path(name)

    def size(self, name: str) -> int:
        return self._path(name).stat().st_size

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        for path in self._root.rglob("*"):
            if path.is_file():
                yield path.relative_to(self._root).as_posix()

    def _path(self, name: str) -> Path:
        return self._root / checked(name)

    def _place(self, name: str) -> Path:
        path = self._path(name)
        path.parent.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        return path

    def _put(self, name: str, write: Callable[[BinaryIO], object]) -> None:
        path = self._place(name)
        aside = self._root / ASIDE / secrets.token_hex(16)
        aside.parent.mkdir(mode=PRIVATE_DIRECTORY, exist_ok=True)
        try:
            _write_through(aside, write)
            aside.rename(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        self._sync_directories(path.parent)

    def _sync_directories(self, directory: Path) -> None:
        # A directory made just now is itself an entry that a power cut can take
        _sync(directory)
        if directory != self._root:
            self._sync_directories(directory.parent)


def _write_through(path: Path, write: Callable[[BinaryIO], object]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with open(descriptor, "wb") as file:
        write(file)
        file.flush()
        os.fsync(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
