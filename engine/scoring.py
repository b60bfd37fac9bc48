"""A trained model on other rows than its own: the same scores that it had at its training's end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError
from engine.labels import places_of
from engine.metrics import Scores, class_scores, regression_scores
from engine.model import Model
from engine.network import views
from engine.problem import Problem
from engine.roles import Roles
from engine.table import Table
from engine.training import always

Array = NDArray[Any]

# So many numbers are read and encoded at once, whatever the number of rows.
BLOCK_NUMBERS = 1024 * 1024


@np.errstate(all="ignore")
def scores_of(model: Model, table: Table, keep_going: Callable[[], bool] = always) -> Scores:
    """The scores (`engine.metrics`) of `model` on all rows of `table`, its targets among them;
    every row counts alike.

    The model's own preprocessing makes the rows ready: raises DataError where it cannot. Of the
    table no more is in memory than the targets and some rows. Asks between these whether to go
    on; raises InterruptedTrainingError.
    """
    known = model.preprocessing
    roles = _roles(known.roles, table)
    if unfit := list(known.faults(table, roles)):
        raise DataError(unfit)
    task = model.spec.task
    problem = Problem(model.spec, known.inputs, known.outputs(task), keep_going)
    blocks = _Blocks(model, table, roles, problem)
    if known.classes is not None:
        labels = places_of(table.column(roles.targets[0]), known.classes)
        return class_scores(blocks, labels, known.classes)
    units = np.array([each.scaling.scale if each.scaling else 1.0 for each in known.targets])
    return regression_scores(blocks, _targets(model, table, roles), units, known.roles.targets)


def _roles(known: Roles, table: Table) -> Roles:
    """The columns that the model knows, by their names; in their order where the table has none
    of these.
    """
    names = [field.name for field in table.fields]
    if set(known.features) & set(names):
        return known
    targets = table.targets or tuple(names[-1:])
    return Roles(tuple(name for name in names if name not in targets), targets)


def _targets(model: Model, table: Table, roles: Roles) -> Array:
    """(outputs, rows) in the units of the network's outputs."""
    scaled = np.empty((len(roles.targets), table.rows), model.spec.dtype)
    for at, name in enumerate(roles.targets):
        scaled[at] = model.preprocessing.targets[at].scaled(table.column(name).values)
    return scaled


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Goes over the rows: each time a stretch of them, and their ŷ."""

    model: Model
    table: Table
    roles: Roles
    problem: Problem

    def __call__(self) -> Iterator[tuple[slice, Array]]:
        matrices = views(self.model.layers, self.model.parameters)
        at = 0
        for block in self.table.blocks(self.roles.features, self._rows_at_once()):
            inputs = self.model.encoded(block, self.roles.features, slice(0, block.rows))
            for start in range(0, block.rows, self.problem.rows_at_once):
                self.problem.check()
                part = inputs[start : start + self.problem.rows_at_once]
                z = self.problem.logits(matrices, part)
                yield slice(at + start, at + start + len(part)), self.problem.head.outputs(z)
            at += block.rows

    def _rows_at_once(self) -> int:
        """A multiple of the rows that are measured at once."""
        width = max(len(self.roles.features), self.problem.layers[0].fan_in + 1)
        measured = self.problem.rows_at_once
        return measured * max(1, BLOCK_NUMBERS // width // measured)
