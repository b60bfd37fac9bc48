"""Which rows an epoch takes, in which order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def row_order(rows: int, generator: np.random.Generator | None) -> NDArray[np.intp]:
    """A permutation of 0 … rows − 1, (rows,); without a generator, the rows as they stand."""
    if generator is None:
        return np.arange(rows, dtype=np.intp)
    return generator.permutation(rows).astype(np.intp, copy=False)


def batches(order: NDArray[np.intp], size: int) -> list[NDArray[Any]]:
    """`order` cut into batches of `size` rows; the last holds what is left."""
    return [order[at : at + size] for at in range(0, len(order), size)]
