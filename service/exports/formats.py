"""The formats a model is given in, and the file it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from tempfile import SpooledTemporaryFile
from types import MappingProxyType
from typing import IO

from service.exports.contents import Contents

MOST_IN_MEMORY = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Format:
    """`suffix` is also its name in a query. Its module is imported when it is first used: onnx
    takes as long to import as all the rest of the service.
    """

    suffix: str
    media_type: str
    module: str

    def written(self, contents: Contents) -> IO[bytes]:
        """A file of the model, open at its start, gone when it is closed."""
        with ExitStack() as until_whole:
            file = until_whole.enter_context(SpooledTemporaryFile(MOST_IN_MEMORY))
            import_module(self.module).write(contents, file)
            file.seek(0)
            until_whole.pop_all()
        return file


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        format_.suffix: format_
        for format_ in (
            Format("json", "application/json", "service.exports.json_file"),
            Format("npz", "application/x-npz", "service.exports.npz_file"),
            Format("safetensors", "application/x-safetensors", "service.exports.safetensors_file"),
            Format("onnx", "application/x-onnx", "service.exports.onnx_file"),
        )
    }
)
