"""The table of faults: what is done, on which stacks, and what a machine needs for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chaos.faults import frozen, killed, messages, races
from chaos.scene import Scene
from chaos.stack import EMBEDDED, SERVERS

BOTH = (EMBEDDED, SERVERS)


def nothing() -> None:
    """What most faults lack on any machine."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``lacking`` says why this machine cannot do it, if so; ``short``: part of the test suite."""

    group: int
    name: str
    strike: Callable[[Scene], None]
    stacks: tuple[str, ...] = BOTH
    short: bool = False
    lacking: Callable[[], str | None] = nothing


FAULTS: tuple[Fault, ...] = (
    Fault(1, "worker process killed", killed.worker_child, short=True),
    Fault(1, "worker killed", killed.worker_parent),
    Fault(1, "API killed between commit and wake-up", killed.api_before_sending, short=True),
    Fault(1, "`descentd up` killed", killed.supervisor),
    Fault(1, "everything killed, started anew", killed.everything, short=True),
    Fault(2, "worker process frozen past its lease", frozen.one_process, short=True),
    Fault(2, "worker frozen past its lease", frozen.whole_worker),
    Fault(3, "each message three times, to three workers", messages.delivered_three_times),
    Fault(3, "messages for jobs that are no more", messages.for_no_job, short=True),
    Fault(8, "30 claims of one job at once", races.thirty_claims, short=True),
    Fault(8, "cancel races finish", races.cancel_and_finish, short=True),
    Fault(8, "delete races claim", races.delete_and_claim),
    Fault(8, "20 identical POSTs at once", races.twenty_posts, short=True),
)
