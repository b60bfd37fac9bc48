"""A trained network with the preprocessing that belongs to it: raw rows in, answers out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.costs import head_of
from engine.framing import pack, unpack
from engine.labels import Label
from engine.network import ForwardPass, Layer, layers_of, views
from engine.preprocessing import Preprocessing
from engine.spec import TrainingSpec, from_dict, to_dict
from engine.table import Column, Table

Array = NDArray[Any]

ROWS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Predictions:
    """Answers for rows, in their order.

    For classes, `predictions` are labels and `probabilities` (rows, classes); for a regression
    `predictions` are numbers in the targets' own units, a list each where there are several.
    """

    predictions: list[Any]
    probabilities: list[list[float]] | None
    classes: list[Label] | None


@dataclass(frozen=True)
class Model:
    """A filled specification, what was fitted to its data, and the flat trained parameters."""

    spec: TrainingSpec
    preprocessing: Preprocessing
    parameters: Array

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The layers between the preprocessed inputs and the outputs."""
        return layers_of(
            self.spec.network,
            self.preprocessing.inputs,
            self.preprocessing.outputs(self.spec.task),
        )

    @cached_property
    def weights_sha256(self) -> str:
        """SHA-256 of the parameters' little-endian bytes: of each layer weights, then biases."""
        little = self.parameters.astype(self.parameters.dtype.newbyteorder("<"))
        return hashlib.sha256(little.tobytes()).hexdigest()

    def outputs(self, table: Table) -> Array:
        """The network's outputs ŷ, (outputs, rows), for the raw rows of `table`, which must have
        the features' columns; the encoded rows are in memory a block at a time.
        """
        columns = [table.column(name) for name in self.preprocessing.roles.features]
        forward = ForwardPass(self.layers, min(table.rows, ROWS_AT_ONCE), self.spec.dtype)
        matrices = views(self.layers, self.parameters)
        head = head_of(self.spec.network.output, self.spec.cost)
        found = np.empty((self.layers[-1].fan_out, table.rows), self.spec.dtype)
        with np.errstate(all="ignore"):
            for at in range(0, table.rows, ROWS_AT_ONCE):
                stretch = slice(at, min(at + ROWS_AT_ONCE, table.rows))
                inputs = self._inputs(columns, stretch)
                found[:, stretch] = head.outputs(forward.logits(matrices, inputs))
        return found

    def encoded(self, table: Table, names: Sequence[str], rows: slice) -> Array:
        """The network's inputs for these rows, (rows, inputs + 1), the last column ones; `names`
        are the columns of `table` that are the features.
        """
        return self._inputs([table.column(name) for name in names], rows)

    def _inputs(self, columns: Sequence[Column], rows: slice) -> Array:
        """(rows, inputs + 1), the last column ones."""
        encoded = np.ones((rows.stop - rows.start, self.layers[0].fan_in + 1), self.spec.dtype)
        at = 0
        for encoder, column in zip(self.preprocessing.features, columns, strict=True):
            encoder.encode(column, rows, encoded[:, at : at + encoder.width])
            at += encoder.width
        return encoded

    def predict(self, table: Table) -> Predictions:
        """Answers for the raw rows of `table`, at least one, which must have the features' columns;
        where a value is missing that may not be, the answer is NaN.
        """
        outputs = self.outputs(table).astype(np.float64)
        classes = self.preprocessing.classes
        if classes is None:
            return self._numbers(outputs)
        if self.spec.task == "binary":
            outputs = np.vstack([1.0 - outputs, outputs])
            chosen: Sequence[int] = (outputs[1] >= 0.5).astype(int).tolist()
        else:
            chosen = np.argmax(outputs, axis=0).tolist()
        labels = [classes[index] for index in chosen]
        return Predictions(labels, outputs.T.tolist(), list(classes))

    def _numbers(self, outputs: Array) -> Predictions:
        targets = self.preprocessing.targets
        columns = [each.answered(row) for each, row in zip(targets, outputs, strict=True)]
        single = len(columns) == 1
        found = columns[0] if single else np.column_stack(columns)
        return Predictions(found.tolist(), None, None)

    def to_dict(self) -> dict[str, Any]:
        """The whole model as JSON, readable without this package; `from_dict` reads it back."""
        matrices = views(self.layers, self.parameters)
        return {
            "format": "descentd-model/2",
            "spec": to_dict(self.spec),
            "preprocessing": self.preprocessing.to_dict(),
            "layers": [
                {
                    "activation": layer.activation
                    if index < len(self.layers) - 1
                    else self.spec.network.output,
                    "weights": matrix[:-1].tolist(),
                    "biases": matrix[-1].tolist(),
                }
                for index, (layer, matrix) in enumerate(zip(self.layers, matrices, strict=True))
            ],
            "dtype": self.spec.dtype,
            "weights_sha256": self.weights_sha256,
        }

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Model:
        """The inverse of `to_dict`."""
        parts = [
            np.vstack([np.asarray(layer["weights"], float), np.asarray(layer["biases"], float)])
            for layer in body["layers"]
        ]
        flat = np.concatenate([part.reshape(-1) for part in parts]).astype(body["dtype"])
        return cls(from_dict(body["spec"]), Preprocessing.from_dict(body["preprocessing"]), flat)

    def to_bytes(self) -> bytes:
        """The whole model, compact; `from_bytes` reads it back."""
        values = {"spec": to_dict(self.spec), "preprocessing": self.preprocessing.to_dict()}
        return pack(values, {"parameters": self.parameters})

    @classmethod
    def from_bytes(cls, data: bytes) -> Model:
        """The inverse of `to_bytes`; raises FramingError."""
        values, arrays = unpack(data)
        return cls(
            from_dict(values["spec"]),
            Preprocessing.from_dict(values["preprocessing"]),
            arrays["parameters"],
        )
