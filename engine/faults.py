"""Every fault of a specification that shows without the data, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.constraints import (
    CHOICES,
    CONSTRAINTS,
    LARGEST_NUMBER,
    MAX_HIDDEN_LAYERS,
    OPTIMIZERS,
    OUTPUT_COSTS,
    SCHEDULES,
    TASK_OUTPUTS,
)
from engine.errors import Fault
from engine.pointers import joined
from engine.spec import Missing, OptimizerSpec, Rule, Schedule, TrainingSpec, to_dict

BY_NAME = ("missing", "class_weights")


def faults(spec: TrainingSpec) -> list[Fault]:
    """Every fault that shows without the data: values out of range, unknown names, bad pairs."""
    body = to_dict(spec)
    for name in BY_NAME:  # their members are names of columns and classes
        del body[name]
    return [
        *(fault for leaf in _leaves(body) for fault in _value_faults(*leaf)),
        *_missing_faults(spec.missing),
        *_class_weights_faults(spec),
        *_option_faults(spec.optimizer),
        *_pair_faults(spec),
        *_rate_faults(spec),
    ]


def _leaves(value: Any, pointer: str = "", pattern: str = "") -> Iterator[tuple[str, str, Any]]:
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _leaves(member, f"{pointer}/{key}", f"{pattern}/{key}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _leaves(member, f"{pointer}/{index}", f"{pattern}/*")
    else:
        yield pointer, pattern, value


def _value_faults(pointer: str, pattern: str, value: Any) -> Iterator[Fault]:
    if pattern == "/optimizer/learning_rate" and value in (None, "auto"):
        return
    if pattern in CONSTRAINTS:
        detail = CONSTRAINTS[pattern].fault(value)
        if detail:
            yield Fault(pointer, detail)
    elif pattern in CHOICES and value not in CHOICES[pattern]:
        yield Fault(pointer, f"must be one of {', '.join(CHOICES[pattern])}")


def _missing_faults(missing: Missing) -> Iterator[Fault]:
    if not isinstance(missing, Mapping):
        yield from _rule_faults("/missing", missing)
        return
    for column, rule in missing.items():
        yield from _rule_faults(joined("/missing", column), rule)


def _rule_faults(pointer: str, rule: Rule) -> Iterator[Fault]:
    if isinstance(rule, str):
        yield from _value_faults(pointer, "/missing", rule)
    elif isinstance(rule.constant, float | int) and not abs(rule.constant) <= LARGEST_NUMBER:
        limit = f"{LARGEST_NUMBER:g}"
        yield Fault(joined(pointer, "constant"), f"must be a number from -{limit} to {limit}")


def _class_weights_faults(spec: TrainingSpec) -> Iterator[Fault]:
    weights = spec.class_weights
    if isinstance(weights, Mapping):
        for label, weight in weights.items():
            yield from _value_faults(joined("/class_weights", label), "/class_weights/*", weight)
    elif weights not in (None, "balanced"):
        yield Fault("/class_weights", "must be null, balanced, or an object of classes")
    if weights is not None and spec.task == "regression":
        yield Fault("/class_weights", "must be null for a regression, which has none", ("/task",))


def _option_faults(optimizer: OptimizerSpec) -> Iterator[Fault]:
    own = OPTIMIZERS.get(optimizer.kind, optimizer.options)
    for option in optimizer.options:
        if option not in own:
            yield Fault(
                f"/optimizer/{option}",
                f"is not an option of {optimizer.kind}",
                ("/optimizer/kind",),
            )
    rate = optimizer.learning_rate
    if isinstance(rate, Schedule):
        own = SCHEDULES.get(rate.kind, rate.options)
        for option in rate.options:
            if option not in own:
                yield Fault(
                    f"/optimizer/learning_rate/{option}",
                    f"is not an option of {rate.kind}",
                    ("/optimizer/learning_rate/kind",),
                )


def _pair_faults(spec: TrainingSpec) -> Iterator[Fault]:
    if len(spec.network.hidden) > MAX_HIDDEN_LAYERS:
        yield Fault("/network/hidden", f"must hold at most {MAX_HIDDEN_LAYERS} layers")
    output, task, cost = spec.network.output, spec.task, spec.cost
    outputs = TASK_OUTPUTS.get(task)
    if output != "auto" and outputs and output not in outputs:
        yield Fault(
            "/network/output",
            f"does not fit the task {task}, which takes {' or '.join(outputs)}",
            ("/task",),
        )
    allowed = _costs_for(output, task)
    if cost != "auto" and allowed and cost not in allowed:
        named = f"the output {output}" if output != "auto" else f"the task {task}"
        yield Fault(
            "/cost",
            f"does not fit {named}, which takes {', '.join(allowed)}",
            ("/network/output", "/task"),
        )


def _rate_faults(spec: TrainingSpec) -> Iterator[Fault]:
    rate = spec.optimizer.learning_rate
    if not isinstance(rate, Schedule):
        return
    if rate.options.get("warmup_epochs", 0) > spec.epochs:
        yield Fault(
            "/optimizer/learning_rate/warmup_epochs",
            f"must be at most the epochs, {spec.epochs}",
            ("/epochs",),
        )
    if rate.kind == "adaptive" and spec.training_cost == "running":
        yield Fault(
            "/training_cost",
            "must be exact or auto with an adaptive learning rate, which compares exact costs",
            ("/optimizer/learning_rate/kind",),
        )


def _costs_for(output: str, task: str) -> tuple[str, ...]:
    if output != "auto":
        return OUTPUT_COSTS.get(output, ())
    return OUTPUT_COSTS[TASK_OUTPUTS[task][0]] if task in TASK_OUTPUTS else ()
