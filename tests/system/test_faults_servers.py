"""Faults done to a service on Postgres and Redis, and to both: a part of `make chaos`."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping

import pytest

from chaos import rounds
from chaos.servers import Servers, missing
from chaos.stack import SERVERS
from chaos.table import FAULTS, Fault
from chaos.work import Ending


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """Servers of this module's own, which it may kill."""
    if reason := missing():
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with Servers.running() as started:
        yield started


@pytest.mark.parametrize(
    "fault",
    [fault for fault in FAULTS if SERVERS in fault.short],
    ids=lambda fault: fault.name,
)
def test_every_accepted_job_ends_as_if_nothing_had_been(
    fault: Fault, servers: Servers, undisturbed_jobs: Mapping[str, Ending]
) -> None:
    verdict = rounds.run(fault, SERVERS, secrets.randbelow(10**6), servers, undisturbed_jobs)
    assert verdict.flaws == {}, (verdict.seed, verdict.texts)
