"""Every status × every action: the contract's table, walked cell by cell over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.checkpoint import Checkpoint
from engine.preparing import prepare
from engine.training import Training
from service import checkpoints, datasets, leases
from service.blobs import FileBlobs
from service.fences import Claim
from service.states import JobStatus
from worker.ledger import Ledger, News

SAVED_EPOCH = 2
ROWS = {"inputs": [[5.1, 3.5, 1.4, 0.2]]}
ACTIONS = ("cancel", "pause", "resume", "retry", "DELETE", "model", "predictions")
STATUSES = ("queued", "running", "paused", "succeeded", "failed", "diverged", "cancelled")

# What an action answers; and where that is 200, the status the job then has.
TABLE: dict[str, dict[str, Any]] = {
    "queued": {"cancel": "cancelled", "pause": "paused"},
    "running": {"cancel": "cancelled", "pause": "paused", "model": 200, "predictions": 200},
    "paused": {
        "cancel": "cancelled",
        "pause": "paused",
        "resume": "queued",
        "model": 200,
        "predictions": 200,
    },
    "succeeded": {"DELETE": 204, "model": 200, "predictions": 200},
    "failed": {"retry": "queued", "DELETE": 204, "model": 200, "predictions": 200},
    "diverged": {"DELETE": 204, "model": 200, "predictions": 200},
    "cancelled": {
        "cancel": "cancelled",
        "retry": "queued",
        "DELETE": 204,
        "model": 200,
        "predictions": 200,
    },
}


@pytest.fixture
def job_in(
    client: FlaskClient,
    claimed: Callable[[], Claim],
    sessions: Any,
    blobs: FileBlobs,
    work_off: Callable[[], None],
) -> Callable[..., str]:
    """Brings a job into a status, with a checkpoint of `SAVED_EPOCH` or none; gives its path."""

    def bring(status: str, saved: bool = True) -> str:
        body = {"dataset": "iris", "epochs": 4}
        if status == "diverged":
            steep = {"kind": "gradient_descent", "learning_rate": 1000.0}
            hidden = [{"units": 8, "activation": "relu"}]
            body |= {"optimizer": steep, "network": {"hidden": hidden}, "epochs": 50}
        path = str(client.post("/v1/jobs", json=body).json["links"]["self"])
        if status in ("succeeded", "diverged"):
            work_off()
        elif status != "queued":
            _begin(status, path, saved)
        expected = "failed" if status == "diverged" else status
        assert client.get(path).json["status"] == expected
        return path

    def _begin(status: str, path: str, saved: bool) -> None:
        claim = claimed()
        ledger = Ledger(sessions, blobs, claim)
        if saved:
            save(ledger, claim)
        if status == "failed":
            ledger.fail(News(), "internal_error", "it broke")
        elif status != "running":
            action = {"paused": "pause", "cancelled": "cancel"}[status]
            assert client.post(f"{path}/{action}").status_code == 200

    return bring


def save(ledger: Ledger, claim: Claim) -> None:
    """Train for a while, and save."""
    prepared = prepare(claim.spec, datasets.builtin("iris"))
    training = Training(claim.spec, prepared.data)
    upto = zip(range(SAVED_EPOCH + 1), training.records(), strict=False)
    records = [record for _, record in upto]
    checkpoint = Checkpoint(prepared.preprocessing, training.state())
    ledger.save(News(records), checkpoint.epoch, ledger.put(checkpoint))


def ask(client: FlaskClient, path: str, action: str) -> Any:
    if action == "DELETE":
        return client.delete(path)
    if action == "model":
        return client.get(f"{path}/model")
    return client.post(f"{path}/{action}", json=ROWS if action == "predictions" else None)


def shown(client: FlaskClient, path: str) -> Any:
    """The job without the one thing that changes while nothing happens."""
    return {**client.get(path).json, "estimated_finish": None}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("status", STATUSES)
def test_each_cell_of_the_table(
    status: str, action: str, client: FlaskClient, job_in: Callable[..., str], queue: Any
) -> None:
    path = job_in(status)
    before = shown(client, path)
    woken = len(queue.woken)
    expected = TABLE[status].get(action, 409)
    answer = ask(client, path, action)
    if isinstance(expected, str):
        assert (answer.status_code, answer.json["status"]) == (200, expected), answer.text
        assert shown(client, path) == answer.json
        assert len(queue.woken) == woken + (expected == "queued")
        return
    assert answer.status_code == expected, answer.text
    if expected == 204:
        assert client.get(path).status_code == 404
    else:
        assert shown(client, path) == before


@pytest.mark.parametrize("action", ["model", "predictions"])
@pytest.mark.parametrize("status", ["running", "paused", "failed", "cancelled"])
def test_without_a_checkpoint_there_is_no_model(
    status: str, action: str, client: FlaskClient, job_in: Callable[..., str]
) -> None:
    answer = ask(client, job_in(status, saved=False), action)
    assert answer.status_code == 409
    assert status in answer.json["detail"]


def test_the_table_has_a_row_for_each_status() -> None:
    assert set(TABLE) - {"diverged"} == set(JobStatus)


def test_what_was_kept_is_still_there_after_pausing_and_cancelling(
    client: FlaskClient, job_in: Callable[..., str], read: Callable[..., Any]
) -> None:
    path = job_in("running")
    history = client.get(f"{path}/history").json["data"]
    assert [row["epoch"] for row in history] == [0, 1, 2]
    for action in ("pause", "cancel"):
        assert client.post(f"{path}/{action}").json["epoch"] == SAVED_EPOCH
        assert client.get(f"{path}/history").json["data"] == history
        head = read(checkpoints.head, path.rpartition("/")[2])
        assert head.epoch == SAVED_EPOCH


def test_a_retried_job_has_no_end_any_more(client: FlaskClient, job_in: Callable[..., str]) -> None:
    path = job_in("failed")
    assert client.get(path).json["error"]["code"] == "internal_error"
    job = client.post(f"{path}/retry").json
    assert (job["error"], job["stop_reason"], job["finished_at"]) == (None, None, None)
    assert (job["epoch"], job["attempt"], job["queue_position"]) == (SAVED_EPOCH, 1, 1)


def test_a_wait_ends_at_a_pause_and_a_paused_job_is_not_waited_for(
    client: FlaskClient, job_in: Callable[..., str]
) -> None:
    path = job_in("paused")
    answer = client.get(f"{path}?wait=60")
    assert answer.json["status"] == "paused"
    assert "Retry-After" not in answer.headers


@pytest.mark.parametrize(("status", "action"), [("paused", "resume"), ("cancelled", "retry")])
def test_a_job_whose_dataset_is_gone_is_not_queued_again(
    status: str, action: str, client: FlaskClient, sessions: Any, write: Callable[..., Any]
) -> None:
    data = {"inputs": [[0], [1]], "targets": [0.0, 1.0]}
    job = client.post("/v1/jobs", json={"dataset": data}).json
    path, dataset_id = job["links"]["self"], job["dataset"]
    client.post(f"{path}/{'pause' if status == 'paused' else 'cancel'}")
    write(lambda session: session.delete(datasets.get(session, "default", dataset_id)))
    answer = client.post(f"{path}/{action}")
    assert answer.status_code == 409
    assert f"dataset {dataset_id} is gone" in answer.json["detail"]
    assert client.get(path).json["status"] == status


def test_a_lost_worker_counts_anew_after_a_retry(
    client: FlaskClient,
    job_in: Callable[..., str],
    claimed: Callable[[], Claim],
    write: Callable[..., Any],
    read: Callable[..., Any],
    job_now: Callable[[str], Any],
) -> None:
    path = job_in("queued")
    job_id = path.rpartition("/")[2]
    for _ in range(leases.MAX_LOST_ATTEMPTS):
        claimed()
        write(leases.take_back, *read(leases.pulses))
    assert client.get(path).json["error"]["code"] == "worker_lost"
    assert client.post(f"{path}/retry").json["status"] == "queued"
    claimed()
    write(leases.take_back, *read(leases.pulses))
    assert (job_now(job_id).status, job_now(job_id).lost) == ("queued", 1)


@pytest.mark.parametrize("action", ["cancel", "pause", "resume", "retry"])
def test_an_action_takes_no_parameters(
    action: str, client: FlaskClient, job_in: Callable[..., str]
) -> None:
    assert client.post(f"{job_in('queued')}/{action}?force=true").status_code == 422


def test_the_model_of_a_checkpoint_is_replaced_by_the_final_one(
    client: FlaskClient, job_in: Callable[..., str], work_off: Callable[[], None], sessions: Any
) -> None:
    path = job_in("paused")
    early = client.get(f"{path}/model").json["weights_sha256"]
    client.post(f"{path}/resume")
    work_off()
    final = client.get(f"{path}/model").json["weights_sha256"]
    assert final == client.get(path).json["weights_sha256"] != early
