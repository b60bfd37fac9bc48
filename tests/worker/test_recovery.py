"""Jobs of dead workers come back, and wake-ups that were lost are sent again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from service import claims
from service.database.sessions import Sessions
from service.database.tables import Job
from service.fences import Claim
from service.states import JobStatus
from worker.recovery import MOST_WAKE_UPS, Recovery

LEASE_SECONDS = 15.0


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Broker:
    """Counts the wake-ups that wait; workers take them only when told to."""

    def __init__(self) -> None:
        self.count = 0

    def send(self) -> None:
        self.count += 1

    def waiting(self) -> int:
        return self.count


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def recovery(sessions: Sessions, broker: Broker, clock: Clock) -> Recovery:
    return Recovery(sessions, broker, LEASE_SECONDS, clock)


@pytest.fixture
def claim(sessions: Sessions, submit: Callable[..., str]) -> Claim:
    submit()
    with sessions.writing() as session:
        taken = claims.claim(session, "worker-1", {})
        session.commit()
    assert taken is not None
    return taken


def beat(sessions: Sessions, claim: Claim) -> bool:
    with sessions.writing() as session:
        holds = claims.beat(session, claim)
        session.commit()
    return holds


def test_a_silent_worker_loses_its_job_after_the_lease(
    recovery: Recovery, broker: Broker, clock: Clock, claim: Claim, job: Callable[[str], Job]
) -> None:
    recovery.take_back_lost_jobs()
    clock.now += LEASE_SECONDS - 0.1
    recovery.take_back_lost_jobs()
    assert job(claim.job_id).status is JobStatus.RUNNING
    clock.now += 0.1
    recovery.take_back_lost_jobs()
    assert job(claim.job_id).status is JobStatus.QUEUED
    assert broker.count == 1


def test_a_worker_that_beats_keeps_its_job(
    recovery: Recovery, sessions: Sessions, clock: Clock, claim: Claim, job: Callable[[str], Job]
) -> None:
    for _ in range(5):
        recovery.take_back_lost_jobs()
        clock.now += LEASE_SECONDS
        assert beat(sessions, claim)
    recovery.take_back_lost_jobs()
    assert job(claim.job_id).status is JobStatus.RUNNING


def test_what_was_taken_back_is_forgotten(
    recovery: Recovery, sessions: Sessions, clock: Clock, claim: Claim, job: Callable[[str], Job]
) -> None:
    take_back = partial(_let_lapse, recovery, clock)
    take_back()
    assert not beat(sessions, claim)
    with sessions.writing() as session:
        again = claims.claim(session, "worker-2", {})
        session.commit()
    recovery.take_back_lost_jobs()
    assert again is not None
    assert job(claim.job_id).status is JobStatus.RUNNING
    take_back()
    assert job(claim.job_id).status is JobStatus.QUEUED


def _let_lapse(recovery: Recovery, clock: Clock) -> None:
    recovery.take_back_lost_jobs()
    clock.now += LEASE_SECONDS
    recovery.take_back_lost_jobs()


def test_a_job_without_a_wake_up_gets_one_at_the_second_look(
    recovery: Recovery, broker: Broker, submit: Callable[..., str]
) -> None:
    submit()
    recovery.wake_overlooked_jobs()
    assert broker.count == 0
    recovery.wake_overlooked_jobs()
    assert broker.count == 1


def test_wake_ups_that_wait_are_enough(
    recovery: Recovery, broker: Broker, submit: Callable[..., str]
) -> None:
    submit()
    submit()
    broker.send()
    for _ in range(5):
        recovery.wake_overlooked_jobs()
    assert broker.count == 1


def test_an_empty_queue_needs_none(recovery: Recovery, broker: Broker) -> None:
    for _ in range(3):
        recovery.wake_overlooked_jobs()
    assert broker.count == 0


def test_a_long_queue_wakes_many_but_not_without_end(
    recovery: Recovery, broker: Broker, submit: Callable[..., str]
) -> None:
    for _ in range(MOST_WAKE_UPS + 1):
        submit()
    recovery.wake_overlooked_jobs()
    recovery.wake_overlooked_jobs()
    assert broker.count == MOST_WAKE_UPS
