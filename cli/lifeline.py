"""Ends a process with the one that started it, whatever killed that one.

The parent holds the write end of a pipe and never writes. When it is gone, by SIGKILL too, the
read end in the child comes to its end.
"""

from __future__ import annotations

import os
import signal
import threading

# As long as a worker may need to hand its jobs back, and a little more.
GRACE_SECONDS = 10.0


def watch(read_end: int) -> None:
    """Watch a lifeline from a thread: at its end stop this process, and by force if need be."""
    threading.Thread(target=_watch, args=(read_end,), name="lifeline", daemon=True).start()


def _watch(read_end: int) -> None:
    os.read(read_end, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE_SECONDS)
    _kill_what_is_left()


def _kill_what_is_left() -> None:
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)  # a part leads its own group: its children go with it
    os.kill(os.getpid(), signal.SIGKILL)
