"""What others would build on the service, as its documentation has it, works."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import onnxruntime
import pytest

ROOT = Path(__file__).resolve().parents[2]
INTEGRATIONS = ROOT / "examples" / "integrations"
FLOWERS = ROOT / "service" / "data" / "iris.csv"


@pytest.fixture
def retrain(service_url: str, tmp_path: Path) -> Any:
    if shutil.which("curl") is None or shutil.which("jq") is None:
        pytest.skip("the script needs curl and jq")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "DESCENTD_URL": service_url, "no_proxy": "127.0.0.1"}
        command = [str(INTEGRATIONS / "retrain.sh"), *words]
        return subprocess.run(
            command,
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )

    return run


def test_a_shell_script_keeps_a_model_that_is_good_enough(retrain: Any, tmp_path: Path) -> None:
    model = tmp_path / "model.onnx"
    done = retrain(str(FLOWERS), "species", str(model))
    assert (done.returncode, "accuracy" in done.stdout) == (0, True), done.stderr
    assert onnxruntime.InferenceSession(model).get_inputs()
    again = retrain(str(FLOWERS), "species", str(model))
    assert again.stdout == done.stdout, "the same night's job is made once"


def test_a_shell_script_leaves_the_model_as_it_is_for_one_that_is_worse(
    retrain: Any, tmp_path: Path
) -> None:
    model = tmp_path / "model.onnx"
    model.write_bytes(b"of yesterday")
    done = retrain(str(FLOWERS), "species", str(model), "1.01")
    assert (done.returncode, model.read_bytes()) == (1, b"of yesterday")
    assert "stays as it is" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.onnx"]


def test_a_shell_script_tells_what_the_service_says_no_to(retrain: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("a,b\n1,2\n3\n")
    done = retrain(str(broken), "b", "model.onnx")
    assert done.returncode != 0
    assert not (tmp_path / "model.onnx").exists()


def test_a_shell_script_tells_how_it_is_used(retrain: Any) -> None:
    done = retrain("only.csv")
    assert (done.returncode, "DATA.csv TARGET MODEL.onnx" in done.stderr) == (2, True)


def test_every_cell_of_the_notebook_runs(
    service_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DESCENTD_URL", service_url)
    notebook = json.loads((INTEGRATIONS / "learning_rates.ipynb").read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in notebook["cells"]:
        assert not cell.get("outputs"), "what a run shows is not kept"
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    names["client"].close()
    assert names["verdicts"][0.001] == "too_small"
    assert [len(fallen) for fallen in names["costs"].values()] == [61] * 3
    assert names["answer"]["predictions"] == ["setosa", "virginica"]
    assert "α = 0.001" in capsys.readouterr().out
