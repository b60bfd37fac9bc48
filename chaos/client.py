"""A patient client: what it sends again, it sends under the key it used first."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from time import monotonic, sleep
from typing import Any

import httpx

PATIENCE_SECONDS = 60.0
FOR_A_WHILE = {429, 500, 503, 507}
FINISHED = {"succeeded", "failed", "cancelled"}


class Client:
    """What a user does, over HTTP, while the service may be away for a while."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=35, trust_env=False)

    def close(self) -> None:
        self.http.close()

    def submit(self, body: Mapping[str, Any], key: str | None = None) -> str:
        """The id of the job, once it was answered with 202."""
        headers = {"Idempotency-Key": key or secrets.token_hex(16)}
        answer = self.asked("POST", "/v1/jobs", json=body, headers=headers)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def job(self, job_id: str) -> dict[str, Any]:
        answer = self.asked("GET", f"/v1/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def cancel(self, job_id: str) -> bool:
        """Whether the job is cancelled now; False where it had ended before."""
        status = self.asked("POST", f"/v1/jobs/{job_id}/cancel").status_code
        assert status in (200, 409), status
        return status == 200

    def history(self, job_id: str) -> list[dict[str, Any]]:
        """All rows, without the seconds, which no two runs share."""
        query = {"limit": 100_000}
        answer = self.asked("GET", f"/v1/jobs/{job_id}/history", params=query)
        assert answer.status_code == 200, answer.text
        assert not answer.json()["has_more"]
        return [
            {name: value for name, value in row.items() if name != "seconds"}
            for row in answer.json()["data"]
        ]

    def finished(self, job_id: str, seconds: float) -> dict[str, Any]:
        """The job once it has finished, or as it is when the time is over."""
        deadline = monotonic() + seconds
        while (job := self.job(job_id))["status"] not in FINISHED and monotonic() < deadline:
            sleep(0.05)
        return job

    def asked(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer of a service that may be away meanwhile; raises after a minute."""
        deadline = monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self.http.request(method, path, **request)
                if answer.status_code not in FOR_A_WHILE or monotonic() > deadline:
                    return answer
            except httpx.TransportError:
                if monotonic() > deadline:
                    raise
            sleep(0.05)
