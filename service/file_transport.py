"""A message broker that needs no server: kombu's filesystem transport, with atomic files.

The stock transport opens a message's file and writes it afterwards, so that a busy reader can take
it while it is still empty: the message is lost, and the reader stops on what it cannot decode. Here
a message appears under its final name in one step, and whoever renames it first owns it.
"""

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem, virtual
from kombu.utils.json import dumps, loads

from service.directories import make_private

SCHEME = "descentd-files"
MESSAGES, CLAIMED, CONTROL = "messages", "claimed", "control"
ENVELOPE = {"body", "properties", "headers"}

# The consumer looks between two drains whether it shall stop: a drain of Celery's usual two
# seconds would hold a shutdown for as long.
LONGEST_DRAIN_SECONDS = 0.25


class Channel(filesystem.Channel):  # type: ignore[misc]  # kombu is untyped
    """The stock channel, with its three writers and its reader made atomic."""

    def _put(self, queue: str, payload: Any, **_: Any) -> None:
        # Named by the clock, to keep the order of arrival.
        name = f"{time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        _write_atomically(Path(self.data_folder_out), name, dumps(payload))

    def _get(self, queue: str) -> Any:
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            claimed = Path(self.processed_folder) / name
            try:
                os.rename(folder / name, claimed)
            except FileNotFoundError:
                continue  # another reader was faster
            payload = _decode(claimed)
            if payload is not None:
                return payload
        raise Empty

    def get_table(self, exchange: str) -> list[Any]:
        try:
            bindings: list[Any] = super().get_table(exchange)
        except (ValueError, TypeError):
            # Cut short by who knows what: what this process has bound itself is known besides.
            bindings = self._bound_here(exchange)
            self._replace_table(exchange, bindings)
        return bindings

    def _bound_here(self, exchange: str) -> list[Any]:
        return [
            filesystem.exchange_queue_t(bound.routing_key or "", "", bound.queue or "")
            for bound in self.state.bindings
            if bound.exchange == exchange
        ]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        binding = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._locked(exchange):
            bindings = self.get_table(exchange)
            if binding not in bindings:
                self._replace_table(exchange, [binding, *bindings])

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *_: Any, **__: Any
    ) -> None:
        self._purge(queue)
        binding = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._locked(exchange):
            kept = [known for known in self.get_table(exchange) if known != binding]
            self._replace_table(exchange, kept)

    def _replace_table(self, exchange: str, bindings: list[Any]) -> None:
        name = self._exchange_file(exchange).name
        _write_atomically(self.control_folder, name, dumps(bindings))

    @contextmanager
    def _locked(self, exchange: str) -> Iterator[None]:
        # A lock of its own: the table's file is replaced, and with it would go a lock on it.
        with (self.control_folder / f".{self._exchange_file(exchange).name}.lock").open(
            "w"
        ) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):  # type: ignore[misc]  # kombu is untyped
    """What kombu knows under ``descentd-files://``."""

    Channel = Channel

    def __init__(self, client: Any, **options: Any) -> None:
        super().__init__(client, **options)
        # The stock one is shared by all brokers of a process, and so a second one, in another
        # folder, would never get its bindings.
        self.state = virtual.BrokerState()

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        shortened = min(timeout or LONGEST_DRAIN_SECONDS, LONGEST_DRAIN_SECONDS)
        super().drain_events(connection, timeout=shortened)


def register() -> None:
    """Make kombu know the transport; to be called by each process that sends or receives."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"


def transport_options(folder: Path) -> dict[str, str]:
    """Create the broker's folders under ``folder`` and return the options that name them.

    All three lie in one file system, since a message moves by renaming.
    """
    for private in (folder, folder / MESSAGES, folder / CLAIMED, folder / CONTROL):
        make_private(private)
    return {
        "data_folder_in": str(folder / MESSAGES),
        "data_folder_out": str(folder / MESSAGES),
        "processed_folder": str(folder / CLAIMED),
        "control_folder": str(folder / CONTROL),
    }


def _write_atomically(folder: Path, name: str, text: str) -> None:
    # Readers pass over a name that starts with a dot.
    unfinished = folder / f".{uuid.uuid4().hex}"
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, folder / name)


def _decode(claimed: Path) -> Any | None:
    """Return the message in a claimed file, or None where there is nothing to be understood."""
    try:
        payload = loads(claimed.read_text(encoding="utf-8"))
    except ValueError:
        return None  # a file that no sender of ours wrote must not stop the worker
    finally:
        claimed.unlink(missing_ok=True)
    return payload if isinstance(payload, dict) and payload.keys() >= ENVELOPE else None
