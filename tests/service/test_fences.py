from threading import Event, Thread

import pytest
from sqlalchemy import select

from service import actions, claims
from service.database.tables import Epoch, Job, JobEvent, TrainedModel
from service.errors import ClaimLost, Conflict
from service.states import JobStatus


@pytest.fixture
def everything(sessions):
    """All that claims can change, to compare before and after."""

    def read():
        with sessions.reading() as session:
            job_rows = session.execute(select(*Job.__table__.columns)).all()
            epochs = session.execute(select(*Epoch.__table__.columns)).all()
            models = session.execute(select(TrainedModel.job_id)).all()
            events = session.execute(select(JobEvent.kind)).all()
            return job_rows, epochs, models, events

    return read


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


@pytest.fixture
def late_writes(records, outcome, model):
    """Whatever a worker may try after it lost its claim."""
    return {
        "record": (claims.record, records(range(3, 5))),
        "finish": (claims.finish, outcome, model),
        "fail": (claims.fail, "internal_error", "late"),
        "release": (claims.release,),
    }


@pytest.mark.parametrize("attempted", ["record", "finish", "fail", "release"])
@pytest.mark.parametrize("loss", ["cancelled", "in a later attempt"])
def test_a_stale_worker_changes_nothing_and_learns_of_it(
    attempted, loss, submitted, claimed, write, records, tenant, everything, late_writes
):
    job_id = submitted().id
    stale = claimed()
    write(claims.record, stale, records(range(3)))
    if loss == "cancelled":
        write(actions.cancel, tenant, job_id)
    else:
        write(claims.release, stale)
        claimed()
    before = everything()
    use_case, *arguments = late_writes[attempted]
    with pytest.raises(ClaimLost):
        write(use_case, stale, *arguments)
    assert write(claims.beat, stale) is False
    assert everything() == before


@pytest.fixture
def second(sessions):
    """Runs `first` and `then` in two transactions, `then` begun while `first` is uncommitted."""

    def run(first, then):
        begun, caught = Event(), []

        def follow():
            begun.set()
            try:
                with sessions.writing() as session:
                    then(session)
                    session.commit()
            except (ClaimLost, Conflict) as error:
                caught.append(error)

        follower = Thread(target=follow)
        with sessions.writing() as session:
            first(session)
            follower.start()
            assert begun.wait(30)
            session.commit()
        follower.join(30)
        return caught

    return run


def test_a_finish_that_meets_a_cancel_loses(
    submitted, claimed, second, tenant, job_now, everything, outcome, model
):
    job_id = submitted().id
    claim = claimed()
    (error,) = second(
        lambda session: actions.cancel(session, tenant, job_id),
        lambda session: claims.finish(session, claim, outcome, model),
    )
    assert isinstance(error, ClaimLost)
    assert (job_now(job_id).status, job_now(job_id).stop_reason) == ("cancelled", "cancelled")
    _, _, models, events = everything()
    assert models == []
    assert [kind for (kind,) in events] == ["job.queued", "job.running", "job.cancelled"]


def test_a_cancel_that_meets_a_finish_loses(
    submitted, claimed, second, tenant, job_now, everything, outcome, model
):
    job_id = submitted().id
    claim = claimed()
    (error,) = second(
        lambda session: claims.finish(session, claim, outcome, model),
        lambda session: actions.cancel(session, tenant, job_id),
    )
    assert isinstance(error, Conflict)
    assert (job_now(job_id).status, job_now(job_id).stop_reason) == ("succeeded", "epochs")
    _, _, models, events = everything()
    assert len(models) == 1
    assert [kind for (kind,) in events] == ["job.queued", "job.running", "job.succeeded"]


def test_of_a_cancel_and_a_claim_that_meet_the_cancel_holds(
    submitted, second, tenant, job_now, everything
):
    job_id = submitted().id
    taken = []
    second(
        lambda session: actions.cancel(session, tenant, job_id),
        lambda session: taken.append(claims.claim(session, "worker-1", {})),
    )
    assert taken == [None]
    assert (job_now(job_id).status, job_now(job_id).attempt) == (JobStatus.CANCELLED, 0)


def test_each_move_writes_its_event(submitted, claimed, write, everything, outcome, model):
    submitted()
    write(claims.release, claimed())
    write(claims.finish, claimed(), outcome, model)
    kinds = [kind for (kind,) in everything()[3]]
    assert kinds == ["job.queued", "job.running", "job.queued", "job.running", "job.succeeded"]
