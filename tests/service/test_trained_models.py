import numpy as np
import pytest

from engine.filling import fill
from engine.model import Model
from engine.preparing import prepare
from engine.records import Outcome
from engine.training import Training
from service import claims, datasets, jobs, trained_models
from service.auth import ensure_tenant
from service.errors import Conflict, NotFound


@pytest.fixture
def trained(spec):
    """An outcome and its model, of three epochs on iris."""
    table = datasets.builtin("iris")
    filled = fill(spec, table)
    prepared = prepare(filled, table)
    training = Training(filled, prepared.data)
    list(training.records())
    outcome = training.outcome
    return outcome, Model(filled, prepared.preprocessing, outcome.parameters)


@pytest.fixture
def finished(sessions, blobs, submitted, claimed, trained):
    job_id = submitted().id
    claim = claimed()
    outcome, model = trained
    ready = trained_models.put(blobs, claim, model)
    with sessions.writing() as session:
        claims.finish(session, claim, outcome, ready)
        session.commit()
    return job_id


def test_a_stored_model_predicts_the_very_same(sessions, blobs, tenant, finished, trained):
    with sessions.reading() as session:
        loaded = trained_models.load(session, blobs, tenant, finished)
        job = jobs.get(session, tenant, finished)
    _, model = trained
    rows = datasets.builtin("iris")
    assert loaded.predict(rows) == model.predict(rows)
    np.testing.assert_array_equal(loaded.parameters, model.parameters)
    assert job.weights_sha256 == loaded.weights_sha256 == model.weights_sha256


def test_the_job_shows_the_outcome_of_real_training(sessions, tenant, finished, trained):
    outcome: Outcome = trained[0]
    with sessions.reading() as session:
        job = jobs.get(session, tenant, finished)
    assert (job.cost, job.validation_cost) == (outcome.cost, outcome.validation_cost)
    assert (job.metrics, job.best) == (outcome.metrics, outcome.best)
    assert job.model_epoch == outcome.model_epoch


def test_a_job_without_a_model_says_so(sessions, blobs, tenant, submitted):
    job_id = submitted().id
    with sessions.reading() as session, pytest.raises(Conflict, match="is queued and has no model"):
        trained_models.load(session, blobs, tenant, job_id)


def test_another_tenants_model_is_not_there(sessions, blobs, finished):
    with sessions.writing() as session:
        ensure_tenant(session, "other")
        session.commit()
    with sessions.reading() as session, pytest.raises(NotFound):
        trained_models.load(session, blobs, "other", finished)
