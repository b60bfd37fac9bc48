"""What the benchmarks ask of a service."""

from __future__ import annotations

from typing import Any

import httpx

WAIT_SECONDS = 60


def submit(http: httpx.Client, **body: Any) -> str:
    """Submit a job and return its id; raises HTTPStatusError where it is refused."""
    answer = http.post("/v1/jobs", json=body)
    return str(answer.raise_for_status().json()["id"])


def at_rest(http: httpx.Client, job_id: str) -> Any:
    """The job, by long poll, as soon as no worker moves it on."""
    answer = http.get(f"/v1/jobs/{job_id}", params={"wait": WAIT_SECONDS})
    return answer.raise_for_status().json()


def history(http: httpx.Client, job_id: str) -> Any:
    """The columns of a job's history."""
    answer = http.get(f"/v1/jobs/{job_id}/history", params={"layout": "columns"})
    return answer.raise_for_status().json()["columns"]
