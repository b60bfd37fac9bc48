"""Waiting for a job: held by the service, never a busy loop, and not longer than was said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from descentd_client import WaitTimeoutError
from descentd_client.asking import Core
from descentd_client.waiting import at_rest

from .flows import CORE, REFUSED, answer, run


def job(status: str) -> dict[str, Any]:
    return {"id": "job_1", "status": status}


def core(*moments: float) -> Core:
    """A core whose clock tells these moments."""
    left: Iterator[float] = iter(moments)
    return Core(CORE.retries, clock=lambda: next(left))


@pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled", "paused"])
def test_a_job_at_rest_is_answered(status: str) -> None:
    done = run(at_rest(CORE, "job_1", None), answer(200, job(status)))
    assert done.result == job(status)
    assert done.pauses == []


def test_the_service_is_asked_to_hold_each_request() -> None:
    flow = at_rest(core(0, 30, 30, 60, 60), "job_1", None)
    done = run(flow, *[answer(200, job("running"))] * 2, answer(200, job("succeeded")))
    assert [request.query for request in done.requests] == [{"wait": "30.000"}] * 3
    assert done.pauses == []


def test_a_request_let_go_early_is_not_asked_again_at_once() -> None:
    let_go = answer(200, job("running"), retry_after="2")
    done = run(at_rest(core(0, 1, 5), "job_1", None), let_go, answer(200, job("succeeded")))
    assert done.pauses == [2.0]


def test_a_service_that_is_started_anew_is_waited_for() -> None:
    done = run(at_rest(CORE, "job_1", None), *[REFUSED] * 11, answer(200, job("succeeded")))
    assert done.result == job("succeeded")
    assert sum(done.pauses) > 30


def test_it_waits_no_longer_than_was_said() -> None:
    flow = at_rest(core(100, 100, 105), "job_1", 5.0)
    done = run(flow, answer(200, job("running")))
    assert done.requests[0].query == {"wait": "5.000"}
    assert isinstance(done.error, WaitTimeoutError)
    assert isinstance(done.error, TimeoutError)
    assert done.error.job == job("running")
    assert "still running after 5 s" in str(done.error)


def test_no_time_at_all_is_one_look() -> None:
    done = run(at_rest(core(0, 0, 0), "job_1", 0), answer(200, job("queued")))
    assert isinstance(done.error, WaitTimeoutError)
    assert len(done.requests) == 1
