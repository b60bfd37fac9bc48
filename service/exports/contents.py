"""What every file of a model tells, whatever its format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from engine.model import Model
from engine.network import views
from engine.spec import TrainingSpec, to_dict
from service.database.tables import Job
from service.version import VERSION

Array = NDArray[Any]

FORMAT = "descentd-model"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class LayerContents:
    """`weights` are (fan_in, fan_out), `biases` (fan_out,), in the model's dtype."""

    activation: str
    weights: Array
    biases: Array


@dataclass(frozen=True, slots=True)
class Contents:
    """Where a model comes from and how raw columns reach it, as JSON has it; and its layers.

    The last layer's activation is the network's output.
    """

    metadata: Mapping[str, Any]
    layers: tuple[LayerContents, ...]

    @classmethod
    def of(cls, job: Job, model: Model) -> Contents:
        """What a file of this job's model holds."""
        return cls(
            {
                "format": FORMAT,
                "format_version": FORMAT_VERSION,
                "written_by": f"descentd {VERSION}",
                "job": job.id,
                "name": job.name,
                "dataset": job.dataset,
                "dataset_sha256": job.dataset_sha256,
                "spec": _spec(model.spec),
                "preprocessing": model.preprocessing.to_dict(),
                "dtype": model.spec.dtype,
                "weights_sha256": model.weights_sha256,
            },
            tuple(_layers(model)),
        )

    def metadata_text(self) -> str:
        """The metadata as JSON."""
        return orjson.dumps(self.metadata).decode()

    def arrays(self) -> dict[str, Array]:
        """Every array by its name: `layers.0.weights`, `layers.0.biases`, `layers.1.weights`, …"""
        return {
            f"layers.{index}.{part}": array
            for index, layer in enumerate(self.layers)
            for part, array in (("weights", layer.weights), ("biases", layer.biases))
        }


def _spec(spec: TrainingSpec) -> dict[str, Any]:
    """Without starting weights that the body held: they may be larger than the model."""
    body = to_dict(spec)
    if isinstance(body["network"]["weights"], list):
        del body["network"]["weights"]
    return body


def _layers(model: Model) -> list[LayerContents]:
    activations = [layer.activation for layer in model.layers[:-1]]
    activations.append(model.spec.network.output)
    matrices = views(model.layers, np.ascontiguousarray(model.parameters))
    return [
        LayerContents(activation, matrix[:-1], matrix[-1])
        for activation, matrix in zip(activations, matrices, strict=True)
    ]
