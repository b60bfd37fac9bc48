"""Jobs to try things on."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.records import EpochRecord, Outcome
from engine.spec import TrainingSpec, from_dict
from service import claims, jobs
from service.blobs import FileBlobs
from service.database.sessions import Sessions
from service.database.tables import Job
from service.fences import Claim
from service.jobs import Submission
from service.stored_bytes import StoredBytes
from service.trained_models import Trained

TENANT = "default"


@pytest.fixture
def tenant() -> str:
    return TENANT


@pytest.fixture
def spec() -> TrainingSpec:
    return from_dict(
        {
            "epochs": 3,
            "optimizer": {"kind": "adam", "learning_rate": 0.1 + 0.2},
            "validation": {"fraction": 0.2},
        }
    )


@pytest.fixture
def submission(spec: TrainingSpec) -> Callable[..., Submission]:
    """Makes a submission on iris; what is given replaces its fields."""

    def make(**fields: Any) -> Submission:
        usual = {"spec": spec, "dataset": "iris", "features": 4, "outputs": 3, "parameters": 131}
        return Submission(**(usual | fields))

    return make


@pytest.fixture
def submitted(sessions: Sessions, submission: Callable[..., Submission]) -> Callable[..., Job]:
    """Submits a job and commits."""

    def submit(tenant_id: str = TENANT, **fields: Any) -> Job:
        with sessions.writing() as session:
            job = jobs.submit(session, tenant_id, submission(**fields))
            session.commit()
            return job

    return submit


@pytest.fixture
def claimed(sessions: Sessions) -> Callable[[], Claim]:
    """Claims the best queued job, which there must be, and commits."""

    def claim() -> Claim:
        with sessions.writing() as session:
            claim = claims.claim(session, "worker-1", {"threads": 1})
            session.commit()
        assert claim is not None
        return claim

    return claim


@pytest.fixture
def records() -> Callable[..., list[EpochRecord]]:
    """Makes one record for each epoch of a range; what is given replaces their fields."""

    def make(epochs: Sequence[int], **fields: Any) -> list[EpochRecord]:
        usual = {
            "validation_cost": 0.5,
            "accuracy": 0.75,
            "validation_accuracy": 0.5,
            "gradient_norm": 0.25,
            "learning_rate": 0.1,
            "accepted": True,
            "seconds": 0.001,
        }
        return [
            EpochRecord(**(usual | {"epoch": epoch, "cost": 1 / (epoch + 1)} | fields))
            for epoch in epochs
        ]

    return make


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Runs the calls in as many threads and gives their results, exceptions included."""

    def run(calls: Sequence[Callable[[], Any]]) -> list[Any]:
        with ThreadPoolExecutor(len(calls)) as pool:
            futures = [pool.submit(call) for call in calls]
            return [future.exception() or future.result() for future in futures]

    return run


@pytest.fixture
def write(sessions: Sessions) -> Callable[..., Any]:
    """Runs a use case in a transaction of its own and commits."""

    def run(use_case: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        with sessions.writing() as session:
            result = use_case(session, *arguments, **options)
            session.commit()
            return result

    return run


@pytest.fixture
def read(sessions: Sessions) -> Callable[..., Any]:
    """Runs a use case that only looks."""

    def run(use_case: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        with sessions.reading() as session:
            return use_case(session, *arguments, **options)

    return run


@pytest.fixture
def job_now(read: Callable[..., Any]) -> Callable[[str], Job]:
    """The default tenant's job as it is stored at the moment."""
    return lambda job_id: read(jobs.get, TENANT, job_id)


@pytest.fixture
def outcome() -> Outcome:
    """How a run of three epochs might have ended."""
    return Outcome(
        stop_reason="epochs",
        model_epoch=2,
        parameters=np.arange(3, dtype=np.float32),
        cost=0.125,
        validation_cost=0.25,
        metrics={
            "training": {"mae": 0.5, "rmse": 0.75, "r2": math.nan, "targets": []},
            "validation": None,
        },
        best={"epoch": 2, "cost": 0.125, "validation_cost": 0.25},
    )


@pytest.fixture
def model() -> Trained:
    """All that the store asks of a model."""
    return Trained("ab" * 32, StoredBytes(b"weights"))


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobs:
    """Where large bytes are kept; the application of these tests looks there too."""
    return FileBlobs(tmp_path / "blobs")
