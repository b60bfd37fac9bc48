"""Workers come and go, by their own will or not: the jobs stay, each with one whole history."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from chaos.processes import all_gone, children
from engine.estimates import parameter_count
from engine.filling import fill
from engine.spec import from_dict
from service import actions, datasets, jobs
from service.blobs import FileBlobs
from service.config import Config
from service.database.migrate import upgrade
from service.database.sessions import Sessions
from service.database.tables import Job
from service.jobs import Submission
from service.queue import Sender
from service.states import JobStatus

from .stack import Running, Service, launch, settings

# Seconds of work: long enough to be interrupted, short enough to be waited for.
LONG: dict[str, Any] = {"epochs": 6000, "seed": 3}
ENDLESS: dict[str, Any] = {"epochs": 1_000_000, "validation": None}


@pytest.fixture(scope="module")
def undisturbed(embedded: Service) -> tuple[str, list[dict[str, Any]]]:
    """How the long job ends where nothing comes in between: its weights and its history."""
    client = embedded.client
    job_id = client.submit(**LONG)
    return client.at_rest(job_id)["weights_sha256"], client.history(job_id)


@pytest.mark.parametrize(
    ("service", "number"),
    [
        ("embedded", signal.SIGTERM),
        ("servers", signal.SIGKILL),
        pytest.param("embedded", signal.SIGKILL, marks=pytest.mark.verify),
        pytest.param("servers", signal.SIGTERM, marks=pytest.mark.verify),
    ],
    indirect=["service"],
)
def test_a_job_goes_on_in_another_attempt_and_ends_as_if_nothing_had_been(
    service: Service, undisturbed: tuple[str, list[dict[str, Any]]], number: signal.Signals
) -> None:
    client = service.client
    job_id = client.submit(**LONG)
    client.running(job_id)
    os.kill(service.part("worker"), number)
    client.running(job_id, attempt=2)
    job = client.at_rest(job_id)
    assert (job["status"], job["attempt"]) == ("succeeded", 2), job
    assert (job["weights_sha256"], client.history(job_id)) == undisturbed


@pytest.mark.parametrize(
    "service", ["servers", pytest.param("embedded", marks=pytest.mark.verify)], indirect=True
)
def test_a_paused_job_stops_at_once_and_ends_as_if_nothing_had_been(
    service: Service, undisturbed: tuple[str, list[dict[str, Any]]]
) -> None:
    client = service.client
    job_id = client.submit(**LONG)
    client.running(job_id)
    for attempt in (2, 3):
        asked_at = monotonic()
        assert client.act(job_id, "pause")["status"] == "paused"
        worked = client.submit(epochs=1)
        assert client.at_rest(worked)["status"] == "succeeded"
        assert client.job(job_id)["status"] == "paused"
        kept = client.history(job_id)
        assert monotonic() - asked_at < 10
        assert client.act(job_id, "resume")["status"] == "queued"
        client.running(job_id, attempt)
        assert client.history(job_id)[: len(kept)] == kept
    job = client.at_rest(job_id)
    assert (job["status"], job["attempt"]) == ("succeeded", 3), job
    assert (job["weights_sha256"], client.history(job_id)) == undisturbed


@pytest.mark.parametrize("action", ["pause", "cancel"])
def test_a_worker_lets_go_of_a_job_within_a_second(alone: Alone, action: str) -> None:
    job_id, next_job = alone.submit(**ENDLESS), alone.submit(epochs=1)
    alone.wake()
    with alone.worker():
        alone.until(job_id, lambda job: (job.epoch or 0) > 0)
        with alone.sessions.writing() as session:
            getattr(actions, action)(session, "default", job_id)
            session.commit()
        asked_at = monotonic()
        alone.until(next_job, lambda job: job.started_at is not None)
        assert monotonic() - asked_at < 1.0


def test_a_job_that_takes_too_much_memory_fails_and_the_same_process_goes_on(
    tmp_path: Path,
) -> None:
    most = 128 * 1024 * 1024
    with closing(Alone(settings(tmp_path / "data", worker_memory_bytes=most))) as alone:
        layers = [{"units": 6000, "activation": "relu"}] * 2
        huge = alone.submit(network={"hidden": layers}, epochs=1, dtype="float64")
        small = alone.submit(epochs=1)
        alone.wake()
        with alone.worker():
            succeeded = alone.until(small, lambda job: job.status is JobStatus.SUCCEEDED)
        failed = alone.job(huge)
        assert (failed.status, failed.error_code) == (JobStatus.FAILED, "out_of_memory")
        assert failed.worker_id == succeeded.worker_id


class Alone:
    """A database with jobs and a worker, but neither API nor scheduler to help."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ
        self.config = Config.from_environment(environ)
        upgrade(self.config)
        self.sessions = Sessions.of(self.config)
        self.blobs = FileBlobs(self.config.data_dir / "blobs")

    def close(self) -> None:
        self.sessions.close()

    def store(self, inputs: list[Any], targets: list[Any]) -> str:
        with self.sessions.writing() as session:
            dataset = datasets.add_inline(session, self.blobs, "default", inputs, targets)
            session.commit()
        return dataset.id

    def lose(self, dataset_id: str) -> None:
        """Take away the bytes of a dataset, as a broken disk would."""
        with self.sessions.reading() as session:
            self.blobs.delete(datasets.get(session, "default", dataset_id).blob)

    def submit(self, dataset: str = "iris", **body: Any) -> str:
        with self.sessions.writing() as session:
            table = datasets.table_of(session, self.blobs, "default", dataset)
            spec = fill(from_dict(body), table)
            sizes = len(spec.features), 3
            submission = Submission(spec, dataset, *sizes, parameter_count(spec, *sizes))
            job = jobs.submit(session, "default", submission)
            session.commit()
        return job.id

    def wake(self) -> None:
        with closing(Sender(self.config)) as sender:
            sender.send()

    def until(self, job_id: str, holds: Callable[[Job], bool]) -> Job:
        deadline = monotonic() + 30
        while monotonic() < deadline:
            job = self.job(job_id)
            if holds(job):
                return job
            sleep(0.01)
        raise AssertionError(f"{job.status} at epoch {job.epoch}: {job.error_message}")

    def job(self, job_id: str) -> Job:
        with self.sessions.reading() as session:
            return jobs.get(session, "default", job_id)

    @contextmanager
    def worker(self) -> Iterator[Running]:
        running = launch(self.environ, "worker", "--concurrency", "1")
        try:
            yield running
        finally:
            running.kill()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Alone]:
    with closing(Alone(settings(tmp_path / "data"))) as made:
        yield made


def test_a_worker_told_to_stop_hands_its_job_back_and_takes_no_other(alone: Alone) -> None:
    running, waiting = alone.submit(**ENDLESS), alone.submit(epochs=1)
    alone.wake()
    with alone.worker() as worker:
        alone.until(running, lambda job: (job.epoch or 0) > 0)
        assert worker.stop() == 0
    job = alone.job(running)
    assert (job.status, job.attempt, job.lost) == (JobStatus.QUEUED, 1, 0)
    assert (alone.job(waiting).status, alone.job(waiting).attempt) == (JobStatus.QUEUED, 0)


def test_one_process_told_to_stop_hands_its_job_back_and_another_takes_its_place(
    alone: Alone,
) -> None:
    job_id = alone.submit(**ENDLESS)
    alone.wake()
    with alone.worker() as worker:
        alone.until(job_id, lambda job: (job.epoch or 0) > 0)
        (child,) = children(worker.process.pid)
        os.kill(child, signal.SIGTERM)
        alone.until(job_id, lambda job: job.status is JobStatus.QUEUED)
        assert all_gone([child], 10)
        alone.wake()
        job = alone.until(job_id, lambda job: job.attempt == 2)
    assert job.lost == 0


def test_a_job_that_meets_an_exception_fails_and_the_same_process_goes_on(alone: Alone) -> None:
    dataset_id = alone.store([[0.0], [1.0]], [0.0, 1.0])
    broken, sound = alone.submit(dataset=dataset_id), alone.submit(epochs=1)
    alone.lose(dataset_id)
    alone.wake()
    with alone.worker():
        succeeded = alone.until(sound, lambda job: job.status is JobStatus.SUCCEEDED)
    failed = alone.job(broken)
    assert (failed.status, failed.error_code) == (JobStatus.FAILED, "internal_error")
    assert failed.worker_id == succeeded.worker_id
