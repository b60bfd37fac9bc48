"""Ended jobs reach a tracking server once each, whatever breaks between."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import onnxruntime
import orjson
import pytest
from sqlalchemy import update

from service import actions, mlflow_runs
from service.blobs import FileBlobs
from service.database.mlflow_tables import MlflowRun
from service.database.sessions import Sessions
from service.database.tables import Job
from service.database.types import now
from service.mlflow_runs import Writing
from worker.tracking import Tracking

# MLflow's own store of files stands for a server; it has to be asked for
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
from mlflow import MlflowClient

from worker.mlflow_writer import MlflowWriter

TENANT = "default"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Notes:
    """A writer that notes whom it was given, and fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.given: list[str] = []
        self.failures = failures

    def write(self, writing: Writing, reached: Callable[[str, int | None], None]) -> None:
        self.given.append(writing.job_id)
        reached(f"run of {writing.job_id}", 1)
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the server is away")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def track(sessions: Sessions, clock: Clock) -> Iterator[Callable[[Any], None]]:
    """Looks once with this writer, and waits until its thread has nothing left to do."""
    made: dict[int, Tracking] = {}

    def look(writer: Any) -> None:
        tracking = made.setdefault(
            id(writer), Tracking(sessions, writer, clock, chance=lambda: 0.0)
        )
        tracking.write_what_is_due()
        for thread in threading.enumerate():
            if thread.name.startswith("mlflow"):
                thread.join()

    yield look
    for tracking in made.values():
        tracking.close()


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"file://{tmp_path}/mlruns"


@pytest.fixture
def writer(sessions: Sessions, blobs: FileBlobs, store: str) -> MlflowWriter:
    return MlflowWriter(sessions, blobs, store, "shop")


def runs_in(store: str) -> list[Any]:
    client = MlflowClient(tracking_uri=store)
    experiment = client.get_experiment_by_name("shop")
    return list(client.search_runs([experiment.experiment_id])) if experiment else []


def row_of(sessions: Sessions, job_id: str) -> MlflowRun:
    with sessions.reading() as session:
        return session.get_one(MlflowRun, job_id)


def make_due(sessions: Sessions, job_id: str) -> None:
    with sessions.writing() as session:
        session.execute(update(MlflowRun).values(next_attempt_at=now() - timedelta(seconds=1)))
        session.commit()


def test_a_job_becomes_a_run_with_its_parameters_metrics_and_model(
    submit: Any,
    runner: Any,
    job: Any,
    track: Any,
    writer: MlflowWriter,
    store: str,
    sessions: Sessions,
    tmp_path: Path,
) -> None:
    job_id = submit(epochs=200, network={"hidden": [{"units": 5, "activation": "relu"}]})
    runner().run_until_idle()
    track(writer)
    (run,) = runs_in(store)
    ended = job(job_id)
    assert run.info.status == "FINISHED"
    assert (run.info.run_name, run.data.tags["descentd.job"]) == (job_id, job_id)
    assert run.data.tags["descentd.diagnosis"] == ended.diagnosis["verdict"]
    assert run.data.params["network.hidden.0.activation"] == "relu"
    assert run.data.params["optimizer.learning_rate"] == "0.01"
    assert run.data.metrics["validation.accuracy"] == ended.metrics["validation"]["accuracy"]
    client = MlflowClient(tracking_uri=store)
    costs = client.get_metric_history(run.info.run_id, "cost")
    assert [point.step for point in costs] == list(range(201))
    with sessions.reading() as session:
        from service import history

        rows = history.rows(session, job_id, 0, 200)
    assert [point.value for point in costs] == [row.cost for row in rows]
    assert [point.timestamp for point in costs] == sorted(point.timestamp for point in costs)
    model = Path(client.download_artifacts(run.info.run_id, "model", str(tmp_path)))
    assert orjson.loads((model / "model.json").read_bytes())["job"] == job_id
    assert onnxruntime.InferenceSession(model / "model.onnx").get_inputs()
    assert row_of(sessions, job_id).finished_at == ended.finished_at


def test_a_run_that_broke_off_goes_on_where_it_was(
    submit: Any,
    runner: Any,
    track: Any,
    writer: MlflowWriter,
    store: str,
    sessions: Sessions,
    clock: Clock,
) -> None:
    job_id = submit(epochs=400)
    runner().run_until_idle()

    class BreakingOff:
        """Fails after so many notes of how far it came."""

        def write(self, writing: Writing, reached: Callable[[str, int | None], None]) -> None:
            noted = []

            def reached_twice(run_id: str, epoch: int | None) -> None:
                if len(noted) == 2:
                    raise ConnectionError("the server went away")
                reached(run_id, epoch)
                noted.append(epoch)

            writer.write(writing, reached_twice)

    track(BreakingOff())
    left = row_of(sessions, job_id)
    assert (left.epoch, left.failures, left.finished_at) == (165, 1, None)
    make_due(sessions, job_id)
    track(writer)
    (run,) = runs_in(store)
    costs = MlflowClient(tracking_uri=store).get_metric_history(run.info.run_id, "cost")
    assert sorted({point.step for point in costs}) == list(range(401))
    assert run.info.status == "FINISHED"


def test_a_run_that_was_made_and_not_noted_is_found_again(
    submit: Any, runner: Any, track: Any, writer: MlflowWriter, store: str, sessions: Sessions
) -> None:
    submit()
    runner().run_until_idle()
    track(writer)
    with sessions.writing() as session:
        session.execute(update(MlflowRun).values(run_id=None, epoch=None, finished_at=None))
        session.commit()
    track(writer)
    assert len(runs_in(store)) == 1


def test_a_job_that_is_retried_and_ends_again_is_the_same_run(
    submit: Any,
    job: Any,
    runner: Any,
    track: Any,
    writer: MlflowWriter,
    store: str,
    sessions: Sessions,
) -> None:
    job_id = submit()
    with sessions.writing() as session:
        actions.cancel(session, TENANT, job_id)
        session.commit()
    track(writer)
    assert [run.info.status for run in runs_in(store)] == ["KILLED"]
    with sessions.writing() as session:
        actions.retry(session, TENANT, job_id)
        session.commit()
    runner().run_until_idle()
    track(writer)
    assert [run.info.status for run in runs_in(store)] == ["FINISHED"]


def test_a_job_that_does_not_want_it_is_left_out(
    submit: Any, runner: Any, track: Any, writer: MlflowWriter, store: str, sessions: Sessions
) -> None:
    job_id = submit()
    with sessions.writing() as session:
        session.execute(update(Job).values(metadata_={"mlflow": "off"}))
        session.commit()
    runner().run_until_idle()
    track(writer)
    assert runs_in(store) == []
    assert row_of(sessions, job_id).finished_at is not None


def test_jobs_wait_while_the_server_is_away(
    submit: Any, runner: Any, track: Any, clock: Clock, sessions: Sessions
) -> None:
    first, second = submit(), submit()
    runner().run_until_idle()
    notes = Notes(failures=1)
    track(notes)
    assert notes.given == [second], "the latest first, and nothing more after a failure"
    make_due(sessions, second)
    track(notes)
    assert notes.given == [second]
    clock.now += 5.0
    track(notes)
    assert notes.given == [second, second, first]
    track(notes)
    assert len(notes.given) == 3


def test_a_job_is_written_by_one_and_taken_over_from_one_that_died(
    submit: Any, runner: Any, sessions: Sessions
) -> None:
    job_id = submit()
    runner().run_until_idle()

    def claim(lease_seconds: float) -> Writing | None:
        with sessions.writing() as session:
            taken = mlflow_runs.claim(session, None, lease_seconds)
            session.commit()
            return taken

    dead = claim(0.0)
    assert dead is not None
    alive = claim(300.0)
    assert alive is not None
    assert alive.job_id == job_id
    assert claim(300.0) is None
    with sessions.writing() as session:
        assert mlflow_runs.reached(session, dead, "run", 1) is None
        assert not mlflow_runs.failed(session, dead, 1.0)
        assert not mlflow_runs.written(session, dead)
        assert mlflow_runs.written(session, alive)


def test_a_job_of_long_ago_is_found_by_a_look_at_all(
    submit: Any, runner: Any, sessions: Sessions
) -> None:
    submit()
    runner().run_until_idle()
    with sessions.writing() as session:
        session.execute(update(Job).values(finished_at=now() - timedelta(days=3)))
        session.commit()
    with sessions.reading() as session:
        assert not mlflow_runs.is_any(session, now() - timedelta(minutes=10))
        assert mlflow_runs.is_any(session, None)
