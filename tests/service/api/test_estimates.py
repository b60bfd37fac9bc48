"""When a job will be done is told by the time its epochs take."""

from datetime import datetime, timedelta

import pytest

from service import claims
from service.database.types import now


@pytest.fixture
def path(client):
    return client.post("/v1/jobs", json={"dataset": "iris", "epochs": 101}).json["links"]["self"]


def test_a_running_job_is_expected_to_end_when_its_epochs_will_be_over(
    client, path, claimed, write, records
):
    claim = claimed()
    assert client.get(path).json["estimated_finish"] is None
    write(claims.record, claim, records([0], seconds=500.0))
    assert client.get(path).json["estimated_finish"] is None
    write(claims.record, claim, records([1], seconds=2.0))
    before = now()
    expected = datetime.fromisoformat(client.get(path).json["estimated_finish"])
    assert before <= expected - timedelta(seconds=200) <= now()


def test_the_latest_epochs_count_for_half(client, path, claimed, write, records):
    claim = claimed()
    write(claims.record, claim, records([0, 1], seconds=2.0))
    write(claims.record, claim, records([2, 3], seconds=4.0))
    before = now()
    expected = datetime.fromisoformat(client.get(path).json["estimated_finish"])
    assert before <= expected - timedelta(seconds=3 * 98) <= now()


def test_a_job_that_does_not_run_is_not_expected_to_end(client, path, claimed, write, records):
    write(claims.record, claimed(), records([0, 1]))
    assert client.get(path).json["estimated_finish"] is not None
    assert client.post(f"{path}/pause").json["estimated_finish"] is None


def test_an_end_that_no_calendar_holds_is_null(client, path, claimed, write, records):
    write(claims.record, claimed(), records([0, 1], seconds=1e15))
    assert client.get(path).json["estimated_finish"] is None
