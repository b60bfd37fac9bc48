"""A trained network to go on from: its weights, and the preprocessing they were trained with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from engine.framing import pack, unpack
from engine.preprocessing import Preprocessing


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """`parameters` is the flat vector, (parameters,), of a network behind `preprocessing`."""

    preprocessing: Preprocessing
    parameters: NDArray[Any]

    def to_bytes(self) -> bytes:
        """Compact; `from_bytes` reads it back."""
        return pack(self.preprocessing.to_dict(), {"parameters": self.parameters})

    @classmethod
    def from_bytes(cls, data: bytes) -> StartingPoint:
        """The inverse of `to_bytes`; raises FramingError."""
        values, arrays = unpack(data)
        return cls(Preprocessing.from_dict(values), arrays["parameters"])
