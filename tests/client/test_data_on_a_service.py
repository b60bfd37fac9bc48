"""The clients on a real service: files sent to it, and a model asked about files."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from descentd_client import AsyncClient, Client, DescentdError, InvalidError, Job, NotFoundError

HEADER = "x,island,y\n"
LINE = HEADER + "".join(f"{x},{('a', 'b')[x % 2]},{2 * x + 1}\n" for x in range(20))


@pytest.fixture(scope="module")
def client(service_url: str) -> Iterator[Client]:
    with Client(service_url) as opened:
        yield opened


@pytest.fixture(scope="module")
def line(client: Client) -> Job:
    """A model of y = 2x + 1, to some digits."""
    return client.train(
        client.upload(LINE.encode())["id"],
        features=["x"],
        network={"hidden": []},
        optimizer={"kind": "gradient_descent", "learning_rate": 0.5},
        batch_size=None,
        epochs=100,
        progress_bar=False,
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "line.csv"
    path.write_text(LINE)
    return path


def test_a_file_is_sent_shown_listed_and_removed(client: Client, file: Path) -> None:
    shown = client.upload(file)
    assert (shown["rows"], shown["media_type"]) == (20, "text/csv")
    assert shown["sha256"] == hashlib.sha256(LINE.encode()).hexdigest()
    x, island, y = shown["columns"]
    assert [column["type"] for column in (x, island, y)] == ["number", "text", "number"]
    assert (y["min"], y["max"], y["mean"]) == (1, 39, 20)
    assert client.dataset(shown["id"]) == shown
    assert shown["id"] in [each["id"] for each in client.datasets()]
    client.delete_dataset(shown["id"])
    with pytest.raises(NotFoundError):
        client.dataset(shown["id"])


def test_a_file_may_be_packed_or_bytes_and_of_another_kind(client: Client, tmp_path: Path) -> None:
    packed = tmp_path / "line.csv.gz"
    packed.write_bytes(gzip.compress(LINE.encode()))
    assert client.upload(packed)["rows"] == 20
    rows = b'{"x": 1, "y": 2}\n{"x": null, "y": 3}\n'
    told = client.upload(rows, media_type="application/x-ndjson")
    assert [column["missing"] for column in told["columns"]] == [1, 0]


def test_one_key_makes_one_dataset(client: Client, file: Path) -> None:
    first = client.upload(file, idempotency_key="one-file")
    assert client.upload(file, idempotency_key="one-file")["id"] == first["id"]


def test_a_file_that_is_wrong_is_told_by_its_line(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text(HEADER + "1\n")
    with pytest.raises(InvalidError) as caught:
        client.upload(path)
    (fault,) = caught.value.faults
    assert fault.detail == "line 2: has 1 value, where 3 columns are"
    with pytest.raises(DescentdError, match="does not tell what the file is"):
        client.upload(tmp_path / "line.xlsx")


def test_a_model_is_scored_on_a_file_a_dataset_and_rows(
    client: Client, line: Job, tmp_path: Path
) -> None:
    shifted = tmp_path / "shifted.csv"
    # Each y is 3 above what the model says: so is every error.
    shifted.write_text("x,y\n1,6\n2,8\n5,14\n")
    uploaded = client.upload(shifted)["id"]
    inline = {"inputs": [[1], [2], [5]], "targets": [6, 8, 14]}
    for data in (shifted, uploaded, inline):
        scores = line.evaluate(data)
        assert scores["mae"] == pytest.approx(3, abs=0.01)
        assert scores["rmse"] == pytest.approx(3, abs=0.01)
    with pytest.raises(InvalidError, match="y"):
        line.evaluate({"inputs": [[1]], "targets": ["text"]})


def test_a_model_is_scored_on_what_it_learnt_from_as_its_job_says(client: Client) -> None:
    job = client.train("iris", epochs=5, validation=None, progress_bar=False)
    told = job.evaluate("iris")
    known = job.shown["metrics"]["training"]
    assert told["accuracy"] == known["accuracy"]
    assert told["confusion_matrix"] == known["confusion_matrix"]
    assert told["log_loss"] == pytest.approx(known["log_loss"], rel=1e-5)


def test_a_file_is_answered_as_a_file(line: Job, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("x\n" + "".join(f"{x}\n" for x in range(3_000)))
    name, *told = b"".join(line.predict_file(rows)).decode().splitlines()
    assert name == "prediction"
    assert [float(each) for each in told[:3]] == pytest.approx([1, 3, 5], abs=0.05)
    assert len(told) == 3_000
    rows.write_text('{"x": 1}\n{"x": "tall"}\n')
    with pytest.raises(InvalidError) as caught:
        list(line.predict_file(rows, "application/x-ndjson"))
    assert "line 2" in caught.value.faults[0].detail


def test_all_of_it_by_asyncio(service_url: str, line: Job, file: Path) -> None:
    async def ask() -> tuple[int, float, bytes]:
        async with AsyncClient(service_url) as client:
            rows = (await client.upload(file))["rows"]
            job = await client.job(line.id)
            scores = await job.evaluate(file)
            answers = b"".join([piece async for piece in job.predict_file(file)])
            return rows, scores["mae"], answers

    rows, error, answers = asyncio.run(ask())
    assert (rows, error) == (20, pytest.approx(0, abs=0.05))
    assert answers == b"".join(line.predict_file(file))
