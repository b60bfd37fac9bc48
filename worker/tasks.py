"""The one task a worker knows."""

from __future__ import annotations

from collections.abc import Callable

from celery import Celery

from service.broker import TRAIN_TASK


def register(app: Celery, run_until_idle: Callable[[], None]) -> None:
    """Let ``app`` work jobs off at each wake-up. The message names no job: the best one is next."""

    @app.task(name=TRAIN_TASK)  # type: ignore[untyped-decorator]  # celery is untyped
    def train() -> None:
        run_until_idle()
