"""A model as safetensors: the layers' arrays, and the metadata as JSON in the file's header."""

from __future__ import annotations

from typing import IO

from safetensors.numpy import save

from service.exports.contents import Contents


def write(contents: Contents, file: IO[bytes]) -> None:
    """Write the model. Its metadata are one text: several come in another order each time."""
    file.write(save(contents.arrays(), {"metadata": contents.metadata_text()}))
