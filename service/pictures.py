"""What the pictures of a job show. Never slow: however long the history, few of its rows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
from sqlalchemy.orm import Session

from service import diagnoses, history, thinning
from service.database.tables import Job
from service.history import Rows, Span
from service.plots.cost import CostCurve, Mark
from service.plots.scales import number
from service.plots.surface import Side, SurfaceShown
from service.states import AT_REST

# Each row of a wide picture's pixels twice: more would be drawn over each other.
POINTS = 600
MOST_HISTORIES = 32  # of some 300 kB each

PLANES: Mapping[str, str] = {
    "path": "The cost on the training rows, over the plane through the model that holds most of "
    "the path of descent.",
    "random": "The cost on the training rows, over a plane through the model in two random "
    "directions, as long for each unit as its weights.",
    "parameters": "The cost on the training rows, over all that this model has: one weight, one "
    "bias. Each step that was kept is a dot.",
}

ENDINGS: Mapping[str, str] = {
    "epochs": "all epochs done",
    "gradient_norm": "stopped: the gradient vanished",
    "cost": "stopped: the cost is low enough",
    "seconds": "stopped: the time was over",
    "patience": "stopped: out of patience",
    "learning_rate": "stopped: the learning rate vanished",
    "diverged": "diverged",
    "cancelled": "cancelled",
    "error": "failed",
}


class DrawnRows:
    """The rows that were drawn of the latest few histories, so that to draw again costs little.

    Rows never change: what a span of them was thinned to stays right.
    """

    def __init__(self, most: int = MOST_HISTORIES) -> None:
        self._most = most
        self._kept: OrderedDict[Span, Rows] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, session: Session, span: Span) -> Rows:
        with self._lock:
            if span in self._kept:
                self._kept.move_to_end(span)
                return self._kept[span]
        rows = thinning.thinned(session, span, POINTS)
        with self._lock:
            self._kept[span] = rows
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return rows


def cost_curve(session: Session, drawn: DrawnRows, job: Job) -> CostCurve:
    """The cost of a job, whatever its status."""
    rows = drawn.of(session, history.span(session, job.tenant_id, job.id))
    diagnosis = diagnoses.of(session, job)
    return CostCurve(
        title=job.name or job.id,
        epochs=[row.epoch for row in rows],
        cost=[row.cost for row in rows],
        validation_cost=[row.validation_cost for row in rows],
        learning_rate=[row.learning_rate for row in rows],
        best=_best(job.best),
        end=_end(job),
        words=[] if diagnosis is None else [diagnosis["sentence"], diagnosis["advice"]],
    )


def surface(job: Job, content: bytes) -> SurfaceShown:
    """The surface of a job, from its answer as JSON."""
    found = orjson.loads(content)
    across, down = (Side(_axis_name(axis), np.array(axis["values"])) for axis in found["axes"])
    path, model = found["path"], found["model"]
    start = f"start: epoch {path['epoch'][0]:,}, {_cost(path['cost'][0])}"
    return SurfaceShown(
        title=job.name or job.id,
        across=across,
        down=down,
        costs=np.array(found["cost"], float),
        places=np.column_stack([path["x"], path["y"]]),
        path_costs=np.array(path["cost"], float),
        start=start,
        model=f"model: epoch {model['epoch']:,}, {_cost(model['cost'])}",
        model_place=(model["x"], model["y"]),
        words=PLANES[found["directions"]],
    )


def _axis_name(axis: Mapping[str, Any]) -> str:
    share = axis["share"]
    return axis["name"] if share is None else f"{axis['name']}: {share:.1%} of the path"


def _cost(cost: float | None) -> str:
    return "not finite" if cost is None else number(cost)


def _best(best: Mapping[str, Any] | None) -> Mark | None:
    if best is None:
        return None
    watched = best["cost"] if best["validation_cost"] is None else best["validation_cost"]
    words = f"best: epoch {best['epoch']:,}"
    if watched is not None:
        words = f"{words}, {number(watched)}"
    return Mark(best["epoch"], words, watched)


def _end(job: Job) -> Mark | None:
    if job.epoch is None:
        return None
    return Mark(job.epoch, f"{_state(job)}: epoch {job.epoch:,} of {job.epochs:,}")


def _state(job: Job) -> str:
    if job.stop_reason is None or job.status not in AT_REST:
        return str(job.status)
    return ENDINGS.get(job.stop_reason, job.stop_reason)
