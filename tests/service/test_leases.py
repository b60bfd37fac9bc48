import pytest

from service import claims, jobs, leases
from service.leases import MAX_LOST_ATTEMPTS, Pulse, Waiting


def test_pulses_are_those_of_the_running_jobs(submitted, claimed, write, read):
    job_id = submitted().id
    submitted()
    claim = claimed()
    write(claims.beat, claim)
    assert read(leases.pulses) == [Pulse(job_id, 1, 1)]


def test_a_job_that_stood_still_is_queued_again(submitted, claimed, write, read, tenant):
    job_id = submitted().id
    claimed()
    (pulse,) = read(leases.pulses)
    assert write(leases.take_back, pulse) is True
    job = read(jobs.get, tenant, job_id)
    assert (job.status, job.lost, job.worker_id) == ("queued", 1, None)
    assert claimed().attempt == 2


@pytest.mark.parametrize("life", ["beat", "record", "release", "finish"])
def test_a_worker_that_showed_life_keeps_its_job(
    life, submitted, claimed, write, read, tenant, records
):
    job_id = submitted().id
    claim = claimed()
    (pulse,) = read(leases.pulses)
    if life == "beat":
        write(claims.beat, claim)
    elif life == "record":
        write(claims.record, claim, records([0]))
    elif life == "release":
        write(claims.release, claim)
        claimed()
    else:
        write(claims.fail, claim, "internal_error", "it broke")
    before = read(jobs.get, tenant, job_id)
    assert write(leases.take_back, pulse) is False
    after = read(jobs.get, tenant, job_id)
    assert (after.status, after.lost, after.changed) == (before.status, 0, before.changed)


def test_after_the_last_lost_attempt_the_job_fails(submitted, claimed, write, read, tenant):
    job_id = submitted().id
    for _ in range(MAX_LOST_ATTEMPTS):
        claimed()
        (pulse,) = read(leases.pulses)
        assert write(leases.take_back, pulse)
    job = read(jobs.get, tenant, job_id)
    assert (job.status, job.error_code, job.stop_reason) == ("failed", "worker_lost", "error")
    assert (job.attempt, job.finished_at is None) == (5, False)


def test_attempts_given_back_by_workers_that_stop_are_not_lost(
    submitted, claimed, write, read, tenant
):
    job_id = submitted().id
    for _ in range(MAX_LOST_ATTEMPTS + 1):
        write(claims.release, claimed())
    claimed()
    (pulse,) = read(leases.pulses)
    write(leases.take_back, pulse)
    assert read(jobs.get, tenant, job_id).status == "queued"


def test_of_many_that_take_back_one_job_one_does(submitted, claimed, write, read, at_once):
    submitted()
    claimed()
    (pulse,) = read(leases.pulses)
    taken = at_once([lambda: write(leases.take_back, pulse)] * 8)
    assert sorted(taken) == [False] * 7 + [True]


def test_waiting_counts_the_queue_and_the_age_of_its_oldest(submitted, claimed, read):
    assert read(leases.waiting) == Waiting(count=0, oldest_seconds=0.0)
    submitted()
    submitted()
    claimed()
    seen = read(leases.waiting)
    assert seen.count == 1
    assert 0 < seen.oldest_seconds < 60
