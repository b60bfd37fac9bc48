import math
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select

from service import auth, claims, history
from service.database.tables import TrainedModel
from service.states import JobStatus


@pytest.fixture
def epochs_of(read, tenant):
    return lambda job_id: read(history.rows, job_id, 0, 1000)


def test_an_empty_queue_gives_no_claim(write):
    assert write(claims.claim, "worker-1", {}) is None


def test_the_best_job_is_claimed_first_by_priority_then_by_age(submitted, claimed):
    old, young = submitted(), submitted()
    urgent, idle = submitted(priority=9), submitted(priority=0)
    taken = [claimed().job_id for _ in range(4)]
    assert taken == [urgent.id, old.id, young.id, idle.id]


def test_a_tenant_at_its_limit_is_passed_over_and_the_others_are_not(write, submitted):
    write(auth.ensure_tenant, "other")
    first, second, third = (submitted(priority=9).id for _ in range(3))
    others = submitted("other", priority=0).id
    claim = partial(write, claims.claim, "worker", {}, 2)
    taken = [claim() for _ in range(4)]
    assert [got and got.job_id for got in taken] == [first, second, others, None]
    write(claims.release, taken[0])
    assert claim().job_id == first
    write(claims.fail, taken[1], "data_error", "No.")
    assert claim().job_id == third
    assert claim() is None


def test_claims_that_race_stay_within_a_tenants_limit(write, submitted, at_once):
    for _ in range(12):
        submitted()
    taken = at_once([partial(write, claims.claim, f"worker-{n}", {}, 3) for n in range(12)])
    assert sorted(got is not None for got in taken) == [False] * 9 + [True] * 3
    assert not [got for got in taken if isinstance(got, Exception)]


def test_a_claim_carries_what_the_work_needs(submitted, claimed, job_now, spec):
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    job_id = submitted(traceparent=trace).id
    claim = claimed()
    assert (claim.job_id, claim.attempt, claim.dataset) == (job_id, 1, "iris")
    assert (claim.spec, claim.recorded_epoch, claim.traceparent) == (spec, None, trace)
    job = job_now(job_id)
    assert (job.status, job.attempt, job.worker_id) == (JobStatus.RUNNING, 1, "worker-1")
    assert job.environment == {"threads": 1}
    assert job.started_at >= job.created_at
    assert job.changed == 1


def test_a_beat_is_seen_only_by_who_watches_the_pulse(submitted, claimed, write, job_now):
    job_id = submitted().id
    claim = claimed()
    before = job_now(job_id)
    assert write(claims.beat, claim) is True
    after = job_now(job_id)
    assert after.beat == before.beat + 1
    assert after.changed == before.changed


def test_records_are_kept_bit_for_bit(submitted, claimed, write, records, epochs_of, job_now):
    job_id = submitted().id
    claim = claimed()
    (first,) = records([0], cost=0.1 + 0.2, learning_rate=5e-324, gradient_norm=None)
    (second,) = records([1], cost=1.7976931348623157e308, accepted=False)
    write(claims.record, claim, [first])
    write(claims.record, claim, [second])
    rows = [tuple(row) for row in epochs_of(job_id)]
    assert rows == [
        (0, 0.30000000000000004, 0.5, 0.75, 0.5, None, 5e-324, True, 0.001),
        (1, 1.7976931348623157e308, 0.5, 0.75, 0.5, 0.25, 0.1, False, 0.001),
    ]
    job = job_now(job_id)
    assert (job.epoch, job.cost, job.validation_cost) == (1, 1.7976931348623157e308, 0.5)
    assert job.changed == 3


def test_what_is_not_finite_is_null_and_minus_zero_is_zero(
    submitted, claimed, write, records, epochs_of, job_now
):
    job_id = submitted().id
    broken = {"cost": math.nan, "validation_cost": math.inf, "gradient_norm": -math.inf}
    write(claims.record, claimed(), records([0], accuracy=-0.0, **broken))
    (row,) = epochs_of(job_id)
    assert (row.cost, row.validation_cost, row.gradient_norm) == (None, None, None)
    assert math.copysign(1, row.accuracy) == 1
    assert (job_now(job_id).cost, job_now(job_id).best) == (None, None)


def test_the_best_epoch_is_the_earliest_of_least_validation_cost(
    submitted, claimed, write, records, job_now
):
    job_id = submitted().id
    claim = claimed()
    write(claims.record, claim, records([0], validation_cost=0.5))
    write(claims.record, claim, records([1], validation_cost=0.25))
    write(claims.record, claim, records([2], validation_cost=0.25))
    write(claims.record, claim, records([3], validation_cost=None))
    assert job_now(job_id).best == {"epoch": 1, "cost": 0.5, "validation_cost": 0.25}


def test_a_later_attempt_writes_only_the_epochs_that_are_missing(
    submitted, claimed, write, records, epochs_of
):
    job_id = submitted().id
    first = claimed()
    write(claims.record, first, records(range(3), seconds=1.0))
    write(claims.release, first)
    second = claimed()
    assert (second.attempt, second.recorded_epoch) == (2, 2)
    write(claims.record, second, records(range(2), seconds=2.0))
    write(claims.record, second, records(range(2, 5), seconds=2.0))
    rows = epochs_of(job_id)
    assert [row.epoch for row in rows] == [0, 1, 2, 3, 4]
    assert [row.seconds for row in rows] == [1.0, 1.0, 1.0, 2.0, 2.0]


@pytest.mark.parametrize("epochs", [[1, 2], [0, 2], [0, 0], [1, 0]])
def test_a_history_with_a_gap_or_out_of_order_is_refused(
    epochs, submitted, claimed, write, records, epochs_of
):
    job_id = submitted().id
    claim = claimed()
    with pytest.raises(ValueError, match="do not follow"):
        write(claims.record, claim, records(epochs))
    assert epochs_of(job_id) == []


def test_a_finished_job_shows_the_outcome(
    submitted, claimed, write, records, job_now, outcome, model
):
    job_id = submitted().id
    claim = claimed()
    write(claims.record, claim, records(range(4)))
    write(claims.finish, claim, outcome, model)
    job = job_now(job_id)
    assert (job.status, job.stop_reason, job.model_epoch) == ("succeeded", "epochs", 2)
    assert (job.cost, job.validation_cost) == (0.125, 0.25)
    assert job.metrics == {
        "training": {"mae": 0.5, "rmse": 0.75, "r2": None, "targets": []},
        "validation": None,
    }
    assert job.weights_sha256 == "ab" * 32
    assert job.best == outcome.best
    assert job.finished_at >= job.started_at
    assert (job.error_code, job.epoch) == (None, 3)


def test_a_diverged_job_fails_and_keeps_history_and_model(
    submitted, claimed, write, read, records, job_now, outcome, model, epochs_of
):
    job_id = submitted().id
    claim = claimed()
    write(claims.record, claim, records([0, 1]))
    write(claims.record, claim, records([2], cost=math.nan))
    write(claims.finish, claim, replace(outcome, stop_reason="diverged", model_epoch=1), model)
    job = job_now(job_id)
    assert (job.status, job.stop_reason, job.error_code) == ("failed", "diverged", "diverged")
    assert (job.cost, job.epoch, job.model_epoch) == (None, 2, 1)
    assert "finite" in job.error_message
    assert [row.cost for row in epochs_of(job_id)] == [1.0, 0.5, None]
    models = read(lambda session: session.scalars(select(TrainedModel)).all())
    assert [(kept.job_id, kept.epoch, kept.content) for kept in models] == [(job_id, 1, b"weights")]


def test_interrupted_training_cannot_finish_a_job(submitted, claimed, write, job_now, outcome):
    job_id = submitted().id
    claim = claimed()
    with pytest.raises(ValueError, match="release"):
        write(claims.finish, claim, replace(outcome, stop_reason="interrupted"), None)
    assert job_now(job_id).status is JobStatus.RUNNING


def test_a_failed_job_says_why(submitted, claimed, write, job_now):
    job_id = submitted().id
    write(claims.fail, claimed(), "data_error", "Row 3 has no target.")
    job = job_now(job_id)
    assert (job.status, job.stop_reason) == ("failed", "error")
    assert (job.error_code, job.error_message) == ("data_error", "Row 3 has no target.")


def test_a_released_job_is_queued_with_its_start_kept(submitted, claimed, write, job_now):
    job_id = submitted().id
    claim = claimed()
    started_at = job_now(job_id).started_at
    write(claims.release, claim)
    assert (job_now(job_id).status, job_now(job_id).worker_id) == (JobStatus.QUEUED, None)
    assert claimed().attempt == 2
    assert job_now(job_id).started_at == started_at
