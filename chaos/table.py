"""The table of faults: what is done, on which stacks, and what a machine needs for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chaos.faults import (
    brokers,
    clocks,
    crowds,
    databases,
    disks,
    frozen,
    killed,
    messages,
    races,
    senders,
)
from chaos.scene import Scene
from chaos.stack import EMBEDDED, SERVERS

BOTH = (EMBEDDED, SERVERS)
WITHOUT_SERVERS, WITH_SERVERS = (EMBEDDED,), (SERVERS,)


def nothing() -> None:
    """What most faults lack on any machine."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``lacking`` says why this machine cannot do it, if so; ``short``: the stacks on which the
    test suite does it too."""

    group: int
    name: str
    strike: Callable[[Scene], None]
    stacks: tuple[str, ...] = BOTH
    short: tuple[str, ...] = ()
    lacking: Callable[[], str | None] = nothing


FAULTS: tuple[Fault, ...] = (
    Fault(1, "worker process killed", killed.worker_child, short=WITHOUT_SERVERS),
    Fault(1, "worker killed", killed.worker_parent),
    Fault(1, "API killed between commit and wake-up", killed.api_before_sending),
    Fault(1, "`descentd up` killed", killed.supervisor),
    Fault(1, "everything killed, started anew", killed.everything, short=WITH_SERVERS),
    Fault(2, "worker process frozen past its lease", frozen.one_process),
    Fault(2, "worker frozen past its lease", frozen.whole_worker),
    Fault(3, "each message three times, to three workers", messages.delivered_three_times),
    Fault(3, "messages for jobs that are no more", messages.for_no_job),
    Fault(4, "Redis: FLUSHALL", brokers.flushed, WITH_SERVERS),
    Fault(4, "Redis killed and started", brokers.restarted, WITH_SERVERS, short=WITH_SERVERS),
    Fault(4, "Redis stopped for 10 s", brokers.stopped, WITH_SERVERS),
    Fault(4, "Redis frozen for 10 s", brokers.frozen, WITH_SERVERS),
    Fault(4, "worker connected and deaf", brokers.deaf, WITH_SERVERS),
    Fault(4, "broker files emptied or cut", brokers.files_emptied, WITHOUT_SERVERS),
    Fault(5, "Postgres restarted", databases.restarted, WITH_SERVERS, short=WITH_SERVERS),
    Fault(5, "connections terminated", databases.connections_terminated, WITH_SERVERS),
    Fault(6, "data directory full", disks.full, lacking=disks.cannot_mount, short=WITHOUT_SERVERS),
    Fault(7, "clock an hour ahead, and back", clocks.jumps_ahead, lacking=clocks.no_clock),
    Fault(7, "clock an hour back, and ahead", clocks.jumps_back, lacking=clocks.no_clock),
    Fault(8, "30 claims of one job at once", races.thirty_claims),
    Fault(8, "cancel races finish", races.cancel_and_finish),
    Fault(8, "delete races claim", races.delete_and_claim),
    Fault(8, "20 identical POSTs at once", races.twenty_posts),
    Fault(9, "500 jobs, workers killed for 60 s", crowds.five_hundred_jobs),
    Fault(10, "bodies cut off", senders.bodies_cut_off),
    Fault(10, "slow senders", senders.slow_senders),
    Fault(10, "200 idle connections", senders.idle_connections),
)
