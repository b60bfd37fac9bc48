"""What a job is called in MLflow."""

from __future__ import annotations

from collections import namedtuple
from datetime import UTC, datetime
from typing import Any

import pytest

from service.database.tables import Job
from service.states import JobStatus
from worker import mlflow_words as words

ROW = namedtuple("ROW", [*words.NUMBERS, "epoch", "seconds"])
AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def job(**values: Any) -> Job:
    return Job(
        **{
            "id": "job_1",
            "tenant_id": "default",
            "metadata_": {},
            "status": JobStatus.SUCCEEDED,
            "dataset": "iris",
            "parameters": 131,
            "attempt": 1,
            "spec": {},
            "started_at": AT,
            "finished_at": AT,
            **values,
        }
    )


def test_a_spec_is_flat() -> None:
    spec = {
        "optimizer": {"kind": "adam", "learning_rate": {"kind": "step", "initial": 0.1}},
        "network": {"hidden": [{"units": 5}, {"units": 3}], "weights": [{"weights": [[1]]}]},
        "features": ["a", "b"],
        "clip_norm": None,
        "missing": {"größe": "mean"},
    }
    assert words.parameters_of(job(spec=spec)) == {
        "optimizer.kind": "adam",
        "optimizer.learning_rate.kind": "step",
        "optimizer.learning_rate.initial": "0.1",
        "network.hidden.0.units": "5",
        "network.hidden.1.units": "3",
        "network.weights": "sent with the job",
        "features": '["a", "b"]',
        "clip_norm": "null",
        "missing.gr__e": "mean",
        "dataset": "iris",
        "parameters": "131",
    }


def test_a_value_is_no_longer_than_servers_take() -> None:
    text = words.parameters_of(job(spec={"features": ["a" * 600]}))["features"]
    assert text == '["' + "a" * 498


def test_tags_tell_how_it_ended_and_what_it_is_about() -> None:
    failed = job(
        status=JobStatus.FAILED,
        metadata_={"team": "a", "priority": 3},
        stop_reason="diverged",
        error_code="diverged",
        error_message="the cost is not finite",
    )
    diagnosis = {"verdict": "too_large", "sentence": "It rose.", "advice": "Take less."}
    assert words.tags_of(failed, diagnosis) == {
        "descentd.job": "job_1",
        "descentd.tenant": "default",
        "descentd.attempt": "1",
        "descentd.stop_reason": "diverged",
        "descentd.error": "diverged: the cost is not finite",
        "descentd.diagnosis": "too_large",
        "mlflow.note.content": "It rose. Take less.",
        "mlflow.source.name": "descentd",
        "metadata.team": "a",
        "metadata.priority": "3",
    }


def test_scores_are_those_that_are_one_number() -> None:
    metrics = {
        "training": {"accuracy": 0.5, "macro": {"f1": 0.25}, "roc_auc": None},
        "validation": None,
    }
    metrics["training"]["confusion_matrix"] = [[1, 0], [0, 1]]
    metrics["training"]["classes"] = [{"label": "a", "rows": 2}]
    at = int(AT.timestamp() * 1000)
    assert list(words.scores_of(job(metrics=metrics, model_epoch=7))) == [
        ("training.accuracy", 0.5, at, 7),
        ("training.macro.f1", 0.25, at, 7),
    ]


def test_points_have_the_time_at_which_their_epoch_was_over() -> None:
    empty = dict.fromkeys(words.NUMBERS)
    rows = [
        ROW(**{**empty, "cost": 2.0}, epoch=3, seconds=0.5),
        ROW(**{**empty, "cost": 1.0, "learning_rate": 0.1}, epoch=4, seconds=0.25),
    ]
    assert list(words.points_of(rows, 10_000, 1.0)) == [
        ("cost", 2.0, 11_500, 3),
        ("cost", 1.0, 11_750, 4),
        ("learning_rate", 0.1, 11_750, 4),
    ]


@pytest.mark.parametrize(("metadata", "wanted"), [({}, True), ({"mlflow": "off"}, False)])
def test_a_job_may_be_left_out(metadata: dict[str, Any], wanted: bool) -> None:
    assert words.is_wanted(job(metadata_=metadata)) is wanted
