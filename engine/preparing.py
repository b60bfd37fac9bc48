"""A table made ready for training, column by column.

The matrices that are trained on are filled as the columns are read, one at a time, so that a
large table whose columns lie in a file is never in memory as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.encoders import CategoryEncoder, Encoder, NumberEncoder
from engine.errors import DataError
from engine.labels import Label, classes_of, places_of
from engine.missing import rule_of
from engine.preprocessing import DATASET, Preprocessing, Target
from engine.records import Examples, TrainingData
from engine.roles import Roles, roles_of
from engine.sample_weights import class_weights, row_weights
from engine.scaling import Scaling
from engine.spec import TrainingSpec
from engine.splitting import Parts, split
from engine.table import Column, Kind, Table

Array = NDArray[Any]

VALIDATION = "/validation/dataset"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table made ready for training, and what was fitted on the way."""

    preprocessing: Preprocessing
    data: TrainingData


def prepare(
    spec: TrainingSpec,
    table: Table,
    preprocessing: Preprocessing | None = None,
    validation: Table | None = None,
) -> Prepared:
    """Split, fit and encode `table` for a filled specification.

    `validation` are the rows of another dataset to validate on, where the specification says so.
    A given `preprocessing` is used as it is instead of fitting one; raises DataError if it cannot
    prepare these tables.
    """
    source = _source(spec, table, preprocessing, DATASET)
    of_classes = class_weights(spec, source.places_at(source.parts.training), source.classes)
    fitted, (training, held) = _read(spec, source, preprocessing, of_classes)
    if validation is not None:
        other = _source(spec, validation, fitted, VALIDATION)
        _, (held, _) = _read(spec, other, fitted, of_classes)
    names = fitted.classes or fitted.roles.targets
    return Prepared(
        fitted, TrainingData(training, held if held.rows else None, _scale(fitted), names)
    )


@dataclass(frozen=True, slots=True)
class Source:
    """A table, what its columns are, and its two parts. `places`, (rows,), says of a
    classification where in `classes` each row's class stands.
    """

    table: Table
    roles: Roles
    classes: tuple[Label, ...] | None
    places: Array | None
    parts: Parts

    @classmethod
    def of(cls, spec: TrainingSpec, table: Table, known: Preprocessing | None = None) -> Source:
        """That of a table for a specification whose task is known."""
        roles = roles_of(spec, table, known.roles if known else None)
        if spec.task == "regression":
            return cls(table, roles, None, None, split(spec, table, None))
        column = table.column(roles.targets[0])
        classes = known.classes if known else classes_of(column)
        places = places_of(column, classes or ())
        return cls(table, roles, classes, places, split(spec, table, places))

    def places_at(self, rows: Array) -> Array | None:
        """The classes' places of these rows alone."""
        return None if self.places is None else self.places[rows]


class Fitting:
    """The encoders of a table's features: given ones, or fitted to its training rows alone.

    Those of texts are fitted at once, because the network's width depends on them, the others
    when their column is read.
    """

    def __init__(
        self, spec: TrainingSpec, source: Source, given: Preprocessing | None = None
    ) -> None:
        self._spec, self._training = spec, source.parts.training
        features = source.roles.features
        if given is not None:
            self._known: dict[str, Encoder] = dict(zip(features, given.features, strict=True))
        else:
            kinds = {field.name: field.kind for field in source.table.fields}
            texts = (name for name in features if kinds[name] is Kind.TEXT)
            self._known = {name: self._fitted(source.table.column(name)) for name in texts}
        numbers = len(features) - len(self._known)
        self.width = numbers + sum(encoder.width for encoder in self._known.values())

    def encoder(self, column: Column) -> Encoder:
        """The one for this column of the table."""
        known = self._known.get(column.name)
        return known if known is not None else self._fitted(column)

    def _fitted(self, column: Column) -> Encoder:
        rule, seen = rule_of(self._spec.missing, column.field), column.at(self._training)
        if column.kind is Kind.TEXT:
            return CategoryEncoder.fit(seen, rule)
        return NumberEncoder.fit(seen, rule, self._spec.scaling)


class Widths(NamedTuple):
    """How many inputs and outputs a network has."""

    inputs: int
    outputs: int


def widths(
    spec: TrainingSpec, source: Source, preprocessing: Preprocessing | None = None
) -> Widths:
    """Those of the network for a filled specification."""
    if preprocessing is not None:
        return Widths(preprocessing.inputs, preprocessing.outputs(spec.task))
    several = len(source.roles.targets if source.classes is None else source.classes)
    return Widths(Fitting(spec, source).width, 1 if spec.task == "binary" else several)


def stand_in(source: Source) -> Preprocessing:
    """A preprocessing of the same columns, of which nothing is fitted but the classes."""
    kinds = {field.name: field.kind for field in source.table.fields}
    encoders: list[Encoder] = [
        CategoryEncoder(name, ())
        if kinds[name] is Kind.TEXT
        else NumberEncoder(name, kinds[name], 0.0, Scaling())
        for name in source.roles.features
    ]
    targets = tuple(map(Target, source.roles.targets))
    return Preprocessing(tuple(encoders), targets, source.classes)


def _source(spec: TrainingSpec, table: Table, known: Preprocessing | None, pointer: str) -> Source:
    """That of a table which `known` can prepare; raises DataError."""
    if known is not None:
        unfit = list(known.faults(table, roles_of(spec, table, known.roles), pointer))
        if unfit:
            raise DataError(unfit)
    return Source.of(spec, table, known)


def _read(
    spec: TrainingSpec, source: Source, known: Preprocessing | None, of_classes: Array | None
) -> tuple[Preprocessing, list[Examples]]:
    """What was fitted, or `known`, and with it the examples of both parts."""
    encoders, inputs = _inputs(spec, source, Fitting(spec, source, known))
    targets, outputs = _outputs(spec, source, known)
    weights = _weights(spec, source, of_classes)
    fitted = known or Preprocessing(encoders, targets, source.classes)
    return fitted, [Examples(*each) for each in zip(inputs, outputs, weights, strict=True)]


def _inputs(
    spec: TrainingSpec, source: Source, fitting: Fitting
) -> tuple[tuple[Encoder, ...], list[Array]]:
    """The encoders, and of each part the inputs, (rows, inputs + 1), the last column ones."""
    matrices = [np.ones((len(rows), fitting.width + 1), spec.dtype) for rows in source.parts]
    encoders, at = [], 0
    for name in source.roles.features:
        column = source.table.column(name)
        encoder = fitting.encoder(column)
        for rows, matrix in zip(source.parts, matrices, strict=True):
            encoder.encode(column, rows, matrix[:, at : at + encoder.width])
        encoders.append(encoder)
        at += encoder.width
    return tuple(encoders), matrices


def _outputs(
    spec: TrainingSpec, source: Source, known: Preprocessing | None
) -> tuple[tuple[Target, ...], list[Array]]:
    """The targets, and of each part what the network is to answer, (outputs, rows)."""
    names = source.roles.targets
    if source.classes is not None:
        targets = known.targets if known else (Target(names[0]),)
        return targets, [_of_classes(spec, source, rows) for rows in source.parts]
    matrices = [np.empty((len(names), len(rows)), spec.dtype) for rows in source.parts]
    targets = known.targets if known else ()
    for at, name in enumerate(names):
        values = source.table.column(name).values
        if known is None:
            scaling = Scaling.fit(target_scaling(spec), values[source.parts.training])
            targets = (*targets, Target(name, scaling))
        for rows, matrix in zip(source.parts, matrices, strict=True):
            # What is too large for the dtype becomes infinite, and a run on it says so
            with np.errstate(over="ignore"):
                matrix[at] = targets[at].scaled(values[rows])
    return targets, matrices


def _of_classes(spec: TrainingSpec, source: Source, rows: Array) -> Array:
    """(outputs, rows): 0 or 1 for one sigmoid output, one-hot for a softmax."""
    places = source.places_at(rows)
    assert places is not None
    assert source.classes is not None
    if spec.task == "binary":
        return places.reshape(1, -1).astype(spec.dtype)
    one_hot = np.zeros((len(source.classes), len(rows)), spec.dtype)
    one_hot[places, np.arange(len(rows))] = 1.0
    return one_hot


def _weights(spec: TrainingSpec, source: Source, of_classes: Array | None) -> list[Array | None]:
    """Of each part how much its rows count, (rows,); None where all count alike."""
    name = source.roles.weight
    column = source.table.column(name).values if name is not None else None
    return [
        row_weights(
            of_classes,
            source.places_at(rows),
            None if column is None else column[rows],
            spec.dtype,
        )
        for rows in source.parts
    ]


def target_scaling(spec: TrainingSpec) -> str:
    """How a regression's targets are scaled: only a linear output can reach every number."""
    return spec.scaling if spec.network.output == "linear" else "none"


def _scale(fitted: Preprocessing) -> Array | None:
    """(outputs,): what an error of 1 in an output is in the targets' own units."""
    if fitted.classes is not None:
        return None
    return np.array([target.scaling.scale if target.scaling else 1.0 for target in fitted.targets])
