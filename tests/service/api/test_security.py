"""Who is answered, whose things are shown, and what every answer carries."""

import pytest

from service import auth, logs


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_key_opens_a_revoked_or_unknown_one_does_not(guarded, sessions, key_of):
    client, header = guarded.test_client(), key_of("acme")
    assert client.get("/v1", headers=header).status_code == 200
    token = header["Authorization"].removeprefix("Bearer ")
    for wrong in ("Bearer dsk_" + "x" * 43, "Bearer ", "Bearer", f"Basic {token}", token, "\x7f"):
        assert client.get("/v1", headers={"Authorization": wrong}).status_code == 401, wrong
    assert client.get("/v1", headers={"Authorization": f"bearer {token}"}).status_code == 200
    with sessions.writing() as session:
        (key,) = auth.keys_of(session, "acme")
        auth.revoke(session, "acme", key.id)
        session.commit()
    assert client.get("/v1", headers=header).status_code == 401


def test_a_tenant_sees_and_touches_its_own_things_alone(guarded, key_of, work_off):
    client, acme, other = guarded.test_client(), key_of("acme"), key_of("other")
    body = {"dataset": {"inputs": [[0], [1]], "targets": [0.5, 1.5]}, "epochs": 1}
    key = {"Idempotency-Key": "same"}
    job = client.post("/v1/jobs", json=body, headers=acme | key).json
    work_off()
    links, dataset = job["links"], f"/v1/datasets/{job['dataset']}"
    for path in (links["self"], links["history"], links["model"]):
        assert client.get(path, headers=acme).status_code == 200
        assert client.get(path, headers=other).status_code == 404
    assert client.post(links["cancel"], headers=other).status_code == 404
    assert client.delete(links["self"], headers=other).status_code == 404
    rows = {"inputs": [[1]]}
    assert client.post(links["predictions"], json=rows, headers=other).status_code == 404
    for path in (dataset, f"{dataset}/content", f"{dataset}/rows"):
        assert client.get(path, headers=acme).status_code == 200
        answer = client.get(path, headers=other)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert client.patch(dataset, json={"name": "mine"}, headers=other).status_code == 404
    assert client.delete(dataset, headers=other).status_code == 404
    for path in ("/v1/jobs", "/v1/datasets"):
        assert len(client.get(path, headers=acme).json["data"]) == 1
        assert client.get(path, headers=other).json["data"] == []
    to_validate = {"dataset": "xor", "validation": {"dataset": job["dataset"]}}
    for borrowing in ({"dataset": job["dataset"]}, to_validate):
        assert client.post("/v1/jobs", json=borrowing, headers=other).status_code == 422
    theirs = client.post("/v1/jobs", json=body, headers=other | key).json
    assert theirs["id"] != job["id"]


ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ONE
@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:1", "[::1]", "[::1]:80", "LOCALHOST"]
)
def test_with_keys_off_the_service_answers_to_its_own_names(client, host):
    assert client.get("/v1", headers={"Host": host}).status_code == 200
    own_page = {"Host": host, "Origin": f"http://{host}"}
    assert client.post("/v1/jobs", json={"dataset": "xor"}, headers=own_page).status_code == 202


@ONE
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost.evil.example"},
        {"Host": "localhost:80@evil.example"},
        {"Host": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:9"},
        {"Origin": "null"},
        {"Origin": "http://["},
    ],
)
def test_with_keys_off_no_page_of_the_web_may_drive_it(client, queue, headers):
    for path in ("/v1", "/openapi.json", "/healthz", "/nowhere"):
        assert client.get(path, headers=headers).status_code == 403
    answer = client.post("/v1/jobs", json={"dataset": "xor"}, headers=headers)
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert queue.woken == []


@ONE
def test_the_names_answered_to_are_a_setting(make_app):
    client = make_app(allowed_hosts=("ml.example",)).test_client()
    assert client.get("/v1", headers={"Host": "ml.example:8000"}).status_code == 200
    assert client.get("/v1").status_code == 403


@ONE
@pytest.mark.parametrize("path", ["/v1/jobs", "/nowhere", "/docs", "/v1/jobs?limit=0"])
def test_every_answer_tells_browsers_what_not_to_do(client, path):
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Strict-Transport-Security" not in headers


@ONE
def test_over_https_a_browser_is_told_to_stay_there(make_app):
    client = make_app().test_client()
    headers = client.get("/v1", base_url="https://localhost").headers
    assert headers["Strict-Transport-Security"].startswith("max-age=")


@ONE
def test_heads_that_are_too_long_are_refused_before_anything_is_done(client):
    assert client.get("/v1", headers={"X-Long": "x" * 40_000}).status_code == 431
    assert client.get("/v1?" + "x" * 10_000).status_code == 414
    assert client.get("/" + "x" * 10_000).status_code == 414
    assert client.get("/v1", headers={"X-Long": "x" * 20_000}).status_code == 200


@ONE
def test_a_request_id_is_echoed_and_logged_or_made(client, caplog):
    caplog.set_level("INFO")
    assert client.get("/v1", headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"] == "abc-1"
    assert caplog.records[-1].request_id == "abc-1"
    made = [client.get("/v1").headers["X-Request-ID"] for _ in range(2)]
    assert made[0] != made[1]
    for strange in ("a b", "x" * 200, "a\tb"):
        echoed = client.get("/v1", headers={"X-Request-ID": strange}).headers["X-Request-ID"]
        assert echoed != strange
    assert client.get("/nowhere", headers={"X-Request-ID": "n"}).headers["X-Request-ID"] == "n"


@ONE
def test_no_line_of_the_log_is_anothers_to_write(client, caplog):
    caplog.set_level("INFO")
    client.get("/nowhere%0Aforged line")
    for style in logs.STYLES:
        lines = [logs.formatter(style).format(record) for record in caplog.records]
        assert any("forged" in line for line in lines)
        assert not any("\n" in line for line in lines)
