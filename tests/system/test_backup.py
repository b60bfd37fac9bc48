"""A service comes back from its backup, and the job that was under way ends with the same bits."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .conftest import NewServer
from .stack import ROOT, Client, Service, launch, serving, settings

# So wide that its checkpoints and its model are blobs, so long that it is caught under way.
WIDE: dict[str, Any] = {
    "network": {"hidden": [{"units": 320}, {"units": 320}]},
    "epochs": 500,
    "seed": 3,
}


@dataclass
class Places:
    """Where a service is at first, and where its copy is put."""

    first: dict[str, str]
    second: dict[str, str]
    copy: Path


@pytest.fixture(params=["sqlite", "postgres"])
def places(
    request: pytest.FixtureRequest, tmp_path: Path, new_postgres: NewServer
) -> Iterator[Places]:
    with ExitStack() as lent:
        given: list[dict[str, str]] = [{}, {}]
        if request.param == "postgres":
            if shutil.which("pg_dump") is None:
                pytest.skip("needs pg_dump and pg_restore")
            given = [{"database_url": lent.enter_context(new_postgres())} for _ in range(2)]
        first, second = (
            settings(tmp_path / name, **named)
            for name, named in zip(("first", "second"), given, strict=True)
        )
        yield Places(first, second, tmp_path / "copy")


def run(script: str, folder: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(ROOT / "deploy" / script), str(folder)]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def ending(client: Client, job_id: str) -> tuple[Any, ...]:
    job = client.at_rest(job_id)
    assert job["status"] == "succeeded", job
    return job["weights_sha256"], job["metrics"], client.history(job_id)


def past(client: Client, job_id: str, epoch: int) -> None:
    while (client.job(job_id)["epoch"] or 0) < epoch:
        client.job(job_id, wait=0.1)


@pytest.fixture(scope="module")
def undisturbed(embedded: Service) -> tuple[Any, ...]:
    """How the long job ends where nothing comes in between."""
    return ending(embedded.client, embedded.client.submit(**WIDE))


def test_a_copy_made_while_a_job_runs_goes_on_elsewhere_to_the_same_bits(
    places: Places, undisturbed: tuple[Any, ...]
) -> None:
    with serving(places.first, "up", "--workers", "1") as service:
        client = service.client
        rows = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [0, 1, 1, 0]}
        finished = client.submit(dataset=rows, epochs=3, network=WIDE["network"])
        first = ending(client, finished)
        under_way = client.submit(**WIDE)
        past(client, under_way, 3)
        made = run("backup.sh", places.copy, places.first)
        assert made.returncode == 0, made.stderr
        assert list(places.copy.glob("blobs/checkpoints/*"))
    put_back = run("restore.sh", places.copy, places.second)
    assert put_back.returncode == 0, put_back.stderr
    with serving(places.second, "up", "--workers", "1") as service:
        client = service.client
        assert ending(client, finished) == first
        assert ending(client, under_way) == undisturbed
        # It was running when it was copied, and not at its beginning
        assert client.job(under_way)["attempt"] == 2
        answer = client.http.post(
            f"/v1/jobs/{finished}/predictions", json={"inputs": rows["inputs"]}
        )
        assert len(answer.json()["predictions"]) == 4


def test_neither_script_overwrites_anything(tmp_path: Path) -> None:
    environ = settings(tmp_path / "data")
    assert launch(environ, "migrate").process.wait(60) == 0
    assert run("backup.sh", tmp_path / "copy", environ).returncode == 0
    assert run("backup.sh", tmp_path / "copy", environ).returncode != 0
    before = (tmp_path / "data" / "descentd.db").read_bytes()
    refused = run("restore.sh", tmp_path / "copy", environ)
    assert (refused.returncode, "is there already" in refused.stderr) == (1, True)
    assert (tmp_path / "data" / "descentd.db").read_bytes() == before


@pytest.mark.parametrize(
    "database_url", ["", pytest.param("postgresql://postgres@127.0.0.1:1/nowhere", id="postgres")]
)
def test_a_copy_that_fails_leaves_nothing_that_looks_like_one(
    tmp_path: Path, database_url: str
) -> None:
    if database_url and shutil.which("pg_dump") is None:
        pytest.skip("needs pg_dump")
    environ = settings(tmp_path / "data", database_url=database_url)
    failed = run("backup.sh", tmp_path / "copies" / "today", environ)
    assert failed.returncode != 0
    assert "Traceback" not in failed.stderr
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_restore_that_is_refused_puts_no_blobs_anywhere(tmp_path: Path) -> None:
    environ = settings(tmp_path / "data")
    assert launch(environ, "migrate").process.wait(60) == 0
    assert run("backup.sh", tmp_path / "copy", environ).returncode == 0
    (tmp_path / "copy" / "blobs").mkdir(exist_ok=True)
    assert run("restore.sh", tmp_path / "copy", environ).returncode == 1
    assert not (tmp_path / "data" / "blobs").exists()
