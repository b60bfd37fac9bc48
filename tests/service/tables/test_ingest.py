"""A file is read in a process of its own, and whatever becomes of that is told."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import repeat
from pathlib import Path

import pytest
from numpy.lib import format as npy

from engine.errors import DataError, Fault
from service.errors import Unsupported
from service.tables.ingest import ingest
from service.tables.limits import IngestLimits
from service.tables.media_types import CSV, NPZ
from service.tables.stored import StoredTable

MEBIBYTE = 1024 * 1024
LIMITS = IngestLimits(seconds=60)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "target"


@pytest.fixture
def never_ending(tmp_path: Path) -> Path:
    """A file that whoever reads it waits for."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def test_a_file_is_stored_and_told_of(tmp_path: Path, target: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"species,mass\nAdelie,3\nGentoo,NA\nAdelie,5\n")
    told = ingest(source, "Text/CSV; charset=utf-8", target, LIMITS)
    assert told.rows == 3
    assert told.targets == ("mass",)
    assert [(column["name"], column["type"]) for column in told.columns] == [
        ("species", "text"),
        ("mass", "number"),
    ]
    assert told.columns[1]["mean"] == 4
    with StoredTable(target) as table:
        assert table.column("species").categories == ("Adelie", "Gentoo")


def test_faults_are_told_and_nothing_is_kept(tmp_path: Path, target: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"a,b\n" + b"1,2\n" * 200_000 + b"3\n")
    with pytest.raises(DataError) as caught:
        ingest(source, CSV, target, LIMITS)
    assert caught.value.faults == (Fault("", "line 200,002: has 1 value, where 2 columns are"),)
    assert not target.exists()


def test_a_media_type_that_no_table_has_is_refused(tmp_path: Path, target: Path) -> None:
    with pytest.raises(Unsupported, match=r"text/csv.*not as 'image/png'"):
        ingest(tmp_path / "source", "image/png", target, LIMITS)


def test_a_reader_that_takes_too_long_is_stopped(never_ending: Path, target: Path) -> None:
    with pytest.raises(DataError, match=r"more than the 0\.5 seconds allowed"):
        ingest(never_ending, CSV, target, replace(LIMITS, seconds=0.5))


def test_a_reader_that_takes_too_much_memory_is_refused_it(tmp_path: Path, target: Path) -> None:
    source = tmp_path / "source"
    with (
        zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a.npy", "w") as file,
    ):
        header = {"descr": "<f8", "fortran_order": False, "shape": (50 * MEBIBYTE,)}
        npy.write_array_header_1_0(file, header)
        file.writelines(repeat(bytes(MEBIBYTE), 400))
    bound = 16 * MEBIBYTE
    with pytest.raises(DataError, match=f"more than the {bound:,} bytes of memory allowed"):
        ingest(source, NPZ, target, replace(LIMITS, memory_bytes=bound))
    assert not target.exists()


def test_where_there_is_no_place_to_write_the_systems_error_is_raised(
    tmp_path: Path, never_ending: Path
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(OSError, match="directory") as caught:
        ingest(source, CSV, tmp_path / "missing" / "target", LIMITS)
    assert caught.value.errno == errno.ENOENT


def test_a_reader_that_dies_is_told_of(never_ending: Path, target: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(ingest, never_ending, CSV, target, LIMITS)
        os.kill(reader_of(never_ending, os.getpid()), signal.SIGSEGV)
        with pytest.raises(DataError, match="made the process that reads it end unexpectedly"):
            answer.result(timeout=30)


def test_a_reader_ends_with_its_caller(never_ending: Path, target: Path) -> None:
    call = "ingest(Path(sys.argv[1]), 'text/csv', Path(sys.argv[2]), IngestLimits())"
    code = (
        "import sys\nfrom pathlib import Path\nfrom service.tables.ingest import ingest\n"
        f"from service.tables.limits import IngestLimits\n{call}"
    )
    caller = subprocess.Popen([sys.executable, "-c", code, str(never_ending), str(target)])
    reader = reader_of(never_ending, caller.pid)
    assert is_running(reader)
    caller.kill()
    caller.wait()
    until(lambda: not is_running(reader))


def reader_of(path: Path, caller: int) -> int:
    """The process that `caller` started, once it has opened `path` or waits to."""
    children = Path(f"/proc/{caller}/task")

    def found() -> Iterator[int]:
        for task in children.iterdir():
            for child in (task / "children").read_text().split():
                command = Path(f"/proc/{child}/cmdline").read_bytes()
                if b"service.tables.process" in command:
                    yield int(child)

    until(lambda: any(True for _ in found()))
    return next(found())


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
