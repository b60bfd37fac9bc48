"""A wanted surface is drawn once, by whichever worker is free, whatever comes in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import actions, datasets, jobs, surfaces
from service.blobs import FileBlobs
from service.database.sessions import Sessions
from service.database.tables import RunPath, Surface
from service.errors import Conflict, Invalid
from service.states import JobStatus
from service.surfaces import MOST_TRIES, Wish
from worker.surveyor import Surveyor

from .kinds import MakeRunner, Submit

TENANT = "default"
SMALL: dict[str, Any] = {"network": {"hidden": [{"units": 2, "activation": "tanh"}]}}


@pytest.fixture
def write(sessions: Sessions) -> Callable[..., Any]:
    def run(use_case: Callable[..., Any], *arguments: Any) -> Any:
        with sessions.writing() as session:
            result = use_case(session, *arguments)
            session.commit()
            return result

    return run


@pytest.fixture
def ask(write: Callable[..., Any]) -> Callable[..., Wish]:
    def run(job_id: str, directions: str = "", resolution: int = 5) -> Wish:
        wish = Wish(job_id, directions, resolution)
        write(surfaces.ask, TENANT, wish)
        return wish

    return run


@pytest.fixture
def look(sessions: Sessions) -> Callable[[Wish], surfaces.Look]:
    def run(wish: Wish) -> surfaces.Look:
        with sessions.reading() as session:
            return surfaces.look(session, TENANT, wish)

    return run


@pytest.fixture
def surveyor(sessions: Sessions, blobs: FileBlobs) -> Callable[..., Surveyor]:
    def make(stopping: Callable[[], bool] = lambda: False) -> Surveyor:
        return Surveyor(sessions, blobs, stopping)

    return make


def waiting(sessions: Sessions) -> int:
    with sessions.reading() as session:
        return surfaces.waiting(session)


def test_nothing_is_drawn_that_nobody_wants(
    sessions: Sessions, submit: Submit, runner: MakeRunner, surveyor: Callable[..., Surveyor]
) -> None:
    submit(**SMALL)
    runner().run_until_idle()
    assert surveyor().draw_one() is False
    with sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(Surface)) == 0
        assert session.scalar(select(func.count()).select_from(RunPath)) == 1


def test_a_worker_draws_between_two_jobs(
    submit: Submit, runner: MakeRunner, ask: Callable[..., Wish], look: Any, job: Any
) -> None:
    first = submit(**SMALL)
    runner().run_until_idle()
    wishes = [ask(first), ask(first, "random")]
    others = [submit(**SMALL), submit(**SMALL)]
    seen: list[tuple[int, int]] = []

    def note() -> bool:
        drawn = sum(look(wish).content is not None for wish in wishes)
        done = sum(job(each).status is JobStatus.SUCCEEDED for each in others)
        seen.append((drawn, done))
        return False

    runner(stopping=note).run_until_idle()
    assert seen[-1] == (2, 2)
    assert {(1, 0), (1, 1), (2, 1)} <= set(seen)  # in turn


def test_a_job_that_runs_shows_its_checkpoint_and_later_its_model(
    sessions: Sessions,
    submit: Submit,
    runner: MakeRunner,
    ask: Callable[..., Wish],
    look: Any,
    surveyor: Callable[..., Surveyor],
    hasty: Callable[[], float],
    at_epoch: Any,
    write: Any,
) -> None:
    job_id = submit(**SMALL, epochs=8)
    with pytest.raises(Conflict):
        look(Wish(job_id))

    def pause(session: Session) -> None:
        actions.pause(session, TENANT, job_id)

    runner(clock=hasty, stopping=at_epoch(job_id, 3, pause)).run_until_idle()
    wish = ask(job_id)
    assert surveyor().draw_one()
    halfway = orjson.loads(look(wish).content)
    assert 1 <= halfway["path"]["epoch"][-1] < 8
    assert not look(wish).has_to_be_asked

    write(actions.resume, TENANT, job_id)

    def pause_again(session: Session) -> None:
        actions.pause(session, TENANT, job_id)

    runner(clock=hasty, stopping=at_epoch(job_id, 6, pause_again)).run_until_idle()
    older = look(wish)
    assert older.content is not None
    assert older.has_to_be_asked  # it is shown, and a newer one is to be drawn
    write(actions.resume, TENANT, job_id)
    runner().run_until_idle()
    assert look(wish).content is None
    ask(job_id)
    assert surveyor().draw_one()
    whole = orjson.loads(look(wish).content)
    assert whole["path"]["epoch"] == list(range(9))
    with sessions.reading() as session:
        assert whole["model"]["cost"] == jobs.get(session, TENANT, job_id).cost


def test_what_was_drawn_of_a_checkpoint_is_not_kept_for_the_model_that_came_meanwhile(
    submit: Submit,
    runner: MakeRunner,
    ask: Callable[..., Wish],
    look: Any,
    write: Any,
    hasty: Callable[[], float],
    at_epoch: Any,
) -> None:
    job_id = submit(**SMALL, epochs=6)

    def pause(session: Session) -> None:
        actions.pause(session, TENANT, job_id)

    runner(clock=hasty, stopping=at_epoch(job_id, 2, pause)).run_until_idle()
    ask(job_id)
    taken = write(surfaces.take)
    write(actions.resume, TENANT, job_id)
    runner().run_until_idle()
    wish = ask(job_id)
    write(surfaces.keep, taken, 2, b"stale")
    assert look(wish).content is None


def test_a_worker_that_has_to_stop_leaves_the_surface_to_another(
    sessions: Sessions,
    submit: Submit,
    runner: MakeRunner,
    ask: Callable[..., Wish],
    look: Any,
    surveyor: Callable[..., Surveyor],
) -> None:
    job_id = submit(**SMALL)
    runner().run_until_idle()
    wish = ask(job_id)
    assert surveyor(stopping=lambda: True).draw_one()
    assert (look(wish).content, waiting(sessions)) == (None, 1)
    assert surveyor().draw_one()
    assert look(wish).content is not None


def test_a_surface_that_loses_its_workers_is_given_up(
    sessions: Sessions, submit: Submit, runner: MakeRunner, ask: Any, look: Any, write: Any
) -> None:
    job_id = submit(**SMALL)
    runner().run_until_idle()
    wish = ask(job_id)

    def grow_old(session: Session) -> None:
        row = session.scalars(select(Surface)).one()
        assert row.taken_at is not None
        row.taken_at -= timedelta(seconds=surfaces.LOST_SECONDS + 1)

    for _ in range(MOST_TRIES):
        assert write(surfaces.take).wish == wish
        assert write(surfaces.take) is None  # it is with a worker
        write(grow_old)
    assert write(surfaces.take) is None
    with pytest.raises(Conflict, match="lost"):
        look(wish)
    assert waiting(sessions) == 0


def test_why_a_surface_cannot_be_drawn_is_told(
    sessions: Sessions,
    store: Callable[..., str],
    submit: Submit,
    runner: MakeRunner,
    ask: Any,
    look: Any,
    write: Any,
    surveyor: Callable[..., Surveyor],
) -> None:
    dataset = store([[0.0, 1.0], [1.0, 0.5], [0.5, 0.5]], [0.0, 1.0, 2.0])
    job_id = submit(dataset=dataset, **SMALL)
    runner().run_until_idle()
    wish = ask(job_id)
    write(lambda session: session.delete(datasets.get(session, TENANT, dataset)))
    assert surveyor().draw_one()
    with pytest.raises(Conflict, match=dataset):
        look(wish)


def test_too_fine_a_resolution_is_a_fault_of_that_parameter(
    submit: Submit, runner: MakeRunner, ask: Any, look: Any, write: Any
) -> None:
    job_id = submit(**SMALL)
    runner().run_until_idle()
    wish = ask(job_id, resolution=101)
    write(surfaces.refuse, write(surfaces.take), "resolution", "needs too much")
    with pytest.raises(Invalid) as refused:
        look(wish)
    assert refused.value.faults[0].pointer == "?resolution"


def test_pictures_go_with_their_job(
    sessions: Sessions,
    submit: Submit,
    runner: MakeRunner,
    ask: Any,
    write: Any,
    surveyor: Callable[..., Surveyor],
) -> None:
    job_id = submit(**SMALL)
    runner().run_until_idle()
    ask(job_id)
    surveyor().draw_one()
    write(actions.delete, TENANT, job_id)
    with sessions.reading() as session:
        for table in (Surface, RunPath):
            assert session.scalar(select(func.count()).select_from(table)) == 0
