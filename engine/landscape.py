"""The cost over a plane through the model, and the path of descent on it.

J is that of the training rows, all of them, with penalties and without dropout, measured in the
same way as the job's own cost.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError
from engine.evaluation import Evaluator
from engine.network import views
from engine.plane import RANDOM, Plane, Route, plane_of
from engine.problem import Problem
from engine.randomness import stream
from engine.records import Examples
from engine.spec import TrainingSpec

Array = NDArray[Any]

LEAST_RESOLUTION, MOST_RESOLUTION = 5, 101
USUAL_RESOLUTION = 31

# Rows × parameters × resolution². At some 10⁹ of them a second: a few seconds, and half a minute.
USUAL_WORK = 5e9
MOST_WORK = 5e10

MARGIN = 0.15
# Of the longer side, so that a path that is almost a line has some land around it.
LEAST_SIDE = 0.25


class TooFineError(EngineError):
    """A grid of more work than one picture is worth; `most` is the finest allowed, 0 for none."""

    def __init__(self, most: int) -> None:
        self.most = most
        finest = f"{most} is the most for this job" if most else "this job has too many rows"
        super().__init__(f"needs too many costs over all training rows; {finest}")


@dataclass(frozen=True, slots=True)
class Landscape:
    """`costs` (resolution, resolution) is J at `down[row]` along the second direction and
    `across[column]` along the first, inf or NaN where it is not finite.

    `places` (points, 2) is where the path's points are nearest to the plane, and `path_costs`
    (points,) J at the points themselves.
    """

    plane: Plane
    across: Array
    down: Array
    costs: Array
    epochs: tuple[int, ...]
    places: Array
    path_costs: Array


def resolution_for(rows: int, parameters: int, wanted: int | None = None) -> int:
    """How many places a side has: as `wanted`, or as fits into `USUAL_WORK`.

    Raises TooFineError where that is more than `MOST_WORK`.
    """
    finest = min(math.isqrt(int(MOST_WORK // (rows * parameters))), MOST_RESOLUTION)
    usual = min(math.isqrt(int(USUAL_WORK // (rows * parameters))), USUAL_RESOLUTION)
    chosen = max(usual, LEAST_RESOLUTION) if wanted is None else wanted
    if chosen > finest:
        raise TooFineError(finest if finest >= LEAST_RESOLUTION else 0)
    return chosen


def survey(
    spec: TrainingSpec,
    examples: Examples,
    route: Route,
    *,
    keep_going: Callable[[], bool],
    directions: str | None = None,
    resolution: int | None = None,
) -> Landscape:
    """The landscape around `route.model`, a model of this filled specification and these rows.

    `directions` is one of `plane.DIRECTIONS`. Raises NoPathError, TooFineError, and
    InterruptedTrainingError where `keep_going` says no.
    """
    problem = Problem(spec, examples.features, examples.outputs, keep_going)
    size = resolution_for(examples.rows, problem.size, resolution)
    plane = plane_of(route, problem.layers, directions, stream(spec.seed, "landscape"))
    shown = route.thinned(size * size)
    places = plane.places(shown.steps)
    across, down = _axes(plane, places, size)
    cost_at = _costs_of(Evaluator(problem, examples))
    grid = [[cost_at(plane.parameters(x, y)) for x in across] for y in down]
    path_costs = [cost_at(point) for point in shown.points]
    return Landscape(
        plane, across, down, np.array(grid), shown.epochs, places, np.array(path_costs)
    )


def _costs_of(evaluator: Evaluator) -> Callable[[Array], float]:
    layers = evaluator.problem.layers

    # Far from the model numbers may leave their range, and such a cost is one that is not finite.
    @np.errstate(all="ignore")
    def cost_at(parameters: Array) -> float:
        return evaluator.measure(views(layers, parameters), penalties=True).cost

    return cost_at


def _axes(plane: Plane, places: Array, size: int) -> Iterator[Array]:
    """Places along each direction, evenly, that hold the path; the model stands on one of them."""
    reach = 1.0 if plane.directions == RANDOM else 0.0
    low = np.minimum(places.min(axis=0) - plane.origin, -reach)
    high = np.maximum(places.max(axis=0) - plane.origin, reach)
    side = np.maximum(high - low, LEAST_SIDE * (high - low).max())
    side = np.where(side > 0.0, side, 1.0)
    middle = (low + high) / 2
    low, high = (np.minimum(low, middle - side / 2), np.maximum(high, middle + side / 2))
    for index in range(2):
        room = MARGIN * side[index]
        yield plane.origin[index] + _even(low[index] - room, high[index] + room, size)


def _even(low: float, high: float, size: int) -> Array:
    """`size` numbers at even distances, 0 among them, from `low` or below to `high` or above."""
    step = (high - low) / (size - 1)
    before = min(max(round(-low / step), 1), size - 2)
    step = max(step, -low / before, high / (size - 1 - before))
    return (np.arange(size) - before) * step
