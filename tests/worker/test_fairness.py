"""However many deliveries a receiver has, and however slow it is, others find a sender free."""

from __future__ import annotations

from worker.fairness import AT_ONCE_TO_A_HOST, AT_ONCE_TO_SUSPECTS, MOST_SUSPECTS, Fairness


def test_one_host_gets_a_few_senders() -> None:
    fairness = Fairness()
    for _ in range(AT_ONCE_TO_A_HOST):
        assert fairness.busy_hosts() == set()
        fairness.begin("a")
    assert fairness.busy_hosts() == {"a"}
    fairness.end("a", is_sound=True, seconds=0.1)
    assert fairness.busy_hosts() == set()


def test_all_that_failed_or_were_slow_share_a_half_of_the_senders() -> None:
    fairness = Fairness()
    hosts = [f"host-{number}" for number in range(AT_ONCE_TO_SUSPECTS + 1)]
    for number, host in enumerate(hosts):
        fairness.begin(host)
        fairness.end(host, is_sound=bool(number % 2), seconds=10.0 * (number % 2))
    for host in hosts[:AT_ONCE_TO_SUSPECTS]:
        assert fairness.busy_hosts() == set()
        fairness.begin(host)
    assert fairness.busy_hosts() == set(hosts)
    fairness.begin("sound")
    fairness.end(hosts[0], is_sound=True, seconds=0.1)
    assert fairness.busy_hosts() == set()


def test_what_is_remembered_of_hosts_is_bounded() -> None:
    fairness = Fairness()
    for number in range(2 * MOST_SUSPECTS):
        fairness.begin(f"host-{number}")
        fairness.end(f"host-{number}", is_sound=False, seconds=0.0)
    for number in range(MOST_SUSPECTS - AT_ONCE_TO_SUSPECTS, MOST_SUSPECTS):
        fairness.begin(f"host-{number}")
    assert fairness.busy_hosts() == set()
