"""Clients that come at their hour, whatever became of those before, and ask until a job is done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

JOB: Mapping[str, Any] = {"dataset": "xor", "epochs": 20, "network": {"hidden": [{"units": 4}]}}
POLL_SECONDS = 0.5
FINISHED = ("succeeded", "failed", "cancelled")


@dataclass
class Tally:
    """What the clients met. `errors` tells each by its text; latencies are of submissions."""

    succeeded: int = 0
    polls: int = 0
    errors: list[str] = field(default_factory=list)
    submit_seconds: list[float] = field(default_factory=list)
    job_seconds: list[float] = field(default_factory=list)


async def come(url: str, rate: float, seconds: float, drain_seconds: float) -> Tally:
    """Submit `rate` jobs a second for so long; return when all are done, or the time is over."""
    tally = Tally()
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False, limits=limits) as http:
        began = time.monotonic()
        clients = []
        for number in range(round(rate * seconds)):
            await asyncio.sleep(began + number / rate - time.monotonic())
            clients.append(asyncio.create_task(_client(http, number, tally)))
        _, late = await asyncio.wait(clients, timeout=drain_seconds)
        for client in late:
            client.cancel()
        tally.errors += ["not done in time"] * len(late)
    return tally


async def _client(http: httpx.AsyncClient, number: int, tally: Tally) -> None:
    began = time.monotonic()
    try:
        answer = await http.post("/v1/jobs", json={**JOB, "seed": number})
        tally.submit_seconds.append(time.monotonic() - began)
        if answer.status_code != 202:
            tally.errors.append(f"submit: {answer.status_code}")
            return
        status = await _until_finished(http, answer.json()["id"], tally)
    except httpx.HTTPError as error:
        tally.errors.append(repr(error))
        return
    tally.job_seconds.append(time.monotonic() - began)
    if status == "succeeded":
        tally.succeeded += 1
    else:
        tally.errors.append(f"a job is {status}")


async def _until_finished(http: httpx.AsyncClient, job_id: str, tally: Tally) -> str:
    while True:
        answer = await http.get(f"/v1/jobs/{job_id}")
        tally.polls += 1
        if answer.status_code != 200:
            return f"not told: {answer.status_code}"
        status = str(answer.json()["status"])
        if status in FINISHED:
            return status
        await asyncio.sleep(POLL_SECONDS)
