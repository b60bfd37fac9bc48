"""All that a training run needs to go on exactly from an epoch's end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from engine.framing import pack, unpack


@dataclass(frozen=True, slots=True)
class TrainingState:
    """`values` is JSON; `arrays` are copies, which the run no longer touches."""

    values: dict[str, Any]
    arrays: dict[str, NDArray[Any]]

    @property
    def epoch(self) -> int:
        """The last epoch that is over."""
        return int(self.values["last"]["epoch"])

    def to_bytes(self) -> bytes:
        """A checkpoint."""
        return pack(self.values, self.arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> TrainingState:
        """The state in a checkpoint; raises FramingError."""
        return cls(*unpack(data))
