"""How a worker that cannot go on makes room for the one its supervisor starts next."""

from __future__ import annotations

import os
import signal
import time

# As long as its processes may need to hand their jobs back.
GRACE_SECONDS = 10.0


def leave(grace_seconds: float = GRACE_SECONDS) -> None:
    """End this process as SIGTERM does, and by force if need be; to be called in a thread.

    A worker that waits for an answer of its broker, which never comes, does not get as far as to
    obey a signal.
    """
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace_seconds)
    os.kill(os.getpid(), signal.SIGKILL)
