"""What is asked again, when, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from descentd_client import (
    ConflictError,
    InvalidError,
    NotFoundError,
    RateLimitedError,
    Retries,
    UnavailableError,
    UnreachableError,
    datasets,
    jobs,
    models,
)

from .flows import CORE, LOST, REFUSED, answer, problem, run

JOB = {"id": "job_1"}


def submitting() -> Any:
    return jobs.submit(CORE, "iris", {}, None)


def test_waits_double_until_they_are_long_enough() -> None:
    retries = Retries(first_seconds=0.5, most_seconds=3.0, random=lambda: 0.0)
    assert [retries.seconds(attempt) for attempt in (1, 2, 3, 4, 5)] == [0.5, 1.0, 2.0, 3.0, 3.0]


@settings(deadline=None)
@given(st.integers(1, 50), st.floats(0.0, 1.0, exclude_max=True))
def test_chance_shortens_a_wait_by_at_most_a_half(attempt: int, chance: float) -> None:
    longest = Retries(random=lambda: 0.0).seconds(attempt)
    assert longest / 2 <= Retries(random=lambda: chance).seconds(attempt) <= longest


def test_a_lost_answer_is_asked_for_again() -> None:
    done = run(jobs.show(CORE, "job_1"), LOST, REFUSED, answer(200, JOB))
    assert done.result == JOB
    assert done.pauses == [0.25, 0.5]


def test_after_some_attempts_the_service_counts_as_out_of_reach() -> None:
    done = run(jobs.show(CORE, "job_1"), LOST, LOST, LOST, LOST, LOST)
    assert isinstance(done.error, UnreachableError)
    assert "/v1/jobs/job_1" in str(done.error)
    assert len(done.pauses) == 4


@pytest.mark.parametrize("status", [429, 503])
def test_the_time_that_the_service_names_is_waited_for(status: int) -> None:
    done = run(submitting(), problem(status, retry_after="7"), answer(202, JOB))
    assert done.result == JOB
    assert done.pauses == [7.25]


def test_a_time_may_be_named_as_a_date() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    done = run(submitting(), problem(503, retry_after=moment), answer(202, JOB))
    (pause,) = done.pauses
    assert 28 < pause < 31


def test_a_time_beyond_our_patience_is_told_at_once() -> None:
    done = run(submitting(), problem(429, retry_after="3600"))
    assert isinstance(done.error, RateLimitedError)
    assert done.error.retry_after_seconds == 3600


def test_a_service_that_stays_unavailable_is_told_as_that() -> None:
    done = run(submitting(), *[problem(503)] * 5)
    assert isinstance(done.error, UnavailableError)


def test_a_fault_is_not_asked_again() -> None:
    assert isinstance(run(submitting(), problem(422)).error, InvalidError)


def test_a_job_that_is_sent_again_carries_the_key_that_it_had() -> None:
    done = run(submitting(), LOST, problem(503), answer(202, JOB))
    keys = {request.headers["Idempotency-Key"] for request in done.requests}
    assert len(done.requests) == 3
    assert len(keys) == 1
    assert keys != {run(submitting(), answer(202, JOB)).requests[0].headers["Idempotency-Key"]}


def test_a_key_of_the_callers_own_is_used() -> None:
    done = run(jobs.submit(CORE, "iris", {}, "mine"), answer(202, JOB))
    assert done.requests[0].headers["Idempotency-Key"] == "mine"


@pytest.mark.parametrize("action", ["resume", "retry"])
def test_what_would_be_done_twice_is_not_sent_twice(action: str) -> None:
    assert isinstance(run(jobs.act(CORE, "job_1", action), LOST).error, UnreachableError)
    assert isinstance(run(jobs.act(CORE, "job_1", action), problem(502)).error, Exception)


@pytest.mark.parametrize("action", ["resume", "retry"])
def test_what_was_never_heard_or_was_refused_may_be_sent_again(action: str) -> None:
    flow = jobs.act(CORE, "job_1", action)
    assert run(flow, REFUSED, problem(503), answer(200, JOB)).result == JOB


@pytest.mark.parametrize("action", ["cancel", "pause"])
def test_what_does_the_same_twice_is_sent_again(action: str) -> None:
    assert run(jobs.act(CORE, "job_1", action), LOST, answer(200, JOB)).result == JOB


def test_predictions_change_nothing_and_are_asked_for_again() -> None:
    flow = models.predict(CORE, "job_1", [[1.0]])
    assert run(flow, LOST, problem(504), answer(200, {"predictions": [1]})).error is None


@pytest.mark.parametrize("lost", [LOST, problem(504)])
def test_a_removal_whose_answer_was_lost_is_done_when_nothing_is_left(lost: Any) -> None:
    assert run(jobs.remove(CORE, "job_1"), lost, problem(404)).error is None


def test_a_removal_of_what_never_was_is_told() -> None:
    assert isinstance(run(jobs.remove(CORE, "job_1"), problem(404)).error, NotFoundError)
    again = run(jobs.remove(CORE, "job_1"), REFUSED, problem(404))
    assert isinstance(again.error, NotFoundError)


def test_an_upload_waits_until_its_broken_first_try_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("x,y\n1,2\n")
    flow = datasets.upload(CORE, tmp_path / "data.csv")
    done = run(flow, LOST, problem(409), answer(201, {"id": "ds_1"}))
    assert done.result == {"id": "ds_1"}
    assert len({request.headers["Idempotency-Key"] for request in done.requests}) == 1


def test_a_conflict_that_no_break_explains_is_told() -> None:
    assert isinstance(run(datasets.upload(CORE, b"x,y\n"), problem(409)).error, ConflictError)
