"""The short form of the load that `make verify` lays on the service for ten minutes."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from benchmarks.endurance import picture
from benchmarks.endurance.__main__ import Run, bear
from benchmarks.endurance.clients import Tally
from benchmarks.endurance.sampling import Sample, growth

from .conftest import NewServer

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def _servers(new_postgres: NewServer, new_redis: NewServer) -> None:
    """Skip where one is missing."""
    with new_postgres(), new_redis():
        pass


@pytest.mark.usefixtures("_servers")
def test_some_seconds_of_load_meet_no_error_and_leave_nothing_in_the_queue() -> None:
    run = bear(rate=5, seconds=3, workers=1)
    assert (run.tally.errors, run.tally.succeeded) == ([], 15)
    assert run.samples[-1].unfinished == 0
    assert all(min(sample.memory.values()) > 10 for sample in run.samples)
    drawn = ElementTree.fromstring(picture.svg(run.samples, run.told()))
    points = [line.attrib["points"].split() for line in drawn.iter(f"{SVG}polyline")]
    assert [len(each) for each in points] == [len(run.samples)] * 4


def test_memory_that_grows_and_jobs_that_are_left_are_told() -> None:
    flat = {"serve": 100.0, "worker": 100.0}
    samples = [
        Sample(float(second), int(second == 9), {**flat, "scheduler": 50.0 + second})
        for second in range(10)
    ]
    run = Run(1.0, 10.0, Tally(succeeded=9, errors=["submit: 503"]), samples)
    assert run.flaws() == [
        "submit: 503",
        "9 of 10 jobs succeeded",
        "1 jobs are left in the queue",
        "scheduler takes 11% more memory in the end",
    ]


def test_growth_is_told_from_what_stays() -> None:
    assert growth([10.0] * 2 + [100.0] * 8) == 0.0
    assert growth([100.0] * 8 + [150.0] * 2) == 0.5
