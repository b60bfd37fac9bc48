"""Raw columns → numbers: scaling fitted on the training rows alone, classes, the split.

What was fitted is a `Preprocessing`: it belongs to the trained model and is applied again, in the
same way, to every row the model is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError, Fault
from engine.randomness import stream
from engine.records import Examples, TrainingData
from engine.spec import TrainingSpec, ValidationSpec

Array = NDArray[Any]
Label = str | bool | int

MOST_NAMED = 5  # classes in a message


@dataclass(frozen=True, slots=True)
class Table:
    """Data as it came. `inputs` is float64 (rows, features); `targets` is float64
    (rows, targets), or one label for each row.
    """

    feature_names: tuple[str, ...]
    inputs: Array
    target_names: tuple[str, ...]
    targets: Array | tuple[Label, ...]

    @property
    def rows(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True, slots=True)
class Scaling:
    """x ↦ (x − center) / scale, column by column; both (columns,) float64."""

    center: Array
    scale: Array

    @classmethod
    def fit(cls, kind: str, columns: Array) -> Scaling:
        """`standard`: mean and σ; `min_max`: least and range; `none`. A spread of 0 counts as 1."""
        if kind == "standard":
            center, scale = _mean_and_deviation(columns)
        elif kind == "min_max":
            center, scale = columns.min(axis=0), np.ptp(columns, axis=0)
        else:
            center, scale = np.zeros(columns.shape[1]), np.ones(columns.shape[1])
        # Rounding leaves a constant column a σ of some 1e-16 of its size: that is no spread.
        flat = scale <= 1e-12 * np.max(np.abs(columns), axis=0)
        return cls(center, np.where(flat, 1.0, scale))

    def apply(self, columns: Array) -> Array:
        return np.asarray((columns - self.center) / self.scale)

    def undo(self, columns: Array) -> Array:
        return np.asarray(columns * self.scale + self.center)

    def to_dict(self) -> dict[str, list[float]]:
        return {"center": self.center.tolist(), "scale": self.scale.tolist()}

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Scaling:
        return cls(np.array(body["center"], float), np.array(body["scale"], float))


def _mean_and_deviation(columns: Array) -> tuple[Array, Array]:
    largest = np.max(np.abs(columns), axis=0)
    # Squares of what is this large, or this small, leave the range of float64.
    unit = np.where((largest > 1e100) | (largest < 1e-100), largest, 1.0)
    unit = np.where(unit == 0.0, 1.0, unit)
    shares = columns / unit
    return shares.mean(axis=0) * unit, shares.std(axis=0) * unit


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """What turns raw rows into a network's inputs, and its outputs into answers."""

    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    inputs: Scaling
    targets: Scaling | None  # of a regression
    classes: tuple[Label, ...] | None  # of a classification, in the order of the outputs

    def outputs(self, task: str) -> int:
        """How many outputs a network for this task has."""
        if task == "binary":
            return 1
        return len(self.target_names if self.classes is None else self.classes)

    def faults(self, table: Table) -> Iterator[Fault]:
        """Every reason why this, fitted to other rows, cannot prepare those of `table`."""
        given, known = table.inputs.shape[1], len(self.feature_names)
        if given != known:
            yield Fault("/dataset", f"has {given} features, the preprocessing is for {known}")
        labelled = isinstance(table.targets, tuple)
        given, known = len(table.target_names), len(self.target_names)
        if given != known:
            yield Fault("/dataset", f"has {given} targets, the preprocessing is for {known}")
        elif self.classes is None and labelled:
            yield Fault("/dataset", "needs targets that are numbers, these are classes")
        elif self.classes is not None:
            unseen = _labels(table.targets) - set(self.classes)
            if unseen:
                detail = f"has classes that the preprocessing does not know: {_named(unseen)}"
                yield Fault("/dataset", f"{detail}; it knows {_named(self.classes)}")

    def to_dict(self) -> dict[str, Any]:
        """JSON that `from_dict` reads back."""
        return {
            "feature_names": list(self.feature_names),
            "target_names": list(self.target_names),
            "inputs": self.inputs.to_dict(),
            "targets": self.targets.to_dict() if self.targets else None,
            "classes": list(self.classes) if self.classes else None,
        }

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Preprocessing:
        """The inverse of `to_dict`."""
        targets, classes = body["targets"], body["classes"]
        return cls(
            tuple(body["feature_names"]),
            tuple(body["target_names"]),
            Scaling.from_dict(body["inputs"]),
            Scaling.from_dict(targets) if targets else None,
            tuple(classes) if classes else None,
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table made ready for training, and what was fitted on the way."""

    preprocessing: Preprocessing
    data: TrainingData


def _labels(targets: Array | tuple[Label, ...]) -> set[Label | float]:
    return set(targets if isinstance(targets, tuple) else targets.reshape(-1).tolist())


def _named(labels: Iterable[Label | float]) -> str:
    """The first few of `labels`, in a sentence."""
    names = [f"{label:g}" if isinstance(label, float) else str(label) for label in labels]
    return ", ".join([*sorted(names)[:MOST_NAMED], *["…"] * (len(names) > MOST_NAMED)])


def classes_of(targets: Array | tuple[Label, ...]) -> tuple[Label, ...]:
    """The distinct classes in sorted order; whole numbers come as int."""
    if isinstance(targets, tuple):
        return tuple(sorted(set(targets)))
    return tuple(int(value) for value in np.unique(targets))


def class_indices(targets: Array | tuple[Label, ...], classes: tuple[Label, ...]) -> Array:
    """Where in `classes` each row's label stands, (rows,)."""
    if isinstance(targets, tuple):
        places = {label: index for index, label in enumerate(classes)}
        return np.fromiter((places[label] for label in targets), np.intp, len(targets))
    return np.searchsorted(np.array(classes, float), targets.reshape(-1))


def prepare(
    spec: TrainingSpec, table: Table, preprocessing: Preprocessing | None = None
) -> Prepared:
    """Split, fit and scale `table` for a filled specification.

    A given `preprocessing` is used as it is instead of fitting one; raises DataError if it cannot
    prepare this table.
    """
    if preprocessing is None:
        classes = None if spec.task == "regression" else classes_of(table.targets)
    elif unfit := list(preprocessing.faults(table)):
        raise DataError(unfit)
    else:
        classes = preprocessing.classes
    indices = None if classes is None else class_indices(table.targets, classes)
    training, validation = _split(spec, table.rows, indices)
    fitted = preprocessing or _fitted(spec, table, training, classes)
    inputs, targets = fitted.inputs, fitted.targets
    if indices is None:
        assert targets is not None
        columns = targets.apply(np.asarray(table.targets, float))
    else:
        columns = _class_columns(spec, indices, len(classes or ()))

    def examples(rows: Array) -> Examples:
        return Examples.of(inputs.apply(table.inputs[rows]), columns[rows], spec.dtype)

    return Prepared(
        fitted,
        TrainingData(
            examples(training),
            examples(validation) if len(validation) else None,
            targets.scale if targets else None,
            classes or fitted.target_names,
        ),
    )


def _fitted(
    spec: TrainingSpec, table: Table, training: Array, classes: tuple[Label, ...] | None
) -> Preprocessing:
    """Fitted to the rows `training` alone."""
    inputs = Scaling.fit(spec.scaling, table.inputs[training])
    targets = None
    if classes is None:
        numbers = np.asarray(table.targets, float)
        targets = Scaling.fit(target_scaling(spec), numbers[training])
    return Preprocessing(table.feature_names, table.target_names, inputs, targets, classes)


def target_scaling(spec: TrainingSpec) -> str:
    """How a regression's targets are scaled: only a linear output can reach every number."""
    return spec.scaling if spec.network.output == "linear" else "none"


def _class_columns(spec: TrainingSpec, indices: Array, classes: int) -> Array:
    """(rows, outputs): 0 or 1 for one sigmoid output, one-hot for a softmax."""
    if spec.task == "binary":
        return indices.reshape(-1, 1).astype(float)
    return np.asarray(np.eye(classes)[indices])


def _split(spec: TrainingSpec, rows: int, indices: Array | None) -> tuple[Array, Array]:
    """Training and validation rows, each in the order of the data."""
    if not isinstance(spec.validation, ValidationSpec):
        return np.arange(rows), np.arange(0)
    generator = stream(spec.seed, "split")
    marked = np.zeros(rows, bool)
    for group in _groups(rows, indices):
        share = round(len(group) * spec.validation.fraction)
        # Every class stays in training, and is validated on where it has rows for both.
        kept = min(max(share, 1 if len(group) > 1 else 0), len(group) - 1)
        marked[generator.permutation(group)[:kept]] = True
    return np.flatnonzero(~marked), np.flatnonzero(marked)


def _groups(rows: int, indices: Array | None) -> list[Array]:
    """Rows class by class, so that each is split alike; all together without classes."""
    if indices is None:
        return [np.arange(rows)]
    order = np.argsort(indices, kind="stable")
    return np.split(order, np.cumsum(np.bincount(indices))[:-1])
