"""A whole service as its operator sees it: the log as JSON, the metrics, and the doctor."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from .stack import Service, serving, settings

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    environ = settings(tmp_path_factory.mktemp("observed") / "data", log_format="json")
    with serving(environ, "up", "--workers", "2") as service:
        yield service


def scraped(service: Service) -> dict[tuple[str, ...], float]:
    text = httpx.get(f"{service.client.url}/metrics", trust_env=False).text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_log_leads_from_a_request_to_the_attempt_at_its_job(observed: Service) -> None:
    client = observed.client.http
    headers = {"X-Request-ID": "seen-1", "traceparent": TRACEPARENT}
    answer = client.post("/v1/jobs", json={"dataset": "iris", "epochs": 2}, headers=headers)
    job_id = answer.json()["id"]
    observed.client.at_rest(job_id)
    lines = logged(observed, until=lambda line: line.get("message") == f"job {job_id}: epochs")
    (request,) = [line for line in lines if line.get("request_id") == "seen-1"]
    assert (request["route"], request["status"]) == ("/v1/jobs", 202)
    attempt = [line for line in lines if line.get("job_id") == job_id]
    assert {line["attempt"] for line in attempt} == {1}
    assert {line["trace_id"] for line in [request, *attempt]} == {TRACEPARENT.split("-")[1]}


def logged(service: Service, until: Any) -> list[dict[str, Any]]:
    """Every line of the log but the one that tells people the address, once one is as wanted."""
    deadline = monotonic() + 30
    while True:
        lines = [line for line in service.log.read_text().splitlines() if line.endswith("}")]
        found = [json.loads(line) for line in lines]
        if any(until(line) for line in found):
            return found
        assert monotonic() < deadline, found
        sleep(0.05)


def test_the_processes_and_their_counts_are_seen_by_the_api(observed: Service) -> None:
    before = scraped(observed)[("descentd_epochs_total",)]
    observed.client.at_rest(observed.client.submit(epochs=7))
    deadline = monotonic() + 60
    while True:
        seen = scraped(observed)
        here = [seen["descentd_processes", kind] for kind in ("api", "worker", "scheduler")]
        if seen[("descentd_epochs_total",)] >= before + 7 and here == [1, 2, 1]:
            break
        assert monotonic() < deadline, seen
        sleep(0.1)
    assert seen["descentd_jobs_ended_total", "succeeded", "epochs"] >= 1


def test_the_doctor_finds_it_well(observed: Service) -> None:
    command = [sys.executable, "-P", "-m", "cli", "doctor", "--json"]
    asked = subprocess.run(command, env=dict(observed.environ), capture_output=True, check=False)
    assert asked.returncode == 0, asked.stdout
    told = {finding["part"]: finding["state"] for finding in json.loads(asked.stdout)["findings"]}
    assert told["database"] == told["broker"] == told["store"] == told["migrations"] == "ok"
    assert Path(observed.environ["DESCENTD_DATA_DIR"]).is_dir()
