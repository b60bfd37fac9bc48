"""The examples work on a service that was just started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def output_of(*command: str) -> str:
    environment = {**os.environ, "no_proxy": "127.0.0.1"}
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=90
    )
    return done.stdout


def python(script: str, *arguments: str) -> str:
    return output_of(sys.executable, str(EXAMPLES / script), *arguments)


def test_the_demo_shows_every_step_and_ends_well() -> None:
    shown = python("demo.py")
    assert shown.count("$ curl ") == 4
    for word in ("setosa", "versicolor", "virginica", "epoch 100", "Everything is stopped"):
        assert word in shown


def test_a_job_is_followed_to_its_last_epoch(service_url: str) -> None:
    lines = python("follow.py", service_url).splitlines()
    epochs = [int(line.split()[1]) for line in lines if line.startswith("epoch")]
    assert epochs == list(range(0, 3001, 300))
    assert "accuracy" in lines[-1]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the script needs curl")
def test_xor_is_learnt_from_a_shell(service_url: str) -> None:
    assert '"predictions":[0,1,1,0]' in output_of(str(EXAMPLES / "xor.sh"), service_url)


@pytest.mark.verify
def test_a_picture_is_drawn_of_a_job_that_it_trains_itself() -> None:
    assert_both_costs_are_drawn(python("picture.py"))


def test_a_picture_is_drawn_of_both_costs(service_url: str) -> None:
    with httpx.Client(base_url=service_url, trust_env=False) as client:
        job_id = client.post("/v1/jobs", json={"dataset": "iris", "epochs": 100}).json()["id"]
        client.get(f"/v1/jobs/{job_id}?wait=60", timeout=70)
    assert_both_costs_are_drawn(python("picture.py", service_url, job_id))


def assert_both_costs_are_drawn(svg: str) -> None:
    picture = ElementTree.fromstring(svg)
    curves = picture.findall("{http://www.w3.org/2000/svg}polyline")
    assert [len(curve.attrib["points"].split()) for curve in curves] == [101, 101]
