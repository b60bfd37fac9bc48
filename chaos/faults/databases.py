"""A Postgres that goes away and comes back, whole or connection by connection."""

from __future__ import annotations

import signal
from time import monotonic

from chaos.scene import Scene
from chaos.servers import Postgres

TERMINATE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
TIMES = 4


def restarted(scene: Scene) -> None:
    """Restarted while jobs run: in order, at once, or by a crash."""
    scene.stack.up()
    scene.submit_some()
    scene.moment()
    standing = scene.standing()
    how = scene.chance.choice([signal.SIGINT, signal.SIGQUIT, signal.SIGKILL])
    postgres = _postgres_of(scene)
    postgres.stop(how)
    scene.moment()
    postgres.start()
    started = monotonic()
    scene.submit("short")
    scene.recovered(standing, since=started)


def connections_terminated(scene: Scene) -> None:
    """All connections ended by the server, several times, at any moment."""
    scene.stack.up()
    scene.submit_some()
    standing = scene.standing()
    for _ in range(TIMES):
        scene.moment(0.8)
        _postgres_of(scene).execute(TERMINATE)
        standing = standing or scene.standing()
    started = monotonic()
    scene.submit("short")
    scene.recovered(standing, since=started)


def _postgres_of(scene: Scene) -> Postgres:
    assert scene.stack.servers is not None
    return scene.stack.servers.postgres
