"""The clients on a real service: from a submission to a model, and what can be done to a job."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from descentd_client import (
    AsyncClient,
    Client,
    ConflictError,
    InvalidError,
    JobFailedError,
    NotFoundError,
    WaitTimeoutError,
)

FLOWERS = [[5.1, 3.4, 1.5, 0.2], [6.6, 3.0, 5.6, 2.1]]
LONG: Any = {"epochs": 1_000_000, "validation": None}


@pytest.fixture
def client(service_url: str) -> Iterator[Client]:
    with Client(service_url) as opened:
        yield opened


def test_a_job_is_trained_and_its_model_taken_home(client: Client, tmp_path: Path) -> None:
    job = client.train("iris", name="first", epochs=20, progress_bar=False)
    assert (job.status, job.name, job.epoch, job.stop_reason) == (
        "succeeded",
        "first",
        20,
        "epochs",
    )
    assert job.predict(FLOWERS)["predictions"] == ["setosa", "virginica"]
    job.save(tmp_path / "model.json")
    model = json.loads((tmp_path / "model.json").read_text())
    assert json.loads(job.download("json")) == model
    assert model["weights_sha256"] == job.shown["weights_sha256"]
    assert [path.name for path in tmp_path.iterdir()] == ["model.json"]


def test_each_epoch_is_followed_while_it_is_trained_and_afterwards(client: Client) -> None:
    job = client.submit("iris", epochs=200)
    live = list(job.follow())
    assert job.status == "succeeded"
    assert [row["epoch"] for row in live] == list(range(201))
    assert live == job.history().rows() == list(job.follow())
    assert [row["epoch"] for row in job.follow(after_epoch=198)] == [199, 200]
    assert job.history(after_epoch=198)["epoch"] == [199, 200]


def test_a_stream_can_be_left_in_the_middle(client: Client) -> None:
    job = client.submit("xor", **LONG)
    for row in job.follow():
        if row["epoch"] == 3:
            break
    assert job.cancel().status == "cancelled"


def test_waiting_ends_when_the_job_is_at_rest_or_the_time_is_over(client: Client) -> None:
    job = client.submit("xor", **LONG)
    with pytest.raises(WaitTimeoutError):
        job.wait(timeout=0.05)
    timer = threading.Timer(0.1, job.cancel)
    timer.start()
    assert client.job(job.id).wait().status == "cancelled"
    timer.join()


def test_a_job_goes_through_its_life(client: Client) -> None:
    job = client.submit("xor", **LONG)
    next(iter(job.follow()))
    assert job.pause().status == "paused"
    assert job.is_at_rest
    assert not job.is_finished
    assert list(job.follow()) == job.history().rows()
    assert job.resume().status == "queued"
    assert job.cancel().status == "cancelled"
    assert job.retry().status == "queued"
    with pytest.raises(ConflictError):
        job.delete()
    job.cancel()
    job.delete()
    with pytest.raises(NotFoundError):
        job.refresh()


def test_names_and_metadata_are_changed(client: Client) -> None:
    job = client.train("xor", epochs=1, metadata={"team": "a", "draft": True}, progress_bar=False)
    job.change(name="second", metadata={"draft": None})
    assert (job.name, job.shown["metadata"]) == ("second", {"team": "a"})
    assert [each["id"] for each in client.jobs(name="second", metadata={"team": "a"})] == [job.id]
    assert list(client.jobs(name="second", metadata={"team": "b"})) == []


def test_lists_go_on_over_pages_and_stop_where_they_are_told(client: Client) -> None:
    made = [client.submit("xor", epochs=1, name="paged").id for _ in range(3)]
    assert [job["id"] for job in client.jobs(name="paged")] == made[::-1]
    assert [job["id"] for job in client.jobs(name="paged", limit=2)] == made[:0:-1]
    now = datetime.now(UTC)
    for moment in (now, now.replace(tzinfo=None), now.astimezone(timezone(timedelta(hours=5)))):
        later = moment + timedelta(hours=1 if moment.tzinfo else 24)
        assert list(client.jobs(name="paged", created_after=later)) == []
    assert list(client.jobs(name="paged", created_after=now - timedelta(hours=1))) != []


def test_rows_go_along_with_the_job_as_lists_or_arrays(client: Client) -> None:
    numpy = pytest.importorskip("numpy")
    x = numpy.arange(4.0).reshape(4, 1)
    job = client.train(
        {"inputs": x, "targets": 2 * x[:, 0] + 1},
        network={"hidden": []},
        scaling="none",
        optimizer={"kind": "gradient_descent", "learning_rate": 0.1},
        batch_size=None,
        epochs=200,
        progress_bar=False,
    )
    (prediction,) = job.predict(numpy.array([[10.0]]))["predictions"]
    assert prediction == pytest.approx(21, abs=0.01)
    dataset = client.dataset(job.shown["dataset"])
    assert dataset["rows"] == 4
    assert dataset["id"] in [each["id"] for each in client.datasets()]


def test_every_fault_comes_back_with_its_place(client: Client) -> None:
    wrong: Any = {"optimizer": {"learning_rate": -1}, "colour": "red"}
    with pytest.raises(InvalidError) as caught:
        client.submit("iris", epochs=0, **wrong)
    assert {fault.pointer for fault in caught.value.faults} == {
        "/epochs",
        "/optimizer/learning_rate",
        "/colour",
    }


def test_a_job_that_does_not_succeed_is_an_error_that_holds_it(client: Client) -> None:
    with pytest.raises(JobFailedError, match="failed") as caught:
        client.train(
            {"inputs": [[1e6], [-1e6]], "targets": [1e6, -1e6]},
            network={"hidden": []},
            scaling="none",
            optimizer={"kind": "gradient_descent", "learning_rate": 1e6},
            epochs=1000,
            progress_bar=False,
        )
    assert caught.value.job["stop_reason"] == "diverged"


def test_a_job_can_be_judged_without_being_made(client: Client) -> None:
    before = [job["id"] for job in client.jobs(limit=1)]
    verdict = client.validate("iris", epochs=7)
    assert verdict["spec"]["epochs"] == 7
    assert verdict["parameters"] == 131
    assert [job["id"] for job in client.jobs(limit=1)] == before


def test_one_key_makes_one_job(client: Client) -> None:
    first = client.submit("xor", epochs=1, idempotency_key="one-key")
    assert client.submit("xor", epochs=1, idempotency_key="one-key").id == first.id


def test_a_step_is_laid_open(client: Client) -> None:
    step = client.step(
        network={"weights": [{"weights": [[0]], "biases": [0]}]},
        inputs=[[0], [1], [2], [3]],
        targets=[1, 3, 5, 7],
        cost="mse",
        learning_rate=0.1,
    )
    assert step["cost"] == 21
    assert step["descent"] == [{"weights": [[pytest.approx(1.7)]], "biases": [pytest.approx(0.8)]}]


def test_the_service_tells_its_version_and_limits(client: Client) -> None:
    about = client.about()
    assert about["name"] == "descentd"
    assert about["limits"]["epochs"] > 0


def test_many_jobs_are_trained_at_once_by_asyncio(service_url: str, tmp_path: Path) -> None:
    async def one(client: AsyncClient, seed: int) -> list[int]:
        job = await client.submit("xor", epochs=50, seed=seed, name="at once")
        return [row["epoch"] async for row in job.follow()]

    async def all_of_it() -> None:
        async with AsyncClient(service_url) as client:
            followed = await asyncio.gather(*[one(client, seed) for seed in range(4)])
            assert followed == [list(range(51))] * 4
            found = [each["id"] async for each in client.jobs(name="at once")]
            assert len(found) == 4
            job = await client.job(found[0])
            assert (await job.wait(timeout=5)).status == "succeeded"
            assert (await job.history())["epoch"] == list(range(51))
            assert len((await job.predict([[0, 1]]))["predictions"]) == 1
            await job.save(tmp_path / "model.json")
            assert (tmp_path / "model.json").read_bytes() == await job.download("json")
            await job.delete()
            with pytest.raises(NotFoundError):
                await job.refresh()

    asyncio.run(all_of_it())


def test_training_by_asyncio_ends_as_training_does(service_url: str) -> None:
    async def train() -> str:
        async with AsyncClient(service_url) as client:
            job = await client.train("iris", epochs=20, progress_bar=False)
            assert (await client.about())["name"] == "descentd"
            verdict = await client.validate("iris")
            assert verdict["parameters"] == job.shown["parameters"]
            return job.status

    assert asyncio.run(train()) == "succeeded"
