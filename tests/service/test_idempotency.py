from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from service import idempotency, jobs
from service.auth import ensure_tenant
from service.database.tables import IdempotencyKey, Job, JobEvent
from service.database.types import now
from service.errors import KeyReused
from service.idempotency import KEPT, Answer, Key


@pytest.fixture
def key(tenant):
    return Key(tenant, "POST /v1/jobs", "once", "digest of the body")


@pytest.fixture
def post(sessions, submission, tenant):
    """What the route that creates jobs does: reserve, work, keep, commit."""

    def run(key, before_commit=lambda: None):
        with sessions.writing() as session:
            answer = idempotency.reserve(session, key)
            if answer is None:
                job = jobs.submit(session, tenant, submission())
                answer = Answer(202, {"Location": f"/v1/jobs/{job.id}"}, job.id.encode())
                idempotency.keep(session, key, answer)
                before_commit()
            session.commit()
            return answer

    return run


@pytest.fixture
def counts(sessions):
    def read():
        with sessions.reading() as session:
            tables = (Job, JobEvent, IdempotencyKey)
            return [session.scalar(select(func.count()).select_from(table)) for table in tables]

    return read


def age(sessions, by):
    with sessions.writing() as session:
        session.execute(update(IdempotencyKey).values(created_at=now() - by))
        session.commit()


def test_the_first_answer_is_given_again(post, key, counts):
    first = post(key)
    assert post(key) == first
    assert counts() == [1, 1, 1]


def test_a_kept_answer_can_be_found_without_taking_the_key(post, key, counts, read, sessions):
    assert read(idempotency.find, key) is None
    assert counts() == [0, 0, 0]
    first = post(key)
    assert read(idempotency.find, key) == first
    with pytest.raises(KeyReused):
        read(idempotency.find, replace(key, digest="digest of another body"))
    age(sessions, KEPT + timedelta(minutes=1))
    assert read(idempotency.find, key) is None


def test_twenty_identical_requests_at_once_create_one_job(post, key, counts, at_once):
    start = Barrier(20)

    def request():
        start.wait(30)
        return post(key)

    answers = at_once([request] * 20)
    assert answers == [answers[0]] * 20
    assert answers[0].status == 202
    assert counts() == [1, 1, 1]


def test_the_same_key_with_another_body_is_refused(post, key, counts):
    post(key)
    with pytest.raises(KeyReused):
        post(Key(key.tenant_id, key.route, key.key, "digest of another body"))
    assert counts() == [1, 1, 1]


def test_keys_are_apart_by_tenant_and_by_route(post, key, counts, sessions):
    with sessions.writing() as session:
        ensure_tenant(session, "other")
        session.commit()
    post(key)
    post(Key("other", key.route, key.key, key.digest))
    post(Key(key.tenant_id, "POST /v1/datasets", key.key, key.digest))
    assert counts() == [3, 3, 3]


def test_errors_are_not_kept(post, key, counts):
    def fail():
        raise RuntimeError("the commit did not happen")

    with pytest.raises(RuntimeError):
        post(key, before_commit=fail)
    assert counts() == [0, 0, 0]
    assert post(key).status == 202


def test_who_waited_for_one_that_failed_does_the_work(post, key, counts, at_once):
    start = Barrier(2)

    def fail():
        raise RuntimeError("the commit did not happen")

    def request(before_commit):
        start.wait(30)
        return post(key, before_commit)

    failed, done = at_once([lambda: request(fail), lambda: request(lambda: None)])
    assert isinstance(failed, RuntimeError) or failed == done
    assert done.status == 202
    assert counts() == [1, 1, 1]


def test_after_a_day_the_key_is_free_again(post, key, counts, sessions):
    first = post(key)
    age(sessions, KEPT - timedelta(minutes=1))
    assert post(key) == first
    age(sessions, KEPT + timedelta(minutes=1))
    assert post(key) != first
    assert counts() == [2, 2, 1]


def test_expired_keys_are_forgotten_and_no_others(post, key, counts, sessions, tenant):
    post(key)
    age(sessions, KEPT + timedelta(minutes=1))
    post(Key(tenant, key.route, "another", key.digest))
    with sessions.writing() as session:
        idempotency.forget_expired(session)
        session.commit()
    assert counts() == [2, 2, 1]
