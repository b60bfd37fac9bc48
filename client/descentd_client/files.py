"""Files that appear under their name once they are whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from descentd_client.errors import DescentdError
from descentd_client.types import ModelFormat

FORMATS: dict[str, ModelFormat] = {
    ".json": "json",
    ".npz": "npz",
    ".safetensors": "safetensors",
    ".onnx": "onnx",
}


def format_of(path: str | os.PathLike[str]) -> ModelFormat:
    """The model format that a file's name tells; raises DescentdError for one that tells none."""
    try:
        return FORMATS[Path(path).suffix.lower()]
    except KeyError:
        known = ", ".join(FORMATS)
        raise DescentdError(
            f"{os.fspath(path)}: the name does not tell the format ({known}); say it by file_format"
        ) from None


@contextmanager
def whole(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A file to write; it takes its name when the block ends well, else nothing is left."""
    target = Path(path)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
