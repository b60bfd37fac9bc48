"""A trained model on other rows than its own: the same scores that it had at its training's end."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from engine.evaluation import Evaluator
from engine.metrics import Scores
from engine.model import Model
from engine.network import views
from engine.preparing import prepare
from engine.problem import Problem
from engine.spec import TrainingSpec
from engine.table import Table
from engine.training import always


@np.errstate(all="ignore")
def scores_of(model: Model, table: Table, keep_going: Callable[[], bool] = always) -> Scores:
    """The scores (`engine.metrics`) of `model` on all rows of `table`, its targets among them.

    The model's own preprocessing makes the rows ready: raises DataError where it cannot. Goes in
    blocks, and asks between them whether to go on; raises InterruptedTrainingError.
    """
    spec = _asked(model, table)
    data = prepare(spec, table, model.preprocessing).data
    problem = Problem(spec, data.training.features, data.training.outputs, keep_going)
    evaluator = Evaluator(problem, data.training)
    return evaluator.scores(views(problem.layers, model.parameters), data.names, data.target_scale)


def _asked(model: Model, table: Table) -> TrainingSpec:
    """The model's specification for the columns of this table: those that it was fitted to, or as
    many in their order where the table names them otherwise. Weights do not count in scores.
    """
    known = model.preprocessing.roles
    are_named = set(known.features) <= {field.name for field in table.fields}
    return dataclasses.replace(
        model.spec,
        target=None,
        features=known.features if are_named else None,
        validation=None,
        class_weights=None,
        weight_column=None,
    )
