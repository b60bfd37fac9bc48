"""Which trainings are compared: job bodies, 20 epochs each, with the rows in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]

# Rounding alone; and where PyTorch or scikit-learn have an epsilon that a job has not, or has
# elsewhere. "rel" is of each number, "abs" of numbers whose size is about 1.
EXACT = {"rel": 1e-9, "abs": 1e-13}
BUT_FOR_EPSILON = {"rel": 1e-5, "abs": 1e-5}

RULES: dict[str, Body] = {
    "gradient_descent": {"kind": "gradient_descent"},
    "momentum": {"kind": "momentum"},
    "nesterov": {"kind": "momentum", "nesterov": True},
    "rmsprop": {"kind": "rmsprop"},
    "adagrad": {"kind": "adagrad"},
    "adam": {"kind": "adam"},
    "adamw": {"kind": "adamw"},
    "nadam": {"kind": "nadam"},
}
RATES = {
    "gradient_descent": 0.1,
    "momentum": 0.03,
    "nesterov": 0.03,
    "rmsprop": 0.01,
    "adagrad": 0.05,
    "adam": 0.02,
    "adamw": 0.02,
    "nadam": 0.02,
}
# Every option away from its default; an epsilon large enough to show where it stands.
OPTIONS: dict[str, Body] = {
    "momentum": {"momentum": 0.5},
    "nesterov": {"momentum": 0.7},
    "rmsprop": {"smoothing": 0.8, "epsilon": 0.03},
    "adagrad": {"epsilon": 0.03},
    "adam": {"beta_1": 0.7, "beta_2": 0.95, "epsilon": 0.03},
    "adamw": {"beta_1": 0.7, "beta_2": 0.95, "epsilon": 0.03, "weight_decay": 0.3},
    "nadam": {"beta_1": 0.7, "beta_2": 0.95, "epsilon": 0.03, "momentum_decay": 0.2},
}
SCHEDULES: dict[str, Body] = {
    "constant": {},
    "step": {"every": 4, "factor": 0.5},
    "exponential": {"factor": 0.9},
    "inverse_time": {"decay": 0.3},
    "cosine": {"final": 0.001},
    "one_cycle": {},
    # A fall by less than half counts as none: every run meets that, more than once.
    "plateau": {"factor": 0.5, "patience": 1, "threshold": 0.5, "cooldown": 1, "minimum": 0.004},
}
PENALTIES: dict[str, Body] = {
    "l1": {"l1": 0.01},
    "l2": {"l2": 0.1},
    "l1_and_l2": {"l1": 0.01, "l2": 0.1},
}
HEADS: dict[str, Body] = {
    "binary": {"task": "binary", "cost": "binary_cross_entropy", "output": "sigmoid"},
    "multiclass": {"task": "multiclass", "cost": "cross_entropy", "output": "softmax"},
}
WARMUP_EPOCHS = 3


@dataclass(frozen=True)
class Case:
    """One training: a job body on a problem, and how closely the engine must follow."""

    name: str
    body: Body
    problem: str = "regression"
    validated: bool = False
    weighted: bool = False
    clips_with_epsilon: bool = False
    tolerance: Mapping[str, float] = field(default_factory=lambda: EXACT)


def for_torch() -> Iterator[Case]:
    """Every optimizer with every schedule, and then what else changes a step or what is said."""
    for rule in RULES:
        yield from _schedules(rule)
        yield Case(f"{rule}, options", _body(rule, optimizer=OPTIONS.get(rule, {})))
        yield Case(f"{rule}, full batch", _body(rule, batch_size=None))
        for name, penalties in PENALTIES.items():
            yield Case(f"{rule}, {name}", _body(rule, **penalties))
        yield Case(f"{rule}, clipped", _body(rule, clip_norm=0.2, l2=0.1))
    yield from _heads()
    yield from _clipped()
    yield from _weighted()
    yield Case("exact training cost", _body("adam", training_cost="exact", l2=0.1))
    yield Case("validated", _body("adam", l2=0.1), validated=True)
    yield Case("validated plateau", _scheduled("adam", "plateau"), validated=True)


def for_scikit_learn() -> Iterator[Case]:
    """What its multilayer perceptrons can do; a penalty only in batches that are all alike."""
    for rule in ("gradient_descent", "momentum", "nesterov", "adam"):
        # scikit-learn's Adam adds its epsilon before the bias correction: only none is the same.
        options = {"epsilon": 1e-300} if rule == "adam" else {}
        for problem in ("one_number", *HEADS):
            head = HEADS.get(problem, {})
            body = _body(rule, optimizer=options, **head)
            yield Case(f"{rule}, {problem}", body, problem)
            penalised = _body(rule, optimizer=options, batch_size=7, l2=0.1, **head)
            yield Case(f"{rule}, {problem}, l2", penalised, problem)
    yield Case("adam, with epsilon", _body("adam"), "one_number", tolerance=BUT_FOR_EPSILON)


def _schedules(rule: str) -> Iterator[Case]:
    for kind in SCHEDULES:
        yield Case(f"{rule}, {kind}", _scheduled(rule, kind))
        if kind != "one_cycle":
            warmed = _scheduled(rule, kind, warmup_epochs=WARMUP_EPOCHS)
            yield Case(f"{rule}, {kind}, warm-up", warmed)
    ends = {"initial": RATES[rule] / 4, "peak": 2 * RATES[rule], "final": 0.001, "rise": 0.4}
    yield Case(f"{rule}, one_cycle between given ends", _scheduled(rule, "one_cycle", **ends))


def _heads() -> Iterator[Case]:
    for problem, head in HEADS.items():
        for rule in ("gradient_descent", "adam"):
            yield Case(f"{rule}, {problem}", _body(rule, l2=0.01, **head), problem)


def _weighted() -> Iterator[Case]:
    for rule in ("gradient_descent", "adam"):
        for problem in ("regression", *HEADS):
            body = _body(rule, l2=0.01, **HEADS.get(problem, {}))
            yield Case(f"{rule}, {problem}, weighted", body, problem, True, weighted=True)
        for cost in ("mae", "huber"):
            yield Case(f"{rule}, {cost}, weighted", _body(rule, cost=cost), weighted=True)
    whole = _body("gradient_descent", batch_size=None, l2=0.01)
    yield Case("full batch, weighted", whole, validated=True, weighted=True)
    exact = _body("adam", training_cost="exact", l2=0.1)
    yield Case("exact training cost, weighted", exact, weighted=True)


def _clipped() -> Iterator[Case]:
    yield Case("full batch, clipped", _body("gradient_descent", clip_norm=0.2, batch_size=None))
    for rule in ("gradient_descent", "adam"):
        yield Case(
            f"{rule}, clipped as clip_grad_norm_ does",
            _body(rule, clip_norm=0.2),
            clips_with_epsilon=True,
            tolerance=BUT_FOR_EPSILON,
        )


def _scheduled(rule: str, kind: str, **options: Any) -> Body:
    # One cycle climbs to 25 times where it begins.
    initial = RATES[rule] / 25 if kind == "one_cycle" else RATES[rule]
    rate = {"kind": kind, "initial": initial, **SCHEDULES[kind], **options}
    return _body(rule, optimizer={"learning_rate": rate})


def _body(rule: str, optimizer: Body | None = None, output: str = "linear", **changes: Any) -> Body:
    return {
        "task": "regression",
        "network": {"hidden": [{"units": 4, "activation": "tanh"}], "output": output},
        "cost": "mse",
        "optimizer": {**RULES[rule], "learning_rate": RATES[rule], **(optimizer or {})},
        "epochs": 20,
        "batch_size": 8,
        "shuffle": False,
        "dtype": "float64",
        "scaling": "none",
        "validation": None,
        "stop": {"restore_best": False},
        **changes,
    }
