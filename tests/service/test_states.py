import pytest

from service.states import FINISHED, MOVES, JobStatus, sources

ENDS = {JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED}


def test_a_finished_job_never_moves_again():
    assert ENDS == FINISHED
    assert all(not MOVES[status] for status in FINISHED)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("queued", {"running"}),
        ("running", {"queued"}),
        ("succeeded", {"running"}),
        ("failed", {"running"}),
        ("cancelled", {"queued", "running"}),
    ],
)
def test_what_may_move_where(target, expected):
    assert sources(JobStatus(target)) == expected
