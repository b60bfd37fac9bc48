"""What turns raw rows into a network's inputs, and its outputs into answers.

It is fitted to the training rows alone, belongs to the trained model, and is applied again, in
the same way, to every row the model is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.encoders import Encoder, NumberEncoder, encoder_from
from engine.errors import Fault
from engine.labels import Label, named, places_of
from engine.roles import Roles
from engine.scaling import Scaling
from engine.table import Column, Kind, Table

Array = NDArray[Any]

DATASET = "/dataset"


@dataclass(frozen=True, slots=True)
class Target:
    """What is answered: of a regression scaled, of a classification not."""

    name: str
    scaling: Scaling | None = None

    def scaled(self, values: Array) -> Array:
        """Values of the column in the units of the network's output."""
        return self.scaling.apply(values) if self.scaling else values

    def answered(self, outputs: Array) -> Array:
        """The inverse of `scaled`."""
        return self.scaling.undo(outputs) if self.scaling else outputs

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, **(self.scaling.to_dict() if self.scaling else {})}

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Target:
        scaling = Scaling(body["center"], body["scale"]) if "scale" in body else None
        return cls(body["name"], scaling)


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """Encoders in the order of the network's inputs, targets in the order of its outputs; of a
    classification the one target's `classes`, in the order of the outputs.
    """

    features: tuple[Encoder, ...]
    targets: tuple[Target, ...]
    classes: tuple[Label, ...] | None

    @property
    def inputs(self) -> int:
        """How many inputs its network has."""
        return sum(encoder.width for encoder in self.features)

    def outputs(self, task: str) -> int:
        """How many outputs a network for this task has."""
        if task == "binary":
            return 1
        return len(self.targets if self.classes is None else self.classes)

    @property
    def roles(self) -> Roles:
        """The columns it was fitted to."""
        features = tuple(encoder.name for encoder in self.features)
        return Roles(features, tuple(target.name for target in self.targets))

    def faults(self, table: Table, roles: Roles, pointer: str = DATASET) -> Iterator[Fault]:
        """Every reason why it cannot prepare the columns that `roles` names, in their order."""
        names = {field.name for field in table.fields}
        needed = (*roles.features, *roles.targets, *((roles.weight,) if roles.weight else ()))
        if lacking := [name for name in needed if name not in names]:
            yield Fault(pointer, f"lacks columns that are needed: {named(lacking)}")
            return
        yield from self._feature_faults(table, roles, pointer)
        given, known = len(roles.targets), len(self.targets)
        if given != known:
            yield Fault(pointer, f"has {given} targets, the preprocessing is for {known}")
            return
        for column in map(table.column, roles.targets):
            yield from self._target_faults(column, pointer)

    def _feature_faults(self, table: Table, roles: Roles, pointer: str) -> Iterator[Fault]:
        given, known = len(roles.features), len(self.features)
        if given != known:
            yield Fault(pointer, f"has {given} features, the preprocessing is for {known}")
            return
        kinds = {field.name: field.kind for field in table.fields}
        for encoder, name in zip(self.features, roles.features, strict=True):
            if kinds[name] is not encoder.kind:
                detail = f"is of {kinds[name]}s, the preprocessing needs {encoder.kind}s"
                yield Fault(pointer, f"column {name!r} {detail}")
            elif not encoder.takes_missing and table.column(name).missing.any():
                yield Fault(pointer, f"column {name!r} must not miss a value")

    def _target_faults(self, column: Column, pointer: str) -> Iterator[Fault]:
        if column.missing.any():
            yield Fault(pointer, f"misses some values of the target {column.name!r}")
        elif self.classes is None and column.kind is not Kind.NUMBER:
            yield Fault(pointer, "needs targets that are numbers, these are classes")
        elif self.classes is not None:
            unseen = _distinct(column.at(places_of(column, self.classes) < 0))
            if unseen:
                detail = f"has classes that the preprocessing does not know: {named(unseen)}"
                yield Fault(pointer, f"{detail}; it knows {named(self.classes)}")

    def to_dict(self) -> dict[str, Any]:
        """JSON that `from_dict` reads back."""
        return {
            "features": [encoder.to_dict() for encoder in self.features],
            "targets": [target.to_dict() for target in self.targets],
            "classes": list(self.classes) if self.classes else None,
        }

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Preprocessing:
        """The inverse of `to_dict`; it also reads what was written when all features were numbers
        and none could be missing.
        """
        classes = tuple(body["classes"]) if body["classes"] else None
        if "features" not in body:
            return cls(*_of_numbers(body), classes)
        return cls(
            tuple(map(encoder_from, body["features"])),
            tuple(map(Target.from_dict, body["targets"])),
            classes,
        )


def _distinct(column: Column) -> list[object]:
    found = np.unique(column.values)
    if column.kind is Kind.TEXT:
        return [column.categories[place] for place in found]
    return [bool(value) if column.kind is Kind.BOOLEAN else float(value) for value in found]


def _of_numbers(body: Mapping[str, Any]) -> tuple[tuple[Encoder, ...], tuple[Target, ...]]:
    features = tuple(
        NumberEncoder(name, Kind.NUMBER, None, scaling)
        for name, scaling in zip(body["feature_names"], _scalings(body["inputs"]), strict=True)
    )
    names = body["target_names"]
    scaled = _scalings(body["targets"]) if body["targets"] else [None] * len(names)
    return features, tuple(map(Target, names, scaled))


def _scalings(body: Mapping[str, Any]) -> list[Scaling]:
    return [Scaling(*pair) for pair in zip(body["center"], body["scale"], strict=True)]
