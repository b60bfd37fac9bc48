"""Files of tables, read in the test's own process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.errors import DataError
from service.tables.ingest import Ingested
from service.tables.limits import IngestLimits
from service.tables.media_types import CSV
from service.tables.stored import StoredTable
from service.tables.storing import store


@dataclass
class Read:
    """What was told of a file, and the table that was stored."""

    told: Ingested
    table: StoredTable

    def values(self, name: str) -> list[Any]:
        """The values of a column: texts, and numbers, None where missing."""
        column = self.table.column(name)
        if column.kind == "text":
            return [None if at < 0 else column.categories[at] for at in column.values.tolist()]
        return [None if value != value else value for value in column.values.tolist()]

    def kinds(self) -> dict[str, str]:
        return {field.name: str(field.kind) for field in self.table.fields}


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Callable[..., Read]]:
    """Reads bytes that came under a media type, or raises DataError."""
    opened = []

    def reading(content: bytes | Path, media_type: str = CSV, **limits: Any) -> Read:
        source, target = tmp_path / "source", tmp_path / f"stored{len(opened)}"
        if isinstance(content, bytes):
            source.write_bytes(content)
        told = store(
            content if isinstance(content, Path) else source,
            media_type,
            target,
            IngestLimits(**limits),
        )
        opened.append(StoredTable(target))
        return Read(told, opened[-1])

    yield reading
    for table in opened:
        table.close()


@pytest.fixture
def faults_of(read: Callable[..., Read]) -> Callable[..., list[str]]:
    """The details of all faults, which bytes must have; those in a pointed place begin with it."""

    def reading(content: bytes | Path, media_type: str = CSV, **limits: Any) -> list[str]:
        with pytest.raises(DataError) as caught:
            read(content, media_type, **limits)
        return [f"{fault.pointer} {fault.detail}".strip() for fault in caught.value.faults]

    return reading
