"""`descentd serve`: the API behind granian, one process with many threads that may block."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from cli import lifeline, ports
from cli.environ_filter import EnvironFilter
from service.config import Config

if TYPE_CHECKING:
    from service.api.services import Services

# Beside long polls and event streams, which hold a thread each.
THREADS_FOR_SHORT_REQUESTS = 64
# Open connections, the idle ones of patient clients too, before the next has to wait.
MOST_CONNECTIONS = 4096
# For requests that are under way when the service is stopped.
GRACE_SECONDS = 8

log = logging.getLogger(__name__)


def run(config: Config) -> int:
    """Serve until SIGTERM or SIGINT; raises ClickException where nobody can listen."""
    host, port = ports.usable(config.host, config.port)
    # The server's process is forked, so that it shares the lifeline, and loads the application.
    multiprocessing.set_start_method("fork")
    server = Server(
        "descentd",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=config.max_waits + config.max_streams + THREADS_FOR_SHORT_REQUESTS,
        backpressure=MOST_CONNECTIONS,
        log_level=LogLevels.warning,
        log_dictconfig=_logging(),
        workers_kill_timeout=GRACE_SECONDS,
    )
    log.info("listening on %s", ports.url(host, port))
    server.serve(target_loader=partial(_load, config, os.pipe()), wrap_loader=False)
    return 0


def _load(config: Config, ends: tuple[int, int]) -> EnvironFilter:
    """Make the application; runs in the server's process, which must not outlive its parent."""
    read_end, write_end = ends
    os.close(write_end)
    lifeline.watch(read_end)
    from service.app import create_app
    from service.presence import API, Presence
    from service.telemetry import open_tracing

    tracing = open_tracing(API, os.environ)
    app = create_app(config, tracing=tracing)
    services: Services = app.extensions["descentd"]
    here = Presence(services.sessions, API)
    here.start()
    _at_a_signal(services.notifier.close, here.close, tracing.close)
    return EnvironFilter(app, os.environ)


def _at_a_signal(*acts: Callable[[], None]) -> None:
    """Call ``acts`` in turn when the process is told to stop.

    The server handles the signals itself and then waits for what is under way; a long poll would
    keep it for a minute, and an event stream for ever.
    """
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)

    def wait() -> None:
        os.read(told, 1)
        for act in acts:
            act()

    threading.Thread(target=wait, name="farewell", daemon=True).start()


def _logging() -> dict[str, object]:
    """The server's own messages go where all others go, if they say that something is wrong.

    That there are many threads is not: nearly all of them wait.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"unwarned": {"()": lambda: lambda record: "Python threads" not in record.msg}},
        "loggers": {
            "_granian": {"level": "WARNING", "propagate": True, "filters": ["unwarned"]},
        },
    }
