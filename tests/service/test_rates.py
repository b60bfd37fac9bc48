"""Requests counted for all processes together, in a file or in Redis."""

import re
import socket
import sqlite3
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from service.config import Config
from service.rates import Rates, Standing
from service.rates.file_storage import FileStorage
from service.rates.headers import told


@pytest.fixture(params=["embedded", "redis"])
def limited(request, tmp_path):
    """Settings by which a key may send three requests in a minute."""
    broker = "embedded" if request.param == "embedded" else request.getfixturevalue("redis_url")
    settings = {"DESCENTD_DATA_DIR": str(tmp_path), "DESCENTD_BROKER_URL": broker}
    return replace(Config.from_environment(settings), max_requests_per_minute=3)


def test_the_fourth_request_of_a_minute_is_too_many_in_whichever_process(limited):
    one, other = Rates.of(limited), Rates.of(limited)
    standings = [rates.count("key_a") for rates in (one, other, one, other)]
    assert [standing.left for standing in standings] == [2, 1, 0, 0]
    assert [standing.is_over for standing in standings] == [False, False, False, True]
    assert all(0 < standing.seconds <= 60 for standing in standings)
    assert not one.count("key_b").is_over


def test_without_a_limit_nothing_is_counted(limited):
    assert Rates.of(replace(limited, max_requests_per_minute=0)).count("key_a") is None
    assert not (limited.data_dir / "rates.db").exists()


def test_a_window_ends(tmp_path):
    storage = FileStorage(tmp_path / "rates.db")
    assert [storage.incr("key_a", 60) for _ in range(3)] == [1, 2, 3]
    with sqlite3.connect(tmp_path / "rates.db") as file:
        file.execute("UPDATE counts SET ends_at = ends_at - 61")
    assert storage.get("key_a") == 0
    assert storage.incr("key_a", 60) == 1
    assert storage.get_expiry("key_a") == pytest.approx(time.time() + 60, abs=5)
    storage.clear("key_a")
    assert (storage.get("key_a"), storage.check(), storage.reset()) == (0, True, 0)
    storage.close()


def count_many(path: Path, times: int) -> None:
    storage = FileStorage(path)
    for _ in range(times):
        storage.incr("key_a", 60)
    storage.close()


def test_no_count_is_lost_between_processes(tmp_path):
    count = partial(count_many, tmp_path / "rates.db")
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        list(pool.map(count, [200] * 3))
    assert FileStorage(tmp_path / "rates.db").get("key_a") == 600


def test_a_file_that_cannot_be_counted_in_lets_everyone_in(tmp_path, caplog):
    rates = Rates(1, FileStorage(tmp_path / "none" / "rates.db"))
    assert [rates.count("key_a") for _ in range(3)] == [None] * 3
    assert caplog.text.count("not counted") == 1


def test_a_redis_that_is_silent_delays_one_request_and_stops_none(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        settings = {"DESCENTD_DATA_DIR": str(tmp_path), "DESCENTD_BROKER_URL": url}
        config = Config.from_environment(settings)
        rates = Rates.of(replace(config, max_requests_per_minute=1))
        began = time.monotonic()
        assert [rates.count("key_a") for _ in range(20)] == [None] * 20
        assert time.monotonic() - began < 3


def test_the_headers_say_what_the_draft_asks_for():
    assert told(Standing(most=100, counted=40, seconds=12)) == {
        "RateLimit-Policy": '"requests";q=100;w=60',
        "RateLimit": '"requests";r=60;t=12',
    }
    assert told(None) == {}


def test_threads_of_a_process_count_together(tmp_path):
    storage = FileStorage(tmp_path / "rates.db")
    threads = [
        threading.Thread(target=lambda: [storage.incr("key_a", 60) for _ in range(50)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert storage.get("key_a") == 400
    storage.close()


def test_names_of_counts_hold_no_secret(limited):
    Rates.of(limited).count("key_a")
    held = (limited.data_dir / "rates.db").read_bytes() if limited.broker_url == "embedded" else b""
    assert re.search(rb"dsk_", held) is None
