"""Priority goes before age, but only so far: nobody waits for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from service import actions, claims
from service.database.tables import Job
from service.ranking import AGE_SECONDS, rank_anew, rank_of

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def later(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("ahead", [1, 9])
def test_a_priority_overtakes_what_has_waited_less_than_its_worth(ahead):
    waiting = rank_of(NOW, 0)
    assert rank_of(later(ahead * AGE_SECONDS - 1), ahead) < waiting
    assert rank_of(later(ahead * AGE_SECONDS + 1), ahead) > waiting


def test_of_equal_priority_the_older_is_next():
    assert rank_of(NOW, 5) < rank_of(later(1e-6), 5)


@pytest.mark.parametrize("priority", [0, 9])
def test_the_database_ranks_as_we_do(priority, sessions, submitted):
    job_id = submitted(priority=priority).id
    with sessions.writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(rank=rank_anew(NOW)))
        found = session.scalar(select(Job.rank).where(Job.id == job_id))
    assert found == rank_of(NOW, priority)


def test_a_job_that_has_waited_long_enough_goes_before_the_most_urgent(
    sessions, submitted, claimed, write
):
    starving, urgent = submitted(priority=0), submitted(priority=9)
    waited = Job.rank - (9 * AGE_SECONDS + 1) * 1_000_000
    aged = update(Job).where(Job.id == starving.id).values(rank=waited)
    write(lambda session: session.execute(aged))
    assert [claimed().job_id for _ in range(2)] == [starving.id, urgent.id]


def test_a_resumed_job_queues_up_anew_and_one_given_back_does_not(
    submitted, claimed, write, job_now
):
    resumed, other = submitted(), submitted()
    write(actions.pause, "default", resumed.id)
    write(actions.resume, "default", resumed.id)
    claim = claimed()
    assert claim.job_id == other.id
    write(claims.release, claim)
    assert [claimed().job_id for _ in range(2)] == [other.id, resumed.id]
    assert job_now(other.id).rank == other.rank
