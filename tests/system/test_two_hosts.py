"""API, database, broker and store on one host, workers on another, and the network between cut."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import boto3
import pytest

from chaos.servers import Servers, Store, missing

from .hosts import Hosts, two_hosts
from .stack import LEASE_SECONDS, Client, Running, launch, serving, settings

BUCKET = "jobs"
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
# Its rows lie in the store; so do its checkpoints and its model, too large for the database
WIDE: dict[str, Any] = {
    "dataset": {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [0, 1, 1, 0]},
    "network": {"hidden": [{"units": 600}, {"units": 600}]},
    "epochs": 500,
    "seed": 5,
}
LONG: dict[str, Any] = {"dataset": "iris", "epochs": 10_000, "seed": 3}


@dataclass(frozen=True, slots=True)
class Apart:
    """A client of the API, and the hosts."""

    client: Client
    hosts: Hosts


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    """Two workers on the second host; all else on the first."""
    if reason := missing():
        pytest.skip(reason)
    with ExitStack() as running:
        hosts = running.enter_context(two_hosts())
        environ = {**settings(tmp_path / "first", **servers(running, tmp_path, hosts)), **KEYS}
        command(environ, "migrate")
        key = command(environ, "keys", "create")
        running.callback(stop, launch(environ, "scheduler", within=hosts.first.within))
        for name in ("second", "third"):
            own = {**environ, "DESCENTD_DATA_DIR": str(tmp_path / name)}
            words = ("worker", "--concurrency", "1")
            running.callback(stop, launch(own, *words, within=hosts.second.within))
        client = running.enter_context(serving(environ, "serve", place=hosts.first)).client
        client.http.headers["Authorization"] = f"Bearer {key}"
        yield Apart(client, hosts)


def servers(running: ExitStack, folder: Path, hosts: Hosts) -> dict[str, str]:
    """Start database, broker and store on the first host, and give the settings that name them."""
    both = running.enter_context(Servers.running(hosts.first))
    store = Store(folder, hosts.first)
    running.callback(store.stop)
    store.start()
    keys = {name.lower(): value for name, value in KEYS.items()}
    client = boto3.client("s3", endpoint_url=store.url, region_name="us-east-1", **keys)
    client.create_bucket(Bucket=BUCKET)
    return {
        "database_url": both.postgres.new_database(),
        "broker_url": both.redis.url,
        "blobs_url": f"s3://{BUCKET}/here?endpoint={store.url}&region=us-east-1",
        "auth": "keys",
    }


def command(environ: Mapping[str, str], *words: str) -> str:
    full = [sys.executable, "-P", "-m", "cli", *words]
    return subprocess.run(
        full, env=dict(environ), check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


def stop(running: Running) -> None:
    assert running.stop() == 0, running.log.read_text()


@pytest.mark.parametrize(
    "seconds", [2 * LEASE_SECONDS, pytest.param(20.0, marks=pytest.mark.verify)]
)
def test_a_network_that_is_cut_and_mended_loses_nothing(apart: Apart, seconds: float) -> None:
    client = apart.client
    ids = [client.submit(**body) for body in (WIDE, LONG)]
    for job_id in ids:
        until_recorded(client, job_id)
    with apart.hosts.apart():
        cut_at = monotonic()
        before = [client.job(job_id) for job_id in ids]
        assert [job["status"] for job in before] == ["running", "running"]
        ids.append(client.submit(dataset="iris", epochs=5))
        while monotonic() - cut_at < seconds:
            sleep(0.1)
        assert client.job(ids[2])["status"] == "queued"
    jobs = [client.at_rest(job_id) for job_id in ids]
    assert [job["status"] for job in jobs] == ["succeeded"] * 3, jobs
    assert [job["attempt"] > 1 for job in jobs] == [True, True, False]
    again = [client.submit(**body) for body in (WIDE, LONG)]
    for job_id, undisturbed in zip(ids, again, strict=False):
        assert ending(client, job_id) == ending(client, undisturbed)
    assert len(client.http.get("/v1/jobs").json()["data"]) == len(ids) + len(again)


def until_recorded(client: Client, job_id: str) -> None:
    """Wait until the job has rows of its history."""
    while not client.running(job_id)["epoch"]:
        sleep(0.01)


def ending(client: Client, job_id: str) -> tuple[Any, ...]:
    job = client.at_rest(job_id)
    assert job["status"] == "succeeded", job
    return job["weights_sha256"], job["cost"], client.history(job_id)
