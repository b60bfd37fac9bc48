"""What is sent and what is answered, as types. The service's own description has every detail."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypedDict

Status: TypeAlias = Literal["queued", "running", "paused", "succeeded", "failed", "cancelled"]
FINISHED: frozenset[str] = frozenset({"succeeded", "failed", "cancelled"})
AT_REST: frozenset[str] = FINISHED | {"paused"}

ModelFormat: TypeAlias = Literal["json", "npz", "safetensors", "onnx"]


class InlineData(TypedDict):
    """Rows sent along with the job. Arrays of numpy will do: what has ``tolist`` is sent by it."""

    inputs: Any
    targets: Any


DatasetGiven: TypeAlias = str | os.PathLike[str] | InlineData
"""A name or an id; a path, whose file is uploaded first; or the rows themselves."""

Inputs: TypeAlias = Sequence[Sequence[Any]] | Sequence[Mapping[str, Any]] | Any
"""For each row its values, or an object of columns. Arrays of numpy will do."""


class HiddenLayer(TypedDict, total=False):
    units: int
    activation: str
    dropout: float


class Network(TypedDict, total=False):
    hidden: Sequence[HiddenLayer]
    output: Literal["auto", "linear", "sigmoid", "softmax", "tanh"]
    init: str
    weights: Any


class Schedule(TypedDict, total=False):
    kind: str
    initial: float
    warmup_epochs: int
    every: int
    factor: float
    decay: float
    final: float
    peak: float
    rise: float
    patience: int
    threshold: float
    cooldown: int
    minimum: float


class Optimizer(TypedDict, total=False):
    kind: Literal["gradient_descent", "momentum", "rmsprop", "adagrad", "adam", "adamw", "nadam"]
    learning_rate: float | Literal["auto"] | Schedule
    momentum: float
    nesterov: bool
    weight_decay: float
    beta_1: float
    beta_2: float
    smoothing: float
    momentum_decay: float
    epsilon: float


class Validation(TypedDict, total=False):
    fraction: float
    column: str
    dataset: str


class Stop(TypedDict, total=False):
    gradient_norm: float | None
    cost: float | None
    seconds: float | None
    patience: int | None
    min_delta: float
    restore_best: bool


class Webhook(TypedDict, total=False):
    url: str
    secret: str
    events: Sequence[str]


class JobOptions(TypedDict, total=False):
    """A job's body without its dataset. What is left out is filled in, and shown by the job."""

    name: str | None
    metadata: Mapping[str, Any]
    target: str | int | Sequence[str | int] | None
    features: Sequence[str | int] | None
    task: Literal["auto", "regression", "binary", "multiclass"]
    network: Network
    cost: Literal["auto", "mse", "mae", "huber", "binary_cross_entropy", "cross_entropy"]
    training_cost: Literal["auto", "running", "exact"]
    optimizer: Optimizer
    epochs: int
    batch_size: int | None
    shuffle: bool
    seed: int
    dtype: Literal["float32", "float64"]
    l1: float
    l2: float
    clip_norm: float | None
    scaling: Literal["standard", "min_max", "none"]
    missing: str | Mapping[str, Any]
    class_weights: Literal["balanced"] | Mapping[str, float] | None
    weight_column: str | None
    validation: Validation | None
    stop: Stop
    priority: int
    webhooks: Sequence[Webhook]


class ErrorShown(TypedDict):
    code: str
    message: str


class Best(TypedDict):
    epoch: int
    cost: float | None
    validation_cost: float | None


class Diagnosis(TypedDict):
    verdict: str
    evidence: dict[str, float]
    sentence: str
    advice: str


class JobSummary(TypedDict):
    """A job as lists show it. Times are RFC 3339 in UTC."""

    id: str
    name: str | None
    metadata: dict[str, Any]
    status: Status
    dataset: str
    priority: int
    parameters: int
    attempt: int
    epoch: int | None
    epochs: int
    progress: float
    estimated_finish: str | None
    cost: float | None
    validation_cost: float | None
    metrics: dict[str, Any] | None
    best: Best | None
    model_epoch: int | None
    weights_sha256: str | None
    learning_rate: float | None
    stop_reason: str | None
    error: ErrorShown | None
    created_at: str
    started_at: str | None
    finished_at: str | None
    links: dict[str, str]


class JobShown(JobSummary):
    """All that a job shows of itself."""

    queue_position: int | None
    diagnosis: Diagnosis | None
    environment_changes: list[dict[str, Any]]
    learning_rate_search: dict[str, Any] | None
    spec: dict[str, Any]


class Estimates(TypedDict):
    memory_bytes: int
    seconds: float


class Verdict(TypedDict):
    """What a job would be."""

    spec: dict[str, Any]
    parameters: int
    estimates: Estimates


class HistoryRow(TypedDict):
    """One epoch. What stopped being finite, or was not measured, is None."""

    epoch: int
    cost: float | None
    validation_cost: float | None
    accuracy: float | None
    validation_accuracy: float | None
    gradient_norm: float | None
    learning_rate: float | None
    accepted: bool
    seconds: float


class Predictions(TypedDict):
    """One prediction for each row; of classes, their probabilities in the order of ``classes``."""

    predictions: list[Any]
    probabilities: list[list[float | None]] | None
    classes: list[Any] | None


class DatasetSummary(TypedDict):
    """A dataset as lists show it."""

    id: str
    name: str | None
    rows: int
    media_type: str
    size_bytes: int
    sha256: str
    created_at: str | None
    links: dict[str, str]


class DatasetShown(DatasetSummary):
    """A dataset. Each of ``columns`` has a name, a type, and what was counted of it."""

    columns: list[dict[str, Any]]


class Step(TypedDict):
    """One step laid open, layer by layer."""

    forward: list[dict[str, Any]]
    cost: float | None
    backprop: list[dict[str, Any]]
    descent: list[dict[str, Any]]
    cost_after: float | None
    gradient_check: float | None


class About(TypedDict):
    name: str
    version: str
    limits: dict[str, Any]
