"""What a training run is: one frozen specification, with every fault of it told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.constraints import (
    OPTIMIZERS,
    SCHEDULES,
)


@dataclass(frozen=True, slots=True)
class HiddenLayer:
    """One hidden layer. `dropout` is the share of its units left out at each step."""

    units: int
    activation: str = "tanh"
    dropout: float = 0.0


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """Given starting weights of one layer: (fan_in, fan_out), and its biases: (fan_out,)."""

    weights: tuple[tuple[float, ...], ...]
    biases: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class JobWeights:
    """Start from the trained model of this job."""

    job: str


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """The network between the inputs and the outputs, whose widths the data decides."""

    hidden: tuple[HiddenLayer, ...] = (HiddenLayer(16),)
    output: str = "auto"
    init: str = "auto"
    weights: tuple[LayerWeights, ...] | JobWeights | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A learning rate that changes. `options` are those of its kind, in `SCHEDULES`."""

    kind: str
    initial: float
    options: Mapping[str, Any]

    def __getitem__(self, option: str) -> Any:
        return self.options[option]


LearningRate = float | Schedule | Literal["auto"] | None


@dataclass(frozen=True, slots=True)
class OptimizerSpec:
    """The step rule. `options` are those of its kind, in `OPTIMIZERS`."""

    kind: str = "adam"
    learning_rate: LearningRate = None
    options: Mapping[str, Any] = field(default_factory=lambda: dict(OPTIMIZERS["adam"]))

    def __getitem__(self, option: str) -> Any:
        return self.options[option]


@dataclass(frozen=True, slots=True)
class Constant:
    """What stands for a missing value; of a date, its ISO 8601 text."""

    constant: float | bool | str


Rule = str | Constant
Missing = Rule | Mapping[str, Rule]


@dataclass(frozen=True, slots=True)
class ValidationSpec:
    """What is validated on, one of three: a share of the rows, which is kept out of training; the
    rows that a column marks; or the rows of another dataset.
    """

    fraction: float | None = None
    column: str | None = None
    dataset: str | None = None


@dataclass(frozen=True, slots=True)
class StopSpec:
    """When to stop before the last epoch; a rule that is None never stops."""

    gradient_norm: float | None = None
    cost: float | None = None
    seconds: float | None = None
    patience: int | None = None
    min_delta: float = 0.0
    restore_best: bool = True


@dataclass(frozen=True, slots=True)
class TrainingSpec:
    """One training run, whole. "auto" is made concrete by `engine.filling.fill`."""

    target: str | int | tuple[str | int, ...] | None = None
    features: tuple[str, ...] | None = None
    task: str = "auto"
    network: NetworkSpec = NetworkSpec()
    cost: str = "auto"
    training_cost: str = "auto"
    optimizer: OptimizerSpec = field(default_factory=OptimizerSpec)
    epochs: int = 100
    batch_size: int | None = 32
    shuffle: bool = True
    seed: int = 0
    dtype: str = "float32"
    l1: float = 0.0
    l2: float = 0.0
    clip_norm: float | None = None
    scaling: str = "standard"
    missing: Missing = "auto"
    class_weights: str | Mapping[str, float] | None = None
    weight_column: str | None = None
    validation: ValidationSpec | Literal["auto"] | None = "auto"
    stop: StopSpec = StopSpec()

    @property
    def validation_column(self) -> str | None:
        """The column that marks the validation rows, if one does."""
        return self.validation.column if isinstance(self.validation, ValidationSpec) else None

    @property
    def validation_dataset(self) -> str | None:
        """The name or id of the dataset whose rows are validated on, if there is one."""
        return self.validation.dataset if isinstance(self.validation, ValidationSpec) else None


_PLAIN = (
    "task",
    "cost",
    "training_cost",
    "epochs",
    "batch_size",
    "shuffle",
    "seed",
    "dtype",
    "l1",
    "l2",
    "clip_norm",
    "scaling",
    "class_weights",
    "weight_column",
)


def from_dict(body: Mapping[str, Any]) -> TrainingSpec:
    """The specification in a job body of the right shape; what is left out takes its default."""
    given: dict[str, Any] = {name: body[name] for name in _PLAIN if name in body}
    given |= {name: _frozen(body[name]) for name in ("target", "features") if name in body}
    if "missing" in body:
        given["missing"] = _missing(body["missing"])
    if "network" in body:
        given["network"] = _network(body["network"])
    if "optimizer" in body:
        given["optimizer"] = _optimizer(body["optimizer"])
    if "stop" in body:
        given["stop"] = StopSpec(**body["stop"])
    validation = body.get("validation", "auto")
    is_given = isinstance(validation, Mapping)
    given["validation"] = ValidationSpec(**validation) if is_given else validation
    return TrainingSpec(**given)


def _frozen(names: Any) -> Any:
    return tuple(names) if isinstance(names, list) else names


def _missing(body: Any) -> Missing:
    if not isinstance(body, Mapping) or _is_constant(body):
        return _rule(body)
    return {column: _rule(rule) for column, rule in body.items()}


def _rule(body: Any) -> Rule:
    return Constant(body["constant"]) if isinstance(body, Mapping) else body


def _is_constant(body: Mapping[str, Any]) -> bool:
    """Whether this is one rule for all, and not the rule of a column that is called constant."""
    return body.keys() == {"constant"} and not isinstance(body["constant"], Mapping)


def _network(body: Mapping[str, Any]) -> NetworkSpec:
    given = dict(body)
    if "hidden" in given:
        given["hidden"] = tuple(HiddenLayer(**layer) for layer in given["hidden"])
    weights = given.get("weights")
    if isinstance(weights, Mapping):
        given["weights"] = JobWeights(**weights)
    elif weights is not None:
        given["weights"] = tuple(
            LayerWeights(tuple(tuple(row) for row in layer["weights"]), tuple(layer["biases"]))
            for layer in weights
        )
    return NetworkSpec(**given)


def _optimizer(body: Mapping[str, Any]) -> OptimizerSpec:
    kind = body.get("kind", "adam")
    own = {k: v for k, v in body.items() if k not in ("kind", "learning_rate")}
    rate = body.get("learning_rate")
    return OptimizerSpec(
        kind=kind,
        learning_rate=_schedule(rate) if isinstance(rate, Mapping) else rate,
        options={**OPTIMIZERS.get(kind, {}), **own},
    )


def _schedule(body: Mapping[str, Any]) -> Schedule:
    kind = body.get("kind", "constant")
    own = {k: v for k, v in body.items() if k not in ("kind", "initial")}
    return Schedule(kind, body["initial"], {**SCHEDULES.get(kind, {}), **own})


def to_dict(spec: TrainingSpec) -> dict[str, Any]:
    """The specification as the JSON of a job body: the inverse of `from_dict`."""
    body: dict[str, Any] = {
        "target": _thawed(spec.target),
        "features": _thawed(spec.features),
        **{name: getattr(spec, name) for name in _PLAIN},
        "missing": _missing_body(spec.missing),
    }
    body["network"] = {
        "hidden": [
            {"units": layer.units, "activation": layer.activation, "dropout": layer.dropout}
            for layer in spec.network.hidden
        ],
        "output": spec.network.output,
        "init": spec.network.init,
        "weights": _weights_body(spec.network.weights),
    }
    rate = spec.optimizer.learning_rate
    body["optimizer"] = {
        "kind": spec.optimizer.kind,
        "learning_rate": {"kind": rate.kind, "initial": rate.initial, **rate.options}
        if isinstance(rate, Schedule)
        else rate,
        **spec.optimizer.options,
    }
    body["stop"] = {name: getattr(spec.stop, name) for name in StopSpec.__slots__}
    if spec.validation != "auto":
        body["validation"] = _validation_body(spec.validation)
    return body


def _thawed(names: Any) -> Any:
    return list(names) if isinstance(names, tuple) else names


def _missing_body(missing: Missing) -> Any:
    if isinstance(missing, Mapping):
        return {column: _missing_body(rule) for column, rule in missing.items()}
    return {"constant": missing.constant} if isinstance(missing, Constant) else missing


def _validation_body(validation: ValidationSpec | None) -> dict[str, Any] | None:
    if validation is None:
        return None
    members = {name: getattr(validation, name) for name in ValidationSpec.__slots__}
    return {name: value for name, value in members.items() if value is not None}


def _weights_body(weights: tuple[LayerWeights, ...] | JobWeights | None) -> Any:
    if weights is None:
        return None
    if isinstance(weights, JobWeights):
        return {"job": weights.job}
    return [
        {"weights": [list(row) for row in layer.weights], "biases": list(layer.biases)}
        for layer in weights
    ]
