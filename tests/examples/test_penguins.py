"""The penguins go from a file to an ONNX model, which says what the service says."""

import csv
import os
import shutil
import subprocess

import numpy as np
import onnxruntime
import pytest

SCRIPT = "examples/penguins.sh"


def columns(path):
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] for row in rows] for name in rows[0]}


def fed(taken, texts):
    """A column of the file as the graph takes it, (rows, 1)."""
    if taken.type == "tensor(string)":
        return np.array([["" if text == "NA" else text] for text in texts], object)
    return np.array([[np.nan if text == "NA" else float(text)] for text in texts])


@pytest.mark.skipif(shutil.which("curl") is None, reason="the script needs curl")
def test_onnx_runtime_predicts_what_the_service_predicts(pytestconfig, service_url, tmp_path):
    root = pytestconfig.rootpath
    environment = {**os.environ, "no_proxy": "127.0.0.1"}
    command = [str(root / SCRIPT), service_url, "none", str(tmp_path)]
    subprocess.run(command, env=environment, check=True, timeout=90)
    raw = columns(root / "examples" / "penguins" / "penguins.csv")
    told = columns(tmp_path / "predictions.csv")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    feeds = {taken.name: fed(taken, raw[taken.name]) for taken in session.get_inputs()}
    labels, chances = session.run(None, feeds)
    assert len(labels) == 344
    assert np.ravel(labels).tolist() == told["prediction"]
    expected = [told[f"probability_{name}"] for name in ("Adelie", "Chinstrap", "Gentoo")]
    np.testing.assert_allclose(chances, np.array(expected, float).T, rtol=0, atol=1e-5)
    right = sum(a == b for a, b in zip(told["prediction"], raw["species"], strict=True))
    assert right > 0.97 * 344
