"""The verbs of a user, on a real service: what they print, and how they exit."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from descentd_client import Client


class Terminal:
    """Calls `descentd` with a service; stdout is no terminal here."""

    def __init__(self, url: str) -> None:
        self.url = url

    def call(self, *words: str, code: int = 0, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(main, words, input=stdin, env={"DESCENTD_URL": self.url})
        assert result.exit_code == code, result.output
        return result

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.call(*words, "--json", code=code).stdout)


@pytest.fixture
def descentd(service_url: str) -> Terminal:
    return Terminal(service_url)


@pytest.fixture(scope="module")
def trained(service_url: str) -> str:
    """The id of a job that has learnt iris."""
    with Client(service_url) as client:
        return client.train("iris", name="trained", epochs=40, progress_bar=False).id


@pytest.fixture
def endless(descentd: Terminal) -> str:
    """The id of a job that does not end by itself."""
    words = ("xor", "--epochs", "1000000", "--set", "/validation=null", "--detach")
    return descentd.call("train", *words).stdout.strip()


def test_training_prints_a_line_now_and_then_and_a_diagnosis(descentd: Terminal) -> None:
    lines = descentd.call("train", "iris", "--epochs", "40", "--seed", "1").stdout.splitlines()
    epochs = [line.split()[1] for line in lines if line.startswith("epoch")]
    assert epochs == [f"{epoch}/40" for epoch in range(0, 41, 2)]
    assert "succeeded (epochs)" in lines[len(epochs) + 1]
    assert any("validation: accuracy" in line for line in lines)
    assert any(line.split(":")[0].strip() in VERDICTS for line in lines)
    assert "\x1b" not in "".join(lines)


VERDICTS = {"too_large", "too_small", "converged", "overfitting", "healthy"}


def test_training_as_json_prints_the_job_alone(descentd: Terminal) -> None:
    job = descentd.json("train", "xor", "--epochs", "3", "--hidden", "3", "--name", "small")
    assert (job["status"], job["epoch"], job["name"]) == ("succeeded", 3, "small")
    assert [layer["units"] for layer in job["spec"]["network"]["hidden"]] == [3]


def test_a_job_that_fails_exits_with_a_code_of_its_own(descentd: Terminal) -> None:
    words = ("--optimizer", "gradient_descent", "--learning-rate", "1e6", "--hidden", "none")
    more = ("--set", "/cost=mse", "--set", "/task=regression", "--epochs", "500")
    result = descentd.call("train", "xor", *words, *more, code=3)
    assert "failed (diverged)" in result.stdout


def test_every_fault_is_told_with_its_place(descentd: Terminal) -> None:
    result = descentd.call("train", "iris", "--epochs", "0", "--set", "/colour=red", code=1)
    assert "/epochs: must be" in result.output
    assert "/colour: is not a known field" in result.output


def test_what_is_neither_file_nor_name_is_told_before_it_is_sent(descentd: Terminal) -> None:
    assert "no file" in descentd.call("train", "missing.csv", code=2).output
    assert "missing" in descentd.call("train", "missing", code=1).output


def test_numbers_that_are_none_are_told(descentd: Terminal) -> None:
    assert "JSON" in descentd.call("train", "iris", "--l2", "nan", code=1).output


def test_watching_shows_a_job_from_its_first_epoch(descentd: Terminal, trained: str) -> None:
    lines = descentd.call("watch", trained).stdout.splitlines()
    assert lines[1].startswith("epoch 0/40")
    assert descentd.json("watch", trained)["id"] == trained


def test_a_job_is_shown(descentd: Terminal, trained: str) -> None:
    assert f"{trained} succeeded" in descentd.call("show", trained).stdout
    assert descentd.json("show", trained)["name"] == "trained"
    assert "There is no job" in descentd.call("show", "job_none", code=1).output


def test_jobs_are_listed(descentd: Terminal, trained: str) -> None:
    lines = descentd.call("jobs", "--name", "trained").stdout.splitlines()
    assert lines[0].split() == ["JOB", "STATUS", "DONE", "COST", "DATASET", "NAME"]
    assert lines[1].split()[:3] == [trained, "succeeded", "100%"]
    listed = descentd.json("jobs", "--status", "succeeded", "--limit", "1")
    assert len(listed) == 1
    assert "status" in descentd.call("jobs", "--status", "good", code=1).output


def test_a_job_is_steered_through_its_life(descentd: Terminal, endless: str) -> None:
    for verb, status in [
        ("pause", "paused"),
        ("resume", "queued"),
        ("cancel", "cancelled"),
        ("retry", "queued"),
        ("cancel", "cancelled"),
    ]:
        assert descentd.call(verb, endless).stdout == f"{endless} {status}\n"
    assert descentd.json("cancel", endless)["status"] == "cancelled"
    descentd.call("resume", endless, code=1)
    assert descentd.call("watch", endless, code=3).stdout
    descentd.call("rm", endless)
    descentd.call("show", endless, code=1)


def test_a_model_says_what_it_thinks_of_rows(
    descentd: Terminal, trained: str, tmp_path: Path
) -> None:
    rows = ("--row", "5.1,3.4,1.5,0.2", "--row", "6.6,3.0,5.6,2.1")
    lines = descentd.call("predict", trained, *rows).stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["setosa", "virginica"]
    assert all(line.endswith("%") for line in lines)
    table = "sepal_length,sepal_width,petal_length,petal_width\n5.1,3.4,1.5,0.2\n"
    (tmp_path / "rows.csv").write_text(table)
    from_file = descentd.json("predict", trained, str(tmp_path / "rows.csv"))
    assert from_file["predictions"] == ["setosa"]
    assert descentd.call("predict", trained, "-", stdin=table).stdout.startswith("setosa")
    assert "no rows" in descentd.call("predict", trained, code=2).output
    assert "/inputs/0" in descentd.call("predict", trained, "--row", "1", code=1).output


def test_a_model_says_what_it_thinks_of_a_file_as_a_file(
    descentd: Terminal, trained: str, tmp_path: Path
) -> None:
    rows, answers = tmp_path / "rows.csv", tmp_path / "answers.csv"
    header = "sepal_length,sepal_width,petal_length,petal_width\n"
    rows.write_text(header + "5.1,3.4,1.5,0.2\n6.6,3.0,5.6,2.1\n" * 3)
    assert descentd.call("predict", trained, str(rows), "-o", str(answers)).stdout == ""
    told = answers.read_text()
    assert [line.split(",")[0] for line in told.splitlines()] == [
        "prediction",
        *["setosa", "virginica"] * 3,
    ]
    assert descentd.call("predict", trained, str(rows), "--output", "-").stdout == told
    rows.write_text(header + "5.1,3.4,tall,0.2\n")
    refused = descentd.call("predict", trained, str(rows), "-o", str(answers), code=1)
    assert "line 2" in refused.output
    assert answers.read_text() == told
    for wrong in (["-"], ["--row", "1"], [str(rows), "--json"]):
        assert "--output" in descentd.call("predict", trained, *wrong, "-o", "-", code=2).output


def test_a_model_is_written_into_a_file(descentd: Terminal, trained: str, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    assert descentd.call("export", trained, "-o", str(path)).stdout == ""
    printed = descentd.call("export", trained, "--format", "json", "-o", "-").stdout
    assert json.loads(path.read_text()) == json.loads(printed)
    assert "--format" in descentd.call("export", trained, "-o", "-", code=2).output
    assert "format" in descentd.call("export", trained, "-o", "model.txt", code=1).output
    away = str(tmp_path / "away" / "model.json")
    assert "away" in descentd.call("export", trained, "-o", away, code=1).output


def test_datasets_are_listed_and_shown(descentd: Terminal, tmp_path: Path) -> None:
    with Client(descentd.url) as client:
        rows: Any = {"inputs": [[0], [1]], "targets": [1, 3]}
        dataset = client.train(rows, epochs=1, progress_bar=False).shown["dataset"]
    listed = descentd.call("datasets", "list").stdout.splitlines()
    assert [line.split()[1] for line in listed if line.startswith(dataset)] == ["2"]
    assert "2 rows" in descentd.call("datasets", "show", dataset).stdout
    assert descentd.json("datasets", "show", dataset)["rows"] == 2


def test_a_service_that_is_not_there_exits_with_a_code_of_its_own() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        away = Terminal(f"http://127.0.0.1:{probe.getsockname()[1]}")
        assert "cannot be reached" in away.call("jobs", code=4).output


def test_an_address_can_be_given(service_url: str, trained: str) -> None:
    result = Terminal("http://127.0.0.1:1").call("show", trained, "--url", service_url)
    assert trained in result.stdout
    assert "address" in Terminal(service_url).call("jobs", "--url", "nowhere", code=1).output
