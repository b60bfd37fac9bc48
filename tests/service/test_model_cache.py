"""Models in memory: never another than the job has now, never more than there is room for."""

import dataclasses

import numpy as np
import pytest
from sqlalchemy import delete, update

from engine.filling import fill
from engine.model import Model
from engine.preparing import prepare
from engine.training import Training
from service import claims, datasets, trained_models
from service.database.tables import Job, TrainedModel
from service.errors import Conflict, NotFound
from service.model_cache import ModelCache


@pytest.fixture
def finished(sessions, blobs, submitted, claimed, spec):
    """Finishes a job; gives its id."""

    def run():
        job_id = submitted().id
        table = datasets.builtin("iris")
        filled = fill(dataclasses.replace(spec, epochs=1), table)
        prepared = prepare(filled, table)
        training = Training(filled, prepared.data)
        list(training.records())
        model = Model(filled, prepared.preprocessing, training.outcome.parameters)
        claim = claimed()
        ready = trained_models.put(blobs, claim, model)
        with sessions.writing() as session:
            claims.finish(session, claim, training.outcome, ready)
            session.commit()
        return job_id

    return run


def test_a_model_is_loaded_once(sessions, blobs, tenant, finished):
    cache, job_id = ModelCache(sessions, blobs, 10**6), finished()
    first = cache.current(tenant, job_id)
    assert cache.current(tenant, job_id) is first
    with sessions.reading() as session:
        loaded = trained_models.load(session, blobs, tenant, job_id)
    np.testing.assert_array_equal(first.parameters, loaded.parameters)


def test_a_model_that_was_replaced_is_not_given(sessions, blobs, tenant, finished):
    cache, job_id = ModelCache(sessions, blobs, 10**6), finished()
    first = cache.current(tenant, job_id)
    other = dataclasses.replace(first, parameters=first.parameters + 1)
    with sessions.writing() as session:
        session.execute(update(TrainedModel).values(content=other.to_bytes(), epoch=2))
        session.commit()
    np.testing.assert_array_equal(cache.current(tenant, job_id).parameters, other.parameters)


def test_only_its_tenant_gets_a_model_and_only_while_it_is_there(sessions, blobs, tenant, finished):
    cache, job_id = ModelCache(sessions, blobs, 10**6), finished()
    cache.current(tenant, job_id)
    with pytest.raises(NotFound):
        cache.current("another", job_id)
    with pytest.raises(NotFound):
        cache.current(tenant, "job_0")
    with sessions.writing() as session:
        session.execute(delete(TrainedModel))
        session.commit()
    with pytest.raises(Conflict):
        cache.current(tenant, job_id)
    with sessions.writing() as session:
        session.execute(delete(Job))
        session.commit()
    with pytest.raises(NotFound):
        cache.current(tenant, job_id)


def test_the_least_used_model_makes_room(sessions, blobs, tenant, finished):
    jobs = [finished() for _ in range(3)]
    size = ModelCache(sessions, blobs, 10**6).current(tenant, jobs[0]).parameters.nbytes
    cache = ModelCache(sessions, blobs, 2 * size)
    first, second = (cache.current(tenant, job_id) for job_id in jobs[:2])
    assert cache.current(tenant, jobs[0]) is first
    cache.current(tenant, jobs[2])
    assert cache.bytes == 2 * size
    assert cache.current(tenant, jobs[0]) is first
    assert cache.current(tenant, jobs[1]) is not second


def test_a_model_larger_than_the_room_is_given_and_not_kept(sessions, blobs, tenant, finished):
    cache, job_id = ModelCache(sessions, blobs, 8), finished()
    assert cache.current(tenant, job_id) is not cache.current(tenant, job_id)
    assert cache.bytes == 0
