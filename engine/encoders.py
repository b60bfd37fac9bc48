"""One raw column → its inputs of the network. What is fitted is fitted on training rows alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.missing import number_for, text_for
from engine.scaling import Scaling
from engine.spec import Rule
from engine.table import Column, Field, Kind

Array = NDArray[Any]
Rows = Array | slice

NONE = -1


@dataclass(frozen=True, slots=True)
class NumberEncoder:
    """A number, boolean or date → one input, scaled. A missing value is `fill` first; where that
    is None, a missing value is an error, which whoever has the rows tells beforehand.
    """

    name: str
    kind: Kind
    fill: float | None
    scaling: Scaling

    @classmethod
    def fit(cls, column: Column, rule: Rule, scaling: str) -> NumberEncoder:
        """Fitted to all values of `column`, which are those of the training rows."""
        fill = number_for(rule, column)
        values = _filled(column.values, fill)
        return cls(column.name, column.kind, fill, Scaling.fit(scaling, values))

    @property
    def field(self) -> Field:
        return Field(self.name, self.kind)

    @property
    def width(self) -> int:
        """How many inputs of the network it makes."""
        return 1

    @property
    def takes_missing(self) -> bool:
        """Whether a value may be missing."""
        return self.fill is not None

    def encode(self, column: Column, rows: Rows, out: Array) -> None:
        """Write the inputs of these rows of `column` into `out`, (rows, 1)."""
        values = _filled(column.values[rows], self.fill)
        # What is too large for the dtype becomes infinite, and a run on it says that it diverged
        with np.errstate(over="ignore"):
            out[:, 0] = self.scaling.apply(values)

    def to_dict(self) -> dict[str, Any]:
        """JSON that `encoder_from` reads back."""
        named = {"name": self.name, "kind": str(self.kind), "fill": self.fill}
        return {**named, **self.scaling.to_dict()}


@dataclass(frozen=True, slots=True)
class CategoryEncoder:
    """A text → one input for each category, 1 for the one it is and 0 for the others.

    With `missing` there is one more input at the end, 1 where the value is missing; a `fill` is
    the category that stands for a missing value instead. A category that the training rows did
    not have is 0 in all of them; so is a missing value where there is neither.
    """

    name: str
    categories: tuple[str, ...]
    fill: str | None = None
    missing: bool = False

    @classmethod
    def fit(cls, column: Column, rule: Rule) -> CategoryEncoder:
        """Fitted to all values of `column`, which are those of the training rows."""
        is_missing = bool(column.missing.any())
        fill = text_for(rule, column)
        present = np.unique(column.values[~column.missing])
        known = {column.categories[place] for place in present}
        if fill is not None and is_missing:
            known.add(fill)
        # A category that no training row has could only bring weights that were never trained
        kept = fill if fill in known else None
        return cls(column.name, tuple(sorted(known)), kept, is_missing and kept is None)

    @property
    def kind(self) -> Kind:
        return Kind.TEXT

    @property
    def field(self) -> Field:
        return Field(self.name, self.kind)

    @property
    def width(self) -> int:
        """How many inputs of the network it makes."""
        return len(self.categories) + self.missing

    @property
    def takes_missing(self) -> bool:
        """Whether a value may be missing."""
        return True

    def encode(self, column: Column, rows: Rows, out: Array) -> None:
        """Write the inputs of these rows of `column` into `out`, (rows, width)."""
        places = self._places(column.categories)[column.values[rows]]
        out[:] = 0.0
        (known,) = np.nonzero(places != NONE)
        out[known, places[known]] = 1.0

    def _places(self, categories: tuple[str, ...]) -> Array:
        """For each of a column's `categories`, and at the end for a missing value, which input
        is 1, or NONE.
        """
        inputs: dict[str | None, int] = {text: at for at, text in enumerate(self.categories)}
        for_missing = len(self.categories) if self.missing else inputs.get(self.fill, NONE)
        return np.array([*(inputs.get(text, NONE) for text in categories), for_missing], np.intp)

    def to_dict(self) -> dict[str, Any]:
        """JSON that `encoder_from` reads back."""
        return {
            "name": self.name,
            "kind": str(self.kind),
            "categories": list(self.categories),
            "fill": self.fill,
            "missing": self.missing,
        }


Encoder = NumberEncoder | CategoryEncoder


def encoder_from(body: Mapping[str, Any]) -> Encoder:
    """The encoder that `to_dict` wrote; raises KeyError, ValueError."""
    kind = Kind(body["kind"])
    if kind is Kind.TEXT:
        categories = tuple(body["categories"])
        return CategoryEncoder(body["name"], categories, body["fill"], body["missing"])
    return NumberEncoder(body["name"], kind, body["fill"], Scaling(body["center"], body["scale"]))


def _filled(values: Array, fill: float | None) -> Array:
    if fill is None:
        return values
    return np.where(np.isnan(values), fill, values)
