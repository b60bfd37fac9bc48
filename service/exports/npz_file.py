"""A model as numpy's npz: the layers' arrays, and the metadata as JSON in one text."""

from __future__ import annotations

from typing import IO

import numpy as np

from service.exports.contents import Contents


def write(contents: Contents, file: IO[bytes]) -> None:
    """Write the model; nothing in it needs pickle to be read."""
    metadata = np.array(contents.metadata_text())
    np.savez(file, allow_pickle=False, metadata=metadata, **contents.arrays())
