"""What is in a model's file works without this service, and back in it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from examples.predict_by_hand import predict

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
TINY = {"kind": "gradient_descent", "learning_rate": 1e-12}
ROWS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]
LINE = {"inputs": [[1], [2], [3], [4]], "targets": [[10, -1], [20, -3], [31, -2], [39, 0]]}


def output_of(script, *arguments):
    command = [sys.executable, str(EXAMPLES / script), *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=30)
    return done.stdout


@pytest.fixture
def file_of(client, tmp_path):
    """Downloads a model under the name it is sent with."""

    def download(path, format_):
        answer = client.get(f"{path}/model?format={format_}")
        name = answer.headers["Content-Disposition"].partition('"')[2].rstrip('"')
        (tmp_path / name).write_bytes(answer.data)
        return tmp_path / name

    return download


@pytest.mark.parametrize("format_", ["npz", "safetensors", "json"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_job_goes_on_from_the_weights_of_a_file(client, trained, file_of, format_, dtype):
    network = {"hidden": [{"units": 5, "activation": "gelu"}]}
    first = trained(network=network, dtype=dtype, validation=None)
    weights = json.loads(output_of("weights_from_model.py", file_of(first, format_)))
    again = {"network": network | {"weights": weights}, "dtype": dtype, "validation": None}
    second = trained(**again, optimizer=TINY, epochs=1)
    start = client.get(f"{second}/history").json["data"][0]
    assert start["cost"] == client.get(first).json["cost"]
    told = [
        client.post(f"{path}/predictions", json={"inputs": ROWS}).json for path in (first, second)
    ]
    assert told[0]["predictions"] == told[1]["predictions"]
    for before, after in zip(*(each["probabilities"] for each in told), strict=True):
        assert before == pytest.approx(after, abs=1e-6)


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ({"dataset": "iris", "network": {"hidden": [{"units": 4, "activation": "selu"}]}}, ROWS),
        ({"dataset": "xor", "epochs": 50}, [[0, 1], [1, 1]]),
        ({"dataset": LINE, "epochs": 50}, [[1.5], [7]]),
    ],
)
def test_a_file_predicts_by_hand_what_the_service_predicts(client, trained, file_of, body, rows):
    path = trained(**body)
    file = file_of(path, "json")
    model = json.loads(file.read_text())
    names = [feature["name"] for feature in model["preprocessing"]["features"]]
    told = client.post(f"{path}/predictions", json={"inputs": rows}).json
    by_hand = [predict(model, dict(zip(names, row, strict=True))) for row in rows]
    expected = told["probabilities"] or told["predictions"]
    for found, wanted in zip(by_hand, expected, strict=True):
        assert list(found.values()) == pytest.approx(wanted, rel=1e-5, abs=1e-5)
    if told["classes"]:
        assert [max(each, key=each.get) for each in by_hand] == told["predictions"]
    shown = output_of(
        "predict_by_hand.py", file, json.dumps(dict(zip(names, rows[0], strict=True)))
    )
    assert shown.splitlines() == [
        f"{json.dumps(name)}: {number}" for name, number in by_hand[0].items()
    ]
