"""Which receiver gets the next sender, so that none holds up the others."""

from __future__ import annotations

from collections import Counter, OrderedDict

AT_ONCE = 16
AT_ONCE_TO_A_HOST = 4
AT_ONCE_TO_SUSPECTS = 8
"""A half, so that however many are slow or dead, the others find senders free."""

SLOW_SECONDS = 2.0
MOST_SUSPECTS = 1000


class Fairness:
    """Counts what is being sent to whom. A suspect is a host whose latest attempt failed, or was
    slow: all suspects together get half of the senders. Not for several threads at once.
    """

    def __init__(self) -> None:
        self._sending: Counter[str] = Counter()
        self._suspects: OrderedDict[str, None] = OrderedDict()

    def busy_hosts(self) -> set[str]:
        """The hosts that nothing more may be sent to now."""
        full = {host for host, count in self._sending.items() if count >= AT_ONCE_TO_A_HOST}
        suspected = sum(self._sending[host] for host in self._suspects)
        return full | set(self._suspects) if suspected >= AT_ONCE_TO_SUSPECTS else full

    def begin(self, host: str) -> None:
        self._sending[host] += 1

    def end(self, host: str, is_sound: bool, seconds: float) -> None:
        """An attempt is over; it took so long, and was answered as a receiver should or not."""
        self._sending[host] -= 1
        if not self._sending[host]:
            del self._sending[host]
        self._suspects.pop(host, None)
        if not is_sound or seconds > SLOW_SECONDS:
            self._suspects[host] = None
            if len(self._suspects) > MOST_SUSPECTS:
                self._suspects.popitem(last=False)
