"""`descentd up` as an operator meets it: it stops when told, and leaves nothing when killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import pytest

from chaos.processes import all_gone, descendants
from service import jobs
from service.config import Config
from service.database.sessions import Sessions
from service.states import JobStatus

from .stack import Service, serving, settings

ENDLESS = {"epochs": 1_000_000, "validation": None}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Service]:
    """A service that a test has for itself."""
    with serving(settings(tmp_path / "data"), "up", "--workers", "1") as service:
        yield service


def test_stopping_answers_who_waits_hands_jobs_back_and_leaves_nothing(
    own: Service, tmp_path: Path
) -> None:
    job_id = own.client.submit(**ENDLESS)
    own.client.running(job_id)
    everything = [own.process.pid, *descendants(own.process.pid)]
    with ThreadPoolExecutor(1) as other:
        held = other.submit(own.client.job, job_id, wait=60)
        own.client.job(job_id)  # by now the other request is on its way
        own.process.terminate()
        assert seconds_until_queued(own, job_id) < 10
        assert own.process.wait(30) == 0
        assert held.result()["status"] in ("running", "queued")
    assert all_gone(everything, 0)
    with serving(settings(tmp_path / "data"), "serve") as again:
        assert again.client.job(job_id)["status"] == "queued"


def seconds_until_queued(service: Service, job_id: str) -> float:
    """How long until the row says so; the API, which stops too, is not asked."""
    started = monotonic()
    with closing(Sessions.of(Config.from_environment(service.environ))) as sessions:
        while monotonic() - started < 30:
            with sessions.reading() as session:
                if jobs.get(session, "default", job_id).status is JobStatus.QUEUED:
                    return monotonic() - started
            sleep(0.01)
    raise AssertionError("the job was not handed back")


def test_killed_it_leaves_no_process_and_the_next_goes_on(own: Service, tmp_path: Path) -> None:
    job_id = own.client.submit(**ENDLESS)
    own.client.running(job_id)
    everything = descendants(own.process.pid)
    assert len(everything) >= 5  # the API and its server, the worker and its child, the scheduler
    own.process.send_signal(signal.SIGKILL)
    assert all_gone(everything, 15)
    with serving(settings(tmp_path / "data"), "up", "--workers", "1") as again:
        again.client.running(job_id, attempt=2)


@pytest.mark.parametrize("part", ["serve", "worker", "scheduler"])
def test_a_part_that_dies_comes_back_alone(embedded: Service, part: str) -> None:
    pid = embedded.part(part)
    below = descendants(pid)
    os.kill(pid, signal.SIGKILL)
    assert all_gone([pid, *below], 10)
    assert embedded.part(part, after=pid) != pid
    embedded.until_ready()
    job = embedded.client.at_rest(embedded.client.submit(epochs=1))
    assert job["status"] == "succeeded"


def test_the_data_directory_is_for_its_owner_alone(embedded: Service) -> None:
    data_dir = Path(embedded.environ["DESCENTD_DATA_DIR"])
    assert data_dir.stat().st_mode & 0o777 == 0o700
