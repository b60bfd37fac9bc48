"""A job becomes a run in MLflow's own store of files, once, whatever breaks between."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnxruntime
import orjson
import pytest
from sqlalchemy import update

from service import actions, history
from service.blobs import FileBlobs
from service.database.mlflow_tables import MlflowRun
from service.database.sessions import Sessions
from service.database.tables import Job
from service.mlflow_runs import Writing

# MLflow's own store of files stands for a server; it has to be asked for
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
from mlflow import MlflowClient

from worker.mlflow_writer import MlflowWriter

from .kinds import Look, MakeRunner, Submit
from .looks import make_due, row_of

TENANT = "default"


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


def test_a_job_becomes_a_run_with_its_parameters_metrics_and_model(
    submit: Submit,
    runner: MakeRunner,
    job: Look,
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
        rows = history.rows(session, job_id, 0, 200)
    assert [point.value for point in costs] == [row.cost for row in rows]
    assert [point.timestamp for point in costs] == sorted(point.timestamp for point in costs)
    model = Path(client.download_artifacts(run.info.run_id, "model", str(tmp_path)))
    assert orjson.loads((model / "model.json").read_bytes())["job"] == job_id
    assert onnxruntime.InferenceSession(model / "model.onnx").get_inputs()
    assert row_of(sessions, job_id).finished_at == ended.finished_at


def test_a_run_that_broke_off_goes_on_where_it_was(
    submit: Submit,
    runner: MakeRunner,
    track: Any,
    writer: MlflowWriter,
    store: str,
    sessions: Sessions,
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
    submit: Submit,
    runner: MakeRunner,
    track: Any,
    writer: MlflowWriter,
    store: str,
    sessions: Sessions,
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
    submit: Submit,
    job: Look,
    runner: MakeRunner,
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


def test_a_job_that_is_retried_before_it_is_written_is_written_at_its_next_end(
    submit: Submit,
    runner: MakeRunner,
    track: Any,
    writer: MlflowWriter,
    store: str,
    sessions: Sessions,
) -> None:
    job_id = submit()
    with sessions.writing() as session:
        actions.cancel(session, TENANT, job_id)
        session.commit()

    class Late:
        """Writes a job that is queued again by then."""

        def write(self, writing: Writing, reached: Callable[[str, int | None], None]) -> None:
            with sessions.writing() as session:
                actions.retry(session, TENANT, job_id)
                session.commit()
            writer.write(writing, reached)

    track(Late())
    assert runs_in(store) == []
    runner().run_until_idle()
    track(writer)
    assert [run.info.status for run in runs_in(store)] == ["FINISHED"]


def test_a_job_that_does_not_want_it_is_left_out(
    submit: Submit,
    runner: MakeRunner,
    track: Any,
    writer: MlflowWriter,
    store: str,
    sessions: Sessions,
) -> None:
    job_id = submit()
    with sessions.writing() as session:
        session.execute(update(Job).values(metadata_={"mlflow": "off"}))
        session.commit()
    runner().run_until_idle()
    track(writer)
    assert runs_in(store) == []
    assert row_of(sessions, job_id).finished_at is not None
