import math
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from service import claims, history, jobs
from service.database.tables import Epoch, JobEvent, TrainedModel
from service.errors import ClaimLost
from service.states import JobStatus

MODEL = SimpleNamespace(weights_sha256="ab" * 32, to_bytes=lambda: b"weights")
OUTCOME = SimpleNamespace(
    stop_reason="epochs",
    model_epoch=2,
    cost=0.125,
    validation_cost=0.25,
    metrics={"accuracy": 0.9, "f1": math.nan},
    best={"epoch": 2, "cost": 0.125, "validation_cost": 0.25},
)


def ended(**fields):
    return SimpleNamespace(**(vars(OUTCOME) | fields))


@pytest.fixture
def write(sessions):
    def run(use_case, *arguments):
        with sessions.writing() as session:
            result = use_case(session, *arguments)
            session.commit()
            return result

    return run


@pytest.fixture
def job_now(sessions, tenant):
    def read(job_id):
        with sessions.reading() as session:
            return jobs.get(session, tenant, job_id)

    return read


@pytest.fixture
def epochs_of(sessions, tenant):
    def read(job_id):
        with sessions.reading() as session:
            return history.page(session, tenant, job_id, None, 1000).rows

    return read


@pytest.fixture
def everything(sessions):
    """All that claims can change, to compare before and after."""

    def read():
        with sessions.reading() as session:
            job_rows = session.execute(select(*jobs.Job.__table__.columns)).all()
            epochs = session.execute(select(*Epoch.__table__.columns)).all()
            models = session.execute(select(TrainedModel.job_id)).all()
            events = session.execute(select(JobEvent.kind)).all()
            return job_rows, epochs, models, events

    return read


def test_an_empty_queue_gives_no_claim(write):
    assert write(claims.claim, "worker-1", {}) is None


def test_the_best_job_is_claimed_first_by_priority_then_by_age(submitted, claimed):
    old, young = submitted(), submitted()
    urgent, idle = submitted(priority=9), submitted(priority=0)
    taken = [claimed().job_id for _ in range(4)]
    assert taken == [urgent.id, old.id, young.id, idle.id]


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


def test_thirty_claims_of_one_job_at_once_have_one_winner(submitted, write, at_once, job_now):
    job_id = submitted().id
    calls = [lambda n=n: write(claims.claim, f"worker-{n}", {}) for n in range(30)]
    won = [claim for claim in at_once(calls) if claim is not None]
    assert [claim.job_id for claim in won] == [job_id]
    assert job_now(job_id).attempt == 1


def test_thirty_claims_at_once_take_thirty_jobs_once_each(submitted, write, at_once):
    waiting = {submitted().id for _ in range(30)}
    taken = at_once([lambda: write(claims.claim, "worker", {})] * 30)
    assert sorted(claim.job_id for claim in taken) == sorted(waiting)


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


def test_a_finished_job_shows_the_outcome(submitted, claimed, write, records, job_now):
    job_id = submitted().id
    claim = claimed()
    write(claims.record, claim, records(range(4)))
    write(claims.finish, claim, OUTCOME, MODEL)
    job = job_now(job_id)
    assert (job.status, job.stop_reason, job.model_epoch) == ("succeeded", "epochs", 2)
    assert (job.cost, job.validation_cost) == (0.125, 0.25)
    assert job.metrics == {"accuracy": 0.9, "f1": None}
    assert job.weights_sha256 == "ab" * 32
    assert job.best == OUTCOME.best
    assert job.finished_at >= job.started_at
    assert (job.error_code, job.epoch) == (None, 3)


def test_a_diverged_job_fails_and_keeps_history_and_model(
    submitted, claimed, write, records, job_now, everything
):
    job_id = submitted().id
    claim = claimed()
    write(claims.record, claim, records([0, 1]))
    write(claims.record, claim, records([2], cost=math.nan))
    write(claims.finish, claim, ended(stop_reason="diverged", model_epoch=1), MODEL)
    job = job_now(job_id)
    assert (job.status, job.stop_reason, job.error_code) == ("failed", "diverged", "diverged")
    assert (job.cost, job.epoch, job.model_epoch) == (None, 2, 1)
    assert "finite" in job.error_message
    assert len(everything()[2]) == 1


def test_interrupted_training_cannot_finish_a_job(submitted, claimed, write, job_now):
    job_id = submitted().id
    claim = claimed()
    with pytest.raises(ValueError, match="release"):
        write(claims.finish, claim, ended(stop_reason="interrupted"), None)
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


@pytest.mark.parametrize(
    "late_write",
    [
        lambda session, claim, records: claims.record(session, claim, records(range(3, 5))),
        lambda session, claim, _: claims.finish(session, claim, OUTCOME, MODEL),
        lambda session, claim, _: claims.fail(session, claim, "internal_error", "late"),
        lambda session, claim, _: claims.release(session, claim),
    ],
    ids=["record", "finish", "fail", "release"],
)
@pytest.mark.parametrize("loss", ["cancelled", "in a later attempt"])
def test_a_stale_worker_changes_nothing_and_learns_of_it(
    late_write, loss, submitted, claimed, write, records, tenant, everything
):
    job_id = submitted().id
    stale = claimed()
    write(claims.record, stale, records(range(3)))
    if loss == "cancelled":
        write(jobs.cancel, tenant, job_id)
    else:
        write(claims.release, stale)
        claimed()
    before = everything()
    with pytest.raises(ClaimLost):
        write(late_write, stale, records)
    assert write(claims.beat, stale) is False
    assert everything() == before


@pytest.mark.parametrize("_round", range(5))
def test_of_a_cancel_and_a_finish_that_race_exactly_one_wins(
    _round, submitted, claimed, write, at_once, job_now, tenant, everything
):
    job_id = submitted().id
    claim = claimed()
    cancelled, finished = at_once(
        [
            lambda: write(jobs.cancel, tenant, job_id),
            lambda: write(claims.finish, claim, OUTCOME, MODEL),
        ]
    )
    job = job_now(job_id)
    _, _, models, events = everything()
    last = [kind for (kind,) in events][-1]
    if job.status is JobStatus.CANCELLED:
        assert isinstance(finished, ClaimLost)
        assert (len(models), last, job.stop_reason) == (0, "job.cancelled", "cancelled")
    else:
        assert isinstance(cancelled, Exception)
        assert (len(models), last, job.stop_reason) == (1, "job.succeeded", "epochs")
    assert len(events) == 3


def test_each_move_writes_its_event(submitted, claimed, write, everything):
    submitted()
    write(claims.release, claimed())
    write(claims.finish, claimed(), OUTCOME, MODEL)
    kinds = [kind for (kind,) in everything()[3]]
    assert kinds == ["job.queued", "job.running", "job.queued", "job.running", "job.succeeded"]
