"""A real service writes its jobs to MLflow: to a store of files, and to a whole tracking server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from chaos.servers import free_port

from .stack import ROOT, serving, settings

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
from mlflow import MlflowClient

PATIENCE_SECONDS = 180.0


def runs_once_ended(url: str, count: int) -> list[Any]:
    """The runs of the experiment, once so many have ended."""
    client = MlflowClient(tracking_uri=url)
    deadline = monotonic() + PATIENCE_SECONDS
    ended: list[Any] = []
    while len(ended) < count and monotonic() < deadline:
        experiment = client.get_experiment_by_name("nightly")
        if experiment is not None:
            runs = client.search_runs([experiment.experiment_id])
            ended = [run for run in runs if run.info.status != "RUNNING"]
        sleep(0.1)
    return ended


def see_jobs_become_runs(folder: Path, url: str, client: MlflowClient) -> None:
    environ = settings(folder / "data") | {
        "DESCENTD_MLFLOW_URL": url,
        "DESCENTD_MLFLOW_EXPERIMENT": "nightly",
        "MLFLOW_ALLOW_FILE_STORE": "true",
    }
    with serving(environ, "up", "--workers", "1") as service:
        sound = service.client.submit(epochs=20, name="sound", metadata={"team": "a"})
        wild = {"kind": "gradient_descent", "learning_rate": 1e6}
        service.client.submit(epochs=20, name="wild", optimizer=wild, task="multiclass", cost="mse")
        runs = {run.info.run_name: run for run in runs_once_ended(url, 2)}
        job = service.client.at_rest(sound)
        rows = service.client.history(sound)
    assert runs.keys() == {"sound", "wild"}
    run = runs["sound"]
    assert run.info.status == "FINISHED"
    assert run.data.tags["metadata.team"] == "a"
    assert run.data.tags["descentd.weights_sha256"] == job["weights_sha256"]
    assert run.data.params["optimizer.kind"] == "adam"
    for name in ("cost", "validation_cost", "gradient_norm"):
        history = client.get_metric_history(run.info.run_id, name)
        assert [(point.step, point.value) for point in history] == [
            (row["epoch"], row[name]) for row in rows if row[name] is not None
        ]
    folder_of_model = client.download_artifacts(run.info.run_id, "model", str(folder))
    assert sorted(path.name for path in Path(folder_of_model).iterdir()) == [
        "model.json",
        "model.onnx",
    ]


def test_jobs_become_runs_in_a_store_of_files(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/mlruns"
    see_jobs_become_runs(tmp_path, url, MlflowClient(tracking_uri=url))


@pytest.mark.verify
def test_jobs_become_runs_on_a_tracking_server(tmp_path: Path) -> None:
    with tracking_server(tmp_path) as url:
        see_jobs_become_runs(tmp_path, url, MlflowClient(tracking_uri=url))


@contextmanager
def tracking_server(folder: Path) -> Iterator[str]:
    """A server of MLflow's own, from its lock, in an environment of its own."""
    python = installed(folder / "venv")
    port = free_port()
    command = [str(python), "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--workers", "1"]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, start_new_session=True
        ) as server,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            until_healthy(url, server)
            yield url
        finally:
            os.killpg(server.pid, 15)


def installed(venv: Path) -> Path:
    """The Python of an environment that holds a tracking server; skips where none can be had."""
    uv = Path(sys.executable).with_name("uv")
    python = venv / "bin" / "python"
    lock = ROOT / "requirements" / "mlflow.lock"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, venv], check=True)
    command = [uv, "pip", "sync", "--quiet", "--python", python, "--require-hashes", lock]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and ("dns error" in done.stderr or "onnect" in done.stderr):
        pytest.skip("no package registry is reached")
    assert done.returncode == 0, done.stderr
    return python


def until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    with httpx.Client(trust_env=False) as client:
        while server.poll() is None and monotonic() < deadline:
            try:
                if client.get(f"{url}/health").status_code == 200:
                    return
            except httpx.TransportError:
                sleep(0.1)
    pytest.fail("the tracking server did not start")
