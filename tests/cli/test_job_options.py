"""The options of `descentd train` → the body of a job."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from cli.remote.job_options import body, job_options


@click.command()
@job_options
def show(**options: Any) -> None:
    click.echo(json.dumps(body(options)))


def call(*words: str) -> Result:
    return CliRunner().invoke(show, words)


def body_of(*words: str) -> Any:
    result = call(*words)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_what_is_not_given_is_left_to_the_service() -> None:
    assert body_of() == {}


def test_every_option_has_its_place() -> None:
    words = (
        "--name n --target t --task binary --hidden 16,8 --activation relu --dropout 0.5 "
        "--cost mse --optimizer momentum --learning-rate 0.1 --epochs 7 --batch-size 4 --seed 3 "
        "--dtype float64 --l2 0.01 --validation 0.25 --patience 9"
    )
    assert body_of(*words.split()) == {
        "name": "n",
        "target": "t",
        "task": "binary",
        "network": {
            "hidden": [
                {"units": 16, "activation": "relu", "dropout": 0.5},
                {"units": 8, "activation": "relu", "dropout": 0.5},
            ]
        },
        "cost": "mse",
        "optimizer": {"kind": "momentum", "learning_rate": 0.1},
        "epochs": 7,
        "batch_size": 4,
        "seed": 3,
        "dtype": "float64",
        "l2": 0.01,
        "validation": {"fraction": 0.25},
        "stop": {"patience": 9},
    }


def test_words_stand_for_what_has_no_number() -> None:
    found = body_of("--hidden", "none", "--batch-size", "full", "--learning-rate", "auto")
    assert found["network"] == {"hidden": []}
    assert found["batch_size"] is None
    assert found["optimizer"] == {"learning_rate": "auto"}


def test_anything_else_is_set_by_its_pointer() -> None:
    found = body_of(
        *("--set", "/stop/cost=0.01", "--set", "/scaling=min_max"),
        *("--set", '/optimizer/learning_rate={"kind": "step", "initial": 0.1}'),
        *("--set", "/metadata/a~1b~0=x=y", "--set", "/validation=null"),
    )
    assert found == {
        "stop": {"cost": 0.01},
        "scaling": "min_max",
        "optimizer": {"learning_rate": {"kind": "step", "initial": 0.1}},
        "metadata": {"a/b~": "x=y"},
        "validation": None,
    }


def test_options_stand_above_a_file(tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    path.write_text('{"epochs": 5, "seed": 1, "optimizer": {"kind": "adam"}}')
    found = body_of("--body", str(path), "--epochs", "9", "--learning-rate", "0.2")
    assert found == {"epochs": 9, "seed": 1, "optimizer": {"kind": "adam", "learning_rate": 0.2}}


@pytest.mark.parametrize(
    "words",
    [
        ("--hidden", "a,b"),
        ("--hidden", "16,"),
        ("--learning-rate", "fast"),
        ("--batch-size", "some"),
        ("--set", "epochs=1"),
        ("--set", "/epochs"),
        ("--activation", "relu"),
        ("--epochs", "3", "--set", "/epochs/x=1"),
    ],
)
def test_what_cannot_be_meant_is_wrong_use(words: tuple[str, ...]) -> None:
    result = call(*words)
    assert result.exit_code == 2
    assert "Error" in result.output


@pytest.mark.parametrize("text", ["[]", "{", "1"])
def test_a_file_that_is_no_body_is_wrong_use(text: str, tmp_path: Path) -> None:
    (tmp_path / "job.json").write_text(text)
    assert call("--body", str(tmp_path / "job.json")).exit_code == 2
