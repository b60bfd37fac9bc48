"""Waking workers: it arrives, and a broker in trouble never holds up who asks."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from service.config import Config
from service.queue import Queue, Sender

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture
def silent_broker() -> Iterator[str]:
    """The address of a server that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def config(folder: Path, broker_url: str = "embedded") -> Config:
    return Config.from_environment(
        {"DESCENTD_DATA_DIR": str(folder), "DESCENTD_BROKER_URL": broker_url}
    )


def test_a_wake_up_waits_for_a_worker(tmp_path: Path) -> None:
    with closing(Queue(config(tmp_path))) as wake_ups:
        wake_ups.wake("job_1")
        wake_ups.wake("job_2")
    with closing(Sender(config(tmp_path))) as sender:
        assert sender.waiting() == 2


def test_an_answering_broker_is_reachable(tmp_path: Path) -> None:
    with closing(Queue(config(tmp_path))) as wake_ups:
        assert wake_ups.reachable()


def test_a_refusing_broker_is_found_out_and_holds_up_nobody(tmp_path: Path) -> None:
    assert_harmless(config(tmp_path, NOBODY_LISTENS))


def test_a_silent_broker_is_found_out_and_holds_up_nobody(
    tmp_path: Path, silent_broker: str
) -> None:
    assert_harmless(config(tmp_path, silent_broker))


def assert_harmless(troubled: Config) -> None:
    with closing(Queue(troubled)) as wake_ups:
        started = monotonic()
        for _ in range(2000):
            wake_ups.wake("job_1")
        assert monotonic() - started < 0.5
        assert not wake_ups.reachable()
        assert monotonic() - started < 2


def test_the_sender_says_what_went_wrong(tmp_path: Path) -> None:
    with closing(Sender(config(tmp_path, NOBODY_LISTENS))) as sender:
        with pytest.raises(Exception, match="refused"):
            sender.send()
        with pytest.raises(Exception, match="refused"):
            sender.waiting()
