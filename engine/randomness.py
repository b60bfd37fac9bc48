"""One seed, several independent streams: a job's chance in one place never shifts another's."""

from __future__ import annotations

from typing import Any

import numpy as np

STREAMS = ("init", "split", "shuffle", "dropout", "range_test", "landscape")


def stream(seed: int, name: str) -> np.random.Generator:
    """The generator of one of `STREAMS`, the same for the same seed."""
    sequence = np.random.SeedSequence(seed, spawn_key=(STREAMS.index(name),))
    return np.random.Generator(np.random.PCG64(sequence))


def state_of(generator: np.random.Generator) -> dict[str, Any]:
    """Where `generator` stands, as JSON."""
    return dict(generator.bit_generator.state)
