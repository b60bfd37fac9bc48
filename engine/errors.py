"""What the engine refuses, and where in the job body the reason lies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: an RFC 6901 pointer into the job body, and a sentence.

    `uses` are the other pointers the verdict rests on: where one of those is itself at fault,
    this fault says nothing.
    """

    pointer: str
    detail: str
    uses: tuple[str, ...] = ()


class EngineError(Exception):
    """The root of every error the engine raises on purpose."""


class FaultsError(EngineError):
    """Something was refused for the faults it names."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{f.pointer}: {f.detail}" for f in self.faults))


class SpecError(FaultsError):
    """A specification that no training run can follow."""


class DataError(FaultsError):
    """Data that does not fit the specification."""
