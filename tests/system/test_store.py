"""API and worker on different machines: they share database, broker and a store, and no disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from service.config import Config
from service.database.migrate import upgrade

from .stack import Client, Running, launch, serving, settings

# So many that the checkpoints and the model are too large for a row
WIDE = {"hidden": [{"units": 600}, {"units": 600}]}
PREFIX = "descentd/here/"


@pytest.fixture(params=["servers"])
def apart(tmp_path: Path, postgres_url: str, redis_url: str, store_url: str) -> Iterator[Client]:
    """The client of an API whose worker has a data directory of its own."""
    shared = {"database_url": postgres_url, "broker_url": redis_url, "blobs_url": store_url}
    here, there = (settings(tmp_path / name, **shared) for name in ("here", "there"))
    upgrade(Config.from_environment(own(here)))
    with ExitStack() as running:
        worker = launch(there, "worker", "--concurrency", "1")
        running.callback(stop, worker)
        yield running.enter_context(serving(here, "serve")).client


def own(environ: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in environ.items() if name.startswith("DESCENTD_")}


def stop(running: Running) -> None:
    assert running.stop() == 0, running.log.read_text()


def test_a_job_is_trained_elsewhere_from_its_rows_to_its_model(
    apart: Client, tmp_path: Path, store_client: Any, store_url: str
) -> None:
    rows = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [0, 1, 1, 0]}
    job = apart.at_rest(apart.submit(dataset=rows, network=WIDE, epochs=2))
    assert job["status"] == "succeeded", job
    asked = {"inputs": rows["inputs"]}
    answer = apart.http.post(f"/v1/jobs/{job['id']}/predictions", json=asked)
    assert len(answer.json()["predictions"]) == 4
    bucket = store_url.removeprefix("s3://").partition("/")[0]
    kept = store_client.list_objects_v2(Bucket=bucket)["Contents"]
    assert {entry["Key"].removeprefix(PREFIX).partition("/")[0] for entry in kept} == {
        "datasets",
        "models",
    }
    assert not (tmp_path / "here/blobs").exists()
    assert not (tmp_path / "there/blobs").exists()
