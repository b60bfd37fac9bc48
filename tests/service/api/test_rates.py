"""A key that asks too often is told so, and when to come again."""

import pytest

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_key_is_told_how_it_stands_and_then_to_wait(make_app, key_of):
    client = make_app(auth="keys", max_requests_per_minute=2).test_client()
    mine, others = key_of("acme"), key_of("acme")
    answers = [client.get("/v1", headers=mine) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    left = [answer.headers["RateLimit"].split(";")[1] for answer in answers]
    assert left == ["r=1", "r=0", "r=0"]
    assert answers[0].headers["RateLimit-Policy"] == '"requests";q=2;w=60'
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].mimetype == "application/problem+json"
    assert client.get("/v1", headers=others).status_code == 200
    assert client.get("/healthz").status_code == 200
    assert "RateLimit" not in client.get("/healthz").headers


def test_the_limits_are_told(make_app):
    limits = make_app(max_requests_per_minute=9, max_running_jobs=4).test_client().get("/v1").json
    assert limits["limits"]["requests_per_minute"] == 9
    assert limits["limits"]["running_jobs"] == 4
    assert limits["limits"]["queued_jobs"] == 10_000
