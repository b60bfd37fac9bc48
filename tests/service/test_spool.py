"""Folders for what is on its way in: gone when done, and gone when their process died."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from service.spool import Spool

HOLD = """
import sys, time
from pathlib import Path
from service.spool import Spool
with Spool(Path(sys.argv[1])).folder() as folder:
    (folder / "half").write_bytes(b"half")
    print(folder, flush=True)
    time.sleep(60)
"""
ROOT = Path(__file__).parents[2]


def left(root):
    return {path for path in root.iterdir() if path.is_dir()}


def test_a_folder_goes_with_all_that_is_in_it(tmp_path):
    with Spool(tmp_path).folder() as folder:
        (folder / "a").write_bytes(b"1")
        assert left(tmp_path) == {folder}
    assert left(tmp_path) == set()


def test_a_folder_in_use_stays_and_one_of_a_dead_process_goes(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with holder, Spool(tmp_path).folder() as mine:
        theirs = Path(holder.stdout.readline().strip())
        with Spool(tmp_path).folder() as another:
            assert left(tmp_path) == {mine, theirs, another}
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with Spool(tmp_path).folder() as another:
            assert left(tmp_path) == {mine, another}
