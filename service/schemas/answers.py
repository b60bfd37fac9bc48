"""What the service answers, as types: the answers are built as these, and described by them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from service.schemas.jobs import Priority, SpecFields
from service.schemas.webhooks import WebhookShown
from service.states import JobStatus


class ErrorShown(TypedDict):
    """Why a job failed."""

    code: str
    message: str


class Best(TypedDict):
    """The epoch of least validation cost so far; without validation data, of least cost."""

    epoch: int
    cost: float | None
    validation_cost: float | None


class SearchPoint(TypedDict):
    """One step of a range test."""

    learning_rate: float
    cost: Annotated[float, Field(description="Smoothed, as met before the step.")]


class LearningRateSearch(TypedDict):
    """How `learning_rate: auto` was found: steps with a rate that grows from each to the next."""

    learning_rate: Annotated[float, Field(description="The one the job trains with.")]
    curve: list[SearchPoint]


class Diagnosis(TypedDict):
    """What a history says of the learning rate."""

    verdict: Literal["too_large", "too_small", "converged", "overfitting", "healthy"]
    evidence: Annotated[
        dict[str, float], Field(description="What was measured of the curve, by name.")
    ]
    sentence: str
    advice: str


class Macro(TypedDict):
    """Means over the classes, of those that are defined."""

    precision: float | None
    recall: float | None
    f1: float | None


class ClassScores(TypedDict):
    """Of one class. A score that is not defined is null."""

    label: str | bool | int
    rows: Annotated[int, Field(description="How many rows are truly of this class.")]
    precision: Annotated[float | None, Field(description="Null for a class never predicted.")]
    recall: Annotated[float | None, Field(description="Null for a class without a row.")]
    f1: Annotated[float | None, Field(description="Null for a class of neither.")]
    roc_auc: Annotated[float | None, Field(description="This class against all others.")]


class ClassificationScores(TypedDict):
    """Of the probabilities of classes."""

    accuracy: float | None
    log_loss: Annotated[
        float | None, Field(description="Mean −log p of the true class; p counts as 2⁻⁵² at least.")
    ]
    roc_auc: Annotated[
        float | None, Field(description="Exact with ties; of more than two classes, their mean.")
    ]
    macro: Macro
    classes: NotRequired[
        Annotated[
            list[ClassScores],
            Field(description="In the order of the outputs. Left out of lists of jobs."),
        ]
    ]
    confusion_matrix: NotRequired[
        Annotated[
            list[list[int]] | None,
            Field(
                description="For each true class the rows predicted as each class, in the order "
                "of `classes`; null for more than 100 of them. Left out of lists of jobs."
            ),
        ]
    ]


class TargetScores(TypedDict):
    """Of one target of a regression, in its own units."""

    target: str | int
    mae: float | None
    rmse: float | None
    r2: Annotated[float | None, Field(description="Null for a target that is constant.")]


class RegressionScores(TypedDict):
    """Means over the targets, and each target's own."""

    mae: float | None
    rmse: float | None
    r2: float | None
    targets: NotRequired[
        Annotated[list[TargetScores], Field(description="Left out of lists of jobs.")]
    ]


Scores = ClassificationScores | RegressionScores


class Metrics(TypedDict):
    """Scores of the model, by parts of the data; weights of rows do not count in them."""

    training: Scores
    validation: Annotated[Scores | None, Field(description="Null without validation rows.")]


class JobSummary(TypedDict):
    """A job, its large parts left out."""

    id: str
    name: str | None
    metadata: dict[str, Any]
    status: JobStatus
    dataset: str
    priority: int
    parameters: Annotated[int, Field(description="How many weights and biases the network has.")]
    attempt: int
    epoch: Annotated[int | None, Field(description="The last epoch in the history.")]
    epochs: int
    progress: Annotated[float, Field(ge=0, le=1)]
    estimated_finish: Annotated[
        datetime | None, Field(description="Of a running job, by the time its epochs take.")
    ]
    cost: float | None
    validation_cost: float | None
    metrics: Metrics | None
    best: Best | None
    model_epoch: Annotated[int | None, Field(description="The epoch whose weights the model has.")]
    weights_sha256: str | None
    learning_rate: float | None
    stop_reason: str | None
    error: ErrorShown | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    links: dict[str, str]


class EnvironmentChange(TypedDict):
    """An attempt that went on from a checkpoint in another environment: bits may differ."""

    attempt: int
    epoch: Annotated[int, Field(description="The epoch it went on after.")]
    name: Annotated[str, Field(description="kernel, numpy, threads …")]
    before: str | int | None
    after: str | int | None


class SpecShown(SpecFields):
    """A job's spec with all that was filled in."""

    dataset: Annotated[
        str | None, Field(description="A name or an id; null for data that was not stored.")
    ]
    priority: Priority
    webhooks: list[WebhookShown]


SpecReasons = Annotated[
    dict[str, str],
    Field(
        description="Why what was left open was filled as it was: a sentence by a pointer into "
        "the spec, such as /task."
    ),
]


class Job(JobSummary):
    """A training job."""

    queue_position: Annotated[int | None, Field(description="1 for the job that is next.")]
    diagnosis: Annotated[
        Diagnosis | None,
        Field(description="Of the history so far, or whole; null before its first row."),
    ]
    environment_changes: list[EnvironmentChange]
    learning_rate_search: Annotated[
        LearningRateSearch | None,
        Field(description="Null where none was asked for, and until it is done."),
    ]
    spec: SpecShown
    spec_reasons: SpecReasons


class Estimates(TypedDict):
    memory_bytes: int
    seconds: float


class Verdict(TypedDict):
    """What a job would be: nothing of it was stored."""

    spec: SpecShown
    spec_reasons: SpecReasons
    parameters: int
    estimates: Estimates


class JobList(TypedDict):
    data: list[JobSummary]
    has_more: bool
    next: Annotated[str | None, Field(description="The `after` of the page that follows.")]


class Alive(TypedDict):
    status: Literal["ok"]


class Readiness(TypedDict):
    """Whether each part is fit."""

    status: Literal["ready", "not ready"]
    parts: Annotated[
        dict[str, str], Field(description="database, migrations, broker: `ok`, or what is wrong.")
    ]


class Limits(TypedDict):
    """The limits in force."""

    body_bytes: int
    upload_bytes: Annotated[int, Field(description="Of one file that is sent as a dataset.")]
    uploads: Annotated[int, Field(description="Of everyone, at once.")]
    stored_bytes: Annotated[
        int | None, Field(description="Of one tenant's datasets; null for no limit.")
    ]
    rows: int
    columns: int
    cells: Annotated[int, Field(description="Rows times columns.")]
    parameters: int
    epochs: int
    memory_bytes: Annotated[
        int, Field(description="Of one training, by the estimate that `validate_only` gives.")
    ]
    job_seconds: Annotated[
        float | None, Field(description="Of training, in all attempts; null for no limit.")
    ]
    queued_jobs: Annotated[int, Field(description="Of one tenant, at once.")]
    running_jobs: Annotated[
        int | None, Field(description="Of one tenant, at once; null for no limit.")
    ]
    requests_per_minute: Annotated[int | None, Field(description="Of one key; null for no limit.")]
    waits: Annotated[int, Field(description="Long polls that are held at once.")]
    streams: Annotated[int, Field(description="Event streams that are held at once.")]


class About(TypedDict):
    name: str
    version: str
    limits: Limits
