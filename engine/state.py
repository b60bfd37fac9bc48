"""All that a training run needs to go on exactly from an epoch's end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from engine.framing import pack, unpack
from engine.keeping import model_kept


@dataclass(frozen=True, slots=True)
class TrainingState:
    """`values` is JSON; `arrays` are copies, which the run no longer touches."""

    values: dict[str, Any]
    arrays: dict[str, NDArray[Any]]

    @property
    def epoch(self) -> int:
        """The last epoch that is over."""
        return int(self.values["last"]["epoch"])

    @property
    def elapsed_seconds(self) -> float:
        """How long the epochs that are over took, all together."""
        return float(self.values["elapsed_seconds"])

    @property
    def model(self) -> tuple[int, NDArray[Any]]:
        """The epoch and the flat parameters of the model, if the run had to end here."""
        diverged = self.values["reason"] == "diverged"
        return model_kept(self.values["kept"], self.arrays, diverged=diverged)

    def to_bytes(self) -> bytes:
        """The state as bytes. What is not finite in its last record, JSON cannot hold: null."""
        last = {name: _finite(value) for name, value in self.values["last"].items()}
        return pack({**self.values, "last": last}, self.arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> TrainingState:
        """The inverse of `to_bytes`; raises FramingError."""
        return cls(*unpack(data))


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
