"""Every number and every name a specification may hold, in two tables, checked in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from engine.activations import ACTIVATIONS
from engine.initializers import INITIALIZERS


@dataclass(frozen=True, slots=True)
class Constraint:
    """The range of one number. An open end is exclusive; no end is unbounded."""

    kind: str  # "integer" or "number"
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    nullable: bool = False

    def fault(self, value: object) -> str | None:
        """What is wrong with `value`, naming the allowed range, or None."""
        if value is None and self.nullable:
            return None
        if not self._is_of_kind(value) or not self._is_in_range(value):
            return f"must be {self.describe()}"
        return None

    def _is_of_kind(self, value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if value != value or value in (float("inf"), float("-inf")):
            return False
        return self.kind == "number" or float(value).is_integer()

    def _is_in_range(self, value: Any) -> bool:
        low, high = self.minimum, self.maximum
        if low is not None and (value <= low if self.exclusive_minimum else value < low):
            return False
        return high is None or not (value >= high if self.exclusive_maximum else value > high)

    def describe(self) -> str:
        """The range in words, as it stands in error messages."""
        ends = []
        if self.minimum is not None:
            word = "greater than" if self.exclusive_minimum else "at least"
            ends.append(f"{word} {self._written(self.minimum)}")
        if self.maximum is not None:
            word = "less than" if self.exclusive_maximum else "at most"
            ends.append(f"{word} {self._written(self.maximum)}")
        noun = "an integer" if self.kind == "integer" else "a finite number"
        return " ".join([noun, " and ".join(ends)]).strip() + (", or null" * self.nullable)

    def _written(self, end: float) -> str:
        return str(end) if self.kind == "integer" else f"{end:g}"

    def json_schema(self) -> dict[str, float]:
        """The range as JSON Schema keywords."""
        ends = {
            "exclusiveMinimum" if self.exclusive_minimum else "minimum": self.minimum,
            "exclusiveMaximum" if self.exclusive_maximum else "maximum": self.maximum,
        }
        return {keyword: end for keyword, end in ends.items() if end is not None}


def _integer(low: int, high: int, nullable: bool = False) -> Constraint:
    return Constraint("integer", low, high, nullable=nullable)


def _positive(high: float | None = None, nullable: bool = False) -> Constraint:
    return Constraint("number", 0, high, exclusive_minimum=True, nullable=nullable)


def _from_zero(high: float | None = None, nullable: bool = False) -> Constraint:
    return Constraint("number", 0, high, nullable=nullable)


_FRACTION = Constraint("number", 0, 1, exclusive_minimum=True, exclusive_maximum=True)
_UP_TO_ONE = Constraint("number", 0, 1, exclusive_maximum=True)
_FACTOR = Constraint("number", 0, 1, exclusive_minimum=True)
_LEARNING_RATE = _positive(1e6)

# In pointers, '*' stands for any index of an array, and for any class.
CONSTRAINTS: Mapping[str, Constraint] = MappingProxyType(
    {
        "/epochs": _integer(1, 10_000_000),
        "/batch_size": _integer(1, 100_000_000, nullable=True),
        "/seed": _integer(0, 2**63 - 1),
        "/l1": _from_zero(1e6),
        "/l2": _from_zero(1e6),
        "/clip_norm": _positive(nullable=True),
        "/network/hidden/*/units": _integer(1, 1_000_000),
        "/network/hidden/*/dropout": _UP_TO_ONE,
        "/network/weights/*/weights/*/*": Constraint("number"),
        "/network/weights/*/biases/*": Constraint("number"),
        "/optimizer/momentum": _UP_TO_ONE,
        "/optimizer/weight_decay": _from_zero(1e3),
        "/optimizer/beta_1": _UP_TO_ONE,
        "/optimizer/beta_2": _UP_TO_ONE,
        "/optimizer/smoothing": _UP_TO_ONE,
        "/optimizer/momentum_decay": _from_zero(1.0),
        "/optimizer/epsilon": _positive(1.0),
        "/optimizer/learning_rate": _LEARNING_RATE,
        "/optimizer/learning_rate/initial": _LEARNING_RATE,
        "/optimizer/learning_rate/warmup_epochs": _integer(0, 10_000_000),
        "/optimizer/learning_rate/every": _integer(1, 10_000_000),
        "/optimizer/learning_rate/factor": _FACTOR,
        "/optimizer/learning_rate/decay": _from_zero(1e6),
        "/optimizer/learning_rate/final": _from_zero(1e6, nullable=True),
        "/optimizer/learning_rate/peak": _positive(1e6, nullable=True),
        "/optimizer/learning_rate/rise": _FRACTION,
        "/optimizer/learning_rate/patience": _integer(0, 10_000_000),
        "/optimizer/learning_rate/threshold": _UP_TO_ONE,
        "/optimizer/learning_rate/cooldown": _integer(0, 10_000_000),
        "/optimizer/learning_rate/minimum": _from_zero(1e6),
        "/class_weights/*": _positive(1e6),
        "/validation/fraction": _FRACTION,
        "/stop/gradient_norm": _from_zero(nullable=True),
        "/stop/cost": Constraint("number", nullable=True),
        "/stop/seconds": _positive(nullable=True),
        "/stop/patience": _integer(1, 10_000_000, nullable=True),
        "/stop/min_delta": _from_zero(),
    }
)

MAX_HIDDEN_LAYERS = 64
MAX_CATEGORIES = 1_000  # of one feature
MAX_CLASSES = 1_000
MAX_INPUTS = 100_000  # of a network, all features together
LARGEST_WEIGHT = 1e100  # of a row
# Twice this is still a number: differences of columns must not overflow.
LARGEST_NUMBER = 1e300

# Which costs fit which output, the natural one first.
OUTPUT_COSTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "linear": ("mse", "mae", "huber"),
        "sigmoid": ("binary_cross_entropy", "mse", "mae", "huber"),
        "softmax": ("cross_entropy", "mse"),
        "tanh": ("mse", "mae", "huber"),
    }
)

# Which outputs answer which task, the natural one first.
TASK_OUTPUTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "regression": ("linear", "sigmoid", "tanh"),
        "binary": ("sigmoid",),
        "multiclass": ("softmax",),
    }
)

# Each optimizer's own options with their defaults: PyTorch's, where it has them.
OPTIMIZERS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "gradient_descent": {},
        "momentum": {"momentum": 0.9, "nesterov": False},
        "rmsprop": {"smoothing": 0.99, "epsilon": 1e-8},
        "adagrad": {"epsilon": 1e-10},
        "adam": {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8},
        "adamw": {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8, "weight_decay": 0.01},
        "nadam": {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8, "momentum_decay": 0.004},
    }
)

# The rate of each kind where none is given; the range test is weighed with it.
LEARNING_RATES: Mapping[str, float] = MappingProxyType(
    {
        "gradient_descent": 0.1,
        "momentum": 0.03,
        "rmsprop": 0.003,
        "adagrad": 0.03,
        "adam": 0.01,
        "adamw": 0.003,
        "nadam": 0.01,
    }
)

# Each schedule's own options with their defaults; all have `initial`, and `warmup_epochs`
# where a planned rise makes sense.
SCHEDULES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "constant": {"warmup_epochs": 0},
        "step": {"every": 30, "factor": 0.1, "warmup_epochs": 0},
        "exponential": {"factor": 0.95, "warmup_epochs": 0},
        "inverse_time": {"decay": 0.1, "warmup_epochs": 0},
        "cosine": {"final": 0.0, "warmup_epochs": 0},
        "one_cycle": {"peak": None, "final": None, "rise": 0.3},
        "plateau": {
            "factor": 0.1,
            "patience": 10,
            "threshold": 1e-4,
            "cooldown": 0,
            "minimum": 0.0,
            "warmup_epochs": 0,
        },
        "adaptive": {},
    }
)

COSTS = ("mse", "mae", "huber", "binary_cross_entropy", "cross_entropy")

CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "/task": ("auto", *TASK_OUTPUTS),
        "/network/hidden/*/activation": tuple(ACTIVATIONS),
        "/network/output": ("auto", *OUTPUT_COSTS),
        "/network/init": ("auto", *INITIALIZERS),
        "/cost": ("auto", *COSTS),
        "/training_cost": ("auto", "running", "exact"),
        "/optimizer/kind": tuple(OPTIMIZERS),
        "/optimizer/learning_rate/kind": tuple(SCHEDULES),
        "/dtype": ("float32", "float64"),
        "/scaling": ("standard", "min_max", "none"),
        "/missing": ("auto", "mean", "median", "most_frequent", "error"),
    }
)
