"""The broker that needs no server: nothing is lost, nothing comes twice, nothing stops a reader."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

from service import file_transport


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with connect(tmp_path) as opened:
        yield opened


def connect(folder: Path) -> Connection:
    file_transport.register()
    options = file_transport.transport_options(folder) | {"polling_interval": 0.005}
    return Connection(f"{file_transport.SCHEME}://", transport_options=options)


def send(folder: Path, numbers: range) -> None:
    with connect(folder) as connection, connection.SimpleQueue("work") as work:
        for number in numbers:
            work.put(number)


def receive(folder: Path, wanted: int, received: list[int], enough: threading.Event) -> None:
    with connect(folder) as connection, connection.SimpleQueue("work") as work:
        while not enough.is_set():
            try:
                message = work.get(timeout=0.05)
            except work.Empty:
                continue
            message.ack()
            received.append(message.payload)
            if len(received) >= wanted:
                enough.set()


def test_messages_come_in_the_order_they_were_sent(connection: Connection) -> None:
    with connection.SimpleQueue("work") as work:
        for number in range(20):
            work.put(number)
        assert [take(work) for _ in range(20)] == list(range(20))


def test_queues_are_apart(connection: Connection) -> None:
    with connection.SimpleQueue("work") as work, connection.SimpleQueue("other") as other:
        work.put("for work")
        other.put("for other")
        assert (take(other), take(work)) == ("for other", "for work")


def test_busy_readers_and_writers_lose_nothing_and_get_nothing_twice(tmp_path: Path) -> None:
    each, writers = 400, 3
    file_transport.transport_options(tmp_path)
    received: list[int] = []
    enough = threading.Event()
    readers = [
        threading.Thread(target=receive, args=(tmp_path, each * writers, received, enough))
        for _ in range(2)
    ]
    fork = multiprocessing.get_context("spawn")
    senders = [
        fork.Process(target=send, args=(tmp_path, range(each * index, each * (index + 1))))
        for index in range(writers)
    ]
    for starting in [*readers, *senders]:
        starting.start()
    arrived = enough.wait(timeout=60)
    enough.set()
    for ending in [*readers, *senders]:
        ending.join()
    assert arrived
    assert sorted(received) == list(range(each * writers))


@pytest.mark.parametrize("content", [b"", b"not JSON", b"\xff\xfe", b"[]", b"{}", b"null"])
def test_a_file_that_is_no_message_is_passed_over(
    connection: Connection, tmp_path: Path, content: bytes
) -> None:
    with connection.SimpleQueue("work") as work:
        (tmp_path / file_transport.MESSAGES / "0_stranger.work.msg").write_bytes(content)
        work.put("a message")
        assert take(work) == "a message"


def test_what_was_read_leaves_no_file(connection: Connection, tmp_path: Path) -> None:
    with connection.SimpleQueue("work") as work:
        work.put("a message")
        take(work)
    for name in (file_transport.MESSAGES, file_transport.CLAIMED):
        assert list((tmp_path / name).iterdir()) == []


def test_bindings_made_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    names = [f"queue{number}" for number in range(16)]
    barrier = threading.Barrier(len(names))

    def bind(name: str) -> None:
        with connect(tmp_path) as connection:
            barrier.wait()
            connection.default_channel.queue_declare(name)
            connection.default_channel.exchange_declare("shared", "direct")
            connection.default_channel.queue_bind(name, "shared", name)

    threads = [threading.Thread(target=bind, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connect(tmp_path) as connection:
        bound = {row.queue for row in connection.default_channel.get_table("shared")}
    assert bound == set(names)


@pytest.mark.parametrize("kept", [0, 1, 15])
def test_a_table_of_bindings_that_was_cut_short_stops_nobody(tmp_path: Path, kept: int) -> None:
    with connect(tmp_path) as before, before.SimpleQueue("work") as work:
        work.put("whole")
        assert take(work) == "whole"
        (table,) = (tmp_path / file_transport.CONTROL).glob("[!.]*")
        table.write_bytes(table.read_bytes()[:kept])
        work.put("from who had bound the queue before")
        assert take(work) == "from who had bound the queue before"
        table.write_bytes(table.read_bytes()[:kept])
        with connect(tmp_path) as after, after.SimpleQueue("work") as same:
            same.put("from who binds it now")
        assert take(work) == "from who binds it now"


def test_its_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    made = file_transport.transport_options(tmp_path / "broker").values()
    for folder in [tmp_path / "broker", *map(Path, made)]:
        assert folder.stat().st_mode & 0o077 == 0


def take(work: SimpleQueue) -> object:
    message = work.get(timeout=10)
    message.ack()
    return message.payload
