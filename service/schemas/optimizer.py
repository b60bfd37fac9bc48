"""The step rule and the learning rate of a job's body."""

from __future__ import annotations

from typing import Annotated, Any

from engine.constraints import CONSTRAINTS
from service.schemas.fields import Bounded, Chosen, Flag, OrElse, Strict, default, optional

OPTIMIZER = "/optimizer"
RATE = "/optimizer/learning_rate"


class Schedule(Strict):
    """A learning rate that changes, or adapts. The options beyond `initial` go by the kind."""

    kind: Annotated[str, Chosen(f"{RATE}/kind")]
    initial: Annotated[float, Bounded(f"{RATE}/initial")]
    warmup_epochs: Annotated[int, Bounded(f"{RATE}/warmup_epochs")] = optional()
    every: Annotated[int, Bounded(f"{RATE}/every")] = optional()
    factor: Annotated[float, Bounded(f"{RATE}/factor")] = optional()
    decay: Annotated[float, Bounded(f"{RATE}/decay")] = optional()
    final: Annotated[float, Bounded(f"{RATE}/final")] = optional()
    peak: Annotated[float, Bounded(f"{RATE}/peak")] = optional()
    rise: Annotated[float, Bounded(f"{RATE}/rise")] = optional()
    patience: Annotated[int, Bounded(f"{RATE}/patience")] = optional()
    threshold: Annotated[float, Bounded(f"{RATE}/threshold")] = optional()
    cooldown: Annotated[int, Bounded(f"{RATE}/cooldown")] = optional()
    minimum: Annotated[float, Bounded(f"{RATE}/minimum")] = optional()


AUTO = "auto"


def _is_plain_rate(value: Any) -> bool:
    return value == AUTO or CONSTRAINTS[RATE].fault(value) is None


LearningRate = Annotated[
    Schedule,
    OrElse(
        _is_plain_rate,
        (
            {"type": "number", **CONSTRAINTS[RATE].json_schema()},
            {
                "type": "string",
                "enum": [AUTO],  # not `const`, which some generators take for the whole union
                "description": "Found by a range test before training.",
            },
        ),
        f"{CONSTRAINTS[RATE].describe()}, or {AUTO}, or a schedule",
    ),
]


class Optimizer(Strict):
    """The options beyond `learning_rate` go by the kind."""

    kind: Annotated[str, Chosen(f"{OPTIMIZER}/kind")] = default(f"{OPTIMIZER}/kind")
    learning_rate: LearningRate | None = optional(
        description="If not given, it depends on the kind, and is shown."
    )
    momentum: Annotated[float, Bounded(f"{OPTIMIZER}/momentum")] = optional()
    nesterov: Flag = optional()
    weight_decay: Annotated[float, Bounded(f"{OPTIMIZER}/weight_decay")] = optional()
    beta_1: Annotated[float, Bounded(f"{OPTIMIZER}/beta_1")] = optional()
    beta_2: Annotated[float, Bounded(f"{OPTIMIZER}/beta_2")] = optional()
    smoothing: Annotated[float, Bounded(f"{OPTIMIZER}/smoothing")] = optional()
    momentum_decay: Annotated[float, Bounded(f"{OPTIMIZER}/momentum_decay")] = optional()
    epsilon: Annotated[float, Bounded(f"{OPTIMIZER}/epsilon")] = optional()
