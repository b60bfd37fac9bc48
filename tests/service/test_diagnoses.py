import pytest
from sqlalchemy import delete

from service import actions, claims, diagnoses
from service.database.tables import Epoch


@pytest.fixture
def started(submitted, claimed, write, records):
    """A running job whose history has these epochs; words are its records' fields."""

    def start(epochs, **fields):
        submitted()
        claim = claimed()
        write(claims.record, claim, records(range(epochs), **fields))
        return claim

    return start


def test_a_running_job_is_judged_by_its_history_so_far(started, read, write, records, job_now):
    claim = started(1)
    assert job_now(claim.job_id).diagnosis is None
    early = read(diagnoses.of, job_now(claim.job_id))
    assert (early["verdict"], early["evidence"]["rows"]) == ("healthy", 1)
    write(claims.record, claim, records(range(1, 20), cost=5.0))
    later = read(diagnoses.of, job_now(claim.job_id))
    assert (later["verdict"], later["evidence"]["rows"]) == ("too_large", 20)


def test_a_long_history_is_judged_by_a_bounded_part_from_its_first_row_to_its_last(started, read):
    claim = started(3_000)
    evidence = read(diagnoses.computed, claim.job_id, None)["evidence"]
    assert evidence["rows"] == diagnoses.MOST_ROWS
    assert evidence["start"] == 1.0
    assert evidence["epochs"] == 2_999


def test_a_history_up_to_the_bound_is_judged_whole(started, read):
    claim = started(diagnoses.MOST_ROWS)
    evidence = read(diagnoses.computed, claim.job_id, None)["evidence"]
    assert evidence["rows"] == diagnoses.MOST_ROWS


def test_a_job_keeps_the_diagnosis_it_ended_with(started, write, read, job_now, outcome, model):
    finished, failed = started(20), started(20, cost=float("nan"))
    write(claims.finish, finished, outcome, model)
    write(claims.fail, failed, "internal_error", "It broke.")
    kept = [job_now(claim.job_id).diagnosis for claim in (finished, failed)]
    assert [found["verdict"] for found in kept] == ["healthy", "too_large"]
    write(lambda session: session.execute(delete(Epoch)))
    assert [read(diagnoses.of, job_now(claim.job_id)) for claim in (finished, failed)] == kept


def test_a_cancelled_job_is_judged_by_what_it_reached(started, read, write, tenant, job_now):
    claim = started(20)
    write(actions.cancel, tenant, claim.job_id)
    assert read(diagnoses.of, job_now(claim.job_id))["evidence"]["rows"] == 20


def test_a_job_that_never_ran_has_none(submitted, read):
    assert read(diagnoses.of, submitted()) is None
