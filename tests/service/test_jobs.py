from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import InvalidRequestError

from engine.spec import from_dict
from service import actions, claims, jobs
from service.auth import ensure_tenant
from service.database.tables import Epoch, JobEvent
from service.errors import Conflict, Invalid, NotFound
from service.states import JobStatus


def write(sessions, work):
    with sessions.writing() as session:
        result = work(session)
        session.commit()
        return result


def read(sessions, work):
    with sessions.reading() as session:
        return work(session)


def events_of(sessions, job_id):
    kinds = select(JobEvent.kind).where(JobEvent.job_id == job_id).order_by(JobEvent.id)
    return read(sessions, lambda session: list(session.scalars(kinds)))


@pytest.fixture
def other_tenant(sessions):
    write(sessions, lambda session: ensure_tenant(session, "other"))
    return "other"


def test_what_was_submitted_is_what_is_read(sessions, tenant, submitted, spec):
    before = datetime.now(UTC)
    job_id = submitted(name="naïve ½", metadata={"team": 'a"b'}, priority=9).id
    job = read(sessions, lambda session: jobs.get(session, tenant, job_id))
    assert from_dict(job.spec) == spec
    assert (job.name, job.metadata_, job.priority) == ("naïve ½", {"team": 'a"b'}, 9)
    assert (job.status, job.attempt, job.epoch, job.epochs) == (JobStatus.QUEUED, 0, None, 3)
    assert before <= job.created_at <= datetime.now(UTC)
    assert job.created_at.utcoffset() == timedelta(0)
    assert events_of(sessions, job_id) == ["job.queued"]


def test_what_is_not_committed_leaves_neither_job_nor_event(sessions, tenant, submission):
    with sessions.writing() as session:
        job_id = jobs.submit(session, tenant, submission()).id
    with pytest.raises(NotFound):
        read(sessions, lambda session: jobs.get(session, tenant, job_id))
    assert events_of(sessions, job_id) == []


@pytest.mark.parametrize("job_id", ["job_00000000000000000000000000", "job_\x00", "iris", ""])
def test_an_unknown_job_is_not_found(sessions, tenant, job_id):
    with pytest.raises(NotFound):
        read(sessions, lambda session: jobs.get(session, tenant, job_id))


def test_another_tenants_job_is_not_there(sessions, tenant, submitted, other_tenant):
    job = submitted()
    for use_case in (jobs.get, actions.cancel, actions.delete):
        with pytest.raises(NotFound):
            write(sessions, lambda session, do=use_case: do(session, other_tenant, job.id))
    assert read(sessions, lambda session: jobs.page(session, other_tenant, limit=9)).data == []
    assert read(sessions, lambda session: jobs.get(session, tenant, job.id)).status == "queued"


def test_pages_are_newest_first_and_end_where_nothing_follows(sessions, tenant, submitted):
    newest_first = [submitted().id for _ in range(4)][::-1]
    first = read(sessions, lambda session: jobs.page(session, tenant, limit=2))
    assert [job.id for job in first.data] == newest_first[:2]
    assert first.has_more
    last = read(sessions, lambda session: jobs.page(session, tenant, limit=2, after=first.next))
    assert [job.id for job in last.data] == newest_first[2:]
    assert (last.has_more, last.next) == (False, None)


def test_a_cursor_works_when_its_job_is_gone(sessions, tenant, submitted):
    oldest, middle, _ = (submitted() for _ in range(3))
    write(sessions, lambda session: actions.cancel(session, tenant, middle.id))
    write(sessions, lambda session: actions.delete(session, tenant, middle.id))
    page = read(sessions, lambda session: jobs.page(session, tenant, limit=5, after=middle.id))
    assert [job.id for job in page.data] == [oldest.id]


def test_a_cursor_that_never_was_one_is_refused(sessions, tenant):
    with pytest.raises(Invalid, match="/after: is not a cursor"):
        read(sessions, lambda session: jobs.page(session, tenant, limit=5, after="x\x00"))


def test_filters_narrow_the_list(sessions, tenant, submitted):
    plain = submitted()
    named = submitted(name="a", metadata={"team": "x", 'odd "key".[0]': "y"})
    done = submitted(name="a", metadata={"team": "z"})
    write(sessions, lambda session: actions.cancel(session, tenant, done.id))

    def ids(**filters):
        found = read(sessions, lambda session: jobs.page(session, tenant, limit=9, **filters))
        return [job.id for job in found.data]

    assert ids(name="a") == [done.id, named.id]
    assert ids(status=JobStatus.QUEUED) == [named.id, plain.id]
    assert ids(metadata={"team": "x"}) == [named.id]
    assert ids(metadata={"team": "z"}, name="a", status=JobStatus.QUEUED) == []
    assert ids(metadata={'odd "key".[0]': "y"}) == [named.id]
    assert ids(created_after=plain.created_at) == [done.id, named.id]
    assert ids(created_after=datetime.now(UTC)) == []


@pytest.mark.parametrize(
    ("value", "shown"), [(5, "5"), (1.5, "1.5"), (True, "true"), (False, "false"), ("1", "1")]
)
def test_metadata_that_is_no_text_is_found_as_json_writes_it(
    value, shown, sessions, tenant, submitted
):
    found = submitted(metadata={"a": 0, "key": value})
    submitted(metadata={"key": [value], "other": value})
    page = read(
        sessions, lambda session: jobs.page(session, tenant, limit=9, metadata={"key": shown})
    )
    assert [job.id for job in page.data] == [found.id]


def test_a_list_leaves_the_spec_out(sessions, tenant, submitted):
    submitted()
    with sessions.reading() as session:
        (job,) = jobs.page(session, tenant, limit=9).data
        with pytest.raises(InvalidRequestError, match="not available"):
            _ = job.spec


def test_a_queued_job_is_cancelled_at_once_and_stays_so(sessions, tenant, submitted):
    job_id = submitted().id
    cancelled = write(sessions, lambda session: actions.cancel(session, tenant, job_id))
    again = write(sessions, lambda session: actions.cancel(session, tenant, job_id))
    assert (cancelled.status, cancelled.stop_reason) == (JobStatus.CANCELLED, "cancelled")
    assert again.finished_at == cancelled.finished_at
    assert again.changed == cancelled.changed == 1
    assert events_of(sessions, job_id) == ["job.queued", "job.cancelled"]


def test_a_cancelled_running_job_is_lost_to_its_worker(sessions, tenant, submitted, claimed):
    job_id = submitted().id
    claim = claimed()
    cancelled = write(sessions, lambda session: actions.cancel(session, tenant, job_id))
    assert cancelled.status is JobStatus.CANCELLED
    assert write(sessions, lambda session: claims.beat(session, claim)) is False


def test_a_finished_job_cannot_be_cancelled(sessions, tenant, submitted, claimed):
    job_id = submitted().id
    claim = claimed()
    write(sessions, lambda session: claims.fail(session, claim, "internal_error", "it broke"))
    with pytest.raises(Conflict, match="has failed"):
        write(sessions, lambda session: actions.cancel(session, tenant, job_id))


def test_only_a_finished_job_is_deleted_and_all_of_it(
    sessions, tenant, submitted, claimed, records
):
    job_id = submitted().id
    with pytest.raises(Conflict, match="is queued"):
        write(sessions, lambda session: actions.delete(session, tenant, job_id))
    claim = claimed()
    write(sessions, lambda session: claims.record(session, claim, records(range(3))))
    with pytest.raises(Conflict, match="is running"):
        write(sessions, lambda session: actions.delete(session, tenant, job_id))
    write(sessions, lambda session: claims.fail(session, claim, "internal_error", "it broke"))
    write(sessions, lambda session: actions.delete(session, tenant, job_id))
    with pytest.raises(NotFound):
        read(sessions, lambda session: jobs.get(session, tenant, job_id))
    assert read(sessions, lambda session: session.scalars(select(Epoch)).all()) == []
    assert events_of(sessions, job_id) == []


def test_the_queue_position_counts_what_would_be_claimed_before(sessions, submitted, claimed):
    submitted()
    late, urgent = submitted(), submitted(priority=9)
    positions = [
        read(sessions, lambda session, job=job: jobs.queue_position(session, job))
        for job in (late, urgent)
    ]
    assert positions == [3, 1]


def test_only_a_queued_job_has_a_queue_position(sessions, tenant, submitted):
    job_id = submitted().id
    job = write(sessions, lambda session: actions.cancel(session, tenant, job_id))
    assert read(sessions, lambda session: jobs.queue_position(session, job)) is None


def test_marks_tell_a_changed_job_from_an_unchanged_one(sessions, tenant, submitted):
    left, moved = submitted().id, submitted().id
    ids = [left, moved, "job_00000000000000000000000000"]
    before = read(sessions, lambda session: jobs.marks(session, ids))
    write(sessions, lambda session: actions.cancel(session, tenant, moved))
    after = read(sessions, lambda session: jobs.marks(session, ids))
    assert set(before) == set(after) == {left, moved}
    assert before[left] == after[left]
    assert before[moved] != after[moved]
    assert after[moved].status is JobStatus.CANCELLED
