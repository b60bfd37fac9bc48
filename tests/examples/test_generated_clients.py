"""Clients that public generators make of /openapi.json compile, train, and read the answers."""

from __future__ import annotations

import compileall
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = ROOT / "examples" / "integrations" / "clients"
FLOWERS = ROOT / "service" / "data" / "iris.csv"
PATIENCE_SECONDS = 240.0
OFFLINE = re.compile(r"ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENETUNREACH")
# All that the generator cannot do: a body that is neither JSON nor a form.
UNSENDABLE = {
    "POST /v1/datasets": {
        "text/csv",
        "application/x-ndjson",
        "application/vnd.apache.parquet",
        "application/x-npz",
    },
    "POST /v1/jobs/{job_id}/predictions": {"text/csv", "application/x-ndjson"},
}
READ_ALL = """
import sys
from descentd_api import Client
from descentd_api.api.datasets import list_datasets, read_rows, show_dataset
from descentd_api.api.jobs import list_jobs, show_job
from descentd_api.api.results import evaluate_model, fetch_model, read_history
from descentd_api.api.service import tell_about, tell_ready
from descentd_api.api.steps import take_step
from descentd_api.models import *

client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)
jobs = list_jobs.sync(client=client, status=ListJobsStatus.SUCCEEDED, limit=1)
job = show_job.sync(jobs.data[0].id, client=client)
datasets = list_datasets.sync(client=client)
network = StepNetwork.from_dict({"weights": [{"weights": [[0]], "biases": [0]}]})
step = StepBody(network=network, inputs=[[0.0], [1.0]], targets=[1.0, 3.0])
read = [
    jobs, job, datasets, tell_about.sync(client=client), tell_ready.sync(client=client),
    show_dataset.sync(datasets.data[0].id, client=client),
    read_rows.sync(datasets.data[0].id, client=client, limit=2),
    read_history.sync(job.id, client=client, layout=ReadHistoryLayout.COLUMNS),
    fetch_model.sync(job.id, client=client),
    evaluate_model.sync(job.id, client=client, body=EvaluationBody(dataset="iris")),
    take_step.sync(client=client, body=step),
]
print(*(type(answer).__name__ for answer in read))
print(job.spec.optimizer.learning_rate, job.metrics.validation.accuracy > 0.8)
"""


def run(folder: Path, *command: str, url: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "DESCENTD_URL": url, "no_proxy": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


def output_of(folder: Path, *command: str, url: str = "") -> str:
    done = run(folder, *command, url=url)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def generated(service_url: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with the Python client, and what the generator said."""
    folder = tmp_path_factory.mktemp("python") / "clients"
    shutil.copytree(CLIENTS, folder, ignore=shutil.ignore_patterns("node_modules", "descentd_api"))
    made = run(
        folder,
        *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
        *("--url", f"{service_url}/openapi.json", "--config", "openapi-python-client.yml"),
        *("--output-path", "descentd_api"),
    )
    assert made.returncode == 0, made.stderr
    return folder, made.stdout + made.stderr


def test_the_python_generator_warns_of_its_own_limits_alone(generated: tuple[Path, str]) -> None:
    warned: dict[str, set[str]] = {}
    for operation, kind in re.findall(
        r"WARNING parsing (\S+ \S+) within \w+\.\s+Unsupported content type (\S+)", generated[1]
    ):
        warned.setdefault(operation, set()).add(kind)
    assert warned == UNSENDABLE
    assert generated[1].count("WARNING") == sum(map(len, UNSENDABLE.values()))
    assert "ERROR" not in generated[1]


def test_the_python_client_compiles(generated: tuple[Path, str]) -> None:
    assert compileall.compile_dir(generated[0] / "descentd_api", quiet=2)


def test_the_python_client_trains(generated: tuple[Path, str], service_url: str) -> None:
    folder, _ = generated
    lines = output_of(folder, sys.executable, "train.py", str(FLOWERS), url=service_url).split("\n")
    assert lines[:2] == ["422 ['/epochs']", "iris.csv 150"]
    assert re.fullmatch(r"succeeded 30 0\.\d+", lines[2])
    assert lines[3:] == ["31 30", "['setosa']", ""]
    answers, learnt = output_of(folder, sys.executable, "-c", READ_ALL, service_url).splitlines()
    assert answers == (
        "JobList Job DatasetList About Readiness Dataset DatasetRows HistoryColumns"
        " ModelShown ClassificationScores StepShown"
    )
    assert learnt == "0.01 True"


def test_the_lock_of_the_typescript_client_names_no_host() -> None:
    text = (CLIENTS / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    assert "://" not in text
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


@pytest.mark.verify
def test_the_typescript_client_compiles_and_trains(service_url: str, tmp_path: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path / "clients"
    shutil.copytree(CLIENTS, folder, ignore=shutil.ignore_patterns("node_modules", "build"))
    installed = run(folder, "npm", "ci")
    if installed.returncode and OFFLINE.search(installed.stderr):
        pytest.skip("npm reaches no registry")
    assert installed.returncode == 0, installed.stderr
    for script in ("generate", "build"):
        output_of(folder, "npm", "run", "--silent", script, url=service_url)
    lines = output_of(folder, "npm", "run", "--silent", "train", url=service_url).splitlines()
    assert (lines[0], lines[2]) == ("422 [ '/epochs' ]", "[ 'setosa' ]")
    assert re.fullmatch(r"succeeded 30 0\.\d+", lines[1])
