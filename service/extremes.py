"""The rows of a history that stand out: its peaks and its lowest points, block by block.

They are marked when they are written, so that a long history is drawn from a few of its rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

MEASURES = ("cost", "validation_cost")
BLOCK_EPOCHS = 64


def among(rows: Sequence[Mapping[str, Any]]) -> set[int]:
    """The epochs of the least and the greatest of each measure in each block of `rows`.

    Of equals the earliest. A block that is written in several parts gets more marks than it
    needs, and never lacks one.
    """
    blocks = groupby(rows, key=lambda row: row["epoch"] // BLOCK_EPOCHS)
    return {epoch for _, block in blocks for epoch in _of_block(list(block))}


def _of_block(rows: Sequence[Mapping[str, Any]]) -> set[int]:
    found = set()
    for measure in MEASURES:
        measured = [row for row in rows if row[measure] is not None]
        if measured:
            value = itemgetter(measure)
            found |= {min(measured, key=value)["epoch"], max(measured, key=value)["epoch"]}
    return found
