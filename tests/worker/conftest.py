"""Jobs for a runner, on each kind of database in turn, and ways to look at what became of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from engine.estimates import parameter_count
from engine.filling import fill
from engine.spec import from_dict
from service import datasets, history, jobs
from service.blobs import FileBlobs
from service.database.sessions import Sessions
from service.database.tables import Job
from service.jobs import Submission
from service.webhooks import Webhook
from worker.runner import Runner
from worker.tracking import Tracking

from .looks import TrackingClock

TENANT = "default"


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobs:
    return FileBlobs(tmp_path / "blobs")


@pytest.fixture
def submit(sessions: Sessions, blobs: FileBlobs) -> Callable[..., str]:
    """Submits a job on iris, or on another dataset, and gives its id; words are its body's."""

    def run(
        dataset: str = "iris", priority: int = 5, webhooks: Sequence[Webhook] = (), **body: Any
    ) -> str:
        with sessions.writing() as session:
            table = datasets.table_of(session, blobs, TENANT, dataset)
            spec = fill(
                from_dict({"epochs": 3, "optimizer": {"learning_rate": 0.01}, **body}), table
            )
            features = len(spec.features)
            submission = Submission(
                spec=spec,
                dataset=dataset,
                features=features,
                outputs=3,
                parameters=parameter_count(spec, features, 3),
                priority=priority,
                webhooks=webhooks,
            )
            job = jobs.submit(session, TENANT, submission)
            session.commit()
            return job.id

    return run


@pytest.fixture
def store(sessions: Sessions, blobs: FileBlobs) -> Callable[..., str]:
    """Stores inline data as a dataset and gives its id."""

    def run(inputs: list[Any], targets: list[Any]) -> str:
        with sessions.writing() as session:
            dataset = datasets.add_inline(session, blobs, TENANT, inputs, targets)
            session.commit()
            return dataset.id

    return run


@pytest.fixture
def job(sessions: Sessions) -> Callable[[str], Job]:
    """The job as it is now."""

    def look(job_id: str) -> Job:
        with sessions.reading() as session:
            return jobs.get(session, TENANT, job_id)

    return look


@pytest.fixture
def rows(sessions: Sessions) -> Callable[[str], list[Mapping[str, Any]]]:
    """The job's whole history, without the seconds, which no two runs share."""

    def look(job_id: str) -> list[Mapping[str, Any]]:
        with sessions.reading() as session:
            page = history.rows(session, job_id, 0, 100_000)
        kept = [name for name in history.COLUMNS if name != "seconds"]
        return [{name: getattr(row, name) for name in kept} for row in page]

    return look


@pytest.fixture
def runner(sessions: Sessions, blobs: FileBlobs) -> Callable[..., Runner]:
    """Makes a runner that nobody stops and that beats often; what is given replaces that."""

    def make(**options: Any) -> Runner:
        usual: dict[str, Any] = {
            "environment": {"threads": 1},
            "stopping": lambda: False,
            "beat_seconds": 0.01,
        }
        return Runner(sessions, blobs, "worker-1", **(usual | options))

    return make


@pytest.fixture
def hasty() -> Callable[[], float]:
    """A clock by which each look is long after the one before: every epoch's end is saved."""
    return count(step=10.0).__next__


@pytest.fixture
def watchful() -> Callable[[], float]:
    """A clock by which it is time at each batch to ask whether to go on."""
    return count(step=0.02).__next__


@pytest.fixture
def at_epoch(sessions: Sessions, job: Callable[[str], Job]) -> Callable[..., Callable[[], bool]]:
    """Makes a `stopping` that acts once: when the given epoch is recorded and, unless told
    otherwise, saved too.
    """

    def make(
        job_id: str, epoch: int, act: Callable[..., object], saved: bool = True
    ) -> Callable[[], bool]:
        # It is asked between record and checkpoint first, and then amid the next epoch
        waiting = 1 if saved else 0

        def stopping() -> bool:
            nonlocal waiting
            if waiting >= 0 and (job(job_id).epoch or 0) >= epoch:
                if waiting == 0:
                    with sessions.writing() as session:
                        act(session)
                        session.commit()
                waiting -= 1
            return False

        return stopping

    return make


@pytest.fixture
def ending(job: Callable[[str], Job], rows: Callable[..., Any]) -> Callable[[str], tuple[Any, ...]]:
    """What a job came to: model, scores and history."""

    def look(job_id: str) -> tuple[Any, ...]:
        done = job(job_id)
        shown = (done.weights_sha256, done.cost, done.validation_cost, done.metrics, done.best)
        return (*shown, done.model_epoch, rows(job_id))

    return look


@pytest.fixture
def tracking_clock() -> TrackingClock:
    return TrackingClock()


@pytest.fixture
def track(sessions: Sessions, tracking_clock: TrackingClock) -> Iterator[Callable[[Any], None]]:
    """Looks once with this writer, and waits until its thread has nothing left to do."""
    made: dict[int, Tracking] = {}

    def look(writer: Any) -> None:
        tracking = made.setdefault(
            id(writer), Tracking(sessions, writer, tracking_clock, chance=lambda: 0.0)
        )
        tracking.write_what_is_due()
        for thread in threading.enumerate():
            if thread.name.startswith("mlflow"):
                thread.join()

    yield look
    for tracking in made.values():
        tracking.close()
