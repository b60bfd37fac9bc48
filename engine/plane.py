"""A plane through a model's weights: which two directions it is spanned by, and why these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError
from engine.network import Layer, views

Array = NDArray[Any]

PARAMETERS, PATH, RANDOM = "parameters", "path", "random"
DIRECTIONS = (PATH, RANDOM)
ONE_WEIGHT_AND_BIAS = 2


class NoPathError(EngineError):
    """There are no steps to span a plane by."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a run went: `points` (points, parameters) at `epochs` (points,), in their order, and
    the `model` (parameters,) that is to stand at the origin.
    """

    epochs: tuple[int, ...]
    points: Array
    model: Array

    @classmethod
    def through(cls, epochs: Sequence[int], points: Array, model_epoch: int, model: Array) -> Route:
        """The snapshots of a path, and the model in its place among them."""
        before = sum(epoch < model_epoch for epoch in epochs)
        after = sum(epoch <= model_epoch for epoch in epochs)
        kept = (points[:before], model[np.newaxis], points[after:])
        return cls((*epochs[:before], model_epoch, *epochs[after:]), np.concatenate(kept), model)

    @property
    def steps(self) -> Array:
        """w_t − w_model, (points, parameters) float64."""
        return np.subtract(self.points, self.model, dtype=np.float64)

    @property
    def leads_somewhere(self) -> bool:
        """Whether some step is more than the rounding of the weights."""
        least = np.finfo(self.model.dtype).eps * _largest(self.model)
        return bool(_largest(self.steps) > least)

    def thinned(self, most: int) -> Route:
        """At most `most` of its points, evenly, the first and the last among them."""
        count = min(most, len(self.epochs))
        places = np.unique(np.linspace(0, len(self.epochs) - 1, count).round().astype(int))
        chosen = tuple(self.epochs[place] for place in places)
        return Route(chosen, self.points[places], self.model)


@dataclass(frozen=True, slots=True)
class Plane:
    """The points w_model + Σ (xᵢ − originᵢ)·basisᵢ.

    `basis` (2, parameters) and `origin` (2,) are float64; `shares` is how much of the squared
    length of all steps lies along each direction, None where there are no steps.
    """

    directions: str
    model: Array
    basis: Array
    origin: Array
    shares: tuple[float, float] | None

    def parameters(self, x: float, y: float) -> Array:
        """The weights at a place, (parameters,), in the model's dtype; at the origin the model."""
        moved = (np.array([x, y]) - self.origin) @ self.basis
        return np.asarray((self.model + moved).astype(self.model.dtype))

    def places(self, steps: Array) -> Array:
        """Where in the plane is nearest to each of `steps` (points, parameters): (points, 2)."""
        unit = _largest(steps) or 1.0
        found = np.linalg.lstsq(self.basis.T, (steps / unit).T, rcond=None)[0]
        return np.asarray(self.origin + found.T * unit)


def plane_of(
    route: Route, layers: Sequence[Layer], directions: str | None, generator: np.random.Generator
) -> Plane:
    """The plane to look at. Without `directions`: along the path, at random where there is none.

    A model of two parameters has one plane alone, that of its weight and its bias. Raises
    NoPathError for `path` where no step was kept, or none led anywhere.
    """
    if len(route.model) == ONE_WEIGHT_AND_BIAS:
        origin = route.model.astype(np.float64)
        return _plane(PARAMETERS, route, np.eye(2), origin)
    if directions != RANDOM:
        if route.leads_somewhere:
            return _plane(PATH, route, _path_basis(route.steps), np.zeros(2))
        if directions == PATH:
            raise NoPathError("no step of this run was kept, or none led anywhere")
    return _plane(RANDOM, route, _random_basis(layers, route.model, generator), np.zeros(2))


def _plane(directions: str, route: Route, basis: Array, origin: Array) -> Plane:
    return Plane(directions, route.model, basis, origin, _shares(route, basis))


def _path_basis(steps: Array) -> Array:
    """The first two right singular vectors of `steps`, uncentred, (2, parameters).

    The sign of each is such that the path starts on the left, and above (Lorch 2016, "Visualizing
    Deep Network Training Trajectories with PCA", but through the model and not the mean).
    """
    unit = _largest(steps)
    basis = np.linalg.svd(steps / unit, full_matrices=False)[2][:2]
    starts = basis @ (steps[0] / unit)
    for direction, start, wanted in zip(basis, starts, (-1.0, 1.0), strict=True):
        # A start that lies on the other axis tells nothing; then the largest component is positive.
        told = start * wanted if abs(start) > 1e-9 else direction[np.argmax(np.abs(direction))]
        if told < 0.0:
            np.negative(direction, out=direction)
    return basis


def _random_basis(layers: Sequence[Layer], model: Array, generator: np.random.Generator) -> Array:
    """Two random directions, (2, parameters), filter-normalised (Li et al. 2018, "Visualizing the
    Loss Landscape of Neural Nets"): what leads into a unit is as long as in the model. So one unit
    of length means as much in every layer, whatever the scale of its weights.
    """
    basis = generator.standard_normal((2, len(model)))
    for direction in basis:
        for own, given in zip(views(layers, direction), views(layers, model), strict=True):
            np.multiply(own, _lengths(given) / _lengths(own), out=own)
        if not direction.any():  # a model that is all zeros sets no scale
            direction[:] = generator.standard_normal(len(model)) / np.sqrt(len(model))
    return basis


def _lengths(columns: Array) -> Array:
    return np.asarray(np.linalg.norm(columns.astype(np.float64), axis=0))


def _shares(route: Route, basis: Array) -> tuple[float, float] | None:
    if not route.leads_somewhere:
        return None
    parts = route.steps / _largest(route.steps)
    along = parts @ (basis / np.linalg.norm(basis, axis=1, keepdims=True)).T
    first, second = (along**2).sum(axis=0) / (parts**2).sum()
    return float(first), float(second)


def _largest(numbers: Array) -> float:
    return float(np.max(np.abs(numbers), initial=0.0))
