"""What the service asks of a store of blobs. A name is used once: what it names never changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

ASIDE = "aside"
"""The folder of what is not whole yet; no row names anything in it."""

NAME = re.compile(r"[a-z0-9_]+(/[a-z0-9_]+)*(\.[a-z0-9]+)?")


class StoreError(OSError):
    """The store does not answer, or refuses."""


class Blobs(Protocol):
    """Where bytes are kept under names such as `datasets/ds_….json`."""

    def put(self, name: str, content: bytes) -> None:
        """Keep the bytes; once this returns they survive a power cut."""

    def put_file(self, name: str, source: Path) -> None:
        """The same with a file's bytes, in pieces. The file is taken over: it may be gone."""

    def open(self, name: str) -> BinaryIO:
        """The bytes, to read from first to last; raises FileNotFoundError."""

    def path(self, name: str) -> AbstractContextManager[Path]:
        """A file of this machine with the bytes, to read while inside; raises FileNotFoundError."""

    def size(self, name: str) -> int:
        """How many bytes; raises FileNotFoundError."""

    def delete(self, name: str) -> None:
        """Forget the bytes, if there are any."""

    def names(self) -> Iterator[str]:
        """Every name that is in use, those of puts that were cut off too."""


def checked(name: str) -> str:
    """The name; raises ValueError for what could lead elsewhere."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a blob")
    return name
