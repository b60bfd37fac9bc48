"""Faults done to a service on SQLite and the embedded broker: a part of `make chaos`."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import pytest

from chaos import rounds
from chaos.stack import EMBEDDED
from chaos.table import FAULTS, Fault
from chaos.work import Ending


@pytest.mark.parametrize(
    "fault",
    [fault for fault in FAULTS if EMBEDDED in fault.short],
    ids=lambda fault: fault.name,
)
def test_every_accepted_job_ends_as_if_nothing_had_been(
    fault: Fault, undisturbed_jobs: Mapping[str, Ending]
) -> None:
    if reason := fault.lacking():
        pytest.skip(reason)
    verdict = rounds.run(fault, EMBEDDED, secrets.randbelow(10**6), None, undisturbed_jobs)
    assert verdict.flaws == {}, (verdict.seed, verdict.texts)
