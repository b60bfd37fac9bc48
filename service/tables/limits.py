"""How much a file may hold and take, and which texts in it stand for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MEBIBYTE = 1024 * 1024
MISSING = ("", "NA", "NaN", "null", "?")


@dataclass(frozen=True, slots=True)
class IngestLimits:
    """The bounds on one file and on the process that reads it.

    `unpacked_bytes` bounds what compressed bytes may unpack to, `line_bytes` one line of text or
    one quoted value, `memory_bytes` what the process may take beyond its libraries, `seconds` how
    long it may run. `missing` are the texts that stand for a missing value.
    """

    rows: int = 1_000_000
    columns: int = 10_000
    cells: int = 100_000_000
    unpacked_bytes: int = 8192 * MEBIBYTE
    line_bytes: int = 16 * MEBIBYTE
    memory_bytes: int = 2048 * MEBIBYTE
    seconds: float = 600.0
    missing: tuple[str, ...] = MISSING

    def to_dict(self) -> dict[str, Any]:
        """JSON that `from_dict` reads back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> IngestLimits:
        return cls(**{**body, "missing": tuple(body["missing"])})
