"""A file as sent → its stored form and its summary, in a process of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.tables.calling import called
from service.tables.limits import IngestLimits
from service.tables.media_types import known


@dataclass(frozen=True, slots=True)
class Ingested:
    """What is told of a file that was stored.

    `targets` are the columns that are targets unless a specification says otherwise. Of each column
    `columns` holds `name`, `type`, `min`, `max`, `mean`, `std`, `missing`, `distinct`,
    `more_distinct` and `examples`, of text `frequent` too: see `summary.summary_of`.
    """

    rows: int
    columns: list[dict[str, Any]]
    targets: tuple[str, ...]


def ingest(source: Path, media_type: str, target: Path, limits: IngestLimits) -> Ingested:
    """Read `source`, which came under `media_type`, and write its stored form to `target`.

    Raises DataError with every fault of the file, Unsupported for a media type no table has, and
    OSError where there is no room. Where anything is raised there is nothing at `target`.
    """
    request = {"source": os.fspath(source.absolute()), "media_type": known(media_type)}
    told = called(request, target, limits)
    return Ingested(told["rows"], told["columns"], tuple(told["targets"]))
