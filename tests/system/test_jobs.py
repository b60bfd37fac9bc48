"""Jobs through the whole service: HTTP, database, broker, worker, numpy, and back."""

from __future__ import annotations

import statistics
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import monotonic
from typing import Any

import pytest

from .stack import Client, Service

ENDLESS = {"epochs": 1_000_000, "validation": None}


def test_iris_is_learned(client: Client) -> None:
    job_id = client.submit(dataset="iris", epochs=100, seed=1)
    job = client.at_rest(job_id)
    assert job["status"] == "succeeded", job
    rows = client.history(job_id)
    assert [row["epoch"] for row in rows] == list(range(101))
    assert rows[-1]["validation_accuracy"] > 0.9
    answer = client.http.post(
        f"/v1/jobs/{job_id}/predictions", json={"inputs": [[5.1, 3.5, 1.4, 0.2]]}
    )
    assert answer.json()["predictions"] == ["setosa"]


def test_one_job_gives_one_history_on_every_stack(embedded: Service, servers: Service) -> None:
    body: dict[str, Any] = {"dataset": "iris", "epochs": 30, "seed": 5, "dtype": "float32"}
    runs = []
    for client in (embedded.client, servers.client):
        job_id = client.submit(**body)
        job = client.at_rest(job_id)
        runs.append((job["weights_sha256"], job["cost"], client.history(job_id)))
    assert runs[0][0] is not None
    assert runs[0] == runs[1]


def test_a_running_job_stops_within_a_second_of_its_cancellation(client: Client) -> None:
    running = [client.submit(**ENDLESS) for _ in range(2)]  # as many as there are processes
    for job_id in running:
        client.running(job_id)
    started = monotonic()
    for job_id in running:
        client.cancel(job_id)
    assert client.at_rest(client.submit(epochs=1))["status"] == "succeeded"
    assert monotonic() - started < 1.5
    for job_id in running:
        job = client.job(job_id)
        assert (job["status"], job["stop_reason"]) == ("cancelled", "cancelled")


def test_fifty_jobs_of_ten_clients_all_succeed(service: Service) -> None:
    def submit_five(number: int) -> list[str]:
        with closing(Client(service.client.url)) as client:
            return [client.submit(epochs=10, seed=10 * number + index) for index in range(5)]

    with ThreadPoolExecutor(10) as clients:
        ids = [job_id for five in clients.map(submit_five, range(10)) for job_id in five]
    assert len(set(ids)) == 50
    for job_id in ids:
        job = service.client.at_rest(job_id)
        assert (job["status"], job["attempt"]) == ("succeeded", 1), job
        assert [row["epoch"] for row in service.client.history(job_id)] == list(range(11))


@pytest.mark.parametrize(("stack", "seconds"), [("servers", 0.25), ("embedded", 0.6)])
def test_a_short_job_is_through_before_one_looks_up(
    request: pytest.FixtureRequest, stack: str, seconds: float
) -> None:
    service: Service = request.getfixturevalue(stack)

    def through() -> float:
        started = monotonic()
        assert service.client.at_rest(service.client.submit(epochs=20))["status"] == "succeeded"
        return monotonic() - started

    assert statistics.median(through() for _ in range(9)) < seconds
