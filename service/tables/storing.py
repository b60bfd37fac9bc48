"""A file as sent → its stored form and its summary, in this very process."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from engine.table import Kind
from service.tables.chunks import Kinds, Source
from service.tables.csv_source import CsvSource
from service.tables.faults import Faults
from service.tables.ingest import Ingested
from service.tables.json_source import JsonSource
from service.tables.limits import IngestLimits
from service.tables.media_types import CSV, JSON, NDJSON, NPZ, PARQUET
from service.tables.ndjson_source import NdjsonSource
from service.tables.npz_source import NpzSource
from service.tables.parquet_source import ParquetSource
from service.tables.stored import StoredTable, StoredWriter
from service.tables.summary import summary_of

SOURCES: Mapping[str, Callable[[Path, IngestLimits, Faults], Source]] = {
    CSV: CsvSource,
    JSON: JsonSource,
    NDJSON: NdjsonSource,
    PARQUET: ParquetSource,
    NPZ: NpzSource,
}


def store(source: Path, media_type: str, target: Path, limits: IngestLimits) -> Ingested:
    """Read `source` as what its media type says, and write `target`; raises DataError."""
    faults = Faults()
    opened = SOURCES[media_type](source, limits, faults)
    _write(opened, target, limits, faults)
    return _told(target)


def _write(source: Source, target: Path, limits: IngestLimits, faults: Faults) -> None:
    kinds: Kinds = [None] * len(source.names)
    if not _written(source, kinds, target, limits, faults):
        # A column is text that was not at first: now that this is known, it is read as text
        _written(source, kinds, target, limits, faults)


def _written(
    source: Source, kinds: Kinds, target: Path, limits: IngestLimits, faults: Faults
) -> bool:
    """Whether all chunks fit what was known of their columns when the first was written."""
    rows, writer, begun = 0, None, None
    for chunk in source.chunks(kinds):
        rows += len(chunk[0])
        _refuse_too_many(rows, len(chunk), limits, faults)
        begun = begun or _stored_kinds(kinds)
        if _stored_kinds(kinds) != begun:
            continue  # only to know the kinds of all columns
        writer = writer or StoredWriter(target, source.names, begun, source.targets)
        writer.write(chunk)
    if writer is not None:
        writer.close()
    faults.raise_any()
    if rows == 0:
        raise faults.stop("holds no rows")
    return _stored_kinds(kinds) == begun


def _stored_kinds(kinds: Kinds) -> list[Kind]:
    return [kind or Kind.NUMBER for kind in kinds]


def _refuse_too_many(rows: int, columns: int, limits: IngestLimits, faults: Faults) -> None:
    if rows > limits.rows:
        raise faults.stop(f"has more than the {limits.rows:,} rows allowed")
    if rows * columns > limits.cells:
        raise faults.stop(
            f"has more than the {limits.cells:,} cells allowed: {rows:,} rows and more of "
            f"{columns:,} columns"
        )


def _told(target: Path) -> Ingested:
    with StoredTable(target) as table:
        names, rows, targets = [field.name for field in table.fields], table.rows, table.targets
    workers = len(os.sched_getaffinity(0))
    size = -(-len(names) // workers)
    shares = [names[start : start + size] for start in range(0, len(names), size)]
    with ThreadPoolExecutor(workers) as pool:
        told = list(pool.map(partial(_summaries, target), shares))
    return Ingested(rows, [summary for share in told for summary in share], targets)


def _summaries(target: Path, names: Sequence[str]) -> list[dict[str, Any]]:
    with StoredTable(target) as table:
        return [summary_of(table.column(name)) for name in names]
