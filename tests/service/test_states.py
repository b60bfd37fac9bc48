import pytest

from service.states import ACTIONS, AT_REST, FINISHED, MOVES, JobStatus


def test_only_success_is_final_and_only_the_finished_are_deleted():
    assert {status for status in JobStatus if not MOVES[status]} == {"succeeded"}
    assert {"succeeded", "failed", "cancelled"} == FINISHED
    assert {"succeeded", "failed", "cancelled", "paused"} == AT_REST


@pytest.mark.parametrize(
    ("status", "targets"),
    [
        ("queued", {"running", "paused", "cancelled"}),
        ("running", {"queued", "paused", "succeeded", "failed", "cancelled"}),
        ("paused", {"queued", "cancelled"}),
        ("succeeded", set()),
        ("failed", {"queued"}),
        ("cancelled", {"queued"}),
    ],
)
def test_what_may_move_where(status, targets):
    assert MOVES[JobStatus(status)] == targets


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_no_action_leads_where_no_move_does(action):
    assert action.sources
    assert all(action.target in MOVES[source] for source in action.sources)
    assert action.unchanged <= {action.target}
