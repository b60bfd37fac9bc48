"""What is older than the operator wants goes, with all that is its own; nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select, update

from service import actions, datasets, jobs, retention
from service.blobs import FileBlobs
from service.database.sessions import Sessions
from service.database.tables import Base, Dataset, Job, JobEvent
from service.database.types import now
from service.errors import NotFound
from service.webhooks import Webhook
from worker.retention import Retention
from worker.runner import Runner

DAYS = 30.0
FIRST_ROWS = {"tenants", "schema_fit"}  # of the migrations


@pytest.fixture
def keeper(sessions: Sessions, blobs: FileBlobs) -> Retention:
    return Retention(sessions, blobs, DAYS, lambda: 0.0)


@pytest.fixture
def age(sessions: Sessions) -> Callable[..., None]:
    """Makes a row look as old as that."""

    def make(row: Any, column: str, name: str, days: float) -> None:
        aged = update(row).where(row.id == name).values({column: now() - timedelta(days=days)})
        with sessions.writing() as session:
            session.execute(aged)
            session.commit()

    return make


def rows_left(sessions: Sessions) -> dict[str, int]:
    with sessions.reading() as session:
        counts = {
            name: session.scalar(select(func.count()).select_from(table))
            for name, table in Base.metadata.tables.items()
        }
    return {name: number for name, number in counts.items() if number and name not in FIRST_ROWS}


def test_an_old_job_goes_with_its_history_model_events_deliveries_and_dataset(
    keeper: Retention,
    sessions: Sessions,
    blobs: FileBlobs,
    store: Callable[..., str],
    submit: Callable[..., str],
    runner: Callable[..., Runner],
    age: Callable[..., None],
) -> None:
    dataset_id = store([[0.0], [1.0], [2.0]], [0.0, 1.0, 2.5])
    wide = {"hidden": [{"units": 1000, "activation": "relu"}] * 2}
    told = Webhook("https://example.com/", ("whsec_x",), ("job.running", "job.succeeded"))
    job_id = submit(dataset=dataset_id, network=wide, epochs=2, webhooks=[told])
    runner().run_until_idle()
    age(Dataset, "created_at", dataset_id, DAYS + 1)
    keeper.remove_what_is_old()
    with sessions.reading() as session:
        assert jobs.get(session, "default", job_id).status == "succeeded"
    age(Job, "finished_at", job_id, DAYS + 1)
    keeper.remove_what_is_old()
    assert rows_left(sessions) == {}
    assert list(blobs.names()) == []


def test_what_is_young_unfinished_or_needed_stays(
    keeper: Retention,
    sessions: Sessions,
    store: Callable[..., str],
    submit: Callable[..., str],
    age: Callable[..., None],
) -> None:
    dataset_id = store([[0.0], [1.0]], [0.0, 1.0])
    young = store([[0.0], [1.0]], [0.0, 1.0])
    waiting, cancelled = submit(dataset=dataset_id), submit()
    with sessions.writing() as session:
        actions.cancel(session, "default", cancelled)
        session.commit()
    age(Dataset, "created_at", dataset_id, DAYS + 1)
    age(Job, "created_at", waiting, DAYS + 1)
    age(Job, "finished_at", cancelled, DAYS - 1)
    before = rows_left(sessions)
    keeper.remove_what_is_old()
    assert rows_left(sessions) == before
    with sessions.reading() as session:
        assert datasets.get(session, "default", young).id == young


def test_a_long_history_goes_piece_by_piece_and_out_of_sight_at_once(
    sessions: Sessions,
    blobs: FileBlobs,
    submit: Callable[..., str],
    runner: Callable[..., Runner],
    age: Callable[..., None],
) -> None:
    job_id = submit(epochs=retention.EPOCHS_AT_ONCE * 2)
    runner().run_until_idle()
    age(Job, "finished_at", job_id, DAYS + 1)
    ticks = count()
    hurried = Retention(sessions, blobs, DAYS, lambda: float(next(ticks)))
    left = []
    while rows := rows_left(sessions):
        left.append(rows.get("epochs", 0))
        hurried.remove_what_is_old()
        with sessions.writing() as session:
            assert jobs.page(session, "default", limit=5).data == []
            for use in (jobs.get, actions.retry, actions.delete):
                with pytest.raises(NotFound):
                    use(session, "default", job_id)
    assert left == [4001, 2001, 1, 0]


def test_several_may_remove_at_once(
    sessions: Sessions, keeper: Retention, submit: Callable[..., str], age: Callable[..., None]
) -> None:
    job_id = submit()
    with sessions.writing() as session:
        actions.cancel(session, "default", job_id)
        session.commit()
    age(Job, "finished_at", job_id, DAYS + 1)
    with sessions.writing() as session:
        assert retention.take_out_of_sight(session, now(), 9) == 1
        assert retention.take_out_of_sight(session, now(), 9) == 0
        assert retention.clear_job(session, job_id) == []
        assert retention.clear_job(session, job_id) == []
        session.commit()
    keeper.remove_what_is_old()
    with sessions.reading() as session:
        assert session.scalars(select(JobEvent)).all() == []


def test_a_dataset_that_a_job_comes_to_need_stays(
    sessions: Sessions, store: Callable[..., str], submit: Callable[..., str]
) -> None:
    dataset_id = store([[0.0], [1.0]], [0.0, 1.0])
    with sessions.reading() as session:
        assert retention.old_dataset(session, now()) == dataset_id
    submit(dataset=dataset_id)
    with sessions.writing() as session:
        assert retention.clear_dataset(session, dataset_id) == []
        session.commit()
    with sessions.reading() as session:
        assert datasets.get(session, "default", dataset_id).id == dataset_id
