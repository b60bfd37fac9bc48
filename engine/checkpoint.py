"""A run as it stood at an epoch's end: enough to go on from, and to predict with meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from engine.framing import FramingError, pack, unpack
from engine.model import Model
from engine.preprocessing import Preprocessing
from engine.spec import TrainingSpec
from engine.state import TrainingState


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a run, and the preprocessing its weights belong to."""

    preprocessing: Preprocessing
    state: TrainingState

    @property
    def epoch(self) -> int:
        """The last epoch that was over."""
        return self.state.epoch

    def model(self, spec: TrainingSpec) -> Model:
        """What the run, of this filled specification, would leave if it had to end here."""
        return Model(spec, self.preprocessing, self.state.model[1])

    def to_bytes(self) -> bytes:
        """Compact; `from_bytes` reads it back."""
        preprocessing = pack(self.preprocessing.to_dict(), {})
        size = len(preprocessing).to_bytes(8, "little")
        return b"".join([size, preprocessing, self.state.to_bytes()])

    @classmethod
    def from_bytes(cls, data: bytes) -> Checkpoint:
        """The inverse of `to_bytes`; raises FramingError."""
        end = 8 + int.from_bytes(data[:8], "little")
        values, _ = unpack(data[8:end])
        try:
            preprocessing = Preprocessing.from_dict(values)
        except (KeyError, TypeError) as error:
            raise FramingError(f"not a preprocessing: {error}") from error
        return cls(preprocessing, TrainingState.from_bytes(data[end:]))
