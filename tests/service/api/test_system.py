"""Health, readiness, the description, and what goes wrong beneath."""

import errno
import logging
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from service.app import create_app
from service.database.migrate import upgrade
from service.database.sessions import Sessions

ROOT = Path(__file__).parents[3]


def test_a_service_whose_parts_are_fit_is_ready(client):
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    parts = {"database": "ok", "migrations": "ok", "broker": "ok"}
    assert (answer.status_code, answer.json) == (200, {"status": "ready", "parts": parts})


def test_a_silent_broker_is_named(client, queue):
    queue.answers = False
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "not ready")
    assert answer.json["parts"]["broker"] != "ok"
    assert answer.json["parts"]["database"] == "ok"


def test_a_database_that_was_not_migrated_is_named(bare_config, queue):
    sessions = Sessions.of(bare_config)
    client = create_app(bare_config, sessions=sessions, queue=queue).test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "no revision" in answer.json["parts"]["migrations"]
    upgrade(bare_config)
    assert client.get("/readyz").status_code == 200
    sessions.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_is_away_makes_no_internal_error(config, queue, caplog):
    url = "postgresql+psycopg://postgres@127.0.0.1:1/nowhere"
    engine = create_engine(url)
    sessions = Sessions(engine, engine)
    client = create_app(config, sessions=sessions, queue=queue).test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["parts"]["database"] != "ok"
    for refused in (client.get("/v1/jobs"), client.post("/v1/jobs", json={"dataset": "xor"})):
        assert refused.status_code == 503
        assert refused.headers["Retry-After"]
        assert "127.0.0.1" not in refused.text
    assert queue.woken == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_nobody_foresaw_is_logged_and_tells_no_secret(make_app, caplog):
    app = make_app()

    @app.get("/v1/broken")
    def broken():
        raise RuntimeError("the password is swordfish")

    answer = app.test_client().get("/v1/broken", headers={"X-Request-ID": "r1"})
    assert answer.status_code == 500
    assert answer.mimetype == "application/problem+json"
    assert "swordfish" not in answer.text
    assert "swordfish" in caplog.text
    assert caplog.records[0].levelno == logging.ERROR


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_version_and_the_limits_in_force_are_told(make_app):
    client = make_app(max_epochs=7, max_waits=3, max_streams=5, max_memory_bytes=4096).test_client()
    about = client.get("/v1").json
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (about["name"], about["version"]) == (project["name"], project["version"])
    limits = about["limits"]
    assert (limits["epochs"], limits["memory_bytes"]) == (7, 4096)
    assert (limits["waits"], limits["streams"]) == (3, 5)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_path_and_no_method_are_problems_too(client):
    answers = [client.get("/nowhere"), client.get("/v1/nowhere"), client.put("/v1/jobs")]
    assert [answer.status_code for answer in answers] == [404, 404, 405]
    assert {answer.mimetype for answer in answers} == {"application/problem+json"}
    assert {"GET", "POST"} <= set(answers[2].headers["Allow"].split(", "))
    assert answers[1].json["instance"] == "/v1/nowhere"


def test_a_table_that_is_missing_makes_no_internal_error_of_the_health(bare_config, queue):
    upgrade(bare_config)
    sessions = Sessions.of(bare_config)
    client = create_app(bare_config, sessions=sessions, queue=queue).test_client()
    assert client.get("/readyz").status_code == 200
    with sessions.writing() as session:
        session.execute(text("DROP TABLE alembic_version"))
        session.commit()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    sessions.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_disk_without_room_is_told_as_one(app):
    class Full:
        def put(self, name, content):
            raise OSError(errno.ENOSPC, "No space left on device")

    app.extensions["descentd"] = replace(app.extensions["descentd"], blobs=Full())
    client = app.test_client()
    inline = {"inputs": [[0.0], [1.0]], "targets": [0.0, 1.0]}
    answer = client.post("/v1/jobs", json={"dataset": inline})
    assert answer.status_code == 507
    assert answer.headers["Retry-After"]
    assert client.get("/v1/jobs").json["data"] == []
