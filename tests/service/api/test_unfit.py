"""On a database of another version the API answers that it is so, and does nothing."""

import pytest
from sqlalchemy import text


@pytest.fixture
def move(sessions):
    def to(revision):
        with sessions.writing() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
            session.commit()

    return to


@pytest.fixture
def revision(sessions):
    with sessions.reading() as session:
        return session.scalar(text("SELECT version_num FROM alembic_version"))


@pytest.mark.parametrize("auth", ["off", "keys"])
@pytest.mark.parametrize("other", ["0002", "9999"])
def test_nothing_is_done_while_the_schema_does_not_fit(
    other, auth, make_app, queue, move, revision
):
    move(other)
    client = make_app(auth=auth).test_client()
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert f"is at {other}" in ready.json["parts"]["migrations"]
    for answer in (
        client.post("/v1/jobs", json={"dataset": "xor"}),
        client.get("/v1/jobs"),
        client.post(f"/v1/jobs/job_{'0' * 26}/cancel"),
    ):
        assert answer.status_code == 503
        assert f"is at {other}" in answer.json["detail"]
        assert answer.headers["Retry-After"]
    assert queue.woken == []
    assert client.get("/healthz").status_code == 200
    assert client.get("/openapi.json").status_code == 200
    move(revision)
    assert client.get("/readyz").status_code == 200
    assert client.get("/v1/jobs").status_code == (200 if auth == "off" else 401)
